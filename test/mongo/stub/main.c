/*
 * mongo-stub [--standalone] [--port N] [--fault NAME:N:FAULT]... [--hang-ms N]
 * [--log FILE]: its address is the first line of stdout; a signal ends it.
 */
#include <arpa/inet.h>
#include <err.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mongo/stub/stub.h"

struct stub_options stub = { .hang_ms = 3000 };

static void
read_option(int option)
{
	switch (option) {
	case 's':
		stub.standalone = true;
		return;
	case 'p':
		stub.port = (int)strtol(optarg, NULL, 10);
		return;
	case 'h':
		stub.hang_ms = strtol(optarg, NULL, 10);
		return;
	case 'l':
		if ((stub.log = fopen(optarg, "ae")) == NULL)
			err(73, "%s", optarg);
		return;
	case 'f':
		if (fault_add(optarg))
			return;
		errx(64, "no such fault: %s", optarg);
	default:
		exit(64);
	}
}

static void
read_options(int argc, char **argv)
{
	static const struct option rows[] = { { "standalone", 0, NULL, 's' },
		{ "port", 1, NULL, 'p' }, { "hang-ms", 1, NULL, 'h' },
		{ "log", 1, NULL, 'l' }, { "fault", 1, NULL, 'f' },
		{ NULL, 0, NULL, 0 } };

	for (int o; (o = getopt_long(argc, argv, "+", rows, NULL)) != -1;)
		read_option(o);
}

static int
open_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)stub.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &size) != 0)
		err(69, "listen");
	stub.port = ntohs(at.sin_port);
	return fd;
}

static void *
serve(void *of)
{
	int fd = (int)(intptr_t)of, on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	wire_serve(fd);
	close(fd);
	return NULL;
}

static void *
accept_all(void *of)
{
	int listener = (int)(intptr_t)of;

	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (fd < 0)
			continue;
		if (pthread_create(
			&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	sigset_t ends;
	pthread_t thread;
	int signal_number;

	signal(SIGPIPE, SIG_IGN);
	read_options(argc, argv);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	int fd = open_port();
	printf("mongodb://127.0.0.1:%d%s\n", stub.port,
	    stub.standalone ? "" : "/?replicaSet=rs0");
	fflush(stdout);
	if (pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)fd) !=
	    0)
		errx(71, "no thread");
	sigwait(&ends, &signal_number);
	/* Connections may still hold what is here: the kernel takes it. */
	_exit(0);
}
