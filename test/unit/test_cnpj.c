#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "domain/cnpj.h"
#include "unit/unit.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

/* The vectors are strict; their reason stands in front of a colon. */
static void
check_vector(struct value vector)
{
	struct text doc = value_text(value_member(vector, "doc"));
	struct text why = value_text(value_member(vector, "why"));
	const char *word = cnpj_fault_word(cnpj_check(doc));
	size_t len = strlen(word);
	char bare[CNPJ_TEXT], masked[CNPJ_MASKED];

	if (why.len <= len || why.at[len] != ':' ||
	    memcmp(why.at, word, len) != 0)
		fail_msg("%.*s: %s, not %.*s", (int)doc.len, doc.at, word,
		    (int)why.len, why.at);
	assert_int_equal(strcmp(word, "ok") == 0,
	    value_is_true(value_member(vector, "valid")));
	if (!value_is_true(value_member(vector, "valid")))
		return;
	assert_int_equal(cnpj_read(doc, bare), CNPJ_OK);
	cnpj_format(bare, masked);
	assert_int_equal(cnpj_check(text_of(masked)), CNPJ_OK);
}

static void
agrees_with_the_vectors(void **state)
{
	int fd = open("test/data/cnpj-vectors.ndjson", O_RDONLY), count = 0;
	struct ndjson_reader *reader;
	struct ndjson_line line;
	struct record *rec = record_new();
	struct error err;

	(void)state;
	assert_true(fd >= 0);
	reader = ndjson_open(fd);
	for (; ndjson_next(reader, &line) == 1; count++) {
		assert_int_equal(ndjson_parse(rec, line.text, &err), DONE);
		check_vector(record_root(rec));
	}
	assert_int_equal(count, 189);
	ndjson_close(reader);
	record_free(rec);
	close(fd);
}

static void
reads_what_people_type(void **state)
{
	static const struct {
		const char *typed, *bare, *masked;
	} good[] = {
		{ "12.abc.345/01de-35", "12ABC34501DE35",
		    "12.ABC.345/01DE-35" },
		{ " \t12ABC34501DE35\r\n", "12ABC34501DE35",
		    "12.ABC.345/01DE-35" },
		{ "mn.ahm.asb/0001-64", "MNAHMASB000164",
		    "MN.AHM.ASB/0001-64" },
		{ "111.444.777-35", "11144477735", "111.444.777-35" },
	};
	static const struct {
		const char *typed;
		enum cnpj_fault fault;
	} bad[] = {
		{ "", CNPJ_EMPTY },
		{ "  ", CNPJ_EMPTY },
		{ "../-", CNPJ_EMPTY },
		{ "12 ABC34501DE35", CNPJ_CHARACTER },
		{ "12abc34501de3", CNPJ_LENGTH },
		{ "12abc34501de3512ABC34501DE35", CNPJ_LENGTH },
		{ "12abc34501de36", CNPJ_CHECK_DIGIT },
		{ "1114447773a", CNPJ_CHARACTER },
		{ "12abc34501de3a", CNPJ_CHECK_LETTER },
		{ "12\xc3\xa1", CNPJ_CHARACTER },
	};
	char bare[CNPJ_TEXT] = "untouched", masked[CNPJ_MASKED];

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_equal(
		    cnpj_read(text_of(bad[i].typed), bare), bad[i].fault);
	assert_string_equal(bare, "untouched");
	for (size_t i = 0; i < LENGTH(good); i++) {
		assert_int_equal(
		    cnpj_read(text_of(good[i].typed), bare), CNPJ_OK);
		assert_string_equal(bare, good[i].bare);
		cnpj_format(bare, masked);
		assert_string_equal(masked, good[i].masked);
	}
}

static void
every_base_has_one_pair_of_digits(void **state)
{
	char doc[CNPJ_TEXT] = "ABCDEFGHIJKL00";
	int found = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		doc[12] = (char)('0' + i / 10);
		doc[13] = (char)('0' + i % 10);
		found += cnpj_check(text_of(doc)) == CNPJ_OK;
	}
	assert_int_equal(found, 1);
}

