/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "describe.h"
#include "format/text_lines.h"
#include <ctype.h>
#include <errno.h>

static void test_names_find_their_readers(void **state _unused_)
{
	assert_in_range(reader_count(), 3, 100);
	for (size_t i = 0; i < reader_count(); i++)
		assert_ptr_equal(reader_by_name(reader_at(i)->name), reader_at(i));
	assert_null(reader_by_name(""));
	assert_null(reader_by_name("OCI"));
}

static void test_facts_are_fit_to_show(void **state _unused_)
{
	for (size_t i = 0; i < reader_count(); i++) {
		const struct reader *reader = reader_at(i);

		assert_in_range(strlen(reader->name), 1, 10);
		for (const char *c = reader->name; *c; c++)
			assert_true(islower((unsigned char)*c));
		assert_in_range(strlen(reader->summary), 10, 66);
		assert_non_null(reader->detect);
		assert_non_null(reader->read);
	}
}

static const struct {
	const char *text, *format; /* NULL: none */
} samples[] = {
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}", "oci" },
	{ " \n{\"defaultAction\": 5}", "oci" },
	{ "{", "oci" },
	{ "{\"linux\": {\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ERRNO\"}}}", "oci" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"archMap\": []}", "docker" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"EPERM\"}", "docker" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"name\": \"read\", \"action\": "
	  "\"SCMP_ACT_ALLOW\"}]}",
	  "docker" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], "
	  "\"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": [\"CAP_KILL\"]}}]}",
	  "docker" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], "
	  "\"action\": \"SCMP_ACT_ALLOW\", \"comment\": \"ours\"}]}",
	  "oci" },
	{ "read\nwrite\n", "names" },
	{ "# calls\r\n\r\n  read # often\r\n", "names" },
	{ "[Unit]\nx=y\n[Service]\nSystemCallFilter=read\n", "systemd" },
	{ "SystemCallLog = ", "systemd" },
	{ "apiVersion: security-profiles-operator.x-k8s.io/v1\n", "spo" },
	{ "{\"apiVersion\": \"security-profiles-operator.x-k8s.io/v1beta1\"}", "spo" },
	{ "read: 1", "minijail" },
	{ "\n# x\nread:arg0 == 1", "minijail" },
	{ "@include x", "minijail" },
	{ "kill: return 1 # x", "minijail" },
	{ "read: 17\n", NULL },
	{ "spec: {}\n", NULL },
	{ "<xml>", NULL },
	{ "[Service]\nExecStart=/bin/true\n", NULL },
	{ "", NULL },
	{ "# nothing\n", NULL },
	{ "two words\n", NULL },
	{ "[]", NULL },
	{ "\x7f"
	  "ELF",
	  NULL },
};

static void test_detects(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct reader *reader = NULL;
		struct error err = { 0 };
		int r = reader_detect(slice_from(samples[i].text), "x", &reader, &err);

		if (samples[i].format && r < 0)
			fail_msg("%s: %s", samples[i].text, err.message);
		if (!samples[i].format) {
			assert_int_equal(r, -EBADMSG);
			assert_string_equal(strtok(err.message, ":"), "x");
			continue;
		}
		assert_string_equal(reader->name, samples[i].format);
	}
}

static void test_unknown_is_said(void **state _unused_)
{
	const struct reader *reader = NULL;
	struct profile *profile = NULL;
	struct error err = { 0 };

	assert_int_equal(reader_read(SLICE("?!"), "f", &profile, &reader, &err), -EBADMSG);
	assert_null(profile);
	assert_null(reader);
	assert_ptr_equal(strstr(err.message, "f: not a profile in any format that can be read: "
					     "oci, docker"),
			 err.message);
}

static void test_reads_names(void **state _unused_)
{
	assert_reads("names", "write # x\n\n#y\nread\r\nread", "errno:1; allow read write");
	assert_reads("names", "newer_than_us", "errno:1; allow newer_than_us");
}

static void test_lines(void **state _unused_)
{
	struct text_lines lines = { .rest = SLICE(" a \r\n\nb") };
	struct slice line;

	assert_true(text_lines_next(&lines, &line));
	assert_true(slice_is(line, "a"));
	assert_true(text_lines_next(&lines, &line));
	assert_int_equal(line.len, 0);
	assert_true(text_lines_next(&lines, &line));
	assert_true(slice_is(line, "b"));
	assert_int_equal(lines.number, 3);
	assert_false(text_lines_next(&lines, &line));
	assert_int_equal(lines.number, 3);
}

static void test_words(void **state _unused_)
{
	struct slice rest = SLICE("  one\ttwo "), word;

	word = slice_word(&rest);
	assert_true(slice_is(word, "one"));
	word = slice_word(&rest);
	assert_true(slice_is(word, "two"));
	assert_int_equal(slice_word(&rest).len, 0);
	assert_int_equal(slice_word(&rest).len, 0);
	word = slice_cut(SLICE("key=a=b"), '=', &rest);
	assert_true(slice_is(word, "key"));
	assert_true(slice_is(rest, "a=b"));
	word = slice_cut(SLICE("key"), '=', &rest);
	assert_true(slice_is(word, "key"));
	assert_int_equal(rest.len, 0);
}

static void test_invalid(void **state _unused_)
{
	assert_refuses("names", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_find_their_readers),
		cmocka_unit_test(test_facts_are_fit_to_show),
		cmocka_unit_test(test_detects),
		cmocka_unit_test(test_unknown_is_said),
		cmocka_unit_test(test_reads_names),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_invalid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
