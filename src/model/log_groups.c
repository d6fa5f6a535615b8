/* SPDX-License-Identifier: Apache-2.0 */
#include "model/log_groups.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#define LABELS_MAX 1048576 /* there are 523,776 pairs of the 1024 categories */
#define MIXED	   UINT32_MAX

void log_groups_deinit(struct log_groups *groups)
{
	log_lineage_deinit(&groups->lineage);
	intern_deinit(&groups->labels);
	intern_deinit(&groups->names);
	free(groups->label_of);
	free(groups->name_of);
}

/* ---- labels ---------------------------------------------------------------------------------- */

/* "c12": a category and nothing else. */
static bool is_category(struct slice text)
{
	uint64_t number;

	return text.len > 1 && text.data[0] == 'c' &&
	       slice_to_u64((struct slice){ text.data + 1, text.len - 1 }, 10, &number) == 0 &&
	       number < 1024;
}

/*
 * "c12,c34" of "system_u:system_r:container_t:s0:c12,c34": a container engine gives each container
 * a pair of its own. A label with a range ("s0-s0:c0.c1023") or another number of categories names
 * none.
 */
static struct slice mcs_pair(struct slice subject)
{
	const char *end = subject.data + subject.len, *colon, *comma;
	struct slice level, pair, none = { 0 };

	colon = subject.len ? memrchr(subject.data, ':', subject.len) : NULL;
	if (!colon)
		return none;
	pair = (struct slice){ colon + 1, (size_t)(end - colon) - 1 };
	level = (struct slice){ subject.data, (size_t)(colon - subject.data) };
	if (level.len < 3 || memcmp(level.data + level.len - 3, ":s0", 3) != 0)
		return none;
	comma = memchr(pair.data, ',', pair.len);
	if (!comma || !is_category((struct slice){ pair.data, (size_t)(comma - pair.data) }) ||
	    !is_category((struct slice){ comma + 1, (size_t)(end - comma) - 1 }))
		return none;
	return pair;
}

int log_groups_actor(struct log_groups *groups, const struct scan *scan, const struct actor *actor,
		     struct known_actor *known)
{
	struct slice pair = mcs_pair(actor->subject);
	uint32_t label;
	int r;

	known->session = actor->session;
	known->label = 0;
	if (pair.len && groups->labels.n_keys < LABELS_MAX) {
		r = intern_add(&groups->labels, pair, &label);
		if (r < 0)
			return r;
		known->label = label + 1;
	}
	return log_lineage_text(&groups->lineage, scan->exe, &known->exe);
}

/* An array by life, zeroed behind what it had. */
static int reserve_by_life(const struct log_groups *groups, uint32_t **items, size_t *allocated)
{
	size_t before = *allocated;
	int r = array_reserve(items, allocated, groups->lineage.n_lives, sizeof(**items));

	if (r >= 0 && *allocated > before)
		memset(*items + before, 0, (*allocated - before) * sizeof(**items));
	return r;
}

static int keep_label(struct log_groups *groups, uint32_t life, uint32_t label)
{
	int r;

	if (label == 0)
		return 0;
	r = reserve_by_life(groups, &groups->label_of, &groups->labels_allocated);
	if (r < 0)
		return r;
	if (groups->label_of[life] == 0)
		groups->label_of[life] = label;
	else if (groups->label_of[life] != label)
		groups->label_of[life] = MIXED;
	groups->renames = true;
	return 0;
}

struct slice log_groups_label_of(const struct log_groups *groups, uint32_t life)
{
	uint32_t label = life < groups->labels_allocated ? groups->label_of[life] : 0;

	return label == 0 || label == MIXED ? SLICE("") : groups->labels.keys[label - 1];
}

int log_groups_name(struct log_groups *groups, uint32_t life, struct slice name)
{
	uint32_t number;
	int r = reserve_by_life(groups, &groups->name_of, &groups->names_allocated);

	if (r >= 0)
		r = intern_add(&groups->names, name, &number);
	if (r < 0)
		return r;
	groups->name_of[life] = number + 1;
	groups->renames = true;
	return 0;
}

struct slice log_groups_name_of(const struct log_groups *groups, uint32_t life)
{
	uint32_t name = life < groups->names_allocated ? groups->name_of[life] : 0;

