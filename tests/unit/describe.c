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
#include <inttypes.h>

static void put_action(struct strbuf *text, enum action action, bool has_errno, uint32_t number)
{
	strbuf_puts(text, action_name(action));
	if (has_errno)
		strbuf_printf(text, ":%" PRIu32, number);
}

static void put_arg(struct strbuf *text, const struct rule_arg *arg)
{
	static const char *const signs[] = {
		[COMPARE_NE] = "!=", [COMPARE_LT] = "<",  [COMPARE_LE] = "<=",
		[COMPARE_EQ] = "==", [COMPARE_GE] = ">=", [COMPARE_GT] = ">",
	};

	if (arg->op == COMPARE_MASKED_EQ)
		strbuf_printf(text, "arg%u & %#" PRIx64 " == %#" PRIx64, arg->index, arg->value,
			      arg->value_two);
	else
		strbuf_printf(text, "arg%u %s %" PRIu64, arg->index, signs[arg->op], arg->value);
}

static void put_rule(struct strbuf *text, const struct rule *rule)
{
	strbuf_puts(text, "; ");
	put_action(text, rule->action, rule->has_errno, rule->errno_ret);
	for (char **name = rule->names; *name; name++)
		strbuf_printf(text, " %s", *name);
	for (size_t i = 0; i < rule->n_args; i++) {
		strbuf_puts(text, i == 0 ? " if " : " && ");
		put_arg(text, &rule->args[i]);
	}
}

char *describe(const struct profile *profile)
{
	struct strbuf text = { 0 };
	char *result;

	put_action(&text, profile->default_action, profile->has_default_errno,
		   profile->default_errno);
	if (profile->architectures) {
		strbuf_puts(&text, " on");
		for (char **name = profile->architectures; *name; name++)
			strbuf_printf(&text, " %s", *name);
	}
	for (size_t i = 0; i < profile->n_rules; i++)
		put_rule(&text, &profile->rules[i]);
	result = strbuf_steal(&text);
	assert_non_null(result);
	return result;
}

void assert_reads(const char *format, const char *text, const char *expected)
{
	_cleanup_profile_ struct profile *profile = NULL;
	const struct reader *reader = NULL;
	_cleanup_free_ char *described = NULL;
	struct error err = { 0 };

	if (reader_read(slice_from(text), "input", &profile, &reader, &err) < 0)
		fail_msg("%s\n%s", err.message, text);
	assert_string_equal(reader->name, format);
	described = describe(profile);
	if (strcmp(described, expected) != 0)
		fail_msg("\n%s\n%s\ninstead of\n%s", text, described, expected);
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

void assert_refuses(const char *format, size_t least)
{
	const char *top = getenv("top_srcdir");
	_cleanup_closedir_ DIR *stream = NULL;
	size_t n = 0, failed = 0;
	struct dirent *entry;
	char directory[400];

	snprintf(directory, sizeof(directory), "%s/tests/data/invalid-%s", top ? top : ".", format);
	stream = opendir(directory);
	if (!stream)
		fail_msg("%s: %s", directory, strerror(errno));
	while ((entry = readdir(stream))) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		failed += !refused(reader_by_name(format), directory, entry->d_name);
	}
	assert_true(n >= least);
	assert_int_equal(failed, 0);
}
