/* The file of metrics: read, brought up to date, replaced as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/metrics_internal.h"
#include "core/shared_file.h"

enum { FILE_MAX = 1024 * 1024, LOCK_MS = 5000, LOCK_STEP_MS = 20 };

/* Readable for all: the exporter that collects it is another user. */
static bool
write_file(const char *path, struct text content)
{
	unlink(path); /* left by a run that was killed */
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	bool well = file_write_all(fd, content) && fchmod(fd, 0644) == 0 &&
	    fsync(fd) == 0;
	int why = errno;
	if (close(fd) != 0 && well) {
		why = errno;
		well = false;
	}
	errno = why;
	return well;
}

/* None, or one that can't be read, is an empty one: counters begin again, as
 * Prometheus expects of them. */
static void
read_file(const char *path, struct metrics *m)
{
	struct buf text = { .max = FILE_MAX };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0 && buf_reserve(&text, FILE_MAX - 1))
		got = read(fd, text.data, FILE_MAX - 1);
	if (got > 0) {
		text.len = (size_t)got;
		metrics_parse(m, buf_text(&text));
	}
	if (fd >= 0)
		close(fd);
	buf_clear(&text);
}

static void
name_files(const char *path, const char *command, const char *task,
    struct buf *to, struct buf *temporary)
{
	struct stat is;
	bool folder = stat(path, &is) == 0 && S_ISDIR(is.st_mode);

	if (folder)
		buf_printf(to, "%s/%s%s.prom", path, command, task);
	else
		buf_add_str(to, path);
	buf_printf(temporary, "%s.%ld.new", buf_cstr(to), (long)getpid());
}

/*
 * On the folder, so that no file of ours stands there for good. False: somebody
 * holds it, who need not be one of us; a run ends without being counted rather
 * than not at all. A folder that can't be opened is not locked (*fd is -1).
 */
static bool
lock_folder_of(const char *path, int *fd)
{
	char *folder = folder_of(path);
	int64_t until = clock_monotonic_ms() + LOCK_MS;

	*fd = open(folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	while (*fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EINTR && errno != EWOULDBLOCK)
			break;
		if (clock_monotonic_ms() > until)
			return false;
		clock_sleep_ms(LOCK_STEP_MS);
	}
	return true;
}

/* A device, as in --metrics /dev/null, must not be replaced by a file. */
static bool
can_be_replaced(const char *path)
{
	struct stat is;

	return stat(path, &is) != 0 || S_ISREG(is.st_mode) ||
	    S_ISDIR(is.st_mode);
}

static void
bring_up_to_date(
    struct metrics *all, const struct metrics *run, const char *command)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct series *s = &run->at[i];
		struct series *old =
		    metrics_find(all, s->which, command, s->label);

		if (METRIC_ROWS[s->which].is_gauge)
			old->value = 0;
		old->value += s->value;
	}
}

static bool
replace(const struct metrics *run, const char *command, const char *path,
    const char *temporary)
{
	struct metrics *all = metrics_new();
	struct buf content = BUF_INIT;
	bool good;

	read_file(path, all);
	bring_up_to_date(all, run, command);
	metrics_print(all, &content);
	good = write_file(temporary, buf_text(&content)) &&
	    rename(temporary, path) == 0;
	buf_clear(&content);
	metrics_free(all);
	return good;
}

enum status
metrics_write(const struct metrics *m, const char *path, const char *command,
    const char *task, struct error *err)
{
	struct buf to = BUF_INIT, temporary = BUF_INIT, name = BUF_INIT;
	enum status s = DONE;
	int lock = -1;

	buf_printf(&name, "%s%s%s", command, task ? " " : "", task ? task : "");
	name_files(path, command, task ? task : "", &to, &temporary);
	if (!can_be_replaced(buf_cstr(&to)))
		s = fail(err, OUTPUT_FAILED, "--metrics %s: is no file", path);
	else if (!lock_folder_of(buf_cstr(&to), &lock))
		s = fail(err, OUTPUT_FAILED,
		    "--metrics %s: its folder is locked for long", path);
	else if (!replace(
		     m, buf_cstr(&name), buf_cstr(&to), buf_cstr(&temporary))) {
		s = fail(err, OUTPUT_FAILED, "--metrics %s: %m", path);
		unlink(buf_cstr(&temporary));
	}
	if (lock >= 0)
		close(lock);
	buf_clear(&name);
	buf_clear(&to);
	buf_clear(&temporary);
	return s;
}
