/* SPDX-License-Identifier: Apache-2.0 */
/* The formats that are filters or make one: bpf, pfc, c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "emit.h"
#include "format/bpf.h"
#include <byteswap.h>
#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

/* What the product answers, run as the kernel would run it. */
static uint32_t answer(const struct emitted *emitted, const struct arch *arch, int32_t nr,
		       const uint64_t args[6])
{
	const struct seccomp_data data = bpf_call(arch, nr, args);
	const struct strbuf *body = &emitted->emission.body;
	size_t n = body->len / sizeof(struct sock_filter);
	struct sock_filter *program = malloc(body->len + 1);
	bool foreign = ((arch->audit & __AUDIT_ARCH_LE) != 0) != (__BYTE_ORDER == __LITTLE_ENDIAN);
	uint32_t found = 0;

	assert_non_null(program);
	assert_int_equal(body->len % sizeof(struct sock_filter), 0);
	memcpy(program, body->data, body->len);
	for (size_t i = 0; foreign && i < n; i++) {
		program[i].code = bswap_16(program[i].code);
		program[i].k = bswap_32(program[i].k);
	}
	assert_int_equal(simulate(program, n, &data, &found), 0);
	free(program);
	return found;
}

static uint32_t answer_name(struct emitted *emitted, const char *arch, const char *name,
			    uint64_t first)
{
	const uint64_t args[6] = { first };
	int32_t nr;

	assert_int_equal(syscall_number(&emitted->names, arch_by_name(slice_from(arch)), name, &nr),
			 0);
	return answer(emitted, arch_by_name(slice_from(arch)), nr, args);
}

static void bpf_is_what_the_profile_says(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "bpf", emit_usual, NULL);
	assert_int_equal(answer_name(&emitted, "x86_64", "read", 0), SECCOMP_RET_ALLOW);
	assert_int_equal(answer_name(&emitted, "x86_64", "mkdir", 0), SECCOMP_RET_ERRNO | EPERM);
	assert_int_equal(answer_name(&emitted, "x86_64", "openat2", 0), SECCOMP_RET_ERRNO | ENOSYS);
	assert_int_equal(answer_name(&emitted, "x86_64", "clone", 0x11), SECCOMP_RET_ALLOW);
	assert_int_equal(answer_name(&emitted, "x86_64", "clone", 0x10000000),
			 SECCOMP_RET_ERRNO | EPERM);
	assert_int_equal(answer_name(&emitted, "x86", "read", 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(answer_name(&emitted, "x32", "read", 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(emitted.emission.n_losses, 0);
	emit_forget(&emitted);
}

static void bpf_covers_the_whole_host(void **state)
{
	static const char *const arches[] = { "x86_64", "x86", "x32" };
	struct emitted emitted;

	(void)state;
	emit(&emitted, "bpf", emit_usual, "x86_64,x86,x32");
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		assert_int_equal(answer_name(&emitted, arches[i], "read", 0), SECCOMP_RET_ALLOW);
		assert_int_equal(answer_name(&emitted, arches[i], "mkdir", 0),
				 SECCOMP_RET_ERRNO | EPERM);
	}
	assert_int_equal(answer_name(&emitted, "aarch64", "read", 0), SECCOMP_RET_KILL_THREAD);
	emit_forget(&emitted);
}

/* A filter for another machine is in that machine's byte order. */
static void bpf_is_in_the_order_of_its_host(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "bpf", emit_usual, "s390x");
	assert_int_equal(answer_name(&emitted, "s390x", "read", 0), SECCOMP_RET_ALLOW);
	assert_int_equal(answer_name(&emitted, "s390x", "mkdir", 0), SECCOMP_RET_ERRNO | EPERM);
	emit_forget(&emitted);
	emit(&emitted, "bpf", emit_usual, "aarch64,s390x");
	assert_int_equal(answer_name(&emitted, "aarch64", "read", 0), SECCOMP_RET_ALLOW);
	assert_said(&emitted, LOSS_NOTE, "for aarch64 machines");
	emit_forget(&emitted);
}

/* libseccomp 2.5.4 has some answers of long filters in the wrong order; the proof would notice. */
static void bpf_of_another_order_can_be_long(void **state)
{
	const struct arch *arch = arch_by_name(SLICE("s390x"));
	_cleanup_strbuf_ struct strbuf json = { 0 };
	struct syscall_table table = { 0 };
	struct emitted emitted;
	const int32_t *numbers;
	size_t n;

	(void)state;
	strbuf_puts(&json,
		    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"exit\"");
	assert_int_equal(syscall_numbers(&table, arch, &numbers, &n), 0);
	assert_in_range(n, 300, 1000);
	for (size_t i = 0; i < n; i++)
		if (strcmp(syscall_name(&table, arch, numbers[i]), "mkdir") != 0)
			strbuf_printf(&json, ",\"%s\"", syscall_name(&table, arch, numbers[i]));
	strbuf_puts(&json, "],\"action\":\"SCMP_ACT_ALLOW\"}]}");
	emit(&emitted, "bpf", strbuf_text(&json), "s390x");
	assert_int_equal(answer_name(&emitted, "s390x", "exit", 0), SECCOMP_RET_ALLOW);
	assert_int_equal(answer_name(&emitted, "s390x", "mkdir", 0), SECCOMP_RET_ERRNO | EPERM);
	emit_forget(&emitted);
	syscall_table_deinit(&table);
}

static void bpf_says_what_libseccomp_lacks(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "bpf",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],"
	     "\"syscalls\":[{\"names\":[\"read\",\"no_such_call\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	     "{\"names\":[\"chroot\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":"
	     "[\"CAP_SYS_CHROOT\"]}}]}",
	     NULL);
	assert_said(&emitted, LOSS_NARROWER, "no_such_call");
	assert_said(&emitted, LOSS_NARROWER, "chroot");
	assert_said(&emitted, LOSS_NOTE, "SECCOMP_FILTER_FLAG_LOG");
	emit_forget(&emitted);
}

