/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies of other tools, read strictly by the grammars of their documentation and asked as they
 * would ask them: written apart from the program, to check what it writes.
 */
#ifndef ASG_TESTS_POLICY_H
#define ASG_TESTS_POLICY_H

#include "arch/action.h"
#include "arch/syscall.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum policy_op {
	POLICY_EQ,
	POLICY_NE,
	POLICY_LT,
	POLICY_LE,
	POLICY_GT,
	POLICY_GE,
	POLICY_ANY_BIT, /* (arg & value) != 0 */
	POLICY_WITHIN,	/* (arg & ~value) == 0 */
};

/* (arg[index] & mask) OP value */
struct policy_atom {
	unsigned int index;
	uint64_t mask;
	enum policy_op op;
	uint64_t value;
};

/* All of the atoms hold: the answer counts. */
struct policy_entry {
	char name[64];
	int32_t number; /* -1: by name */
	struct policy_atom atoms[16];
	size_t n_atoms;
	enum action action;
	uint32_t data;
};

struct policy {
	struct policy_entry *entries; /* the first that fits counts */
	size_t n, allocated;
	enum action default_action;
	uint32_t default_data;
};

/* Each fails the test, with the line, when the text is not in its language. */
void policy_read_kafel(struct policy *policy, const char *text);    /* README.md of kafel */
void policy_read_minijail(struct policy *policy, const char *text); /* minijail0(5) */
void policy_read_snapd(struct policy *policy, const char *text);    /* what snap-seccomp takes */
void policy_forget(struct policy *policy);

/* What the policy answers to a call of x86_64. */
enum action policy_ask(const struct policy *policy, const char *name, int32_t number,
		       const uint64_t args[6], uint32_t *ret_data);

#endif
