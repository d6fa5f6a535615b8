/* SPDX-License-Identifier: Apache-2.0 */
#include "model/grouping.h"
#include "base/array.h"
#include "base/strbuf.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const group_by_names[GROUP_BY_COUNT] = {
	[GROUP_BY_PID] = "pid",		[GROUP_BY_EXE] = "exe",	    [GROUP_BY_COMM] = "comm",
	[GROUP_BY_SESSION] = "session", [GROUP_BY_LABEL] = "label", [GROUP_BY_NODE] = "node",
	[GROUP_BY_TARGET] = "target",	[GROUP_BY_ALL] = "all",
};

const char *group_by_name(enum group_by group_by)
{
	return group_by_names[group_by];
}

int group_by_from_name(const char *name, enum group_by *ret)
{
	for (size_t i = 0; i < GROUP_BY_COUNT; i++)
		if (strcmp(group_by_names[i], name) == 0) {
			*ret = (enum group_by)i;
			return 0;
		}
	return -EINVAL;
}

void grouping_init(struct grouping *grouping, enum group_by by, const char *all_name)
{
	*grouping = (struct grouping){ .by = by == GROUP_BY_TARGET ? GROUP_BY_ALL : by,
				       .all_name = all_name ? all_name : "all" };
}

void grouping_deinit(struct grouping *grouping)
{
	intern_deinit(&grouping->texts);
	intern_deinit(&grouping->keys);
	free(grouping->groups);
}

int grouping_actor_value(struct grouping *grouping, const struct actor *actor, uint32_t *ret)
{
	int r = 0;

	switch (grouping->by) {
	case GROUP_BY_EXE:
		r = intern_add(&grouping->texts, actor->exe, ret);
		break;
	case GROUP_BY_COMM:
		r = intern_add(&grouping->texts, actor->comm, ret);
		break;
	case GROUP_BY_LABEL:
		r = intern_add(&grouping->texts, actor->subject, ret);
		break;
	case GROUP_BY_SESSION:
		*ret = actor->session;
		break;
	default:
		*ret = 0;
	}
	return r < 0 ? r : 0;
}

static void put_text_name(const struct grouping *grouping, struct slice text, struct strbuf *ret)
{
	if (text.len)
		strbuf_append(ret, text.data, text.len);
	else
		strbuf_printf(ret, "no-%s", group_by_name(grouping->by));
}

/* "web1:pid-1234": the node is left out where records have none. */
static void group_name(const struct grouping *grouping, struct slice node, uint32_t value,
		       struct strbuf *ret)
{
	if (node.len && grouping->by != GROUP_BY_ALL) {
		strbuf_append(ret, node.data, node.len);
		if (grouping->by == GROUP_BY_NODE)
			return;
		strbuf_putc(ret, ':');
	}
	switch (grouping->by) {
	case GROUP_BY_PID:
		strbuf_printf(ret, "pid-%" PRIu32, value);
		break;
	case GROUP_BY_SESSION:
		if (value == RECORD_UNSET)
			strbuf_puts(ret, "no-session");
		else
			strbuf_printf(ret, "session-%" PRIu32, value);
		break;
	case GROUP_BY_NODE:
		strbuf_puts(ret, "no-node");
		break;
	case GROUP_BY_ALL:
		strbuf_puts(ret, grouping->all_name);
		break;
	default:
		put_text_name(grouping, grouping->texts.keys[value], ret);
	}
}

static int make_group(struct grouping *grouping, struct recording *recording, struct slice node,
		      uint32_t value, uint32_t *ret)
{
	enum group_by by = grouping->by;
	_cleanup_strbuf_ struct strbuf name = { 0 };

	group_name(grouping, node, value, &name);
	if (!strbuf_text(&name))
		return -ENOMEM;
	return recording_group(recording, (struct slice){ name.data, name.len },
			       by == GROUP_BY_ALL ? SLICE("") : node,
			       by == GROUP_BY_PID ? value : RECORD_UNSET,
			       by == GROUP_BY_SESSION ? value : RECORD_UNSET, ret);
}

static int look_up(struct grouping *grouping, struct recording *recording, struct group_key key,
		   struct slice node_name, uint32_t *ret)
{
	struct slice slice = { (const char *)&key, sizeof(key) };
	uint32_t index;
	int r;

	if (intern_find(&grouping->keys, slice, &index) == 0) {
		*ret = grouping->groups[index];
		return 0;
	}
	r = make_group(grouping, recording, node_name, key.value, ret);
	if (r >= 0)
		r = array_reserve(&grouping->groups, &grouping->groups_allocated,
				  grouping->keys.n_keys + 1, sizeof(*grouping->groups));
	if (r >= 0)
		r = intern_add(&grouping->keys, slice, &index);
	if (r < 0)
		return r;
	grouping->groups[index] = *ret;
	return 0;
}

int grouping_find(struct grouping *grouping, struct recording *recording, uint32_t node,
		  struct slice node_name, uint32_t value, uint32_t pid, uint32_t *ret)
{
	struct group_key key = { node, grouping->by == GROUP_BY_PID ? pid : value };
	struct recent_group *recent;
	int r;

	if (grouping->by == GROUP_BY_ALL)
		key = (struct group_key){ 0, 0 };
	recent = &grouping->recent[(key.value ^ key.node << 3) % GROUPING_RECENT];
	if (recent->valid && recent->key.node == key.node && recent->key.value == key.value) {
		*ret = recent->group;
		return 0;
	}
	r = look_up(grouping, recording, key, node_name, ret);
	if (r >= 0)
		*recent = (struct recent_group){ key, *ret, true };
	return r;
}
