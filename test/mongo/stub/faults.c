/* Which command of a name goes wrong, and how. */
#include <stdlib.h>
#include <string.h>

#include "mongo/stub/stub.h"

static const char *const NAMES[] = { "none", "hangup-before", "hangup-after",
	"not-primary", "timeout-after", "write-concern-error", "duplicate",
	"auth-failed", "unauthorised", "full-disk" };

static struct rule {
	struct rule *next;
	char *name;
	unsigned long at; /* 0: each */
	unsigned long seen;
	enum fault fault;
} * rules;

bool
fault_add(const char *text)
{
	const char *number = strchr(text, ':');
	char *end;

	if (number == NULL || number == text)
		return false;
	unsigned long at = strtoul(number + 1, &end, 10);
	if (number[1] == '*')
		end = (char *)number + 2;
	if (*end != ':' || (at == 0 && number[1] != '*'))
		return false;
	for (size_t i = 1; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		if (strcmp(end + 1, NAMES[i]) != 0)
			continue;
		struct rule *r = bson_malloc0(sizeof(*r));
		r->name = bson_strndup(text, (size_t)(number - text));
		r->at = at;
		r->fault = (enum fault)i;
		r->next = rules;
		rules = r;
		return true;
	}
	return false;
}

enum fault
fault_next(const char *name)
{
	enum fault fault = FAULT_NONE;

	for (struct rule *r = rules; r != NULL; r = r->next) {
		if (strcmp(r->name, name) != 0)
			continue;
		r->seen++;
		if (r->at == 0 || r->at == r->seen)
			fault = r->fault;
	}
	return fault;
}

const char *
fault_name(enum fault fault)
{
	return NAMES[fault];
}
