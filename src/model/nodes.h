/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machines that records come from, each with its own stream of serial numbers: what is missing
 * in it is what was lost. Live there is one, without a name.
 */
#ifndef ASG_MODEL_NODES_H
#define ASG_MODEL_NODES_H

#include "audit/scan.h"
#include "audit/serials.h"
#include "base/intern.h"
#include "base/macro.h"
#include "model/evidence.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct node {
	struct serials serials;
	bool wanted;	    /* for the owner to set; false at first */
	bool whole;	    /* holds records of other types: a missing serial is a lost record */
	unsigned int input; /* the input that its last serial came from */
	uint64_t last_serial;
	int64_t last_ms;
};

struct nodes {
	struct intern names; /* -> index in items */
	struct node *items;
	size_t allocated;
	uint32_t last; /* records of one machine come in runs */
};

void nodes_deinit(struct nodes *nodes);

/* The number of the node of that name: 1 when it is new, 0, or -ENOMEM. `input` is now read. */
int nodes_find(struct nodes *nodes, struct slice name, unsigned int input, uint32_t *ret)
	_must_check_;

/*
 * Takes in the serial of a record from `input`; nothing when it is not the kernel's. Says how many
 * milliseconds were silent when it is the first of another file of a rotated log and serials are
 * missing in between; 0 otherwise. -ENOMEM.
 */
int nodes_track(struct node *node, const struct scan *scan, unsigned int input, int64_t *ret_gap_ms)
	_must_check_;

/* Whether a record has a serial of the kernel's. */
bool nodes_serial_is_kernels(const struct scan *scan);

/* Counts what is missing in the streams of those that are wanted. */
void nodes_count_holes(const struct nodes *nodes, struct evidence *evidence);

bool nodes_have_serials(const struct nodes *nodes);

/* How many serials of the node without a name are missing from `first` to `last`. */
uint64_t nodes_missing_between(const struct nodes *nodes, uint64_t first, uint64_t last);

#endif
