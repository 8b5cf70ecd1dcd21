#include "core/options_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/screen.h"

enum { WIDTH = 80, COLUMN = 27 };

static const char exit_codes[] =
    N_("Exit status:\n"
       "   0  every record handled     1  some refused, kept in --rejected\n"
       "  64  wrong options           65  the input can't be read\n"
       "  69  shut out for a while    74  the output can't be written\n"
       "  75  run it again later      77  credentials refused\n"
       "  78  a setting is wrong\n");

/* Bytes to the next blank outside of [brackets]. */
static size_t
word_length(const char *text)
{
	size_t len = 0;

	for (int depth = 0; text[len] != '\0'; len++) {
		depth += (text[len] == '[') - (text[len] == ']');
		if (text[len] == '\n' || (text[len] == ' ' && depth <= 0))
			break;
	}
	return len;
}

/* `column` is where the line stands, `indent` where further ones begin. A
 * newline in the text is kept. */
static void
add_wrapped(struct buf *out, size_t column, size_t indent, const char *text)
{
	char between = '\0';

	for (;;) {
		size_t len = word_length(text),
		       wide = screen_columns((struct text){ text, len });
		if (between == '\n' ||
		    (between == ' ' && column + 1 + wide >= WIDTH)) {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (between == ' ') {
			buf_add_byte(out, ' ');
			column++;
		}
		buf_add(out, text, len);
		column += wide;
		if ((between = text[len]) == '\0')
			break;
		text += len + 1;
	}
	buf_add_byte(out, '\n');
}

/* The word at `index` of "a|b|c". */
static struct text
choice_word(const char *words, int index)
{
	while (index-- > 0)
		words += strcspn(words, "|") + 1;
	return (struct text){ words, strcspn(words, "|") };
}

/* "; default 500 [$NAME]", out of what the command set before parsing. */
static void
add_default(struct buf *out, const struct option_row *row, const void *options)
{
	const void *target = (const char *)options + row->offset;

	/* One below the least that may be given says that none was. */
	if (row->kind == OPTION_NUMBER && *(const int64_t *)target >= row->min)
		buf_printf(out, _("; default %lld"),
		    (long long)*(const int64_t *)target);
	if (row->kind == OPTION_NUMBER)
		buf_printf(out,
		    *(const int64_t *)target >= row->min ? _(", at most %lld")
							 : _("; at most %lld"),
		    (long long)row->max);
	if (row->kind == OPTION_TEXT && *(const char *const *)target != NULL)
		buf_printf(
		    out, _("; default %s"), *(const char *const *)target);
	if (row->kind == OPTION_CHOICE) {
		struct text word =
		    choice_word(row->value, *(const int *)target);
		buf_printf(out, _("; default %.*s"), (int)word.len, word.at);
	}
	if (row->kind == OPTION_LIST)
		buf_add_str(out, _("; may be repeated"));
	if (row->env != NULL)
		buf_printf(out, " [$%s]", row->env);
}

static void
add_row(struct buf *out, const struct option_row *row, const void *options)
{
	struct buf left = BUF_INIT, right = BUF_INIT;

	if (row->letter != 0)
		buf_printf(&left, "  -%c, --%s", row->letter, row->name);
	else
		buf_printf(&left, "      --%s", row->name);
	if (row->value != NULL)
		buf_printf(&left, " %s", _(row->value));
	buf_add_str(&right, _(row->help));
	add_default(&right, row, options);
	buf_add_text(out, buf_text(&left));
	size_t column = screen_columns(buf_text(&left));
	if (column + 2 > COLUMN)
		buf_printf(out, "\n%*s", COLUMN, "");
	else
		buf_printf(out, "%*s", (int)(COLUMN - column), "");
	add_wrapped(out, COLUMN, COLUMN, buf_cstr(&right));
	buf_clear(&left);
	buf_clear(&right);
}

/* One line per way of calling it: the synopsis holds one on each line. */
static void
add_usage(struct buf *out, const struct command *command)
{
	const char *way = _(command->synopsis), *intro = _("Usage:");
	size_t blank = screen_columns(text_of(intro));
	size_t lead = blank + 1 + strlen(command->name) + 1;

	for (; way != NULL; intro = "") {
		const char *end = strchrnul(way, '\n');
		char *one = strndup(way, (size_t)(end - way));

		buf_printf(out, "%s%*s %s ", intro,
		    *intro == '\0' ? (int)blank : 0, "", command->name);
		add_wrapped(out, lead, lead, one);
		free(one);
		way = *end == '\0' ? NULL : end + 1;
	}
}

void
options_help(
    const struct command *command, const void *options, struct buf *out)
{
	const struct option_row *row;

	add_usage(out, command);
	add_wrapped(out, 0, 0, _(command->summary));
	buf_add_str(out, _("\nOptions:\n"));
	/* A person looks for the command's own first. */
	size_t own = 0;
	while (options_row(command, own) != NULL &&
	    options_row(command, own) != command->rows)
		own++;
	for (size_t i = own; (row = options_row(command, i)) != NULL; i++)
		add_row(out, row, options);
	for (size_t i = 0; i < own; i++)
		add_row(out, options_row(command, i), options);
	buf_printf(out, "\n%s\n", _(exit_codes));
	buf_printf(out, _("See man %s.\n"), command->name);
}
