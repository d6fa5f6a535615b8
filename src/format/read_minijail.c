/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies of minijail (minijail0(5)): a line for each call. The tool compile_seccomp_policy reads
 * more than minijail0 does; of that, the words for actions, @default, @frequency and @denylist are
 * understood here. What follows the conditions behind ';' is for calls that do not meet them in
 * minijail0, and for those that do in compile_seccomp_policy: a policy that is written for the
 * latter must not have it.
 */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "format/call_map.h"
#include "format/minijail_expr.h"
#include "format/readers.h"
#include "format/text_lines.h"
#include <ctype.h>
#include <errno.h>

struct policy {
	struct profile *profile;
	struct name_set met;   /* calls that have a line */
	struct call_map calls; /* those without conditions */
	bool deny_list;	       /* @denylist */
	size_t compiled;       /* line that only compile_seccomp_policy understands; 0: none */
	size_t contrary;       /* line whose meaning differs there; 0: none */
};

/* The next line that says something, joined with those it goes on in. */
static bool next_line(struct text_lines *lines, struct strbuf *joined, size_t *ret_number)
{
	struct slice line, comment;
	bool more = true;

	strbuf_clear(joined);
	while (more && text_lines_next(lines, &line)) {
		line = slice_trim(slice_cut(line, '#', &comment));
		if (line.len == 0 && joined->len == 0)
			continue;
		if (joined->len == 0)
			*ret_number = lines->number;
		more = line.len > 0 && line.data[line.len - 1] == '\\';
		strbuf_append(joined, line.data, more ? line.len - 1 : line.len);
		strbuf_putc(joined, ' ');
	}
	return joined->len > 0 || joined->failed;
}

static int read_default(struct policy *policy, struct slice word, struct error *err)
{
	enum action action;

	if (minijail_action(word, &action) < 0 || !action_denies(action) || action == ACTION_TRACE)
		return text_bad_word(err, "not a default action:", word);
	policy->profile->default_action = action;
	return 0;
}

static int read_directive(struct policy *policy, struct slice line, size_t number,
			  struct error *err)
{
	struct slice word = slice_word(&line);

	line = slice_trim(line);
	policy->compiled = number;
	if (slice_is(word, "@include"))
		return text_bad_word(err, "other files are not read:", line);
	if (slice_is(word, "@default"))
		return read_default(policy, line, err);
	if (slice_is(word, "@frequency")) /* says how to order the filter */
		return 0;
	if (slice_is(word, "@denylist") && line.len == 0) {
		policy->deny_list = true;
		policy->profile->default_action = ACTION_ALLOW;
		return 0;
	}
	return text_bad_word(err, "unknown directive", word);
}

/* Calls that do not meet the conditions are denied, by the default or with an error of their own.
 */
static int add_conditions(struct policy *policy, const char *name,
			  const struct minijail_filter *filter, struct error *err)
{
	_cleanup_clauses_ struct clauses rest = { 0 };
	int r = clauses_add_rules(&filter->clauses, policy->profile, name, ACTION_ALLOW, 0, err);

	if (r < 0 || !filter->has_else)
		return r;
	r = clauses_negate(&filter->clauses, &rest, err);
	if (r < 0)
		return error_prefix(err, r, "what 'return' is for");
	return clauses_add_rules(&rest, policy->profile, name, ACTION_ERRNO, filter->else_errno,
				 err);
}

static int add_filter(struct policy *policy, const char *name, const struct minijail_filter *filter,
		      size_t number, struct error *err)
{
	struct outcome outcome = { filter->action, filter->errno_ret };

	if (filter->compiled)
		policy->compiled = number;
	if (filter->has_else)
		policy->contrary = number;
	if (policy->deny_list && (filter->has_clauses || filter->action != ACTION_ERRNO))
		return error_set(err, -EBADMSG, "a deny list has only 'return'");
	if (policy->profile->n_rules > TEXT_NAMES_MAX)
		return error_set(err, -EBADMSG, "more than %d conditions", TEXT_NAMES_MAX);
	if (filter->has_clauses)
		return add_conditions(policy, name, filter, err);
	return call_map_set(&policy->calls, slice_from(name), outcome, err);
}

