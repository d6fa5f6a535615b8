/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/simulate.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Where a field `k` of an instruction must lie (bpf_check_classic, net/core/filter.c). */
enum limit {
	ANY,
	DATA,	 /* an aligned word of struct seccomp_data */
	MEMORY,	 /* a word of scratch memory */
	NONZERO, /* a divisor */
	BITS,	 /* a shift within a word */
};

/* Everything that seccomp allows: packets, bytes and remainders are not among it. */
static const struct {
	uint16_t code;
	enum limit limit;
} allowed[] = {
	{ BPF_LD | BPF_W | BPF_ABS, DATA },
	{ BPF_LD | BPF_W | BPF_LEN, ANY },
	{ BPF_LDX | BPF_W | BPF_LEN, ANY },
	{ BPF_LD | BPF_IMM, ANY },
	{ BPF_LDX | BPF_IMM, ANY },
	{ BPF_LD | BPF_MEM, MEMORY },
	{ BPF_LDX | BPF_MEM, MEMORY },
	{ BPF_ST, MEMORY },
	{ BPF_STX, MEMORY },
	{ BPF_ALU | BPF_ADD | BPF_K, ANY },
	{ BPF_ALU | BPF_ADD | BPF_X, ANY },
	{ BPF_ALU | BPF_SUB | BPF_K, ANY },
	{ BPF_ALU | BPF_SUB | BPF_X, ANY },
	{ BPF_ALU | BPF_MUL | BPF_K, ANY },
	{ BPF_ALU | BPF_MUL | BPF_X, ANY },
	{ BPF_ALU | BPF_DIV | BPF_K, NONZERO },
	{ BPF_ALU | BPF_DIV | BPF_X, ANY },
	{ BPF_ALU | BPF_AND | BPF_K, ANY },
	{ BPF_ALU | BPF_AND | BPF_X, ANY },
	{ BPF_ALU | BPF_OR | BPF_K, ANY },
	{ BPF_ALU | BPF_OR | BPF_X, ANY },
	{ BPF_ALU | BPF_XOR | BPF_K, ANY },
	{ BPF_ALU | BPF_XOR | BPF_X, ANY },
	{ BPF_ALU | BPF_LSH | BPF_K, BITS },
	{ BPF_ALU | BPF_LSH | BPF_X, ANY },
	{ BPF_ALU | BPF_RSH | BPF_K, BITS },
	{ BPF_ALU | BPF_RSH | BPF_X, ANY },
	{ BPF_ALU | BPF_NEG, ANY },
	{ BPF_MISC | BPF_TAX, ANY },
	{ BPF_MISC | BPF_TXA, ANY },
	{ BPF_JMP | BPF_JA, ANY },
	{ BPF_JMP | BPF_JEQ | BPF_K, ANY },
	{ BPF_JMP | BPF_JEQ | BPF_X, ANY },
	{ BPF_JMP | BPF_JGE | BPF_K, ANY },
	{ BPF_JMP | BPF_JGE | BPF_X, ANY },
	{ BPF_JMP | BPF_JGT | BPF_K, ANY },
	{ BPF_JMP | BPF_JGT | BPF_X, ANY },
	{ BPF_JMP | BPF_JSET | BPF_K, ANY },
	{ BPF_JMP | BPF_JSET | BPF_X, ANY },
	{ BPF_RET | BPF_K, ANY },
	{ BPF_RET | BPF_A, ANY },
};

static bool within_limit(uint32_t k, enum limit limit)
{
	switch (limit) {
	case DATA:
		return k < sizeof(struct seccomp_data) && k % sizeof(uint32_t) == 0;
	case MEMORY:
		return k < BPF_MEMWORDS;
	case NONZERO:
		return k != 0;
	case BITS:
		return k < 32;
	case ANY:
		break;
	}
	return true;
}

static bool is_allowed(const struct sock_filter *insn)
{
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (allowed[i].code == insn->code)
			return within_limit(insn->k, allowed[i].limit);
	return false;
}

/* `left`: how many instructions stand behind the jump. */
static bool jumps_inside(const struct sock_filter *insn, size_t left)
{
	if (BPF_CLASS(insn->code) != BPF_JMP)
		return true;
	if (BPF_OP(insn->code) == BPF_JA)
		return insn->k < left;
	return insn->jt < left && insn->jf < left;
}

/*
 * Scratch memory may only be read where every way to the instruction has written it. `written` has
 * a set of words for each instruction: those that all the jumps to it agree on.
 */
