/*
 * CNPJ and CPF as Omie takes and shows them. That it takes a CNPJ with letters
 * at all is [?] (7), hence --alphanumeric.
 */
#include <stdio.h>
#include <string.h>

#include "domain/cnpj.h"
#include "sim/omie-sim/sim.h"

void
document_normalise(struct text typed, char out[DOCUMENT_SIZE])
{
	size_t n = 0;

	for (size_t i = 0; i < typed.len && n < 20; i++) {
		char ch = typed.at[i];

		if (strchr("./- \t", ch) != NULL && ch != '\0')
			continue;
		out[n++] = ch >= 'a' && ch <= 'z' ? (char)(ch - 32) : ch;
	}
	out[n] = '\0';
}

bool
document_valid(const char *document)
{
	return cnpj_check(text_of(document)) == CNPJ_OK;
}

bool
document_has_letters(const char *document)
{
	return document[strspn(document, "0123456789")] != '\0';
}

void
document_format(const char *document, char out[DOCUMENT_SIZE])
{
	const char *d = document;

	if (strlen(d) == 14)
		snprintf(out, DOCUMENT_SIZE, "%.2s.%.3s.%.3s/%.4s-%.2s", d,
		    d + 2, d + 5, d + 8, d + 12);
	else if (strlen(d) == 11)
		snprintf(out, DOCUMENT_SIZE, "%.3s.%.3s.%.3s-%.2s", d, d + 3,
		    d + 6, d + 9);
	else
		snprintf(out, DOCUMENT_SIZE, "%.20s", d);
}
