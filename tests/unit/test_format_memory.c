/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and emitters of profiles when the n-th allocation fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "failing_alloc.h"
#include "format/emitter.h"
#include "format/reader.h"
#include <errno.h>
#include <stdio.h>

static const struct {
	const char *format, *text;
} samples[] = {
	{ "oci", "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"architectures\":["
		 "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_LOONGARCH64\"],\"listenerMetadata\":\"x\","
		 "\"syscalls\":[{\"names\":[\"read\",\"stat\",\"not a call\"],\"action\":"
		 "\"SCMP_ACT_ALLOW\"},{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\","
		 "\"errnoRet\":38},{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		 "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},{\"index\":1,\"value\":15,"
		 "\"valueTwo\":3,\"op\":\"SCMP_CMP_MASKED_EQ\"}]},{\"names\":[\"getpid\"],"
		 "\"action\":\"SCMP_ACT_LOG\"},{\"names\":[\"bpf\"],\"action\":"
		 "\"SCMP_ACT_TRAP\"}]}" },
	{ "docker", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"archMap\":[{\"architecture\":"
		    "\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\"]}],\"syscalls\":["
		    "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\",\"excludes\":{\"caps\":["
		    "\"CAP_SYS_ADMIN\"]}}]}" },
	{ "names", "read # x\nwrite\n" },
	{ "systemd", "[Service]\nSystemCallFilter=read \\\n write clone setns\n"
		     "SystemCallFilter=~@default\nSystemCallErrorNumber=EPERM\n"
		     "RestrictNamespaces=yes\nSystemCallArchitectures=native x86\n"
		     "SystemCallLog=write\n" },
	{ "spo", "apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		 "spec:\n  defaultAction: SCMP_ACT_ERRNO\n  architectures: [SCMP_ARCH_X86_64]\n"
		 "  flags: [SECCOMP_FILTER_FLAG_LOG]\n  listenerPath: /x\n  syscalls:\n"
		 "  - names: [read, write]\n    action: SCMP_ACT_ALLOW\n"
		 "    args: [{index: 0, op: SCMP_CMP_EQ, value: 1}]\n" },
	{ "minijail", "@frequency ./x\nread: 1\nopen: arg1 & 5 && arg2 == 1 || arg0 in ~2\n"
		      "write: return EPERM\nkill: log\n" },
};

static int work_reading(const void *data)
{
	const size_t i = *(const size_t *)data;
	_cleanup_profile_ struct profile *profile = NULL;
	struct error err = { 0 };
	int r = reader_by_name(samples[i].format)
			->read(slice_from(samples[i].text), "test", &profile, &err);

	if (r < 0 && r != -ENOMEM)
		fail_msg("%s: %d: %s", samples[i].format, r, err.message);
	assert_true(r == 0 ? profile != NULL : profile == NULL);
	return r;
}

static void test_readers(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		_cleanup_profile_ struct profile *profile = NULL;
		struct error err = { 0 };

		if (reader_by_name(samples[i].format)
			    ->read(slice_from(samples[i].text), "test", &profile, &err) < 0)
			fail_msg("%s: %s", samples[i].format, err.message);
		until_nothing_fails(work_reading, &i);
	}
	assert_int_equal(ARRAY_SIZE(samples), reader_count());
}

struct emitting {
	const struct emitter *emitter;
	const struct profile *profile;
	struct syscall_table *names;
	bool took; /* a format can refuse a profile, memory or not */
};

static int work_emitting(const void *data)
{
	const struct emitting *emitting = data;
	const struct emit_request request = { .title = "Test", .names = emitting->names };
	struct emission emission = { 0 };
	struct error err = { 0 };
	int r = emitter_run(emitting->emitter, emitting->profile, &request, &emission, &err);

	emission_deinit(&emission);
	if (!emitting->took && r < 0)
		return alloc_countdown >= 0 ? 0 : -ENOMEM;
	if (r < 0 && r != -ENOMEM)
		fail_msg("%s: %d: %s", emitting->emitter->name, r, err.message);
	return r;
}

/* libseccomp's filters have tests of their own, and take long. */
static bool is_compiled(const struct emitter *emitter)
{
	return strcmp(emitter->name, "bpf") == 0 || strcmp(emitter->name, "pfc") == 0;
}

static void test_emitters(void **state _unused_)
{
	struct syscall_table names = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		_cleanup_profile_ struct profile *profile = NULL;

		assert_int_equal(reader_by_name(samples[i].format)
					 ->read(slice_from(samples[i].text), "test", &profile,
						NULL),
				 0);
		for (size_t j = 0; j < emitter_count(); j++) {
			struct emitting emitting = { emitter_at(j), profile, &names, true };

			if (!emitter_at(j)->emit || is_compiled(emitter_at(j)))
				continue;
			/* Once without failures: the table of names is complete then. */
			emitting.took = work_emitting(&emitting) == 0;
			until_nothing_fails(work_emitting, &emitting);
		}
	}
	syscall_table_deinit(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_emitters),
	};

	if (!alloc_can_fail()) {
		puts("1..0 # SKIP this linker does not wrap allocations");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("format_memory", tests, NULL, NULL);
}
