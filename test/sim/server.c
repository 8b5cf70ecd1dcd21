/*
 * The loopback server under both simulators. A thread per connection, so that
 * one hanging answer never keeps the others waiting; a lock around the handler
 * unless the simulator says that it can be run side by side.
 */
#include "sim/server.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/ndjson.h"

enum {
	MAX_BODY = 16 * 1024 * 1024,
	ANSWER_HEADERS =
	    sizeof(((struct sim_answer *)0)->headers) / sizeof(char[2][256])
};

static struct {
	pthread_mutex_t lock;
	double scale;
	int64_t base_ms, since_ms; /* simulated and monotonic, together */
} sim_clock = { PTHREAD_MUTEX_INITIALIZER, 1, 0, 0 };

struct server {
	const struct sim_options *options;
	sim_handler handler;
	void *state;
	pthread_mutex_t handling; /* unless concurrent */
	pthread_mutex_t logging;
	int log_fd; /* -1: none */
	atomic_uint_fast64_t requests;
	pthread_mutex_t stop_lock;
	pthread_cond_t stop_change;
	bool stopping;
};

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Moves the base to this moment; the lock is held. */
static void
settle_clock(void)
{
	struct timespec t;
	int64_t now = monotonic_ms();

	if (sim_clock.base_ms == 0) {
		clock_gettime(CLOCK_REALTIME, &t);
		sim_clock.base_ms =
		    (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	} else {
		sim_clock.base_ms +=
		    (int64_t)((double)(now - sim_clock.since_ms) *
			sim_clock.scale);
	}
	sim_clock.since_ms = now;
}

int64_t
sim_now(void)
{
	int64_t now;

	pthread_mutex_lock(&sim_clock.lock);
	if (sim_clock.base_ms == 0)
		settle_clock();
	now = sim_clock.base_ms +
	    (int64_t)((double)(monotonic_ms() - sim_clock.since_ms) *
		sim_clock.scale);
	pthread_mutex_unlock(&sim_clock.lock);
	return now;
}

void
sim_advance(int64_t ms)
{
	pthread_mutex_lock(&sim_clock.lock);
	settle_clock();
	sim_clock.base_ms += ms;
	pthread_mutex_unlock(&sim_clock.lock);
}

static void
scale_clock(double scale)
{
	pthread_mutex_lock(&sim_clock.lock);
	settle_clock();
	sim_clock.scale = scale > 0 ? scale : 1;
	pthread_mutex_unlock(&sim_clock.lock);
}

const char *
sim_query(const struct sim_request *request, const char *name)
{
	return MHD_lookup_connection_value(
	    request->connection, MHD_GET_ARGUMENT_KIND, name);
}

void
sim_header(struct sim_answer *answer, const char *name, const char *value)
{
	for (size_t i = 0; i < ANSWER_HEADERS; i++) {
		char(*slot)[256] = answer->headers[i];

		if (slot[0][0] != '\0')
			continue;
		snprintf(slot[0], sizeof(slot[0]), "%s", name);
		snprintf(slot[1], sizeof(slot[1]), "%s", value);
		return;
	}
	errx(70, "more than %d headers in one answer", (int)ANSWER_HEADERS);
}

/* Sleeps in real time, shorter when the server ends. */
static void
rest(struct server *s, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&s->stop_lock);
	while (!s->stopping &&
	    pthread_cond_timedwait(&s->stop_change, &s->stop_lock, &until) == 0)
		;
	pthread_mutex_unlock(&s->stop_lock);
}

/* The body with Omie's credentials left out; nothing of it when it can't be
 * read, since then nobody knows where they stand. */
static void
log_body(struct buf *line, struct text body)
{
	static const char *const secrets[] = { "app_key", "app_secret", NULL };
	struct record *rec;
	struct error err;

	if (body.len == 0)
		return;
	rec = record_new();
	if (ndjson_parse_any(rec, body, &err) == DONE &&
	    value_kind(record_root(rec)) == IS_OBJECT) {
		build_name(line, "body");
		build_open(line, '{');
		build_members_but(line, record_root(rec), secrets);
		build_close(line, '}');
	} else {
		build_name(line, "unreadableBytes");
		build_integer(line, (int64_t)body.len);
	}
	record_free(rec);
}