/* Arithmetic of its own, by the table of domain-br 1.2: the remainder that the
 * digit behind the first `count` characters comes from. */
static int
remainder_of(const char *doc, int count)
{
	static const int weights[] = { 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2 };
	int sum = 0;

	for (int i = 0; i < count; i++)
		sum += ((unsigned char)doc[i] - 48) * weights[13 - count + i];
	return sum % 11;
}

static char
digit_of(int remainder)
{
	return remainder < 2 ? '0' : (char)('0' + 11 - remainder);
}

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	return *state ^= *state << 17;
}

static void
make_valid(char doc[CNPJ_TEXT], uint64_t *random)
{
	static const char symbols[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	uint64_t kinds = next_random(random) % 2 ? 36 : 10;

	for (int i = 0; i < 12; i++)
		doc[i] = symbols[next_random(random) % kinds];
	doc[12] = digit_of(remainder_of(doc, 12));
	doc[13] = digit_of(remainder_of(doc, 13));
	doc[14] = '\0';
}

/* Another character at a place where it may stand. */
static int
mistype(char doc[CNPJ_TEXT], uint64_t *random)
{
	static const char symbols[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	int place = (int)(next_random(random) % 14);
	char old = doc[place];

	while (doc[place] == old)
		doc[place] =
		    symbols[next_random(random) % (place < 12 ? 36 : 10)];
	return place;
}

/* What is missed has the same value modulo 11, or moves both remainders only
 * between 0 and 1, which share the digit 0: domain-br 1.2. */
static bool
is_documented_blind_spot(const char *good, const char *typed, int place)
{
	int one, other, second, second_other;

	if (place < 12 && (good[place] - typed[place]) % 11 == 0)
		return true;
	one = remainder_of(good, 12);
	other = remainder_of(typed, 12);
	second = remainder_of(good, 13);
	second_other = remainder_of(typed, 13);
	return place < 12 && one < 2 && other < 2 &&
	    (second == second_other || (second < 2 && second_other < 2));
}

/* Whether it passes; never but where it is known to. */
static bool
is_missed(const char *good, const char *typed, int place)
{
	bool passes = cnpj_check(text_of(typed)) == CNPJ_OK;

	if (passes != is_documented_blind_spot(good, typed, place))
		fail_msg("%s, typed %s: %s", good, typed,
		    passes ? "passes" : "is caught");
	return passes;
}

/* A million numbers, each with one character wrong. */
static void
catches_each_error_that_can_be_caught(void **state)
{
	uint64_t random = 20261126;
	int missed = 0, first_digit_blind = 0, place;
	char good[CNPJ_TEXT], typed[CNPJ_TEXT];

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		make_valid(good, &random);
		if (strspn(good, "0") == 14)
			continue;
		if (cnpj_check(text_of(good)) != CNPJ_OK)
			fail_msg("%s is refused", good);
		memcpy(typed, good, sizeof(typed));
		place = mistype(typed, &random);
		if (!is_missed(good, typed, place))
			continue;
		missed++;
		first_digit_blind += (good[place] - typed[place]) % 11 != 0;
	}
	assert_true(missed > 10000);	    /* they do occur */
	assert_true(first_digit_blind > 0); /* both kinds */
}

/* Ten thousand, with each character wrong in every way. */
static void
catches_them_at_every_place(void **state)
{
	static const char symbols[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	uint64_t random = 20261127;
	char good[CNPJ_TEXT], typed[CNPJ_TEXT];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		make_valid(good, &random);
		memcpy(typed, good, sizeof(typed));
		for (int place = 0; place < 14; place++) {
			for (int c = 0; c < (place < 12 ? 36 : 10); c++) {
				typed[place] = symbols[c];
				if (typed[place] != good[place] &&
				    strspn(typed, "0") < 14)
					is_missed(good, typed, place);
			}
			typed[place] = good[place];
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_vectors),
		cmocka_unit_test(reads_what_people_type),
		cmocka_unit_test(every_base_has_one_pair_of_digits),
		cmocka_unit_test(catches_each_error_that_can_be_caught),
		cmocka_unit_test(catches_them_at_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
