/*
 * A jq program over one record. The only module that names a jv; libjq's traps
 * (numbers as doubles, aborts on wrong kinds, `env`) are dealt with here.
 */
#ifndef VOLUM_CORE_JQPROG_H
#define VOLUM_CORE_JQPROG_H

#include "core/buf.h"
#include "core/error.h"

struct jqprog;

/*
 * Compiles `program`; `name` is for messages. To be called before any thread is
 * started: HOME is changed meanwhile, to keep ~/.jq out. BAD_CONFIG: it doesn't
 * compile (jq's own message, one line), or names what results must not depend
 * on: env, $ENV, input, debug, halt, import, now, localtime and their like (the
 * list is in jqprog_check.c).
 */
enum status jqprog_open(struct jqprog **out, const char *name,
    struct text program, struct error *err);
/* The same from a file; BAD_CONFIG when it can't be read. */
enum status
jqprog_open_file(struct jqprog **out, const char *path, struct error *err);
void jqprog_close(struct jqprog *p); /* NULL is fine */

typedef enum status (*jqprog_fn)(
    struct text json, void *ctx, struct error *err);

/*
 * Runs the program over `input` (JSON that core/ndjson accepted) and hands each
 * result to `each` as compact JSON, numbers in their shortest exact decimal
 * form without exponent from 1e-7 to below 1e17; stops at the first answer of
 * `each` that is not DONE and returns it. SOME_REJECTED, "programa_falhou": a
 * number in `input` that a double can't carry as written (more than 15 digits
 * and not whole, or beyond 2^53), refused before the program runs; an error of
 * the program (its message cut, masked; with libjq 1.6 error(null) is none); a
 * result that is no JSON, too large or one of too many.
 */
enum status jqprog_run(struct jqprog *p, struct text input, jqprog_fn each,
    void *ctx, struct error *err);

/* The file that libjq was loaded from, which is all that it tells of its
 * version: libjq.so.1.0.4 is jq 1.6. */
void jqprog_library(char *out, size_t size);

#endif
