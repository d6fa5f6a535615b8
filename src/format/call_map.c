/* SPDX-License-Identifier: Apache-2.0 */
#include "format/call_map.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "format/text_lines.h"
#include <errno.h>
#include <string.h>

void call_map_deinit(struct call_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		free(map->entries[i].name);
	free(map->entries);
	*map = (struct call_map){ 0 };
}

static int compare_name(const char *name, struct slice wanted)
{
	int r = strncmp(name, wanted.data, wanted.len);

	return r != 0 ? r : name[wanted.len] != '\0';
}

/* The place of the first entry that is not before `name`. */
static size_t find_place(const struct call_map *map, struct slice name)
{
	size_t low = 0, high = map->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_name(map->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct call_map *map, size_t place, struct slice name)
{
	return place < map->n && compare_name(map->entries[place].name, name) == 0;
}

const struct call_entry *call_map_find(const struct call_map *map, struct slice name)
{
	size_t place = find_place(map, name);

	return is_at(map, place, name) ? &map->entries[place] : NULL;
}

int call_map_set(struct call_map *map, struct slice name, struct outcome outcome, struct error *err)
{
	size_t place = find_place(map, name);
	char *copy;

	if (is_at(map, place, name)) {
		map->entries[place].outcome = outcome;
		return 0;
	}
	if (map->n >= TEXT_NAMES_MAX)
		return error_set(err, -EBADMSG, "more than %d calls", TEXT_NAMES_MAX);
	if (array_reserve(&map->entries, &map->allocated, map->n + 1, sizeof(*map->entries)) < 0)
		return error_memory(err);
	copy = slice_copy(name);
	if (!copy)
		return error_memory(err);
	memmove(map->entries + place + 1, map->entries + place,
		(map->n - place) * sizeof(*map->entries));
	map->entries[place] = (struct call_entry){ copy, outcome };
	map->n++;
	return 0;
}

void call_map_remove(struct call_map *map, struct slice name)
{
	size_t place = find_place(map, name);

	if (!is_at(map, place, name))
		return;
	free(map->entries[place].name);
	map->n--;
	memmove(map->entries + place, map->entries + place + 1,
		(map->n - place) * sizeof(*map->entries));
}

static uint64_t outcome_key(struct outcome outcome)
{
	return (uint64_t)outcome.action << 32 | outcome.errno_ret;
}

static int compare_outcomes(const void *a, const void *b)
{
	const struct call_entry *const *x = a, *const *y = b;
	uint64_t left = outcome_key((*x)->outcome), right = outcome_key((*y)->outcome);

	if (left != right)
		return left < right ? -1 : 1;
	return strcmp((*x)->name, (*y)->name);
}

/* One rule for `n` entries of the same outcome. */
static int add_rule(struct profile *profile, const struct call_entry *const *entries, size_t n,
		    const char **names)
{
	struct outcome outcome = entries[0]->outcome;
	struct rule *rule;

	for (size_t i = 0; i < n; i++)
		names[i] = entries[i]->name;
	if (profile_add_rule(profile, ORIGIN_BASE, outcome.action, names, n, NULL, &rule) < 0)
		return -ENOMEM;
	rule->has_errno = outcome.action == ACTION_ERRNO;
	rule->errno_ret = rule->has_errno ? outcome.errno_ret : 0;
	return 0;
}

int call_map_add_rules(const struct call_map *map, struct profile *profile, struct error *err)
{
	_cleanup_free_ const struct call_entry **sorted = calloc(map->n + 1, sizeof(*sorted));
	_cleanup_free_ const char **names = calloc(map->n + 1, sizeof(*names));
	size_t end;

	if (!sorted || !names)
		return error_memory(err);
	for (size_t i = 0; i < map->n; i++)
		sorted[i] = &map->entries[i];
	qsort(sorted, map->n, sizeof(*sorted), compare_outcomes);
	for (size_t start = 0; start < map->n; start = end) {
		for (end = start + 1; end < map->n; end++)
			if (outcome_key(sorted[end]->outcome) !=
			    outcome_key(sorted[start]->outcome))
				break;
		if (add_rule(profile, sorted + start, end - start, names) < 0)
			return error_memory(err);
	}
	return 0;
}
