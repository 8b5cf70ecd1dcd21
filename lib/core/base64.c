#include "core/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_add(struct buf *out, struct text bytes)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t count = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t group = 0;

		for (size_t n = 0; n < 3; n++)
			group = group << 8 |
			    (n < count ? (unsigned char)bytes.at[i + n] : 0);
		for (size_t n = 0; n < 4; n++)
			buf_add_byte(out,
			    n > count ? '='
				      : alphabet[group >> (18 - 6 * n) & 63]);
	}
}

/* The 6 bits that `c` stands for, -1 when it stands for none. */
static int
digit(char c)
{
	const char *found = memchr(alphabet, c, sizeof(alphabet) - 1);

	return found ? (int)(found - alphabet) : -1;
}

bool
base64_decode(struct buf *out, struct text text)
{
	size_t padding = 0;

	if (text.len % 4 != 0)
		return false;
	while (padding < 2 && padding < text.len &&
	    text.at[text.len - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < text.len; i += 4) {
		size_t count = i + 4 < text.len ? 4 : 4 - padding;
		uint32_t group = 0;

		for (size_t n = 0; n < 4; n++) {
			int bits = n < count ? digit(text.at[i + n]) : 0;

			if (bits < 0)
				return false;
			group = group << 6 | (uint32_t)bits;
		}
		for (size_t n = 0; n + 1 < count; n++)
			buf_add_byte(out, (char)(group >> (16 - 8 * n)));
		/* Bits beyond the last byte would be lost unseen. */
		if (count < 4 && group << 8 * (count - 1) & 0xffffff)
			return false;
	}
	return true;
}
