/*
 * volum-redrive - feeds rejected lines back to the commands that refused them.
 *
 * in:  the rejected file; stdin is not read
 * out: what the last commands of the pipes write
 */
#include <fcntl.h>
#include <unistd.h>

#include "volum-redrive/redrive.h"

static const struct option_row ROWS[] = {
	{ "all", 'a', OPTION_FLAG, NULL, offsetof(struct options, all), NULL,
	    N_("every line: the data was corrected, or nobody wants to wait"),
	    0, 0 },
	{ "codigo", 0, OPTION_LIST, N_("WORD"), offsetof(struct options, codes),
	    NULL, N_("every line with this reason, and no other"), 0, 0 },
	{ "max-attempts", 0, OPTION_NUMBER, N_("N"),
	    offsetof(struct options, max_attempts), NULL,
	    N_("what was refused so often goes to FILE.poison"), 1, 1000000 },
	{ "with", 0, OPTION_LIST, N_("COMMAND:OPTION"),
	    offsetof(struct options, with), NULL,
	    N_("an option for one of the commands, like "
	       "volum-store:--max-change=30"),
	    0, 0 },
	{ 0 },
};

static enum status
check_options(const void *options, struct error *err)
{
	const struct options *o = options;

	for (size_t i = 0; i < o->with.count; i++)
		if (!with_is_valid(o->with.items[i]))
			return fail(err, BAD_USAGE,
			    "--with: '%.80s' is not like "
			    "volum-store:--max-change=30",
			    o->with.items[i]);
	if (o->all && o->codes.count > 0)
		return fail(err, BAD_USAGE, "give either --all or --codigo");
	return DONE;
}

static const struct command COMMAND = {
	.name = "volum-redrive",
	.summary =
	    N_("feed rejected lines back to the commands that refused them"),
	.synopsis = N_("[--rejected FILE] [--all | --codigo WORD]... "
		       "[--max-attempts N] [--with COMMAND:OPTION]..."),
	.rows = ROWS,
	.check = check_options,
};

static void
tell_poison(
    struct filter *f, const struct options *o, const struct desk *d, size_t n)
{
	if (n == 0)
		return;
	f->status = worst(f->status, SOME_REJECTED);
	filter_warn(f,
	    "%zu line%s refused %lld times or more: moved to %s; correct and "
	    "feed with --rejected %s --all",
	    n, n == 1 ? "" : "s", (long long)o->max_attempts, d->poison,
	    d->poison);
}

static void
tell_unknown(
    struct filter *f, const struct options *o, const struct desk *d, size_t n)
{
	if (n == 0 || !(o->all || o->common.verbose))
		return;
	filter_warn(f,
	    "%zu line%s of %s stay%s: no rejected line, or not said for which "
	    "command and which way",
	    n, n == 1 ? "" : "s", d->file, n == 1 ? "s" : "");
}

/* What is due, byte for byte. */
static void
show(struct filter *f, const struct letters *l)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->at[i].fate != IS_DUE)
			continue;
		buf_add_text(filter_out(f), l->at[i].line);
		filter_end_line(f);
	}
}

/* Most of the times that cron comes, nothing is due: nothing is touched. */
static enum status
look(struct filter *f, const struct options *o, const struct desk *d,
    bool *work, struct error *err)
{
	int fd = open(d->file, O_RDONLY | O_CLOEXEC);
	struct letters l;
	enum status s;

	*work = d->lock >= 0 && desk_has_work(d);
	if (fd < 0)
		return DONE;
	s = letters_read(&l, fd, o, clock_now(&f->clock), err);
	close(fd);
	if (letters_count(&l, IS_DUE) + letters_count(&l, POISON) > 0)
		*work = true;
	if (o->common.dry_run)
		show(f, &l);
	if (!*work)
		tell_unknown(f, o, d, letters_count(&l, UNKNOWN));
	letters_clear(&l);
	return s;
}

static enum status
work_on(struct filter *f, const struct options *o, struct desk *d, int fd,
    struct error *err)
{
	struct letters l;
	enum status s = letters_read(&l, fd, o, clock_now(&f->clock), err);
	size_t poison = letters_count(&l, POISON);

	if (s == DONE) {
		f->counters.read = l.count;
		tell_unknown(f, o, d, letters_count(&l, UNKNOWN));
		s = feed(f, o, d, &l, err);
	}
	if (s == DONE && (s = desk_settle(d, &l, err)) == DONE)
		tell_poison(f, o, d, poison);
	letters_clear(&l);
	return s;
}

static size_t
lines_in(const char *path, const struct options *o, struct letters *l)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error ignored;

	*l = (struct letters){ 0 };
	if (fd < 0)
		return 0;
	letters_read(l, fd, o, 0, &ignored);
	close(fd);
	return l->count;
}

/* What is left, and what it waits for. */
static void
measure(struct filter *f, const struct options *o, const struct desk *d)
{
	const struct options by_time = { .max_attempts = o->max_attempts };
	struct letters l;
	size_t all, unknown, data;

	metrics_set(f->metrics, METRIC_DEAD_LETTERS, "poison",
	    (int64_t)lines_in(d->poison, &by_time, &l));
	letters_clear(&l);
	all = lines_in(d->file, &by_time, &l);
	unknown = letters_count(&l, UNKNOWN);
	data = letters_count_data(&l);
	metrics_set(f->metrics, METRIC_DEAD_LETTERS, "data", (int64_t)data);
	metrics_set(
	    f->metrics, METRIC_DEAD_LETTERS, "unknown", (int64_t)unknown);
	metrics_set(f->metrics, METRIC_DEAD_LETTERS, "time",
	    (int64_t)(all - unknown - data));
	letters_clear(&l);
}

static enum status
run(struct filter *f, const struct options *o, struct desk *d,
    struct error *err)
{
	bool work;
	int fd = -1;
	enum status s;

	if ((s = look(f, o, d, &work, err)) != DONE || !work || d->lock < 0 ||
	    (s = desk_take(d, &fd, err)) != DONE || fd < 0)
		return s;
	s = work_on(f, o, d, fd, err);
	close(fd);
	return s;
}

int
main(int argc, char **argv)
{
	struct options o = { .max_attempts = 10 };
	struct filter f;
	struct desk d;
	struct error err = { 0 };
	enum status s;
	int code;

	if (!filter_begin(&f, &COMMAND, &o, argc, argv, &code))
		return code;
	s = desk_open(&d, f.rejected_path, o.common.dry_run, &err);
	if (s == DONE)
		s = run(&f, &o, &d, &err);
	if (o.common.metrics != NULL)
		measure(&f, &o, &d);
	desk_close(&d);
	return filter_finish(&f, s, &err);
}