static void pfc_is_readable(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "pfc", emit_usual, NULL);
	assert_has(&emitted, "# seccomp profile of test");
	assert_has(&emitted, "filter for arch x86_64");
	assert_has(&emitted, "filter for syscall \"clone\"");
	assert_has(&emitted, "action ERRNO(38);");
	emit_forget(&emitted);
}

static void c_has_every_rule(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "c", emit_usual, NULL);
	assert_has(&emitted, "{ \"read\", SCMP_ACT_ALLOW, 0, { { 0 } } },\n");
	assert_has(&emitted, "{ \"clone\", SCMP_ACT_ALLOW, 1, { { 0, SCMP_CMP_MASKED_EQ, "
			     "0x7e020000, 0 } } },\n");
	assert_has(&emitted, "{ \"openat2\", SCMP_ACT_ERRNO(ENOSYS), 0, { { 0 } } },\n");
	assert_has(&emitted, "#define SECCOMP_DEFAULT SCMP_ACT_ERRNO(EPERM)\n");
	assert_has(&emitted, "\tSCMP_ARCH_X86_64,\n};");
	assert_int_equal(emitted.emission.n_losses, 0);
	emit_forget(&emitted);
	emit(&emitted, "c",
	     "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"syscalls\":["
	     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":4000},"
	     "{\"names\":[\"write\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":7}]}",
	     NULL);
	assert_has(&emitted, "SCMP_ACT_ERRNO(4000)");
	assert_has(&emitted, "SCMP_ACT_TRACE(7)");
	assert_has(&emitted, "#define SECCOMP_DEFAULT SCMP_ACT_KILL_PROCESS\n");
	emit_forget(&emitted);
}

/* libseccomp refuses some rules on socket(2) for x86 unless socketcall(2) is settled before. */
static void c_settles_calls_without_arguments_first(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "c",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	     "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
	     "\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]},"
	     "{\"names\":[\"socketcall\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	     "x86,x86_64");
	assert_true(strstr(emitted.text, "\"socketcall\"") < strstr(emitted.text, "\"socket\""));
	emit_forget(&emitted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bpf_is_what_the_profile_says),
		cmocka_unit_test(bpf_covers_the_whole_host),
		cmocka_unit_test(bpf_is_in_the_order_of_its_host),
		cmocka_unit_test(bpf_of_another_order_can_be_long),
		cmocka_unit_test(bpf_says_what_libseccomp_lacks),
		cmocka_unit_test(pfc_is_readable),
		cmocka_unit_test(c_has_every_rule),
		cmocka_unit_test(c_settles_calls_without_arguments_first),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_filter", tests, NULL, NULL);
}
