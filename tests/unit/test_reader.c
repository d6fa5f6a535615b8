/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "format/reader.h"
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
	{ "read\nwrite\n", "names" },
	{ "# calls\r\n\r\n  read # often\r\n", "names" },
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
	_cleanup_profile_ struct profile *profile = NULL;
	const struct reader *reader = NULL;
	struct error err = { 0 };

	if (reader_read(SLICE("write # x\n\n#y\nread\r\nread"), "f", &profile, &reader, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(reader->name, "names");
	assert_int_equal(profile->default_action, ACTION_ERRNO);
	assert_int_equal(profile->default_errno, EPERM);
	assert_int_equal(profile->n_rules, 1);
	assert_int_equal(profile->rules[0].action, ACTION_ALLOW);
	assert_int_equal(profile->rules[0].origin, ORIGIN_BASE);
	assert_int_equal(name_list_count(profile->rules[0].names), 2);
	assert_string_equal(profile->rules[0].names[0], "read");
	assert_string_equal(profile->rules[0].names[1], "write");
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

/* Each directory tests/data/invalid-FORMAT/CASE has an input and the message that it must give. */
static char *read_whole(const char *directory, const char *name, const char *file, size_t *ret_len)
{
	char path[512], *text = calloc(1, 65536);
	FILE *stream;

	assert_non_null(text);
	snprintf(path, sizeof(path), "%s/%s/%s", directory, name, file);
	stream = fopen(path, "rb");
	if (!stream)
		fail_msg("%s: %s", path, strerror(errno));
	*ret_len = fread(text, 1, 65535, stream);
	fclose(stream);
	return text;
}

static bool refused(const struct reader *reader, const char *directory, const char *name)
{
	_cleanup_free_ char *input = NULL, *expected = NULL;
	_cleanup_profile_ struct profile *profile = NULL;
	struct error err = { 0 };
	size_t len, ignored;

	input = read_whole(directory, name, "input", &len);
	expected = read_whole(directory, name, "error", &ignored);
	expected[strcspn(expected, "\n")] = '\0';
	if (reader->read((struct slice){ input, len }, "input", &profile, &err) != -EBADMSG) {
		print_message("# %s/%s was taken\n", reader->name, name);
		return false;
	}
	if (strcmp(err.message, expected) == 0)
		return true;
	print_message("# %s/%s: '%s' instead of '%s'\n", reader->name, name, err.message, expected);
	return false;
}

static void test_invalid(void **state _unused_)
{
	static const struct {
		const char *format;
		size_t least;
	} formats[] = { { "names", 5 } };
	const char *top = getenv("top_srcdir");
	size_t failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		_cleanup_closedir_ DIR *stream = NULL;
		struct dirent *entry;
		char directory[400];
		size_t n = 0;

		snprintf(directory, sizeof(directory), "%s/tests/data/invalid-%s", top ? top : ".",
			 formats[i].format);
		stream = opendir(directory);
		if (!stream)
			fail_msg("%s: %s", directory, strerror(errno));
		while ((entry = readdir(stream)))
			if (entry->d_name[0] != '.' && ++n)
				failed += !refused(reader_by_name(formats[i].format), directory,
						   entry->d_name);
		assert_true(n >= formats[i].least);
	}
	assert_int_equal(failed, 0);
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
