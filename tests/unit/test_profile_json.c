/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/profile_json.h"
#include "profile_text.h"
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

#define DEFAULT_PROFILE "/usr/share/containers/seccomp.json"

static struct profile *read_text(const char *text)
{
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "text", &err) < 0)
		fail_msg("%s", err.message);
	return profile;
}

static char *write_profile(const struct profile *profile)
{
	char *text = NULL;

	assert_int_equal(profile_to_json(profile, &text, NULL), 0);
	return text;
}

static void assert_same_json(const char *a, const char *b)
{
	json_t *x = json_loads(a, 0, NULL), *y = json_loads(b, 0, NULL);

	assert_non_null(x);
	assert_non_null(y);
	if (!json_equal(x, y))
		fail_msg("not the same JSON:\n%s\n%s", a, b);
	json_decref(x);
	json_decref(y);
}

/* Everything that a profile can hold, with members nobody knows at each level. */
static const char everything[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38, \"defaultErrno\": "
	"\"ENOSYS\", \"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": "
	"[\"SCMP_ARCH_X86\"], \"x\": 1}, {\"architecture\": \"SCMP_ARCH_LOONGARCH64\"}], "
	"\"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"], \"syscalls\": [{\"names\": [\"write\", "
	"\"read\", \"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [], \"comment\": \"\", "
	"\"includes\": {}, \"excludes\": {\"caps\": [\"CAP_KILL\"], \"arches\": [], "
	"\"minKernel\": \"4.8\", \"new\": {\"a\": [1, null]}}, \"other\": true}, {\"name\": "
	"\"mount\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 1, \"errno\": \"EPERM\", "
	"\"args\": [{\"index\": 5, \"value\": 1, \"valueTwo\": 2, \"op\": "
	"\"SCMP_CMP_MASKED_EQ\", \"note\": \"n\"}, {\"index\": 0, \"value\": 3, \"op\": "
	"\"SCMP_CMP_NE\"}]}], \"listenerPath\": \"/run/l\", \"listenerMetadata\": \"m\", "
	"\"unknown\": {\"deep\": [1.5, \"x\"]}}";

static void test_nothing_is_lost(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = read_text(everything);
	_cleanup_profile_ struct profile *copy = profile_copy(profile);
	_cleanup_free_ char *text = write_profile(profile), *copied = write_profile(copy);

	assert_same_json(everything, text);
	assert_string_equal(text, copied);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_non_null(strstr(text, "\n  \"defaultErrnoRet\": 38,\n"));
}

static void test_meaning(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = read_text(everything);
	const struct rule *mount = &profile->rules[1];

	assert_int_equal(profile->default_action, ACTION_ERRNO);
	assert_int_equal(profile->default_errno, ENOSYS);
	assert_int_equal(profile->n_rules, 2);
	assert_string_equal(profile->rules[0].excludes.min_kernel, "4.8");
	assert_true(mount->singular);
	assert_string_equal(mount->names[0], "mount");
	assert_int_equal(mount->errno_ret, EPERM);
	assert_int_equal(mount->n_args, 2);
	assert_int_equal(mount->args[0].op, COMPARE_MASKED_EQ);
	assert_int_equal(mount->args[0].value_two, 2);
	assert_int_equal(mount->args[1].op, COMPARE_NE);
}

static void test_order(void **state _unused_)
{
	static const char *const members[] = {
		"defaultAction", "defaultErrnoRet", "archMap",	    "flags",   "syscalls",
		"names",	 "action",	    "args",	    "comment", "includes",
		"excludes",	 "other",	    "listenerPath", "unknown"
	};
	_cleanup_profile_ struct profile *profile = read_text(everything);
	_cleanup_free_ char *text = write_profile(profile);
	const char *place = text;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		char quoted[40];

		snprintf(quoted, sizeof(quoted), "\"%s\"", members[i]);
		place = strstr(place, quoted);
		if (!place)
			fail_msg("%s is missing or comes too early:\n%s", members[i], text);
	}
}

static void test_errno_by_name_alone(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = read_text(
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"a\"], "
		"\"action\": \"SCMP_ACT_ERRNO\", \"errno\": \"ENOSYS\"}]}");
	_cleanup_free_ char *text = write_profile(profile);

	assert_true(profile->rules[0].has_errno);
	assert_int_equal(profile->rules[0].errno_ret, ENOSYS);
	/* For runtimes, which know only the number. */
	assert_non_null(strstr(text, "\"errnoRet\": 38"));
	assert_non_null(strstr(text, "\"errno\": \"ENOSYS\""));
}

static void test_big_numbers(void **state _unused_)
{
	static const char input[] =
		"{\"defaultAction\": \"SCMP_ACT_LOG\", \"syscalls\": [{\"names\": [\"a\"], "
		"\"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": "
		"18446744073709551615, \"valueTwo\": 9223372036854775808, \"op\": "
		"\"SCMP_CMP_MASKED_EQ\"}]}], \"x\": [18446744073709551614], \"s\": "
		"\"\\\" 18446744073709551615\"}";
	_cleanup_profile_ struct profile *profile = read_text(input);
	_cleanup_free_ char *text = write_profile(profile);

	assert_true(profile->rules[0].args[0].value == UINT64_MAX);
	assert_true(profile->rules[0].args[0].value_two == (uint64_t)INT64_MAX + 1);
	assert_non_null(strstr(text, "\"value\": 18446744073709551615,"));
	assert_non_null(strstr(text, "\"valueTwo\": 9223372036854775808,"));
	assert_non_null(strstr(text, "    18446744073709551614\n"));
	assert_non_null(strstr(text, "\"s\": \"\\\" 18446744073709551615\""));
}

