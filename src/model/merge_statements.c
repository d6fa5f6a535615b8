/* SPDX-License-Identifier: Apache-2.0 */
#include "model/merge_statements.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "model/merge_rules.h"
#include "model/policy.h"
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void statements_deinit(struct statements *all)
{
	free(all->items);
	free(all->met);
	intern_deinit(&all->texts);
}

static bool is_fallback(const struct rule *rule, const char *comment)
{
	static const char mark[] = "inferred, ";
	const char *set = policy_set_name(POLICY_FALLBACK);

	return rule->action == ACTION_ERRNO && rule->has_errno && rule->errno_ret == ENOSYS &&
	       rule_is_plain(rule) && comment && strncmp(comment, mark, strlen(mark)) == 0 &&
	       strncmp(comment + strlen(mark), set, strlen(set)) == 0;
}

bool statement_denies(const struct statement *item)
{
	return action_denies(item->rule->action) && !item->fallback;
}

bool statement_allows(const struct statement *item)
{
	return !action_denies(item->rule->action);
}

int statement_compare_strictness(const struct statement *a, const struct statement *b)
{
	int order = (a->rule->action > b->rule->action) - (a->rule->action < b->rule->action);

	return order != 0 ? order : compare_texts(a->body, b->body);
}

int compare_texts(const char *a, const char *b)
{
	return a == b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

size_t statements_of_call(const struct statement *items, size_t n)
{
	size_t same = 1;

	while (same < n && strcmp(items[0].name, items[same].name) == 0)
		same++;
	return same;
}

static int intern_text(struct intern *texts, const struct strbuf *text, uint32_t *ret)
{
	struct slice key = { strbuf_text(text), text->len };

	return text->failed || intern_add(texts, text->len ? key : SLICE(""), ret) < 0 ? -ENOMEM
										       : 0;
}

/* Without what is said of the whole. */
static const char *own_comment(const char *comment)
{
	size_t mark = merge_mark_length(comment);

	if (mark == 0)
		return comment;
	return comment[mark] ? comment + mark + strlen(MERGE_MARK_END) : NULL;
}

/* The texts that rules are told apart by. */
static int put_texts(struct statements *all, struct statement *item)
{
	_cleanup_strbuf_ struct strbuf body = { 0 }, where = { 0 };
	uint32_t number;

	rule_put_body(&body, item->rule);
	rule_put_args(&where, item->rule);
	strbuf_puts(&where, " ");
	rule_put_conditions(&where, item->rule);
	if (intern_text(&all->texts, &body, &number) < 0 ||
	    intern_text(&all->texts, &where, &item->where) < 0)
		return -ENOMEM;
	item->body = all->texts.keys[number].data;
	return 0;
}

static int take_rule(struct statements *all, const struct rule *rule, unsigned int side,
		     size_t start)
{
	struct statement item = {
		.rule = rule,
		.sides = side,
		.any_args = rule_takes_any_args(rule),
		.all = rule_takes_all(rule),
	};

	item.comment = own_comment(rule->comment);
	item.fallback = is_fallback(rule, item.comment);
	item.comments[side == SIDE_B] = item.comment;
	item.comments[side != SIDE_A] = item.comment;
	if (put_texts(all, &item) < 0)
		return -ENOMEM;
	for (char **name = rule->names; *name; name++) {
		if (array_reserve(&all->items, &all->allocated, all->n + 1, sizeof(item)) < 0)
			return -ENOMEM;
		item.name = *name;
		item.order[0] = item.order[1] = all->n - start;
		all->items[all->n++] = item;
	}
	return 0;
}

static int by_order(const void *a, const void *b)
{
	const struct statement *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->order[0] > y->order[0]) - (x->order[0] < y->order[0]);
}

/* Who says anything else of a call, or allows what is not named, does not answer ENOSYS just
 * because nobody was seen to make it. */
static void forget_fallbacks(struct statement *items, size_t n, const struct profile *profile)
{
	bool alone = action_denies(profile->default_action);

	for (size_t i = 0; i < n; i++)
		alone &= items[i].fallback;
	for (size_t i = 0; !alone && i < n; i++)
		if (items[i].fallback) {
			items[i].fallback = false;
			items[i].comments[0] = items[i].comments[1] = items[i].comment = NULL;
		}
}

static bool has_effect(const struct statement *item, const struct profile *profile)
{
	return !rule_says_default(item->rule, profile);
}

static bool same_kind(const struct statement *a, const struct statement *b)
{
	return statement_denies(a) == statement_denies(b);
}

static bool stricter(const struct statement *a, const struct statement *b)
{
	return same_kind(a, b) && statement_compare_strictness(a, b) < 0;
}

/* The first that takes all, and has an effect; `n`: there is none. */
static size_t find_last(const struct statement *items, size_t n, const struct profile *profile)
{
	size_t i = 0;

	while (i < n && !(items[i].all && has_effect(&items[i], profile)))
		i++;
	return i;
}

static int reserve_met(struct statements *all)
{
	size_t wanted = all->texts.n_keys + all->texts.n_keys / 2;
	unsigned char *grown;

	if (all->texts.n_keys <= all->n_met)
		return 0;
	grown = realloc(all->met, wanted);
	if (!grown)
		return -ENOMEM;
	memset(grown + all->n_met, 0, wanted - all->n_met);
	all->met = grown;
	all->n_met = wanted;
	return 0;
}

static void forget_met(struct statements *all, const struct statement *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		all->met[items[i].where] = 0;
}

/* What was met of one call, by when it holds. */
enum { MET_EFFECTIVE = 1, MET_KEPT = 2 };

