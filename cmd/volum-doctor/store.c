/* The store as store.h and ledger.h tell of it: opened to read, never made. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "store/ledger.h"
#include "store/target.h"
#include "volum-doctor/doctor.h"

struct chain {
	char link[HASH_TEXT];
	int64_t seq, broken; /* broken 0: none */
	char **open;	     /* account and code of intents without outcome */
	size_t open_count;
};

static void
note_open(struct chain *c, const struct ledger_line *line)
{
	struct buf key = BUF_INIT;
	size_t i = 0;

	buf_add_text(&key, line->account);
	buf_add_byte(&key, ' ');
	buf_add_text(&key, line->code);
	while (i < c->open_count && strcmp(c->open[i], buf_cstr(&key)) != 0)
		i++;
	bool open =
	    line->event == LEDGER_INTENT || line->event == LEDGER_UNCLEAR;
	if (open && i == c->open_count) {
		c->open = mem_realloc(c->open, (i + 1) * sizeof(*c->open));
		c->open[c->open_count++] = mem_strdup(buf_cstr(&key));
	} else if (!open && i < c->open_count) {
		free(c->open[i]);
		c->open[i] = c->open[--c->open_count];
	}
	buf_clear(&key);
}

static enum status
take_line(const struct ledger_line *line, void *ctx, struct error *err)
{
	struct chain *c = ctx;
	char due[HASH_TEXT];

	if (filter_stop)
		return fail(err, TRY_LATER, "stopped by a signal");
	ledger_link(line, c->link, due);
	if (c->broken == 0 &&
	    (strcmp(due, line->link) != 0 || line->seq != c->seq + 1))
		c->broken = line->seq;
	c->seq = line->seq;
	memcpy(c->link, line->link, HASH_TEXT);
	note_open(c, line);
	return DONE;
}

static void
check_ledger(struct doctor *d, struct store *store)
{
	struct chain c = { 0 };
	struct error err;
	enum status s = ledger_each(store, TEXT(""), take_line, &c, &err);

	if (s != DONE)
		tell_error(d, s, "ledger", NULL, &err);
	else if (c.broken != 0)
		tell(d, FAILURE, BAD_CONFIG, "ledger",
		    N_("see omie-contract --verify"),
		    "its chain is broken at line %" PRId64, c.broken);
	else if (c.seq > 0)
		tell(d, FINE, DONE, "ledger", NULL,
		    "%" PRId64 " lines, chain whole, head %.16s", c.seq,
		    c.link);
	else
		tell(d, FINE, DONE, "ledger", NULL, "0 lines, chain whole");
	if (s == DONE)
		tell(d, c.open_count > 0 ? WARNING : FINE, DONE, "open intents",
		    c.open_count > 0 ? N_("omie-contract settles them") : NULL,
		    "%zu", c.open_count);
	for (size_t i = 0; i < c.open_count; i++)
		free(c.open[i]);
	free(c.open);
}

/* Every table is read once: what is missing or damaged shows. */
static enum status
count_all(struct store *store, uint64_t count[], struct error *err)
{
	static const struct store_filter all = { .status = -1 };
	enum status s = DONE;

	for (int k = STORE_VOLUMES; s == DONE && k <= STORE_HISTORY; k++)
		s = store_count(
		    store, (enum store_kind)k, &all, &count[k], err);
	return s;
}

void
check_store(struct doctor *d)
{
	char uri[STORE_TARGET_MAX] = "";
	uint64_t count[STORE_HISTORY + 1] = { 0 };
	struct store_health health = { 0 };
	struct store *store = NULL;
	struct error err;
	enum status s = store_target(d->options->common.db, uri, &err);

	if (s == DONE)
		s = store_open(&store, uri, STORE_READ, &d->filter->clock,
		    d->filter->run_id, &err);
	if (s == DONE)
		s = store_examine(store, &health, &err);
	if (s == DONE && health.exists && health.flaw.text[0] == '\0')
		s = count_all(store, count, &err);
	if (s != DONE)
		tell_error(d, s, "store", NULL, &err);
	else if (!health.exists)
		tell(d, WARNING, DONE, "store", N_("made on first use"),
		    "no store yet (%s)", health.what);
	else if (health.flaw.text[0] != '\0')
		tell_error(d, BAD_CONFIG, "store",
		    N_("stop the schedules, restore a copy"), &health.flaw);
	else
		tell(d, FINE, DONE, "store", NULL,
		    "%s, %" PRIu64 " companies, %" PRIu64
		    " consolidations, %" PRIu64 " contracts",
		    health.what, count[STORE_COMPANIES],
		    count[STORE_CONSOLIDATIONS], count[STORE_CONTRACTS]);
	if (s == DONE && health.exists)
		check_ledger(d, store);
	store_close(store);
	if (s == DONE)
		s = store_share(&d->shared, uri, &err);
	d->limits_away = s != DONE && store_is_server(uri);
}
