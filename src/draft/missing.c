#include "draft/draft_int.h"

void
draft_stage_missing(struct draft_work *w)
{
	(void)w;
}
