/*
 * One JSON object per line, in: the only module that parses JSON. Strict, one
 * pass, no allocation per record (RFC 8259, RFC 3629, I-JSON's unique names).
 */
#ifndef VOLUM_CORE_NDJSON_H
#define VOLUM_CORE_NDJSON_H

#include <stdint.h>
#include <sys/types.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/record.h"

enum {
	NDJSON_MAX_LINE = 16 * 1024 * 1024, /* bytes, newline not counted */
	NDJSON_MAX_DEPTH = 64 /* objects and arrays inside another */
};

/*
 * Reads the lines of a file descriptor with one growing buffer. The descriptor
 * stays the caller's.
 */
struct ndjson_reader;

struct ndjson_reader *ndjson_open(int fd);
void ndjson_close(struct ndjson_reader *r); /* NULL is fine */

/* One line: without its newline (a CR before it stays: JSON white space). */
struct ndjson_line {
	struct text text; /* valid until the next call; empty when too long */
	uint64_t number;  /* from 1 */
	bool too_long;	  /* passed NDJSON_MAX_LINE; it was skipped whole */
};

/*
 * The next line that is not blank. 1: `line` is filled; 0: end of input;
 * -1: the input can't be read, errno says why; -2: interrupted by a signal
 * before a line was complete (call again to go on). The last line needs no
 * newline.
 */
int ndjson_next(struct ndjson_reader *r, struct ndjson_line *line);
/* The same with one read at most: -2 also when it brought no whole line. */
int ndjson_step(struct ndjson_reader *r, struct ndjson_line *line);

/* Reads what is there without waiting, until the buffer is at least half full:
 * for ndjson_peek(). */
void ndjson_read_on(struct ndjson_reader *r);

/* True when a further complete line is in the buffer: no read is needed. */
bool ndjson_has_line(const struct ndjson_reader *r);

/* The lines behind the one that was given out last, as far as they are in the
 * buffer, one a call: *place starts as 0. False: no further whole line. */
bool
ndjson_peek(const struct ndjson_reader *r, size_t *place, struct text *line);

/*
 * Parses one line into `rec`, which then looks into `line` (the bytes stay the
 * caller's and must outlive it). Only an object is a record.
 * SOME_REJECTED, code "json_invalido": the text names column (from 1, in bytes)
 * and reason, never the content. Refused are, beside what the grammar refuses:
 * invalid UTF-8, lone surrogate escapes, NUL, two equal names in one object
 * (compared after unescaping), more than NDJSON_MAX_DEPTH levels, trailing
 * data.
 */
enum status
ndjson_parse(struct record *rec, struct text line, struct error *err);

/* The same for any JSON value (an answer of a service may be an array). */
enum status
ndjson_parse_any(struct record *rec, struct text json, struct error *err);

#endif
