/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter can only go forward, so one pass over its instructions meets every state there can be:
 * for each, which values the accumulator may have there. What is not known takes both ways.
 */
#include "arch/simulate.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN_MAX 4 /* values of the accumulator kept apart; more count as unknown */

struct state {
	uint32_t known[KNOWN_MAX];
	unsigned int n;
	bool unknown;
};

struct value {
	uint32_t number;
	bool known;
};

struct reach {
	const struct sock_filter *program;
	const struct seccomp_data *data;
	unsigned int known_args; /* bit i: args[i] is known */
	struct state *states;
	struct outcomes *ret;
};

static void arrive(struct reach *reach, size_t at, struct value a)
{
	struct state *state = &reach->states[at];

	for (unsigned int i = 0; a.known && i < state->n; i++)
		if (state->known[i] == a.number)
			return;
	if (a.known && state->n < KNOWN_MAX)
		state->known[state->n++] = a.number;
	else
		state->unknown = true;
}

static void answer(struct reach *reach, uint32_t code)
{
	struct outcomes *ret = reach->ret;

	for (size_t i = 0; i < ret->n; i++)
		if (ret->codes[i] == code)
			return;
	if (ret->n < ARRAY_SIZE(ret->codes))
		ret->codes[ret->n++] = code;
	else
		ret->more = true;
}

static struct value load(const struct reach *reach, const struct sock_filter *insn)
{
	const size_t args = offsetof(struct seccomp_data, args);
	struct value value = { insn->k, true };
	unsigned int index;

	if (BPF_MODE(insn->code) == BPF_IMM)
		return value;
	if (BPF_MODE(insn->code) == BPF_LEN)
		return (struct value){ sizeof(*reach->data), true };
	if (BPF_MODE(insn->code) != BPF_ABS)
		return (struct value){ 0, false };
	memcpy(&value.number, (const char *)reach->data + insn->k, sizeof(value.number));
	if (insn->k < offsetof(struct seccomp_data, instruction_pointer))
		return value;
	index = (unsigned int)((insn->k - args) / sizeof(uint64_t));
	value.known = insn->k >= args && (reach->known_args & (1u << index));
	return value;
}

/* The few operations that filters are made with; what others come to is not known. */
static struct value calculate(const struct sock_filter *insn, struct value a)
{
	a.known = a.known && BPF_SRC(insn->code) == BPF_K;
	switch (BPF_OP(insn->code)) {
	case BPF_AND:
		a.number &= insn->k;
		return a;
	case BPF_OR:
		a.number |= insn->k;
		return a;
	case BPF_RSH:
		a.number >>= insn->k & 31;
		return a;
	default:
		return (struct value){ 0, false };
	}
}

static bool holds(const struct sock_filter *insn, uint32_t a)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return a == insn->k;
	case BPF_JGE:
		return a >= insn->k;
	case BPF_JGT:
		return a > insn->k;
	default:
		return a & insn->k;
	}
}

static void jump(struct reach *reach, size_t at, struct value a)
{
	const struct sock_filter *insn = &reach->program[at];
	bool decided = a.known && BPF_SRC(insn->code) == BPF_K;

	if (BPF_OP(insn->code) == BPF_JA) {
		arrive(reach, at + 1 + insn->k, a);
		return;
	}
	if (!decided || holds(insn, a.number))
		arrive(reach, at + 1 + insn->jt, a);
	if (!decided || !holds(insn, a.number))
		arrive(reach, at + 1 + insn->jf, a);
}

static void step(struct reach *reach, size_t at, struct value a)
{
	const struct sock_filter *insn = &reach->program[at];

	switch (BPF_CLASS(insn->code)) {
	case BPF_RET:
		if (BPF_RVAL(insn->code) == BPF_K)
			answer(reach, insn->k);
		else if (a.known)
			answer(reach, a.number);
		else
			reach->ret->more = true;
		return;
	case BPF_JMP:
		jump(reach, at, a);
		return;
	case BPF_LD:
		a = load(reach, insn);
		break;
	case BPF_ALU:
		a = calculate(insn, a);
		break;
	case BPF_MISC:
		a.known = a.known && BPF_MISCOP(insn->code) == BPF_TAX;
		break;
	default: /* the index register and memory are not followed */
		break;
	}
	arrive(reach, at + 1, a);
}

int simulate_any(const struct sock_filter *program, size_t n, const struct seccomp_data *data,
		 unsigned int known_args, struct outcomes *ret)
{
	struct outcomes outcomes = { .n = 0 };
	struct reach reach = {
		.program = program,
		.data = data,
		.known_args = known_args,
		.ret = &outcomes,
	};
	uint32_t one;
	int r = simulate(program, n, data, &one);

	if (r < 0)
		return r;
	reach.states = calloc(n, sizeof(*reach.states));
	if (!reach.states)
		return -ENOMEM;
	arrive(&reach, 0, (struct value){ 0, true });
	for (size_t i = 0; i < n; i++) {
		const struct state state = reach.states[i];

		for (unsigned int j = 0; j < state.n; j++)
			step(&reach, i, (struct value){ state.known[j], true });
		if (state.unknown)
			step(&reach, i, (struct value){ 0, false });
	}
	free(reach.states);
	*ret = outcomes;
	return 0;
}
