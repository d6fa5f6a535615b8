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
#include <stdio.h>
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

static const char deny_list[] =
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	"\"syscalls\":[{\"names\":[\"mount\",\"zzz_new\"],\"action\":\"SCMP_ACT_ERRNO\"},"
	"{\"names\":[\"zzz_newer\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
	"{\"names\":[\"zzz_logged\"],\"action\":\"SCMP_ACT_LOG\"}]}";

/* What a deny list cannot deny is let through. */
static void what_is_not_denied_is_wider(void **state)
{
	static const char *const formats[] = { "bpf",	  "pfc",      "c",    "lxc",
					       "systemd", "firejail", "kafel" };
	struct emitted emitted;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i], deny_list, NULL);
		assert_said(&emitted, LOSS_WIDER, ": zzz_new zzz_newer");
		assert_said(&emitted, LOSS_NOTE, ": zzz_logged");
		assert_false(emit_said(&emitted, LOSS_NARROWER, "zzz"));
		emit_forget(&emitted);
	}
}

/* A list of what is allowed denies what it does not know. */
static void lists_of_the_allowed_are_not_wider(void **state)
{
	static const char *const formats[] = { "names", "minijail" };
	struct emitted emitted;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i], deny_list, NULL);
		assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
		assert_said(&emitted, LOSS_NARROWER, "zzz_logged");
		emit_forget(&emitted);
	}
}

/* Only the rule that holds, and has an answer of its own, counts. */
static void skipped_names_are_judged_by_their_rules(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "bpf",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	     "{\"names\":[\"zzz_harder\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
	     "{\"names\":[\"zzz_same\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":1},"
	     "{\"names\":[\"zzz_other\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
	     "{\"names\":[\"zzz_far\"],\"action\":\"SCMP_ACT_KILL_PROCESS\","
	     "\"includes\":{\"arches\":[\"s390x\"]}},"
	     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	     "x86_64");
	assert_int_equal(emitted.emission.n_losses, 2);
	assert_said(&emitted, LOSS_WIDER, "not listed: zzz_harder");
	assert_said(&emitted, LOSS_NOTE, "not listed: zzz_other");
	emit_forget(&emitted);
}

/* A call that this program knows and the libseccomp here does not, if there is one. */
static const char *unresolved(void)
{
	static const char *const newest[] = { "cachestat",   "mseal",	       "statmount",
					      "setxattrat",  "open_tree_attr", "file_getattr",
					      "file_setattr" };

	for (size_t i = 0; i < ARRAY_SIZE(newest); i++)
		if (!syscall_in_libseccomp(newest[i]))
			return newest[i];
	return NULL;
}

static void what_libseccomp_lacks_is_judged_by_format(void **state)
{
	static const struct {
		const char *format, *answer;
		enum loss_kind kind;
	} cases[] = {
		{ "bpf", "SCMP_ACT_ERRNO", LOSS_WIDER },
		{ "pfc", "SCMP_ACT_ERRNO", LOSS_WIDER },
		{ "lxc", "SCMP_ACT_ERRNO", LOSS_WIDER },
		{ "systemd", "SCMP_ACT_ERRNO", LOSS_WIDER },
		{ "systemd", "SCMP_ACT_KILL_PROCESS", LOSS_WIDER },
		{ "c", "SCMP_ACT_ERRNO", LOSS_NARROWER },
	};
	const char *name = unresolved();
	char json[512];

	(void)state;
	for (size_t i = 0; name && i < ARRAY_SIZE(cases); i++) {
		struct emitted emitted;

		snprintf(json, sizeof(json),
			 "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":"
			 "[\"SCMP_ARCH_X86_64\"],\"syscalls\":[{\"names\":[\"%s\"],"
			 "\"action\":\"%s\"}]}",
			 name, cases[i].answer);
		emit(&emitted, cases[i].format, json, NULL);
		assert_said(&emitted, cases[i].kind, name);
		assert_int_equal(emit_said(&emitted, LOSS_WIDER, name),
				 cases[i].kind == LOSS_WIDER);
		emit_forget(&emitted);
	}
}

