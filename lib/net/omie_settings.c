#include "net/omie_settings.h"

#include <stdlib.h>
#include <string.h>

#include "core/secret.h"

static struct omie_config
config_of(const struct omie_settings *s, const struct omie_config *hooks)
{
	const char *plain = getenv("VOLUM_ALLOW_HTTP");
	struct omie_config config = *hooks;

	config.url = s->url;
	config.limits = (struct pace_limits){ .per_minute = s->rate,
		.window_ms = s->window_s * 1000,
		.error_budget = s->error_budget,
		.block_ms = s->block_s * 1000,
		.ip_per_minute = s->ip_rate,
		.reserve = s->reserve,
		.rate_window_ms = s->rate_window_s * 1000 };
	config.allow_plain = plain != NULL && strcmp(plain, "1") == 0;
	config.timeout_ms = (long)s->timeout_s * 1000;
	return config;
}

enum status
omie_open_by(struct omie **out, const struct omie_settings *s,
    const struct omie_config *hooks, char account[OMIE_ACCOUNT_TEXT],
    struct error *err)
{
	struct omie_config config = config_of(s, hooks);
	struct secret key = { 0 }, secret = { 0 };
	enum status status;

	status = secret_require("OMIE_APP_KEY", &key, err);
	if (status == DONE)
		status = secret_require("OMIE_APP_SECRET", &secret, err);
	if (status == DONE) {
		config.app_key = key.text;
		config.app_secret = secret.text;
		omie_account(s->url, key.text, account);
		status = omie_open(out, &config, err);
	}
	secret_clear(&key);
	secret_clear(&secret);
	return status;
}

enum status
omie_hide_credentials(const struct omie_settings *s,
    char account[OMIE_ACCOUNT_TEXT], struct error *err)
{
	struct secret key = { 0 }, secret = { 0 };
	enum status status = secret_take("OMIE_APP_KEY", &key, err);

	account[0] = '\0';
	if (status == DONE)
		status = secret_take("OMIE_APP_SECRET", &secret, err);
	if (status == DONE && key.text != NULL)
		omie_account(s->url, key.text, account);
	secret_clear(&key);
	secret_clear(&secret);
	return status;
}
