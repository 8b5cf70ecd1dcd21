/* From the lines that are due to the commands that refused them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "volum-redrive/redrive.h"

enum { STAGES = 4 };

static const char *const COMMANDS[ROUTES][STAGES + 1] = {
	[TO_CATALOG] = { "volum-store" },
	[TO_OMIE] = { "cnpj-sync" },
	[TO_INANBETEC] = { "cnpj-sync" },
	[TO_FETCH] = { "volum-fetch", "volum-store", "omie-contract",
	    "volum-store" },
	[TO_PRICE] = { "volum-store", "omie-contract", "volum-store" },
	[TO_BILL] = { "omie-contract", "volum-store" },
};

/* One route's commands at work. */
struct pipeline {
	struct filter *f;
	const struct options *o;
	const char *rejected; /* where they put what they refuse */
	enum route route;
	pid_t pid[STAGES];
	size_t count;
};

/* ------------------------------------------------------------- arguments */

struct arguments {
	const char **at;
	size_t count;
};

static void
add(struct arguments *a, const char *text)
{
	a->at = mem_realloc(a->at, (a->count + 2) * sizeof(*a->at));
	a->at[a->count++] = text;
	a->at[a->count] = NULL;
}

static void
add_option(struct arguments *a, const char *name, const char *value)
{
	if (value == NULL)
		return;
	add(a, name);
	add(a, value);
}

/* The length of COMMAND in COMMAND:OPTION. */
static size_t
command_length(const char *with)
{
	return strcspn(with, ":");
}

static bool
is_for(const char *with, const char *command)
{
	return command_length(with) == strlen(command) &&
	    memcmp(with, command, strlen(command)) == 0;
}

bool
with_is_valid(const char *with)
{
	if (strncmp(with + command_length(with), ":--", 3) != 0)
		return false;
	for (int r = 0; r < ROUTES; r++)
		for (int i = 0; COMMANDS[r][i] != NULL; i++)
			if (is_for(with, COMMANDS[r][i]))
				return true;
	return false;
}

static void
add_own(struct arguments *a, const struct pipeline *p, const char *command)
{
	if (p->route == TO_OMIE || p->route == TO_INANBETEC) {
		bool there = p->route == TO_OMIE;
		add_option(a, "--from", there ? "inanbetec" : "omie");
		add_option(a, "--to", there ? "omie" : "inanbetec");
	}
	for (size_t i = 0; i < p->o->with.count; i++)
		if (is_for(p->o->with.items[i], command))
			add(a,
			    p->o->with.items[i] + command_length(command) + 1);
}

static void
make_arguments(struct arguments *a, const struct pipeline *p,
    const char *command, char now[INSTANT_TEXT])
{
	const struct common_options *c = &p->o->common;

	add(a, command);
	add_option(a, "--rejected", p->rejected);
	add_option(a, "--request-id", p->f->run_id);
	add_option(a, "--db", c->db);
	add_option(a, "--log", c->log);
	add_option(a, "--metrics", c->metrics);
	if (c->as_of != 0) {
		instant_format_ms(c->as_of, now);
		add_option(a, "--as-of", now);
	}
	if (c->verbose || c->quiet)
		add(a, c->quiet ? "--quiet" : "--verbose");
	add_own(a, p, command);
}

/* -------------------------------------------------------------- pipeline */

static void
become(const struct arguments *a, int in, int out)
{
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(BAD_CONFIG);
	execvp(a->at[0], (char *const *)a->at);
	filter_tell("volum-redrive", "%s: %m", a->at[0]);
	_exit(BAD_CONFIG);
}

static bool
start_stage(struct pipeline *p, const char *command, int in, int out)
{
	struct arguments a = { 0 };
	char now[INSTANT_TEXT];
	pid_t pid;

	make_arguments(&a, p, command, now);
	if ((pid = fork()) == 0)
		become(&a, in, out);
	free(a.at);
	if (pid > 0)
		p->pid[p->count++] = pid;
	return pid > 0;
}

/* `in` is the pipeline's from here on. */
static bool
start(struct pipeline *p, int in)
{
	const char *const *command = COMMANDS[p->route];
	int ends[2] = { -1, -1 };
	bool good = true;

	for (; good && *command != NULL; command++) {
		bool last = command[1] == NULL;

		good = last || pipe2(ends, O_CLOEXEC) == 0;
		good = good &&
		    start_stage(
			p, *command, in, last ? STDOUT_FILENO : ends[1]);
		close(in);
		in = -1;
		if (!last && ends[1] >= 0) {
			close(ends[1]);
			in = ends[0];
			ends[1] = -1;
		}
	}
	if (in >= 0)
		close(in);
	return good;
}

