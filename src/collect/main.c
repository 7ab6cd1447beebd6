/* Windows has its own start, windows_main.c: its arguments are UTF-16. */
#include "collect/collect.h"

int
main(int argc, char **argv)
{
	return collect_main(argc, argv);
}
