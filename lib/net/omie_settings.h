/* What every command that calls Omie can be told about it, in one place. */
#ifndef VOLUM_NET_OMIE_SETTINGS_H
#define VOLUM_NET_OMIE_SETTINGS_H

#include <stddef.h>

#include "core/options.h"
#include "net/omie.h"

/* A member of the command's struct options. */
struct omie_settings {
	const char *url;
	int64_t rate, ip_rate, reserve, rate_window_s;
	int64_t window_s, error_budget, block_s, timeout_s;
};

/* The documented limits (omie-api 2.1, 2.5). */
#define OMIE_SETTINGS \
	{ \
		.url = "https://app.omie.com.br/api/v1/", .rate = 240, \
		.ip_rate = 960, .rate_window_s = 60, .window_s = 60, \
		.error_budget = 10, .block_s = 1800, .timeout_s = 90 \
	}

/* Rows of the option table; `member` is that of `struct options`. */
#define OMIE_AT(member, field) offsetof(struct options, member.field)
#define OMIE_ROWS(url_name, member) \
	{ url_name, 0, OPTION_TEXT, N_("URL"), OMIE_AT(member, url), \
		"OMIE_API_URL", N_("Omie, up to and without geral/"), 0, 0 }, \
	    { "rate-per-min", 0, OPTION_NUMBER, N_("N"), \
		    OMIE_AT(member, rate), "OMIE_RATE_PER_MIN", \
		    N_("calls a minute of one method"), 1, 60000 }, \
	    { "ip-rate-per-min", 0, OPTION_NUMBER, N_("N"), \
		    OMIE_AT(member, ip_rate), "OMIE_IP_RATE_PER_MIN", \
		    N_("calls a minute of all methods"), 1, 60000 }, \
	    { "reserve", 0, OPTION_NUMBER, N_("PERCENT"), \
		    OMIE_AT(member, reserve), "OMIE_RESERVE", \
		    N_("of both rates that is left to others"), 0, 90 }, \
	    { "rate-window", 0, OPTION_NUMBER, N_("S"), \
		    OMIE_AT(member, rate_window_s), "OMIE_RATE_WINDOW_S", \
		    N_("seconds that the rates are counted over"), 1, 3600 }, \
	    { "same-call-window", 0, OPTION_NUMBER, N_("S"), \
		    OMIE_AT(member, window_s), "OMIE_SAME_CALL_WINDOW_S", \
		    N_("seconds between two identical calls"), 0, 86400 }, \
	    { "error-budget", 0, OPTION_NUMBER, N_("N"), \
		    OMIE_AT(member, error_budget), "OMIE_ERROR_BUDGET", \
		    N_("errors that lock the account out; stops two before"), \
		    3, 1000000 }, \
	    { "block", 0, OPTION_NUMBER, N_("S"), OMIE_AT(member, block_s), \
		    "OMIE_BLOCK_S", \
		    N_("seconds that errors count and a lock-out lasts"), 1, \
		    86400 }, \
	{ \
		"timeout", 0, OPTION_NUMBER, N_("S"), \
		    OMIE_AT(member, timeout_s), NULL, \
		    N_("seconds for one whole answer"), 1, 3600 \
	}

/*
 * Opens Omie by the settings, with OMIE_APP_KEY and OMIE_APP_SECRET of the
 * environment, which no child sees from then on; `hooks` gives waiting, leaving
 * and ctx. Fills `account`. BAD_CONFIG: a credential is missing, and as
 * omie_open().
 */
enum status omie_open_by(struct omie **out, const struct omie_settings *s,
    const struct omie_config *hooks, char account[OMIE_ACCOUNT_TEXT],
    struct error *err);
/* Takes the credentials out of the environment without using them, and fills
 * `account` where there is a key ("" else). */
enum status omie_hide_credentials(const struct omie_settings *s,
    char account[OMIE_ACCOUNT_TEXT], struct error *err);

#endif
