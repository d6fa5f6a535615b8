/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile_merge.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/intern.h"
#include "model/merge_rules.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char incomplete_mark[] = "INCOMPLETE";

struct merge {
	const struct profile *sides[2]; /* the second may be NULL */
	bool intersect;
	struct profile *profile;
	struct merge_report *report;
	struct error *err;
};

void merge_report_deinit(struct merge_report *report)
{
	name_set_deinit(&report->denied);
	name_set_deinit(&report->yielded);
	name_set_deinit(&report->dropped);
	name_set_deinit(&report->turned);
}

size_t merge_mark_length(const char *comment)
{
	const char *end;

	if (!comment || strncmp(comment, incomplete_mark, strlen(incomplete_mark)) != 0)
		return 0;
	end = strstr(comment, MERGE_MARK_END);
	return end ? (size_t)(end - comment) : strlen(comment);
}

/* Two comments, by what is said of the whole. */
static int compare_marks(const char *a, const char *b)
{
	size_t left = merge_mark_length(a), right = merge_mark_length(b);
	int order = memcmp(a, b, left < right ? left : right);

	return order != 0 ? order : (left > right) - (left < right);
}

const char *profile_incomplete(const struct profile *profile)
{
	const char *found = NULL;

	for (size_t i = 0; i < profile->n_rules; i++) {
		const char *comment = profile->rules[i].comment;

		if (merge_mark_length(comment) > 0 && (!found || compare_marks(comment, found) < 0))
			found = comment;
	}
	return found;
}

static uint32_t effective_errno(const struct profile *profile)
{
	return profile->has_default_errno ? profile->default_errno : EPERM;
}

/* The one that denies more; of two errors the one with the lower number. */
static int merge_default(struct merge *merge)
{
	const struct profile *a = merge->sides[0], *b = merge->sides[1], *chosen = a;
	struct profile *to = merge->profile;

	if (b) {
		if (action_denies(a->default_action) != action_denies(b->default_action))
			return error_set(
				merge->err, -EINVAL,
				"one profile allows what it does not name and another "
				"denies it (defaultAction %s and %s): they cannot be merged",
				action_oci_name(a->default_action),
				action_oci_name(b->default_action));
		if (b->default_action < a->default_action ||
		    (b->default_action == a->default_action &&
		     effective_errno(b) < effective_errno(a)))
			chosen = b;
		if (a->default_action != b->default_action ||
		    effective_errno(a) != effective_errno(b))
			merge->report->defaults_differ = true;
	}
	to->default_action = chosen->default_action;
	to->has_default_errno =
		chosen->default_action == ACTION_ERRNO || chosen->default_action == ACTION_TRACE;
	to->default_errno = to->has_default_errno ? effective_errno(chosen) : 0;
	return 0;
}

static bool names_none(const struct profile *profile)
{
	return name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0;
}

/* A profile that names no architecture means the one that it is used on. */
static bool covers(const struct profile *profile, const struct arch *arch)
{
	return names_none(profile) ? arch == arch_native() : profile_covers(profile, arch);
}

/* The first entry of an archMap, which profile_add_arch() then goes on with. */
static int start_map(struct profile *profile, const struct arch *arch)
{
	const struct arch *native = arch_by_token(arch->native);

	profile->arch_map = calloc(2, sizeof(*profile->arch_map));
	if (!profile->arch_map)
		return -ENOMEM;
	profile->arch_map[0].architecture = strdup(native ? native->oci : arch->oci);
	if (!profile->arch_map[0].architecture)
		return -ENOMEM;
	profile->n_arch_map = 1;
	return 0;
}

static int add_arch(struct merge *merge, const struct arch *arch, bool map)
{
	struct profile *to = merge->profile;
	int r = 0;

	if (!map)
		return profile_add_architecture(to, arch->oci);
	if (to->n_arch_map == 0)
		r = start_map(to, arch);
	return r < 0 ? r : profile_add_arch(to, arch);
}

