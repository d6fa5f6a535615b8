/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "arch/syscall.h"
#include "format/bpf.h"
#include "model/profile_json.h"
#include <errno.h>
#include <string.h>

#define ALLOW	 0x7fff0000u
#define ERRNO(n) (0x00050000u | (n))

static const struct arch *arch_named(const char *name)
{
	const struct arch *arch = arch_by_name(slice_from(name));

	assert_non_null(arch);
	return arch;
}

static void compile(const char *text, const char *arch, struct bpf *bpf)
{
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "text", &err) < 0 ||
	    bpf_compile(profile, arch_named(arch), bpf, &err) < 0)
		fail_msg("%s", err.message);
	profile_free(profile);
}

static uint32_t verdict(const struct bpf *bpf, const char *arch, const char *name, uint64_t arg0,
			uint64_t arg1)
{
	struct syscall_table names = { 0 };
	const uint64_t args[6] = { arg0, arg1 };
	struct seccomp_data data;
	uint32_t found;
	int32_t nr;

	assert_int_equal(syscall_number(&names, arch_named(arch), name, &nr), 0);
	data = bpf_call(arch_named(arch), nr, args);
	assert_int_equal(simulate(bpf->program, bpf->n, &data, &found), 0);
	syscall_table_deinit(&names);
	return found;
}

#define RULES(rules)                                                                               \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 13, \"syscalls\": [" rules   \
	"]}"
#define ARG(index, value, op)                                                                      \
	"{\"index\": " #index ", \"value\": " #value ", \"op\": \"SCMP_CMP_" op "\"}"

static void test_each_arch_alone(void **state _unused_)
{
	static const char *const arches[] = { "x86",	 "x86_64", "x32",     "arm",
					      "aarch64", "s390x",  "ppc64le", "riscv64" };

	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		struct bpf bpf = { 0 };

		compile(RULES("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}"), arches[i],
			&bpf);
		if (verdict(&bpf, arches[i], "read", 0, 0) != ALLOW ||
		    verdict(&bpf, arches[i], "write", 0, 0) != ERRNO(13) ||
		    verdict(&bpf, strcmp(arches[i], "arm") == 0 ? "aarch64" : "arm", "read", 0,
			    0) != 0)
			fail_msg("%s", arches[i]);
		bpf_deinit(&bpf);
	}
}

static void test_errno(void **state _unused_)
{
	struct bpf bpf = { 0 };

	compile(RULES("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38},"
		      "{\"names\": [\"write\"], \"action\": \"SCMP_ACT_ERRNO\"},"
		      "{\"names\": [\"open\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 0}"),
		"x86_64", &bpf);
	assert_int_equal(verdict(&bpf, "x86_64", "read", 0, 0), ERRNO(38));
	assert_int_equal(verdict(&bpf, "x86_64", "write", 0, 0), ERRNO(EPERM));
	assert_int_equal(verdict(&bpf, "x86_64", "open", 0, 0), ERRNO(0));
	bpf_deinit(&bpf);
}

static void test_arguments(void **state _unused_)
{
	struct bpf bpf = { 0 };

	compile(RULES("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [" ARG(
			0, 5, "EQ") "," ARG(1, 7, "GE") "]},"
							"{\"names\": [\"write\"], \"action\": "
							"\"SCMP_ACT_ALLOW\", \"args\": [" ARG(
								0, 5, "EQ") "," ARG(0, 6,
										    "EQ") "]}"),
		"x86_64", &bpf);
	assert_int_equal(verdict(&bpf, "x86_64", "read", 5, 7), ALLOW);
	assert_int_equal(verdict(&bpf, "x86_64", "read", 5, 6), ERRNO(13));
	assert_int_equal(verdict(&bpf, "x86_64", "read", 4, 7), ERRNO(13));
	/* The same index twice: either. */
	assert_int_equal(verdict(&bpf, "x86_64", "write", 5, 0), ALLOW);
	assert_int_equal(verdict(&bpf, "x86_64", "write", 6, 0), ALLOW);
	assert_int_equal(verdict(&bpf, "x86_64", "write", 7, 0), ERRNO(13));
	bpf_deinit(&bpf);
}

/* The other byte order: the program comes out in ours, the arguments go in as they lie in theirs.
 */
static void test_big_endian(void **state _unused_)
{
	struct bpf bpf = { 0 };

	compile(RULES("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": "
		      "[" ARG(0, 4294967301, "EQ") "]}"),
		"s390x", &bpf);
	assert_int_equal(verdict(&bpf, "s390x", "read", 4294967301, 0), ALLOW);
	assert_int_equal(verdict(&bpf, "s390x", "read", 5, 0), ERRNO(13));
	bpf_deinit(&bpf);
}

static void test_skipped(void **state _unused_)
{
	struct bpf bpf = { 0 };

	compile(RULES("{\"names\": [\"zz_no_call\", \"read\", \"aa_no_call\", \"zz_no_call\"], "
		      "\"action\": \"SCMP_ACT_ALLOW\"}"),
		"x86_64", &bpf);
	assert_int_equal(name_list_count(bpf.skipped), 2);
	assert_string_equal(bpf.skipped[0], "aa_no_call");
	assert_string_equal(bpf.skipped[1], "zz_no_call");
	assert_int_equal(verdict(&bpf, "x86_64", "read", 0, 0), ALLOW);
	bpf_deinit(&bpf);
}

static void test_conditions(void **state _unused_)
{
	struct bpf bpf = { 0 };

	compile(RULES("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": "
		      "{\"arches\": [\"arm64\"]}},"
		      "{\"names\": [\"write\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": "
		      "{\"caps\": [\"CAP_X\"]}},"
		      "{\"names\": [\"open\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": "
		      "{\"caps\": [\"CAP_X\"]}}"),
		"x86_64", &bpf);
	assert_int_equal(verdict(&bpf, "x86_64", "read", 0, 0), ERRNO(13));
	assert_int_equal(verdict(&bpf, "x86_64", "write", 0, 0), ERRNO(13));
	assert_int_equal(verdict(&bpf, "x86_64", "open", 0, 0), ALLOW);
	bpf_deinit(&bpf);
}

static void test_multiplexed(void **state _unused_)
{
	struct bpf bpf = { 0 };

	compile(RULES("{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\"}"), "x86", &bpf);
	assert_int_equal(verdict(&bpf, "x86", "socket", 0, 0), ALLOW);
	assert_int_equal(verdict(&bpf, "x86", "socketcall", 1, 0), ALLOW); /* SYS_SOCKET */
	assert_int_equal(verdict(&bpf, "x86", "socketcall", 2, 0), ERRNO(13));
	bpf_deinit(&bpf);
}

static void test_unknown_arch(void **state _unused_)
{
	const struct arch foreign = { .name = "z80", .oci = "SCMP_ARCH_Z80", .token = 0x40001234 };
	struct profile *profile = profile_new();
	struct bpf bpf = { 0 };
	struct error err = { 0 };

	assert_int_equal(bpf_compile(profile, &foreign, &bpf, &err), -EAFNOSUPPORT);
	assert_string_equal(err.message, "z80: not known to this libseccomp");
	assert_null(bpf.program);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_arch_alone), cmocka_unit_test(test_errno),
		cmocka_unit_test(test_arguments),	cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_conditions),	cmocka_unit_test(test_multiplexed),
		cmocka_unit_test(test_unknown_arch),	cmocka_unit_test(test_big_endian),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