/* A program that cannot deny what it is to deny does not start. */
static void c_needs_what_it_denies(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "c",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	     "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
	     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	     NULL);
	assert_has(&emitted, "{ \"mount\", SCMP_ACT_KILL_PROCESS, 1, 0, { { 0 } } },\n");
	assert_has(&emitted, "{ \"read\", SCMP_ACT_ALLOW, 0, 0, { { 0 } } },\n");
	assert_has(&emitted, "r = -EOPNOTSUPP;");
	emit_forget(&emitted);
}

/* libseccomp cuts them, and says nothing. */
static void numbers_that_are_cut_are_told(void **state)
{
	static const struct {
		const char *op, *value, *two, *rest, *action;
		bool wider, narrower;
	} cases[] = {
		{ "LT", "4294967296", "0", "ERRNO", "ALLOW", false, true },
		{ "LE", "4294967301", "0", "ERRNO", "ALLOW", false, true },
		{ "NE", "4294967301", "0", "ERRNO", "ALLOW", false, true },
		{ "EQ", "4294967301", "0", "ERRNO", "ALLOW", true, false },
		{ "GE", "4294967296", "0", "ERRNO", "ALLOW", true, false },
		{ "GT", "4294967301", "0", "ERRNO", "ALLOW", true, false },
		{ "LT", "4294967296", "0", "ALLOW", "ERRNO", true, false },
		{ "EQ", "4294967301", "0", "ALLOW", "ERRNO", false, true },
		{ "LT", "4294967295", "0", "ERRNO", "ALLOW", false, false },
		{ "MASKED_EQ", "1", "3", "ERRNO", "ALLOW", true, false },
		{ "MASKED_EQ", "4294967297", "1", "ERRNO", "ALLOW", false, false },
		{ "MASKED_EQ", "4294967297", "4294967297", "ERRNO", "ALLOW", true, false },
		{ "MASKED_EQ", "1", "3", "ALLOW", "ERRNO", false, true },
	};
	static const char *const formats[] = { "bpf", "pfc", "c" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases) * ARRAY_SIZE(formats); i++) {
		const char *format = formats[i % ARRAY_SIZE(formats)];
		size_t at = i / ARRAY_SIZE(formats);
		struct emitted emitted;
		char json[512];

		snprintf(json, sizeof(json),
			 "{\"defaultAction\":\"SCMP_ACT_%s\",\"syscalls\":[{\"names\":"
			 "[\"prctl\"],\"action\":\"SCMP_ACT_%s\",\"args\":[{\"index\":0,"
			 "\"value\":%s,\"valueTwo\":%s,\"op\":\"SCMP_CMP_%s\"}]}]}",
			 cases[at].rest, cases[at].action, cases[at].value, cases[at].two,
			 cases[at].op);
		emit(&emitted, format, json, "x86_64,x86");
		if (emit_said(&emitted, LOSS_WIDER, "cuts") != cases[at].wider ||
		    emit_said(&emitted, LOSS_NARROWER, "cuts") != cases[at].narrower)
			fail_msg("%s: case %zu", format, at);
		emit_forget(&emitted);
	}
}

/* A default that logs is lost by lists of what is allowed. */
static void a_default_that_logs_is_told(void **state)
{
	static const char *const formats[] = { "minijail", "snapd", "names",
					       "systemd",  "lxc",   "firejail" };
	struct emitted emitted;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i],
		     "{\"defaultAction\":\"SCMP_ACT_LOG\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
		     "\"syscalls\":[{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
		     NULL);
		assert_said(&emitted, LOSS_NOTE, "allowed without being logged");
		emit_forget(&emitted);
	}
}

