/*
 * Patterns that survived Omie's rewordings (omie-api 3), on folded text. Where
 * a new wording appears, this is the place.
 */
#include <string.h>

#include "net/omie_rules.h"
#include "net/omie_text.h"

/* All the words of a row must be there. */
typedef const char *words[3];

/* Something broke while it was at work. */
static const words broken[] = {
	{ "byebye" },
	{ "broken response" },
};

static const words misuse[] = {
	{ "misuse" },
	{ "consumo indevido" },
};

static const words denied[] = {
	{ "chave de acesso", "invalid" },
	{ "chave de acesso", "suspens" },
	{ "aplicativo", "suspens" },
	{ "api is not enabled" },
	{ "autenticacao", "invalid" },
};

/* This call was not executed, but one like it was sent and may have been. */
static const words busy[] = {
	{ "redundan" },
	{ "existe uma requisi" },
	{ "ja foi processada" },
	{ "sendo processada" },
	{ "sendo executad" },
	{ "timeout" },
	{ "time out" },
	{ "web service" }, /* maintenance, omie-api 2.8 */
	{ "webservice" },
	/* Seen on valid requests, now and then. */
	{ "inform", "tag", "na altera" },
	{ "inform", "ncodctr", "altera" },
	{ "inform", "ncodos", "altera" },
};

static const long busy_numbers[] = { 6, 1880, 8020, 1100 };

/* The request itself is refused, before anything was done. */
static const words refused[] = {
	{ "faz parte da estrutura" },
	{ "json", "invalid" },
	{ "syntaxerror" },
	{ "syntax error" },
	{ "method", "not exist" },
	{ "metodo", "nao exist" },
	{ "preench" },
	{ "obrigatori" },
	{ "maior que" },
	{ "menor que" },
	{ "nao e possivel" },
	{ "nao permit" },
	{ "nao pode" },
	{ "deve ser" },
	{ "invalid" },
	{ " tag " },
};

enum { UNKNOWN_STRUCTURE = 5001, NO_RECORDS = 5113, REACH = 24 };

#define SAYS(said, rows) says((said), (rows), sizeof(rows) / sizeof(*(rows)))

static bool
says(const char *said, const words *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t w = 0;

		while (w < 3 && rows[i][w] && strstr(said, rows[i][w]))
			w++;
		if (w == 3 || rows[i][w] == NULL)
			return true;
	}
	return false;
}

bool
rule_broken(const char *said)
{
	return SAYS(said, broken);
}

bool
rule_account(const char *said, enum omie_verdict *out)
{
	if (SAYS(said, misuse))
		*out = OMIE_SHUT_OUT;
	else if (SAYS(said, denied))
		*out = OMIE_DENIED;
	else
		return false;
	return true;
}

bool
rule_busy(const char *said, long number)
{
	for (size_t i = 0; i < sizeof(busy_numbers) / sizeof(long); i++)
		if (number == busy_numbers[i])
			return true;
	return SAYS(said, busy);
}

static bool
says_duplicate(const char *said)
{
	return omie_near(said, "ja ", "cadastrad", REACH, "nao") ||
	    omie_near(said, "ja exist", "cadastr", REACH, "nao") ||
	    omie_near(said, "ja exist", "codigo de integra", 2 * REACH, "nao");
}

static bool
says_nothing(const char *said, long number)
{
	return number == NO_RECORDS ||
	    omie_near(said, "nao exist", "registro", REACH, NULL) ||
	    omie_near(said, "nao exist", "cadastro", REACH, NULL) ||
	    omie_near(said, "nao ha ", "registro", REACH, NULL) ||
	    omie_near(said, "nenhum", "encontrad", 3 * REACH, NULL) ||
	    omie_near(said, "nao ", "cadastrad", REACH, " ja ");
}

bool
rule_data(const char *said, long number, enum omie_verdict *out)
{
	*out = OMIE_PERMANENT;
	if (number == UNKNOWN_STRUCTURE)
		return true;
	if (says_duplicate(said))
		*out = OMIE_DUPLICATE;
	else if (says_nothing(said, number))
		*out = OMIE_NOTHING;
	else
		return SAYS(said, refused);
	return true;
}
