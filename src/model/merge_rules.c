/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How what two profiles say of one call (see merge_statements.h) becomes one. A profile says
 * nothing, a fallback, allowances A only, or denials D with allowances beside them: F come before
 * the denials, B behind.
 *
 * - A fallback gives way to all else.
 * - Of A and A the union has what either has, the intersection what both have.
 * - Who denies something has a say in all of the call: the result has the denials of both, and what
 *   those who deny all allow (an intersection asks the other, too). It comes first where it does
 *   with all of them, and else behind.
 *
 * These are unions and intersections of sets, so that no order of merging shows. Each is done once;
 * then, once too, and with the same end whatever was done before:
 *
 * - Of denials, and of allowances, those are left out that hold only where a stricter one does.
 * - Where the default becomes another one, B is left out: runtimes leave out a denial that answers
 *   as the default does, and what stood behind it would come into its place.
 * - Behind a denial that takes all and has an effect, B is left out.
 *
 * Written as F, D, B, each with the strictest first, it is read as the same F, D, B again.
 */
#include "model/merge_rules.h"
#include "base/cleanup.h"
#include "model/merge_statements.h"
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is being settled, and who hears of it. */
struct settling {
	struct statements all;
	const struct profile *sides[2]; /* the second may be NULL */
	bool intersect;
	bool new_default; /* what is made will get another default than `to` has */
	struct profile *to;
	struct merge_report *report;
};

/* The sides that say of one call ... */
struct stances {
	unsigned int deny;	/* ... that something is denied */
	unsigned int allow_all; /* ... that all is allowed, and nothing denied */
};

static void settling_deinit(struct settling *settling)
{
	statements_deinit(&settling->all);
}

static int by_name(const void *a, const void *b)
{
	const struct statement *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0)
		order = (x->where > y->where) - (x->where < y->where);
	if (order == 0)
		order = compare_texts(x->body, y->body);
	if (order == 0)
		order = x->fallback - y->fallback;
	return order != 0 ? order : (x->sides > y->sides) - (x->sides < y->sides);
}

/* What both sides say is said once. */
static void unite_repeated(struct statements *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct statement *last = kept > 0 ? &all->items[kept - 1] : NULL;
		const struct statement *item = &all->items[i];

		if (last && strcmp(last->name, item->name) == 0 && last->body == item->body &&
		    last->fallback == item->fallback) {
			last->comments[1] = item->comments[1];
			last->order[1] = item->order[1];
			last->sides |= item->sides;
			last->behind |= item->behind;
		} else {
			all->items[kept++] = *item;
		}
	}
	all->n = kept;
}

/* The comment that sorts first of those who say so: none, where one has none. */
static void choose_comment(struct statement *item, unsigned int sides)
{
	if (sides == SIDE_BOTH)
		item->comment = compare_texts(item->comments[0], item->comments[1]) <= 0
					? item->comments[0]
					: item->comments[1];
	else
		item->comment = item->comments[sides == SIDE_B];
}

static int note(struct name_set *set, const char *name)
{
	return name_set_add(set, name) < 0 ? -ENOMEM : 0;
}

static struct stances take_stances(const struct statement *items, size_t n)
{
	struct stances stances = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (statement_denies(&items[i]))
			stances.deny |= items[i].sides;
		else if (items[i].rule->action == ACTION_ALLOW && items[i].all)
			stances.allow_all |= items[i].sides;
	}
	stances.allow_all &= ~stances.deny;
	return stances;
}

/*
 * Drops the allowances that somebody who is asked does not have. The sides that lose one. What
 * different conditions have in common is not worked out, not even where one implies the other: what
 * two intersections leave out a third profile could say, and it would show which came first.
 */
static unsigned int drop_disputed(const struct settling *settling, struct statement *items,
				  size_t n, const struct stances *stances)
{
	unsigned int asked = settling->intersect ? SIDE_BOTH : stances->deny, losing = 0;

	for (size_t i = 0; i < n; i++) {
		struct statement *item = &items[i];
		unsigned int agree = item->sides;

		if (!statement_allows(item))
			continue;
		if (settling->intersect)
			agree |= stances->allow_all;
		item->dropped = (asked & ~agree) != 0;
		losing |= item->dropped ? item->sides : 0;
	}
	return losing;
}

