/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recording_arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void arguments_deinit(struct arguments *arguments)
{
	free(arguments->values);
	*arguments = (struct arguments){ 0 };
}

void argument_list_free(struct argument_list *list)
{
	for (uint32_t i = 0; list && i < list->n; i++)
		arguments_deinit(&list->items[i]);
	free(list);
}

/* Where the call's arguments are, or where they belong. There are few. */
static uint32_t find(const struct argument_list *list, int32_t nr)
{
	uint32_t i = 0;

	while (list && i < list->n && list->items[i].nr < nr)
		i++;
	return i;
}

const struct arguments *recording_arguments(const struct group_arch *arch, int32_t nr)
{
	const struct argument_list *list = arch->arguments;
	uint32_t at = find(list, nr);

	return list && at < list->n && list->items[at].nr == nr ? &list->items[at] : NULL;
}

static int get(struct group_arch *arch, int32_t nr, const struct argument_call *call,
	       struct arguments **ret)
{
	struct argument_list *list = arch->arguments;
	uint32_t at = find(list, nr), n = list ? list->n : 0;

	if (at == n || list->items[at].nr != nr) {
		/* One item for a call of a const table: no product that could overflow. */
		struct argument_list *grown =
			realloc(list, sizeof(*list) + (n + 1) * sizeof(list->items[0]));

		if (!grown)
			return -ENOMEM;
		arch->arguments = list = grown;
		memmove(list->items + at + 1, list->items + at, (n - at) * sizeof(list->items[0]));
		list->items[at] = (struct arguments){ .call = call, .nr = nr };
		list->n = n + 1;
	}
	*ret = &list->items[at];
	return 0;
}

static int compare(const struct argument_values *a, const struct argument_values *b)
{
	for (size_t i = 0; i < ARGUMENT_FIELDS_MAX; i++)
		if (a->fields[i] != b->fields[i])
			return a->fields[i] < b->fields[i] ? -1 : 1;
	return 0;
}

static void give_up(struct arguments *arguments)
{
	free(arguments->values);
	arguments->values = NULL;
	arguments->n = arguments->allocated = 0;
	arguments->too_many = true;
}

static int insert(struct arguments *arguments, uint32_t at, const struct argument_values *values)
{
	if (arguments->n >= arguments->call->limit) {
		give_up(arguments);
		return 0;
	}
	if (arguments->n == arguments->allocated) {
		uint32_t wanted = arguments->allocated ? 2 * arguments->allocated : 1;
		struct argument_values *grown =
			reallocarray(arguments->values, wanted, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		arguments->values = grown;
		arguments->allocated = wanted;
	}
	memmove(arguments->values + at + 1, arguments->values + at,
		(arguments->n - at) * sizeof(*values));
	arguments->values[at] = *values;
	arguments->n++;
	return 0;
}

static int add_values(struct arguments *arguments, const struct argument_values *values)
{
	uint64_t *only = arguments->n ? &arguments->values[0].fields[0] : NULL;
	uint32_t at = 0;

	if (arguments->too_many)
		return 0;
	if (only && arguments->call->kind == ARGUMENT_FLAGS) {
		*only |= values->fields[0];
		return 0;
	}
	if (only && arguments->call->kind == ARGUMENT_RANGE) {
		*only = *only > values->fields[0] ? *only : values->fields[0];
		return 0;
	}
	while (at < arguments->n && compare(&arguments->values[at], values) < 0)
		at++;
	if (at < arguments->n && compare(&arguments->values[at], values) == 0)
		return 0;
	return insert(arguments, at, values);
}

static void add_count(struct arguments *arguments, uint64_t count)
{
	arguments->covered = count > RECORDING_COUNT_MAX - arguments->covered
				     ? RECORDING_COUNT_MAX
				     : arguments->covered + count;
}

int recording_expect_arguments(struct recording *recording, uint32_t group, uint32_t audit_arch,
			       int32_t nr, const struct argument_call *call)
{
	struct group_arch *arch = recording_group_arch(recording, group, audit_arch, nr);
	struct arguments *arguments;

	return arch ? get(arch, nr, call, &arguments) : 0;
}

int recording_add_arguments(struct recording *recording, uint32_t group, uint32_t audit_arch,
			    int32_t nr, const struct argument_call *call,
			    const struct argument_values *values, uint64_t count)
{
	struct group_arch *arch = recording_group_arch(recording, group, audit_arch, nr);
	struct arguments *arguments;
	int r;

	if (!arch)
		return 0;
	r = get(arch, nr, call, &arguments);
	if (r == 0)
		r = add_values(arguments, values);
	if (r == 0)
		add_count(arguments, count);
	return r;
}

int arguments_merge(struct arguments *arguments, const struct arguments *other)
{
	if (other->too_many)
		give_up(arguments);
	for (uint32_t i = 0; i < other->n; i++) {
		int r = add_values(arguments, &other->values[i]);

		if (r < 0)
			return r;
	}
	add_count(arguments, other->covered);
	return 0;
}

int recording_merge_call_arguments(struct recording *recording, uint32_t group, uint32_t audit_arch,
				   const struct arguments *other)
{
	struct group_arch *arch = recording_group_arch(recording, group, audit_arch, other->nr);
	struct arguments *arguments;
	int r;

	/* A group that has reached a cap has lost calls, and says so. */
	if (!arch)
		return 0;
	r = get(arch, other->nr, other->call, &arguments);
	return r < 0 ? r : arguments_merge(arguments, other);
}
