/* The field rules of domain-br 5, one table each. */
#include <stdio.h>

#include "core/ndjson.h"
#include "domain/cadastro.h"
#include "domain/contact.h"
#include "domain/place.h"
#include "domain/plain.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

static void
check_text(const char *name, struct text got, const char *want)
{
	if (!text_is(got, want))
		fail_msg("%s: got `%.*s`, want `%s`", name, (int)got.len,
		    got.at, want);
}

static void
reads_telephones(void **state)
{
	static const struct {
		const char *typed, *digits; /* NULL: none */
	} table[] = {
		{ "11926130149", "11926130149" },
		{ "(11) 92613-0149", "11926130149" },
		{ "+55 11 92613-0149", "11926130149" },
		{ "5511926130149", "11926130149" },
		{ "011 3456-7890", "1134567890" },
		{ "0 15 11 3456-7890", "1134567890" },
		{ "01511926130149", "11926130149" },
		{ "+55 0 15 11 92613-0149", NULL },
		{ "5532214567", "5532214567" },	  /* Santa Maria (55) */
		{ "55932214567", "55932214567" }, /* ... and its mobiles */
		{ "555532214567", "5532214567" },
		{ "47 3221.4567", "4732214567" },
		{ "1126130149", "1126130149" },
		{ "11826130149", NULL }, /* nine digits that begin with 8 */
		{ "1192613014", NULL },	 /* an old mobile */
		{ "1162613014", NULL },
		{ "20926130149", NULL }, /* no area 20 */
		{ "52926130149", NULL },
		{ "39926130149", NULL },
		{ "926130149", NULL }, /* no area code */
		{ "32214567", NULL },
		{ "08001234567", NULL },
		{ "11 3456-7890 ramal 2", NULL },
		{ "11926130149119261301491192613014", NULL },
		{ "", NULL },
	};
	char out[PHONE_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		bool got = phone_read(text_of(table[i].typed), out);

		if (got != (table[i].digits != NULL))
			fail_msg("%s: %s", table[i].typed, got ? out : "none");
		if (got)
			assert_string_equal(out, table[i].digits);
	}
}

static void
knows_67_area_codes(void **state)
{
	char typed[12], out[PHONE_TEXT];
	int count = 0;

	(void)state;
	for (int area = 0; area < 100; area++) {
		snprintf(typed, sizeof(typed), "%02d34567890", area);
		count += phone_read(text_of(typed), out);
	}
	assert_int_equal(count, 67);
}

