/* What went wrong, and which exit code that is. */
#ifndef VOLUM_CORE_ERROR_H
#define VOLUM_CORE_ERROR_H

#include <stdarg.h>

/* The exit codes of every command; sysexits(3) numbers where one fits. */
enum status {
	DONE = 0,	    /* every record handled */
	SOME_REJECTED = 1,  /* this record (of a run: some records) refused */
	BAD_USAGE = 64,	    /* unknown or conflicting options */
	BAD_INPUT = 65,	    /* the input can't be read at all */
	BLOCKED = 69,	    /* shut out by the service until a stated time */
	OUTPUT_FAILED = 74, /* stdout or a file could not be written */
	TRY_LATER = 75,	    /* network, limit or database away: run again */
	NOT_ALLOWED = 77,   /* credentials refused */
	BAD_CONFIG = 78	    /* a setting is missing or wrong */
};

/*
 * One failure, filled by the function that returns something else than DONE.
 * `text` is one line: what was attempted, on what, why; no newline, no secret,
 * no copy of the record. `code` and `advice` matter for SOME_REJECTED only:
 * they become `codigo` and `conselho` of the rejected line. `class_` is
 * `classe`: "dados" (fix the record), "servico" (the other side), "incerto"
 * (outcome unknown). `told` is `text` in the language of whoever reads stderr
 * (core/language.h), empty where that is English; error_told() finds the right
 * one.
 */
struct error {
	char code[40];
	char class_[16];
	char text[480];
	char advice[240];
	char told[480];
};

/* Fills `err` and returns `status`, so that a call site is one line. */
enum status fail(struct error *err, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Refuses one record: SOME_REJECTED with class "dados" and the given code, a
 * word of volum-records(5). Advice is empty; error_advise() adds it.
 */
enum status reject(struct error *err, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a member of a record; `where` names it, "" the record itself. */
enum status reject_at(struct error *err, const char *code, const char *where,
    const char *fmt, va_list args) __attribute__((format(printf, 4, 0)));

/* Other words for what `err` is about; its code, class and advice stay. */
void error_say(struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Goes on behind, and puts in front with ": ", what was known further up; in
 * both languages, which fail() with err->text among its arguments would not. */
void error_add(struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
enum status fail_at(struct error *err, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with words of a table, marked by N_(), as they stand. */
void error_add_words(struct error *err, const char *english);

/* Two failures at once; the first one's code, class and advice stay. */
void
error_join(struct error *err, const char *between, const struct error *second);

/* What a person is told of it. */
const char *error_told(const struct error *err);

/* Adds what the reader of a rejected line should do about it. */
void error_advise(struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes `text` one line of UTF-8, in place: a control character becomes a
 * blank, a byte that is no UTF-8 a `?`. fail() and its like do it themselves.
 */
void text_to_line(char *text);

/* The worse of two: 78 77 69 75 74 65 1 0; 64 is above all. */
enum status worst(enum status a, enum status b);

#endif
