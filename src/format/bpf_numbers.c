/* SPDX-License-Identifier: Apache-2.0 */
#include "format/bpf_numbers.h"
#include "format/allowance.h"
#include "format/plain_losses.h"

/* Whether a comparison holds for other arguments than it says. */
struct change {
	bool more, fewer;
};

/* Of arguments that have only 32 bits, or any. */
static struct change change_of(const struct rule_arg *arg, bool narrow)
{
	bool cut = narrow && arg->value > UINT32_MAX;

	switch (arg->op) {
	case COMPARE_NE:
	case COMPARE_LT:
	case COMPARE_LE:
		return (struct change){ .fewer = cut };
	case COMPARE_EQ:
	case COMPARE_GE:
	case COMPARE_GT:
		return (struct change){ .more = cut };
	case COMPARE_MASKED_EQ:
		return (struct change){ .more = (arg->value_two & ~arg->value) != 0 ||
						(narrow && arg->value_two > UINT32_MAX) };
	}
	return (struct change){ .more = false };
}

static void judge(struct plain_losses *losses, const struct plain_rule *rule, enum action rest,
		  bool narrow)
{
	for (size_t i = 0; i < rule->n_args; i++) {
		struct change change = change_of(&rule->args[i], narrow);

		if (change.more)
			plain_lose(losses, plain_answer_loss(rest, rule->action), rule->name);
		if (change.fewer)
			plain_lose(losses, plain_answer_loss(rule->action, rest), rule->name);
	}
}

static int judge_all(struct plain_losses *losses, const struct plain *plain,
		     const struct targets *targets, struct syscall_table *names)
{
	for (size_t i = 0; i < targets->n; i++) {
		const struct targets one = { { targets->arches[i] }, 1 };
		bool narrow = arch_is_narrow(targets->arches[i]);

		for (size_t j = 0; j < plain->n; j++) {
			const struct plain_rule *rule = &plain->rules[j];
			int r = rule->n_args ? targets_have(&one, names, rule->name) : 0;

			if (r < 0)
				return r;
			if (r > 0)
				judge(losses, rule, plain->default_action, narrow);
		}
	}
	return 0;
}

int bpf_say_numbers(const struct profile *profile, const struct targets *targets,
		    struct syscall_table *names, struct emission *emission, struct error *err)
{
	_cleanup_plain_losses_ struct plain_losses losses = { 0 };
	_cleanup_emission_ struct emission said = { 0 }; /* by whoever makes the product */
	_cleanup_plain_ struct plain plain = { 0 };
	int r = plain_init(&plain, profile, targets, names, &said, err);

	if (r == 0 && judge_all(&losses, &plain, targets, names) < 0)
		r = error_memory(err);
	if (r < 0)
		return r;
	plain_losses_say(
		&losses,
		"compared with numbers that libseccomp cuts to the bits that the argument, "
		"or the mask, has",
		emission);
	return 0;
}
