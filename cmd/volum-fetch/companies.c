/* Which companies to ask for. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "question.h"

bool
next_of_trigger(struct text *id, void *ctx)
{
	struct question *q = ctx;
	struct error ignored; /* checked by read_companies() */

	if (value_kind(q->one) != ABSENT) {
		value_identifier(q->one, id, &ignored);
		q->one = NO_VALUE;
		return true;
	}
	if (!each_next(&q->ids))
		return false;
	value_identifier(q->ids.at, id, &ignored);
	return true;
}

bool
next_of_options(struct text *id, void *ctx)
{
	struct question *q = ctx;
	const struct option_list *list = &q->run->options->empresa;

	if (q->option == list->count)
		return false;
	*id = text_of(list->items[q->option++]);
	return true;
}

/* A bare id, or a record that names a company. */
static enum status
id_of_line(
    struct question *q, struct text line, struct text *id, struct error *err)
{
	struct value root, company;
	enum status s;

	while (line.len > 0 && strchr(" \t\r", line.at[line.len - 1]) != NULL)
		line.len--;
	while (line.len > 0 && strchr(" \t", line.at[0]) != NULL) {
		line.at++;
		line.len--;
	}
	if (line.len > 0 && line.at[0] != '{') {
		*id = line;
		return identifier_check(line, err);
	}
	if ((s = ndjson_parse(q->line, line, err)) != DONE)
		return s;
	root = record_root(q->line);
	company = value_member(root, "empresa");
	if (value_kind(company) == ABSENT)
		company = root;
	return record_identifier(company, "empresaId", id, err);
}

bool
next_of_file(struct text *id, void *ctx)
{
	struct question *q = ctx;
	struct filter *f = q->run->filter;
	struct ndjson_line line;
	struct error why;
	int got;

	while ((got = ndjson_next(q->file, &line)) != 0 && q->status == DONE) {
		if (got == -2 && !filter_stop)
			continue;
		if (got < 0) {
			q->status = fail(&q->broken,
			    got == -1 ? BAD_INPUT : TRY_LATER, "--empresas: %s",
			    got == -1 ? strerror(errno)
				      : "stopped by a signal");
			return false;
		}
		f->counters.read++;
		if (line.too_long)
			reject(&why, "linha_longa", "the line is too long");
		else if (id_of_line(q, line.text, id, &why) == DONE)
			return true;
		/* Of this refusal only: what is asked for now was read before.
		 */
		f->line = line.number;
		q->status = filter_reject_bytes(f, line.text, &why, &q->broken);
		f->line = 0;
	}
	return false;
}

enum status
open_list(struct question *q, struct error *err)
{
	const char *path = q->run->options->empresas;
	int fd = 0;

	if (strcmp(path, "-") != 0 &&
	    (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return fail(err, BAD_CONFIG, "--empresas %s: %s", path,
		    strerror(errno));
	q->list_fd = fd;
	q->file = ndjson_open(fd);
	q->line = record_new();
	return DONE;
}

void
close_list(struct question *q)
{
	if (q->file != NULL && strcmp(q->run->options->empresas, "-") != 0)
		close(q->list_fd);
	ndjson_close(q->file);
	record_free(q->line);
}

enum status
read_companies(
    struct question *q, struct value root, bool *listed, struct error *err)
{
	struct value ids = value_member(root, "empresaIds");
	struct each it;
	struct text id;
	enum status s;

	q->one = value_member(root, "empresaId");
	if (value_is_empty(q->one))
		q->one = NO_VALUE;
	else if ((s = value_identifier(q->one, &id, err)) != DONE)
		return s;
	*listed = value_kind(q->one) != ABSENT || !value_is_empty(ids);
	if (value_is_empty(ids))
		return DONE;
	if (value_kind(ids) != IS_ARRAY)
		return value_reject(ids, err, "array expected");
	if (value_count(ids) == 0)
		return value_reject(ids, err, "holds no company");
	for (it = value_each(ids); each_next(&it);)
		if ((s = value_identifier(it.at, &id, err)) != DONE)
			return s;
	q->ids = value_each(ids);
	return DONE;
}
