/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "describe.h"
#include <errno.h>

#define HEAD(version)                                                                              \
	"apiVersion: security-profiles-operator.x-k8s.io/" version                                 \
	"\nkind: SeccompProfile\nmetadata:\n  name: x\n"

/* As its documentation shows them. */
static void test_example(void **state _unused_)
{
	assert_reads("spo",
		     HEAD("v1beta1") "spec:\n"
				     "  defaultAction: SCMP_ACT_ERRNO\n"
				     "  architectures:\n"
				     "  - SCMP_ARCH_X86_64\n"
				     "  syscalls:\n"
				     "  - action: SCMP_ACT_ALLOW\n"
				     "    names:\n"
				     "    - write\n"
				     "    - read\n"
				     "    - read\n"
				     "  - action: SCMP_ACT_ERRNO\n"
				     "    names: [mount]\n"
				     "    errnoRet: 38\n",
		     "errno on SCMP_ARCH_X86_64; allow read write; errno:38 mount");
}

static void test_arguments(void **state _unused_)
{
	assert_reads("spo",
		     HEAD("v1") "spec:\n"
				"  state: Enabled\n"
				"  defaultAction: 'SCMP_ACT_KILL_PROCESS'\n"
				"  syscalls:\n"
				"  - names: [socket]\n"
				"    action: \"SCMP_ACT_ALLOW\"\n"
				"    errnoRet: 0\n"
				"    args:\n"
				"    - {index: 0, op: SCMP_CMP_EQ, value: 1}\n"
				"    - {index: 1, op: SCMP_CMP_MASKED_EQ, value: 15, valueTwo: 2}\n"
				"  - names: [personality]\n"
				"    action: SCMP_ACT_ALLOW\n"
				"    args:\n"
				"    - index: 0\n"
				"      op: SCMP_CMP_LE\n"
				"      value: 9223372036854775807\n",
		     "kill_process; allow socket if arg0 == 1 && arg1 & 0xf == 0x2; allow "
		     "personality if arg0 <= 9223372036854775807");
}

static void test_what_is_left_out(void **state _unused_)
{
	/* null is nothing, as it is to Go; status and metadata are not the profile's. */
	assert_reads("spo",
		     HEAD("v1beta1") "spec:\n"
				     "  disabled: false\n"
				     "  baseProfileName: ''\n"
				     "  architectures: null\n"
				     "  flags: ~\n"
				     "  syscalls:\n"
				     "  defaultAction: SCMP_ACT_LOG\n"
				     "status:\n  path: x\n  anything: [1, {a: b}]\n",
		     "log");
	assert_reads("spo",
		     HEAD("v1alpha1") "spec:\n  defaultAction: SCMP_ACT_LOG\n"
				      "  targetWorkload: nginx\n",
		     "log");
}

static void test_json(void **state _unused_)
{
	assert_reads("spo",
		     "{\"apiVersion\": \"security-profiles-operator.x-k8s.io/v1beta1\", \"kind\": "
		     "\"SeccompProfile\", \"spec\": {\"defaultAction\": \"SCMP_ACT_ERRNO\", "
		     "\"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", "
		     "\"args\": [{\"index\": 2, \"op\": \"SCMP_CMP_NE\"}]}]}}",
		     "errno; allow read if arg2 != 0");
}

static void test_documents(void **state _unused_)
{
	assert_reads("spo",
		     "# comment\n---\napiVersion: v1\nkind: Namespace\n---\n" HEAD(
			     "v1") "spec: {defaultAction: SCMP_ACT_ALLOW}\n---\n- 1\n...\n",
		     "allow");
}

/* An anchor is met as often as it is named, and no more than the bounds allow. */
static void test_aliases(void **state _unused_)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };

	assert_reads("spo",
		     HEAD("v1") "spec:\n  defaultAction: SCMP_ACT_ERRNO\n  syscalls:\n"
				"  - {names: &n [read, write], action: SCMP_ACT_ALLOW}\n"
				"  - {names: *n, action: SCMP_ACT_LOG}\n",
		     "errno; allow read write; log read write");
	strbuf_puts(&text, HEAD("v1") "spec:\n  defaultAction: SCMP_ACT_ERRNO\n  syscalls:\n"
				      "  - action: SCMP_ACT_ALLOW\n    names: &n\n");
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&text, "    - c%d\n", i);
	for (int i = 0; i < 1000; i++)
		strbuf_puts(&text, "  - {names: *n, action: SCMP_ACT_LOG}\n");
	assert_int_equal(reader_by_name("spo")->read((struct slice){ text.data, text.len }, "f",
						     &profile, &err),
			 -EBADMSG);
	assert_non_null(strstr(err.message, ": more than 65536 names"));
}

static void test_depth(void **state _unused_)
{
	static const char head[] = HEAD("v1") "spec: ";
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };

	strbuf_puts(&text, head);
	for (int i = 0; i < 100000; i++)
		strbuf_putc(&text, '[');
	assert_int_equal(reader_by_name("spo")->read((struct slice){ text.data, text.len }, "f",
						     &profile, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "f: line 5: nested too deeply");
	strbuf_clear(&text);
	strbuf_puts(&text, head);
	for (int i = 0; i < 200000; i++)
		strbuf_puts(&text, "        ");
	err = (struct error){ 0 };
	assert_int_equal(reader_by_name("spo")->read((struct slice){ text.data, text.len }, "f",
						     &profile, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "f: larger than an object can be (1.5 MB)");
}

/* What a loader does for an anchor grows with their number. */
static void test_anchors(void **state _unused_)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };

	strbuf_puts(&text, HEAD("v1") "spec: [");
	for (int i = 0; i < 100000; i++)
		strbuf_printf(&text, "&a%d x,", i);
	strbuf_puts(&text, "]\n");
	assert_int_equal(reader_by_name("spo")->read((struct slice){ text.data, text.len }, "f",
						     &profile, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "f: line 5: more than 1000 anchors");
}

static void test_listener(void **state _unused_)
{
	static const char text[] = HEAD("v1") "spec:\n  defaultAction: SCMP_ACT_ALLOW\n"
					      "  listenerPath: /var/run/x\n"
					      "  listenerMetadata: \"a\\\"b\"\n"
					      "  flags: [SECCOMP_FILTER_FLAG_LOG]\n";
	_cleanup_profile_ struct profile *profile = NULL;
	struct error err = { 0 };

	if (reader_by_name("spo")->read(SLICE(text), "f", &profile, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(profile->extra,
			    "{\"listenerPath\":\"/var/run/x\",\"listenerMetadata\":\"a\\\"b\"}");
	assert_string_equal(profile->flags[0], "SECCOMP_FILTER_FLAG_LOG");
}

static void test_invalid(void **state _unused_)
{
	assert_refuses("spo", 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_what_is_left_out),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_invalid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("read_spo", tests, NULL, NULL);
}
