/*
 * A filter in a child process, on pipes: what it writes, what it leaves behind
 * and how it ends. Its records say in `do` what shall happen to them.
 */
#ifndef VOLUM_TEST_FILTER_CHILD_H
#define VOLUM_TEST_FILTER_CHILD_H

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/filter.h"
#include "unit/unit.h"

struct scene {
	struct common_options options;
	uint64_t batch;		    /* 0: 1000 */
	int fail_flush;		    /* the flush that fails, from 1; 0: none */
	const char *stdin_path;	    /* instead of a pipe */
	const char *stdout_path;    /* the same */
	int closed;		    /* stdout or stderr is closed; 0: neither */
	bool no_stdin, deaf, nohup; /* no stdin, no reader, TERM ignored */
};

struct child {
	pid_t pid;
	int in, out, err, marks; /* -1: closed */
	int code;
	struct buf output, errors, flushes;
};

static char folder[] = "/tmp/volum-test-filter-XXXXXX";

static inline const char *
in_folder(const char *name)
{
	static char paths[4][100];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* ------------------------------------------------------- inside the child */

struct play {
	int marks, flushes, fail_flush;
	uint64_t since_flush;
};

static inline void
put_line(struct filter *f, struct value root)
{
	struct buf *out = filter_out(f);

	build_open(out, '{');
	build_name(out, "id");
	build_value(out, value_member(root, "id"));
	build_text_member(out, "requestId", f->request_id);
	build_name(out, "line");
	build_integer(out, (int64_t)f->line);
	build_close(out, '}');
	filter_end_line(f);
}

static inline enum status
put_big(struct filter *f, size_t megabytes)
{
	for (size_t i = 0; i < megabytes; i++) {
		char *filler = mem_zalloc(1024 * 1024);
		memset(filler, 'x', 1024 * 1024 - 1);
		buf_add(filter_out(f), filler, 1024 * 1024 - 1);
		filter_end_line(f);
		free(filler);
	}
	return DONE;
}

static inline enum status
play_record(
    struct filter *f, const struct record *rec, void *ctx, struct error *err)
{
	struct play *play = ctx;
	struct value root = record_root(rec), what = value_member(root, "do");
	bool test;

	play->since_flush++;
	if (filter_is_test(f, rec, &test, err) != DONE)
		return SOME_REJECTED;
	if (test)
		buf_add_str(filter_out(f), "\"planejado\"\n");
	if (value_is_text(what, "half") || value_is_text(what, "half-later"))
		buf_add_str(filter_out(f), "{\"half\":");
	if (value_is_text(what, "reject") || value_is_text(what, "half"))
		return reject(err, "teste", "refused fulano@example.com");
	if (value_is_text(what, "later") || value_is_text(what, "half-later"))
		return fail(err, TRY_LATER, "away");
	if (value_is_text(what, "shut"))
		f->status = worst(f->status, BLOCKED);
	if (value_is_text(what, "signal"))
		raise(SIGTERM);
	if (value_is_text(what, "umask"))
		build_integer(filter_out(f), umask(077));
	if (value_is_text(what, "big"))
		return put_big(f, 5);
	if (value_is_text(what, "huge"))
		return put_big(f, 65);
	if (value_is_text(what, "own-count"))
		f->counters.done += 3;
	if (value_is_text(what, "own-refusal")) {
		struct error why;
		reject(&why, "parte", "one part");
		return filter_reject(f, TEXT("{\"part\":1}"), &why, err);
	}
	f->counters.cents += 100;
	filter_say(f, "seen");
	put_line(f, root);
	return DONE;
}

static inline enum status
play_flush(struct filter *f, void *ctx, struct error *err)
{
	struct play *play = ctx;

	(void)f;
	dprintf(play->marks, "%" PRIu64 ";", play->since_flush);
	play->since_flush = 0;
	if (++play->flushes == play->fail_flush)
		return fail(err, TRY_LATER, "the store is away");
	return DONE;
}

static inline void
play_drop(void *ctx)
{
	struct play *play = ctx;

	dprintf(play->marks, "drop;");
}

static inline int
play_scene(const struct scene *scene, int marks)
{
	static const struct command command = { .name = "volum-test" };
	struct play play = { .marks = marks, .fail_flush = scene->fail_flush };
	const struct filter_work work = { .record = play_record,
		.flush = play_flush,
		.ctx = &play,
		.batch = scene->batch ? scene->batch : 1000,
		.drop = play_drop };
	struct filter f;
	struct error err;
	enum status s = filter_start(&f, &command, &scene->options, &err);

	if (s == DONE) {
		memset(&err, '?', sizeof(err)); /* commands leave it unset */
		s = filter_run(&f, &work, &err);
	}
	return filter_finish(&f, s, &err);
}

/* ------------------------------------------------------------ the parent */

static inline void
take_place(int fd, int end, const char *path)
{
	if (path != NULL) {
		close(end);
		end = open(path, fd == 0 ? O_RDONLY : O_WRONLY);
	}
	if (end < 0 || dup2(end, fd) != fd)
		_exit(99);
	close(end);
}

static inline struct child
start(const struct scene *scene)
{
	int in[2], out[2], err[2], marks[2];
	struct scene s = *scene;

	unlink(in_folder("rejected"));
	unlink(in_folder("log"));
	if (s.options.rejected == NULL)
		s.options.rejected = in_folder("rejected");
	else if (s.options.rejected[0] == '\0')
		s.options.rejected = NULL; /* the default */
	if (s.options.log == NULL)
		s.options.log = in_folder("log");
	assert_false(pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) ||
	    pipe2(err, O_CLOEXEC) || pipe2(marks, O_CLOEXEC));
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		signal(SIGINT, SIG_DFL); /* ignored in a background job */
		alarm(60); /* a filter that hangs fails its test */
		close(in[1]);
		close(out[0]);
		take_place(0, in[0], s.stdin_path);
		take_place(1, out[1], s.stdout_path);
		take_place(2, err[1], NULL);
		if (s.closed > 0 || s.no_stdin)
			close(s.closed);
		if (s.nohup)
			signal(SIGTERM, SIG_IGN);
		exit(play_scene(&s, marks[1]));
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	close(marks[1]);
	struct child c = { pid, in[1], out[0], err[0], marks[0], -1, BUF_INIT,
		BUF_INIT, BUF_INIT };
	if (s.deaf) {
		close(c.out);
		c.out = -1;
	}
	return c;
}

