/* SPDX-License-Identifier: Apache-2.0 */
#include "model/selection.h"
#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <fnmatch.h>

void selection_deinit(struct selection *selection)
{
	free(selection->pids.items);
	free(selection->uids.items);
	free(selection->sessions.items);
	free(selection->exes.items);
	free(selection->comms.items);
	free(selection->nodes.items);
	*selection = (struct selection){ .since_ms = TIME_UNKNOWN, .until_ms = TIME_UNKNOWN };
}

int number_list_add(struct number_list *list, uint32_t number)
{
	int r = array_reserve(&list->items, &list->allocated, list->n + 1, sizeof(*list->items));

	if (r < 0)
		return r;
	list->items[list->n++] = number;
	return 0;
}

int text_list_add(struct text_list *list, const char *text)
{
	int r = array_reserve(&list->items, &list->allocated, list->n + 1, sizeof(*list->items));

	if (r < 0)
		return r;
	list->items[list->n++] = text;
	return 0;
}

static bool has_number(const struct number_list *list, uint32_t number)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i] == number)
			return true;
	return list->n == 0;
}

/* Decoded texts are short (comm 15 bytes, exe a path) and hold no NUL byte. */
static bool has_match(const struct text_list *list, struct slice text)
{
	_cleanup_free_ char *copy = NULL;

	if (list->n == 0)
		return true;
	copy = slice_copy(text);
	for (size_t i = 0; copy && i < list->n; i++)
		if (fnmatch(list->items[i], copy, 0) == 0)
			return true;
	return false;
}

bool selection_has_time(const struct selection *selection, int64_t time_ms)
{
	if (selection->since_ms == TIME_UNKNOWN && selection->until_ms == TIME_UNKNOWN)
		return true;
	if (time_ms == TIME_UNKNOWN)
		return false;
	return (selection->since_ms == TIME_UNKNOWN || time_ms >= selection->since_ms) &&
	       (selection->until_ms == TIME_UNKNOWN || time_ms <= selection->until_ms);
}

bool selection_has_pid(const struct selection *selection, uint32_t pid)
{
	return has_number(&selection->pids, pid);
}

bool selection_has_node(const struct selection *selection, struct slice node)
{
	for (size_t i = 0; i < selection->nodes.n; i++)
		if (slice_is(node, selection->nodes.items[i]))
			return true;
	return selection->nodes.n == 0;
}

bool selection_has_actor(const struct selection *selection, const struct actor *actor)
{
	return has_number(&selection->uids, actor->uid) &&
	       has_number(&selection->sessions, actor->session) &&
	       has_match(&selection->exes, actor->exe) && has_match(&selection->comms, actor->comm);
}
