/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every rule is taken apart into statements, one for each name. Those of one call are settled among
 * themselves; what remains is put together again, by what it says, in one normal form.
 */
#include "model/merge_rules.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/intern.h"
#include "model/policy.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_A = 1, SIDE_B = 2, SIDE_BOTH = 3 };

/* What a rule says of one call. Borrows from the profiles. */
struct statement {
	const char *name;
	const char *body; /* canonical, see rule_text.h; the same pointer for the same text */
	const char *comments[2]; /* of either side, where it says so */
	const char *comment;	 /* of those, at the end: the one that sorts first */
	const struct rule *rule;
	unsigned int sides; /* which profiles say so */
	bool fallback;	    /* ENOSYS because nobody was seen to make the call: see policy.h */
	bool dropped;
};

struct statements {
	struct statement *items;
	size_t n, allocated;
	struct intern bodies;
	bool intersect;
	struct merge_report *report;
};

static void statements_deinit(struct statements *all)
{
	free(all->items);
	intern_deinit(&all->bodies);
}

static bool is_fallback(const struct rule *rule, const char *comment)
{
	static const char mark[] = "inferred, ";
	const char *set = policy_set_name(POLICY_FALLBACK);

	return rule->action == ACTION_ERRNO && rule->has_errno && rule->errno_ret == ENOSYS &&
	       rule_is_plain(rule) && comment && strncmp(comment, mark, strlen(mark)) == 0 &&
	       strncmp(comment + strlen(mark), set, strlen(set)) == 0;
}

static bool is_denial(const struct statement *item)
{
	return action_denies(item->rule->action) && !item->fallback;
}

static bool is_allowance(const struct statement *item)
{
	return !action_denies(item->rule->action);
}

static int intern_text(struct intern *texts, const struct strbuf *text, const char **ret)
{
	uint32_t number;

	if (!strbuf_text(text) || intern_add(texts, slice_from(strbuf_text(text)), &number) < 0)
		return -ENOMEM;
	*ret = texts->keys[number].data;
	return 0;
}

/* Without what is said of the whole. */
static const char *own_comment(const char *comment)
{
	size_t mark = merge_mark_length(comment);

	if (mark == 0)
		return comment;
	return comment[mark] ? comment + mark + strlen(MERGE_MARK_END) : NULL;
}

static int take_rule(struct statements *all, const struct rule *rule, unsigned int side)
{
	_cleanup_strbuf_ struct strbuf body = { 0 };
	struct statement item = { .rule = rule, .sides = side };

	item.comment = own_comment(rule->comment);
	item.fallback = is_fallback(rule, item.comment);
	item.comments[side == SIDE_B] = item.comment;
	item.comments[side != SIDE_A] = item.comment;
	rule_put_body(&body, rule);
	if (item.fallback) /* is not the same as a denial that says ENOSYS */
		strbuf_puts(&body, " inferred");
	if (intern_text(&all->bodies, &body, &item.body) < 0)
		return -ENOMEM;
	for (char **name = rule->names; *name; name++) {
		if (array_reserve(&all->items, &all->allocated, all->n + 1, sizeof(item)) < 0)
			return -ENOMEM;
		item.name = *name;
		all->items[all->n++] = item;
	}
	return 0;
}

