/* One request on its way; private to http. */
#ifndef VOLUM_NET_HTTP_TRANSFER_H
#define VOLUM_NET_HTTP_TRANSFER_H

#include <curl/curl.h>

#include "net/http.h"

struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	struct http_answer answer;
	void *tag;
	struct buf body; /* to be sent, of which so much has left */
	size_t given;
	size_t max_bytes, received;
	int spool_fd, spool_errno;
	long timeout_ms;
	bool too_large, has_headers, has_length;
	char said[CURL_ERROR_SIZE];
	struct transfer *next;
};

/* Fills an empty transfer for `req`; its easy handle is made when it has none.
 * False: libcurl refused something, the request must not leave. */
bool transfer_set_up(struct transfer *t, const struct http_request *req);
/* What it came to, when libcurl ended it with `rc`. */
void transfer_judge(struct transfer *t, CURLcode rc);
/* What it came to, when it is given up because a signal asked to stop. */
void transfer_stop(struct transfer *t);
/* What it came to, when transfer_set_up() failed. */
void transfer_refuse(struct transfer *t);
/* Empty again, the easy handle kept. */
void transfer_reset(struct transfer *t);
void transfer_free(struct transfer *t);

enum status url_check(
    bool allow_plain, const char *name, const char *url, struct error *err);
/* The host is 127.0.0.0/8, ::1 or localhost. */
bool url_is_loopback(const char *url);

#endif
