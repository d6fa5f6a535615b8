/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names, one a line: the calls that are allowed, everything else gets EPERM. '#' starts a comment.
 * No architecture is named: the profile holds for the one that it is used on.
 */
#include "base/cleanup.h"
#include "format/readers.h"
#include "format/text_lines.h"
#include <errno.h>

/* The next line that says something, without its comment. */
static bool next_entry(struct text_lines *lines, struct slice *ret)
{
	struct slice line, comment;

	while (text_lines_next(lines, &line)) {
		*ret = slice_trim(slice_cut(line, '#', &comment));
		if (ret->len > 0)
			return true;
	}
	return false;
}

static bool detect_names(struct slice text)
{
	struct text_lines lines = { .rest = text };
	struct slice entry;
	bool any = false;

	while (next_entry(&lines, &entry)) {
		if (!text_is_name(entry))
			return false;
		any = true;
	}
	return any;
}

static int add_entry(struct slice entry, struct name_set *set, struct error *err)
{
	_cleanup_free_ char *name = NULL;

	if (!text_is_name(entry))
		return text_bad_word(err, "not the name of a call:", entry);
	if (set->n >= TEXT_NAMES_MAX)
		return error_set(err, -EBADMSG, "more than %d calls", TEXT_NAMES_MAX);
	name = slice_copy(entry);
	return name && name_set_add(set, name) >= 0 ? 0 : error_memory(err);
}

static int make_profile(const struct name_set *set, struct profile **ret, struct error *err)
{
	_cleanup_profile_ struct profile *profile = profile_new();

	if (!profile)
		return error_memory(err);
	profile->default_action = ACTION_ERRNO;
	profile->has_default_errno = true;
	profile->default_errno = EPERM;
	if (profile_add_rule(profile, ORIGIN_BASE, ACTION_ALLOW, (const char *const *)set->names,
			     set->n, NULL, NULL) < 0)
		return error_memory(err);
	*ret = profile;
	profile = NULL;
	return 0;
}

static int read_names(struct slice text, const char *name, struct profile **ret, struct error *err)
{
	_cleanup_name_set_ struct name_set set = { 0 };
	struct text_lines lines = { .rest = text };
	struct slice entry;
	int r = text_check_size(text, err);

	while (r == 0 && next_entry(&lines, &entry)) {
		r = add_entry(entry, &set, err);
		if (r < 0)
			error_prefix(err, r, "line %zu", lines.number);
	}
	if (r == 0 && set.n == 0)
		r = error_set(err, -EBADMSG, "no name of a call in it");
	if (r == 0)
		r = make_profile(&set, ret, err);
	return r < 0 ? error_prefix(err, r, "%s", name) : 0;
}

const struct reader reader_names = {
	.name = "names",
	.summary = "names of calls to allow, one a line, '#' comments",
	.detect = detect_names,
	.read = read_names,
};
