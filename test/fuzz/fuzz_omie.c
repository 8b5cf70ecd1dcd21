/*
 * Omie's answers: nothing crashes, and a write that may have been executed
 * never looks as if it had not. Input: a digit that picks the HTTP status,
 * then the body.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/omie.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const long statuses[] = { 200, 500, 403, 425, 429, 502, 404, 301, 201,
	400 };

static void
check(struct text body, const struct omie_fault *f, bool write)
{
	bool broken = memmem(body.at, body.len, "PROTO_BYEBYE", 12) ||
	    memmem(body.at, body.len, "Broken response", 15);

	if (strlen(f->code) >= sizeof(f->code) ||
	    strpbrk(f->text, "\n\r") != NULL || f->wait_s < -1 ||
	    f->wait_s > 86400 || f->existing_id < 0)
		abort();
	if (write && f->verdict == OMIE_NOTHING)
		abort();
	if (write && broken && f->verdict == OMIE_TRANSIENT)
		abort();
	if (f->http_status >= 502 && f->http_status <= 504 &&
	    (f->verdict == OMIE_NOTHING || f->verdict == OMIE_OK))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record *rec;

	if (size < 1)
		return 0;
	rec = record_new();
	for (int write = 0; write < 2; write++) {
		struct http_answer http = { .outcome = HTTP_ANSWERED,
			.status = statuses[(data[0] + 2) % 10],
			.retry_after_s = -1 };
		struct omie_fault fault;

		buf_add(&http.body, data + 1, size - 1);
		omie_judge(&http, write, rec, &fault);
		check(buf_text(&http.body), &fault, write);
		http_answer_clear(&http);
	}
	record_free(rec);
	return 0;
}
