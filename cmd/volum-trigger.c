/*
 * volum-trigger - takes triggers over HTTP, and runs them in the background.
 *
 * in:  a CGI server's question; with --resume or --again: nothing
 * out: the CGI answer; with --dry-run: how the requests stand that wait
 */
#include <limits.h>

#include "core/filter.h"
#include "volum-trigger/cgi.h"
#include "volum-trigger/options.h"
#include "volum-trigger/serve.h"
#include "volum-trigger/worker.h"

static void
print_end(const struct request *r, void *ctx)
{
	struct filter *f = ctx;

	f->counters.read++;
	if (r->code == DONE) {
		f->counters.done++;
		filter_say(f, "%s: done", r->id);
		return;
	}
	f->status = worst(f->status, SOME_REJECTED);
	filter_warn(f, "%s: failed, %d%s%s; see stderr/%s", r->id, (int)r->code,
	    r->reason[0] != '\0' ? " " : "", r->reason, r->id);
}

static enum status
print_waiting(struct filter *f, const struct desk *desk, struct error *err)
{
	struct request r = { 0 };
	char name[DESK_NAME] = "";
	enum status s;
	bool there;

	while ((s = desk_next(desk, WAITING, name, &r, &there, err)) == DONE &&
	    there)
		request_tell(filter_out(f), &r, WAITING);
	request_clear(&r);
	return s;
}

static enum status
resume(struct filter *f, const struct options *o, const struct desk *desk,
    struct error *err)
{
	char program[PATH_MAX];
	struct worker w = { .run = { desk, &f->clock, program },
		.log = f->log,
		.keep_days = o->keep_days,
		.told = print_end,
		.ctx = f };
	enum status s;

	if (o->common.dry_run)
		return print_waiting(f, desk, err);
	s = run_prepare(o, program, sizeof(program), err);
	return s == DONE ? worker_drain(&w, err) : s;
}

static enum status
let_wait_again(struct filter *f, const char *id, const struct desk *desk,
    struct error *err)
{
	struct request r = { 0 };
	enum place place;
	enum status s = desk_find(desk, id, &r, &place, err);

	if (s == DONE && place == NOWHERE)
		s = fail(err, BAD_USAGE, "--again: %s is not known", id);
	else if (s == DONE && place != ENDED)
		s = fail(err, BAD_USAGE, "--again: %s has not ended", id);
	else if (s == DONE && !f->options->dry_run) {
		request_restart(&r);
		s = desk_move(desk, ENDED, WAITING, &r, err);
	}
	request_clear(&r);
	return s;
}

static enum status
operate(struct filter *f, const struct options *o, struct error *err)
{
	struct desk desk;
	enum status s;

	if (!o->resume && o->again == NULL)
		return fail(err, BAD_USAGE,
		    "started by no CGI server; give --resume or --again");
	if ((s = desk_open(&desk, err)) == DONE)
		s = o->resume ? resume(f, o, &desk, err)
			      : let_wait_again(f, o->again, &desk, err);
	desk_close(&desk);
	return s;
}

int
main(int argc, char **argv)
{
	struct options o = DEFAULTS;
	struct filter f;
	struct error err = { 0 };
	int code;

	if (cgi_is_asked())
		return serve();
	if (!filter_begin(&f, &COMMAND, &o, argc, argv, &code))
		return code;
	return filter_finish(&f, operate(&f, &o, &err), &err);
}
