/* SPDX-License-Identifier: Apache-2.0 */
#include "model/name_list.h"
#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void name_list_sort(char **names)
{
	size_t n = name_list_count(names), kept = 0;

	if (n == 0)
		return;
	qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(names[kept], names[i]) == 0)
			free(names[i]);
		else
			names[++kept] = names[i];
	}
	names[kept + 1] = NULL;
}

void name_list_free(char **names)
{
	for (char **name = names; name && *name; name++)
		free(*name);
	free(names);
}

size_t name_list_count(char *const *names)
{
	size_t n = 0;

	while (names && names[n])
		n++;
	return n;
}

int name_list_copy(char *const *names, char ***ret)
{
	size_t n = name_list_count(names);
	char **copy;

	if (!names) {
		*ret = NULL;
		return 0;
	}
	copy = calloc(n + 1, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		copy[i] = strdup(names[i]);
		if (!copy[i]) {
			name_list_free(copy);
			return -ENOMEM;
		}
	}
	*ret = copy;
	return 0;
}

bool name_list_has(char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

int name_list_append(char ***names, const char *name)
{
	size_t n = name_list_count(*names);
	char *copy = strdup(name);
	char **grown;

	if (!copy)
		return -ENOMEM;
	grown = reallocarray(*names, n + 2, sizeof(*grown));
	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	grown[n] = copy;
	grown[n + 1] = NULL;
	*names = grown;
	return 0;
}

void name_set_deinit(struct name_set *set)
{
	name_list_free(set->names);
	*set = (struct name_set){ 0 };
}

/* The place of the first name that is not before `name`. */
static size_t name_set_place(const struct name_set *set, const char *name)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(set->names[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool name_set_has(const struct name_set *set, const char *name)
{
	size_t place = name_set_place(set, name);

	return place < set->n && strcmp(set->names[place], name) == 0;
}

int name_set_add(struct name_set *set, const char *name)
{
	size_t place = name_set_place(set, name);
	char *copy;

	if (place < set->n && strcmp(set->names[place], name) == 0)
		return 0;
	if (array_reserve(&set->names, &set->allocated, set->n + 2, sizeof(*set->names)) < 0)
		return -ENOMEM;
	set->names[set->n] = NULL; /* a list from its first place on, also when the name fails */
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	memmove(set->names + place + 1, set->names + place, (set->n - place) * sizeof(*set->names));
	set->names[place] = copy;
	set->names[++set->n] = NULL;
	return 1;
}

char **name_set_steal(struct name_set *set)
{
	char **names = set->names ? set->names : calloc(1, sizeof(*names));

	if (names)
		*set = (struct name_set){ 0 };
	return names;
}
