/* The limits as processes share them: turns, killed holders, damaged files. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/filter.h"
#include "net/pace.h"

#include "unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

enum { PLACE = (sizeof(struct pace_state) + 4095) / 4096 * 4096 };

static const struct pace_limits quick = { .per_minute = 60000,
	.ip_per_minute = 60000,
	.window_ms = 200,
	.error_budget = 10,
	.block_ms = 60000,
	.rate_window_ms = 400 };

static char folder[] = "/tmp/volum-test-pace-XXXXXX";
static char path[64];

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/limits", folder);
	return 0;
}

static int
empty_folder(void **state)
{
	DIR *d = opendir(folder);

	(void)state;
	filter_stop = 0;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		unlinkat(dirfd(d), e->d_name, 0);
	return closedir(d);
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static char told[1000];

static void
note_wait(int64_t ms, const char *why, void *ctx)
{
	size_t used = strlen(told);

	(void)ctx;
	snprintf(told + used, sizeof(told) - used, "%d %s\n",
	    (int)((ms + 500) / 1000), why);
}

static struct pace *
open_with(const struct pace_limits *limits)
{
	struct pace_keeper *keeper = NULL;
	struct error err = { 0 };

	if (pace_file_open(&keeper, path, &err) != DONE)
		fail_msg("%s", err.text);
	told[0] = '\0';
	return pace_open(limits, keeper, note_wait, NULL);
}

static enum status
begin(struct pace *p, const char *method, bool write, const char *params,
    struct error *err)
{
	*err = (struct error){ 0 };
	return pace_begin(p, method, write, text_of(params), 0, err);
}

static void
end(struct pace *p)
{
	const struct pace_outcome good = { .sent = true };

	pace_end(p, &good);
}

/* How long it waited, ms. */
static int64_t
call(struct pace *p, const char *method, bool write, const char *params)
{
	int64_t began = clock_monotonic_ms();
	struct error err;

	if (begin(p, method, write, params, &err) != DONE)
		fail_msg("%s", err.text);
	began = clock_monotonic_ms() - began;
	end(p);
	return began;
}

/* Runs `work` in a process of its own, with a limiter of its own. */
static pid_t
apart(void (*work)(struct pace *p))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves nobody */
	work(open_with(&quick));
	_exit(0);
}

static void
wait_for_file(const char *name)
{
	char file[100];

	snprintf(file, sizeof(file), "%s/%s", folder, name);
	for (int i = 0; access(file, F_OK) != 0; i++) {
		if (i > 10000)
			fail_msg("%s never came", name);
		clock_sleep_ms(1);
	}
}

static void
make_file(const char *name)
{
	char file[100];

	snprintf(file, sizeof(file), "%s/%s", folder, name);
	close(open(file, O_CREAT | O_WRONLY, 0600));
}

static void
kill_and_wait(pid_t pid)
{
	int how;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &how, 0), pid);
	assert_true(WIFSIGNALED(how));
}

/* ---------------------------------------------------------- in one process */

static void
the_file_is_for_its_owner_and_its_name_no_key(void **state)
{
	struct pace_keeper *one = NULL, *two = NULL;
	struct error err = { 0 };
	struct dirent *e;
	struct stat is;
	int files = 0;
	DIR *d;

	(void)state;
	setenv("VOLUM_STATE_DIR", folder, 1);
	assert_int_equal(pace_file_open_account(
			     &one, "https://h:1/api/v1/", "4711004711", &err),
	    DONE);
	one->ops->close(one);
	/* The same account, whatever the path; others are others. */
	assert_int_equal(
	    pace_file_open_account(&one, "https://h:1/x/", "4711004711", &err),
	    DONE);
	assert_int_equal(
	    pace_file_open_account(&two, "https://h:2/x/", "4711004711", &err),
	    DONE);
	two->ops->close(two);
	assert_int_equal(
	    pace_file_open_account(&two, "https://h:1/x/", "4711004712", &err),
	    DONE);
	two->ops->close(two);
	assert_int_equal(stat(one->ops->name(one), &is), 0);
	assert_int_equal(is.st_mode & 07777, 0600);
	one->ops->close(one);
	for (d = opendir(folder); (e = readdir(d)) != NULL;) {
		files += e->d_name[0] != '.';
		assert_null(strstr(e->d_name, "4711"));
	}
	closedir(d);
	assert_int_equal(files, 3);
}

