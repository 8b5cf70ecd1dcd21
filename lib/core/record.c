/* Looking into a record. The parser is ndjson_parse.c. */
#include "core/record.h"

#include <stdlib.h>
#include <string.h>

#include "core/tokens.h"

struct record *
record_new(void)
{
	return mem_zalloc(sizeof(struct record));
}

void
record_free(struct record *rec)
{
	if (rec == NULL)
		return;
	free(rec->tokens);
	free(rec->slots);
	buf_clear(&rec->decoded);
	free(rec);
}

static const struct token *
token_of(struct value v)
{
	return v.record->tokens + v.token;
}

struct value
record_root(const struct record *rec)
{
	return rec->count ? (struct value){ rec, 0 } : NO_VALUE;
}

enum kind
value_kind(struct value v)
{
	return v.record ? (enum kind)token_of(v)->kind : ABSENT;
}

bool
value_is_empty(struct value v)
{
	return value_kind(v) <= IS_NULL;
}

struct value
value_member_text(struct value v, struct text wanted)
{
	const struct record *rec = v.record;
	uint16_t mark = text_mark(wanted.at, wanted.len);
	uint32_t at, end;

	if (value_kind(v) != IS_OBJECT)
		return NO_VALUE;
	end = token_of(v)->next;
	for (at = v.token + 1; at < end;) {
		const struct token *t = rec->tokens + at;

		if (t->mark == mark && text_same(token_text(rec, t), wanted))
			return (struct value){ rec, t->next };
		at = rec->tokens[t->next].next;
	}
	return NO_VALUE;
}

size_t
value_count(struct value v)
{
	struct each it = value_each(v);
	size_t count = 0;

	while (each_next(&it))
		count++;
	return count;
}

struct text
value_raw(struct value v)
{
	const struct token *t;

	if (v.record == NULL)
		return TEXT("");
	t = token_of(v);
	return (struct text){ v.record->line + t->start, t->end - t->start };
}

struct text
value_text(struct value v)
{
	if (value_kind(v) != IS_TEXT)
		return TEXT("");
	return token_text(v.record, token_of(v));
}

bool
value_is_text(struct value v, const char *content)
{
	return value_kind(v) == IS_TEXT && text_is(value_text(v), content);
}

bool
value_is_true(struct value v)
{
	return value_kind(v) == IS_BOOL && *value_raw(v).at == 't';
}

struct each
value_each(struct value container)
{
	enum kind kind = value_kind(container);

	if (kind != IS_ARRAY && kind != IS_OBJECT)
		return (struct each){ 0 };
	return (struct each){ .at = { container.record, container.token },
		.next = container.token + 1,
		.end = token_of(container)->next };
}

bool
each_next(struct each *it)
{
	const struct record *rec = it->at.record;
	const struct token *t;

	if (it->next >= it->end)
		return false;
	t = rec->tokens + it->next;
	if (t->is_name) {
		it->name = token_text(rec, t);
		it->next = t->next;
	}
	it->at.token = it->next;
	it->next = rec->tokens[it->next].next;
	return true;
}
