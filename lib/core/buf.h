/* Bytes that grow up to a ceiling, and memory that is freed all at once. */
#ifndef VOLUM_CORE_BUF_H
#define VOLUM_CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A run of bytes that somebody else owns; may hold NUL, has no end mark. */
struct text {
	const char *at;
	size_t len;
};

#define TEXT(literal) ((struct text){ "" literal, sizeof(literal) - 1 })

static inline struct text
text_of(const char *zero_terminated)
{
	return (struct text){ zero_terminated, strlen(zero_terminated) };
}

static inline bool
text_same(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool text_is(struct text t, const char *zero_terminated);
/* memcmp order, the shorter first when one begins the other. */
int text_order(struct text a, struct text b);

/*
 * A growing buffer: starts as BUF_INIT, ends with buf_clear() (a cleared one
 * can be used again). A buffer that would pass `max` bytes (0: BUF_DEFAULT_MAX)
 * stops growing and is marked `overflown`; everything added after that is
 * dropped, so the mark is checked once, at the end. Out of memory ends the
 * process.
 */
struct buf {
	char *data;
	size_t len, cap, max;
	bool overflown;
};

enum { BUF_DEFAULT_MAX = 64 * 1024 * 1024 };

#define BUF_INIT ((struct buf){ 0 })

void buf_clear(struct buf *b);
/* Empties without giving the memory back. */
void buf_reset(struct buf *b);
/* Behind buf_reserve(), when there is none. */
bool buf_make_room(struct buf *b, size_t more);
/* Makes room for `more` bytes; false past the ceiling. */
static inline bool
buf_reserve(struct buf *b, size_t more)
{
	/* Never 0 once there is memory: one byte is buf_cstr()'s. */
	return (!b->overflown && more < b->cap - b->len) ||
	    buf_make_room(b, more);
}

void buf_add_str(struct buf *b, const char *zero_terminated);

/* Inline: a record is built of a hundred of these. */
static inline void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0 || !buf_reserve(b, len))
		return;
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

static inline void
buf_add_text(struct buf *b, struct text t)
{
	buf_add(b, t.at, t.len);
}

static inline void
buf_add_byte(struct buf *b, char byte)
{
	if (buf_reserve(b, 1))
		b->data[b->len++] = byte;
}

void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The content; valid until the next change. */
struct text buf_text(const struct buf *b);
/* The content with a NUL behind it (not counted in len). */
const char *buf_cstr(struct buf *b);

/* Checked allocation: never NULL, ends the process with one line instead. */
void *mem_alloc(size_t bytes);
void *mem_zalloc(size_t bytes);
void *mem_realloc(void *old, size_t bytes);
char *mem_strdup(const char *s);
/* A zero-terminated copy of `t`, to be freed by the caller. */
char *mem_text(struct text t);

/*
 * Memory given out piece by piece and taken back all at once. Pointers stay
 * valid until arena_reset() (keeps the first chunk) or arena_clear().
 */
struct arena {
	struct arena_chunk *chunk;
	size_t used, size; /* bytes given out, bytes held */
};

#define ARENA_INIT ((struct arena){ 0 })

void *arena_alloc(struct arena *a, size_t bytes);
struct text arena_text(struct arena *a, struct text t);
void arena_reset(struct arena *a);
void arena_clear(struct arena *a);

#endif
