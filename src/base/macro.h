/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes and the few macros that C lacks. */
#ifndef ASG_BASE_MACRO_H
#define ASG_BASE_MACRO_H

#include <stddef.h>

#define _printf_(text, first) __attribute__((format(printf, text, first)))
#define _must_check_	      __attribute__((warn_unused_result))
#define _unused_	      __attribute__((unused))
#define _noreturn_	      __attribute__((noreturn))
#define _cleanup_(function)   __attribute__((cleanup(function)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
