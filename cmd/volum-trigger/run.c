#include "volum-trigger/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/filter.h"
#include "core/ndjson.h"
#include "core/spool.h"
#include "core/state.h"

enum { STAGES_MAX = 64 * 1024, COMMAND_MAX = 32 };

/* ------------------------------------------------------------ what it needs */

static enum status
own_folder(char folder[PATH_MAX], struct error *err)
{
	ssize_t len = readlink("/proc/self/exe", folder, PATH_MAX - 1);

	if (len < 0)
		return fail(err, BAD_CONFIG, "/proc/self/exe: %m");
	folder[len] = '\0';
	*strrchr(folder, '/') = '\0';
	return DONE;
}

static enum status
set_path(const char *folder, struct error *err)
{
	const char *path = getenv("PATH");
	struct buf all = BUF_INIT;
	enum status s = DONE;

	buf_printf(&all, "%s:%s", folder,
	    path != NULL && *path != '\0' ? path
					  : "/usr/local/bin:/usr/bin:/bin");
	if (setenv("PATH", buf_cstr(&all), 1) != 0)
		s = fail(err, BAD_CONFIG, "PATH: %m");
	buf_clear(&all);
	return s;
}

static enum status
set_state(struct error *err)
{
	char path[PATH_MAX], whole[PATH_MAX];
	enum status s = state_path("", path, sizeof(path), err);

	if (s != DONE)
		return s;
	if (realpath(path, whole) == NULL ||
	    setenv("VOLUM_STATE_DIR", whole, 1) != 0)
		return fail(err, BAD_CONFIG, "state folder %s: %m", path);
	return DONE;
}

enum status
run_prepare(
    const struct options *o, char *program, size_t size, struct error *err)
{
	char folder[PATH_MAX];
	int len;
	enum status s;

	if ((s = own_folder(folder, err)) != DONE ||
	    (s = set_path(folder, err)) != DONE || (s = set_state(err)) != DONE)
		return s;
	if (o->run != NULL)
		len = snprintf(program, size, "%s", o->run);
	else
		len = snprintf(program, size,
		    "%s/../share/volum/examples/http/volum-trigger-run",
		    folder);
	if (len < 0 || (size_t)len >= size)
		return fail(err, BAD_CONFIG, "VOLUM_TRIGGER_RUN: too long");
	return DONE;
}

/* ------------------------------------------------------------- the programs */

/* A pipe could fill up before anybody reads it. */
static enum status
open_trigger(const struct request *r, int *fd, struct error *err)
{
	enum status s = spool_open(fd, err);

	if (s != DONE)
		return s;
	if (write(*fd, r->trigger.data, r->trigger.len) !=
		(ssize_t)r->trigger.len ||
	    write(*fd, "\n", 1) != 1 || lseek(*fd, 0, SEEK_SET) != 0)
		return fail(err, OUTPUT_FAILED, "temporary file: %m");
	return DONE;
}

static bool
is_test(const struct request *r)
{
	struct record *rec = record_new();
	struct error ignored;
	bool test =
	    ndjson_parse(rec, buf_text(&r->trigger), &ignored) == DONE &&
	    value_is_true(value_member(record_root(rec), "test"));

	record_free(rec);
	return test;
}

/* In the child. Everything else that is open closes itself. */
static _Noreturn void
become(const char *program, const struct request *r, const int fds[3])
{
	bool test = is_test(r);

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) != i)
			_exit(126);
	if (r->traceparent[0] != '\0' &&
	    setenv("TRACEPARENT", r->traceparent, 1) != 0)
		_exit(126);
	execl(program, program, test ? "--test" : (char *)NULL, (char *)NULL);
	int why = errno;
	filter_tell("volum-trigger", "%s: %m", program);
	_exit(why == ENOENT ? 127 : 126);
}

static enum status
start(const struct run *run, const struct request *r, pid_t *pid, int *said,
    struct error *err)
{
	int trigger = -1, ends[2] = { -1, -1 }, messages;
	enum status s = open_trigger(r, &trigger, err);

	messages = openat(run->desk->messages, r->id,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s == DONE && (messages < 0 || pipe2(ends, O_CLOEXEC) != 0))
		s = fail(err, TRY_LATER, "%s: %m", r->id);
	if (s == DONE && (*pid = fork()) == 0)
		become(run->program, r, (int[]){ trigger, ends[1], messages });
	if (s == DONE && *pid < 0)
		s = fail(err, TRY_LATER, "fork: %m");
	*said = s == DONE ? ends[0] : -1;
	if (s != DONE && ends[0] >= 0)
		close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	if (messages >= 0)
		close(messages);
	if (trigger >= 0)
		close(trigger);
	return s;
}

