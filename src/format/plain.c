/* SPDX-License-Identifier: Apache-2.0 */
#include "format/plain.h"
#include "arch/multiplexed.h"
#include "base/array.h"
#include "format/plain_losses.h"
#include "format/plain_private.h"
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

	if (template->n_args == 0 || !rule_repeats_index(template->rule))
		return append(plain, template);
	for (size_t i = 0; r == 0 && i < template->n_args; i++) {
		rule.args = &template->args[i];
		rule.n_args = 1;
		r = append(plain, &rule);
	}
	return r;
}

static int add_rule(struct plain *plain, const struct rule *rule, uint32_t order,
		    const struct targets *targets, struct syscall_table *names,
		    struct plain *left_out)
{
	struct plain_rule made = {
		.action = rule->action,
		.data = data_of(rule->action, rule->has_errno, rule->errno_ret),
		.args = rule->args,
		.n_args = rule_takes_any_args(rule) ? 0 : rule->n_args,
		.order = order,
		.rule = rule,
	};

	if (made.action == plain->default_action && made.data == plain->default_data)
		return 0;
	for (char **name = rule->names; *name; name++) {
		int r = targets_have(targets, names, *name);

		made.name = *name;
		if (r == 0 && (targets_multiplex(targets, *name) || !targets_known(names, *name)))
			r = left_out ? append(left_out, &made) : add_alternatives(plain, &made);
		else if (r > 0)
			r = add_alternatives(plain, &made);
		if (r < 0)
			return r;
	}
	return 0;
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

static void sort(struct plain *plain)
{
	if (plain->n > 0)
		qsort(plain->rules, plain->n, sizeof(*plain->rules), compare_rules);
}

static void reduce(struct plain *plain)
{
	struct plain_call call;
	size_t position = 0, n = 0;

	while (plain_next(plain, &position, &call))
		n += reduce_call(call.rules, call.n, plain->rules + n);
	plain->n = n;
}

int plain_collect(struct plain *plain, const struct profile *profile, const struct targets *targets,
		  struct syscall_table *names,
		  bool (*counts)(const struct rule *rule, const struct arch *host),
		  struct plain *left_out)
{
	const struct arch *host = targets_host(targets);

	*plain = (struct plain){
		.default_action = profile->default_action,
		.default_data = data_of(profile->default_action, profile->has_default_errno,
					profile->default_errno),
	};
	for (size_t i = 0; i < profile->n_rules; i++)
		if (counts(&profile->rules[i], host) &&
		    add_rule(plain, &profile->rules[i], (uint32_t)i, targets, names, left_out) < 0)
			return -ENOMEM;
	sort(plain);
	if (left_out)
		sort(left_out);
	return 0;
}

/* What answers a call that is made within another one. */
static enum action answer_within(const struct plain *plain, const char *name)
{
	struct plain_call call;

	return plain_find(plain, multiplexed_by_name(name)->call, &call) && call.rules->n_args == 0
		       ? call.rules->action
		       : plain->default_action;
}

/*
 * What becomes of names that are left out depends on what they would have been answered: those that
 * nobody here knows, and those that stand for a part of socketcall(2) or ipc(2).
 */
static void say_left_out(const struct plain *plain, const struct plain *left_out,
			 const struct targets *targets, enum action rest, struct emission *emission)
{
	_cleanup_plain_losses_ struct plain_losses unknown = { 0 }, within = { 0 };
	struct plain_call call;
	size_t position = 0;

	while (plain_next(left_out, &position, &call)) {
		if (targets_multiplex(targets, call.name))
			plain_lose_call(&within, &call, answer_within(plain, call.name));
		else
			plain_lose_call(&unknown, &call, rest);
	}
	plain_losses_say(&unknown,
			 "nobody here knows calls of these names, and they are left out: they are "
			 "answered as what is not listed",
			 emission);
	plain_losses_say(&within,
			 "made only within socketcall or ipc where this is for, these are left "
			 "out, and answered as that is",
			 emission);
}

void plain_say_multiplexed(const struct plain *plain, const struct targets *targets,
			   struct emission *emission)
{
	_cleanup_plain_losses_ struct plain_losses within = { 0 };
	struct plain_call call;
	size_t position = 0;

	while (plain_next(plain, &position, &call))
		if (targets_multiplex(targets, call.name))
			plain_lose_call(&within, &call, answer_within(plain, call.name));
	plain_losses_say(&within,
			 "made within socketcall or ipc, too, of which the format has no parts: "
			 "there they are answered as that is",
			 emission);
}

static int init(struct plain *plain, const struct profile *profile, const struct targets *targets,
		struct syscall_table *names, enum action rest, struct emission *emission,
		struct error *err)
{
	_cleanup_plain_ struct plain left_out = { 0 };

	if (plain_collect(plain, profile, targets, names, rule_holds, &left_out) < 0)
		return error_memory(err);
	reduce(plain);
	if (plain_say_conditions(profile, targets, names, emission, err) < 0)
		return -ENOMEM;
	say_left_out(plain, &left_out, targets, rest, emission);
	return emission->failed ? error_memory(err) : 0;
}

int plain_init(struct plain *plain, const struct profile *profile, const struct targets *targets,
	       struct syscall_table *names, struct emission *emission, struct error *err)
{
	return init(plain, profile, targets, names, profile->default_action, emission, err);
}

int plain_init_closed(struct plain *plain, const struct profile *profile,
		      const struct targets *targets, struct syscall_table *names,
		      struct emission *emission, struct error *err)
{
	enum action rest = action_denies(profile->default_action) ? profile->default_action
								  : ACTION_KILL_PROCESS;

	return init(plain, profile, targets, names, rest, emission, err);
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