static void
what_left_is_known_to_the_next(void **state)
{
	struct pace *p = open_with(&quick);
	int64_t began;

	(void)state;
	call(p, "A", false, "x");
	began = clock_monotonic_ms();
	pace_close(p);
	p = open_with(&quick);
	call(p, "A", false, "y");
	call(p, "A", false, "x");
	assert_in_range(clock_monotonic_ms() - began, 245, 1000);
	pace_close(p);
	pace_close(NULL);
}

/* Omie may have had it at any time until the answer was there. */
static void
an_answer_counts_from_when_it_came(void **state)
{
	struct pace *p = open_with(&quick);
	struct error err;
	int64_t began;

	(void)state;
	assert_int_equal(begin(p, "A", false, "x", &err), DONE);
	clock_sleep_ms(240);
	began = clock_monotonic_ms();
	end(p);
	call(p, "A", false, "x");
	assert_true(clock_monotonic_ms() - began >= 245);
	pace_close(p);
}

static void
what_cannot_be_kept_is_said(void **state)
{
	struct pace_keeper *keeper = NULL;
	struct error err = { 0 };
	char below[100];

	(void)state;
	snprintf(below, sizeof(below), "%s/none/limits", folder);
	assert_int_equal(pace_file_open(&keeper, below, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, below));
	assert_int_equal(pace_file_open(&keeper, folder, &err), BAD_CONFIG);
	assert_non_null(strstr(err.text, "directory"));
	/* A link may lead anywhere. */
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(pace_file_open(&keeper, path, &err), BAD_CONFIG);
	setenv("VOLUM_STATE_DIR", "/proc/no", 1);
	assert_int_equal(
	    pace_file_open_account(&keeper, "https://h/", "k", &err),
	    BAD_CONFIG);
	assert_non_null(strstr(err.text, "/proc/no"));
	assert_null(keeper);
}