static void
log_request(struct server *s, const struct sim_request *request,
    const struct sim_answer *answer)
{
	static const char *const outcomes[] = { "answered", "cut", "cut-body",
		"hang" };
	struct buf line = BUF_INIT;
	char when[INSTANT_TEXT];

	if (s->log_fd < 0)
		return;
	instant_format_ms(sim_now(), when);
	build_open(&line, '{');
	build_name(&line, "number");
	build_integer(&line, (int64_t)request->number);
	build_text_member(&line, "time", text_of(when));
	instant_format_ms(request->received, when);
	build_text_member(&line, "received", text_of(when));
	build_text_member(&line, "method", text_of(request->method));
	build_text_member(&line, "path", text_of(request->path));
	if (answer->call[0] != '\0')
		build_text_member(&line, "call", text_of(answer->call));
	build_text_member(&line, "outcome", text_of(outcomes[answer->cut]));
	build_name(&line, "status");
	build_integer(&line, answer->status);
	if (answer->hang_ms > 0) {
		build_name(&line, "hangMs");
		build_integer(&line, answer->hang_ms);
	}
	if (answer->fault[0] != '\0')
		build_text_member(&line, "fault", text_of(answer->fault));
	if (answer->note[0] != '\0')
		build_text_member(&line, "note", text_of(answer->note));
	log_body(&line, request->body);
	build_close(&line, '}');
	buf_add_byte(&line, '\n');
	pthread_mutex_lock(&s->logging);
	if (write(s->log_fd, line.data, line.len) != (ssize_t)line.len)
		warn("log %s", s->options->log_path);
	pthread_mutex_unlock(&s->logging);
	buf_clear(&line);
}

/* Half of the promised body, then the connection goes. */
static ssize_t
half_body(void *ctx, uint64_t pos, char *out, size_t max)
{
	const struct buf *body = ctx;
	size_t left;

	if (pos >= body->len / 2)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	left = body->len / 2 - (size_t)pos;
	left = left < max ? left : max;
	memcpy(out, body->data + pos, left);
	return (ssize_t)left;
}

static void
free_body(void *ctx)
{
	struct buf *body = ctx;

	buf_clear(body);
	free(body);
}

/* Takes over the answer's body. */
static struct MHD_Response *
make_response(struct sim_answer *answer)
{
	struct buf *kept;

	if (answer->cut != SIM_CUT_BODY)
		return MHD_create_response_from_buffer(
		    answer->body.len, answer->body.data, MHD_RESPMEM_MUST_COPY);
	kept = mem_alloc(sizeof(*kept));
	*kept = answer->body;
	answer->body = BUF_INIT;
	return MHD_create_response_from_callback(
	    kept->len, 4096, half_body, kept, free_body);
}

