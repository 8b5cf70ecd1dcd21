#include "core/trace.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>

/* version-traceid-parentid-flags */
enum { ID_AT = 3, PARENT_AT = 36, FLAGS_AT = 53, LENGTH = 55 };

static struct trace in_hand;

/* Lower-case hex; with `no_zeros` another digit than 0 among them. */
static bool
is_hex(const char *at, size_t len, bool no_zeros)
{
	bool other = false;

	for (size_t i = 0; i < len; i++) {
		if (!((at[i] >= '0' && at[i] <= '9') ||
			(at[i] >= 'a' && at[i] <= 'f')))
			return false;
		other |= at[i] != '0';
	}
	return other || !no_zeros;
}

static bool
has_form(struct text t)
{
	const char *at = t.at;

	return t.len >= LENGTH && at[ID_AT - 1] == '-' &&
	    at[PARENT_AT - 1] == '-' && at[FLAGS_AT - 1] == '-' &&
	    is_hex(at, 2, false) && is_hex(at + ID_AT, 32, true) &&
	    is_hex(at + PARENT_AT, 16, true) && is_hex(at + FLAGS_AT, 2, false);
}

static bool
has_end(struct text t)
{
	if (memcmp(t.at, "ff", 2) == 0)
		return false;
	if (memcmp(t.at, "00", 2) == 0)
		return t.len == LENGTH;
	return t.len == LENGTH || t.at[LENGTH] == '-';
}

bool
trace_parse(struct text traceparent, struct trace *out)
{
	char last;

	*out = (struct trace){ 0 };
	if (!has_form(traceparent) || !has_end(traceparent))
		return false;
	memcpy(out->id, traceparent.at + ID_AT, TRACE_ID_TEXT - 1);
	last = traceparent.at[LENGTH - 1];
	/* The lowest bit; what the others mean is not known here. */
	out->sampled = (last <= '9' ? last - '0' : last - 'a' + 10) & 1;
	return true;
}

void
trace_set(const struct trace *t)
{
	in_hand = *t;
}

const char *
trace_id(void)
{
	return in_hand.id;
}

bool
trace_header(char out[TRACEPARENT_TEXT])
{
	static uint64_t process;

	if (in_hand.id[0] == '\0' ||
	    (process == 0 &&
		getrandom(&process, sizeof(process), 0) != sizeof(process)))
		return false;
	process |= 1; /* an id of zeros would be none */
	snprintf(out, TRACEPARENT_TEXT, "00-%s-%016" PRIx64 "-%02d", in_hand.id,
	    process, in_hand.sampled);
	return true;
}