static void
an_outcome_is_for_all(void **state)
{
	static const struct {
		const char *name;
		struct pace_outcome outcome;
		enum status same, other; /* method, in another process */
		int64_t wait_ms;
		const char *text;
	} rows[] = {
		{ "nothing", { .sent = true }, DONE, DONE, 0, NULL },
		{ "a lock-out", { .sent = true, .shut_s = 7 }, BLOCKED, BLOCKED,
		    0, "it ends in 9 seconds, at 20" },
		{ "a stated hour", { .sent = true, .wait_s = 3600 }, BLOCKED,
		    DONE, 0, "another 3602 s, until 20" },
		{ "a refused rate", { .sent = true, .limited = true }, DONE,
		    DONE, 350, NULL },
		{ "nothing left", { .sent = false }, DONE, DONE, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace *one = open_with(&quick), *two = open_with(&quick);
		struct error err;
		int64_t began;

		assert_int_equal(begin(one, "A", true, "x", &err), DONE);
		pace_end(one, &rows[i].outcome);
		began = clock_monotonic_ms();
		if (begin(two, "A", true, "y", &err) != rows[i].same)
			fail_msg("%s: %s", rows[i].name, err.text);
		if (rows[i].text != NULL)
			assert_non_null(strstr(err.text, rows[i].text));
		if (rows[i].same == DONE)
			end(two);
		assert_true(clock_monotonic_ms() - began >= rows[i].wait_ms);
		if (begin(two, "B", true, "y", &err) != rows[i].other)
			fail_msg("%s: %s", rows[i].name, err.text);
		if (rows[i].other == DONE)
			end(two);
		pace_close(one);
		pace_close(two);
		empty_folder(NULL);
	}
}

/* Eight errors, whoever had them, and nobody goes on. */
static void
errors_add_up(void **state)
{
	const struct pace_outcome wrong = { .sent = true, .error = true };
	struct pace *p[2] = { open_with(&quick), open_with(&quick) };
	struct error err;
	char params[8];

	(void)state;
	for (int i = 0; i < 8; i++) {
		snprintf(params, sizeof(params), "%d", i);
		assert_int_equal(
		    begin(p[i % 2], "A", false, params, &err), DONE);
		pace_end(p[i % 2], &wrong);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(begin(p[i], "A", false, "x", &err), BLOCKED);
		assert_non_null(strstr(err.text, "ends in 60 seconds, at 20"));
		assert_int_equal(begin(p[i], "B", false, "x", &err), DONE);
		end(p[i]);
		pace_close(p[i]);
	}
}

/* ---------------------------------------------------------- damaged files */

static void
patch(off_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static struct pace_state
read_state(int place)
{
	struct pace_state s;
	int fd = open(path, O_RDONLY);

	assert_int_equal(
	    pread(fd, &s, sizeof(s), (off_t)place * PLACE), sizeof(s));
	close(fd);
	return s;
}

static int
newest_place(void)
{
	return read_state(1).serial > read_state(0).serial;
}

static void
flip(int place, size_t at)
{
	struct pace_state s = read_state(place);

	((unsigned char *)&s)[at] ^= 0x40;
	patch((off_t)place * PLACE, &s, sizeof(s));
}

static void
flip_newest(void)
{
	flip(newest_place(), offsetof(struct pace_state, seen));
}

static void
flip_both(void)
{
	flip(0, 100);
	flip(1, 100);
}

static void
shorten(void)
{
	assert_int_equal(truncate(path, PLACE + 100), 0);
}

static void
make_empty(void)
{
	assert_int_equal(truncate(path, 0), 0);
}

static void
write_text(void)
{
	make_empty();
	patch(0, "not ours at all\n", 16);
}

static void
zero_newest(void)
{
	static const struct pace_state zero;

	patch((off_t)newest_place() * PLACE, &zero, sizeof(zero));
}

static void
make_newer(void)
{
	for (int i = 0; i < 2; i++) {
		struct pace_state s = read_state(i);

		s.version = PACE_VERSION + 1;
		patch((off_t)i * PLACE, &s, sizeof(s));
	}
}

static void
reseal(const char *boot, int64_t later_ms)
{
	struct pace_now now = { .ms = 0 };

	for (int i = 0; i < 2; i++) {
		struct pace_state s = read_state(i);

		now.ms = s.saved_at + later_ms;
		now.wall = s.saved_wall;
		snprintf(now.boot, sizeof(now.boot), "%s",
		    boot == NULL ? s.boot : boot);
		s.serial--;
		pace_seal(&s, &now);
		patch((off_t)i * PLACE, &s, sizeof(s));
	}
}

static void
run_behind(void)
{
	reseal(NULL, 5000000);
}

static void
nothing_at_all(void)
{
}

static void
damage_is_noticed_and_waited_out(void **state)
{
	static const struct {
		const char *name;
		void (*damage)(void);
		const char *told; /* NULL: no wait */
	} rows[] = {
		{ "none", nothing_at_all, NULL },
		{ "a byte of the newest", flip_newest, "is damaged" },
		{ "a byte of both", flip_both, "is damaged" },
		{ "too short", shorten, "is damaged" },
		{ "empty", make_empty, "is damaged" },
		{ "no file of ours", write_text, "is damaged" },
		{ "zeros for the newest", zero_newest, "is damaged" },
		{ "a later version", make_newer, "is damaged" },
		{ "a clock that is behind", run_behind, "another boot" },
	};
	struct pace_limits limits = quick;

	(void)state;
	limits.rate_window_ms = 500;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct pace *p = open_with(&limits);
		int64_t first, again;

		call(p, "A", false, "1");
		call(p, "A", false, "2");
		rows[i].damage();
		first = call(p, "A", false, "3");
		if ((first >= 450) != (rows[i].told != NULL))
			fail_msg("%s: %d ms", rows[i].name, (int)first);
		if (rows[i].told != NULL &&
		    (strstr(told, rows[i].told) == NULL ||
			strstr(told, path) == NULL))
			fail_msg("%s: told: %s", rows[i].name, told);
		/* Once: it is whole again, for this process and others. */
		again = call(p, "A", false, "4");
		pace_close(p);
		p = open_with(&limits);
		again += call(p, "A", false, "5");
		if (again > 400)
			fail_msg("%s: again %d ms", rows[i].name, (int)again);
		pace_close(p);
		empty_folder(NULL);
	}
}

/* Whatever was wrong, one turn that is kept makes both places whole. */
static void
one_turn_mends(void **state)
{
	void (*const damages[])(void) = { flip_newest, flip_both, shorten,
		make_empty, write_text, zero_newest, make_newer };

	(void)state;
	for (size_t i = 0; i < LENGTH(damages); i++) {
		struct pace *p = open_with(&quick);
		struct pace_keeper *k = NULL;
		enum pace_trust trust;
		struct pace_state *s;
		struct pace_now now;
		struct error err;

		call(p, "A", false, "1");
		pace_close(p);
		damages[i]();
		assert_int_equal(pace_file_open(&k, path, &err), DONE);
		for (int n = 0; n < 2; n++) {
			assert_int_equal(
			    k->ops->enter(k, &s, &now, &trust, &err), DONE);
			assert_int_equal(
			    trust, n == 0 ? PACE_DAMAGED : PACE_KNOWN);
			assert_int_equal(
			    k->ops->leave(k, n == 0, true, &err), DONE);
		}
		for (int n = 0; n < 2; n++) {
			struct pace_state kept = read_state(n);

			if (pace_check(&kept) != PACE_INTACT)
				fail_msg("damage %zu: place %d", i, n);
		}
		k->ops->close(k);
		empty_folder(NULL);
	}
}

/* What the older place knows of lock-outs is not lost with the newest. */
static void
an_older_state_is_better_than_none(void **state)
{
	const struct pace_outcome shut = { .sent = true, .shut_s = 100 };
	struct pace *p = open_with(&quick);
	struct error err;

	(void)state;
	assert_int_equal(begin(p, "A", false, "1", &err), DONE);
	pace_end(p, &shut);
	assert_int_equal(begin(p, "A", false, "2", &err), BLOCKED);
	flip_newest(); /* the other was written before the answer */
	assert_int_equal(begin(p, "A", false, "2", &err), DONE);
	pace_end(p, &shut);
	assert_int_equal(begin(p, "A", false, "3", &err), BLOCKED);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    pace_check(&(struct pace_state[]){ read_state(i) }[0]),
		    PACE_INTACT);
	pace_close(p);
}

