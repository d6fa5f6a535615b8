/* SPDX-License-Identifier: Apache-2.0 */
/* Which records are wanted: all of those that pass every kind of condition given (any of its
 * values). */
#ifndef ASG_MODEL_SELECTION_H
#define ASG_MODEL_SELECTION_H

#include "audit/record.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number_list {
	uint32_t *items;
	size_t n, allocated;
};

struct text_list {
	const char **items; /* borrowed */
	size_t n, allocated;
};

struct selection {
	struct number_list pids, uids, sessions;
	struct text_list exes, comms; /* glob patterns, glob(7) */
	struct text_list nodes;	      /* exact */
	int64_t since_ms, until_ms;   /* TIME_UNKNOWN: no bound */
};

void selection_deinit(struct selection *selection);

int number_list_add(struct number_list *list, uint32_t number) _must_check_;
int text_list_add(struct text_list *list, const char *text) _must_check_;

/* The parts of the question, apart because they are asked at different rates. */
bool selection_has_time(const struct selection *selection, int64_t time_ms);
bool selection_has_pid(const struct selection *selection, uint32_t pid);
bool selection_has_node(const struct selection *selection, struct slice node);
bool selection_has_actor(const struct selection *selection, const struct actor *actor);

#endif
