/* The lines of a descriptor. The parser is ndjson_parse.c. */
#include "core/ndjson.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_CAP = 256 * 1024, LAST_CAP = NDJSON_MAX_LINE + 1 };

struct ndjson_reader {
	int fd;
	char *data;
	size_t start, len;    /* not yet given out: [start, len) */
	size_t scanned, cap;  /* no newline in [start, scanned) */
	uint64_t number;      /* of the line given out last */
	bool skipping, ended; /* inside an over-long line; no more to read */
};

struct ndjson_reader *
ndjson_open(int fd)
{
	struct ndjson_reader *r = mem_zalloc(sizeof(*r));

	r->fd = fd;
	r->cap = FIRST_CAP;
	r->data = mem_alloc(r->cap);
	return r;
}

void
ndjson_close(struct ndjson_reader *r)
{
	if (r == NULL)
		return;
	free(r->data);
	free(r);
}

static bool
is_blank(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
		at++;
	return at == end;
}

/* Room behind `len`: the front is given back, the buffer grows, and a line that
 * fills the largest one is dropped as it comes. */
static void
make_room(struct ndjson_reader *r)
{
	if (r->skipping || r->start == r->len) {
		r->start = r->len = r->scanned = 0;
	} else if (r->start > 0) {
		r->len -= r->start;
		r->scanned -= r->start;
		memmove(r->data, r->data + r->start, r->len);
		r->start = 0;
	}
	if (r->len < r->cap)
		return;
	if (r->cap == LAST_CAP) {
		r->skipping = true;
		r->len = r->scanned = 0;
		return;
	}
	r->cap = r->cap < LAST_CAP / 2 ? r->cap * 2 : LAST_CAP;
	r->data = mem_realloc(r->data, r->cap);
}

/* One read: 1, or what ndjson_next() returns. A descriptor that some other
 * process made non-blocking is waited for. */
static int
fill(struct ndjson_reader *r)
{
	struct pollfd wait = { .fd = r->fd, .events = POLLIN };
	ssize_t got;

	make_room(r);
	for (;;) {
		got = read(r->fd, r->data + r->len, r->cap - r->len);
		if (got >= 0)
			break;
		if (errno == EAGAIN && poll(&wait, 1, -1) >= 0)
			continue;
		return errno == EINTR ? -2 : -1;
	}
	r->len += (size_t)got;
	r->ended = got == 0;
	return 1;
}

/* Gives out [start, end), of which the newline is byte `end` if there is one;
 * false when the line is blank. */
static bool
take(struct ndjson_reader *r, size_t end, struct ndjson_line *line)
{
	const char *at = r->data + r->start;
	size_t len = end - r->start;

	r->number++;
	r->start = end < r->len ? end + 1 : end;
	r->scanned = r->start;
	line->number = r->number;
	line->too_long = r->skipping;
	line->text =
	    r->skipping ? (struct text){ "", 0 } : (struct text){ at, len };
	r->skipping = false;
	return line->too_long || !is_blank(at, at + len);
}

static int
next_line(struct ndjson_reader *r, struct ndjson_line *line, int max_reads)
{
	const char *newline;
	int rc;

	for (;;) {
		newline =
		    memchr(r->data + r->scanned, '\n', r->len - r->scanned);
		if (newline) {
			if (take(r, (size_t)(newline - r->data), line))
				return 1;
			continue;
		}
		r->scanned = r->len;
		if (r->ended) {
			if (r->start == r->len && !r->skipping)
				return 0;
			if (take(r, r->len, line))
				return 1;
			return 0;
		}
		if (max_reads-- == 0)
			return -2;
		if ((rc = fill(r)) != 1)
			return rc;
	}
}

int
ndjson_next(struct ndjson_reader *r, struct ndjson_line *line)
{
	return next_line(r, line, -1);
}

int
ndjson_step(struct ndjson_reader *r, struct ndjson_line *line)
{
	return next_line(r, line, 1);
}

void
ndjson_read_on(struct ndjson_reader *r)
{
	struct pollfd input = { .fd = r->fd, .events = POLLIN };

	/* What fails here will fail again when a line is asked for. */
	while (!r->ended && r->len - r->start < r->cap / 2 &&
	    poll(&input, 1, 0) == 1 && fill(r) == 1)
		;
}

bool
ndjson_has_line(const struct ndjson_reader *r)
{
	const char *at = r->data + r->start, *end = r->data + r->len;
	const char *from = r->data + r->scanned, *newline;

	if (r->skipping)
		return r->ended || memchr(at, '\n', (size_t)(end - at));
	while ((newline = memchr(from, '\n', (size_t)(end - from)))) {
		if (!is_blank(at, newline))
			return true;
		at = from = newline + 1;
	}
	return r->ended && !is_blank(at, end);
}

bool
ndjson_peek(const struct ndjson_reader *r, size_t *place, struct text *line)
{
	const char *at = r->data + r->start + *place;
	const char *end = r->data + r->len, *newline;

	if (r->skipping || at >= end)
		return false;
	if ((newline = memchr(at, '\n', (size_t)(end - at))) == NULL)
		return false;
	*line = (struct text){ at, (size_t)(newline - at) };
	*place += line->len + 1;
	return true;
}
