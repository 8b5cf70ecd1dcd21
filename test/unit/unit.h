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

#endif
