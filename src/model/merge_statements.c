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
	if (item->fallback) /* is not the same as a denial that says ENOSYS */
		strbuf_puts(&body, " inferred");
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
	struct statement item = { .rule = rule, .sides = side };

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

/* What was met of one call, by when it holds. */
enum { MET_EFFECTIVE = 1, MET_KEPT = 2 };

static bool has_effect(const struct statement *item, const struct profile *profile)
{
	return !rule_says_default(item->rule, profile);
}

/* The first that is for all, and has an effect: nothing behind it counts. `n`: there is none. */
static size_t find_last(const struct statement *items, size_t n, const struct profile *profile)
{
	size_t i = 0;

	while (i < n &&
	       !(rule_takes_all(items[i].rule) && !rule_says_default(items[i].rule, profile)))
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

ssize_t statements_reduce(struct statements *all, struct statement *items, size_t n,
			  const struct profile *profile)
{
	size_t last = find_last(items, n, profile), kept = 0;

	if (n < 2)
		return (ssize_t)n;
	if (reserve_met(all) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		all->met[items[i].where] |= has_effect(&items[i], profile) ? MET_EFFECTIVE : 0;
	for (size_t i = 0; i < n; i++) {
		bool effective = has_effect(&items[i], profile);
		unsigned char *met = &all->met[items[i].where];

		items[i].dropped = (*met & MET_KEPT) || (!effective && (*met & MET_EFFECTIVE)) ||
				   (last < n && (i > last || !effective ||
						 !rule_takes_any_args(items[i].rule)));
		*met |= items[i].dropped ? 0 : MET_KEPT;
	}
	for (size_t i = 0; i < n; i++) {
		all->met[items[i].where] = 0;
		if (!items[i].dropped)
			items[kept++] = items[i];
	}
	return (ssize_t)kept;
}

/* Which of the statements of one call stand behind a denial. */
static void mark_late(struct statement *items, size_t n, unsigned int side)
{
	bool denied = false;

	for (size_t i = 0; i < n; i++) {
		items[i].late = denied ? side : 0;
		denied |= statement_denies(&items[i]);
	}
}

int statements_take(struct statements *all, const struct profile *profile, unsigned int side)
{
	size_t start = all->n, kept = all->n, n;

	for (size_t i = 0; i < profile->n_rules; i++)
		if (take_rule(all, &profile->rules[i], side, start) < 0)
			return -ENOMEM;
	if (all->n > start)
		qsort(all->items + start, all->n - start, sizeof(*all->items), by_order);
	for (size_t i = start; i < all->n; i += n) {
		ssize_t left;

		n = statements_of_call(&all->items[i], all->n - i);
		left = statements_reduce(all, &all->items[i], n, profile);
		if (left < 0)
			return -ENOMEM;
		mark_late(&all->items[i], (size_t)left, side);
		memmove(&all->items[kept], &all->items[i], (size_t)left * sizeof(*all->items));
		kept += (size_t)left;
	}
	all->n = kept;
	return 0;
}
