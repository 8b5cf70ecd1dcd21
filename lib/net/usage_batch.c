/* Companies asked for together: who was asked, and what came for whom. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"
#include "net/usage_internal.h"

void
batch_init(struct batch *b, size_t max)
{
	*b = (struct batch){ .max = max };
	b->asked = mem_zalloc(max * sizeof(*b->asked));
	b->sorted = mem_zalloc(max * sizeof(struct asked *));
}

void
batch_clear(struct batch *b)
{
	free(b->asked);
	free(b->sorted);
	arena_clear(&b->ids);
	buf_clear(&b->elements);
}

/* By id, the first asked first. */
static int
order(const void *a, const void *b)
{
	const struct asked *x = *(struct asked *const *)a;
	const struct asked *y = *(struct asked *const *)b;
	int by_id = text_order(x->id, y->id);

	return by_id != 0 ? by_id : (x > y) - (x < y);
}

size_t
batch_fill(struct batch *b, usage_next_fn next, void *ctx)
{
	struct text id;

	arena_reset(&b->ids);
	b->attempts = 0;
	b->not_before = 0;
	b->state = BATCH_WAITING;
	for (b->count = 0; b->count < b->max && next(&id, ctx); b->count++) {
		b->asked[b->count] =
		    (struct asked){ .id = arena_text(&b->ids, id) };
		b->sorted[b->count] = &b->asked[b->count];
	}
	qsort(b->sorted, b->count, sizeof(struct asked *), order);
	for (size_t i = 0; i < b->count; i++) {
		struct asked *a = b->sorted[i];
		struct asked *before = i > 0 ? b->sorted[i - 1] : NULL;

		a->same =
		    before && text_same(before->id, a->id) ? before->same : a;
	}
	return b->count;
}

static void
add_encoded(struct buf *url, struct text t)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (size_t i = 0; i < t.len; i++)
		if (memchr(plain, t.at[i], sizeof(plain) - 1) != NULL)
			buf_add_byte(url, t.at[i]);
		else
			buf_printf(url, "%%%02X", (unsigned char)t.at[i]);
}

void
batch_add_ids(const struct batch *b, struct buf *url)
{
	buf_add_str(url, "&empresas=");
	for (size_t i = 0; i < b->count; i++) {
		if (b->asked[i].same != &b->asked[i])
			continue;
		if (i > 0) /* the first is never a repetition */
			buf_add_byte(url, ',');
		add_encoded(url, b->asked[i].id);
	}
}

static struct asked *
find(const struct batch *b, struct text id)
{
	const struct asked key = { .id = id };
	size_t low = 0, high = b->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int by_id = text_order(key.id, b->sorted[middle]->id);

		if (by_id == 0)
			return b->sorted[middle]->same;
		if (by_id < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void
forget_answers(struct batch *b)
{
	buf_reset(&b->elements);
	for (size_t i = 0; i < b->count; i++) {
		b->asked[i].len = 0;
		b->asked[i].twice = false;
	}
}

static enum answer_step
take_elements(struct batch *b, struct usage *u, struct text json)
{
	enum answer_step step;
	struct value element;
	struct text id;

	forget_answers(b);
	answer_over_text(u->answer, json);
	while ((step = answer_next(u->answer, &id, &element, &b->why)) ==
	    ANSWER_ELEMENT) {
		struct asked *a = find(b, id);

		if (a == NULL) {
			u->unasked++;
			continue;
		}
		a->twice = a->len > 0;
		buf_add_byte(&b->elements, '\n'); /* no comma between them */
		a->at = b->elements.len;
		answer_normalise(&b->elements, element);
		a->len = b->elements.len - a->at;
	}
	if (b->elements.overflown) {
		snprintf(b->why.text, sizeof(b->why.text),
		    "usage API: the answer is too large");
		step = ANSWER_BAD_SHAPE;
	}
	return step;
}

static enum answer_step
take_mapped(struct batch *b, struct usage *u, struct text body)
{
	struct record *rec = record_new();
	struct buf mapped = { .max = u->config.max_answer };
	enum answer_step step = ANSWER_NOT_JSON;

	if (ndjson_parse_any(rec, body, &b->why) != DONE) {
		usage_refuse(&b->why, "resposta_invalida",
		    "usage API: the answer was cut or isn't JSON");
		goto done;
	}
	step = ANSWER_BAD_SHAPE;
	if (answer_map(u->config.map, body, &mapped, &b->why) == DONE)
		step = take_elements(b, u, buf_text(&mapped));
done:
	record_free(rec);
	buf_clear(&mapped);
	return step;
}

enum answer_step
batch_take(struct batch *b, struct usage *u, struct text body)
{
	return u->config.map != NULL ? take_mapped(b, u, body)
				     : take_elements(b, u, body);
}

static enum status
hand_one(const struct batch *b, const struct asked *a, usage_each_fn each,
    void *ctx, struct error *err)
{
	const struct asked *said = a->same;
	struct error why = b->why;
	struct text element = { b->elements.data + said->at, said->len };

	if (!b->failed && said->len > 0 && !said->twice)
		return each(a->id, element, NULL, b->attempts, ctx, err);
	if (!b->failed && said->twice)
		usage_refuse(&why, "resposta_invalida",
		    "the usage API answered twice for this company");
	else if (!b->failed)
		usage_refuse(&why, "sem_dados",
		    "the usage API answered nothing for this company");
	return each(
	    a->id, (struct text){ NULL, 0 }, &why, b->attempts, ctx, err);
}

enum status
batch_hand(
    const struct batch *b, usage_each_fn each, void *ctx, struct error *err)
{
	enum status status = DONE;

	for (size_t i = 0; i < b->count && status == DONE; i++)
		status = hand_one(b, &b->asked[i], each, ctx, err);
	return status;
}
