/* The structured log: one JSON object per event, in a file of its own. */
#ifndef VOLUM_CORE_LOG_H
#define VOLUM_CORE_LOG_H

#include "core/buf.h"
#include "core/clock.h"
#include "core/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log;

/* Appends to `path` (created 0600); NULL gives a log that drops everything.
 * `service` is the command's name. BAD_CONFIG: the file can't be opened. */
enum status log_open(struct log **out, const char *path, const char *service,
    const struct clock *clock, struct error *err);
/* NULL is fine, for log_event() too. */
void log_close(struct log *log);

/*
 * One line, one write: timestamp, level, service, message, requestId, traceId
 * (of core/trace.h), data.
 * `message` begins with Iniciando, Finalizando or Erro where one fits (design
 * section 3); it and the strings in `data` are masked (core/mask.h). `data` is
 * a JSON object as text, or {NULL,0}. A failing write is ignored: the log never
 * stops the work.
 */
void log_event(struct log *log, enum log_level level, struct text request_id,
    struct text data, const char *message, ...)
    __attribute__((format(printf, 5, 6)));

#endif
