#include <stdlib.h>
#include <string.h>

#include "domain/memo.h"
#include "domain/proposal.h"
#include "pricing_case.h"

/* Two reported products, the second filled up to a minimum. */
#define TERMS \
	"\"produtos\":[{\"produto\":\"cobranca\",\"metrica\":\"q\"}," \
	"{\"produto\":\"pixpay\",\"minimo\":\"100\"}," \
	"{\"produto\":\"a\",\"metrica\":\"q\",\"modelo\":\"unitario\"," \
	"\"preco_unitario\":\"0.005\",\"franquia\":\"1\"}]"
#define ELEMENT \
	"{\"idEmpresa\":7,\"cobranca\":{\"q\":3,\"valorTotal\":12.34}," \
	"\"pixpay\":{\"valorTotal\":5},\"a\":{\"q\":2}}"
#define MEMO \
	"{\"vigencia\":\"2026-01-01\",\"linhas\":[" \
	"{\"produto\":\"cobranca\",\"nome\":\"Cobrança Bancária\"," \
	"\"modelo\":\"informado\",\"quantidade\":3,\"valor\":12.34," \
	"\"total\":12.34}," \
	"{\"produto\":\"pixpay\",\"nome\":\"PIX Pay\",\"modelo\":" \
	"\"informado\",\"valor\":5.00,\"total\":5.00}," \
	"{\"nome\":\"Complemento de mínimo - PIX Pay\",\"minimo\":100.00," \
	"\"alcancado\":5.00,\"total\":95.00}," \
	"{\"produto\":\"a\",\"nome\":\"a\",\"modelo\":\"unitario\"," \
	"\"quantidade\":2,\"franquia\":1,\"cobrado\":1,\"preco_unitario\":" \
	"0.005,\"valor\":0.005,\"arredondamento\":0.005,\"total\":0.01}]}"

/* Prices the element and calls `with` while the memo is there. */
static void
while_priced(price_fn with, void *ctx)
{
	struct record *rec = record_new();
	struct arena scratch = ARENA_INIT;
	struct error why = { 0 };
	struct proposal *p = proposal_with(TERMS, &why);

	assert_non_null(p);
	proposal_mark(p, TEXT("{\"proposta\":1}"));
	assert_int_equal(price_element(parsed(rec, TEXT(ELEMENT)), 2026 * 12,
			     &p, 1, &scratch, with, NULL, ctx, &why),
	    DONE);
	proposal_free(p);
	arena_clear(&scratch);
	record_free(rec);
}

static bool
comes_back(const struct consolidation *c, const struct consolidation *memo_of,
    const char *short_memo)
{
	struct arena arena = ARENA_INIT;
	struct buf out = BUF_INIT;
	bool good = memo_rebuild(
	    &out, c, text_of(short_memo), memo_of->memo->proposal, &arena);

	if (good)
		assert_string_equal(buf_cstr(&out), MEMO);
	else
		assert_int_equal(out.len, 0);
	buf_clear(&out);
	arena_clear(&arena);
	return good;
}

static enum status
assert_full(const struct consolidation *c, void *ctx, struct error *why)
{
	struct buf out = BUF_INIT;

	(void)ctx;
	(void)why;
	memo_write(&out, c);
	assert_string_equal(buf_cstr(&out), MEMO);
	buf_clear(&out);
	return DONE;
}

static void
a_memo_says_each_step(void **state)
{
	(void)state;
	while_priced(assert_full, NULL);
}

static enum status
assert_short(const struct consolidation *c, void *ctx, struct error *why)
{
	static const char *const wrong[] = { "", "1,1234,500", ",1234,500",
		",500", "", ",1234", ",1234,500,1", ",1234,", ",,500",
		",1234,501", ",1235,500", ",1234,500 ",
		",12345678901234567890,500" };
	struct buf good = BUF_INIT;
	char mark[9] = "";

	(void)ctx;
	(void)why;
	memo_write_short(&good, c);
	assert_int_equal(good.len, 8 + strlen(",1234,500"));
	assert_string_equal(buf_cstr(&good) + 8, ",1234,500");
	assert_true(memo_is_short(buf_text(&good)));
	assert_true(comes_back(c, c, buf_cstr(&good)));
	memcpy(mark, good.data, 8);
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		struct buf text = BUF_INIT;

		if (i >= 3)
			buf_add_str(&text, mark);
		buf_add_str(&text, wrong[i]);
		if (strcmp(wrong[i], ",1234,500 ") != 0 &&
		    comes_back(c, c, buf_cstr(&text)))
			fail_msg("%s came back", buf_cstr(&text));
		buf_clear(&text);
	}
	good.data[0] = good.data[0] == '0' ? '1' : '0';
	assert_false(comes_back(c, c, buf_cstr(&good)));
	buf_clear(&good);
	return DONE;
}

