/* Made-up documents survive; test/tool/roundtrip makes a million of them. */
#include "tool/roundtrip.h"
#include "unit/unit.h"

static void
documents_survive_reading_and_writing(void **state)
{
	struct made m = { .seed = 20240131 };
	uint64_t lost = first_lost(&m, 20000);

	(void)state;
	if (lost)
		print_error("%ju: %s\n", (uintmax_t)lost, buf_cstr(&m.compact));
	assert_int_equal(lost, 0);
	buf_clear(&m.compact);
	buf_clear(&m.spaced);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_survive_reading_and_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
