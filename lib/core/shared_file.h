/* A file of lines that many processes append to, and that is renamed under
 * them: by logrotate(8), by volum-redrive(1), by an editor. */
#ifndef VOLUM_CORE_SHARED_FILE_H
#define VOLUM_CORE_SHARED_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

struct shared_file {
	char *path; /* its own copy */
	int fd;	    /* -1: not yet open */
	bool is_file, unsynced;
};

/* All of `t` to any file. False: errno says why, and a part may be there. */
bool file_write_all(int fd, struct text t);

/* Touches nothing yet. */
void shared_file_init(struct shared_file *f, const char *path);
void shared_file_clear(struct shared_file *f); /* closes it */

/* Whether it can be written, or made in the nearest folder there is; errno says
 * why not. */
bool shared_file_is_writable(const struct shared_file *f);

/*
 * Appends `line`, which begins and ends with a newline, whole or not at all
 * (a part is cut off again), and no line to a file that has another name by
 * now: the file (0600) and its folders are made where they are missing. The
 * first newline is written only behind a torn line. False: errno says why.
 */
bool shared_file_append(struct shared_file *f, const char *line, size_t len);
/* fdatasync, where something was appended since. */
bool shared_file_sync(struct shared_file *f);

/*
 * The file that has the name `path` now, open with `flags` and under an
 * exclusive flock, which ends with close(): nobody appends meanwhile, and who
 * waits to do so sees when the name has gone to another file. -1: errno says
 * why.
 */
int shared_file_lock(const char *path, int flags);

/* The folder that `path` is in, the caller's to free; NULL when nothing is left
 * to cut. */
char *folder_of(const char *path);
/* A name is durable only when its folder is. */
bool sync_folder_of(const char *path);

#endif
