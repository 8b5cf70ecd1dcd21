#include "core/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"

enum status
spool_open(int *fd, struct error *err)
{
	const char *folder = getenv("TMPDIR");
	struct buf path = BUF_INIT;
	enum status status = DONE;

	if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	buf_printf(&path, "%s/volum.XXXXXX", folder);
	buf_cstr(&path);
	*fd = mkostemp(path.data, O_CLOEXEC);
	if (*fd < 0)
		status = fail(err, OUTPUT_FAILED, "no temporary file in %s: %s",
		    folder, strerror(errno));
	else
		unlink(path.data);
	buf_clear(&path);
	return status;
}
