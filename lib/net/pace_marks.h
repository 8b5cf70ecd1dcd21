/* Lists of moments in the state, oldest first; private to pace_state. */
#ifndef VOLUM_NET_PACE_MARKS_H
#define VOLUM_NET_PACE_MARKS_H

#include "net/pace_state.h"

/* One list of the state, or of one of its methods. */
struct marks {
	struct pace_mark *list;
	uint32_t *count;
	uint32_t room;
};

#define MARKS(of, name) \
	((struct marks){ (of)->name, &(of)->name##_count, \
	    sizeof((of)->name) / sizeof((of)->name[0]) })

/* What happened before `from`. */
void marks_forget(struct marks m, int64_t from);
/* Once more, at `at`. Where there is no room, the two oldest become one of the
 * later moment: none is forgotten, one is remembered for longer. */
void marks_add(struct marks m, int64_t at);
/* One of those at `at` didn't happen. */
void marks_take(struct marks m, int64_t at);
/* The moment of the one that has to be forgotten, so that one more makes no
 * more than `most`; INT64_MIN: none has to. */
int64_t marks_in_the_way(struct marks m, int64_t most);

#endif