/* Each ends by itself when it is told to; its exit code is worth waiting for.
 */
static int
wait_for(const struct pipeline *p, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
		for (size_t i = 0; filter_stop && i < p->count; i++)
			if (p->pid[i] > 0)
				kill(p->pid[i], SIGTERM);
	}
	return status;
}

/* What an exit code of another's means here: 128 + signal, and what is none of
 * ours, can be tried again. */
static enum status
status_of(int status)
{
	static const enum status known[] = { DONE, SOME_REJECTED, BAD_USAGE,
		BAD_INPUT, BLOCKED, OUTPUT_FAILED, NOT_ALLOWED, BAD_CONFIG };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (WIFEXITED(status) && WEXITSTATUS(status) == (int)known[i])
			return known[i];
	return TRY_LATER;
}

static enum status
wait_for_all(struct pipeline *p)
{
	enum status s = DONE;

	for (size_t i = 0; i < p->count; i++) {
		int status = wait_for(p, p->pid[i]);

		p->pid[i] = 0;
		if (WIFSIGNALED(status))
			filter_warn(p->f, "%s: ended by signal %d",
			    COMMANDS[p->route][i], WTERMSIG(status));
		s = worst(s, status_of(status));
	}
	return s;
}

/* ------------------------------------------------------------- the lines */

static bool
goes(const struct letter *a, enum route route)
{
	return a->fate == IS_DUE && a->route == route;
}

static size_t
write_feed(const char *path, const struct letters *l, enum route route, int *fd)
{
	FILE *out = fopen(path, "we");
	size_t n = 0;
	bool good = out != NULL;

	for (size_t i = 0; good && i < l->count; i++) {
		if (!goes(&l->at[i], route))
			continue;
		fwrite(l->at[i].line.at, 1, l->at[i].line.len, out);
		putc('\n', out);
		n++;
	}
	good = good && !ferror(out);
	if (out != NULL)
		good = fclose(out) == 0 && good;
	*fd = good ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	return n;
}

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : 0;
}

/* They stay as they were, so what was refused of them is forgotten. */
static enum status
keep(struct pipeline *p, size_t n, off_t before, enum status s,
    struct error *err)
{
	if (size_of(p->rejected) > before && truncate(p->rejected, before) != 0)
		return fail(err, OUTPUT_FAILED, "%s: %m", p->rejected);
	filter_warn(p->f, "%zu line%s for %s to be fed again: exit %d", n,
	    n == 1 ? "" : "s", COMMANDS[p->route][0], (int)s);
	p->f->status = worst(p->f->status, s);
	return DONE;
}

static enum status
feed_route(
    struct pipeline *p, const char *path, struct letters *l, struct error *err)
{
	off_t before = size_of(p->rejected);
	int fd;
	size_t n = write_feed(path, l, p->route, &fd);
	bool started;
	enum status s;

	if (fd < 0)
		return fail(err, OUTPUT_FAILED, "%s: %m", path);
	started = start(p, fd);
	s = wait_for_all(p);
	if (!started)
		s = worst(s, TRY_LATER);
	if (filter_stop)
		s = worst(s, TRY_LATER);
	if (s != DONE && s != SOME_REJECTED)
		return keep(p, n, before, s, err);
	p->f->status = worst(p->f->status, s);
	for (size_t i = 0; i < l->count; i++)
		if (goes(&l->at[i], p->route))
			l->at[i].fate = FED;
	p->f->counters.done += n;
	return DONE;
}

static bool
has_lines(const struct letters *l, enum route route)
{
	for (size_t i = 0; i < l->count; i++)
		if (goes(&l->at[i], route))
			return true;
	return false;
}

enum status
feed(struct filter *f, const struct options *o, const struct desk *d,
    struct letters *l, struct error *err)
{
	char *again = desk_path(d, "again"), *path = desk_path(d, "feed");
	enum status s = DONE;

	for (int r = 0; s == DONE && r < ROUTES && !filter_stop; r++) {
		struct pipeline p = { f, o, again, (enum route)r, { 0 }, 0 };

		if (has_lines(l, p.route))
			s = feed_route(&p, path, l, err);
	}
	if (s == DONE && filter_stop)
		f->status = worst(f->status, TRY_LATER);
	free(again);
	free(path);
	return s;
}
