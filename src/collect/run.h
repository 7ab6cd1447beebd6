/* The program's parts: options, the table that is shown, and the end. */
#ifndef FP_COLLECT_RUN_H
#define FP_COLLECT_RUN_H

#include "collect/collect.h"

enum collect_asked { COLLECT_RUN, COLLECT_HELP, COLLECT_VERSION, COLLECT_WRONG };

/* Read the arguments; texts are borrowed from argv, lists lie in the arena. COLLECT_WRONG: said what is wrong. */
enum collect_asked collect_options_read(struct collect_options *o, int argc, char **argv, struct collect_arena *a);

/* Fill in where the file and the key go, from what was said, the time and the host's name. */
void collect_options_places(struct collect_options *o, const char *time_text, struct collect_arena *a);

extern const char *const collect_help;

#endif
