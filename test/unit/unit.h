/* cmocka with what it wants included first, and without its macro `fail`,
 * which would hide the function of core/error.h. */
#ifndef VOLUM_TEST_UNIT_H
#define VOLUM_TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail
#undef fail_msg
#define fail_msg(...) \
	do { \
		print_error(__VA_ARGS__); \
		print_error("\n"); \
		_fail(__FILE__, __LINE__); \
	} while (0)

#endif
