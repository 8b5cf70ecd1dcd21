/* Which URLs credentials may travel to. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "net/http_transfer.h"

/* libcurl's own parser, so that no host is read in two ways. The URL API needs
 * no curl_global_init(). */
static bool
url_part(CURLU *url, CURLUPart part, char *out, size_t size)
{
	char *text = NULL;

	out[0] = '\0';
	if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
		return false;
	snprintf(out, size, "%s", text);
	curl_free(text);
	return true;
}

static bool
host_is_loopback(const char *host)
{
	struct in_addr v4;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 &&
	    ntohl(v4.s_addr) >> 24 == 127;
}

static enum status
check_parts(bool allow_plain, const char *name, CURLU *url, struct error *err)
{
	char scheme[16], host[256], part[2];

	url_part(url, CURLUPART_SCHEME, scheme, sizeof(scheme));
	url_part(url, CURLUPART_HOST, host, sizeof(host));
	if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		return fail(
		    err, BAD_CONFIG, "%s: not an http or https URL", name);
	if (url_part(url, CURLUPART_USER, part, sizeof(part)) ||
	    url_part(url, CURLUPART_PASSWORD, part, sizeof(part)))
		return fail(err, BAD_CONFIG,
		    "%s: credentials have no place in a URL", name);
	if (url_part(url, CURLUPART_QUERY, part, sizeof(part)) ||
	    url_part(url, CURLUPART_FRAGMENT, part, sizeof(part)))
		return fail(err, BAD_CONFIG,
		    "%s: a base URL has no query and no fragment", name);
	if (strcmp(scheme, "http") == 0 && !allow_plain &&
	    !host_is_loopback(host))
		return fail(err, BAD_CONFIG,
		    "%s: plain http to %s would show the credentials; use "
		    "https, or set VOLUM_ALLOW_HTTP=1",
		    name, host);
	return DONE;
}

enum status
url_check(
    bool allow_plain, const char *name, const char *text, struct error *err)
{
	CURLU *url = curl_url();
	enum status status;

	if (url == NULL ||
	    curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) !=
		CURLUE_OK)
		status =
		    fail(err, BAD_CONFIG, "%s: not an http or https URL", name);
	else
		status = check_parts(allow_plain, name, url, err);
	curl_url_cleanup(url);
	return status;
}

bool
url_is_loopback(const char *text)
{
	CURLU *url = curl_url();
	char host[256] = "";

	if (url != NULL &&
	    curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
		url_part(url, CURLUPART_HOST, host, sizeof(host));
	curl_url_cleanup(url);
	return host_is_loopback(host);
}
