/* Refused records that wait in the dead-letter file, by class. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "volum-doctor/doctor.h"

enum { DATA, SERVICE, UNCERTAIN, UNKNOWN, CLASSES };

static int
class_of(struct record *rec, struct text line)
{
	static const char *const names[] = { "dados", "servico", "incerto" };
	struct error ignored;
	struct value why;

	if (ndjson_parse(rec, line, &ignored) != DONE)
		return UNKNOWN;
	why = value_member(record_root(rec), "rejeitado");
	for (int i = DATA; i < UNKNOWN; i++)
		if (value_is_text(value_member(why, "classe"), names[i]))
			return i;
	return UNKNOWN;
}

static void
count(FILE *file, uint64_t sum[CLASSES])
{
	struct record *rec = record_new();
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while (!filter_stop && (len = getline(&line, &room, file)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		sum[class_of(rec, (struct text){ line, (size_t)len })]++;
	}
	free(line);
	record_free(rec);
}

static void
tell_count(struct doctor *d, const char *path, const uint64_t sum[CLASSES])
{
	uint64_t all = 0;

	for (int i = 0; i < CLASSES; i++)
		all += sum[i];
	if (all == 0)
		tell(d, FINE, DONE, "dead letters", NULL, "none in %s", path);
	else
		tell(d, WARNING, DONE, "dead letters",
		    N_("volum-redrive; dados need a hand"),
		    sum[UNKNOWN] > 0
			? N_("%llu wait: %llu dados, %llu servico, %llu "
			     "incerto, and lines that are none")
			: N_("%llu wait: %llu dados, %llu servico, %llu "
			     "incerto"),
		    (unsigned long long)all, (unsigned long long)sum[DATA],
		    (unsigned long long)sum[SERVICE],
		    (unsigned long long)sum[UNCERTAIN]);
}

void
check_letters(struct doctor *d, const char *folder)
{
	char usual[PATH_MAX + 32];
	uint64_t sum[CLASSES] = { 0 };
	const char *path = d->rejected;
	FILE *file;

	if (path == NULL) {
		snprintf(usual, sizeof(usual), "%s/rejected.ndjson", folder);
		path = usual;
	}
	file = access(path, W_OK) == 0 ? fopen(path, "re") : NULL;
	if (file == NULL && errno == ENOENT) {
		tell(d, FINE, DONE, "dead letters", NULL, "none yet");
	} else if (file == NULL) {
		tell(d, FAILURE, BAD_CONFIG, "dead letters",
		    N_("let this user write it"), "%s: %m", path);
	} else {
		count(file, sum);
		tell_count(d, path, sum);
		fclose(file);
	}
}