static bool memory_is_written(const struct sock_filter *program, size_t n)
{
	uint16_t written[BPF_MAXINSNS];
	uint16_t now = 0;

	memset(written, 0xFF, sizeof(written));
	for (size_t i = 0; i < n; i++) {
		const struct sock_filter *insn = &program[i];

		now &= written[i];
		switch (BPF_CLASS(insn->code)) {
		case BPF_ST:
		case BPF_STX:
			now |= (uint16_t)(1U << insn->k);
			break;
		case BPF_LD:
		case BPF_LDX:
			if (BPF_MODE(insn->code) == BPF_MEM && !(now & 1U << insn->k))
				return false;
			break;
		case BPF_JMP:
			if (BPF_OP(insn->code) == BPF_JA) {
				written[i + 1 + insn->k] &= now;
			} else {
				written[i + 1 + insn->jt] &= now;
				written[i + 1 + insn->jf] &= now;
			}
			now = UINT16_MAX;
			break;
		default:
			break;
		}
	}
	return true;
}

static bool is_valid(const struct sock_filter *program, size_t n)
{
	if (n == 0 || n > BPF_MAXINSNS || BPF_CLASS(program[n - 1].code) != BPF_RET)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_allowed(&program[i]) || !jumps_inside(&program[i], n - 1 - i))
			return false;
	return memory_is_written(program, n);
}

struct machine {
	uint32_t a, x, memory[BPF_MEMWORDS];
};

/* False: the end of the program, by dividing by zero. */
static bool calculate(uint16_t operation, uint32_t *a, uint32_t operand)
{
	switch (operation) {
	case BPF_ADD:
		*a += operand;
		break;
	case BPF_SUB:
		*a -= operand;
		break;
	case BPF_MUL:
		*a *= operand;
		break;
	case BPF_DIV:
		if (operand == 0)
			return false;
		*a /= operand;
		break;
	case BPF_AND:
		*a &= operand;
		break;
	case BPF_OR:
		*a |= operand;
		break;
	case BPF_XOR:
		*a ^= operand;
		break;
	case BPF_LSH:
		*a <<= operand & 31;
		break;
	case BPF_RSH:
		*a >>= operand & 31;
		break;
	case BPF_NEG:
		*a = -*a;
		break;
	}
	return true;
}

static uint32_t load(const struct sock_filter *insn, const struct machine *machine,
		     const struct seccomp_data *data)
{
	uint32_t word;

	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		memcpy(&word, (const char *)data + insn->k, sizeof(word));
		return word;
	case BPF_LEN:
		return sizeof(*data);
	case BPF_MEM:
		return machine->memory[insn->k];
	default:
		return insn->k;
	}
}

static size_t jump(const struct sock_filter *insn, uint32_t a, uint32_t operand)
{
	bool taken;

	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		return insn->k;
	case BPF_JEQ:
		taken = a == operand;
		break;
	case BPF_JGE:
		taken = a >= operand;
		break;
	case BPF_JGT:
		taken = a > operand;
		break;
	default:
		taken = a & operand;
		break;
	}
	return taken ? insn->jt : insn->jf;
}

/* Runs a valid program: it can only go forward, to a return. */
static uint32_t run(const struct sock_filter *insn, const struct seccomp_data *data)
{
	struct machine m = { 0 };

	for (;; insn++) {
		uint32_t operand = BPF_SRC(insn->code) == BPF_X ? m.x : insn->k;

		switch (BPF_CLASS(insn->code)) {
		case BPF_LD:
			m.a = load(insn, &m, data);
			break;
		case BPF_LDX:
			m.x = load(insn, &m, data);
			break;
		case BPF_ST:
			m.memory[insn->k] = m.a;
			break;
		case BPF_STX:
			m.memory[insn->k] = m.x;
			break;
		case BPF_ALU:
			if (!calculate(BPF_OP(insn->code), &m.a, operand))
				return SECCOMP_RET_KILL_THREAD;
			break;
		case BPF_JMP:
			insn += jump(insn, m.a, operand);
			break;
		case BPF_MISC:
			if (BPF_MISCOP(insn->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		case BPF_RET:
			return BPF_RVAL(insn->code) == BPF_A ? m.a : insn->k;
		}
	}
}

int simulate(const struct sock_filter *program, size_t n, const struct seccomp_data *data,
	     uint32_t *ret)
{
	if (!is_valid(program, n))
		return -EINVAL;
	*ret = run(program, data);
	return 0;
}