/* A fallback gives way. Whether it did so to an allowance. */
static bool drop_fallback(struct statement *items, size_t n, const struct stances *stances)
{
	bool allows = false, any = false;

	for (size_t i = 0; i < n; i++)
		allows |= statement_allows(&items[i]) && !items[i].dropped;
	for (size_t i = 0; i < n; i++)
		if (items[i].fallback && (allows || stances->deny)) {
			items[i].dropped = true;
			any = true;
		}
	return any && allows;
}

/* Whether anything stood behind denials. */
static bool drop_behind(struct statement *items, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		if (items[i].behind && !items[i].dropped)
			items[i].dropped = any = true;
	return any;
}

/* Of whom the comments are. Who denies nothing was not asked about what stays beside denials. */
static void choose_comments(const struct settling *settling, struct statement *items, size_t n,
			    const struct stances *stances)
{
	for (size_t i = 0; i < n; i++) {
		bool beside = statement_allows(&items[i]) && !items[i].dropped && stances->deny &&
			      !settling->intersect;

		choose_comment(&items[i], beside ? stances->deny : items[i].sides);
	}
}

static int settle(struct settling *settling, struct statement *items, size_t n)
{
	const struct stances stances = take_stances(items, n);
	struct merge_report *report = settling->report;
	unsigned int losing = drop_disputed(settling, items, n, &stances);
	bool yields = drop_fallback(items, n, &stances), denied;

	choose_comments(settling, items, n, &stances);
	statements_mark_default(items, n, settling->to);
	denied = (settling->new_default && drop_behind(items, n)) ||
		 (losing && !settling->intersect);
	if ((yields && note(&report->yielded, items[0].name) < 0) ||
	    (denied && note(&report->denied, items[0].name) < 0) ||
	    (settling->intersect && losing == SIDE_BOTH &&
	     note(&report->dropped, items[0].name) < 0))
		return -ENOMEM;
	return 0;
}

/* In front, denials, behind; the strictest first. */
static int by_statement(const void *a, const void *b)
{
	const struct statement *x = a, *y = b;
	int order = x->behind - y->behind;

	if (order == 0)
		order = action_denies(x->rule->action) - action_denies(y->rule->action);
	if (order == 0)
		order = statement_compare_strictness(x, y);
	if (order == 0)
		order = compare_texts(x->comment, y->comment);
	return order != 0 ? order : strcmp(x->name, y->name);
}

/* Whether a profile has them the other way round, and means something else by it. */
static bool turned(const struct settling *settling, const struct statement *first,
		   const struct statement *second)
{
	for (unsigned int side = 0; side < 2; side++) {
		const struct profile *of = settling->sides[side];

		if (of && (first->sides & second->sides & (1u << side)) &&
		    first->order[side] > second->order[side] &&
		    !rule_says_default(first->rule, of) && !rule_says_default(second->rule, of))
			return !rules_commute(first->rule, second->rule);
	}
	return false;
}

static bool any_turned(const struct settling *settling, const struct statement *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (turned(settling, &items[i], &items[j]))
				return true;
	return false;
}

static bool answers_differ(const struct statement *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!rules_answer_same(items[0].rule, items[i].rule))
			return true;
	return false;
}

/* The order of a profile's own rules for the call cannot always be kept. */
static int note_turned(struct settling *settling, const struct statement *items, size_t n)
{
	if (n > STATEMENT_PAIRS_MAX ? answers_differ(items, n) : any_turned(settling, items, n))
		return note(&settling->report->turned, items[0].name);
	return 0;
}

/* Whether a denial takes all, and has an effect. */
static bool denies_all(const struct settling *settling, const struct statement *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (statement_denies(&items[i]) && items[i].all &&
		    !rule_says_default(items[i].rule, settling->to))
			return true;
	return false;
}

/* What is left of one call, in its order; how many. */
static ssize_t arrange(struct settling *settling, struct statement *items, size_t n)
{
	size_t left = statements_compact(items, n);

	if (left > 0)
		qsort(items, left, sizeof(*items), by_statement);
	if (note_turned(settling, items, left) < 0)
		return -ENOMEM;
	if (denies_all(settling, items, left) && drop_behind(items, left))
		left = statements_compact(items, left);
	return statements_keep_strictest(&settling->all, items, left);
}

static int settle_all(struct settling *settling)
{
	struct statements *all = &settling->all;
	size_t kept = 0, n;

	for (size_t i = 0; i < all->n; i += n) {
		ssize_t left;

		n = statements_of_call(&all->items[i], all->n - i);
		if (settle(settling, &all->items[i], n) < 0)
			return -ENOMEM;
		left = arrange(settling, &all->items[i], n);
		if (left < 0)
			return -ENOMEM;
		memmove(&all->items[kept], &all->items[i], (size_t)left * sizeof(*all->items));
		kept += (size_t)left;
	}
	all->n = kept;
	return 0;
}

