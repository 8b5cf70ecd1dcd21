#include "domain/plain.h"

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t
plain_length(struct text t)
{
	size_t count = 0;

	for (size_t i = 0; i < t.len; i++)
		count += !continues(t.at[i]);
	return count;
}

struct text
plain_cut(struct text t, size_t characters)
{
	size_t i, count = 0;

	for (i = 0; i < t.len; i++)
		if (!continues(t.at[i]) && count++ == characters)
			break;
	while (i < t.len && i > 0 && t.at[i - 1] == ' ')
		i--; /* of what is cut, no blank is left at the end */
	return (struct text){ t.at, i };
}

/* U+2028 to U+202E and U+2066 to U+2069: ends of lines and of paragraphs, and
 * what turns round the direction in which a terminal shows the text. */
static bool
is_layout(unsigned char second, unsigned char third)
{
	return (second == 0x80 && third >= 0xa8 && third <= 0xae) ||
	    (second == 0x81 && third >= 0xa6 && third <= 0xa9);
}

/* Bytes of the blank at `i`; 0: it is none. */
static size_t
blank_at(struct text t, size_t i)
{
	const unsigned char *c = (const unsigned char *)t.at + i;
	size_t left = t.len - i;

	if (c[0] <= ' ' || c[0] == 0x7f)
		return 1;
	if (c[0] == 0xc2 && left >= 2 && c[1] <= 0xa0)
		return 2; /* U+0080 to U+009F command terminals */
	return c[0] == 0xe2 && left >= 3 && is_layout(c[1], c[2]) ? 3 : 0;
}

void
plain_clean(struct buf *out, struct text t)
{
	bool begun = false, gap = false;
	size_t i = 0, blank;

	while (i < t.len) {
		if ((blank = blank_at(t, i)) > 0) {
			gap = true;
			i += blank;
			continue;
		}
		if (gap && begun)
			buf_add_byte(out, ' ');
		gap = false;
		begun = true;
		buf_add_byte(out, t.at[i++]);
	}
}

/* U+00C0 to U+00FF; '*' is no letter, and stays as it is. */
static const char LETTERS[] = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTS"
			      "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTY";

void
plain_fold(struct buf *out, struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		char c = t.at[i], letter;

		if (c == '\xc3' && i + 1 < t.len && continues(t.at[i + 1])) {
			letter = LETTERS[t.at[i + 1] & 0x3f];
			if (letter != '*')
				buf_add_byte(out, letter);
			else
				buf_add(out, t.at + i, 2);
			i++;
		} else {
			buf_add_byte(out,
			    c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
		}
	}
}

/* ---------------------------------------------------------------- names */

static bool
is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (unsigned char)c >= 0x80;
}

/* Takes the next word off `t`; false: there is none. */
static bool
next_word(struct text *t, struct text *word)
{
	while (t->len > 0 && !is_word_byte(*t->at)) {
		t->at++;
		t->len--;
	}
	*word = (struct text){ t->at, 0 };
	while (t->len > 0 && is_word_byte(*t->at)) {
		word->len++;
		t->at++;
		t->len--;
	}
	return word->len > 0;
}

static bool
says_something(struct text word)
{
	static const char *const common[] = { "LTDA", "LIMITADA", "SA", "ME",
		"EPP", "MEI", "EIRELI", "CIA", "DE", "DA", "DO", "DAS", "DOS",
		"EM", "E", "S", "A", "O" };

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (text_is(word, common[i]))
			return false;
	return true;
}

static bool
has_word(struct text name, struct text wanted)
{
	struct text word;

	while (next_word(&name, &word))
		if (text_same(word, wanted))
			return true;
	return false;
}

bool
plain_share_word(struct text a, struct text b)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct text rest, word;
	bool any = false, shared = false;

	plain_fold(&first, a);
	plain_fold(&second, b);
	for (rest = buf_text(&first); !shared && next_word(&rest, &word);)
		if (says_something(word)) {
			any = true;
			shared = has_word(buf_text(&second), word);
		}
	if (!any)
		shared = text_same(buf_text(&first), buf_text(&second));
	buf_clear(&first);
	buf_clear(&second);
	return shared;
}
