/* What a trigger that comes from outside must look like. */
#ifndef VOLUM_TRIGGER_SCHEMA_H
#define VOLUM_TRIGGER_SCHEMA_H

#include "core/clock.h"
#include "core/error.h"
#include "core/record.h"

/*
 * A trigger of volum-records(5) that names its companies, and whose month has
 * begun on the day `today`. Members that it doesn't know are left alone, except
 * for those that would make the line another kind of record, and `requestId`,
 * which is ours to give. SOME_REJECTED: it is none.
 */
enum status
schema_check(struct value trigger, struct day today, struct error *err);

/* The line for the run: the trigger as it came, with our `requestId`. */
void schema_build(struct buf *out, struct value trigger, const char *id);

#endif
