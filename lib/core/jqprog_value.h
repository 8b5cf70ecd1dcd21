/*
 * Records to libjq's values and back, for jqprog.c alone. A `jv` by value is
 * consumed as in libjq, `const jv *` only looks. Every kind is tested before
 * its accessor is called, which would abort() on another, and numbers are freed
 * too: from jq 1.7 on they own memory.
 */
#ifndef VOLUM_CORE_JQPROG_VALUE_H
#define VOLUM_CORE_JQPROG_VALUE_H

#include <jv.h>

#include "core/error.h"
#include "core/record.h"

/* Makes `v` a jv, the caller's to free. SOME_REJECTED, "programa_falhou": it
 * has a number that a double doesn't carry as written. `program` is for the
 * message. */
enum status
take_jv(const char *program, struct value v, jv *out, struct error *err);

/* Appends `v` as compact JSON, the same whatever the version of libjq; NULL, or
 * why it can't be written. */
const char *add_jv(struct buf *b, const jv *v);

/* The content of a string; lives as long as `v`. */
struct text text_of_jv(const jv *v);

#endif