/* Letters that look like the mark of a big number, behind an escaped backslash. */
static void test_no_mark(void **state _unused_)
{
	static const char input[] = "{\"defaultAction\": \"SCMP_ACT_LOG\", \"syscalls\": [], "
				    "\"x\": \"\\\\u0001u64:1\", \"y\": "
				    "\"\\\\\\\\u0001u64:\"}";
	_cleanup_profile_ struct profile *profile = read_text(input);
	_cleanup_free_ char *text = write_profile(profile);

	assert_same_json(input, text);
}

static void test_config(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile =
		read_text("{\"ociVersion\": \"1.0.2\", \"linux\": {\"seccomp\": "
			  "{\"defaultAction\": \"SCMP_ACT_KILL\"}}}");
	_cleanup_free_ char *text = write_profile(profile);

	assert_int_equal(profile->default_action, ACTION_KILL_THREAD);
	assert_null(strstr(text, "ociVersion"));
}

/* In Go's JSON, in which these profiles are made, null and nothing are the same. */
static void drop_nulls(json_t *value)
{
	const char *key;
	json_t *member;
	void *next;
	size_t i;

	json_object_foreach_safe(value, next, key, member)
	{
		if (json_is_null(member))
			json_object_del(value, key);
		else
			drop_nulls(member);
	}
	json_array_foreach(value, i, member)
	{
		drop_nulls(member);
	}
}

static void test_default_profile(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = NULL, *again = NULL;
	_cleanup_free_ char *text = NULL, *twice = NULL, *given = NULL;
	json_t *file = json_load_file(DEFAULT_PROFILE, 0, NULL);

	if (!file) {
		print_message("# there is no %s here\n", DEFAULT_PROFILE);
		return;
	}
	profile = from_file(DEFAULT_PROFILE);
	text = write_profile(profile);
	again = read_text(text);
	twice = write_profile(again);
	drop_nulls(file);
	given = json_dumps(file, 0);
	json_decref(file);
	assert_same_json(given, text);
	assert_string_equal(text, twice);
}

/* `n_rules` rules of `n_names` names, of which `different` are different; "": it can be read. */
static void expect_size(size_t n_rules, size_t n_names, size_t different, const char *message)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };
	size_t next = different;
	int r;

	strbuf_puts(&text, "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [");
	for (size_t i = 0; i < n_rules; i++) {
		strbuf_printf(&text, "%s{\"action\": \"SCMP_ACT_ALLOW\", \"names\": [",
			      i ? "," : "");
		for (size_t j = 0; j < n_names; j++) {
			strbuf_printf(&text, "%s\"u%07zu\"", j ? "," : "", --next);
			next = next > 0 ? next : different;
		}
		strbuf_puts(&text, "]}");
	}
	strbuf_puts(&text, "]}");
	assert_non_null(strbuf_text(&text));
	r = profile_read_json(&profile, text.data, text.len, "x", &err);
	assert_int_equal(r, *message ? -EBADMSG : 0);
	assert_string_equal(err.message, message);
	profile_free(profile);
}

static void test_size(void **state _unused_)
{
	expect_size(1, 16384, 16384, "");
	expect_size(1, 16385, 16385, "x: more than 16384 calls");
	expect_size(4, 16384, 16384, "");
	expect_size(5, 16384, 16384, "x: more than 65536 names");
	expect_size(16384, 4, 16384, "");
	expect_size(16385, 1, 1, "x: more than 16384 rules");
}

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

/* Each directory has an input and the message that it must give. */
static void test_invalid(void **state _unused_)
{
	const char *top = getenv("top_srcdir");
	char directory[400];
	size_t n = 0, failed = 0, len;
	struct dirent *entry;
	DIR *stream;

	snprintf(directory, sizeof(directory), "%s/tests/data/invalid-profiles", top ? top : ".");
	stream = opendir(directory);
	if (!stream)
		fail_msg("%s: %s", directory, strerror(errno));
	while ((entry = readdir(stream))) {
		struct profile *profile = NULL;
		struct error err = { 0 };
		_cleanup_free_ char *input = NULL, *expected = NULL;

		if (entry->d_name[0] == '.')
			continue;
		n++;
		input = read_whole(directory, entry->d_name, "input", &len);
		if (profile_read_json(&profile, input, len, "input", &err) != -EBADMSG) {
			print_message("# %s was taken\n", entry->d_name);
			profile_free(profile);
			failed++;
			continue;
		}
		expected = read_whole(directory, entry->d_name, "error", &len);
		expected[strcspn(expected, "\n")] = '\0';
		if (strcmp(err.message, expected) != 0) {
			print_message("# %s: '%s' instead of '%s'\n", entry->d_name, err.message,
				      expected);
			failed++;
		}
	}
	closedir(stream);
	assert_true(n > 40);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_errno_by_name_alone),
		cmocka_unit_test(test_big_numbers),
		cmocka_unit_test(test_no_mark),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_default_profile),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_invalid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
