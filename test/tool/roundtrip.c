/*
 * Makes documents, reads and writes them, and compares the bytes:
 * roundtrip [COUNT [SEED]], a million by default. Prints the document that is
 * lost and exits 1.
 */
#include <stdlib.h>

#include "tool/roundtrip.h"

int
main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	struct made m = { .seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1 };
	uint64_t lost = first_lost(&m, count);

	if (lost)
		printf("document %ju is lost: %s\n", (uintmax_t)lost,
		    buf_cstr(&m.compact));
	else
		printf("%ju documents survived\n", (uintmax_t)count);
	buf_clear(&m.compact);
	buf_clear(&m.spaced);
	return lost != 0;
}
