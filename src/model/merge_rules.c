/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statements of one call (see merge_statements.h) are settled among themselves; what remains is
 * put together again, by what it says, in one normal form.
 *
 * Where several rules of a call hold, libseccomp takes the first. In the normal form denials stand
 * in front of what is allowed, the strictest first; only what every profile that denies the call
 * has in front of its denials is allowed in front of them here, too.
 */
#include "model/merge_rules.h"
#include "base/cleanup.h"
#include "model/merge_statements.h"
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 64 /* rules of a call that are looked at two by two; far more than any has */

/* What is being settled, and who hears of it. */
struct settling {
	struct statements all;
	const struct profile *sides[2]; /* the second may be NULL */
	bool intersect;
	bool new_default; /* what is made will get another default than `to` has */
	struct profile *to;
	struct merge_report *report;
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
	return order != 0 ? order : compare_texts(x->comment, y->comment);
}

static void unite(struct statement *item, const struct statement *other)
{
	for (int side = 0; side < 2; side++) {
		unsigned int bit = 1u << side;

		if (!(other->sides & bit))
			continue;
		if (!(item->sides & bit) ||
		    compare_texts(other->comments[side], item->comments[side]) < 0)
			item->comments[side] = other->comments[side];
	}
	for (int side = 0; side < 2; side++)
		if (!(item->sides & (1u << side)))
			item->order[side] = other->order[side];
	item->sides |= other->sides;
	item->late |= other->late;
}

/* What was said twice is said once. */
static void unite_repeated(struct statements *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct statement *last = kept > 0 ? &all->items[kept - 1] : NULL;

		if (last && strcmp(last->name, all->items[i].name) == 0 &&
		    last->body == all->items[i].body)
			unite(last, &all->items[i]);
		else
			all->items[kept++] = all->items[i];
	}
	all->n = kept;
}

/* The comment that sorts first of those who say so: none, where one has none. */
static void choose_comment(struct statement *item)
{
	if (item->sides == SIDE_BOTH)
		item->comment = compare_texts(item->comments[0], item->comments[1]) <= 0
					? item->comments[0]
					: item->comments[1];
	else
		item->comment = item->comments[item->sides == SIDE_B];
}

static int note(struct name_set *set, const char *name)
{
	return name_set_add(set, name) < 0 ? -ENOMEM : 0;
}

static bool stricter(const struct statement *a, const struct statement *b)
{
	if (a->rule->action != b->rule->action)
		return a->rule->action < b->rule->action;
	return strcmp(a->body, b->body) < 0;
}

/* Of denials that hold at the same time only the strictest can be meant: the lowest action, then
 * errno. */
static void keep_strictest(struct statement *items, size_t n)
{
	struct statement *all = NULL, *here = NULL;

	for (size_t i = 0; i < n; i++) {
		struct statement *item = &items[i], **kept;

		if (!statement_denies(item))
			continue;
		if (here && here->where != item->where)
			here = NULL;
		kept = rule_takes_all(item->rule) ? &all : &here;
		if (*kept && stricter(*kept, item)) {
			item->dropped = true;
		} else {
			if (*kept)
				(*kept)->dropped = true;
			*kept = item;
		}
	}
}

/* A softer denial counts for nothing where somebody denies the call in any case. */
static void drop_softer(struct statement *items, size_t n)
{
	const struct statement *strictest = NULL;

	for (size_t i = 0; i < n && !strictest; i++)
		if (statement_denies(&items[i]) && !items[i].dropped &&
		    rule_takes_all(items[i].rule))
			strictest = &items[i];
	for (size_t i = 0; strictest && i < n; i++)
		if (&items[i] != strictest && statement_denies(&items[i]) &&
		    items[i].rule->action >= strictest->rule->action &&
		    (strictest->sides & ~items[i].sides))
			items[i].dropped = true;
}

static struct statement *find_plain(struct statement *items, size_t n, unsigned int sides,
				    enum action action)
{
	for (size_t i = 0; i < n; i++)
		if ((items[i].sides & sides) == sides && items[i].rule->action == action &&
		    rule_is_plain(items[i].rule))
			return &items[i];
	return NULL;
}

static int settle_union(struct settling *settling, struct statement *items, size_t n)
{
	struct statement *plain = find_plain(items, n, 0, ACTION_ALLOW);
	bool allows = false, yields = false;

	for (size_t i = 0; i < n; i++)
		allows |= statement_allows(&items[i]);
	for (size_t i = 0; allows && i < n; i++) {
		if (items[i].fallback) {
			yields |= items[i].sides != 0;
			items[i].dropped = true;
		} else if (plain && &items[i] != plain && (plain->sides & ~items[i].sides)) {
			items[i].dropped = true;
		}
	}
	return yields ? note(&settling->report->yielded, items[0].name) : 0;
}

/* What both allow: the same under the same conditions, or one of them whatever the conditions. */
static int settle_intersection(struct settling *settling, struct statement *items, size_t n)
{
	const struct statement *plain_a = find_plain(items, n, SIDE_A, ACTION_ALLOW);
	const struct statement *plain_b = find_plain(items, n, SIDE_B, ACTION_ALLOW);
	unsigned int allowing = 0;
	bool allows = false, denied = false;

	for (size_t i = 0; i < n; i++) {
		struct statement *item = &items[i];

		denied |= statement_denies(item);
		if (!statement_allows(item))
			continue;
		allowing |= item->sides;
		item->dropped = item->sides != SIDE_BOTH && !(item->sides == SIDE_A && plain_b) &&
				!(item->sides == SIDE_B && plain_a);
		allows |= !item->dropped;
	}
	for (size_t i = 0; i < n; i++)
		if (items[i].fallback && (allows || denied))
			items[i].dropped = true;
	if (allows || allowing != SIDE_BOTH)
		return 0;
	return note(&settling->report->dropped, items[0].name);
}

