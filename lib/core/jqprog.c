#include "core/jqprog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dlfcn.h>
#include <jq.h>

#include "core/jqprog_check.h"
#include "core/jqprog_value.h"
#include "core/mask.h"
#include "core/ndjson.h"

enum {
	MAX_PROGRAM_BYTES = 1024 * 1024,
	MAX_RESULTS = 1000 * 1000,
	MAX_MESSAGE_BYTES = 200
};

struct jqprog {
	jq_state *jq;
	char *name;
	struct record *input;
	struct buf out, scratch;
};

/* Consumes `message`, which may be any value. */
static void
add_message(void *to, jv message)
{
	struct buf *b = to;
	size_t before;

	if (b->len > 0)
		buf_add_byte(b, ' ');
	before = b->len;
	if (jv_get_kind(message) == JV_KIND_STRING) {
		buf_add_text(b, text_of_jv(&message));
	} else if (add_jv(b, &message)) {
		b->len = before;
		buf_add_str(b, "error without a text");
	}
	jv_free(message);
}

/* Masked first: half a number would not be known any more. */
static enum status
failed(struct jqprog *p, struct text why, struct error *err)
{
	struct buf masked = BUF_INIT;
	enum status status;

	mask_add(&masked, why);
	for (size_t i = 0; i < masked.len; i++)
		if (masked.data[i] == '\0')
			masked.data[i] = ' ';
	status = reject(err, "programa_falhou", "%s: %.*s", p->name,
	    MAX_MESSAGE_BYTES, buf_cstr(&masked));
	buf_clear(&masked);
	return status;
}

/*
 * libjq reads $HOME/.jq into every program it compiles. Programs are compiled
 * before any thread is started, so the environment may change here.
 */
static bool
compile(struct jqprog *p, const char *program)
{
	char *home = getenv("HOME") ? mem_strdup(getenv("HOME")) : NULL;
	bool good;

	setenv("HOME", "/dev/null", 1);
	good = jq_compile(p->jq, program);
	if (home)
		setenv("HOME", home, 1);
	else
		unsetenv("HOME");
	free(home);
	return good;
}

enum status
jqprog_open(struct jqprog **out, const char *name, struct text program,
    struct error *err)
{
	struct jqprog *p;
	char *text;
	bool good;

	*out = NULL;
	if (jqprog_check(name, program, err) != DONE)
		return BAD_CONFIG;
	p = mem_zalloc(sizeof(*p));
	p->name = mem_strdup(name);
	p->input = record_new();
	if (!(p->jq = jq_init())) {
		jqprog_close(p);
		return fail(err, BAD_CONFIG, "%s: libjq doesn't start", name);
	}
	jq_set_error_cb(p->jq, add_message, &p->scratch);
	/* Without it jq 1.6 aborts when it looks for a module. */
	jq_set_attr(p->jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	text = mem_text(program);
	good = compile(p, text);
	free(text);
	if (!good) {
		fail(err, BAD_CONFIG, "%s: %s", name, buf_cstr(&p->scratch));
		jqprog_close(p);
		return BAD_CONFIG;
	}
	*out = p;
	return DONE;
}

enum status
jqprog_open_file(struct jqprog **out, const char *path, struct error *err)
{
	struct buf program = BUF_INIT;
	char bytes[4096];
	ssize_t got = 1;
	enum status status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	*out = NULL;
	program.max = MAX_PROGRAM_BYTES;
	while (fd >= 0 && got > 0 && !program.overflown)
		if ((got = read(fd, bytes, sizeof(bytes))) > 0)
			buf_add(&program, bytes, (size_t)got);
	if (fd < 0 || got < 0)
		status = fail(err, BAD_CONFIG, "%s: %s", path, strerror(errno));
	else if (program.overflown)
		status = fail(err, BAD_CONFIG, "%s: larger than 1 MiB", path);
	else
		status = jqprog_open(out, path, buf_text(&program), err);
	if (fd >= 0)
		close(fd);
	buf_clear(&program);
	return status;
}

void
jqprog_close(struct jqprog *p)
{
	if (p == NULL)
		return;
	if (p->jq)
		jq_teardown(&p->jq);
	record_free(p->input);
	buf_clear(&p->scratch);
	buf_clear(&p->out);
	free(p->name);
	free(p);
}

static enum status
hand_on(struct jqprog *p, const jv *result, jqprog_fn each, void *ctx,
    struct error *err)
{
	const char *why;

	buf_reset(&p->out);
	why = add_jv(&p->out, result);
	if (!why && p->out.overflown)
		why = "a result of more than 64 MiB";
	if (why)
		return failed(p, text_of(why), err);
	return each(buf_text(&p->out), ctx, err);
}

/* What ended the results: an error's message, or nothing more to come. */
static enum status
last_word(struct jqprog *p, const jv *last, struct error *err)
{
	if (!jv_invalid_has_msg(jv_copy(*last)))
		return DONE;
	buf_reset(&p->scratch);
	add_message(&p->scratch, jv_invalid_get_msg(jv_copy(*last)));
	return failed(p, buf_text(&p->scratch), err);
}

enum status
jqprog_run(struct jqprog *p, struct text input, jqprog_fn each, void *ctx,
    struct error *err)
{
	enum status status;
	int count = 0;
	jv value;

	if (ndjson_parse_any(p->input, input, err) != DONE)
		return failed(p, text_of(err->text), err);
	if (take_jv(p->name, record_root(p->input), &value, err) != DONE)
		return SOME_REJECTED;
	jq_start(p->jq, value, 0);
	do {
		value = jq_next(p->jq);
		if (!jv_is_valid(value)) {
			status = last_word(p, &value, err);
			jv_free(value);
			return status;
		}
		status = count++ < MAX_RESULTS
		    ? hand_on(p, &value, each, ctx, err)
		    : failed(p, TEXT("more than 1000000 results"), err);
		jv_free(value);
	} while (status == DONE);
	return status;
}

void
jqprog_library(char *out, size_t size)
{
	Dl_info from;
	char *file = NULL, *name = NULL;

	if (dladdr((void *)&jq_init, &from) != 0 && from.dli_fname != NULL)
		file = realpath(from.dli_fname, NULL);
	if (file != NULL)
		name = strrchr(file, '/');
	snprintf(out, size, "%s", name != NULL ? name + 1 : "libjq");
	free(file);
}
