#ifndef FP_CLI_RUN_H
#define FP_CLI_RUN_H

/* The whole program: reads the words, runs the verb, speaks. Gives the exit code of DESIGN: 0 done, 1 failed, 2 usage, 3 not corrected, 4 unknown, 5 integrity. */
int cli_run(int argc, char **argv);

#endif
