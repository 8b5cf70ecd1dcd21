/*
 * Runs a fuzz target over the files of folders, without libFuzzer and with any
 * compiler: replay FOLDER... Prints how many there were; none is a failure.
 */
#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory of exactly its size, so that a read beyond the end is seen. */
static void
replay(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = mem_alloc(size);

	if (f == NULL || fread(data, 1, size, f) != size)
		err(1, "%s", path);
	fclose(f);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static unsigned
replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct buf path = BUF_INIT;
	struct dirent *entry;
	unsigned count = 0;
	struct stat st;

	if (dir == NULL)
		err(1, "%s", folder);
	while ((entry = readdir(dir))) {
		buf_reset(&path);
		buf_printf(&path, "%s/%s", folder, entry->d_name);
		if (stat(buf_cstr(&path), &st) != 0)
			err(1, "%s", buf_cstr(&path));
		if (!S_ISREG(st.st_mode))
			continue;
		replay(buf_cstr(&path), (size_t)st.st_size);
		count++;
	}
	buf_clear(&path);
	closedir(dir);
	return count;
}

int
main(int argc, char **argv)
{
	unsigned count = 0;

	for (int i = 1; i < argc; i++)
		count += replay_folder(argv[i]);
	printf("%u files replayed\n", count);
	return count == 0;
}
