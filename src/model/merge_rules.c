/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles are taken apart, merged call by call, and put together again by what is said. */
#include "model/merge_rules.h"
#include "base/cleanup.h"
#include "model/merge_call.h"
#include "model/merge_statements.h"
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int merge_calls(const struct merging *merging, struct statements *all)
{
	size_t kept = 0, n;

	for (size_t i = 0; i < all->n; i += n) {
		ssize_t left;

		n = statements_of_call(&all->items[i], all->n - i);
		left = merge_call(merging, all, &all->items[i], n);
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
		qsort(all->items, all->n, sizeof(*all->items), statement_compare_place);
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

static int merge_sides(const struct merging *merging)
{
	_cleanup_statements_ struct statements all = { 0 };
	const struct profile *a = merging->sides[0], *b = merging->sides[1];
	int r = statements_take(&all, a, b ? SIDE_A : SIDE_BOTH);

	if (r == 0 && b)
		r = statements_take(&all, b, SIDE_B);
	if (r == 0 && all.n > 0)
		qsort(all.items, all.n, sizeof(*all.items), by_name);
	unite_repeated(&all);
	if (r == 0)
		r = merge_calls(merging, &all);
	return r == 0 ? put_rules(&all, merging->to) : r;
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
static struct profile *normal_form(const struct profile *of, const struct merging *whole)
{
	struct profile *normal = profile_new();
	const struct merging merging = {
		.sides = { of },
		.intersect = whole->intersect,
		.new_default = defaults_differ(of, whole->to),
		.to = normal,
		.report = whole->report,
	};

	if (!normal)
		return NULL;
	normal->default_action = of->default_action;
	normal->has_default_errno = of->has_default_errno;
	normal->default_errno = of->default_errno;
	return merge_sides(&merging) < 0 ? profile_free(normal) : normal;
}

int merge_rules(const struct profile *a, const struct profile *b, bool intersect,
		struct profile *to, struct merge_report *report)
{
	struct merging merging = {
		.sides = { a },
		.intersect = intersect,
		.to = to,
		.report = report,
	};
	_cleanup_profile_ struct profile *left = b ? normal_form(a, &merging) : NULL;
	_cleanup_profile_ struct profile *right = b ? normal_form(b, &merging) : NULL;

	if (b && (!left || !right))
		return -ENOMEM;
	if (b) {
		merging.sides[0] = left;
		merging.sides[1] = right;
	}
	return merge_sides(&merging);
}