/* Of those that hold for the same, the first that has an effect counts; or else the first. */
static void drop_repeated(struct statements *all, struct statement *items, size_t n,
			  const struct profile *profile)
{
	for (size_t i = 0; i < n; i++)
		all->met[items[i].where] |= has_effect(&items[i], profile) ? MET_EFFECTIVE : 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char *met = &all->met[items[i].where];

		items[i].dropped = (*met & MET_KEPT) ||
				   ((*met & MET_EFFECTIVE) && !has_effect(&items[i], profile));
		*met |= items[i].dropped ? 0 : MET_KEPT;
	}
	forget_met(all, items, n);
}

/* Beside one that takes all, nothing counts that is for some arguments, or stands behind it. */
static void drop_beaten(struct statement *items, size_t n, const struct profile *profile)
{
	size_t last = find_last(items, n, profile);

	if (last == n)
		return;
	for (size_t i = 0; i < n; i++) {
		const bool in_front = i < last;
		const bool counts = items[i].any_args &&
				    (in_front ? has_effect(&items[i], profile) : i == last);

		if (!counts &&
		    !(stricter(&items[i], &items[last]) && (!items[i].any_args || in_front)))
			items[i].dropped = true;
	}
}

/* What takes all and repeats the default would, as the stricter one, come before others that do
 * have an effect; and they deny by name, too. */
static void drop_needless(struct statement *items, size_t n, const struct profile *profile)
{
	const struct statement *softest[2] = { NULL, NULL };

	for (size_t i = 0; i < n; i++) {
		const struct statement **kind = &softest[statement_denies(&items[i])];

		if (!items[i].dropped && has_effect(&items[i], profile) &&
		    (!*kind || stricter(*kind, &items[i])))
			*kind = &items[i];
	}
	for (size_t i = 0; i < n; i++) {
		const struct statement *kind = softest[statement_denies(&items[i])];

		if (kind && items[i].all && !has_effect(&items[i], profile) &&
		    stricter(&items[i], kind))
			items[i].dropped = true;
	}
}

size_t statements_compact(struct statement *items, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!items[i].dropped)
			items[kept++] = items[i];
	return kept;
}

/* In the profile's order: whether the denial, where both hold, is chosen before the allowance. */
static bool comes_before(const struct statement *denial, const struct statement *allowance)
{
	if (denial->any_args != allowance->any_args ? allowance->any_args : denial > allowance)
		return false;
	return rules_meet(denial->rule, allowance->rule);
}

static bool meet(const struct statement *denial, const struct statement *allowance)
{
	return rules_meet(denial->rule, allowance->rule);
}

/* Whether one of the denials is in that relation to the allowance. */
static bool some_denial(const struct statement *items, size_t n, const struct statement *allowance,
			bool (*relation)(const struct statement *denial,
					 const struct statement *allowance))
{
	for (size_t i = 0; i < n; i++)
		if (statement_denies(&items[i]) && relation(&items[i], allowance))
			return true;
	return false;
}

static bool denies_any(const struct statement *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (statement_denies(&items[i]))
			return true;
	return false;
}

/* Where they are not looked at two by two, one denial is enough for all. */
static void mark_behind(struct statement *items, size_t n)
{
	bool any = denies_any(items, n);

	for (size_t i = 0; any && i < n; i++)
		items[i].behind =
			statement_allows(&items[i]) &&
			(n > STATEMENT_PAIRS_MAX || some_denial(items, n, &items[i], comes_before));
}

void statements_mark_default(struct statement *items, size_t n, const struct profile *profile)
{
	bool any = denies_any(items, n);

	for (size_t i = 0; any && i < n; i++)
		if (statement_allows(&items[i]) && !has_effect(&items[i], profile))
			items[i].behind |=
				n > STATEMENT_PAIRS_MAX || some_denial(items, n, &items[i], meet);
}

ssize_t statements_keep_strictest(struct statements *all, struct statement *items, size_t n)
{
	bool taken[2] = { false, false };

	if (reserve_met(all) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		bool denies = statement_denies(&items[i]);
		unsigned char *met = &all->met[items[i].where], kind = denies ? 1 : 2;

		items[i].dropped = taken[denies] || (*met & kind);
		*met |= kind;
		taken[denies] |= items[i].all;
	}
	forget_met(all, items, n);
	return (ssize_t)statements_compact(items, n);
}

/* What is said of one call: how many statements are left. */
static size_t take_call(struct statements *all, struct statement *items, size_t n,
			const struct profile *profile)
{
	forget_fallbacks(items, n, profile);
	drop_repeated(all, items, n, profile);
	drop_beaten(items, n, profile);
	drop_needless(items, n, profile);
	n = statements_compact(items, n);
	mark_behind(items, n);
	statements_mark_default(items, n, profile);
	return n;
}

int statements_take(struct statements *all, const struct profile *profile, unsigned int side)
{
	size_t start = all->n, kept = all->n, n;

	for (size_t i = 0; i < profile->n_rules; i++)
		if (take_rule(all, &profile->rules[i], side, start) < 0)
			return -ENOMEM;
	if (reserve_met(all) < 0)
		return -ENOMEM;
	if (all->n > start)
		qsort(all->items + start, all->n - start, sizeof(*all->items), by_order);
	for (size_t i = start; i < all->n; i += n) {
		size_t left;

		n = statements_of_call(&all->items[i], all->n - i);
		left = take_call(all, &all->items[i], n, profile);
		memmove(&all->items[kept], &all->items[i], left * sizeof(*all->items));
		kept += left;
	}
	all->n = kept;
	return 0;
}