static int merge_arches(struct merge *merge)
{
	const struct profile *a = merge->sides[0], *b = merge->sides[1] ? merge->sides[1] : a;
	bool map = a->n_arch_map > 0 || b->n_arch_map > 0;
	int r = 0;

	if (names_none(a) && names_none(b))
		return 0;
	for (size_t i = 0; r == 0 && i < arch_count(); i++) {
		bool left = covers(a, arch_at(i)), right = covers(b, arch_at(i));

		if (left != right)
			merge->report->arches_differ = true;
		if (merge->intersect ? left && right : left || right)
			r = add_arch(merge, arch_at(i), map);
	}
	if (r == 0 && names_none(merge->profile))
		return error_set(merge->err, -EINVAL, "they have no architecture in common");
	return r < 0 ? error_memory(merge->err) : 0;
}

static char **flags_of(const struct profile *profile)
{
	return profile->flags;
}

static char **settings_of(const struct profile *profile)
{
	return profile->settings;
}

/* The words that either side has. */
static int merge_words(struct merge *merge, char **(*of)(const struct profile *profile),
		       char ***ret)
{
	_cleanup_name_set_ struct name_set words = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(merge->sides); i++)
		for (char **word = merge->sides[i] ? of(merge->sides[i]) : NULL; word && *word;
		     word++)
			if (name_set_add(&words, *word) < 0)
				return error_memory(merge->err);
	if (words.n == 0)
		return 0;
	*ret = name_set_steal(&words);
	return *ret ? 0 : error_memory(merge->err);
}

static int merge_flags(struct merge *merge)
{
	int r = merge_words(merge, flags_of, &merge->profile->flags);

	return r < 0 ? r : merge_words(merge, settings_of, &merge->profile->settings);
}

/* Members that nobody knows cannot be united: of two texts the one that sorts first is kept. */
static int merge_extra(struct merge *merge)
{
	const char *a = merge->sides[0]->extra;
	const char *b = merge->sides[1] ? merge->sides[1]->extra : NULL;
	const char *kept = !a || (b && strcmp(b, a) < 0) ? b : a;

	if (a && b && strcmp(a, b) != 0)
		merge->report->members_differ = true;
	if (!kept)
		return 0;
	merge->profile->extra = strdup(kept);
	return merge->profile->extra ? 0 : error_memory(merge->err);
}

/* What is said of the whole stands in front of what is said of the rule. */
static int put_mark(struct rule *rule, const char *mark)
{
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	char *text;

	strbuf_append(&comment, mark, merge_mark_length(mark));
	if (rule->comment)
		strbuf_printf(&comment, "%s%s", MERGE_MARK_END, rule->comment);
	text = strbuf_steal(&comment);
	if (!text)
		return -ENOMEM;
	free(rule->comment);
	rule->comment = text;
	return 0;
}

/* Said where the hook says it, too: at the first rule that tells of what was observed. */
static int mark_incomplete(struct merge *merge)
{
	const char *mark = NULL;
	struct profile *to = merge->profile;
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(merge->sides); i++) {
		const char *of = merge->sides[i] ? profile_incomplete(merge->sides[i]) : NULL;

		if (of && (!mark || compare_marks(of, mark) < 0))
			mark = of;
	}
	if (!mark || to->n_rules == 0)
		return 0;
	while (at < to->n_rules && (to->rules[at].comment || action_denies(to->rules[at].action)))
		at++;
	if (put_mark(&to->rules[at < to->n_rules ? at : 0], mark) < 0)
		return error_memory(merge->err);
	return 0;
}

int profile_merge(const struct profile *a, const struct profile *b, bool intersect,
		  struct profile **ret, struct merge_report *report, struct error *err)
{
	struct merge merge = {
		.sides = { a, b },
		.intersect = intersect,
		.profile = profile_new(),
		.report = report,
		.err = err,
	};
	int r = merge.profile ? merge_default(&merge) : error_memory(err);

	if (r == 0)
		r = merge_arches(&merge);
	if (r == 0)
		r = merge_flags(&merge);
	if (r == 0)
		r = merge_extra(&merge);
	if (r == 0 && merge_rules(a, b, intersect, merge.profile, report) < 0)
		r = error_memory(err);
	if (r == 0)
		r = mark_incomplete(&merge);
	if (r < 0) {
		profile_free(merge.profile);
		return r;
	}
	*ret = merge.profile;
	return 0;
}
