/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "describe.h"
#include "format/clauses.h"
#include <errno.h>
#include <sys/mman.h>

static void test_lines(void **state _unused_)
{
	static const struct {
		const char *text, *expected;
	} tests[] = {
		/* minijail0(5). */
		{ "read: 1\nwrite: 1\nexit: 1\n", "kill_process; allow exit read write" },
		{ "# comment\n\n  read :1\r\nkill: 1 # more\n", "kill_process; allow kill read" },
		{ "read: return EBADF\nwrite: return 9\nopen: return 0x1\n",
		  "kill_process; errno:1 open; errno:9 read write" },
		{ "mmap2: arg2 == 0x0\nread: 1\n",
		  "kill_process; allow mmap2 if arg2 == 0; allow read" },
		{ "open: arg1 == 32768 || arg1 == 0 && arg2 != 010\n",
		  "kill_process; allow open if arg1 == 32768; allow open if arg1 == 0 && arg2 != "
		  "8" },
		{ "ioctl: arg1 == 1 || \\\n  arg1 == 2\n",
		  "kill_process; allow ioctl if arg1 == 1; allow ioctl if arg1 == 2" },
		/* Any of the bits. */
		{ "open: arg1 & 5\n",
		  "kill_process; allow open if arg1 & 0x1 == 0x1; allow open if "
		  "arg1 & 0x4 == 0x4" },
		{ "open: arg1 & 0\n", "kill_process" },
		{ "socket: arg0 == AF_UNIX || arg0 == (AF_INET|AF_UNIX)\n",
		  "kill_process; allow socket if arg0 == 1; allow socket if arg0 == 3" },
		{ "mmap: arg2 in ~PROT_EXEC\n", "kill_process; allow mmap if arg2 & 0x4 == 0" },
		{ "mmap: arg2 in 3\n",
		  "kill_process; allow mmap if arg2 & 0xfffffffffffffffc == 0" },
		{ "lseek: arg1 < 010 && arg2 >= 0x10 && arg3 <= 3 && arg4 > 4\n",
		  "kill_process; allow lseek if arg1 < 8 && arg2 >= 16 && arg3 <= 3 && arg4 > 4" },
		{ "kill: arg0 == -1\n",
		  "kill_process; allow kill if arg0 == 18446744073709551615" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		assert_reads("minijail", tests[i].text, tests[i].expected);
}

/* What does not meet the conditions gets an error. */
static void test_else(void **state _unused_)
{
	static const struct {
		const char *text, *expected;
	} tests[] = {
		{ "read: arg0 == 0; return EBADF\n",
		  "kill_process; allow read if arg0 == 0; errno:9 read if arg0 != 0" },
		{ "read: arg0 == 0 && arg1 > 2; return 1\n",
		  "kill_process; allow read if arg0 == 0 && arg1 > 2; errno:1 read if arg0 != 0; "
		  "errno:1 read if arg1 <= 2" },
		{ "read: arg0 == 0 || arg1 & 2; return 1\n",
		  "kill_process; allow read if arg0 == 0; allow read if arg1 & 0x2 == 0x2; errno:1 "
		  "read if arg0 != 0 && arg1 & 0x2 == 0" },
		{ "read: arg0 in ~3; return 1\n",
		  "kill_process; allow read if arg0 & 0x3 == 0; errno:1 read if arg0 & 0x1 == 0x1; "
		  "errno:1 read if arg0 & 0x2 == 0x2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		assert_reads("minijail", tests[i].text, tests[i].expected);
}

/* The other reader of such policies, compile_seccomp_policy. */
static void test_compiled(void **state _unused_)
{
	static const struct {
		const char *text, *expected;
	} tests[] = {
		{ "@default trap\nread: allow\nopen: log\nmount: kill-thread\n",
		  "trap; kill_thread mount; log open; allow read" },
		{ "@frequency ./x.frequency\nread: 1\n", "kill_process; allow read" },
		{ "@denylist\nmount: return EPERM\n", "allow; errno:1 mount" },
		{ "@default user-notify\nread: 1\n", "user_notif; allow read" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		assert_reads("minijail", tests[i].text, tests[i].expected);
}

static bool holds(const struct rule_arg *arg, const uint64_t args[6])
{
	uint64_t value = args[arg->index];

	switch (arg->op) {
	case COMPARE_NE:
		return value != arg->value;
	case COMPARE_LT:
		return value < arg->value;
	case COMPARE_LE:
		return value <= arg->value;
	case COMPARE_EQ:
		return value == arg->value;
	case COMPARE_GE:
		return value >= arg->value;
	case COMPARE_GT:
		return value > arg->value;
	default:
		return (value & arg->value) == arg->value_two;
	}
}

static bool any_holds(const struct clauses *clauses, const uint64_t args[6])
{
	for (size_t i = 0; i < clauses->n; i++) {
		bool all = true;

		for (size_t j = 0; j < clauses->items[i].n; j++)
			all = all && holds(&clauses->items[i].args[j], args);
		if (all)
			return true;
	}
	return false;
}

/* For arguments one and all, either the clauses hold or their negation does. */
static void test_negation(void **state _unused_)
{
	for (unsigned int op = COMPARE_NE; op <= COMPARE_MASKED_EQ; op++) {
		_cleanup_clauses_ struct clauses clauses = { 0 }, more = { 0 }, contrary = { 0 };
		struct choices choices;

		assert_int_equal(clauses_begin(&clauses, NULL), 0);
		if (op == COMPARE_MASKED_EQ)
			choices_masked(&choices, 0, 6, 4);
		else
			choices_single(&choices, 0, (enum compare)op, 3);
		assert_int_equal(clauses_and(&clauses, &choices, NULL), 0);
		choices_single(&choices, 1, COMPARE_EQ, 1);
		assert_int_equal(clauses_and(&clauses, &choices, NULL), 0);
		assert_int_equal(clauses_begin(&more, NULL), 0);
		choices_any_bit(&choices, 2, 3);
		assert_int_equal(clauses_and(&more, &choices, NULL), 0);
		/* Both bits of one argument must be off: that is two conditions on it. */
		assert_int_equal(more.n, 2);
		more.n = 1;
		assert_int_equal(clauses_or(&clauses, &more, NULL), 0);
		assert_int_equal(clauses_negate(&clauses, &contrary, NULL), 0);
		for (uint64_t v = 0; v < 8 * 2 * 4; v++) {
			const uint64_t args[6] = { v % 8, v / 8 % 2, v / 16 };

			assert_true(any_holds(&clauses, args) != any_holds(&contrary, args));
		}
	}
}

static void test_bounds(void **state _unused_)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };

	/* Each bit alone, times each bit alone: 4096 combinations. */
	assert_int_equal(reader_by_name("minijail")
				 ->read(SLICE("x: arg0 & ~0 && arg1 & ~0\n"), "f", &profile, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "f: line 1: x: more than 1024 combinations of conditions");
	err = (struct error){ 0 };
	for (int i = 0; i < 17000; i++)
		strbuf_printf(&text, "c%d: 1\n", i);
	assert_int_equal(reader_by_name("minijail")
				 ->read((struct slice){ text.data, text.len }, "f", &profile, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "f: line 16385: more than 16384 calls");
	err = (struct error){ 0 };
	strbuf_clear(&text);
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&text, "c%d: arg0 & ~0\n", i);
	assert_int_equal(reader_by_name("minijail")
				 ->read((struct slice){ text.data, text.len }, "f", &profile, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "f: line 258: c257: more than 16384 conditions");
}

/* Combinations that come to nothing cost little each. */
static void test_much_for_nothing(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct error err = { 0 };

	for (int i = 0; i < 16000; i++)
		strbuf_printf(&text, "c%d: arg0 & ~0 && arg1 & 0xffff && arg2 & 0\n", i);
	if (reader_by_name("minijail")
		    ->read((struct slice){ text.data, text.len }, "f", &profile, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(profile->n_rules, 0);
}

static void test_invalid(void **state _unused_)
{
	assert_refuses("minijail", 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),	 cmocka_unit_test(test_else),
		cmocka_unit_test(test_compiled), cmocka_unit_test(test_negation),
		cmocka_unit_test(test_bounds),	 cmocka_unit_test(test_much_for_nothing),
		cmocka_unit_test(test_invalid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("read_minijail", tests, NULL, NULL);
}
