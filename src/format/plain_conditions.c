/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is lost with the conditions of a profile. A product without them is what the profile says of
 * a process without capabilities on this kernel: that is held against what the profile says of
 * processes with any of the capabilities, on any of the kernels, that its conditions speak of.
 */
#include "format/plain_losses.h"
#include "format/plain_private.h"
#include "model/profile_host.h"
#include "model/rule_text.h"
#include <string.h>

/* Of one call. Real profiles have 3, 2 and 1; where there is more, anything is taken for possible.
 */
#define RULES_MAX   16
#define CAPS_MAX    5
#define KERNELS_MAX 6

/* What the conditions of one call's rules speak of. */
struct atoms {
	const char *caps[CAPS_MAX];
	size_t n_caps;
	struct kernel_version
		kernels[KERNELS_MAX]; /* from each of them on; the first is before all */
	size_t n_kernels;
	bool any, too_many;
};

/* Those rules of a call that have an effect in one place; none: the default has. */
struct answers {
	const struct plain_rule *rules[RULES_MAX];
	size_t n;
};

/* How a place differs from the one that the product is made for. */
struct difference {
	bool wider, narrower, other;
};

static void take_caps(struct atoms *atoms, char *const *caps)
{
	for (; caps && *caps; caps++) {
		size_t i = 0;

		atoms->any = true;
		while (i < atoms->n_caps && strcmp(atoms->caps[i], *caps) != 0)
			i++;
		if (i == CAPS_MAX)
			atoms->too_many = true;
		else if (i == atoms->n_caps)
			atoms->caps[atoms->n_caps++] = *caps;
	}
}

static void take_kernel(struct atoms *atoms, const char *text)
{
	struct kernel_version version;
	size_t i = 0;

	if (!text || !*text)
		return;
	atoms->any = true;
	if (kernel_version_parse(text, &version) < 0)
		return;
	while (i < atoms->n_kernels && kernel_version_compare(atoms->kernels[i], version) != 0)
		i++;
	if (i == KERNELS_MAX)
		atoms->too_many = true;
	else if (i == atoms->n_kernels)
		atoms->kernels[atoms->n_kernels++] = version;
}

static void take_atoms(struct atoms *atoms, const struct plain_call *call)
{
	*atoms = (struct atoms){ .n_kernels = 1, .too_many = call->n > RULES_MAX };
	for (size_t i = 0; i < call->n; i++) {
		const struct rule *rule = call->rules[i].rule;

		take_caps(atoms, rule->includes.caps);
		take_caps(atoms, rule->excludes.caps);
		take_kernel(atoms, rule->includes.min_kernel);
		take_kernel(atoms, rule->excludes.min_kernel);
	}
}

static void add_answer(struct answers *answers, const struct plain_rule *rule)
{
	if (answers->n == 1 && answers->rules[0]->n_args == 0)
		return;
	if (rule->n_args == 0)
		answers->n = 0;
	answers->rules[answers->n++] = rule;
}

static void answers_here(struct answers *answers, const struct plain_call *call,
			 const struct arch *host)
{
	answers->n = 0;
	for (size_t i = 0; i < call->n; i++)
		if (rule_holds(call->rules[i].rule, host))
			add_answer(answers, &call->rules[i]);
}

static void answers_there(struct answers *answers, const struct plain_call *call,
			  const struct host_facts *facts)
{
	answers->n = 0;
	for (size_t i = 0; i < call->n; i++)
		if (rule_holds_on(call->rules[i].rule, facts))
			add_answer(answers, &call->rules[i]);
}

static bool is_plain(const struct answers *answers)
{
	return answers->n == 1 && answers->rules[0]->n_args == 0;
}

/* The hardest, or softest, answer that there is for any arguments. */
static enum action extreme(const struct answers *answers, enum action rest, bool softest)
{
	enum action found = is_plain(answers) ? answers->rules[0]->action : rest;

	for (size_t i = 0; i < answers->n; i++) {
		enum action action = answers->rules[i]->action;

		if (softest ? action > found : action < found)
			found = action;
	}
	return found;
}

static bool same_args(const struct plain_rule *a, const struct plain_rule *b)
{
	if (a->n_args != b->n_args)
		return false;
	for (size_t i = 0; i < a->n_args; i++)
		if (rule_arg_compare(&a->args[i], &b->args[i]) != 0)
			return false;
	return true;
}

