/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/argument.h"
#include "arch/multiplexed.h"
#include "arch/syscall.h"
#include <linux/audit.h>
#include <string.h>

static const struct argument_call *get(const char *name)
{
	const struct argument_call *call = argument_call_by_name(name);

	if (!call)
		fail_msg("%s is not in the table", name);
	return call;
}

static const struct arch *arch(const char *name)
{
	const struct arch *found = arch_by_name(slice_from(name));

	assert_non_null(found);
	return found;
}

/* What the lookup by bisection and the policy rest on. */
static void test_table_is_sound(void **state _unused_)
{
	for (size_t i = 0; i < argument_call_count(); i++) {
		const struct argument_call *call = argument_call_at(i);

		if (i > 0 && strcmp(argument_call_at(i - 1)->name, call->name) >= 0)
			fail_msg("%s is not in order", call->name);
		assert_ptr_equal(argument_call_by_name(call->name), call);
		assert_in_range(call->n, 1, ARGUMENT_FIELDS_MAX);
		assert_in_range(call->limit, 1, ARGUMENT_VALUES_MAX);
		/* Flags and ranges are one number each. */
		if (call->kind != ARGUMENT_VALUES && (call->n != 1 || call->limit != 1))
			fail_msg("%s is folded and has several", call->name);
		for (uint32_t j = 0; j < call->n; j++) {
			const struct argument_field *field = &call->fields[j];

			assert_in_range(field->index, 0, ARGUMENT_RECORDED - 1);
			assert_true(field->mask != 0);
			assert_true(*field->name);
			/* The same on 32 and 64 bits; a range has no mask. */
			if (call->kind == ARGUMENT_RANGE ? field->mask != UINT64_MAX
							 : field->mask > UINT32_MAX)
				fail_msg("%s: %s has a wrong mask", call->name, field->name);
			for (uint32_t k = 0; k < j; k++)
				assert_true(call->fields[k].index != field->index);
		}
	}
	assert_null(argument_call_by_name("read"));
	assert_null(argument_call_by_name(""));
	assert_null(argument_call_by_name("socketc"));
	/* Their flags are behind a pointer. */
	assert_null(argument_call_by_name("clone3"));
	assert_null(argument_call_by_name("openat2"));
}

/* A name that no architecture has would never be met. */
static void test_every_call_exists(void **state _unused_)
{
	struct syscall_table names = { 0 };
	int32_t nr;

	for (size_t i = 0; i < argument_call_count(); i++) {
		const char *name = argument_call_at(i)->name;
		bool found = false;

		for (size_t j = 0; j < arch_count() && !found; j++)
			found = syscall_number(&names, arch_at(j), name, &nr) == 0;
		if (!found)
			fail_msg("no architecture has %s", name);
	}
	syscall_table_deinit(&names);
}

static void assert_reads(const char *name, const char *on, uint64_t a0, uint64_t a1, uint64_t a2,
			 uint64_t first, uint64_t second, uint64_t third)
{
	const uint64_t registers[ARGUMENT_RECORDED] = { a0, a1, a2, 0x4444 };
	uint64_t values[ARGUMENT_FIELDS_MAX];

	argument_read(get(name), arch(on), registers, values);
	if (values[0] != first || values[1] != second || values[2] != third)
		fail_msg("%s on %s: %jx %jx %jx", name, on, (uintmax_t)values[0],
			 (uintmax_t)values[1], (uintmax_t)values[2]);
}

static void test_ints_are_low_halves(void **state _unused_)
{
	/* SOCK_CLOEXEC and SOCK_NONBLOCK do not count. */
	assert_reads("socket", "x86_64", 2, 0x80801, 6, 2, 1, 6);
	/* -1, with and without its sign in the upper half. */
	assert_reads("personality", "x86_64", UINT64_MAX, 0, 0, UINT32_MAX, 0, 0);
	assert_reads("personality", "x86_64", UINT32_MAX, 0, 0, UINT32_MAX, 0, 0);
	assert_reads("personality", "x86", UINT64_MAX, 0, 0, UINT32_MAX, 0, 0);
	assert_reads("ioctl", "x86_64", 3, 0xdead000000005401, 9, 0x5401, 0, 0);
	assert_reads("setsockopt", "x86_64", 3, 1, 2, 1, 2, 0);
	/* PROT_READ makes no difference, PROT_WRITE and PROT_EXEC do. */
	assert_reads("mmap", "x86_64", 0, 4096, 7, 6, 0, 0);
	assert_reads("mmap", "x86_64", 0, 4096, 1, 0, 0, 0);
	/* Signals and flags for threads are not namespaces. */
	assert_reads("clone", "x86_64", 0x3d0f00, 0, 0, 0, 0, 0);
	assert_reads("clone", "x86_64", 0x10000011, 0, 0, 0x10000000, 0, 0);
	/* A range is compared whole, where there is a whole. */
	assert_reads("iopl", "x86_64", 0x100000003, 0, 0, 0x100000003, 0, 0);
	assert_reads("iopl", "x86", 0x100000003, 0, 0, 3, 0, 0);
}

static void test_exceptions_of_architectures(void **state _unused_)
{
	assert_reads("clone", "s390x", 0x1000, 0x20000000, 0, 0x20000000, 0, 0);
	assert_int_equal(argument_index(get("clone"), 0, arch("s390x")), 1);
	assert_int_equal(argument_index(get("clone"), 0, arch("aarch64")), 0);
	assert_int_equal(argument_index(get("socket"), 2, arch("s390x")), 2);
	assert_false(argument_call_plain(get("mmap"), arch("x86")));
	assert_false(argument_call_plain(get("mmap"), arch("s390")));
	assert_false(argument_call_plain(get("mmap"), arch("s390x")));
	assert_true(argument_call_plain(get("mmap"), arch("x86_64")));
	assert_true(argument_call_plain(get("mmap"), arch("x32")));
	assert_true(argument_call_plain(get("mmap"), arch("aarch64")));
	assert_true(argument_call_plain(get("mmap2"), arch("x86")));
	assert_true(argument_call_plain(get("mprotect"), arch("x86")));
}

/* linux/net.h and linux/ipc.h */
static void test_sub_calls(void **state _unused_)
{
	static const struct multiplexed known[] = {
		{ "socket", "socketcall", 1 },	 { "connect", "socketcall", 3 },
		{ "recvmsg", "socketcall", 17 }, { "sendmmsg", "socketcall", 20 },
		{ "semop", "ipc", 1 },		 { "msgsnd", "ipc", 11 },
		{ "shmctl", "ipc", 24 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct multiplexed *form = multiplexed_by_name(known[i].name);

		assert_non_null(form);
		assert_string_equal(form->call, known[i].call);
		assert_int_equal(form->number, known[i].number);
		/* The call itself is in the table, by its first argument. */
		assert_int_equal(get(form->call)->fields[0].index, 0);
	}
	assert_null(multiplexed_by_name("socketcall"));
	assert_null(multiplexed_by_name("read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_is_sound),
		cmocka_unit_test(test_every_call_exists),
		cmocka_unit_test(test_ints_are_low_halves),
		cmocka_unit_test(test_exceptions_of_architectures),
		cmocka_unit_test(test_sub_calls),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("argument", tests, NULL, NULL);
}
