/*
 * How fast lines are read, parsed and written again: ndjson_bench FILE
 * [ROUNDS]. Says MB/s of processor time, the best of ROUNDS, for reading alone,
 * reading and parsing, and all three.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/ndjson.h"

enum stage { READ, PARSE, BUILD };

static const char *const stage_names[] = { "read", "read+parse",
	"read+parse+build" };

static double
cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Bytes of all lines, or an exit: a benchmark of bad lines says nothing. */
static size_t
one_round(int fd, enum stage stage, struct record *rec, struct buf *out)
{
	struct ndjson_reader *reader = ndjson_open(fd);
	struct ndjson_line line;
	struct error why;
	size_t bytes = 0;

	while (ndjson_next(reader, &line) == 1) {
		bytes += line.text.len + 1;
		if (stage == READ)
			continue;
		if (ndjson_parse(rec, line.text, &why) != DONE)
			errx(1, "line %ju: %s", (uintmax_t)line.number,
			    why.text);
		if (stage == BUILD) {
			if (out->len > 65536)
				buf_reset(out);
			build_value(out, record_root(rec));
			buf_add_byte(out, '\n');
		}
	}
	ndjson_close(reader);
	return bytes;
}

int
main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 7;
	struct record *rec = record_new();
	struct buf out = BUF_INIT;

	if (fd < 0)
		err(1, "usage: ndjson_bench FILE [ROUNDS]");
	for (int stage = READ; stage <= BUILD; stage++) {
		double best = 0;

		for (int i = 0; i < rounds && lseek(fd, 0, SEEK_SET) == 0;
		     i++) {
			double began = cpu_seconds(), speed;
			size_t bytes =
			    one_round(fd, (enum stage)stage, rec, &out);

			speed = (double)bytes / 1e6 / (cpu_seconds() - began);
			if (speed > best)
				best = speed;
		}
		printf("%-16s %6.0f MB/s\n", stage_names[stage], best);
	}
	buf_clear(&out);
	record_free(rec);
	close(fd);
	return 0;
}
