/*
 * volum-ping - runs a command under a dead man's switch.
 *
 * in, out: the command's
 */
#include <stdio.h>

#include "core/mask.h"
#include "volum-ping/ping.h"

static const struct option_row ROWS[] = {
	{ "ping", 0, OPTION_TEXT, N_("URL"), offsetof(struct options, url),
	    "VOLUM_PING_URL",
	    N_("what is told: URL/start, URL at success, URL/fail"), 0, 0 },
	{ "strict", 0, OPTION_FLAG, NULL, offsetof(struct options, strict),
	    NULL, N_("exit 1 (some records refused) is a failure too"), 0, 0 },
	{ 0 },
};

static const struct command COMMAND = {
	.name = "volum-ping",
	.summary =
	    N_("run a command, and tell a dead man's switch how it went"),
	.synopsis = N_("[--ping URL] [--strict] COMMAND [ARGUMENT]..."),
	.rows = ROWS,
	.operands = true,
};

/* The last of the lines, the first of them whole. */
static struct text
last_lines(const struct buf *tail)
{
	enum { LINES = 20 };
	struct text t = buf_text(tail);
	size_t at = t.len, lines = 0;

	if (at > 0 && t.at[at - 1] == '\n')
		at--;
	while (at > 0 && (lines += t.at[at - 1] == '\n') < LINES)
		at--;
	return (struct text){ t.at + at, t.len - at };
}

static void
tell_end(struct teller *t, const struct buf *tail, int code, int64_t ms)
{
	struct buf body = BUF_INIT;
	bool good = code == 0 || (code == SOME_REJECTED && !t->o->strict);

	mask_add(&body, last_lines(tail));
	if (body.len > 0 && body.data[body.len - 1] != '\n')
		buf_add_byte(&body, '\n');
	buf_printf(&body, "exit %d after %lld.%03d s\n", code,
	    (long long)(ms / 1000), (int)(ms % 1000));
	teller_end(t, good, buf_text(&body));
	buf_clear(&body);
}

static int
run(const struct options *o, struct log *log, char **argv)
{
	int64_t began = clock_monotonic_ms();
	struct buf tail = BUF_INIT;
	struct teller t;
	int code;

	teller_open(&t, o, log);
	code = watch(argv, &t, &tail);
	tell_end(&t, &tail, code, clock_monotonic_ms() - began);
	teller_close(&t);
	buf_clear(&tail);
	return code;
}

int
main(int argc, char **argv)
{
	static const struct clock wall = { 0 };
	struct options o = { 0 };
	struct log *log = NULL;
	struct error err;
	bool done;
	int first, code;
	enum status s =
	    options_parse(&COMMAND, &o, argc, argv, &first, &done, &err);

	if (s == DONE && !done && first == argc)
		s = fail(&err, BAD_USAGE, "a command is expected");
	if (s == DONE && !done)
		s = log_open(&log, o.common.log, COMMAND.name, &wall, &err);
	if (s != DONE || done)
		return s == DONE ? DONE
				 : filter_refuse_start(&COMMAND, s, &err);
	code = run(&o, log, argv + first);
	log_close(log);
	return code;
}
