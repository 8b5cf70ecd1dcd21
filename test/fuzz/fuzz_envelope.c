/* Whatever an envelope hands on is one record of its own. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/envelope.h"
#include "core/ndjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static enum status
parse_again(
    const struct record *inner, struct text raw, void *ctx, struct error *err)
{
	struct record *again = ctx;

	if (value_kind(record_root(inner)) != IS_OBJECT ||
	    ndjson_parse(again, raw, err) != DONE ||
	    !text_same(
		value_raw(record_root(inner)), value_raw(record_root(again))))
		abort();
	return DONE;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct text line = { (const char *)bytes, len };
	struct record *outer = record_new(), *again = record_new();
	struct envelope *e = envelope_new();
	struct error err = { 0 };
	enum status status;

	if (ndjson_parse(outer, line, &err) == DONE) {
		status =
		    envelope_open(e, outer, line, parse_again, again, &err);
		if (status != DONE && status != SOME_REJECTED)
			abort();
	}
	envelope_free(e);
	record_free(again);
	record_free(outer);
	return 0;
}