/* A reboot: what left is over, a lock-out isn't. */
static void
a_reboot_is_noticed(void **state)
{
	struct pace_outcome shut = { .sent = true };
	struct pace *p = open_with(&quick);
	struct timespec up;
	struct error err;

	(void)state;
	clock_gettime(CLOCK_BOOTTIME, &up);
	/* So long ago was the boot at least. */
	shut.shut_s = up.tv_sec + 100;
	assert_int_equal(begin(p, "A", false, "1", &err), DONE);
	pace_end(p, &shut);
	pace_close(p);
	reseal("another", 0);
	p = open_with(&quick);
	assert_int_equal(begin(p, "A", false, "2", &err), BLOCKED);
	assert_non_null(strstr(err.text, "ends in 10"));
	assert_string_not_equal(read_state(newest_place()).boot, "another");
	pace_close(p);
}

/* One that was killed while it wrote had not done what it wrote about. */
static void
a_cut_write_is_no_damage(void **state)
{
	struct pace *p = open_with(&quick);

	(void)state;
	for (int i = 0; i < 3; i++) {
		char params[8];
		struct pace_state older;
		int place;

		snprintf(params, sizeof(params), "%d", i);
		assert_true(call(p, "A", false, params) < 250);
		/* The next goes over the older one, from its begin. */
		place = !newest_place();
		older = read_state(place);
		memset(&older, 0x55, 1000);
		patch((off_t)place * PLACE, &older, sizeof(older));
	}
	assert_true(call(p, "A", false, "x") < 250);
	pace_close(p);
}

