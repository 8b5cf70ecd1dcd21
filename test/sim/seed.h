/* Companies out of a seed: the same number is the same company in both
 * simulators, in every run. */
#ifndef VOLUM_SIM_SEED_H
#define VOLUM_SIM_SEED_H

#include <stdint.h>

enum { SEED_CNPJ = 15, SEED_NAME = 64 };

/* A well mixed number for (seed, a, b). */
uint64_t seed_mix(uint64_t seed, uint64_t a, uint64_t b);
/* A valid CNPJ, bare; every seventh company has letters in it. */
void seed_cnpj(uint64_t seed, uint64_t company, char out[SEED_CNPJ]);
/* "Transportes Exemplo 0001 Ltda" */
void seed_name(uint64_t seed, uint64_t company, char out[SEED_NAME]);

#endif
