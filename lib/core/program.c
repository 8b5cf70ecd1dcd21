#include "core/program.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
program_path(const char *relative, char out[PATH_MAX])
{
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash;

	if (len <= 0)
		return false;
	program[len] = '\0';
	if ((slash = strrchr(program, '/')) == NULL)
		return false;
	*slash = '\0';
	return snprintf(out, PATH_MAX, "%s/%s", program, relative) < PATH_MAX;
}
