/* SPDX-License-Identifier: Apache-2.0 */
#include "base/array.h"
#include "model/meaning.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void meaning_diff_deinit(struct meaning_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++)
		free(diff->items[i].arches);
	free(diff->items);
	free(diff->only_a);
	free(diff->only_b);
	*diff = (struct meaning_diff){ 0 };
}

bool meaning_diff_empty(const struct meaning_diff *diff)
{
	return diff->n == 0 && diff->n_only_a == 0 && diff->n_only_b == 0;
}

/* How far a call gets with an answer; what is logged gets through. */
static int reach_of(enum action action)
{
	return action == ACTION_LOG ? ACTION_ALLOW : (int)action;
}

/* Where nothing but the default differs, that decides. */
static bool same_rules(const struct meaning_call *a, const struct meaning_call *b)
{
	return a->rules && b->rules && strcmp(a->rules, b->rules) == 0;
}

/* In one direction, whatever the arguments and conditions are: else it cannot be said. */
static enum meaning_change change_of(const struct meaning_call *a, const struct meaning_call *b)
{
	bool rest = same_rules(a, b);
	const int up =
		rest ? reach_of(b->rest) - reach_of(a->rest) : reach_of(b->low) - reach_of(a->high);
	const int down = rest ? up : reach_of(b->high) - reach_of(a->low);

	if (up >= 0 && down > 0)
		return CHANGE_WIDER;
	if (down <= 0 && up < 0)
		return CHANGE_NARROWER;
	return CHANGE_OTHER;
}

static int add_to(const struct arch ***arches, size_t *n, const struct arch *arch)
{
	const struct arch **grown = reallocarray(*arches, *n + 1, sizeof(**arches));

	if (!grown)
		return -ENOMEM;
	*arches = grown;
	grown[(*n)++] = arch;
	return 0;
}

static int add_difference(struct meaning_diff *diff, const char *name, const struct arch *arch,
			  const struct meaning_call *a, const struct meaning_call *b)
{
	struct meaning_difference item = { name, a->text, b->text, change_of(a, b), NULL, 0 };

	if (strcmp(a->text, b->text) == 0)
		return 0;
	if (array_reserve(&diff->items, &diff->allocated, diff->n + 1, sizeof(item)) < 0)
		return -ENOMEM;
	diff->items[diff->n++] = item;
	item = (struct meaning_difference){ 0 };
	return arch ? add_to(&diff->items[diff->n - 1].arches, &diff->items[diff->n - 1].n_arches,
			     arch)
		    : 0;
}

/* Both lists are sorted by name. */
static int compare_calls(struct meaning_diff *diff, const struct meaning *a,
			 const struct meaning *b, const struct meaning_arch *left,
			 const struct meaning_arch *right)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < left->n || j < right->n)) {
		int order = i == left->n    ? 1
			    : j == right->n ? -1
					    : strcmp(left->calls[i].name, right->calls[j].name);
		const struct meaning_call *in_a = order <= 0 ? &left->calls[i] : &a->other;
		const struct meaning_call *in_b = order >= 0 ? &right->calls[j] : &b->other;

		r = add_difference(diff, order <= 0 ? in_a->name : in_b->name, left->arch, in_a,
				   in_b);
		i += order <= 0;
		j += order >= 0;
	}
	return r;
}

static const struct meaning_arch *find_arch(const struct meaning *meaning, const struct arch *arch)
{
	for (size_t i = 0; i < meaning->n_arches; i++)
		if (meaning->arches[i].arch == arch)
			return &meaning->arches[i];
	return NULL;
}

static int compare_arches(struct meaning_diff *diff, const struct meaning *a,
			  const struct meaning *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		const struct meaning_arch *left = find_arch(a, arch), *right = find_arch(b, arch);

		if (left && right)
			r = compare_calls(diff, a, b, left, right);
		else if (left)
			r = add_to(&diff->only_a, &diff->n_only_a, arch);
		else if (right)
			r = add_to(&diff->only_b, &diff->n_only_b, arch);
	}
	return r;
}

static int by_name(const void *x, const void *y)
{
	const struct meaning_difference *a = x, *b = y;
	int order;

	if (!a->name || !b->name)
		return !b->name - !a->name;
	order = strcmp(a->name, b->name);
	if (order == 0)
		order = strcmp(a->a, b->a);
	return order != 0 ? order : strcmp(a->b, b->b);
}

/* The same difference on several architectures is one. The sort may have lost their order. */
static int join(struct meaning_diff *diff)
{
	size_t kept = 0;
	int r = 0;

	if (diff->n > 0)
		qsort(diff->items, diff->n, sizeof(*diff->items), by_name);
	for (size_t i = 0; i < diff->n; i++) {
		struct meaning_difference *item = &diff->items[i];
		struct meaning_difference *last = kept > 0 ? &diff->items[kept - 1] : NULL;

		if (!last || by_name(last, item) != 0) {
			diff->items[kept++] = *item;
			continue;
		}
		if (r == 0 && item->n_arches > 0)
			r = add_to(&last->arches, &last->n_arches, item->arches[0]);
		free(item->arches);
	}
	diff->n = kept;
	return r;
}

static int by_table(const void *x, const void *y)
{
	const struct arch *a = *(const struct arch *const *)x, *b = *(const struct arch *const *)y;

	return (a > b) - (a < b);
}

int meaning_compare(struct meaning_diff *ret, const struct meaning *a, const struct meaning *b)
{
	struct meaning_diff diff = { 0 };
	int r = add_difference(&diff, NULL, NULL, &a->other, &b->other);

	if (r == 0)
		r = compare_arches(&diff, a, b);
	if (r == 0)
		r = join(&diff);
	if (r < 0) {
		meaning_diff_deinit(&diff);
		return r;
	}
	for (size_t i = 0; i < diff.n; i++)
		if (diff.items[i].n_arches > 1)
			qsort(diff.items[i].arches, diff.items[i].n_arches,
			      sizeof(*diff.items[i].arches), by_table);
	*ret = diff;
	return 0;
}
