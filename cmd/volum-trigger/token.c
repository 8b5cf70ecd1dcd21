#include "volum-trigger/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { SHA256_BYTES = 32 };

static void
digest(struct text t, unsigned char out[SHA256_BYTES])
{
	/* Fails only without memory. */
	if (EVP_Digest(t.at, t.len, out, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

/* Digests have one length, so the time says nothing of the token's. */
bool
token_same(struct text a, struct text b)
{
	unsigned char one[SHA256_BYTES], other[SHA256_BYTES];

	digest(a, one);
	digest(b, other);
	return CRYPTO_memcmp(one, other, SHA256_BYTES) == 0;
}

struct text
token_of_header(const char *authorization)
{
	const char *at = authorization;

	if (at == NULL || strncasecmp(at, "Bearer ", 7) != 0)
		return (struct text){ 0 };
	at += 7;
	while (*at == ' ')
		at++;
	return text_of(at);
}

void
token_hex(struct text t, char out[TOKEN_HEX])
{
	unsigned char bytes[SHA256_BYTES];

	digest(t, bytes);
	for (int i = 0; i < SHA256_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}
