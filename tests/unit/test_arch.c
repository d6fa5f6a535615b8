/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/arch.h"
#include <seccomp.h>
#include <string.h>
#include <sys/utsname.h>

static void found_by_audit_value_and_number(void **state)
{
	static const struct {
		uint32_t audit;
		int64_t nr;
		const char *name; /* NULL: unknown */
	} cases[] = {
		{ 0x40000003, 1, "x86" },
		{ 0xC000003E, 1, "x86_64" },
		{ 0xC000003E, 0x3FFFFFFF, "x86_64" },
		{ 0xC000003E, 0x40000001, "x32" },
		{ 0xC000003E, 0x40000208, "x32" },
		{ 0xC000003E, -1, "x86_64" },
		{ 0xC000003E, 0xFFFFFFFF, "x86_64" },
		{ 0x40000003, 0x40000001, "x86" },
		{ 0xC00000B7, 0, "aarch64" },
		{ 0x40000028, 983042, "arm" },
		{ 0x80000016, 1, "s390x" },
		{ 0x00000016, 1, "s390" },
		{ 0xC0000015, 1, "ppc64le" },
		{ 0x80000015, 1, "ppc64" },
		{ 0x00000014, 1, "ppc" },
		{ 0xC00000F3, 1, "riscv64" },
		{ 0xC0000102, 1, "loongarch64" },
		{ 0x00000008, 4001, "mips" },
		{ 0x80000008, 5001, "mips64" },
		{ 0xA0000008, 6001, "mips64n32" },
		{ 0x40000008, 4001, "mipsel" },
		{ 0xC0000008, 5001, "mipsel64" },
		{ 0xE0000008, 6001, "mipsel64n32" },
		{ 0x0000000F, 1, "parisc" },
		{ 0x8000000F, 1, "parisc64" },
		{ 0, 1, NULL },
		{ 0x4000003E, 1, NULL },
		{ 0xFFFFFFFF, 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct arch *arch = arch_by_audit(cases[i].audit, cases[i].nr);

		if (!arch != !cases[i].name || (arch && strcmp(arch->name, cases[i].name) != 0))
			fail_msg("%08x, number %jd is %s", cases[i].audit, (intmax_t)cases[i].nr,
				 arch ? arch->name : "unknown");
	}
}

static void every_row_is_found_by_each_of_its_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		int64_t nr = strcmp(arch->name, "x32") == 0 ? ARCH_X32_BIT : 0;

		assert_ptr_equal(arch_by_token(arch->token), arch);
		assert_ptr_equal(arch_by_name(slice_from(arch->name)), arch);
		assert_ptr_equal(arch_by_name(slice_from(arch->oci)), arch);
		assert_ptr_equal(arch_by_name(slice_from(arch->machine)), arch);
		assert_ptr_equal(arch_by_audit(arch->audit, nr), arch);
	}
}

static void other_names(void **state)
{
	static const struct {
		const char *name, *is;
	} cases[] = {
		{ "i386", "x86" },
		{ "i686", "x86" },
		{ "amd64", "x86_64" },
		{ "armv7l", "arm" },
		{ "arm64", "aarch64" },
		{ "SCMP_ARCH_X86", "x86" },
		{ "X86", NULL },
		{ "x86_6", NULL },
		{ "x86_64 ", NULL },
		{ "", NULL },
		{ "SCMP_ARCH_NATIVE", NULL },
		{ "alpha", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct arch *arch = arch_by_name(slice_from(cases[i].name));

		if (!arch != !cases[i].is || (arch && strcmp(arch->name, cases[i].is) != 0))
			fail_msg("'%s' is %s", cases[i].name, arch ? arch->name : "unknown");
	}
}

/* libseccomp knows each by our name and gives it our token. */
static void tokens_are_libseccomps(void **state)
{
	(void)state;
	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		uint32_t token = seccomp_arch_resolve_name(arch->name);

		/* Only since libseccomp 2.6. */
		if (token == 0 && arch->token == ARCH_LOONGARCH64)
			continue;
		if (token != arch->token)
			fail_msg("%s: %08x is not %08x", arch->name, token, arch->token);
	}
}

static void native_runs_on_64_bits(void **state)
{
	static const struct {
		const char *name, *native;
	} cases[] = {
		{ "x86", "x86_64" },	       { "x32", "x86_64" },
		{ "x86_64", "x86_64" },	       { "arm", "aarch64" },
		{ "s390", "s390x" },	       { "mips", "mips64" },
		{ "mips64n32", "mips64" },     { "mipsel", "mipsel64" },
		{ "mipsel64n32", "mipsel64" }, { "ppc", "ppc64" },
		{ "ppc64le", "ppc64le" },      { "parisc", "parisc64" },
		{ "riscv64", "riscv64" },      { "loongarch64", "loongarch64" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct arch *arch = arch_by_name(slice_from(cases[i].name));

		assert_string_equal(arch_by_token(arch->native)->name, cases[i].native);
	}
}

/* socketcall(2) is there exactly where libseccomp has a real number for it. */
static void multiplexed_is_what_libseccomp_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		int nr = seccomp_syscall_resolve_name_arch(arch->token, "socketcall");

		if (arch->multiplexed != (nr >= 0))
			fail_msg("%s: socketcall is %d", arch->name, nr);
	}
}

static void native_is_this_machine(void **state)
{
	const struct arch *arch = arch_native();
	struct utsname name;

	(void)state;
	assert_non_null(arch);
	assert_int_equal(uname(&name), 0);
	if (arch_by_name(slice_from(name.machine)))
		assert_int_equal(arch->native, arch_by_name(slice_from(name.machine))->native);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_audit_value_and_number),
		cmocka_unit_test(every_row_is_found_by_each_of_its_names),
		cmocka_unit_test(other_names),
		cmocka_unit_test(tokens_are_libseccomps),
		cmocka_unit_test(native_runs_on_64_bits),
		cmocka_unit_test(multiplexed_is_what_libseccomp_says),
		cmocka_unit_test(native_is_this_machine),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