static void
a_short_memo_comes_back_or_not_at_all(void **state)
{
	(void)state;
	while_priced(assert_short, NULL);
}

/* What is stored is not what the memo would make. */
static enum status
assert_other_lines(const struct consolidation *c, void *ctx, struct error *why)
{
	struct billing_line lines[5];
	struct consolidation other = *c;
	struct buf good = BUF_INIT;

	(void)ctx;
	(void)why;
	memo_write_short(&good, c);
	assert_int_equal(c->line_count, 4);
	memcpy(lines, c->lines, 4 * sizeof(*lines));
	lines[4] = lines[3];
	other.lines = lines;
	assert_true(comes_back(&other, c, buf_cstr(&good)));
	other.line_count = 3;
	assert_false(comes_back(&other, c, buf_cstr(&good)));
	other.line_count = 5;
	assert_false(comes_back(&other, c, buf_cstr(&good)));
	other.line_count = 0;
	assert_false(comes_back(&other, c, buf_cstr(&good)));
	other.line_count = 4;
	lines[3].cents++;
	assert_false(comes_back(&other, c, buf_cstr(&good)));
	lines[3].cents--;
	lines[3].quantity_micro++; /* and still one cent */
	assert_true(comes_back(c, c, buf_cstr(&good)));
	lines[3].quantity_micro--;
	lines[3].name = TEXT("b");
	assert_false(comes_back(&other, c, buf_cstr(&good)));
	lines[3].name = c->lines[3].name;
	lines[2].quantity_micro++;
	assert_false(comes_back(&other, c, buf_cstr(&good)));
	lines[2] = c->lines[2];
	lines[3].quantity_micro = INT64_MAX; /* no price of that */
	assert_false(comes_back(&other, c, buf_cstr(&good)));
	buf_clear(&good);
	return DONE;
}

static void
lines_that_it_would_not_make(void **state)
{
	(void)state;
	while_priced(assert_other_lines, NULL);
}

/* One that is too dear for the month cannot be told at all. */
static void
what_cannot_be_priced_is_not_told(void **state)
{
	struct error why = { 0 };
	struct billing_line line = { TEXT("a"), INT64_C(1000000) * 1000000,
		100 };
	struct consolidation c = { .key = { 2026 * 12, TEXT("7"), TEXT("P") },
		.lines = &line,
		.line_count = 1,
		.total_cents = 100 };
	struct arena arena = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct proposal *p = proposal_with(
	    "\"produtos\":[{\"produto\":\"a\",\"metrica\":\"q\",\"modelo\":"
	    "\"unitario\",\"preco_unitario\":\"999999999999\"}]",
	    &why);

	(void)state;
	assert_false(memo_rebuild(&out, &c, TEXT("00000000"), p, &arena));
	arena_clear(&arena);
	buf_clear(&out);
	proposal_free(p);
}

/* Records come from elsewhere, too: whatever stands in one is told. */
static void
a_strange_memo_is_told_all_the_same(void **state)
{
	static const char strange[] =
	    "{\"memoria\":{\"competencia\":1,\"valorTotal\":0.5,\"linhas\":["
	    "{\"nome\":\"a\",\"modelo\":\"outro\",\"quantidade\":null,"
	    "\"faixas\":[{\"quantidade\":1000,\"preco_unitario\":1.5,"
	    "\"subtotal\":-1500}],\"total\":\"x\"},{\"nome\":7,"
	    "\"aliquota\":1,\"valor\":1,\"desconto\":1,\"total\":1e3}]}}";
	static const char want[] =
	    "Empresa , competência , proposta \n"
	    "sem memória de cálculo: não foi calculada aqui; situação: com "
	    "erro, revisão 3\n"
	    "\n"
	    "a\n"
	    "  faixa única: 1.000 x 1,50                            -1.500\n"
	    "  total da linha\n"
	    "\n"
	    "\n"
	    "  1 % de                                                    1\n"
	    "  desconto de  %                                            1\n"
	    "  total da linha                                          1e3\n"
	    "\n"
	    "Total da proposta (R$)                                      0,5\n"
	    "Total da empresa (R$)                                      "
	    "-1,05\n";
	struct record *rec = record_new();
	struct buf out = BUF_INIT;

	(void)state;
	memo_tell(&out, value_member(parsed(rec, text_of(strange)), "memoria"),
	    &(struct memo_state){ CONSOLIDATION_ERROR, 3, false });
	memo_tell_sum(&out, -105);
	assert_string_equal(buf_cstr(&out), want);
	buf_clear(&out);
	record_free(rec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_memo_says_each_step),
		cmocka_unit_test(a_short_memo_comes_back_or_not_at_all),
		cmocka_unit_test(lines_that_it_would_not_make),
		cmocka_unit_test(what_cannot_be_priced_is_not_told),
		cmocka_unit_test(a_strange_memo_is_told_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
