/*
 * Who holds a lease: the boot of the host, the namespace of its process numbers
 * (a container has its own), and the process. Who shares the first two can see
 * whether the third is still there.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/mongo.h"

enum { HOST_TEXT = 128 };

static void
read_line(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	if (fd >= 0)
		close(fd);
	out[n < 0 ? 0 : n] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

/* "": it can't be told, and is nobody's. */
static void
find_host(char out[HOST_TEXT])
{
	char boot[64], numbers[48];
	ssize_t n = readlink("/proc/self/ns/pid", numbers, sizeof(numbers) - 1);

	numbers[n < 0 ? 0 : n] = '\0';
	read_line("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	if (n < 0 || boot[0] == '\0')
		out[0] = '\0';
	else
		snprintf(out, HOST_TEXT, "%s %s", boot, numbers);
}

void
mongo_owner_write(bson_t *doc)
{
	char host[HOST_TEXT];

	find_host(host);
	mongo_add_text(doc, "maquina", text_of(host));
	mongo_add_number(doc, "processo", getpid());
}

bool
mongo_owner_is_gone(const bson_t *doc)
{
	struct text theirs = mongo_text(doc, "maquina");
	int64_t process = mongo_number(doc, "processo");
	char ours[HOST_TEXT];

	find_host(ours);
	return theirs.len > 0 && text_is(theirs, ours) && process > 0 &&
	    kill((pid_t)process, 0) != 0 && errno == ESRCH;
}
