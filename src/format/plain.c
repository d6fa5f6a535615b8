/* SPDX-License-Identifier: Apache-2.0 */
#include "format/plain.h"
#include "base/array.h"
#include "model/rule_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is to be said, by what became of it. */
struct findings {
	struct name_set not_allowed; /* an ALLOW whose condition does not hold */
	struct name_set not_denied;  /* a denial whose condition does not hold */
	struct name_set taken;	     /* its condition holds, and is gone */
	struct name_set unknown;     /* nobody here knows such a call */
	bool failed;
};

static void findings_deinit(struct findings *findings)
{
	name_set_deinit(&findings->not_allowed);
	name_set_deinit(&findings->not_denied);
	name_set_deinit(&findings->taken);
	name_set_deinit(&findings->unknown);
}
#define _cleanup_findings_ _cleanup_(findings_deinit)

static void note(struct findings *findings, struct name_set *set, const char *name)
{
	if (set->n <= EMISSION_NAMES_MAX && name_set_add(set, name) < 0)
		findings->failed = true;
}

static bool has_condition(const struct rule *rule)
{
	const struct condition *in = &rule->includes, *ex = &rule->excludes;

	return name_list_count(in->caps) > 0 || name_list_count(ex->caps) > 0 ||
	       (in->min_kernel && *in->min_kernel) || (ex->min_kernel && *ex->min_kernel);
}

static uint32_t data_of(enum action action, bool has_errno, uint32_t errno_ret)
{
	if (action != ACTION_ERRNO && action != ACTION_TRACE)
		return 0;
	return has_errno ? errno_ret : EPERM;
}

static int append(struct plain *plain, const struct plain_rule *rule)
{
	if (array_reserve(&plain->rules, &plain->allocated, plain->n + 1, sizeof(*plain->rules)) <
	    0)
		return -ENOMEM;
	plain->rules[plain->n++] = *rule;
	return 0;
}

/* Runtimes OR the arguments of a rule in which an index repeats: a rule for each. */
static int add_alternatives(struct plain *plain, const struct plain_rule *template)
{
	struct plain_rule rule = *template;
	int r = 0;

	if (!rule_repeats_index(template->rule))
		return append(plain, template);
	for (size_t i = 0; r == 0 && i < template->n_args; i++) {
		rule.args = &template->args[i];
		rule.n_args = 1;
		r = append(plain, &rule);
	}
	return r;
}

static bool is_known(struct syscall_table *names, const char *name)
{
	struct targets all = { .n = 0 };

	for (size_t i = 0; i < arch_count() && all.n < ARRAY_SIZE(all.arches); i++)
		all.arches[all.n++] = arch_at(i);
	return targets_have(&all, names, name) != 0;
}

static int add_rule(struct plain *plain, const struct rule *rule, uint32_t order,
		    const struct targets *targets, struct syscall_table *names,
		    struct findings *findings)
{
	struct plain_rule made = {
		.action = rule->action,
		.data = data_of(rule->action, rule->has_errno, rule->errno_ret),
		.args = rule->args,
		.n_args = rule->n_args,
		.order = order,
		.rule = rule,
	};

	if (made.action == plain->default_action && made.data == plain->default_data)
		return 0;
	for (char **name = rule->names; *name; name++) {
		int r = targets_have(targets, names, *name);

		made.name = *name;
		if (r == 0 && !is_known(names, *name))
			note(findings, &findings->unknown, *name);
		if (r > 0)
			r = add_alternatives(plain, &made);
		if (r < 0)
			return r;
		if (has_condition(rule))
			note(findings, &findings->taken, *name);
	}
	return 0;
}

static void leave_out(const struct rule *rule, struct findings *findings)
{
	for (char **name = rule->names; *name; name++)
		note(findings,
		     action_denies(rule->action) ? &findings->not_denied : &findings->not_allowed,
		     *name);
}

static int compare_rules(const void *a, const void *b)
{
	const struct plain_rule *x = a, *y = b;
	int by_name = strcmp(x->name, y->name);

	if (by_name)
		return by_name;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return (x->args > y->args) - (x->args < y->args);
}

/* The rules of one name, in place: the first without arguments alone, if there is one. */
static size_t reduce_call(const struct plain_rule *rules, size_t n, struct plain_rule *ret)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (rules[i].n_args == 0) {
			*ret = rules[i];
			return 1;
		}
	}
	/* A name that stands twice in one rule. */
	for (size_t i = 0; i < n; i++)
		if (i == 0 || rules[i].order != rules[i - 1].order ||
		    rules[i].args != rules[i - 1].args)
			ret[kept++] = rules[i];
	return kept;
}

static void reduce(struct plain *plain)
{
	struct plain_call call;
	size_t position = 0, n = 0;

	if (plain->n > 0)
		qsort(plain->rules, plain->n, sizeof(*plain->rules), compare_rules);
	while (plain_next(plain, &position, &call))
		n += reduce_call(call.rules, call.n, plain->rules + n);
	plain->n = n;
}

