#include "core/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

enum { BUF_FIRST = 256, ARENA_FIRST = 4096, ARENA_ALIGN = 16 };

bool
text_is(struct text t, const char *zero_terminated)
{
	return text_same(t, text_of(zero_terminated));
}

/* Never hands memcmp() the NULL that an empty text may hold. */
static int
compare(const char *a, const char *b, size_t len)
{
	return len ? memcmp(a, b, len) : 0;
}

int
text_order(struct text a, struct text b)
{
	int order = compare(a.at, b.at, a.len < b.len ? a.len : b.len);

	if (order == 0)
		order = (a.len > b.len) - (a.len < b.len);
	return order;
}

void
buf_clear(struct buf *b)
{
	size_t max = b->max;

	free(b->data);
	*b = BUF_INIT;
	b->max = max;
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->overflown = false;
}

/* Doubles until `need` bytes and the NUL of buf_cstr() fit. */
static void
grow(struct buf *b, size_t need, size_t max)
{
	size_t cap = b->cap ? b->cap : BUF_FIRST;

	while (cap <= need)
		cap *= 2;
	if (cap > max + 1)
		cap = max + 1;
	b->data = mem_realloc(b->data, cap);
	b->cap = cap;
}

bool
buf_make_room(struct buf *b, size_t more)
{
	size_t max = b->max ? b->max : BUF_DEFAULT_MAX;

	if (b->overflown)
		return false;
	if (b->len > max || more > max - b->len) {
		b->overflown = true;
		return false;
	}
	if (b->len + more + 1 > b->cap)
		grow(b, b->len + more, max);
	return true;
}

void
buf_add_str(struct buf *b, const char *zero_terminated)
{
	buf_add(b, zero_terminated, strlen(zero_terminated));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len <= 0 || !buf_reserve(b, (size_t)len))
		return;
	va_start(args, fmt);
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, args);
	va_end(args);
	b->len += (size_t)len;
}

struct text
buf_text(const struct buf *b)
{
	return (struct text){ b->data ? b->data : "", b->len };
}

const char *
buf_cstr(struct buf *b)
{
	if (b->data == NULL)
		return "";
	b->data[b->len] = '\0';
	return b->data;
}

/* Without stdio, which may need memory itself. */
static _Noreturn void
out_of_memory(void)
{
	static const char end[] = ": out of memory\n";
	const char *name = program_invocation_short_name;

	if (write(STDERR_FILENO, name, strlen(name)) >= 0 &&
	    write(STDERR_FILENO, end, sizeof(end) - 1) >= 0)
		_exit(TRY_LATER);
	_exit(TRY_LATER);
}

void *
mem_alloc(size_t bytes)
{
	void *p = malloc(bytes ? bytes : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_zalloc(size_t bytes)
{
	void *p = calloc(1, bytes ? bytes : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_realloc(void *old, size_t bytes)
{
	void *p = realloc(old, bytes ? bytes : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

char *
mem_strdup(const char *s)
{
	return mem_text(text_of(s));
}

char *
mem_text(struct text t)
{
	char *copy = mem_alloc(t.len + 1);

	if (t.len)
		memcpy(copy, t.at, t.len);
	copy[t.len] = '\0';
	return copy;
}

/* Newest first; each is twice what there was before it, so that the one that
 * arena_reset() keeps soon holds a whole round. */
struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	_Alignas(ARENA_ALIGN) char data[];
};

static void
add_chunk(struct arena *a, size_t bytes)
{
	size_t size = a->size ? a->size * 2 : ARENA_FIRST;
	struct arena_chunk *c;

	if (size < bytes)
		size = bytes;
	c = mem_alloc(sizeof(*c) + size);
	*c = (struct arena_chunk){ .next = a->chunk, .size = size };
	a->chunk = c;
	a->size += size;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_chunk *c = a->chunk;
	void *p;

	if (bytes > SIZE_MAX / 2)
		out_of_memory();
	bytes = (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (c == NULL || bytes > c->size - c->used) {
		add_chunk(a, bytes);
		c = a->chunk;
	}
	p = c->data + c->used;
	c->used += bytes;
	a->used += bytes;
	return p;
}

struct text
arena_text(struct arena *a, struct text t)
{
	char *copy = arena_alloc(a, t.len + 1);

	if (t.len)
		memcpy(copy, t.at, t.len);
	copy[t.len] = '\0';
	return (struct text){ copy, t.len };
}

static void
free_chunks(struct arena_chunk *c)
{
	while (c) {
		struct arena_chunk *next = c->next;

		free(c);
		c = next;
	}
}

void
arena_reset(struct arena *a)
{
	struct arena_chunk *c = a->chunk;

	if (c == NULL)
		return;
	free_chunks(c->next);
	c->next = NULL;
	c->used = 0;
	a->used = 0;
	a->size = c->size;
}

void
arena_clear(struct arena *a)
{
	free_chunks(a->chunk);
	*a = ARENA_INIT;
}
