#include "domain/contact.h"

enum { LONGEST = 15 }; /* +55, 0, carrier, area, mobile: 2+1+2+2+9 less one */

static bool
is_area(const char *two)
{
	/* The second digits of the area codes that begin with each first. */
	static const char *const second[] = { "", "123456789", "12478",
		"1234578", "123456789", "1345", "123456789", "134579",
		"123456789", "123456789" };

	return two[0] >= '1' && two[0] <= '9' && two[1] != '\0' &&
	    strchr(second[two[0] - '0'], two[1]) != NULL;
}

static bool
is_number(const char *digits, size_t len)
{
	if (len != 10 && len != 11)
		return false;
	if (!is_area(digits))
		return false;
	return len == 11 ? digits[2] == '9'
			 : digits[2] >= '2' && digits[2] <= '5';
}

static size_t
digits_of(struct text typed, char out[LONGEST + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.at[i];

		if (c != '\0' && strchr(" ()+-./", c) != NULL)
			continue;
		if (c < '0' || c > '9' || n == LONGEST)
			return 0;
		out[n++] = c;
	}
	out[n] = '\0';
	return n;
}

bool
phone_read(struct text typed, char out[PHONE_TEXT])
{
	char digits[LONGEST + 1];
	const char *at = digits;
	size_t n = digits_of(typed, digits);

	/* 55 is an area code, too: only what is too long begins with the
	 * country's. */
	if (n >= 12 && memcmp(at, "55", 2) == 0) {
		at += 2;
		n -= 2;
	}
	if (n > 10 && *at == '0') {
		at++;
		n--;
		if (n >= 12) {
			at += 2;
			n -= 2;
		}
	}
	if (!is_number(at, n))
		return false;
	memcpy(out, at, n + 1);
	return true;
}

/* --------------------------------------------------------------- e-mail */

static bool
separates(char c)
{
	return c == ',' || c == ';' || (unsigned char)c <= ' ';
}

static bool
next_address(struct text *t, struct text *address)
{
	while (t->len > 0 && separates(*t->at)) {
		t->at++;
		t->len--;
	}
	*address = (struct text){ t->at, 0 };
	while (t->len > 0 && !separates(*t->at)) {
		address->len++;
		t->at++;
		t->len--;
	}
	return address->len > 0;
}

/* One @ with something before it, and a dot inside the domain. */
static bool
is_address(struct text a)
{
	const char *at = memchr(a.at, '@', a.len), *dot;
	size_t domain;

	if (at == NULL || at == a.at)
		return false;
	domain = (size_t)(a.at + a.len - at - 1);
	if (domain < 3 || memchr(at + 1, '@', domain) != NULL)
		return false;
	dot = memchr(at + 1, '.', domain);
	return dot != NULL && dot != at + 1 && a.at[a.len - 1] != '.' &&
	    memchr(a.at, '<', a.len) == NULL &&
	    memchr(a.at, '"', a.len) == NULL;
}

static void
add_address(struct buf *out, struct text a)
{
	bool domain = false;

	for (size_t i = 0; i < a.len; i++) {
		char c = a.at[i];

		buf_add_byte(out,
		    domain && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
		domain |= c == '@';
	}
}

static bool
holds(struct text list, struct text wanted)
{
	struct text address;

	while (next_address(&list, &address))
		if (text_same(address, wanted))
			return true;
	return false;
}

bool
email_list(struct buf *out, struct text typed)
{
	struct buf list = BUF_INIT, one = BUF_INIT;
	struct text address;
	bool good = true;

	while (good && next_address(&typed, &address)) {
		buf_reset(&one);
		add_address(&one, address);
		good = is_address(address);
		if (!good || holds(buf_text(&list), buf_text(&one)))
			continue;
		if (list.len > 0)
			buf_add_byte(&list, ',');
		buf_add_text(&list, buf_text(&one));
	}
	if (good)
		buf_add_text(out, buf_text(&list));
	buf_clear(&list);
	buf_clear(&one);
	return good;
}