/* ------------------------------------------------------------ what they say */

static bool
is_command(struct text t)
{
	if (t.len == 0 || t.len > COMMAND_MAX)
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] != '-' && (t.at[i] < 'a' || t.at[i] > 'z'))
			return false;
	return true;
}

/* What a shell or a killed command ends with is none of ours. */
static enum status
code_of(int64_t code)
{
	switch (code) {
	case DONE:
	case SOME_REJECTED:
	case BAD_USAGE:
	case BAD_INPUT:
	case BLOCKED:
	case OUTPUT_FAILED:
	case NOT_ALLOWED:
	case BAD_CONFIG:
		return (enum status)code;
	case 126: /* it is there, but can't be run */
	case 127: /* it is not there */
		return BAD_CONFIG;
	default:
		return TRY_LATER;
	}
}

/* Numbers only, since anybody with the token reads them. */
static void
note_stage(struct request *r, struct value said, enum status *code)
{
	static const char *const counts[] = { "lidos", "feitos", "rejeitados",
		"inalterados", NULL };
	struct text command;
	int64_t n;
	struct error ignored;

	if (record_text(said, "comando", &command, &ignored) != DONE ||
	    !is_command(command) ||
	    record_integer(said, "saida", 0, 255, &n, &ignored) != DONE ||
	    r->stages.len > STAGES_MAX)
		return;
	*code = worst(*code, code_of(n));
	build_open(&r->stages, '{');
	build_text_member(&r->stages, "comando", command);
	build_name(&r->stages, "saida");
	build_integer(&r->stages, n);
	for (const char *const *name = counts; *name != NULL; name++)
		if (record_integer(said, *name, 0, INT64_MAX, &n, &ignored) ==
		    DONE) {
			build_name(&r->stages, *name);
			build_integer(&r->stages, n);
		}
	build_close(&r->stages, '}');
}

static enum status
begin(const struct run *run, struct request *r, struct error *err)
{
	instant_format(clock_now(run->clock), r->started);
	r->attempts++;
	return desk_move(run->desk, WAITING, RUNNING, r, err);
}

/* A signal to us is no reason to leave a run alone: it ends by itself. */
static enum status
listen(const struct run *run, struct request *r, int said, bool *begun,
    enum status *code, struct error *err)
{
	struct ndjson_reader *reader = ndjson_open(said);
	struct record *rec = record_new();
	struct ndjson_line line;
	struct error ignored;
	enum status s = DONE;
	int got;

	while ((got = ndjson_next(reader, &line)) == 1 || got == -2) {
		if (got == -2)
			continue;
		if (!*begun && (s = begin(run, r, err)) != DONE)
			break;
		*begun = true;
		if (!line.too_long &&
		    ndjson_parse(rec, line.text, &ignored) == DONE)
			note_stage(r, record_root(rec), code);
	}
	record_free(rec);
	ndjson_close(reader);
	return s;
}

/* ------------------------------------------------------------------ its end */

static void
name_reason(struct request *r, bool begun, int wait_status)
{
	const char *reason = "";

	if (!WIFEXITED(wait_status))
		reason = "sinal";
	else if (!begun && WEXITSTATUS(wait_status) != 0)
		reason = "nao_iniciado";
	snprintf(r->reason, sizeof(r->reason), "%s", reason);
}

enum status
run_request(
    const struct run *run, struct request *r, bool *ended, struct error *err)
{
	enum status code = DONE, s;
	bool begun = false;
	int said, how = 0;
	pid_t pid = -1;

	*ended = false;
	if ((s = start(run, r, &pid, &said, err)) != DONE)
		return s;
	s = listen(run, r, said, &begun, &code, err);
	close(said);
	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		;
	if (s != DONE)
		return s;
	if (!begun && WIFEXITED(how) && WEXITSTATUS(how) == TRY_LATER)
		return DONE;
	*ended = true;
	r->code =
	    worst(code, WIFEXITED(how) ? code_of(WEXITSTATUS(how)) : TRY_LATER);
	name_reason(r, begun, how);
	instant_format(clock_now(run->clock), r->ended);
	return desk_move(run->desk, begun ? RUNNING : WAITING, ENDED, r, err);
}
