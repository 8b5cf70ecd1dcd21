/* Which lines are due, and where each goes back in. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "volum-redrive/redrive.h"

/* ----------------------------------------------------------------- route */

static bool
mentions(struct text line, const char *word)
{
	return memmem(line.at, line.len, word, strlen(word)) != NULL;
}

/* By the line's text: the record may still be in an envelope. */
static bool
is_billed(struct text line)
{
	return mentions(line, "volumetriaData") ||
	    mentions(line, "consolidacaoData");
}

static enum route
route_of(struct value why, struct text line)
{
	struct value command = value_member(why, "comando");
	struct value from = value_member(why, "de");

	if (value_is_text(command, "volum-fetch"))
		return TO_FETCH;
	if (value_is_text(command, "volum-store"))
		return is_billed(line) ? TO_PRICE : TO_CATALOG;
	if (value_is_text(command, "omie-contract"))
		return TO_BILL;
	if (!value_is_text(command, "cnpj-sync"))
		return NOWHERE;
	if (value_is_text(from, "inanbetec"))
		return TO_OMIE;
	return value_is_text(from, "omie") ? TO_INANBETEC : NOWHERE;
}

/* ------------------------------------------------------------------ fate */

static bool
is_asked_for(struct value why, const struct options *o)
{
	for (size_t i = 0; i < o->codes.count; i++)
		if (value_is_text(
			value_member(why, "codigo"), o->codes.items[i]))
			return true;
	return o->all;
}

/* Lines that an earlier version wrote say no time. */
static bool
time_has_come(struct value why, instant_ms now)
{
	struct value next = value_member(why, "proxima");
	char *text = mem_text(value_text(next));
	struct error ignored;
	instant_ms at;
	bool come = instant_parse(text, &at, &ignored) != DONE || at <= now;

	free(text);
	return come;
}

static int64_t
attempts_of(struct value why)
{
	int64_t attempts = 1;
	struct error ignored;

	record_integer(why, "tentativas", 1, INT64_MAX, &attempts, &ignored);
	return attempts;
}

static enum fate
fate_of(struct value why, bool is_data, const struct options *o, instant_ms now)
{
	/* Whoever asks has looked at it. */
	if (is_asked_for(why, o))
		return IS_DUE;
	if (o->codes.count > 0 || is_data || !time_has_come(why, now))
		return STAYS;
	return attempts_of(why) >= o->max_attempts ? POISON : IS_DUE;
}

static void
judge(struct letter *l, struct record *rec, const struct options *o,
    instant_ms now)
{
	struct error ignored;
	struct value why, class_;

	l->fate = UNKNOWN;
	l->route = NOWHERE;
	/* A command would refuse a longer one, and keep nothing of it. */
	if (l->line.len > NDJSON_MAX_LINE ||
	    ndjson_parse(rec, l->line, &ignored) != DONE)
		return;
	why = value_member(record_root(rec), "rejeitado");
	class_ = value_member(why, "classe");
	if ((l->route = route_of(why, l->line)) == NOWHERE)
		return;
	l->is_data = !value_is_text(class_, "servico") &&
	    !value_is_text(class_, "incerto");
	l->fate = fate_of(why, l->is_data, o, now);
}

/* --------------------------------------------------------------- letters */

static enum status
map(struct letters *l, int fd, struct error *err)
{
	struct stat st;
	void *at = NULL;

	if (fstat(fd, &st) != 0)
		return fail(err, OUTPUT_FAILED, "rejected records: %m");
	if (st.st_size > 0)
		at = mmap(
		    NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return fail(err, OUTPUT_FAILED, "rejected records: %m");
	l->content = (struct text){ at, (size_t)st.st_size };
	return DONE;
}

static void
add(struct letters *l, struct text line)
{
	enum { STEP = 1024 };

	if (l->count % STEP == 0)
		l->at = mem_realloc(l->at, (l->count + STEP) * sizeof(*l->at));
	l->at[l->count++] = (struct letter){ .line = line };
}

enum status
letters_read(struct letters *l, int fd, const struct options *o, instant_ms now,
    struct error *err)
{
	struct record *rec = record_new();
	enum status s;

	*l = (struct letters){ 0 };
	s = map(l, fd, err);
	const char *at = l->content.at, *end = at + l->content.len, *stop;

	for (; s == DONE && at < end; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		if (stop == at)
			continue;
		add(l, (struct text){ at, (size_t)(stop - at) });
		judge(&l->at[l->count - 1], rec, o, now);
	}
	record_free(rec);
	return s;
}

void
letters_clear(struct letters *l)
{
	if (l->content.len > 0)
		munmap((void *)l->content.at, l->content.len);
	free(l->at);
	*l = (struct letters){ 0 };
}

size_t
letters_count(const struct letters *l, enum fate fate)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += l->at[i].fate == fate;
	return n;
}

size_t
letters_count_data(const struct letters *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += l->at[i].is_data;
	return n;
}
