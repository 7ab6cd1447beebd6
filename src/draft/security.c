#include "draft/draft_int.h"

void
draft_stage_security(struct draft_work *w)
{
	(void)w;
}
