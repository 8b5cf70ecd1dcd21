#include "domain/competencia.h"

#include "core/civil.h"

competencia
competencia_of(struct day d)
{
	return d.year * 12 + d.month - 1;
}

/* The number that `count` digits make; -1 when one of them is none. */
static int
digits_read(const char *at, int count)
{
	int n = 0;

	for (int i = 0; i < count; i++) {
		if (at[i] < '0' || at[i] > '9')
			return -1;
		n = n * 10 + (at[i] - '0');
	}
	return n;
}

static void
digits_write(char *at, int count, int n)
{
	while (count-- > 0) {
		at[count] = (char)('0' + n % 10);
		n /= 10;
	}
}

competencia
competencia_read(struct text t)
{
	int year, month;

	if (t.len != 7 || t.at[4] != '-')
		return 0;
	year = digits_read(t.at, 4);
	month = digits_read(t.at + 5, 2);
	if (year < 0 || month < 1 || month > 12)
		return 0;
	return competencia_of((struct day){ year, month, 1 });
}

void
competencia_format(competencia c, char out[COMPETENCIA_TEXT])
{
	digits_write(out, 4, c / 12);
	out[4] = '-';
	digits_write(out + 5, 2, c % 12 + 1);
	out[7] = '\0';
}

struct day
competencia_first_day(competencia c)
{
	return (struct day){ c / 12, c % 12 + 1, 1 };
}

struct day
competencia_last_day(competencia c)
{
	return (struct day){ c / 12, c % 12 + 1,
		days_in_month(c / 12, c % 12 + 1) };
}

enum status
competencia_check(
    competencia c, struct day today, bool *partial, struct error *err)
{
	competencia current = competencia_of(today);
	char month[COMPETENCIA_TEXT], day[DAY_TEXT];

	*partial = c == current;
	if (c <= current)
		return DONE;
	competencia_format(c, month);
	day_format(today, day);
	return reject(err, "competencia_invalida",
	    "competencia %s is in the future: today is %s", month, day);
}

enum status
competencia_resolve(struct text text, struct day today, competencia *out,
    bool *partial, struct error *err)
{
	competencia current = competencia_of(today), c;
	enum status s;

	if (text_is(text, "fechada") || text_is(text, "auto"))
		c = current - 1;
	else if (text_is(text, "corrente"))
		c = current;
	else
		c = competencia_read(text);
	if (c == 0)
		return reject(err, "competencia_invalida",
		    "competencia: neither YYYY-MM nor fechada, corrente, auto");
	if ((s = competencia_check(c, today, partial, err)) == DONE)
		*out = c;
	return s;
}

bool
day_read(struct text t, struct day *out)
{
	struct day d;

	if (t.len != 10 || t.at[4] != '-' || t.at[7] != '-')
		return false;
	d.year = digits_read(t.at, 4);
	d.month = digits_read(t.at + 5, 2);
	d.day = digits_read(t.at + 8, 2);
	if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 ||
	    d.day > days_in_month(d.year, d.month))
		return false;
	*out = d;
	return true;
}

void
day_format(struct day d, char out[DAY_TEXT])
{
	digits_write(out, 4, d.year);
	out[4] = '-';
	digits_write(out + 5, 2, d.month);
	out[7] = '-';
	digits_write(out + 8, 2, d.day);
	out[10] = '\0';
}

void
day_format_br(struct day d, char out[DAY_TEXT])
{
	digits_write(out, 2, d.day);
	out[2] = '/';
	digits_write(out + 3, 2, d.month);
	out[5] = '/';
	digits_write(out + 6, 4, d.year);
	out[10] = '\0';
}

int
day_order(struct day a, struct day b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}
