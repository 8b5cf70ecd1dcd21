#include "volum-trigger/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "volum-trigger/schema.h"
#include "volum-trigger/token.h"

enum { LEDGER_TEXT = 64, MINUTE_MS = 60000, RETRY_FULL_S = 60 };

/* What the requests before left in the file `intake`. */
struct ledger {
	int fd;
	int64_t order;	/* of the last one */
	int64_t credit; /* requests that may come now, times MINUTE_MS */
	int64_t at_ms;	/* when that was so */
};

/* ---------------------------------------------------------------- the ledger
 */

/* Nothing in it, or nothing of use: nobody came before. */
static void
read_ledger(struct ledger *l, int64_t rate, int64_t now_ms)
{
	char text[LEDGER_TEXT + 1] = "";
	ssize_t got = pread(l->fd, text, LEDGER_TEXT, 0);

	if (got < 0 ||
	    sscanf(text, "%20" SCNd64 " %20" SCNd64 " %20" SCNd64, &l->order,
		&l->credit, &l->at_ms) != 3) {
		l->order = 0;
		l->credit = rate * MINUTE_MS;
		l->at_ms = now_ms;
	}
	/* A clock that was set back shall not stop everything. */
	if (l->at_ms > now_ms)
		l->at_ms = now_ms;
}

static bool
write_ledger(const struct ledger *l)
{
	char text[LEDGER_TEXT + 1];
	int len = snprintf(text, sizeof(text),
	    "%020" PRId64 " %020" PRId64 " %020" PRId64 "\n", l->order,
	    l->credit, l->at_ms);

	return pwrite(l->fd, text, (size_t)len, 0) == len;
}

static bool
lock_ledger(struct ledger *l, const struct intake *in, int64_t now_ms)
{
	l->fd = openat(in->desk->folder, "intake",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->fd < 0)
		return false;
	while (flock(l->fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return false;
	read_ledger(l, in->options->rate, now_ms);
	return true;
}

static int64_t
next_order(const struct ledger *l, int64_t now_ms)
{
	return now_ms * 1000 > l->order ? now_ms * 1000 : l->order + 1;
}

/* A bucket that a minute fills: `rate` at once, then as many a minute. */
static bool
spend_credit(struct ledger *l, int64_t rate, int64_t now_ms, struct answer *a)
{
	int64_t passed = now_ms - l->at_ms;

	if (passed > MINUTE_MS)
		passed = MINUTE_MS;
	l->credit += passed * rate;
	if (l->credit > rate * MINUTE_MS)
		l->credit = rate * MINUTE_MS;
	l->at_ms = now_ms;
	if (l->credit >= MINUTE_MS) {
		l->credit -= MINUTE_MS;
		return true;
	}
	int64_t wait_ms = (MINUTE_MS - l->credit + rate - 1) / rate;
	a->retry_after_s = (wait_ms + 999) / 1000;
	answer_error(
	    a, 429, "limite", "more than %" PRId64 " requests a minute", rate);
	return false;
}

/* ---------------------------------------------------------------- the request
 */

/* A key makes the id, so that taking it twice can't become two files. */
static bool
make_id(struct request *r, const char *key)
{
	unsigned char random[32];
	char hex[TOKEN_HEX];

	if (key != NULL) {
		struct buf named = BUF_INIT;
		buf_printf(&named, "volum-trigger\n%s", key);
		token_hex(buf_text(&named), hex);
		buf_clear(&named);
	} else {
		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return false;
		token_hex((struct text){ (char *)random, sizeof(random) }, hex);
	}
	snprintf(r->id, sizeof(r->id), "req-%.32s", hex);
	return true;
}

/* False: nobody came with this key before. */
static bool
find_earlier(const struct intake *in, struct request *r, struct answer *a,
    bool *taken, enum status *s, struct error *err)
{
	struct request earlier = { 0 };
	enum place place;

	*s = desk_find(in->desk, r->id, &earlier, &place, err);
	if (*s == DONE && place == NOWHERE)
		return false;
	*taken = *s == DONE &&
	    text_same(buf_text(&r->trigger), buf_text(&earlier.trigger));
	if (*s == DONE && !*taken)
		answer_error(a, 422, "chave_repetida",
		    "this Idempotency-Key came with another body before");
	request_clear(&earlier);
	return true;
}

static bool
queue_it(const struct intake *in, struct request *r, struct answer *a,
    enum status *s, struct error *err)
{
	int64_t queue = in->options->queue;

	if (desk_count(in->desk, WAITING) >= (size_t)queue) {
		a->retry_after_s = RETRY_FULL_S;
		answer_error(a, 503, "fila_cheia",
		    "%" PRId64 " requests wait already", queue);
		return false;
	}
	instant_format(r->order / 1000, r->received);
	*s = desk_put(in->desk, WAITING, r, err);
	return *s == DONE;
}

bool
intake_take(const struct intake *in, struct value trigger, const char *key,
    struct request *r, struct answer *a, enum status *s, struct error *err)
{
	int64_t now_ms = clock_now(in->clock);
	struct ledger l = { .fd = -1 };
	bool taken = false, may_come;

	*s = DONE;
	if (!make_id(r, key) || !lock_ledger(&l, in, now_ms)) {
		*s = fail(err, OUTPUT_FAILED, "intake: %m");
		goto done;
	}
	may_come = spend_credit(&l, in->options->rate, now_ms, a);
	r->order = l.order = next_order(&l, now_ms);
	if (!write_ledger(&l))
		*s = fail(err, OUTPUT_FAILED, "intake: %m");
	if (!may_come || *s != DONE)
		goto done;
	schema_build(&r->trigger, trigger, r->id);
	if (key == NULL || !find_earlier(in, r, a, &taken, s, err))
		taken = queue_it(in, r, a, s, err);
done:
	if (l.fd >= 0)
		close(l.fd);
	return taken && *s == DONE;
}
