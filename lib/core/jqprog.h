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
 * Compiles `program`; `name` is for messages. Programs that use env, $ENV,
 * input, inputs, debug, stderr, input_filename, halt, import, include or
 * getpath-to-environment are refused: BAD_CONFIG, as for a program that doesn't
 * compile (jq's own message, one line).
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
 * form without exponent below 1e17. A number in `input` that a double can't
 * carry as written (more than 15 significant digits) is refused before the
 * program runs. SOME_REJECTED: "programa_falhou", with jq's message (cut,
 * masked).
 */
enum status jqprog_run(struct jqprog *p, struct text input, jqprog_fn each,
    void *ctx, struct error *err);

#endif
