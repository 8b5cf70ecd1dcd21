#include "domain/place.h"

#include "domain/plain.h"

/* Abbreviation and IBGE's first two digits (domain-br 5). */
static const char STATES[][5] = { "RO11", "AC12", "AM13", "RR14", "PA15",
	"AP16", "TO17", "MA21", "PI22", "CE23", "RN24", "PB25", "PE26", "AL27",
	"SE28", "BA29", "MG31", "ES32", "RJ33", "SP35", "PR41", "SC42", "RS43",
	"MS50", "MT51", "GO52", "DF53" };

static const char *
find_state(const char *state)
{
	for (size_t i = 0; i < sizeof(STATES) / sizeof(STATES[0]); i++)
		if (memcmp(STATES[i], state, 2) == 0)
			return STATES[i];
	return NULL;
}

bool
place_state(struct text typed, char out[STATE_TEXT])
{
	struct buf b = BUF_INIT;
	struct text t;
	bool known;

	plain_clean(&b, typed);
	t = buf_text(&b);
	known = t.len == 2;
	for (size_t i = 0; known && i < 2; i++)
		out[i] = t.at[i] >= 'a' && t.at[i] <= 'z'
		    ? (char)(t.at[i] - 'a' + 'A')
		    : t.at[i];
	buf_clear(&b);
	if (!known)
		return false;
	out[2] = '\0';
	return memcmp(out, "EX", 2) == 0 || find_state(out) != NULL;
}

bool
place_cep(struct text typed, char out[CEP_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.at[i];

		if (c == '-' || c == '.' || c == ' ')
			continue;
		if (c < '0' || c > '9' || n == CEP_TEXT - 1)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n == CEP_TEXT - 1;
}

bool
place_ibge(struct text code, const char *state)
{
	const char *row;

	if (code.len != 7)
		return false;
	for (size_t i = 0; i < code.len; i++)
		if (code.at[i] < '0' || code.at[i] > '9')
			return false;
	if (strlen(state) != 2 || (row = find_state(state)) == NULL)
		return false;
	return memcmp(row + 2, code.at, 2) == 0;
}

struct text
place_bare_town(struct text town)
{
	size_t n = town.len;

	if (n < 5 || town.at[n - 1] != ')' || town.at[n - 4] != '(')
		return town;
	n -= 4;
	while (n > 0 && town.at[n - 1] == ' ')
		n--;
	return (struct text){ town.at, n };
}

void
place_town(struct buf *out, struct text typed, const char *state)
{
	struct buf clean = BUF_INIT;
	struct text town;

	plain_clean(&clean, typed);
	town = buf_text(&clean);
	if (state[0] == '\0' || town.len == 0) {
		plain_fold(out, town);
	} else {
		plain_fold(out, place_bare_town(town));
		buf_printf(out, " (%s)", state);
	}
	buf_clear(&clean);
}
