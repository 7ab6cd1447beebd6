#include "draft/draft_int.h"

void
draft_stage_products(struct draft_work *w)
{
	(void)w;
}
