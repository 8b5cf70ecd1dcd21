#include "net/pace_marks.h"

#include <string.h>

enum { TIMES_MAX = 65535 };

static void
drop_first(struct marks m, uint32_t n)
{
	*m.count -= n;
	memmove(m.list, m.list + n, *m.count * sizeof(*m.list));
}

void
marks_forget(struct marks m, int64_t from)
{
	uint32_t gone = 0;

	while (gone < *m.count && m.list[gone].at < from)
		gone++;
	if (gone > 0)
		drop_first(m, gone);
}

static void
add_times(struct pace_mark *mark, uint64_t times)
{
	times += mark->times;
	mark->times = times < TIMES_MAX ? times : TIMES_MAX;
}

void
marks_add(struct marks m, int64_t at)
{
	struct pace_mark *last;

	if (*m.count > 0 && (last = &m.list[*m.count - 1])->at >= at) {
		add_times(last, 1);
		return;
	}
	if (*m.count == m.room) {
		add_times(&m.list[1], m.list[0].times);
		drop_first(m, 1);
	}
	m.list[(*m.count)++] = (struct pace_mark){ .at = at, .times = 1 };
}

void
marks_take(struct marks m, int64_t at)
{
	for (uint32_t i = *m.count; i-- > 0 && m.list[i].at >= at;) {
		if (m.list[i].at != at || --m.list[i].times > 0)
			continue;
		(*m.count)--;
		memmove(m.list + i, m.list + i + 1,
		    (*m.count - i) * sizeof(*m.list));
		return;
	}
}

int64_t
marks_in_the_way(struct marks m, int64_t most)
{
	int64_t left = 0;

	for (uint32_t i = 0; i < *m.count; i++)
		left += (int64_t)m.list[i].times;
	if (left < most)
		return INT64_MIN;
	for (uint32_t i = 0; i < *m.count; i++)
		if ((left -= (int64_t)m.list[i].times) < most)
			return m.list[i].at;
	return INT64_MIN;
}