static int read_call(struct policy *policy, struct slice line, size_t number, struct error *err)
{
	struct minijail_filter filter = { 0 };
	_cleanup_free_ char *name = NULL;
	struct slice text;
	int r;

	line = slice_trim(slice_cut(line, ':', &text));
	if (text.len == 0)
		return error_set(err, -EBADMSG, "no ':', or nothing behind it");
	if (!text_is_name(line))
		return text_bad_word(err, "not the name of a call:", line);
	if (policy->met.n >= TEXT_NAMES_MAX)
		return error_set(err, -EBADMSG, "more than %d calls", TEXT_NAMES_MAX);
	name = slice_copy(line);
	r = name ? name_set_add(&policy->met, name) : -ENOMEM;
	if (r < 0)
		return error_memory(err);
	if (r == 0)
		return text_bad_word(err, "a second line for", line);
	r = minijail_filter_read(text, &filter, err);
	if (r == 0)
		r = add_filter(policy, name, &filter, number, err);
	minijail_filter_deinit(&filter);
	return r < 0 ? error_prefix(err, r, "%s", name) : 0;
}

static int read_lines(struct policy *policy, struct slice text, struct error *err)
{
	_cleanup_strbuf_ struct strbuf joined = { 0 };
	struct text_lines lines = { .rest = text };
	size_t number = 0;
	int r = 0;

	while (r == 0 && next_line(&lines, &joined, &number)) {
		struct slice line = slice_trim((struct slice){ joined.data, joined.len });

		if (joined.failed)
			return error_memory(err);
		r = line.len > 0 && line.data[0] == '@' ? read_directive(policy, line, number, err)
							: read_call(policy, line, number, err);
		if (r < 0)
			return error_prefix(err, r, "line %zu", number);
	}
	if (policy->compiled && policy->contrary)
		return error_set(err, -EBADMSG,
				 "line %zu: '; return' means the contrary in a policy for "
				 "compile_seccomp_policy, which line %zu is for",
				 policy->contrary, policy->compiled);
	if (policy->met.n == 0)
		return error_set(err, -EBADMSG, "no line for any call");
	return r;
}

static int read_minijail(struct slice text, const char *name, struct profile **ret,
			 struct error *err)
{
	struct policy policy = { .profile = profile_new() };
	int r = policy.profile ? text_check_size(text, err) : error_memory(err);

	if (policy.profile)
		policy.profile->default_action = ACTION_KILL_PROCESS;
	if (r == 0)
		r = read_lines(&policy, text, err);
	if (r == 0)
		r = call_map_add_rules(&policy.calls, policy.profile, err);
	call_map_deinit(&policy.calls);
	name_set_deinit(&policy.met);
	if (r < 0) {
		profile_free(policy.profile);
		return error_prefix(err, r, "%s", name);
	}
	*ret = policy.profile;
	return 0;
}

/* What a filter can begin with: other formats have lines with a colon, too. */
static bool starts_filter(struct slice text)
{
	struct slice comment, rest = slice_cut(text, '#', &comment), word = slice_word(&rest);
	enum action action;

	return slice_is(word, "1") || slice_starts(word, SLICE("arg")) ||
	       slice_is(word, "return") || minijail_action(word, &action) == 0;
}

static bool detect_minijail(struct slice text)
{
	static const char *const directives[] = { "@include", "@default", "@frequency",
						  "@denylist" };
	struct text_lines lines = { .rest = text };
	struct slice line, rest, filter;

	do {
		if (!text_lines_next(&lines, &line))
			return false;
	} while (line.len == 0 || line.data[0] == '#');
	rest = line;
	line = slice_word(&rest);
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++)
		if (slice_is(line, directives[i]))
			return true;
	slice_cut((struct slice){ line.data, line.len + rest.len }, ':', &filter);
	return (isalpha((unsigned char)line.data[0]) || line.data[0] == '_') &&
	       starts_filter(filter) && !text_holds(text, TEXT_SPO_GROUP);
}

const struct reader reader_minijail = {
	.name = "minijail",
	.summary = "policy of minijail, a line for each call",
	.detect = detect_minijail,
	.read = read_minijail,
};
