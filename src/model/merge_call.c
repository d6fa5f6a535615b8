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
 * Written as F, D, B, each with the strictest first, it is read as the same F, D, B again. (Where a
 * call has more than STATEMENT_PAIRS_MAX rules, B is all that is allowed beside denials.)
 */
#include "model/merge_call.h"
#include "model/rule_order.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The sides that say of one call ... */
struct stances {
	unsigned int deny;	/* ... that something is denied */
	unsigned int allow_all; /* ... that all is allowed, and nothing denied */
};

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
static unsigned int drop_disputed(const struct merging *merging, struct statement *items, size_t n,
				  const struct stances *stances)
{
	unsigned int asked = merging->intersect ? SIDE_BOTH : stances->deny, losing = 0;

	for (size_t i = 0; i < n; i++) {
		struct statement *item = &items[i];
		unsigned int agree = item->sides;

		if (!statement_allows(item))
			continue;
		if (merging->intersect)
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
static void choose_comments(const struct merging *merging, struct statement *items, size_t n,
			    const struct stances *stances)
{
	for (size_t i = 0; i < n; i++) {
		bool beside = statement_allows(&items[i]) && !items[i].dropped && stances->deny &&
			      !merging->intersect;

		choose_comment(&items[i], beside ? stances->deny : items[i].sides);
	}
}

static int settle(const struct merging *merging, struct statement *items, size_t n)
{
	const struct stances stances = take_stances(items, n);
	struct merge_report *report = merging->report;
	unsigned int losing = drop_disputed(merging, items, n, &stances);
	bool yields = drop_fallback(items, n, &stances), denied;

	choose_comments(merging, items, n, &stances);
	statements_mark_default(items, n, merging->to);
	denied = (merging->new_default && drop_behind(items, n)) || (losing && !merging->intersect);
	if ((yields && note(&report->yielded, items[0].name) < 0) ||
	    (denied && note(&report->denied, items[0].name) < 0) ||
	    (merging->intersect && losing == SIDE_BOTH &&
	     note(&report->dropped, items[0].name) < 0))
		return -ENOMEM;
	return 0;
}

int statement_compare_place(const void *a, const void *b)
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
static bool turned(const struct merging *merging, const struct statement *first,
		   const struct statement *second)
{
	for (unsigned int side = 0; side < 2; side++) {
		const struct profile *of = merging->sides[side];

		if (of && (first->sides & second->sides & (1u << side)) &&
		    first->order[side] > second->order[side] &&
		    !rule_says_default(first->rule, of) && !rule_says_default(second->rule, of))
			return !rules_commute(first->rule, second->rule);
	}
	return false;
}

static bool any_turned(const struct merging *merging, const struct statement *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (turned(merging, &items[i], &items[j]))
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
static int note_turned(const struct merging *merging, const struct statement *items, size_t n)
{
	if (n > STATEMENT_PAIRS_MAX ? answers_differ(items, n) : any_turned(merging, items, n))
		return note(&merging->report->turned, items[0].name);
	return 0;
}

/* Whether a denial takes all, and has an effect. */
static bool denies_all(const struct merging *merging, const struct statement *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (statement_denies(&items[i]) && items[i].all &&
		    !rule_says_default(items[i].rule, merging->to))
			return true;
	return false;
}

/* What is left, in its order; how many. */
static ssize_t arrange(const struct merging *merging, struct statements *all,
		       struct statement *items, size_t n)
{
	size_t left = statements_compact(items, n);

	if (left > 0)
		qsort(items, left, sizeof(*items), statement_compare_place);
	if (note_turned(merging, items, left) < 0)
		return -ENOMEM;
	if (denies_all(merging, items, left) && drop_behind(items, left))
		left = statements_compact(items, left);
	return statements_keep_strictest(all, items, left);
}

ssize_t merge_call(const struct merging *merging, struct statements *all, struct statement *items,
		   size_t n)
{
	return settle(merging, items, n) < 0 ? -ENOMEM : arrange(merging, all, items, n);
}