static enum MHD_Result
send_answer(struct MHD_Connection *connection, struct sim_answer *answer)
{
	struct MHD_Response *response = make_response(answer);
	enum MHD_Result sent;

	if (response == NULL)
		return MHD_NO;
	if (answer->content_type != NULL)
		MHD_add_response_header(
		    response, "Content-Type", answer->content_type);
	for (size_t i = 0; i < ANSWER_HEADERS; i++)
		if (answer->headers[i][0][0] != '\0')
			MHD_add_response_header(response, answer->headers[i][0],
			    answer->headers[i][1]);
	sent =
	    MHD_queue_response(connection, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	return sent;
}

static enum MHD_Result
answer_request(struct server *s, struct MHD_Connection *connection,
    const struct sim_request *request, bool too_large)
{
	struct sim_answer answer = { .status = 200 };
	enum MHD_Result sent = MHD_NO; /* closes without an answer */

	if (too_large) {
		answer.status = 413;
	} else if (s->options->concurrent) {
		s->handler(s->state, request, &answer);
	} else {
		pthread_mutex_lock(&s->handling);
		s->handler(s->state, request, &answer);
		pthread_mutex_unlock(&s->handling);
	}
	/* Before the answer leaves: who has it may read the log. */
	log_request(s, request, &answer);
	if (answer.hang_ms > 0)
		rest(s, answer.hang_ms);
	if (answer.cut == SIM_WHOLE || answer.cut == SIM_CUT_BODY)
		sent = send_answer(connection, &answer);
	buf_clear(&answer.body);
	return sent;
}

static enum MHD_Result
on_access(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **mine)
{
	struct server *s = ctx;
	struct buf *body = *mine;
	struct sim_request request;

	(void)version;
	if (body == NULL) {
		*mine = body = mem_zalloc(sizeof(*body));
		body->max = MAX_BODY;
		return MHD_YES;
	}
	if (*size > 0) {
		buf_add(body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	request = (struct sim_request){
		.method = method,
		.path = url,
		.body = buf_text(body),
		.authorization = MHD_lookup_connection_value(
		    connection, MHD_HEADER_KIND, "Authorization"),
		.number = atomic_fetch_add(&s->requests, 1) + 1,
		.received = sim_now(),
		.connection = connection,
	};
	return answer_request(s, connection, &request, body->overflown);
}

static void
on_completed(void *ctx, struct MHD_Connection *connection, void **mine,
    enum MHD_RequestTerminationCode how)
{
	(void)ctx;
	(void)connection;
	(void)how;
	if (*mine != NULL)
		free_body(*mine);
	*mine = NULL;
}

/* A cut on purpose is no news for stderr. */
static void
no_log(void *ctx, const char *fmt, va_list args)
{
	(void)ctx;
	(void)fmt;
	(void)args;
}

static struct MHD_Daemon *
start_daemon(struct server *s)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->options->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};

	return MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION |
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG,
	    (uint16_t)s->options->port, NULL, NULL, on_access, s,
	    MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&here, MHD_OPTION_END);
}

static int
announce(struct MHD_Daemon *daemon, const char *suffix)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);

	printf("http://127.0.0.1:%u%s\n", (unsigned)info->port, suffix);
	if (fflush(stdout) == EOF) {
		warn("stdout");
		return OUTPUT_FAILED;
	}
	return DONE;
}

static void
serve_until_signal(
    struct server *s, const sigset_t *signals, struct MHD_Daemon *daemon)
{
	int which;

	sigwait(signals, &which);
	pthread_mutex_lock(&s->stop_lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->stop_change);
	pthread_mutex_unlock(&s->stop_lock);
	MHD_stop_daemon(daemon);
}

static void
init_locks(struct server *s)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&s->handling, NULL);
	pthread_mutex_init(&s->logging, NULL);
	pthread_mutex_init(&s->stop_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->stop_change, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

/* The signals wait for sigwait() in every thread; a closed pipe is no signal.
 */
static void
hold_signals(sigset_t *signals)
{
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, signals, NULL);
}

int
sim_serve(const struct sim_options *options, const char *suffix,
    sim_handler handler, void *state)
{
	struct server s = {
		.options = options,
		.handler = handler,
		.state = state,
		.log_fd = -1,
	};
	struct MHD_Daemon *daemon = NULL;
	sigset_t signals;
	int exit_code = BAD_CONFIG;

	init_locks(&s);
	hold_signals(&signals);
	scale_clock(options->time_scale);
	if (options->log_path != NULL &&
	    (s.log_fd = open(options->log_path,
		 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) {
		warn("log %s", options->log_path);
		goto done;
	}
	if ((daemon = start_daemon(&s)) == NULL) {
		warn("can't listen on 127.0.0.1:%d", options->port);
		goto done;
	}
	if ((exit_code = announce(daemon, suffix)) == DONE)
		serve_until_signal(&s, &signals, daemon);
	else
		MHD_stop_daemon(daemon);
done:
	if (s.log_fd >= 0)
		close(s.log_fd);
	return exit_code;
}
