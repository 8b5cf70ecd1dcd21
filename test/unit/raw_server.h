/* A loopback HTTP server on bare sockets, one thread per connection, for the
 * misbehaviour that a well-made server can't be brought to. */
#ifndef VOLUM_TEST_RAW_SERVER_H
#define VOLUM_TEST_RAW_SERVER_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RAW_MAX_CONNECTIONS = 512, RAW_REQUEST = 65536 };

struct raw_server;

/* Whether requests are read at all, else how the connection is ended. */
enum raw_reading { RAW_READS, RAW_FIN, RAW_RST };

/* Answers one request; false: close the connection. */
typedef bool (*raw_answer_fn)(
    struct raw_server *s, int fd, const char *request, int number);

struct raw_server {
	raw_answer_fn answer;
	void *ctx;
	enum raw_reading reading;
	atomic_int requests, connections, posts;
	char url[64];
	int fd, stop[2];
	pthread_t acceptor, workers[RAW_MAX_CONNECTIONS];
	int fds[RAW_MAX_CONNECTIONS];
};

struct raw_worker {
	struct raw_server *server;
	int fd;
};

static inline void
raw_send(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

static inline void
raw_say(int fd, const char *text)
{
	raw_send(fd, text, strlen(text));
}

/* A whole answer that keeps the connection. */
static inline void
raw_reply(int fd, int status, const char *headers, const char *body, size_t len)
{
	char head[512];

	snprintf(head, sizeof(head),
	    "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n", status, len,
	    headers);
	raw_say(fd, head);
	raw_send(fd, body, len);
}

/* Waits, unless the server is told to end: no test hangs on a slow answer. */
static inline void
raw_pause(struct raw_server *s, int ms)
{
	struct pollfd p = { .fd = s->stop[0], .events = POLLIN };

	poll(&p, 1, ms);
}

/* One request into `out`; 0 at the end of the connection. */
static inline size_t
raw_read(int fd, char *out, size_t size)
{
	size_t have = 0, want = SIZE_MAX;

	while (have < want && have + 1 < size) {
		ssize_t n = recv(fd, out + have, size - 1 - have, 0);
		char *end, *length;

		if (n <= 0)
			return 0;
		have += (size_t)n;
		out[have] = '\0';
		if (want != SIZE_MAX || !(end = strstr(out, "\r\n\r\n")))
			continue;
		want = (size_t)(end + 4 - out);
		if ((length = strcasestr(out, "content-length:")) != NULL)
			want += strtoul(length + 15, NULL, 10);
	}
	return have;
}

static inline void *
raw_worker_main(void *arg)
{
	struct raw_worker w = *(struct raw_worker *)arg;
	char *request = malloc(RAW_REQUEST);
	bool keep = true;

	free(arg);
	if (w.server->reading != RAW_READS) {
		struct pollfd p = { .fd = w.fd, .events = POLLIN };

		poll(&p, 1, 5000);
		keep = false;
	}
	while (keep && raw_read(w.fd, request, RAW_REQUEST) > 0) {
		int number = ++w.server->requests;

		if (strncmp(request, "POST", 4) == 0)
			w.server->posts++;
		keep = w.server->answer(w.server, w.fd, request, number);
	}
	free(request);
	if (w.server->reading == RAW_RST) {
		struct linger hard = { .l_onoff = 1 };

		setsockopt(w.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(w.fd);
	} else {
		shutdown(w.fd, SHUT_WR);
	}
	return NULL;
}

static inline void *
raw_accept_main(void *arg)
{
	struct raw_server *s = arg;
	struct pollfd p[2] = { { .fd = s->fd, .events = POLLIN },
		{ .fd = s->stop[0], .events = POLLIN } };

	while (poll(p, 2, -1) > 0 && p[1].revents == 0) {
		struct raw_worker *w = malloc(sizeof(*w));
		int n = s->connections;

		*w = (struct raw_worker){ s, accept(s->fd, NULL, NULL) };
		setsockopt(
		    w->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		if (w->fd < 0 || n == RAW_MAX_CONNECTIONS)
			abort();
		s->fds[n] = w->fd;
		/* Before its first answer can be seen. */
		s->connections++;
		pthread_create(&s->workers[n], NULL, raw_worker_main, w);
	}
	return NULL;
}

static inline struct raw_server *
raw_open(raw_answer_fn answer, void *ctx)
{
	struct raw_server *s = calloc(1, sizeof(*s));
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	s->answer = answer;
	s->ctx = ctx;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s->fd, (struct sockaddr *)&at, len) != 0 ||
	    listen(s->fd, 128) != 0 || pipe(s->stop) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&at, &len) != 0)
		abort();
	snprintf(
	    s->url, sizeof(s->url), "http://127.0.0.1:%d", ntohs(at.sin_port));
	pthread_create(&s->acceptor, NULL, raw_accept_main, s);
	return s;
}

static inline void
raw_close(struct raw_server *s)
{
	close(s->stop[1]); /* wakes acceptor and pauses alike */
	pthread_join(s->acceptor, NULL);
	for (int i = 0; i < s->connections; i++) {
		if (s->reading != RAW_RST)
			shutdown(s->fds[i], SHUT_RDWR);
		pthread_join(s->workers[i], NULL);
		if (s->reading != RAW_RST)
			close(s->fds[i]);
	}
	close(s->stop[0]);
	close(s->fd);
	free(s);
}

#endif