/* Somebody denies the call: nothing is allowed but what everybody who denies it allows, too. */
static int settle_denied(struct settling *settling, struct statement *items, size_t n)
{
	unsigned int denying = 0;
	bool conflict = false;

	for (size_t i = 0; i < n; i++)
		denying |= statement_denies(&items[i]) ? items[i].sides : 0;
	for (size_t i = 0; i < n; i++) {
		if (statement_denies(&items[i]))
			continue;
		items[i].dropped = (items[i].sides & denying) != denying;
		if (!items[i].dropped)
			items[i].sides = denying; /* nobody else was asked */
		conflict |= items[i].dropped && statement_allows(&items[i]);
	}
	return conflict ? note(&settling->report->denied, items[0].name) : 0;
}

/* Where a profile says more of a call, its ENOSYS for what nobody made means nothing. */
static void forget_fallbacks(struct statement *items, size_t n)
{
	unsigned int saying = 0;

	for (size_t i = 0; i < n; i++)
		saying |= items[i].fallback ? 0 : items[i].sides;
	for (size_t i = 0; i < n; i++) {
		if (!items[i].fallback)
			continue;
		items[i].sides &= ~saying;
		items[i].dropped = items[i].sides == 0;
	}
}

/* Where what is left is to stand: behind the denials, unless all who deny had it in front. */
static void place(struct statement *items, size_t n)
{
	unsigned int denying = 0;

	for (size_t i = 0; i < n; i++)
		denying |= statement_denies(&items[i]) ? items[i].sides : 0;
	for (size_t i = 0; i < n; i++)
		items[i].after_denials = statement_allows(&items[i]) &&
					 ((items[i].late & denying) || (denying & ~items[i].sides));
}

/* A denial that answers as the new default does will be left out by runtimes, and what stood behind
 * it must not come into its place. So that no order of merging shows, whatever that default is. */
static int drop_behind(struct settling *settling, struct statement *items, size_t n)
{
	bool conflict = false;

	for (size_t i = 0; i < n && !(conflict && n > PAIRS_MAX); i++) {
		if (items[i].dropped || !statement_denies(&items[i]))
			continue;
		for (size_t j = 0; j < n; j++) {
			if (items[j].dropped || !items[j].after_denials ||
			    (n <= PAIRS_MAX && rules_commute(items[i].rule, items[j].rule)))
				continue;
			items[j].dropped = true;
			conflict = true;
		}
	}
	return conflict ? note(&settling->report->denied, items[0].name) : 0;
}

static int settle(struct settling *settling, struct statement *items, size_t n)
{
	bool denied = false;
	int r;

	forget_fallbacks(items, n);
	for (size_t i = 0; i < n; i++)
		denied |= statement_denies(&items[i]);
	keep_strictest(items, n);
	drop_softer(items, n);
	if (settling->intersect)
		r = settle_intersection(settling, items, n);
	else
		r = denied ? settle_denied(settling, items, n) : settle_union(settling, items, n);
	place(items, n);
	return r == 0 && settling->new_default ? drop_behind(settling, items, n) : r;
}

/* Among statements of one call that is the order of libseccomp's choice: stricter ones first. */
static int by_statement(const void *a, const void *b)
{
	const struct statement *x = a, *y = b;
	int order = x->after_denials - y->after_denials;

	if (order == 0)
		order = action_denies(x->rule->action) - action_denies(y->rule->action);
	if (order == 0)
		order = (x->rule->action > y->rule->action) - (x->rule->action < y->rule->action);
	if (order == 0)
		order = compare_texts(x->body, y->body);
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

/* The order of a profile's own rules for the call cannot always be kept. */
static int note_turned(struct settling *settling, const struct statement *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (n > PAIRS_MAX ? !rules_answer_same(items[i].rule, items[j].rule)
					  : turned(settling, &items[i], &items[j]))
				return note(&settling->report->turned, items[0].name);
	return 0;
}

/* Whether allowances stand behind denials that are not there: those had no effect. */
static bool nothing_in_front(struct statement *items, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		if (statement_denies(&items[i]))
			return false;
	for (size_t i = 0; i < n; i++) {
		any |= items[i].after_denials;
		items[i].after_denials = false;
	}
	return any;
}

/* Puts what is left of one call in front, in its order; how many. */
static ssize_t arrange(struct settling *settling, struct statement *items, size_t n)
{
	ssize_t left = 0;

	for (size_t i = 0; i < n; i++) {
		if (items[i].dropped)
			continue;
		choose_comment(&items[i]);
		items[left++] = items[i];
	}
	do {
		if (left > 0)
			qsort(items, (size_t)left, sizeof(*items), by_statement);
		if (note_turned(settling, items, (size_t)left) < 0)
			return -ENOMEM;
		left = statements_reduce(&settling->all, items, (size_t)left, settling->to);
	} while (left > 0 && nothing_in_front(items, (size_t)left));
	return left;
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
			if (first[n].body != first->body ||
			    first[n].after_denials != first->after_denials ||
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
