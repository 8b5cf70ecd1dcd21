#include "core/screen.h"

#include <sys/ioctl.h>

/* Unicode's combining marks, wide signs (East Asian, pictures), and what steers
 * a terminal or the direction of writing. */
static bool
is_within(uint32_t c, const uint32_t ranges[][2], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

#define WITHIN(c, ranges) is_within(c, ranges, sizeof(ranges) / sizeof(*ranges))

static const uint32_t COMBINING[][2] = { { 0x300, 0x36f }, { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f } };
static const uint32_t WIDE[][2] = { { 0x1100, 0x115f }, { 0x2e80, 0xa4cf },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff },
	{ 0x20000, 0x3fffd } };
static const uint32_t STEERING[][2] = { { 0, 0x1f }, { 0x7f, 0x9f },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xfeff, 0xfeff } };

/* One sign off the front of `t`, which is UTF-8 or is taken byte by byte. */
static uint32_t
take_sign(struct text *t, struct text *sign)
{
	unsigned char first = (unsigned char)t->at[0];
	size_t len = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t c;
	size_t i;

	if (len > t->len)
		len = t->len;
	c = len == 1 ? first : first & (0xffU >> (len + 1));
	for (i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)t->at[i] & 0x3f);
	*sign = (struct text){ t->at, len };
	if (WITHIN(c, STEERING))
		*sign = TEXT("?");
	t->at += len;
	t->len -= len;
	return c;
}

void
screen_text(struct buf *b, struct text t)
{
	struct text sign;

	while (t.len > 0) {
		take_sign(&t, &sign);
		buf_add_text(b, sign);
	}
}

static size_t
columns_of(uint32_t c)
{
	return WITHIN(c, COMBINING) ? 0 : WITHIN(c, WIDE) ? 2 : 1;
}

size_t
screen_fit(struct text *t, size_t columns)
{
	struct text rest = *t, sign;
	size_t taken = 0, len = 0, more;

	while (rest.len > 0) {
		more = columns_of(take_sign(&rest, &sign));
		if (taken + more > columns)
			break;
		taken += more;
		len = t->len - rest.len;
	}
	t->len = len;
	return taken;
}

size_t
screen_columns(struct text t)
{
	return screen_fit(&t, SIZE_MAX);
}

size_t
screen_width(int fd)
{
	struct winsize size;
	bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;

	return known ? size.ws_col : 80;
}

static void
add_blanks(struct buf *b, size_t count)
{
	while (count-- > 0)
		buf_add_byte(b, ' ');
}

void
screen_column(struct buf *b, struct text t, size_t columns, enum side at)
{
	struct text part = t;
	size_t taken = screen_fit(&part, columns);
	bool cut = part.len < t.len;

	if (cut)
		taken = screen_fit(&part, columns - 1) + 1;
	if (at == RIGHT)
		add_blanks(b, columns - taken);
	screen_text(b, part);
	if (cut)
		buf_add_str(b, "…");
	if (at == LEFT)
		add_blanks(b, columns - taken);
}

/* ---------------------------------------------------------------- JSON */

static void
new_line(struct buf *b, size_t indent)
{
	buf_add_byte(b, '\n');
	add_blanks(b, indent);
}

static void
add_member(
    struct buf *b, struct value container, const struct each *it, size_t indent)
{
	if (value_kind(container) == IS_OBJECT) {
		buf_add_byte(b, '"');
		screen_text(b, it->name);
		buf_add_str(b, "\": ");
	}
	screen_json(b, it->at, indent);
}

/* As deep as a record is: NDJSON_MAX_DEPTH. */
void
screen_json(struct buf *b, struct value v, size_t indent)
{
	bool object = value_kind(v) == IS_OBJECT, first = true;
	struct each it;

	if ((!object && value_kind(v) != IS_ARRAY) || value_count(v) == 0) {
		screen_text(b, value_raw(v));
		return;
	}
	buf_add_byte(b, object ? '{' : '[');
	for (it = value_each(v); each_next(&it); first = false) {
		if (!first)
			buf_add_byte(b, ',');
		new_line(b, indent + 2);
		add_member(b, v, &it, indent + 2);
	}
	new_line(b, indent);
	buf_add_byte(b, object ? '}' : ']');
}
