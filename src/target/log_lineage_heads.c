/* SPDX-License-Identifier: Apache-2.0 */
/* log_lineage_heads(): once up every chain of ancestors, however long. */
#include "target/log_lineage.h"
#include <errno.h>
#include <stdlib.h>

enum state {
	UNKNOWN,
	ABOVE,	/* its parent is being asked */
	BESIDE, /* the parent had nothing to say: the founder of its session is being asked */
	DONE,
};

struct walk {
	const struct log_lineage *lineage;
	const bool *is_head;
	uint32_t *heads;
	unsigned char *states;
	uint32_t *stack; /* no life is on it twice */
	size_t depth;
};

/* Asks for the head of another life first. False: there is none, or it is waiting for this one. */
static bool ask(struct walk *walk, uint32_t whom)
{
	if (whom == LOG_LINEAGE_NONE || walk->states[whom] != UNKNOWN)
		return false;
	walk->stack[walk->depth++] = whom;
	return true;
}

/* What is known of it by now: a log with a circle in it tells nothing on that way. */
static uint32_t answer(const struct walk *walk, uint32_t whom)
{
	return whom != LOG_LINEAGE_NONE && walk->states[whom] == DONE ? walk->heads[whom]
								      : LOG_LINEAGE_NONE;
}

static void step(struct walk *walk)
{
	uint32_t number = walk->stack[walk->depth - 1];
	const struct life *life = &walk->lineage->lives[number];
	uint32_t head = number;

	if (!walk->is_head || !walk->is_head[number]) {
		if (walk->states[number] == UNKNOWN) {
			walk->states[number] = ABOVE;
			if (ask(walk, life->parent))
				return;
		}
		head = answer(walk, life->parent);
		if (head == LOG_LINEAGE_NONE && walk->states[number] == ABOVE) {
			walk->states[number] = BESIDE;
			if (ask(walk, life->founder))
				return;
		}
		if (head == LOG_LINEAGE_NONE)
			head = answer(walk, life->founder);
		if (head == LOG_LINEAGE_NONE && life->logged)
			head = number;
	}
	walk->heads[number] = head;
	walk->states[number] = DONE;
	walk->depth--;
}

int log_lineage_heads(const struct log_lineage *lineage, const bool *is_head, uint32_t *ret)
{
	struct walk walk = {
		.lineage = lineage,
		.is_head = is_head,
		.heads = ret,
		.states = calloc(lineage->n_lives + 1, 1),
		.stack = calloc(lineage->n_lives + 1, sizeof(*walk.stack)),
	};
	int r = walk.states && walk.stack ? 0 : -ENOMEM;

	for (size_t i = 0; i < lineage->n_lives; i++)
		ret[i] = LOG_LINEAGE_NONE;
	for (uint32_t i = 0; r >= 0 && i < lineage->n_lives; i++) {
		if (lineage->lives[i].used)
			ask(&walk, i);
		while (walk.depth > 0)
			step(&walk);
	}
	free(walk.states);
	free(walk.stack);
	return r;
}