static inline void
feed(struct child *c, const void *bytes, size_t len)
{
	for (const char *at = bytes; len > 0;) {
		ssize_t put = write(c->in, at, len);
		if (put < 0)
			return; /* it has ended early, as it should */
		at += put;
		len -= (size_t)put;
	}
}

static inline void
drain(int fd, struct buf *into)
{
	char piece[65536];
	ssize_t got;

	while (fd >= 0 && (got = read(fd, piece, sizeof(piece))) > 0)
		buf_add(into, piece, (size_t)got);
	if (fd >= 0)
		close(fd);
}

/* Waits for one line of output. */
static inline void
expect_line(struct child *c, const char *want)
{
	char byte = 0;

	buf_reset(&c->output);
	while (byte != '\n' && read(c->out, &byte, 1) == 1)
		buf_add_byte(&c->output, byte);
	assert_string_equal(buf_cstr(&c->output), want);
	buf_reset(&c->output);
}

/* Ends the input, and waits for the end of the child. */
static inline void
finish(struct child *c)
{
	int status;

	if (c->in >= 0)
		close(c->in);
	drain(c->out, &c->output);
	drain(c->err, &c->errors);
	drain(c->marks, &c->flushes);
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	assert_true(WIFEXITED(status));
	c->code = WEXITSTATUS(status);
}

static inline void
child_clear(struct child *c)
{
	buf_clear(&c->output);
	buf_clear(&c->errors);
	buf_clear(&c->flushes);
}

static inline struct child
play(const struct scene *scene, const char *input)
{
	struct child c = start(scene);

	feed(&c, input, strlen(input));
	finish(&c);
	return c;
}

/* The text of a file that the child left; "" when there is none. */
static inline const char *
left(const char *name)
{
	static char text[65536];
	FILE *f = fopen(in_folder(name), "r");

	text[0] = '\0';
	if (f != NULL) {
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		fclose(f);
	}
	return text;
}

static inline size_t
lines_of(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		count++;
	return count;
}

/* Plays, and compares all that can be seen. */
static inline void
expect(const struct scene *scene, const char *input, int code,
    const char *output, const char *errors, const char *flushes)
{
	struct child c = play(scene, input);

	assert_string_equal(buf_cstr(&c.errors), errors);
	assert_string_equal(buf_cstr(&c.output), output);
	assert_int_equal(c.code, code);
	if (flushes != NULL)
		assert_string_equal(buf_cstr(&c.flushes), flushes);
	child_clear(&c);
}

static inline int
run_in_folder(const struct CMUnitTest *tests, size_t count, const char *name)
{
	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(folder) == NULL)
		return 1;
	int failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
	static const char *const files[] = { "rejected", "log", "metrics" };
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(in_folder(files[i]));
	rmdir(folder);
	return failed;
}

#endif
