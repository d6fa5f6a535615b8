/* SPDX-License-Identifier: Apache-2.0 */
#include "model/nodes.h"
#include "base/array.h"
#include "base/strbuf.h"
#include "base/time.h"
#include <inttypes.h>
#include <linux/audit.h>
#include <stdlib.h>

#define ROTATION_SILENCE_MS 1000 /* between two files that is worth a word */

void nodes_deinit(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->names.n_keys; i++)
		serials_deinit(&nodes->items[i].serials);
	intern_deinit(&nodes->names);
	free(nodes->items);
	*nodes = (struct nodes){ 0 };
}

int nodes_find(struct nodes *nodes, struct slice name, unsigned int input, uint32_t *ret)
{
	int r;

	if (nodes->last < nodes->names.n_keys &&
	    slice_equal(nodes->names.keys[nodes->last], name)) {
		*ret = nodes->last;
		return 0;
	}
	r = array_reserve(&nodes->items, &nodes->allocated, nodes->names.n_keys + 1,
			  sizeof(*nodes->items));
	if (r >= 0)
		r = intern_add(&nodes->names, name, ret);
	if (r < 0)
		return r;
	if (r == 1)
		nodes->items[*ret] = (struct node){ .input = input, .last_ms = TIME_UNKNOWN };
	nodes->last = *ret;
	return r;
}

/* The audit daemon numbers its own records (DAEMON_*, 1200 to 1299, linux/audit.h) by itself. */
bool nodes_serial_is_kernels(const struct scan *scan)
{
	return scan->serial != 0 && (scan->type < AUDIT_DAEMON_START || scan->type > 1299);
}

/* Between the files of a rotated log nothing may be missing. */
static bool is_gap(const struct node *node, const struct scan *scan, unsigned int input)
{
	return node->input != input && node->whole && node->last_serial != 0 &&
	       scan->serial > node->last_serial + 1 && node->last_ms != TIME_UNKNOWN &&
	       scan->time_ms >= node->last_ms + ROTATION_SILENCE_MS;
}

int nodes_track(struct node *node, const struct scan *scan, unsigned int input, int64_t *ret_gap_ms)
{
	*ret_gap_ms = 0;
	if (!nodes_serial_is_kernels(scan))
		return 0;
	if (scan->type != AUDIT_SECCOMP)
		node->whole = true;
	if (is_gap(node, scan, input))
		*ret_gap_ms = scan->time_ms - node->last_ms;
	node->input = input;
	node->last_serial = scan->serial;
	node->last_ms = scan->time_ms;
	return serials_add(&node->serials, scan->serial, scan->time_ms);
}

static void count_holes(const struct node *node, struct slice name, struct evidence *evidence)
{
	_cleanup_strbuf_ struct strbuf where = { 0 };
	uint64_t first, missing = serials_missing(&node->serials, &first);

	if (missing == 0)
		return;
	if (name.len) {
		strbuf_put_shown(&where, name);
		strbuf_puts(&where, ": ");
	}
	strbuf_printf(&where, "serial %" PRIu64, first);
	evidence_add(evidence, node->whole ? FINDING_MISSING_SERIALS : FINDING_FILTERED_GAPS,
		     missing, strbuf_text(&where));
}

void nodes_count_holes(const struct nodes *nodes, struct evidence *evidence)
{
	for (size_t i = 0; i < nodes->names.n_keys; i++)
		if (nodes->items[i].wanted)
			count_holes(&nodes->items[i], nodes->names.keys[i], evidence);
}

bool nodes_have_serials(const struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->names.n_keys; i++)
		if (nodes->items[i].last_serial)
			return true;
	return false;
}

uint64_t nodes_missing_between(const struct nodes *nodes, uint64_t first, uint64_t last)
{
	uint32_t node;

	if (intern_find(&nodes->names, SLICE(""), &node) < 0)
		return last >= first ? last - first + 1 : 0;
	return serials_missing_between(&nodes->items[node].serials, first, last);
}