/* Taken away under a running process: it forgets nothing without a wait. */
static void
a_file_that_goes_is_noticed(void **state)
{
	struct pace *p = open_with(&quick), *q;
	int64_t began;

	(void)state;
	call(p, "A", false, "1");
	unlink(path);
	assert_true(call(p, "A", false, "2") >= 350);
	assert_non_null(strstr(told, "was taken away"));
	assert_true(call(p, "A", false, "3") < 250);
	began = clock_monotonic_ms();
	q = open_with(&quick);
	call(q, "A", false, "3");
	assert_true(clock_monotonic_ms() - began >= 200);
	pace_close(q);
	pace_close(p);
}

/* ------------------------------------------------------- several processes */

static void
have_a_call_and_stay(struct pace *p)
{
	struct error err;

	if (begin(p, "W1", true, "x", &err) != DONE)
		_exit(1);
	make_file("in");
	pause();
}

static void
a_dead_holder_holds_nothing(void **state)
{
	struct pace *p;
	struct pace_state now;
	struct pace_call left;
	pid_t pid = apart(have_a_call_and_stay);

	(void)state;
	wait_for_file("in");
	p = open_with(&quick);
	/* A read of another method goes beside it. */
	assert_true(call(p, "R", false, "x") < 250);
	kill_and_wait(pid);
	/* Another write goes, of whatever method; and what left is known. */
	assert_true(call(p, "W2", true, "x") < 250);
	pace_close(p);
	left = pace_call_of("W1", TEXT("x"));
	now = read_state(newest_place());
	assert_int_equal(now.seen_count, 3);
	assert_int_equal(now.seen[0].call, left.call);
	assert_int_equal(now.methods[0].sent[0].times, 1);
}

static void
hold_the_turn(struct pace *unused)
{
	struct pace_keeper *k = NULL;
	enum pace_trust trust;
	struct pace_state *s;
	struct pace_now now;
	struct error err;

	(void)unused;
	if (pace_file_open(&k, path, &err) != DONE ||
	    k->ops->enter(k, &s, &now, &trust, &err) != DONE)
		_exit(1);
	make_file("in");
	pause();
}

static void
a_turn_ends_with_its_holder(void **state)
{
	struct pace *p;
	struct error err;
	int64_t began;
	pid_t pid = apart(hold_the_turn);

	(void)state;
	wait_for_file("in");
	p = open_with(&quick);
	/* While it lasts, a signal is heard all the same. */
	began = clock_monotonic_ms();
	filter_stop = 1;
	assert_int_equal(begin(p, "A", true, "x", &err), TRY_LATER);
	assert_true(clock_monotonic_ms() - began <= 400);
	filter_stop = 0;
	kill_and_wait(pid);
	assert_true(call(p, "A", true, "x") < 250);
	pace_close(p);
}

static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	filter_stop = stopped = 1;
}

static void
wait_and_be_stopped(struct pace *p)
{
	struct sigaction act = { .sa_handler = stop };
	struct error err;
	enum status s;

	sigaction(SIGTERM, &act, NULL);
	make_file("waiting");
	s = begin(p, "W2", true, "x", &err);
	if (s != TRY_LATER || strstr(err.text, "a signal asked") == NULL ||
	    strstr(told, "another process has its call") == NULL)
		_exit(2);
	_exit(0);
}

