/* What every method answers with: faults, warnings, and how members read. */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ndjson.h"
#include "domain/money.h"
#include "sim/omie-sim/sim.h"

void
call_clear(struct call *c)
{
	for (size_t i = 0; i < c->record_count; i++)
		record_free(c->records[i]);
	free(c->records);
	arena_clear(&c->arena);
}

struct value
call_parse(struct call *c, struct text json)
{
	struct record *rec = record_new();
	struct error why;

	c->records = mem_realloc(
	    c->records, (c->record_count + 1) * sizeof(struct record *));
	c->records[c->record_count++] = rec;
	if (ndjson_parse_any(rec, arena_text(&c->arena, json), &why) != DONE)
		errx(70, "own JSON: %s", why.text);
	return record_root(rec);
}

/*
 * --alter-texts: everything that clients should not hang on is changed (the
 * leading word, the accents, the case, the end), what is in brackets stays.
 * The patterns of section 3 still match.
 */
static void
alter_text(char *text)
{
	static const struct {
		const char *accented;
		char plain;
	} plain[] = { { "á", 'A' }, { "ã", 'A' }, { "â", 'A' }, { "ç", 'C' },
		{ "é", 'E' }, { "ê", 'E' }, { "í", 'I' }, { "ó", 'O' },
		{ "õ", 'O' }, { "ú", 'U' }, { "É", 'E' }, { "à", 'A' } };
	char *from = text, *to = text;
	bool inside = false;

	if (strncmp(from, "ERROR: ", 7) == 0)
		from += 7;
	while (*from != '\0') {
		size_t i = 0, n = sizeof(plain) / sizeof(*plain);

		inside = *from == '[' || (inside && *from != ']');
		while (i < n && strncmp(from, plain[i].accented, 2) != 0)
			i++;
		if (!inside && i < n) {
			*to++ = plain[i].plain;
			from += 2;
		} else if (!inside && *from >= 'a' && *from <= 'z') {
			*to++ = (char)(*from++ - 32);
		} else {
			*to++ = *from++;
		}
	}
	while (to > text && strchr(" !.", to[-1]) != NULL)
		to--;
	*to = '\0';
}

/* Member order as recorded: faultstring, then faultcode (1.4 [R]). */
static void
write_fault(struct call *c, int status, const char *faultcode, char *text)
{
	struct sim_answer *a = c->answer;
	const char *number = strstr(faultcode, "Client-");
	char header[256];

	if (c->sim->set->alter_texts)
		alter_text(text);
	a->status = status;
	a->content_type = "application/json; encoding=UTF-8";
	buf_reset(&a->body);
	build_open(&a->body, '{');
	build_str_member(&a->body, "faultstring", text);
	build_str_member(&a->body, "faultcode", faultcode);
	build_close(&a->body, '}');
	snprintf(a->fault, sizeof(a->fault), "%s", faultcode);
	/* `<n> - <message>` on errors 5xx; n is what follows Client- (1.3 [S]).
	 */
	if (status < 500 || number == NULL)
		return;
	if (strncmp(text, "ERROR: ", 7) == 0)
		text += 7;
	snprintf(header, sizeof(header), "%s - %s", number + 7, text);
	sim_header(a, "OmieAPI-Error", header);
}

bool
call_fault(struct call *c, int code, const char *fmt, ...)
{
	char text[600], faultcode[40];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	snprintf(faultcode, sizeof(faultcode), "SOAP-ENV:Client-%d", code);
	write_fault(c, 500, faultcode, text);
	return false;
}

bool
call_fault_as(
    struct call *c, int status, const char *faultcode, const char *fmt, ...)
{
	char text[600];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	write_fault(c, status, faultcode, text);
	return false;
}

/* Raw UTF-8 in the header, as recorded (1.3 [R R1]). */
void
call_warning(struct call *c, int64_t id, const char *message)
{
	char header[256];

	snprintf(header, sizeof(header), "%lld - %s", (long long)id, message);
	sim_header(c->answer, "omieapi-warning", header);
}

/* Notes of one call are kept apart by "; ". */
void
call_note(struct call *c, const char *fmt, ...)
{
	size_t used = strlen(c->answer->note);
	va_list args;

	if (used > 0)
		used += (size_t)snprintf(c->answer->note + used,
		    sizeof(c->answer->note) - used, "; ");
	if (used >= sizeof(c->answer->note))
		return;
	va_start(args, fmt);
	vsnprintf(
	    c->answer->note + used, sizeof(c->answer->note) - used, fmt, args);
	va_end(args);
}

/* 3: the wording is real [S], the code 71 for it comes from one library [1 C3].
 */
bool
call_missing(struct call *c, const char *tag)
{
	return call_fault(
	    c, 71, "ERROR: O preenchimento da tag [%s] é obrigatório!", tag);
}

void
copy_text(char *out, size_t size, struct text t)
{
	size_t len = t.len < size ? t.len : size - 1;

	while (
	    len < t.len && len > 0 && ((unsigned char)t.at[len] & 0xc0) == 0x80)
		len--;
	if (len > 0)
		memcpy(out, t.at, len);
	out[len] = '\0';
}

int64_t
member_integer(struct value object, const char *name)
{
	struct text t = value_raw(value_member(object, name));
	char copy[32];

	if (t.len == 0 || t.len >= sizeof(copy))
		return 0;
	snprintf(copy, sizeof(copy), "%.*s", TEXT_ARGS(t));
	return strtoll(copy, NULL, 10);
}

int64_t
member_micro(struct value object, const char *name)
{
	struct value v = value_member(object, name);
	int64_t micro = 0;

	if (value_kind(v) == IS_NUMBER)
		decimal_read(value_raw(v), 6, &micro, NULL);
	return micro;
}

struct text
member_text(struct value object, const char *name)
{
	return value_text(value_member(object, name));
}

bool
member_is_yes(struct value object, const char *name)
{
	return value_is_text(value_member(object, name), "S");
}

/* Empty members may be omitted, "", 0 or {}: all alike (1.3 [R]). */
bool
value_given(struct value v)
{
	int64_t micro;

	switch (value_kind(v)) {
	case ABSENT:
	case IS_NULL:
		return false;
	case IS_TEXT:
		return value_text(v).len > 0;
	case IS_NUMBER:
		return decimal_read(value_raw(v), 6, &micro, NULL) !=
		    DECIMAL_OK ||
		    micro != 0;
	case IS_ARRAY:
	case IS_OBJECT:
		return value_count(v) > 0;
	default:
		return true;
	}
}

void
build_decimal(struct buf *b, const char *name, int64_t micro)
{
	struct buf number = BUF_INIT;

	decimal_add_micro(&number, micro);
	build_name(b, name);
	build_raw(b, buf_text(&number));
	buf_clear(&number);
}

void
build_integer_member(struct buf *b, const char *name, int64_t n)
{
	build_name(b, name);
	build_integer(b, n);
}

void
build_str_member(struct buf *b, const char *name, const char *text)
{
	build_text_member(b, name, text_of(text));
}

bool
is_read(const char *method)
{
	static const char *const verbs[] = { "Listar", "Consultar", "Obter",
		"Validar", "Status" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strncmp(method, verbs[i], strlen(verbs[i])) == 0)
			return true;
	return false;
}