/* Names for which a rule was left out are no loss where another rule says the same for all. */
static void forget_settled(const struct plain *plain, struct name_set *set, bool allows,
			   struct findings *findings)
{
	struct name_set kept = { 0 };

	for (size_t i = 0; i < set->n; i++) {
		bool settled = plain_default_allows(plain) == allows;
		struct plain_call call;

		if (plain_find(plain, set->names[i], &call))
			settled = call.rules[0].n_args == 0 &&
				  action_denies(call.rules[0].action) != allows;
		if (!settled)
			note(findings, &kept, set->names[i]);
	}
	name_set_deinit(set);
	*set = kept;
}

/* One sentence a call is enough: that something was left out says that there was a condition. */
static void forget_told(struct findings *findings)
{
	struct name_set kept = { 0 };

	for (size_t i = 0; i < findings->taken.n; i++)
		if (!name_set_has(&findings->not_allowed, findings->taken.names[i]) &&
		    !name_set_has(&findings->not_denied, findings->taken.names[i]))
			note(findings, &kept, findings->taken.names[i]);
	name_set_deinit(&findings->taken);
	findings->taken = kept;
}

static void say_conditions(const struct plain *plain, struct findings *findings,
			   struct emission *emission)
{
	forget_told(findings);
	forget_settled(plain, &findings->not_allowed, true, findings);
	forget_settled(plain, &findings->not_denied, false, findings);
	emission_lose_names(emission, LOSS_NARROWER,
			    "allowed by the profile only to processes with certain capabilities, "
			    "or on other kernels, and left out",
			    findings->not_allowed.names);
	emission_lose_names(emission, LOSS_WIDER,
			    "denied by the profile only to processes with certain capabilities, "
			    "or on other kernels, and left out",
			    findings->not_denied.names);
	emission_lose_names(emission, LOSS_NOTE,
			    "conditions of these hold for a process without capabilities on the "
			    "kernel here, and are taken to hold everywhere",
			    findings->taken.names);
	if (findings->failed)
		emission->failed = true;
}

static int work_out(struct plain *plain, const struct profile *profile,
		    const struct targets *targets, struct syscall_table *names,
		    struct findings *findings)
{
	const struct arch *host = targets_host(targets);

	*plain = (struct plain){
		.default_action = profile->default_action,
		.default_data = data_of(profile->default_action, profile->has_default_errno,
					profile->default_errno),
	};
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!rule_possible(rule, host))
			continue;
		if (!rule_holds(rule, host))
			leave_out(rule, findings);
		else if (add_rule(plain, rule, (uint32_t)i, targets, names, findings) < 0)
			return -ENOMEM;
	}
	reduce(plain);
	return 0;
}

int plain_init(struct plain *plain, const struct profile *profile, const struct targets *targets,
	       struct syscall_table *names, struct emission *emission, struct error *err)
{
	_cleanup_findings_ struct findings findings = { 0 };

	if (work_out(plain, profile, targets, names, &findings) < 0)
		return error_memory(err);
	say_conditions(plain, &findings, emission);
	emission_lose_names(emission, LOSS_NARROWER,
			    "nobody here knows calls of these names, and they are left out",
			    findings.unknown.names);
	return emission->failed ? error_memory(err) : 0;
}

int plain_say_conditions(const struct profile *profile, const struct targets *targets,
			 struct syscall_table *names, struct emission *emission, struct error *err)
{
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_plain_ struct plain plain = { 0 };

	if (work_out(&plain, profile, targets, names, &findings) < 0)
		return error_memory(err);
	say_conditions(&plain, &findings, emission);
	return emission->failed ? error_memory(err) : 0;
}

void plain_deinit(struct plain *plain)
{
	free(plain->rules);
	*plain = (struct plain){ 0 };
}

bool plain_next(const struct plain *plain, size_t *position, struct plain_call *ret)
{
	size_t first = *position, end = first;

	if (first >= plain->n)
		return false;
	while (end < plain->n && strcmp(plain->rules[end].name, plain->rules[first].name) == 0)
		end++;
	*ret = (struct plain_call){ plain->rules[first].name, &plain->rules[first], end - first };
	*position = end;
	return true;
}

bool plain_find(const struct plain *plain, const char *name, struct plain_call *ret)
{
	size_t low = 0, high = plain->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(plain->rules[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return plain_next(plain, &low, ret) && strcmp(ret->name, name) == 0;
}

bool plain_default_allows(const struct plain *plain)
{
	return !action_denies(plain->default_action);
}

void plain_put_answer(struct strbuf *text, enum action action, uint32_t data)
{
	const char *name = action == ACTION_ERRNO ? strerrorname_np((int)data) : NULL;

	strbuf_puts(text, action_name(action));
	if (name)
		strbuf_printf(text, " %s", name);
	else if (action == ACTION_ERRNO || action == ACTION_TRACE)
		strbuf_printf(text, " %" PRIu32, data);
}