	return name ? groups->names.keys[name - 1] : SLICE("");
}

/* ---- while the log is read ------------------------------------------------------------------- */

void log_groups_put_node(struct strbuf *name, struct slice node)
{
	if (node.len) {
		strbuf_append(name, node.data, node.len);
		strbuf_putc(name, ':');
	}
}

/* A later life of a pid has a name for the time being that no other group can have. */
static int begin_group(struct log_groups *groups, struct recording *recording, struct slice node,
		       uint32_t pid, uint32_t life, uint32_t *ret)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };
	uint32_t other;

	log_groups_put_node(&name, node);
	strbuf_printf(&name, "pid-%" PRIu32, pid);
	if (!name.failed &&
	    intern_find(&recording->names, (struct slice){ name.data, name.len }, &other) == 0) {
		strbuf_printf(&name, " life %" PRIu32, life);
		groups->renames = true;
	}
	if (name.failed)
		return -ENOMEM;
	return recording_group(recording, (struct slice){ name.data, name.len }, node, pid,
			       RECORD_UNSET, ret);
}

/* Of whom no more can be remembered: nobody's in particular. */
static int find_nobody(struct recording *recording, struct slice node, uint32_t *ret)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };

	log_groups_put_node(&name, node);
	strbuf_puts(&name, "unattributed");
	if (name.failed)
		return -ENOMEM;
	return recording_group(recording, (struct slice){ name.data, name.len }, node, RECORD_UNSET,
			       RECORD_UNSET, ret);
}

static struct recent_life *recent_of(struct log_groups *groups, uint32_t node, uint32_t pid)
{
	return &groups->recent[(pid ^ node << 3) % LOG_GROUPS_RECENT];
}

int log_groups_see(struct log_groups *groups, uint32_t node, const struct scan *scan,
		   const struct known_actor *actor, uint32_t *ret)
{
	int r = log_lineage_record(&groups->lineage, node, scan, actor->exe, actor->session, ret);

	if (r < 0 || *ret == LOG_LINEAGE_NONE)
		return r;
	return keep_label(groups, *ret, actor->label);
}

int log_groups_find(struct log_groups *groups, struct recording *recording, uint32_t node,
		    struct slice node_name, const struct scan *scan,
		    const struct known_actor *actor, uint32_t *ret)
{
	struct recent_life *recent = recent_of(groups, node, scan->pid);
	struct life *life;
	uint32_t number;
	int r;

	if (recent->valid && recent->pid == scan->pid && recent->node == node &&
	    recent->actor == actor->number) {
		*ret = recent->group;
		return 0;
	}
	r = log_groups_see(groups, node, scan, actor, &number);
	if (r < 0)
		return r;
	if (number == LOG_LINEAGE_NONE)
		return find_nobody(recording, node_name, ret);
	life = &groups->lineage.lives[number];
	if (life->value == LOG_LINEAGE_NONE) {
		r = begin_group(groups, recording, node_name, scan->pid, number, &life->value);
		if (r < 0)
			return r;
	}
	*ret = life->value;
	/* Of what comes behind its end it has to be asked each time whose it is; and actors without
	 * a number cannot be told from each other. */
	*recent = (struct recent_life){
		.node = node,
		.pid = scan->pid,
		.actor = actor->number,
		.group = life->value,
		.valid = !life->ended && actor->number != RECORDING_ACTOR_OMITTED,
	};
	return 0;
}

int log_groups_order(struct log_groups *groups, uint32_t node, const struct scan *scan)
{
	struct log_lineage_node *where;
	int r = log_lineage_get_node(&groups->lineage, node, &where);

	if (r >= 0 && log_lineage_order(where, scan))
		memset(groups->recent, 0, sizeof(groups->recent));
	return r;
}

int log_groups_event(struct log_groups *groups, uint32_t node, const struct scanner *scanner,
		     const struct scan *scan)
{
	struct scan_process process;

	if (scan->type == AUDIT_CONFIG_CHANGE)
		log_lineage_changed(&groups->lineage, node);
	if (!scan_process(scanner, scan, &process))
		return 0;
	recent_of(groups, node, process.pid)->valid = false;
	if (process.parent)
		recent_of(groups, node, process.parent)->valid = false;
	groups->renames = true;
	return log_lineage_event(&groups->lineage, node, scan, &process);
}