static int compare_args(const void *a, const void *b)
{
	return rule_arg_compare(a, b);
}

/* Of the ways to write the same thing, one. */
static void normalise(struct rule *rule)
{
	bool has_errno = rule->action == ACTION_ERRNO || rule->action == ACTION_TRACE;

	rule->errno_ret = has_errno ? (rule->has_errno ? rule->errno_ret : EPERM) : 0;
	rule->has_errno = has_errno;
	free(rule->errno_name);
	rule->errno_name = NULL;
	for (size_t i = 0; i < rule->n_args; i++) {
		rule->args[i].has_value_two = rule->args[i].op == COMPARE_MASKED_EQ;
		if (!rule->args[i].has_value_two)
			rule->args[i].value_two = 0;
	}
	if (rule->n_args > 0)
		qsort(rule->args, rule->n_args, sizeof(*rule->args), compare_args);
	name_list_sort(rule->includes.caps);
	name_list_sort(rule->includes.arches);
	name_list_sort(rule->excludes.caps);
	name_list_sort(rule->excludes.arches);
}

static int put_rule(struct profile *to, const struct statement *items, size_t n)
{
	_cleanup_free_ const char **names = calloc(n, sizeof(*names));
	struct rule *rule;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		names[i] = items[i].name;
	if (profile_add_like(to, items[0].rule, names, n, items[0].comment, &rule) < 0)
		return -ENOMEM;
	normalise(rule);
	return 0;
}

static int put_rules(struct statements *all, struct profile *to)
{
	size_t n;
	int r = 0;

	if (all->n > 0)
		qsort(all->items, all->n, sizeof(*all->items), by_statement);
	for (size_t i = 0; r == 0 && i < all->n; i += n) {
		const struct statement *first = &all->items[i];

		for (n = 1; i + n < all->n; n++)
			if (first[n].body != first->body || first[n].behind != first->behind ||
			    compare_texts(first[n].comment, first->comment) != 0)
				break;
		r = put_rule(to, first, n);
	}
	return r;
}

static int settle_profiles(struct settling *settling)
{
	const struct profile *a = settling->sides[0], *b = settling->sides[1];
	struct statements *all = &settling->all;
	int r = statements_take(all, a, b ? SIDE_A : SIDE_BOTH);

	if (r == 0 && b)
		r = statements_take(all, b, SIDE_B);
	if (r == 0 && all->n > 0)
		qsort(all->items, all->n, sizeof(*all->items), by_name);
	if (r == 0) {
		unite_repeated(all);
		r = settle_all(settling);
	}
	return r == 0 ? put_rules(all, settling->to) : r;
}

static bool defaults_differ(const struct profile *a, const struct profile *b)
{
	const struct rule says = {
		.action = a->default_action,
		.has_errno = a->has_default_errno,
		.errno_ret = a->default_errno,
	};

	return !rule_says_default(&says, b);
}

/* A profile's own rules in normal form, and its default: that decides what has an effect there. */
static struct profile *normal_form(const struct profile *of, const struct settling *whole)
{
	_cleanup_(settling_deinit) struct settling settling = {
		.sides = { of },
		.intersect = whole->intersect,
		.new_default = defaults_differ(of, whole->to),
		.to = profile_new(),
		.report = whole->report,
	};
	struct profile *normal = settling.to;

	if (!normal)
		return NULL;
	normal->default_action = of->default_action;
	normal->has_default_errno = of->has_default_errno;
	normal->default_errno = of->default_errno;
	if (settle_profiles(&settling) < 0) {
		profile_free(normal);
		return NULL;
	}
	return normal;
}

int merge_rules(const struct profile *a, const struct profile *b, bool intersect,
		struct profile *to, struct merge_report *report)
{
	_cleanup_(settling_deinit) struct settling settling = {
		.sides = { a },
		.intersect = intersect,
		.to = to,
		.report = report,
	};
	_cleanup_profile_ struct profile *left = b ? normal_form(a, &settling) : NULL;
	_cleanup_profile_ struct profile *right = b ? normal_form(b, &settling) : NULL;

	if (b) {
		settling.sides[0] = left;
		settling.sides[1] = right;
	}
	return b && (!left || !right) ? -ENOMEM : settle_profiles(&settling);
}
