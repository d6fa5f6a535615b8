/* SPDX-License-Identifier: Apache-2.0 */
#include "format/verdict.h"
#include "base/array.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

static uint32_t code_of(enum action action, bool has_errno, uint32_t errno_ret)
{
	uint32_t code = action_to_code(action);

	if (action == ACTION_ERRNO || action == ACTION_TRACE)
		code |= has_errno ? errno_ret & SECCOMP_RET_DATA : EPERM;
	return code;
}

static uint32_t rule_code(const struct rule *rule)
{
	return code_of(rule->action, rule->has_errno, rule->errno_ret);
}

static int compare_entries(const void *a, const void *b)
{
	const struct verdict_entry *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int add_rule(struct verdicts *verdicts, const struct rule *rule, uint32_t order,
		    const struct arch *arch, struct syscall_table *names)
{
	for (char **name = rule->names; *name; name++) {
		int32_t nr;
		int r = syscall_number(names, arch, *name, &nr);

		if (r == -ENOENT || (r == 0 && !syscall_in_libseccomp(*name)))
			continue;
		if (r < 0 || array_reserve(&verdicts->entries, &verdicts->allocated,
					   verdicts->n + 1, sizeof(*verdicts->entries)) < 0)
			return -ENOMEM;
		verdicts->entries[verdicts->n++] = (struct verdict_entry){ nr, order, rule };
	}
	return 0;
}

int verdicts_init(struct verdicts *verdicts, const struct profile *profile, const struct arch *arch,
		  struct syscall_table *names)
{
	const int32_t *numbers;
	size_t n;
	int r = syscall_numbers(names, arch, &numbers, &n);

	*verdicts = (struct verdicts){
		.default_code = code_of(profile->default_action, profile->has_default_errno,
					profile->default_errno),
		.first = r == 0 && n > 0 ? numbers[0] : 0,
		.narrow = !(arch->audit & __AUDIT_ARCH_64BIT) || arch->token != arch->audit,
	};
	for (size_t i = 0; r == 0 && i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		/* Runtimes leave out what says the same as the default. */
		if (rule_holds(rule, arch) && rule_code(rule) != verdicts->default_code)
			r = add_rule(verdicts, rule, (uint32_t)i, arch, names);
	}
	if (r == 0 && verdicts->n > 0)
		qsort(verdicts->entries, verdicts->n, sizeof(*verdicts->entries), compare_entries);
	if (r < 0)
		verdicts_deinit(verdicts);
	return r;
}

void verdicts_deinit(struct verdicts *verdicts)
{
	free(verdicts->entries);
	*verdicts = (struct verdicts){ 0 };
}

static bool arg_holds(const struct rule_arg *arg, uint64_t value)
{
	switch (arg->op) {
	case COMPARE_NE:
		return value != arg->value;
	case COMPARE_LT:
		return value < arg->value;
	case COMPARE_LE:
		return value <= arg->value;
	case COMPARE_EQ:
		return value == arg->value;
	case COMPARE_GE:
		return value >= arg->value;
	case COMPARE_GT:
		return value > arg->value;
	case COMPARE_MASKED_EQ:
		return (value & arg->value) == arg->value_two;
	}
	return false;
}

static bool args_hold(const struct rule *rule, const uint64_t args[6])
{
	unsigned int indexes = 0;
	bool all = true, any = false, repeated = false;

	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg *arg = &rule->args[i];
		bool holds = arg_holds(arg, args[arg->index]);

		repeated = repeated || (indexes & (1u << arg->index));
		indexes |= 1u << arg->index;
		all = all && holds;
		any = any || holds;
	}
	return repeated ? any : all;
}

static void verdict_add(struct verdict *verdict, uint32_t code)
{
	for (size_t i = 0; i < verdict->n; i++)
		if (verdict->codes[i] == code)
			return;
	if (verdict->n < ARRAY_SIZE(verdict->codes))
		verdict->codes[verdict->n++] = code;
}

static size_t first_entry(const struct verdicts *verdicts, int32_t nr)
{
	size_t low = 0, high = verdicts->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (verdicts->entries[middle].nr < nr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A rule without arguments beats those with; among several of either, libseccomp's order decides.
 */
void verdicts_find(const struct verdicts *verdicts, int32_t nr, const uint64_t args[6],
		   struct verdict *ret)
{
	struct verdict plain = { .n = 0 }, by_args = { .n = 0 };

	for (size_t i = first_entry(verdicts, nr); i < verdicts->n; i++) {
		const struct rule *rule = verdicts->entries[i].rule;

		if (verdicts->entries[i].nr != nr)
			break;
		if (rule->n_args == 0)
			verdict_add(&plain, rule_code(rule));
		else if (args_hold(rule, args))
			verdict_add(&by_args, rule_code(rule));
	}
	*ret = plain.n > 0 ? plain : by_args;
	if (ret->n == 0)
		verdict_add(ret, verdicts->default_code);
}

/* A value for which the comparison holds, if there is one. */
static uint64_t satisfying(const struct rule_arg *arg)
{
	switch (arg->op) {
	case COMPARE_NE:
	case COMPARE_GT:
		return arg->value + 1;
	case COMPARE_LT:
		return arg->value - 1;
	case COMPARE_MASKED_EQ:
		return arg->value_two;
	default:
		return arg->value;
	}
}

size_t verdict_vectors(const struct rule *rule, bool narrow, uint64_t ret[VERDICT_VECTORS_MAX][6])
{
	const uint64_t limit = narrow ? UINT32_MAX : UINT64_MAX;
	uint64_t satisfied[6] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < rule->n_args; i++) {
		if (rule->args[i].value > limit || rule->args[i].value_two > limit)
			return 0;
		satisfied[rule->args[i].index] = satisfying(&rule->args[i]) & limit;
	}
	memcpy(ret[n++], satisfied, sizeof(satisfied));
	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg *arg = &rule->args[i];
		const uint64_t beside[] = { arg->value, arg->value + 1, arg->value - 1, UINT64_MAX,
					    ~arg->value };

		for (size_t j = 0; j < ARRAY_SIZE(beside) && n < VERDICT_VECTORS_MAX; j++) {
			memcpy(ret[n], satisfied, sizeof(satisfied));
			ret[n++][arg->index] = beside[j] & limit;
		}
	}
	return n;
}
