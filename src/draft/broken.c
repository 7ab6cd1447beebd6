#include "draft/draft_int.h"

void
draft_stage_broken(struct draft_work *w)
{
	(void)w;
}
