/* A finding as a line for people or as a record for programs. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/language.h"
#include "core/screen.h"
#include "volum-doctor/doctor.h"

enum { INDENT = 28 };

static const char *const WORDS[] = { "ok", "warn", "fail", "skip" };

/* By words, the further lines under the first; a word longer than the line
 * stands alone. */
static void
add_wrapped(struct buf *out, const char *text, int width)
{
	int at = INDENT;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		int wide = (int)screen_columns((struct text){ text, len });

		if (width > 0 && at > INDENT && at + 1 + wide >= width) {
			buf_printf(out, "\n%*s", INDENT, "");
			at = INDENT;
		} else if (at > INDENT) {
			buf_add_byte(out, ' ');
			at++;
		}
		buf_add(out, text, len);
		at += wide;
		text += len;
		text += strspn(text, " ");
	}
}

static void
tell_people(struct doctor *d, const char *word, const char *name,
    const char *what, const char *advice)
{
	struct buf *out = filter_out(d->filter), text = BUF_INIT;

	buf_printf(out, "%-4s  %-*s", word, INDENT - 6, name);
	buf_add_str(&text, what);
	if (advice != NULL)
		buf_printf(&text, "; %s", _(advice));
	add_wrapped(out, buf_cstr(&text), d->width);
	buf_clear(&text);
	filter_end_line(d->filter);
}

static void
tell_programs(struct doctor *d, const char *word, const char *name,
    const char *what, const char *advice)
{
	struct buf *out = filter_out(d->filter);

	build_open(out, '{');
	build_text_member(out, "check", text_of(name));
	build_text_member(out, "status", text_of(word));
	build_text_member(out, "what", text_of(what));
	if (advice != NULL)
		build_text_member(out, "advice", text_of(advice));
	build_close(out, '}');
	filter_end_line(d->filter);
}

void
tell(struct doctor *d, enum finding finding, enum status status,
    const char *name, const char *advice, const char *fmt, ...)
{
	struct error unused;
	char what[600];
	va_list args;

	va_start(args, fmt);
	if (d->options->json)
		vsnprintf(what, sizeof(what), fmt, args);
	else
		language_format(what, sizeof(what), fmt, args);
	va_end(args);
	text_to_line(what);
	d->count[finding]++;
	if (finding == FAILURE)
		d->status = worst(d->status, status);
	if (d->options->json)
		tell_programs(d, WORDS[finding], name, what, advice);
	else
		tell_people(d, WORDS[finding], name, what, advice);
	/* Each at once: the next one may wait for a service. */
	filter_flush(d->filter, &unused);
}

void
tell_error(struct doctor *d, enum status status, const char *name,
    const char *advice, const struct error *err)
{
	tell(d, FAILURE, status, name, advice, "%s",
	    d->options->json ? err->text : error_told(err));
}

void
tell_sum(struct doctor *d)
{
	if (d->options->json)
		return;
	buf_printf(filter_out(d->filter),
	    _("%u ok, %u warnings, %u failed, %u skipped"), d->count[FINE],
	    d->count[WARNING], d->count[FAILURE], d->count[SKIPPED]);
	filter_end_line(d->filter);
}
