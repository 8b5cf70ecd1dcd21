/*
 * Ends a command by SIGKILL at a chosen system call: killat [-tx] [-h FILE]
 * [-l FILE] [-p LIBRARY] N COMMAND [ARGUMENT...]. The calls of the command and
 * of all that it starts are counted from 1, the first after its execve; at the
 * entry of the Nth (-x: when it is done) all of them are killed, and the call
 * at whose entry that happens is not carried out. -t: the command is sent
 * SIGTERM instead; -h: FILE is made, and the call waits until somebody has
 * removed it. N 0 does nothing. -l: FILE gets three numbers: how many calls
 * there were, the number of the last, and when (s since 1970) the Nth came.
 * LIBRARY is preloaded into the command. Exit code: the command's, 128 + signal
 * when one ended it.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* After <sys/ptrace.h>, whose names it repeats. */
#include <linux/ptrace.h>

enum {
	OPTIONS = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD |
	    PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	    PTRACE_O_TRACEEXEC,
	CALL_STOP = SIGTRAP | 0x80,
	NOT_FOUND = 127
};

struct count {
	uint64_t at; /* 0: never */
	bool when_done, term;
	const char *hold;
	uint64_t calls, last;
	struct timespec when;
};

static pid_t
start(const char *library, char **command)
{
	pid_t child = fork();

	if (child < 0)
		err(EXIT_FAILURE, "fork");
	if (child > 0)
		return child;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		err(NOT_FOUND, "ptrace");
	if (library != NULL && setenv("LD_PRELOAD", library, 1) != 0)
		err(NOT_FOUND, "LD_PRELOAD");
	raise(SIGSTOP);
	execvp(command[0], command);
	err(NOT_FOUND, "%s", command[0]);
}

/* True: this is the moment. */
static bool
count_call(struct count *count, pid_t who)
{
	struct ptrace_syscall_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, who, sizeof(info), &info) < 0)
		return false;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		count->calls++;
		count->last = info.entry.nr;
	}
	return count->at > 0 && count->calls == count->at &&
	    (info.op == PTRACE_SYSCALL_INFO_EXIT) == count->when_done;
}

static void
hold(const char *path)
{
	FILE *made = fopen(path, "we");

	if (made == NULL || fclose(made) != 0)
		err(EXIT_FAILURE, "%s", path);
	while (access(path, F_OK) == 0)
		usleep(10000);
}

/* What the tracee is given when it goes on: its own signals, not ours. */
static int
signal_of(int how)
{
	int signal = WSTOPSIG(how);

	if (signal == CALL_STOP || how >> 16 != 0 || signal == SIGSTOP ||
	    signal == SIGTRAP)
		return 0;
	return signal;
}

/* Until the command ends; what it started and left ends with us (EXITKILL). */
static int
follow(struct count *count, pid_t child)
{
	bool running = false; /* the command itself, after its execve */
	int how;
	pid_t who;

	while ((who = waitpid(-1, &how, __WALL)) > 0 || errno == EINTR) {
		if (who <= 0)
			continue;
		if (!WIFSTOPPED(how)) {
			if (who == child)
				return how;
			continue;
		}
		if (how >> 16 == PTRACE_EVENT_EXEC)
			running = true;
		if (running && WSTOPSIG(how) == CALL_STOP &&
		    count_call(count, who)) {
			clock_gettime(CLOCK_REALTIME, &count->when);
			count->at = 0;
			if (count->hold != NULL)
				hold(count->hold);
			else
				kill(child, count->term ? SIGTERM : SIGKILL);
			if (count->hold == NULL && !count->term) {
				waitpid(child, &how, __WALL);
				return how;
			}
		}
		ptrace(PTRACE_SYSCALL, who, NULL, (long)signal_of(how));
	}
	err(EXIT_FAILURE, "waitpid");
}

static void
report(const char *path, const struct count *count)
{
	FILE *out;

	if (path == NULL)
		return;
	if ((out = fopen(path, "we")) == NULL)
		err(EXIT_FAILURE, "%s", path);
	fprintf(out, "%llu %llu %lld.%09ld\n", (unsigned long long)count->calls,
	    (unsigned long long)count->last, (long long)count->when.tv_sec,
	    count->when.tv_nsec);
	if (fclose(out) != 0)
		err(EXIT_FAILURE, "%s", path);
}

int
main(int argc, char **argv)
{
	struct count count = { 0 };
	const char *path = NULL, *library = NULL;
	char *end = NULL;
	pid_t child;
	int option, how;

	while ((option = getopt(argc, argv, "+h:l:p:tx")) != -1) {
		if (option == 'x')
			count.when_done = true;
		else if (option == 't')
			count.term = true;
		else if (option == 'h')
			count.hold = optarg;
		else if (option == 'p')
			library = optarg;
		else if (option == 'l')
			path = optarg;
		else
			argc = 0;
	}
	if (optind < argc)
		count.at = strtoull(argv[optind], &end, 10);
	if (argc - optind < 2 || *end != '\0')
		errx(
		    64, "usage: killat [-x] [-l FILE] N COMMAND [ARGUMENT...]");
	child = start(library, argv + optind + 1);
	if (waitpid(child, &how, 0) < 0 ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (long)OPTIONS) != 0 ||
	    ptrace(PTRACE_SYSCALL, child, NULL, 0L) != 0)
		err(EXIT_FAILURE, "ptrace");
	how = follow(&count, child);
	report(path, &count);
	return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}
