/*
 * CNPJ and CPF: 14 characters, the first twelve of them digits or letters, or
 * 11 digits; check digits modulo 11 over the ASCII code minus 48 (IN RFB 2.229
 * of 2024 for the letters). That Omie takes letters at all is [?] (7), hence
 * --alphanumeric.
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

/* The digit after the first `n` characters; `most` is the largest weight. */
static int
check_digit(const char *document, int n, int most)
{
	int sum = 0, weight = 2;

	for (int i = n - 1; i >= 0; i--) {
		sum += (document[i] - '0') * weight;
		weight = weight == most ? 2 : weight + 1;
	}
	return sum % 11 < 2 ? 0 : 11 - sum % 11;
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

/*
 * n times a number without a common factor with 10^8 visits each root once, so
 * no two companies of a seed share a document. Letters stand for the first two
 * digits one by one, which keeps the alphanumeric ones apart too.
 */
void
document_generate(
    int64_t seed, int64_t n, bool letters, char out[DOCUMENT_SIZE])
{
	uint64_t root =
	    ((uint64_t)n * 61803399u + (uint64_t)seed * 27182819u) % 100000000u;

	snprintf(out, DOCUMENT_SIZE, "%08u0001", (unsigned)root);
	for (int i = 0; letters && i < 2; i++)
		out[i] = "ABCDEGHJKL"[out[i] - '0'];
	out[12] = (char)('0' + check_digit(out, 12, 9));
	out[13] = (char)('0' + check_digit(out, 13, 9));
	out[14] = '\0';
}