static int compare_texts(const char *a, const char *b)
{
	return a == b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

static int by_name(const void *a, const void *b)
{
	const struct statement *x = a, *y = b;
	int order = strcmp(x->name, y->name);

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
	item->sides |= other->sides;
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

/* Of denials of any argument only the strictest can be meant: the lowest action, then errno. */
static void keep_strictest(struct statement *items, size_t n)
{
	struct statement *strictest = NULL;

	for (size_t i = 0; i < n; i++) {
		struct statement *item = &items[i];

		if (!is_denial(item) || !rule_is_plain(item->rule))
			continue;
		if (!strictest) {
			strictest = item;
		} else if (item->rule->action < strictest->rule->action ||
			   (item->rule->action == strictest->rule->action &&
			    strcmp(item->body, strictest->body) < 0)) {
			strictest->dropped = true;
			strictest = item;
		} else {
			item->dropped = true;
		}
	}
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

static int settle_union(struct statements *all, struct statement *items, size_t n)
{
	struct statement *plain = find_plain(items, n, 0, ACTION_ALLOW);
	bool allows = false, yields = false;

	for (size_t i = 0; i < n; i++)
		allows |= is_allowance(&items[i]);
	for (size_t i = 0; allows && i < n; i++) {
		if (items[i].fallback) {
			yields |= items[i].sides != 0;
			items[i].dropped = true;
		} else if (plain && &items[i] != plain) {
			items[i].dropped = true;
		}
	}
	return yields ? note(&all->report->yielded, items[0].name) : 0;
}

/* What both allow: the same under the same conditions, or one of them whatever the conditions. */
static int settle_intersection(struct statements *all, struct statement *items, size_t n)
{
	const struct statement *plain_a = find_plain(items, n, SIDE_A, ACTION_ALLOW);
	const struct statement *plain_b = find_plain(items, n, SIDE_B, ACTION_ALLOW);
	unsigned int allowing = 0;
	bool allows = false, denied = false;

	for (size_t i = 0; i < n; i++) {
		struct statement *item = &items[i];

		denied |= is_denial(item);
		if (!is_allowance(item))
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
	return note(&all->report->dropped, items[0].name);
}

/* Somebody denies the call: nothing is allowed but what everybody who denies it allows, too. */
static int settle_denied(struct statements *all, struct statement *items, size_t n)
{
	unsigned int denying = 0;
	bool conflict = false;

	for (size_t i = 0; i < n; i++)
		denying |= is_denial(&items[i]) ? items[i].sides : 0;
	for (size_t i = 0; i < n; i++) {
		if (is_denial(&items[i]))
			continue;
		items[i].dropped = (items[i].sides & denying) != denying;
		if (!items[i].dropped)
			items[i].sides = denying; /* nobody else was asked */
		conflict |= items[i].dropped && is_allowance(&items[i]);
	}
	return conflict ? note(&all->report->denied, items[0].name) : 0;
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

static int settle(struct statements *all, struct statement *items, size_t n)
{
	bool denied = false;

	forget_fallbacks(items, n);
	for (size_t i = 0; i < n; i++)
		denied |= is_denial(&items[i]);
	keep_strictest(items, n);
	if (all->intersect)
		return settle_intersection(all, items, n);
	return denied ? settle_denied(all, items, n) : settle_union(all, items, n);
}

static int settle_all(struct statements *all)
{
	size_t n;
	int r = 0;

	for (size_t i = 0; r == 0 && i < all->n; i += n) {
		for (n = 1; i + n < all->n; n++)
			if (strcmp(all->items[i].name, all->items[i + n].name) != 0)
				break;
		r = settle(all, &all->items[i], n);
	}
	return r;
}

static int by_statement(const void *a, const void *b)
{
	const struct statement *x = a, *y = b;
	bool left = action_denies(x->rule->action), right = action_denies(y->rule->action);
	int order = left - right;

	if (order == 0)
		order = compare_texts(x->body, y->body);
	if (order == 0)
		order = compare_texts(x->comment, y->comment);
	return order != 0 ? order : strcmp(x->name, y->name);
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
	size_t kept = 0, n;
	int r = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (all->items[i].dropped)
			continue;
		choose_comment(&all->items[i]);
		all->items[kept++] = all->items[i];
	}
	if (kept > 0)
		qsort(all->items, kept, sizeof(*all->items), by_statement);
	for (size_t i = 0; r == 0 && i < kept; i += n) {
		const struct statement *first = &all->items[i];

		for (n = 1; i + n < kept; n++)
			if (first[n].body != first->body ||
			    compare_texts(first[n].comment, first->comment) != 0)
				break;
		r = put_rule(to, first, n);
	}
	return r;
}

static int take_rules(struct statements *all, const struct profile *profile, unsigned int side)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < profile->n_rules; i++)
		r = take_rule(all, &profile->rules[i], side);
	return r;
}

int merge_rules(const struct profile *a, const struct profile *b, bool intersect,
		struct profile *to, struct merge_report *report)
{
	_cleanup_(statements_deinit) struct statements all = { .intersect = intersect,
							       .report = report };
	int r = take_rules(&all, a, b ? SIDE_A : SIDE_BOTH);

	if (r == 0 && b)
		r = take_rules(&all, b, SIDE_B);
	if (r == 0 && all.n > 0)
		qsort(all.items, all.n, sizeof(*all.items), by_name);
	if (r == 0) {
		unite_repeated(&all);
		r = settle_all(&all);
	}
	return r == 0 ? put_rules(&all, to) : r;
}
