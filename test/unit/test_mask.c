/* core/mask: what of a person may stand in a log. */
#include <stdlib.h>
#include <string.h>

#include "core/mask.h"
#include "unit/unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef void (*mask_fn)(struct buf *out, struct text t);

static const struct {
	const char *in, *out; /* out NULL: left alone */
} texts[] = {
	{ "", NULL },
	{ "nothing to hide", NULL },
	/* CNPJ */
	{ "12ABC34501DE35", "12.***.***/01DE-**" },
	{ "12.ABC.345/01DE-35", "12.***.***/01DE-**" },
	{ "12.abc.345/01de-35", "12.***.***/01DE-**" },
	{ "12abc34501de35", "12.***.***/01DE-**" },
	{ "11222333000181", "11.***.***/0001-**" },
	{ "11.222.333/0001-81", "11.***.***/0001-**" },
	{ "11222333/0001-81", "11.***.***/0001-**" },
	{ "90.024.778/000123", "90.***.***/0001-**" },
	{ "ABCDEFGHIJKL80", "AB.***.***/IJKL-**" },
	{ "AB.CDE.FGH/IJKL-80", "AB.***.***/IJKL-**" },
	/* mistyped, yet it tells who is meant */
	{ "11.222.333/0001-82", "11.***.***/0001-**" },
	{ "12.ABC.345/01DE-36", "12.***.***/01DE-**" },
	{ "11222333000182", "11.***.***/0001-**" },
	{ "cnpj 11222333000181: unknown", "cnpj 11.***.***/0001-**: unknown" },
	{ "\"cnpj\":\"12ABC34501DE35\",", "\"cnpj\":\"12.***.***/01DE-**\"," },
	{ "CNPJ11222333000181.", "CNPJ11.***.***/0001-**." },
	{ "n\xc2\xba"
	  "11222333000181",
	    "n\xc2\xba"
	    "11.***.***/0001-**" },
	{ "11222333000181,12ABC34501DE35",
	    "11.***.***/0001-**,12.***.***/01DE-**" },
	{ "EMP-11222333000181", "EMP-11.***.***/0001-**" },
	/* CPF */
	{ "12345678909", "***456789**" },
	{ "123.456.789-09", "***456789**" },
	{ "123456789-09", "***456789**" },
	{ "123.456.789-00", "***456789**" },
	{ "JOAO DA SILVA 12345678909", "JOAO DA SILVA ***456789**" },
	{ "12345678909,98765432100", "***456789**,***654321**" },
	{ "cpf:12345678909;", "cpf:***456789**;" },
	{ "CPF12345678909", "CPF***456789**" },
	/* by chance in a SHA-256, of which nobody could match what is left; in
	 * a shorter word, or a longer one, it is no chance */
	{ "link "
	  "a12345678909bcdef0123456789abcdef0123456789abcdef0123456789abcde:",
	    "link "
	    "a12345678909bcdef0123456789abcdef0123456789abcdef0123456789abcde"
	    ":" },
	{ "a12345678909bcdef", "a***456789**bcdef" },
	{ "a12345678909bcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	    "a***456789**"
	    "bcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	/* e-mail */
	{ "fulano@example.com", "f***@example.com" },
	{ "a@b", "a***@b" },
	{ "to <fulano.de.tal+x@example.com.br>, or",
	    "to <f***@example.com.br>, or" },
	{ "email=maria_s@x.org&y=1", "email=m***@x.org&y=1" },
	{ "'joana@x.org'", "'j***@x.org'" },
	{ "\xc3\xa9rica@x.org", "\xc3\xa9***@x.org" },
	{ "12345678909@x.org", "1***@x.org" },
	{ "11222333000181@x.org", "1***@x.org" },
	{ "a@x.org;b@y.org", "a***@x.org;b***@y.org" },
	{ "a@12345678909.org", "a***@***456789**.org" },
	{ "user @ home", NULL },
	{ "@home", NULL },
	{ "user@", NULL },
	{ "user@ home", NULL },
	/* ids, dates, amounts: left alone */
	{ "req-123456789", NULL },
	{ "7700000001", NULL },
	{ "nCodCtr 77000000017", NULL },
	{ "12345678900", NULL },
	{ "11111111111", NULL },
	{ "123.456.78900", NULL },
	{ "12.ABC.345/01DE-3A", NULL },
	{ "00000000000", NULL },
	{ "111222333000181", NULL },
	{ "112223330001811", NULL },
	{ "123456789012345678901234567890", NULL },
	{ "112345678909", NULL },
	{ "123456789091", NULL },
	{ "2026-11-24T05:00:03.123Z", NULL },
	{ "2024-01/1/PROP-2024-001", NULL },
	{ "2401-HRZYZC6DHQ4CQBK", NULL },
	{ "R$ 9999999999999.99", NULL },
	{ "9.999.999.999.999,99", NULL },
	{ "12345678909.50", NULL },
	{ "0.12345678909", NULL },
	{ "11222333000181.00", NULL },
	{ "0.11222333000181", NULL },
	{ "A1222333000181", NULL },
	{ "X12ABC34501DE35", NULL },
	{ "12ABC34501DE35X", NULL },
	{ "12ABC34501DE36", NULL },
	{ "12ABC34501DEA5", NULL },
	{ "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", NULL },
	{ "/var/lib/volum/rejected.ndjson", NULL },
	{ "https://app.omie.com.br/api/v1/geral/clientes/", NULL },
	{ "\xff\xc3\x80\x80", NULL },
};

static const struct {
	const char *in, *out;
} names[] = {
	{ "", "" },
	{ "Maria", "M***" },
	{ "Jo\xc3\xa3o da Silva", "J*** d*** S***" },
	{ "\xc3\x89rica", "\xc3\x89***" },
	{ "JOSE SOUZA 12345678909", "J*** S*** ***" },
	{ "11222333 Maria", "*** M***" },
	{ "  two  blanks ", "  t***  b*** " },
	{ "\xe2\x82", "\xe2\x82***" },
	{ "x", "x***" },
};

/* On the heap without an end mark, so that a look too far is an error. */
static void
expect(mask_fn mask, const char *in, const char *want)
{
	struct buf out = BUF_INIT;
	size_t len = strlen(in);
	char *copy = malloc(len ? len : 1);

	memcpy(copy, in, len);
	mask(&out, (struct text){ copy, len });
	assert_string_equal(buf_cstr(&out), want);
	free(copy);
	buf_clear(&out);
}

static void
personal_data_is_masked_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		expect(mask_add, texts[i].in,
		    texts[i].out ? texts[i].out : texts[i].in);
}

static void
masked_text_stays_as_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].out)
			expect(mask_add, texts[i].out, texts[i].out);
}

static void
names_keep_their_initials(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		expect(mask_name, names[i].in, names[i].out);
}

/* A megabyte without a space must not take minutes. */
static void
long_words_take_linear_time(void **state)
{
	enum { LEN = 1 << 20 };
	static const char *const fills[] = { "a", "1", ".", "1.", "a@", "@" };
	char *word = malloc(LEN);
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(fills); i++) {
		for (size_t n = 0; n < LEN; n++)
			word[n] = fills[i][n % strlen(fills[i])];
		buf_reset(&out);
		mask_add(&out, (struct text){ word, LEN });
		assert_true(out.len >= LEN);
	}
	free(word);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(personal_data_is_masked_and_nothing_else),
		cmocka_unit_test(masked_text_stays_as_it_is),
		cmocka_unit_test(names_keep_their_initials),
		cmocka_unit_test(long_words_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