static void
who_waits_hears_a_signal(void **state)
{
	pid_t holder = apart(have_a_call_and_stay), waiter;
	int64_t began;
	int how;

	(void)state;
	wait_for_file("in");
	waiter = apart(wait_and_be_stopped);
	wait_for_file("waiting");
	clock_sleep_ms(1300);
	began = clock_monotonic_ms();
	kill(waiter, SIGTERM);
	assert_int_equal(waitpid(waiter, &how, 0), waiter);
	assert_true(clock_monotonic_ms() - began < 250);
	assert_true(WIFEXITED(how));
	assert_int_equal(WEXITSTATUS(how), 0);
	kill_and_wait(holder);
}

enum { WORKERS = 4, CALLS = 50 };

/* Each call writes its worker's number to a pipe, with no other in between. */
static int tally[2];

static void
work(struct pace *p, char who)
{
	struct error err;
	char params[20];

	for (int i = 0; i < CALLS; i++) {
		char lines[2] = { who, '.' };

		snprintf(params, sizeof(params), "%c%d", who, i);
		if (begin(p, "W", true, params, &err) != DONE)
			_exit(1);
		if (write(tally[1], lines, 1) != 1)
			_exit(1);
		clock_sleep_ms(3);
		if (write(tally[1], lines + 1, 1) != 1)
			_exit(1);
		end(p);
	}
}

static void
several_take_turns(void **state)
{
	char log[WORKERS * CALLS * 2 + 1];
	int done[WORKERS] = { 0 }, how, longest = 0, run = 0;
	pid_t pids[WORKERS];

	(void)state;
	assert_int_equal(pipe(tally), 0);
	for (int i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			work(open_with(&quick), (char)('a' + i));
			_exit(0);
		}
	}
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(waitpid(pids[i], &how, 0), pids[i]);
		assert_int_equal(how, 0);
	}
	close(tally[1]);
	assert_int_equal(read(tally[0], log, sizeof(log)), sizeof(log) - 1);
	close(tally[0]);
	for (size_t i = 0; i < sizeof(log) - 1; i += 2) {
		int who = log[i] - 'a';

		assert_int_equal(log[i + 1], '.'); /* never two at a time */
		run = i > 0 && log[i] == log[i - 2] ? run + 1 : 1;
		/* While all have work, nobody has it twice in a row. */
		if (run > longest && i > 2 * WORKERS * 2 && i < sizeof(log) / 2)
			longest = run;
		done[who]++;
	}
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(done[i], CALLS);
	if (longest > 2)
		fail_msg(
		    "%d in a row: %.*s", longest, (int)sizeof(log) - 1, log);
}

/* Killed wherever they are, again and again: nobody waits for the dead, and
 * nothing that left is forgotten. */
static void
kills_leave_nothing_behind(void **state)
{
	struct pace *p = open_with(&quick);
	unsigned seed = 4711;

	(void)state;
	call(p, "A", true, "first");
	assert_int_equal(pipe(tally), 0);
	for (int i = 0; i < 60; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			work(open_with(&quick), 'k');
			_exit(0);
		}
		usleep(seed % 9000);
		seed = seed * 1103515245 + 12345;
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		told[0] = '\0';
		if (i % 10 == 9)
			assert_true(call(p, "B", true, "x") < 600);
		assert_string_equal(told, ""); /* no damage */
	}
	close(tally[0]);
	close(tally[1]);
	pace_close(p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_teardown(f, empty_folder)
		TEST(the_file_is_for_its_owner_and_its_name_no_key),
		TEST(what_left_is_known_to_the_next),
		TEST(an_answer_counts_from_when_it_came),
		TEST(what_cannot_be_kept_is_said),
		TEST(an_outcome_is_for_all),
		TEST(errors_add_up),
		TEST(damage_is_noticed_and_waited_out),
		TEST(one_turn_mends),
		TEST(an_older_state_is_better_than_none),
		TEST(a_reboot_is_noticed),
		TEST(a_cut_write_is_no_damage),
		TEST(a_file_that_goes_is_noticed),
		TEST(a_dead_holder_holds_nothing),
		TEST(a_turn_ends_with_its_holder),
		TEST(who_waits_hears_a_signal),
		TEST(several_take_turns),
		TEST(kills_leave_nothing_behind),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
