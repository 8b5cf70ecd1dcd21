#include "core/options_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Lists are freed at exit, as their header says. */
struct list_memory {
	struct list_memory *next;
	const char *items[];
};

static struct list_memory *list_memory;

static void
free_lists(void)
{
	while (list_memory != NULL) {
		struct list_memory *next = list_memory->next;
		free(list_memory);
		list_memory = next;
	}
}

static void
add_to_list(struct option_list *list, const char *text, int argc)
{
	if (list->count == 0) {
		/* Each item takes at least one argument. */
		struct list_memory *made = mem_alloc(
		    sizeof(*made) + (size_t)(argc + 1) * sizeof(char *));
		if (list_memory == NULL)
			atexit(free_lists);
		made->next = list_memory;
		list_memory = made;
		list->items = made->items;
	}
	list->items[list->count++] = text;
}

static enum status
take_number(const struct option_row *row, const char *text, const char *source,
    enum status wrong, int64_t *out, struct error *err)
{
	char *end;

	errno = 0;
	long long n = strtoll(text, &end, 10);
	bool begins = (*text >= '0' && *text <= '9') || *text == '-';
	if (!begins || *end != '\0' || errno != 0 || n < row->min ||
	    n > row->max)
		return fail(err, wrong,
		    "%s: '%.40s' is not a whole number from %lld to %lld",
		    source, text, (long long)row->min, (long long)row->max);
	*out = n;
	return DONE;
}

static enum status
take_choice(const struct option_row *row, const char *text, const char *source,
    enum status wrong, int *out, struct error *err)
{
	size_t len = strlen(text);
	const char *word = row->value;

	for (int i = 0; word != NULL; i++) {
		size_t here = strcspn(word, "|");
		if (here == len && memcmp(word, text, len) == 0) {
			*out = i;
			return DONE;
		}
		word = word[here] == '|' ? word + here + 1 : NULL;
	}
	return fail(
	    err, wrong, "%s: '%.40s' is none of %s", source, text, row->value);
}

static enum status
take_flag(const char *text, const char *source, enum status wrong, bool *out,
    struct error *err)
{
	if (strcmp(text, "1") != 0 && strcmp(text, "0") != 0)
		return fail(
		    err, wrong, "%s: '%.40s' is neither 1 nor 0", source, text);
	*out = *text == '1';
	return DONE;
}

static enum status
take_instant(const char *text, const char *source, enum status wrong,
    instant_ms *out, struct error *err)
{
	if (instant_parse(text, out, err) != DONE)
		return fail_at(err, wrong, "%s", source);
	return DONE;
}

enum status
options_store(const struct option_row *row, void *options, int argc,
    const char *text, const char *source, enum status wrong, struct error *err)
{
	void *target = (char *)options + row->offset;

	if (*text == '\0')
		return fail(err, wrong, "%s: the value is empty", source);
	switch (row->kind) {
	case OPTION_FLAG:
		return take_flag(text, source, wrong, target, err);
	case OPTION_TEXT:
		*(const char **)target = text;
		return DONE;
	case OPTION_NUMBER:
		return take_number(row, text, source, wrong, target, err);
	case OPTION_LIST:
		add_to_list(target, text, argc);
		return DONE;
	case OPTION_CHOICE:
		return take_choice(row, text, source, wrong, target, err);
	case OPTION_INSTANT:
		return take_instant(text, source, wrong, target, err);
	}
	return DONE;
}
