/*
 * What both simulators stand on: a loopback HTTP server (libmicrohttpd), a
 * clock that can be scaled and set, and an NDJSON log of what was received.
 */
#ifndef VOLUM_SIM_SERVER_H
#define VOLUM_SIM_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/record.h"

struct sim_request {
	const char *method, *path;
	struct text body;
	const char *authorization; /* header, or NULL */
	uint64_t number;	   /* of this request, from 1 */
	int64_t received;	   /* sim_now(), once it was read */
	void *connection;	   /* for sim_query() */
};

enum sim_cut {
	SIM_WHOLE,
	SIM_CUT_NOTHING, /* connection closed without an answer */
	SIM_CUT_BODY,	 /* Content-Length promises more than comes */
	SIM_HANG	 /* no answer for hang_ms, then closed */
};

struct sim_answer {
	int status;
	const char *content_type;
	struct buf body;
	char headers[8][2][256]; /* name and value, "" ends the list */
	enum sim_cut cut;
	int64_t hang_ms; /* also a delay before a whole answer */
	char note[120];	 /* what the log says about it: fault, rule */
	/* For the log's members `call` and `fault`; "" leaves them out. */
	char call[64], fault[64];
};

/* One at a time per server unless `concurrent`; fills `answer`. */
typedef void (*sim_handler)(
    void *state, const struct sim_request *request, struct sim_answer *answer);

struct sim_options {
	int port;	      /* 0: any free one */
	const char *log_path; /* NDJSON; NULL: none */
	double time_scale;    /* simulated seconds per real second, 1 */
	bool concurrent;      /* handler may run in several threads */
};

/* Serves on 127.0.0.1, prints `http://127.0.0.1:PORT` + `suffix` as the first
 * line of stdout, runs until SIGTERM or SIGINT. Returns the exit code. */
int sim_serve(const struct sim_options *options, const char *suffix,
    sim_handler handler, void *state);

/* Simulated time, ms since the epoch; starts at the real one. */
int64_t sim_now(void);
void sim_advance(int64_t ms);
/* A query parameter, or NULL. */
const char *sim_query(const struct sim_request *request, const char *name);
void sim_header(struct sim_answer *answer, const char *name, const char *value);

#endif
