/* How many contracts the ledger does not know the outcome of. */
#include <stdlib.h>

#include "store/ledger.h"

/* The codes that are open so far: one or two at a time in a whole ledger. */
struct open_codes {
	struct text account;
	char **at;
	size_t count;
};

static size_t
find(const struct open_codes *o, struct text code)
{
	size_t i = 0;

	while (i < o->count && !text_is(code, o->at[i]))
		i++;
	return i;
}

static enum status
follow(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct open_codes *o = ctx;
	size_t at = find(o, line->code);
	bool open =
	    line->event == LEDGER_INTENT || line->event == LEDGER_UNCLEAR;

	(void)err;
	if (!text_same(line->account, o->account) || open == (at < o->count))
		return DONE;
	if (open) {
		o->at = mem_realloc(o->at, (o->count + 1) * sizeof(*o->at));
		o->at[o->count++] = mem_text(line->code);
	} else {
		free(o->at[at]);
		o->at[at] = o->at[--o->count];
	}
	return DONE;
}

enum status
ledger_count_open(
    struct store *s, struct text account, uint64_t *count, struct error *err)
{
	struct open_codes o = { .account = account };
	enum status status =
	    ledger_each(s, (struct text){ "", 0 }, follow, &o, err);

	*count = o.count;
	while (o.count > 0)
		free(o.at[--o.count]);
	free(o.at);
	return status;
}
