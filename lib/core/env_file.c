#include "core/env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"

enum { ENV_FILE_MAX = 1024 * 1024 };

/* Both point into the file's text. */
struct setting {
	const char *name, *value;
};

struct settings {
	struct setting *at;
	size_t count;
	const char *bad; /* name of the line that is none, where it has one */
};

static char *
skip_blanks(char *at)
{
	return at + strspn(at, " \t");
}

static bool
is_over(char *at)
{
	at = skip_blanks(at);
	return *at == '\0' || *at == '#';
}

/* Ends the name at its `=`; NULL: this is no name. */
static char *
take_name(char **at)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz_0123456789";
	char *name = *at;
	size_t len = strspn(name, first);

	if (len == 0 || (*name >= '0' && *name <= '9') || name[len] != '=')
		return NULL;
	name[len] = '\0';
	*at = name + len + 1;
	return name;
}

/* Takes the quotes off in place; false: no closing quote, or more behind it. */
static bool
unquote(char *value, char quote)
{
	char *from = value + 1, *to = value;

	while (*from != '\0' && *from != quote) {
		if (quote == '"' && *from == '\\' && from[1] != '\0' &&
		    strchr("\\\"$`", from[1]) != NULL)
			from++;
		*to++ = *from++;
	}
	if (*from != quote)
		return false;
	char *rest = from + 1;
	bool well = is_over(rest) && *rest != '#';
	*to = '\0';
	return well;
}

static bool
take_value(char *value)
{
	if (*value == '\'' || *value == '"')
		return unquote(value, *value);
	size_t len = strcspn(value, " \t'\"\\");
	if (!is_over(value + len) || value[len] == '#')
		return false;
	value[len] = '\0';
	return true;
}

static bool
take_line(char *line, struct settings *all)
{
	char *at = skip_blanks(line);

	if (is_over(at))
		return true;
	if (strncmp(at, "export ", 7) == 0 || strncmp(at, "export\t", 7) == 0)
		at = skip_blanks(at + 7);
	char *name = take_name(&at);
	if (name == NULL)
		return false;
	if (!take_value(at)) {
		all->bad = name;
		return false;
	}
	all->at = mem_realloc(all->at, (all->count + 1) * sizeof(*all->at));
	all->at[all->count++] = (struct setting){ name, at };
	return true;
}

static enum status
take_lines(
    const char *path, char *text, struct settings *all, struct error *err)
{
	unsigned number = 1;

	for (char *line = text, *end; line != NULL; line = end, number++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		size_t len = strlen(line);
		if (len > 0 && line[len - 1] == '\r')
			line[len - 1] = '\0';
		if (!take_line(line, all))
			return fail(err, BAD_CONFIG,
			    "--env-file %s: line %u is not NAME=VALUE%s%s",
			    path, number,
			    all->bad ? ": check the quotes of " : "",
			    all->bad ? all->bad : "");
	}
	return DONE;
}

/* It may hold secrets: whoever can read it knows them, and whoever can write
 * it says where they are sent. A pipe is the caller's own. */
static enum status
check_private(const char *path, int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail(err, BAD_CONFIG, "--env-file %s: %m", path);
	if (!S_ISREG(st.st_mode))
		return DONE;
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return fail(err, BAD_CONFIG,
		    "--env-file %s: belongs to user %u, neither to you nor to "
		    "root: run this as that user (runuser -u), or chown %s",
		    path, (unsigned)st.st_uid, path);
	if ((st.st_mode & 077) != 0)
		return fail(err, BAD_CONFIG,
		    "--env-file %s: mode %04o lets others at it: chmod 600 %s"
		    " (and chown it to the user who runs this)",
		    path, (unsigned)(st.st_mode & 07777), path);
	return DONE;
}

static enum status
read_whole(const char *path, char *text, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = -1;

	if (fd >= 0 && check_private(path, fd, err) != DONE) {
		close(fd);
		return BAD_CONFIG;
	}
	if (fd >= 0) {
		while (len <= ENV_FILE_MAX &&
		    (got = read(fd, text + len, ENV_FILE_MAX + 1 - len)) > 0)
			len += (size_t)got;
		int why = errno;
		close(fd);
		errno = why;
	}
	if (got < 0)
		return fail(err, BAD_CONFIG, "--env-file %s: %m", path);
	if (len > ENV_FILE_MAX)
		return fail(
		    err, BAD_CONFIG, "--env-file %s: larger than 1 MiB", path);
	if (memchr(text, '\0', len) != NULL)
		return fail(
		    err, BAD_CONFIG, "--env-file %s: holds a NUL byte", path);
	text[len] = '\0';
	return DONE;
}

enum status
env_file_load(const char *path, struct error *err)
{
	char *text = mem_zalloc(ENV_FILE_MAX + 2);
	struct settings all = { 0 };
	enum status s;

	if ((s = read_whole(path, text, err)) != DONE)
		goto done;
	if ((s = take_lines(path, text, &all, err)) != DONE)
		goto done;
	for (size_t i = all.count; i-- > 0;)
		if (setenv(all.at[i].name, all.at[i].value, 0) != 0)
			s = fail(err, BAD_CONFIG, "--env-file %s: %m", path);
done:
	explicit_bzero(text, ENV_FILE_MAX + 2);
	free(text);
	free(all.at);
	return s;
}