/* On x86 accept and semop are only parts of other calls; socket is both. */
static void parts_of_other_calls_are_not_lost_in_silence(void **state)
{
	static const char deny[] =
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":[{\"names\":[\"accept\",\"semop\"],\"action\":\"SCMP_ACT_ERRNO\"}]}";
	static const char allow[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":[{\"names\":[\"accept\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
	static const char part[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":[{\"names\":[\"socketcall\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_KILL\"}]}";
	static const char *const formats[] = { "systemd", "minijail", "kafel", "lxc", "c" };
	struct emitted emitted;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i], deny, NULL);
		if (!emit_said(&emitted, LOSS_WIDER, "accept semop"))
			fail_msg("%s: a denial", formats[i]);
		emit_forget(&emitted);
		emit(&emitted, formats[i], allow, NULL);
		if (!emit_said(&emitted, LOSS_NARROWER, "accept"))
			fail_msg("%s: an allowance", formats[i]);
		emit_forget(&emitted);
	}
	for (size_t i = 1; i < 3; i++) {
		emit(&emitted, formats[i], part, NULL);
		if (!emit_said(&emitted, LOSS_WIDER, "are answered as that is: socket"))
			fail_msg("%s: a part", formats[i]);
		emit_forget(&emitted);
	}
	emit(&emitted, "oci", deny, "x86");
	assert_non_null(strstr(strbuf_text(&emitted.emission.body), "\"accept\""));
	emit_forget(&emitted);
}

static void every_format_takes_everything(void **state)
{
	static const char *const files[] = { "everything.json", "deny-list.json" };
	const char *top = getenv("top_srcdir");
	static char json[65536];
	struct emitted emitted;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files) * emitter_count(); i++) {
		const struct emitter *emitter = emitter_at(i / ARRAY_SIZE(files));
		char path[4096];
		size_t len;
		FILE *file;

		if (!emitter->emit)
			continue;
		snprintf(path, sizeof(path), "%s/tests/data/profiles/%s", top ? top : ".",
			 files[i % ARRAY_SIZE(files)]);
		file = fopen(path, "r");
		if (!file)
			fail_msg("%s: %s", path, strerror(errno));
		len = fread(json, 1, sizeof(json) - 1, file);
		json[len] = '\0';
		fclose(file);
		emit(&emitted, emitter->name, json, NULL);
		assert_int_not_equal(emitted.emission.body.len, 0);
		emit_forget(&emitted);
		emit(&emitted, emitter->name, json, "aarch64,arm");
		emit_forget(&emitted);
	}
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
	assert_has(&emitted, "{ \"read\", SCMP_ACT_ALLOW, 0, 0, { { 0 } } },\n");
	assert_has(&emitted, "{ \"clone\", SCMP_ACT_ALLOW, 0, 1, { { 0, SCMP_CMP_MASKED_EQ, "
			     "0x7e020000, 0 } } },\n");
	assert_has(&emitted, "{ \"openat2\", SCMP_ACT_ERRNO(ENOSYS), 0, 0, { { 0 } } },\n");
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
		cmocka_unit_test(what_is_not_denied_is_wider),
		cmocka_unit_test(lists_of_the_allowed_are_not_wider),
		cmocka_unit_test(skipped_names_are_judged_by_their_rules),
		cmocka_unit_test(what_libseccomp_lacks_is_judged_by_format),
		cmocka_unit_test(numbers_that_are_cut_are_told),
		cmocka_unit_test(a_default_that_logs_is_told),
		cmocka_unit_test(parts_of_other_calls_are_not_lost_in_silence),
		cmocka_unit_test(every_format_takes_everything),
		cmocka_unit_test(pfc_is_readable),
		cmocka_unit_test(c_needs_what_it_denies),
		cmocka_unit_test(c_has_every_rule),
		cmocka_unit_test(c_settles_calls_without_arguments_first),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_filter", tests, NULL, NULL);
}
