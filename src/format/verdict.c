/* SPDX-License-Identifier: Apache-2.0 */
#include "format/verdict.h"
#include "base/array.h"
#include "model/rule_order.h"
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

static int add_entry(struct verdicts *verdicts, struct verdict_entry entry)
{
	if (array_reserve(&verdicts->entries, &verdicts->allocated, verdicts->n + 1,
			  sizeof(*verdicts->entries)) < 0)
		return -ENOMEM;
	verdicts->entries[verdicts->n++] = entry;
	return 0;
}

/* Where the architecture has it, the multiplexed form of the call gets the rule, too. */
static int add_form(struct verdicts *verdicts, struct verdict_entry entry, const struct arch *arch,
		    struct syscall_table *names, const char *name)
{
	int r;

	entry.form = arch->multiplexed ? multiplexed_by_name(name) : NULL;
	if (!entry.form)
		return 0;
	r = syscall_number(names, arch, entry.form->call, &entry.nr);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : add_entry(verdicts, entry);
}

static int add_rule(struct verdicts *verdicts, const struct rule *rule, uint32_t order,
		    const struct arch *arch, struct syscall_table *names)
{
	struct verdict_entry entry = { .order = order, .rule = rule };

	for (char **name = rule->names; *name; name++) {
		int r = syscall_number(names, arch, *name, &entry.nr);

		if (r == 0 && syscall_in_libseccomp(*name))
			r = add_entry(verdicts, entry);
		if (r == 0 || r == -ENOENT)
			r = add_form(verdicts, entry, arch, names, *name);
		if (r < 0)
			return -ENOMEM;
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
		.narrow = arch_is_narrow(arch),
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

/* As libseccomp compiles it: numbers lose the bits that arguments do not have, and those that the
 * mask leaves out. */
static struct rule_arg compiled(const struct rule_arg *arg, bool narrow)
{
	const uint64_t limit = narrow ? UINT32_MAX : UINT64_MAX;
	struct rule_arg made = *arg;

	made.value &= limit;
	made.value_two &= limit;
	if (made.op == COMPARE_MASKED_EQ)
		made.value_two &= made.value;
	return made;
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

static bool args_hold(const struct rule *rule, const struct multiplexed *form, bool narrow,
		      const uint64_t args[6])
{
	unsigned int indexes = 0;
	bool all = true, any = false, repeated = false;

	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg arg = compiled(&rule->args[i], narrow);
		bool holds = (form && arg.index == 0) || arg_holds(&arg, args[arg.index]);

		repeated = repeated || (indexes & (1u << arg.index));
		indexes |= 1u << arg.index;
		all = all && holds;
		any = any || holds;
	}
	if (form && args[0] != form->number)
		return false;
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
		const struct verdict_entry *entry = &verdicts->entries[i];
		const struct rule *rule = entry->rule;

		if (entry->nr != nr)
			break;
		if (rule_takes_any_args(rule) && !entry->form)
			verdict_add(&plain, rule_code(rule));
		else if (args_hold(rule, entry->form, verdicts->narrow, args))
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

static size_t put_beside(uint64_t ret[VERDICT_VECTORS_MAX][6], size_t n,
			 const uint64_t satisfied[6], unsigned int index, uint64_t value,
			 uint64_t limit)
{
	const uint64_t beside[] = { value, value + 1, value - 1, UINT64_MAX, ~value };

	for (size_t j = 0; j < ARRAY_SIZE(beside) && n < VERDICT_VECTORS_MAX; j++) {
		memcpy(ret[n], satisfied, 6 * sizeof(*satisfied));
		ret[n++][index] = beside[j] & limit;
	}
	return n;
}

size_t verdict_vectors(const struct verdict_entry *entry, bool narrow,
		       uint64_t ret[VERDICT_VECTORS_MAX][6])
{
	const uint64_t limit = narrow ? UINT32_MAX : UINT64_MAX;
	const struct rule *rule = entry->rule;
	uint64_t satisfied[6] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg arg = compiled(&rule->args[i], narrow);

		satisfied[arg.index] = satisfying(&arg) & limit;
	}
	if (entry->form)
		satisfied[0] = entry->form->number;
	memcpy(ret[n++], satisfied, sizeof(satisfied));
	if (entry->form)
		n = put_beside(ret, n, satisfied, 0, entry->form->number, limit);
	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg arg = compiled(&rule->args[i], narrow);

		n = put_beside(ret, n, satisfied, arg.index, arg.value, limit);
		if (arg.op == COMPARE_MASKED_EQ)
			n = put_beside(ret, n, satisfied, arg.index, arg.value_two, limit);
	}
	return n;
}