static void
reads_lists_of_addresses(void **state)
{
	static const struct {
		const char *typed, *list; /* NULL: no list of addresses */
	} table[] = {
		{ "a@x.example", "a@x.example" },
		{ "a@x.example; b@x.example", "a@x.example,b@x.example" },
		{ " a@x.example ,,b@x.example;", "a@x.example,b@x.example" },
		{ "a@X.Example a@x.example", "a@x.example" },
		{ "A@x.example,a@x.example", "A@x.example,a@x.example" },
		{ "", "" },
		{ " ; ", "" },
		{ "a@x", NULL },
		{ "@x.example", NULL },
		{ "a@b@x.example", NULL },
		{ "a@x.example; sem e-mail", NULL },
		{ "a@.example", NULL },
		{ "a@x.", NULL },
		{ "<a@x.example>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		struct buf out = BUF_INIT;
		bool got = email_list(&out, text_of(table[i].typed));

		if (got != (table[i].list != NULL))
			fail_msg("%s: %s", table[i].typed, buf_cstr(&out));
		check_text(
		    table[i].typed, buf_text(&out), got ? table[i].list : "");
		buf_clear(&out);
	}
}

static void
reads_states_and_postcodes(void **state)
{
	static const char *const states[] = { "RO", "AC", "AM", "RR", "PA",
		"AP", "TO", "MA", "PI", "CE", "RN", "PB", "PE", "AL", "SE",
		"BA", "MG", "ES", "RJ", "SP", "PR", "SC", "RS", "MS", "MT",
		"GO", "DF", "EX" };
	static const char *const none[] = { "", "S", "XX", "SPX", "S1", "11" };
	static const char *const no_cep[] = { "", "0131010", "013101000",
		"0131010A", "01310/100" };
	char uf[STATE_TEXT], cep[CEP_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(states); i++) {
		assert_true(place_state(text_of(states[i]), uf));
		assert_string_equal(uf, states[i]);
	}
	assert_true(place_state(TEXT(" sp "), uf));
	assert_string_equal(uf, "SP");
	for (size_t i = 0; i < LENGTH(none); i++)
		assert_false(place_state(text_of(none[i]), uf));
	assert_true(place_cep(TEXT("01310-100"), cep));
	assert_string_equal(cep, "01310100");
	assert_true(place_cep(TEXT("01.310-100"), cep));
	for (size_t i = 0; i < LENGTH(no_cep); i++)
		assert_false(place_cep(text_of(no_cep[i]), cep));
}

static void
matches_towns_and_states(void **state)
{
	static const struct {
		const char *code, *uf;
		bool good;
	} codes[] = {
		{ "3550308", "SP", true },
		{ "3304557", "RJ", true },
		{ "5300108", "DF", true },
		{ "3550309", "SP", true }, /* the check digit is not judged */
		{ "3550308", "RJ", false },
		{ "9701", "DF", false }, /* Receita's own */
		{ "355030A", "SP", false },
		{ "3550308", "EX", false },
		{ "3550308", "", false },
	};
	static const struct {
		const char *typed, *uf, *form;
	} towns[] = {
		{ "São Paulo", "SP", "SAO PAULO (SP)" },
		{ "SAO PAULO (SP)", "SP", "SAO PAULO (SP)" },
		{ " santa  bárbara d'oeste ", "SP",
		    "SANTA BARBARA D'OESTE (SP)" },
		{ "Embu-Guaçu", "SP", "EMBU-GUACU (SP)" },
		{ "Petrópolis (RJ)", "", "PETROPOLIS (RJ)" },
		{ "Petrópolis", "", "PETROPOLIS" },
		{ "", "SP", "" },
		{ "ÀÁÂÃÄÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäçèéêëìíîïñòóôõöùúûüý", "",
		    "AAAAACEEEEIIIINOOOOOUUUUYAAAAACEEEEIIIINOOOOOUUUUY" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(codes); i++)
		assert_int_equal(
		    place_ibge(text_of(codes[i].code), codes[i].uf),
		    codes[i].good);
	for (size_t i = 0; i < LENGTH(towns); i++) {
		struct buf out = BUF_INIT;

		place_town(&out, text_of(towns[i].typed), towns[i].uf);
		check_text(towns[i].typed, buf_text(&out), towns[i].form);
		buf_clear(&out);
	}
}

static void
counts_characters(void **state)
{
	(void)state;
	assert_int_equal(plain_length(TEXT("ação")), 4);
	check_text("cut", plain_cut(TEXT("ação"), 2), "aç");
	check_text("cut", plain_cut(TEXT("ação"), 4), "ação");
	check_text("cut", plain_cut(TEXT("a b"), 2), "a");
	check_text("cut", plain_cut(TEXT("日本語"), 1), "日");
}

static void
cleans_what_a_terminal_would_obey(void **state)
{
	static const char *const table[][2] = {
		{ " Sé \t Ltda\n", "Sé Ltda" }, { "A\x1b[31mB\x7f", "A [31mB" },
		{ "A\u00a0\u00a0B", "A B" },
		{ "A\xc2\x9b"
		  "2JB",
		    "A 2JB" },
		{ "A\xc2\x85", "A" }, { "A\u2028B\u2029", "A B" },
		{ "A\u202eadtL\u202c",
		    "A adtL" }, /* shown from right to left */
		{ "A\u2066B\u2069C", "A B C" },
		{ "A\u2013B\u2019 \u20ac \u2070",
		    "A\u2013B\u2019 \u20ac \u2070" },
		{ "À\xe2\x80", "À\xe2\x80" }, /* cut, and nobody's to mend */
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		buf_reset(&out);
		plain_clean(&out, text_of(table[i][0]));
		check_text(table[i][0], buf_text(&out), table[i][1]);
	}
	buf_clear(&out);
}

static void
compares_names(void **state)
{
	static const struct {
		const char *a, *b;
		bool share;
	} table[] = {
		{ "Transportes Exemplo Ltda", "TRANSPORTES EXEMPLO LTDA.",
		    true },
		{ "Comércio de Peças S/A", "COMERCIO DE PECAS", true },
		{ "Transportes Alfa Ltda", "Padaria Beta Ltda", false },
		{ "Transportes da Serra", "Padaria da Praia", false },
		{ "Ltda", "LTDA", true },
		{ "Ltda", "Padaria Beta Ltda", false },
		{ "3M do Brasil", "3m", true },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		struct text a = text_of(table[i].a), b = text_of(table[i].b);

		if (plain_share_word(a, b) != table[i].share)
			fail_msg("%s | %s", table[i].a, table[i].b);
	}
}

/* ------------------------------------------------------- a whole company */

static const char COMPANY[] =
    "{\"razaoSocial\":\" Transportes  Exemplo\\u00a0Ltda \","
    "\"nomeFantasia\":null,\"endereco\":{\"logradouro\":"
    "\"Rua da Concórdia\",\"numero\":1,\"complemento\":\"\","
    "\"bairro\":\"Sé\",\"cidade\":\"São Paulo\"},"
    "\"estado\":\"sp\",\"cep\":\"01310-100\",\"telefone\":"
    "\"(11) 92613-0149\",\"email\":\"f@X.example; g@x.example\","
    "\"inscricaoEstadual\":\"\"}";
static const char CUSTOMER[] =
    "{\"razao_social\":\"Transportes Exemplo Ltda\","
    "\"nome_fantasia\":\"Transportes Exemplo Ltda\","
    "\"endereco\":\"Rua da Concórdia\",\"endereco_numero\":\"1\","
    "\"complemento\":\"\",\"bairro\":\"Sé\",\"estado\":\"SP\","
    "\"cidade\":\"SAO PAULO (SP)\",\"cep\":\"01310100\","
    "\"telefone1_ddd\":\"11\",\"telefone1_numero\":\"926130149\","
    "\"email\":\"f@x.example,g@x.example\",\"inscricao_estadual\":\"\"}";

static void
sees_the_same_company_on_both_sides(void **state)
{
	struct record *a = record_new(), *b = record_new();
	struct arena texts = ARENA_INIT;
	struct cadastro here, there, again;
	struct buf base = BUF_INIT, second = BUF_INIT;
	struct error err;

	(void)state;
	assert_int_equal(ndjson_parse(a, text_of(COMPANY), &err), DONE);
	assert_int_equal(ndjson_parse(b, text_of(CUSTOMER), &err), DONE);
	cadastro_of_inanbetec(&here, record_root(a), &texts);
	cadastro_of_omie(&there, record_root(b), &texts);
	assert_false(here.known[INSCRICAO_MUNICIPAL]);
	cadastro_write_base(&base, &here);
	cadastro_write_base(&second, &there);
	check_text("base", buf_text(&second), buf_cstr(&base));
	assert_int_equal(ndjson_parse(a, buf_text(&base), &err), DONE);
	cadastro_of_base(&again, record_root(a));
	buf_reset(&second);
	cadastro_write_base(&second, &again);
	check_text("read again", buf_text(&second), buf_cstr(&base));
	buf_clear(&base);
	buf_clear(&second);
	arena_clear(&texts);
	record_free(a);
	record_free(b);
}

/* IBGE's code on one side, Omie's name with the same code on the other. */
static void
takes_a_code_for_its_town(void **state)
{
	static const struct {
		const char *company, *customer;
		bool readable, same;
	} table[] = {
		{ "{\"cidade\":\"3550308\",\"estado\":\"SP\"}",
		    "{\"cidade\":\"SAO PAULO (SP)\",\"cidade_ibge\":"
		    "\"3550308\",\"estado\":\"SP\"}",
		    true, true },
		{ "{\"cidade\":3550308,\"estado\":\"SP\"}",
		    "{\"cidade_ibge\":\"3550308\",\"estado\":\"SP\"}", true,
		    true },
		{ "{\"cidade\":\"3550308\",\"estado\":\"SP\"}",
		    "{\"cidade\":\"CAMPINAS (SP)\",\"cidade_ibge\":"
		    "\"3509502\",\"estado\":\"SP\"}",
		    true, false },
		{ "{\"cidade\":\"3550308\",\"estado\":\"RJ\"}", "{}", false,
		    false },
		{ "{\"cidade\":\"9701\",\"estado\":\"DF\"}", "{}", false,
		    false },
	};
	struct record *a = record_new(), *b = record_new();
	struct arena texts = ARENA_INIT;
	struct cadastro here, there;
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		assert_int_equal(
		    ndjson_parse(a, text_of(table[i].company), &err), DONE);
		assert_int_equal(
		    ndjson_parse(b, text_of(table[i].customer), &err), DONE);
		cadastro_of_inanbetec(&here, record_root(a), &texts);
		cadastro_of_omie(&there, record_root(b), &texts);
		cadastro_align_towns(&here, &there);
		assert_int_equal(here.known[CIDADE], table[i].readable);
		assert_int_equal(here.known[CIDADE] && there.known[CIDADE] &&
			text_same(here.value[CIDADE], there.value[CIDADE]),
		    table[i].same);
	}
	arena_clear(&texts);
	record_free(a);
	record_free(b);
}

/* A text of `n` times é, which has two bytes. */
static void
long_company(struct buf *b, const char *name, int n)
{
	buf_reset(b);
	buf_printf(b, "{\"%s\":\"", name);
	while (n-- > 0)
		buf_add_str(b, "é");
	buf_add_str(b, "\"}");
}

static void
limits_in_characters(void **state)
{
	static const struct {
		const char *name;
		enum cadastro_field field;
		int most;
		bool cut;
	} table[] = {
		{ "razaoSocial", RAZAO_SOCIAL, 60, true },
		{ "nomeFantasia", NOME_FANTASIA, 100, true },
		{ "inscricaoEstadual", INSCRICAO_ESTADUAL, 20, false },
		{ "cidade", CIDADE, 40, false },
	};
	struct record *rec = record_new();
	struct arena texts = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct cadastro c;
	struct error err;

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++)
		for (int more = 0; more < 2; more++) {
			long_company(&b, table[i].name, table[i].most + more);
			assert_int_equal(
			    ndjson_parse(rec, buf_text(&b), &err), DONE);
			cadastro_of_inanbetec(&c, record_root(rec), &texts);
			assert_int_equal(
			    c.known[table[i].field], more == 0 || table[i].cut);
			assert_int_equal(c.cut != 0, more && table[i].cut);
			assert_int_equal(c.odd != 0, more && !table[i].cut);
			assert_int_equal(plain_length(c.value[table[i].field]),
			    table[i].most + (more && !table[i].cut));
		}
	buf_clear(&b);
	arena_clear(&texts);
	record_free(rec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_telephones),
		cmocka_unit_test(knows_67_area_codes),
		cmocka_unit_test(reads_lists_of_addresses),
		cmocka_unit_test(reads_states_and_postcodes),
		cmocka_unit_test(matches_towns_and_states),
		cmocka_unit_test(counts_characters),
		cmocka_unit_test(cleans_what_a_terminal_would_obey),
		cmocka_unit_test(compares_names),
		cmocka_unit_test(sees_the_same_company_on_both_sides),
		cmocka_unit_test(takes_a_code_for_its_town),
		cmocka_unit_test(limits_in_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