static bool has(const struct answers *answers, const struct plain_rule *rule)
{
	for (size_t i = 0; i < answers->n; i++)
		if (answers->rules[i]->action == rule->action &&
		    answers->rules[i]->data == rule->data && same_args(answers->rules[i], rule))
			return true;
	return false;
}

static bool has_all(const struct answers *answers, const struct answers *of)
{
	for (size_t i = 0; i < of->n; i++)
		if (!has(answers, of->rules[i]))
			return false;
	return true;
}

/* Whether `a` answers softer than `b` for some arguments; said where it cannot be known. */
static bool is_softer(const struct answers *a, const struct answers *b, enum action rest)
{
	enum action hardest = extreme(b, rest, false), softest = extreme(a, rest, true);

	for (size_t i = 0; i < a->n; i++)
		if (plain_answer_loss(hardest, a->rules[i]->action) == LOSS_WIDER &&
		    !has(b, a->rules[i]))
			return true;
	for (size_t i = 0; i < b->n; i++)
		if (plain_answer_loss(b->rules[i]->action, softest) == LOSS_WIDER &&
		    !has(a, b->rules[i]))
			return true;
	return false;
}

static void compare(const struct answers *here, const struct answers *there, enum action rest,
		    struct difference *ret)
{
	bool wider = is_softer(here, there, rest), narrower = is_softer(there, here, rest);

	ret->wider = ret->wider || wider;
	ret->narrower = ret->narrower || narrower;
	if (!wider && !narrower && !(has_all(here, there) && has_all(there, here)))
		ret->other = true;
}

static void compare_places(const struct plain_call *call, const struct atoms *atoms,
			   const struct arch *host, enum action rest, struct difference *ret)
{
	struct answers here, there;

	answers_here(&here, call, host);
	for (unsigned int held = 0; held < 1u << atoms->n_caps; held++) {
		char *caps[CAPS_MAX + 1] = { NULL };
		struct host_facts facts = { .caps = caps };
		size_t n = 0;

		for (size_t i = 0; i < atoms->n_caps; i++)
			if (held >> i & 1)
				caps[n++] = (char *)atoms->caps[i];
		for (size_t i = 0; i < atoms->n_kernels; i++) {
			facts.kernel = atoms->kernels[i];
			answers_there(&there, call, &facts);
			compare(&here, &there, rest, ret);
		}
	}
}

static void judge(struct plain_losses *losses, const struct plain_call *call,
		  const struct arch *host, enum action rest)
{
	struct difference found = { .wider = false };
	struct atoms atoms;

	take_atoms(&atoms, call);
	if (!atoms.any)
		return;
	if (atoms.too_many)
		found = (struct difference){ .wider = true, .narrower = true };
	else
		compare_places(call, &atoms, host, rest, &found);
	if (found.wider)
		plain_lose(losses, LOSS_WIDER, call->name);
	if (found.narrower)
		plain_lose(losses, LOSS_NARROWER, call->name);
	if (found.other && !found.wider && !found.narrower)
		plain_lose(losses, LOSS_NOTE, call->name);
}

static void say(const struct plain_losses *losses, struct emission *emission)
{
	static const char *const sentences[LOSS_KINDS] = {
		[LOSS_WIDER] = "worked out for a process without capabilities on the kernel here, "
			       "where the profile denies more to others",
		[LOSS_NARROWER] = "worked out for a process without capabilities on the kernel "
				  "here, where the profile allows more to others",
		[LOSS_NOTE] = "worked out for a process without capabilities on the kernel here, "
			      "where the profile has another answer for others",
	};

	for (size_t i = LOSS_KINDS; i-- > 0;)
		emission_lose_names(emission, (enum loss_kind)i, sentences[i],
				    losses->names[i].names);
	if (losses->failed)
		emission->failed = true;
}

static bool has_conditions(const struct profile *profile)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		if (profile->rules[i].has_includes || profile->rules[i].has_excludes)
			return true;
	return false;
}

int plain_say_conditions(const struct profile *profile, const struct targets *targets,
			 struct syscall_table *names, struct emission *emission, struct error *err)
{
	_cleanup_plain_losses_ struct plain_losses losses = { 0 };
	_cleanup_plain_ struct plain all = { 0 };
	struct plain_call call;
	size_t position = 0;

	if (!has_conditions(profile))
		return 0;
	if (plain_collect(&all, profile, targets, names, rule_possible, NULL) < 0)
		return error_memory(err);
	while (plain_next(&all, &position, &call))
		judge(&losses, &call, targets_host(targets), all.default_action);
	say(&losses, emission);
	return emission->failed ? error_memory(err) : 0;
}
