#include "sim/seed.h"

#include <stdio.h>
#include <string.h>

uint64_t
seed_mix(uint64_t seed, uint64_t a, uint64_t b)
{
	uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + a;

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9) + b;
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* Weights 2 to 9 from the right, modulo 11, over byte - 48 (IN RFB 2.229). */
static char
check_digit(const char *cnpj, int length)
{
	int i, sum = 0;

	for (i = 0; i < length; i++)
		sum += (cnpj[i] - 48) * (2 + (length - 1 - i) % 8);
	sum %= 11;
	return (char)('0' + (sum < 2 ? 0 : 11 - sum));
}

void
seed_cnpj(uint64_t seed, uint64_t company, char out[SEED_CNPJ])
{
	static const char symbols[] = "0123456789ABCDEGHJKLMNPRSTVWXYZ";
	uint64_t base = company % 7 == 0 ? 31 : 10;
	uint64_t x = seed_mix(seed, company, 1);
	int i;

	/* The company's own number, so that no two are alike. */
	snprintf(
	    out, SEED_CNPJ, "%07llu", (unsigned long long)(company % 10000000));
	memmove(out + 1, out, 7);
	out[0] = symbols[x % base];
	memcpy(out + 8, "0001", 4);
	if (base == 31)
		for (i = 8, x /= base; i < 12; i++, x /= base)
			out[i] = symbols[x % base];
	out[12] = check_digit(out, 12);
	out[13] = check_digit(out, 13);
	out[14] = '\0';
}

void
seed_name(uint64_t seed, uint64_t company, char out[SEED_NAME])
{
	static const char *const trades[] = { "Transportes", "Comércio",
		"Serviços", "Logística", "Condomínio" };

	snprintf(out, SEED_NAME, "%s Exemplo %04llu Ltda",
	    trades[seed_mix(seed, company, 2) % 5],
	    (unsigned long long)company);
}
