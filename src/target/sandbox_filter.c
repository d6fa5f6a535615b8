/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Written out instead of made by libseccomp, which cannot say "every number beyond", and whose
 * state would be one more thing that the confined part of the program holds.
 */
#include "arch/syscall.h"
#include "target/sandbox.h"
#include "target/sandbox_calls.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>

/* The jumps of classic BPF reach 255 instructions: so many numbers at the most. */
#define NUMBERS_MAX  240
#define INSTRUCTIONS (NUMBERS_MAX + 9)

const struct sandbox_calls sandbox_offline = {
	sandbox_offline_allowed,
	ARRAY_SIZE(sandbox_offline_allowed),
	sandbox_offline_missing,
	ARRAY_SIZE(sandbox_offline_missing),
};

struct program {
	struct sock_filter code[INSTRUCTIONS];
	unsigned short n;
	int32_t numbers[NUMBERS_MAX];
	size_t n_numbers, n_allowed; /* the allowed ones first */
};

static void add(struct program *program, struct sock_filter instruction)
{
	program->code[program->n++] = instruction;
}

static int take_numbers(struct program *program, struct syscall_table *names,
			const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int32_t nr;
		int r = syscall_number(names, arch_native(), list[i], &nr);

		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r;
		if (program->n_numbers == NUMBERS_MAX)
			return -E2BIG;
		program->numbers[program->n_numbers++] = nr;
	}
	return 0;
}

/* Foreign architectures end the process: their numbers mean something else. */
static void check_arch(struct program *program)
{
	add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						  offsetof(struct seccomp_data, arch)));
	add(program,
	    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch_native()->audit, 1, 0));
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
	add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						  offsetof(struct seccomp_data, nr)));
}

/* Each number jumps to one of three answers, which stand at the end. */
static void check_numbers(struct program *program, int32_t last)
{
	size_t n = program->n_numbers;

	for (size_t i = 0; i < n; i++) {
		/* Over the numbers that follow, two comparisons, and the answers in between. */
		size_t to = n - i + (i < program->n_allowed ? 3 : 2);

		add(program,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						 (uint32_t)program->numbers[i], (uint8_t)to, 0));
	}
	/* x32 calls have bit 30, and so do numbers that are negative: no libc tries these. */
	add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ARCH_X32_BIT, 1, 0));
	add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)last, 1, 0));
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						  SECCOMP_RET_ERRNO | (ENOSYS & SECCOMP_RET_DATA)));
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static int last_number(struct syscall_table *names, int32_t *ret)
{
	const int32_t *numbers;
	size_t n;
	int r = syscall_numbers(names, arch_native(), &numbers, &n);

	if (r == 0)
		*ret = n > 0 ? numbers[n - 1] : ARCH_X32_BIT;
	return r;
}

static int export(const struct program *program, struct filter *ret)
{
	ret->program = calloc(program->n, sizeof(*ret->program));
	if (!ret->program)
		return -ENOMEM;
	for (unsigned short i = 0; i < program->n; i++)
		ret->program[i] = program->code[i];
	ret->n = program->n;
	return 0;
}

int sandbox_filter(const struct sandbox_calls *calls, struct filter *ret)
{
	/* -1 is no call: a tracer writes it over one that is to be skipped, and answers itself. */
	struct program program = { .numbers = { -1 }, .n_numbers = 1 };
	struct syscall_table names = { 0 };
	int32_t last = 0;
	int r = last_number(&names, &last);

	if (r == 0)
		r = take_numbers(&program, &names, calls->allowed, calls->n_allowed);
	program.n_allowed = program.n_numbers;
	if (r == 0)
		r = take_numbers(&program, &names, calls->missing, calls->n_missing);
	syscall_table_deinit(&names);
	if (r < 0)
		return r;
	check_arch(&program);
	check_numbers(&program, last);
	return export(&program, ret);
}
