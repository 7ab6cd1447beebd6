#include "draft/draft_int.h"

void
draft_stage_pages(struct draft_work *w)
{
	(void)w;
}
