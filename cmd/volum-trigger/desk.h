/*
 * The requests on file: a folder for each place that they can be in, under
 * `trigger` in the state folder. A request is one file; it is in its next place
 * before it leaves the last one, so whoever looks forward finds it.
 */
#ifndef VOLUM_TRIGGER_DESK_H
#define VOLUM_TRIGGER_DESK_H

#include "volum-trigger/request.h"

struct desk {
	int folder, places[PLACES], messages; /* descriptors of folders */
};

/* Opens the folders, and makes them where they are missing, mode 0700.
 * BAD_CONFIG: they can't be had. */
enum status desk_open(struct desk *d, struct error *err);
void desk_close(struct desk *d);

/* Writes `r` there, whole or not at all, and on the disk when it returns.
 * OUTPUT_FAILED: it is not. */
enum status desk_put(const struct desk *d, enum place place,
    const struct request *r, struct error *err);
/* Puts it into `to`, then takes it away from `from`. */
enum status desk_move(const struct desk *d, enum place from, enum place to,
    const struct request *r, struct error *err);

/* Takes it away from there. */
enum status desk_drop(const struct desk *d, enum place place,
    const struct request *r, struct error *err);

/* Finds a request by a valid id, into a cleared `r`. `*place` is NOWHERE: there
 * is none. BAD_INPUT: its file is damaged. */
enum status desk_find(const struct desk *d, const char *id, struct request *r,
    enum place *place, struct error *err);
/*
 * The first of a place in the order of its names (for WAITING: of arrival)
 * behind `after`, a name or "", which becomes its own name. `*there` false:
 * there is none. BAD_INPUT: its file is damaged; the next call goes on behind.
 */
enum { DESK_NAME = 80 };
enum status desk_next(const struct desk *d, enum place place,
    char after[DESK_NAME], struct request *r, bool *there, struct error *err);
size_t desk_count(const struct desk *d, enum place place);

/* Deletes what ended more than `days` ago, and what was never finished. */
void desk_prune(const struct desk *d, int64_t days);

#endif
