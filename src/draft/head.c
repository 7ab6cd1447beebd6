#include "draft/draft_int.h"

void
draft_stage_head(struct draft_work *w)
{
	(void)w;
}
