/* SPDX-License-Identifier: Apache-2.0 */
/* One list of names out of a profile: what a format without arguments can say of it. */
#include "format/plain.h"
#include <errno.h>

/* What became of the calls that a list cannot hold as they are. */
struct leftovers {
	struct name_set widened, dropped; /* allowed for some arguments only */
	struct name_set softer, harder;	  /* denied with an answer of their own, than which the
					     default's is softer, or not */
	struct name_set logged;
	bool failed;
};

static void leftovers_deinit(struct leftovers *leftovers)
{
	name_set_deinit(&leftovers->widened);
	name_set_deinit(&leftovers->dropped);
	name_set_deinit(&leftovers->softer);
	name_set_deinit(&leftovers->harder);
	name_set_deinit(&leftovers->logged);
}
#define _cleanup_leftovers_ _cleanup_(leftovers_deinit)

static void note(struct leftovers *leftovers, struct name_set *set, const char *name)
{
	if (name_set_add(set, name) < 0)
		leftovers->failed = true;
}

/* A denial that cannot have its own answer: actions are ordered from the hardest on. */
static void note_answer(const struct plain *plain, const struct plain_rule *rule,
			struct leftovers *leftovers)
{
	bool softer = rule->action < plain->default_action;

	note(leftovers, softer ? &leftovers->softer : &leftovers->harder, rule->name);
}

/* Whether a call whose rules look at arguments is allowed: for some arguments it is, or it has no
 * rule here at all. */
static bool allows_by_args(const struct plain *plain, const struct plain_call *call,
			   struct leftovers *leftovers)
{
	bool seen = false, any = plain_default_allows(plain);

	for (size_t i = 0; i < call->n; i++) {
		any = any || !action_denies(call->rules[i].action);
		seen = seen || !rule_inferred(call->rules[i].rule);
	}
	if (any && !seen && !plain_default_allows(plain)) {
		note(leftovers, &leftovers->dropped, call->name);
		return false;
	}
	if (any)
		note(leftovers, &leftovers->widened, call->name);
	else
		note_answer(plain, &call->rules[0], leftovers);
	return any;
}

static bool allows(const struct plain *plain, const struct plain_call *call,
		   struct leftovers *leftovers)
{
	const struct plain_rule *rule = &call->rules[0];

	if (rule->n_args > 0)
		return allows_by_args(plain, call, leftovers);
	if (rule->action == ACTION_LOG)
		note(leftovers, &leftovers->logged, call->name);
	if (action_denies(rule->action))
		note_answer(plain, rule, leftovers);
	return !action_denies(rule->action);
}

static void lose_answers(struct emission *emission, const char *sentence,
			 const struct leftovers *leftovers)
{
	emission_lose_names(emission, LOSS_WIDER, sentence, leftovers->softer.names);
	emission_lose_names(emission, LOSS_NARROWER, sentence, leftovers->harder.names);
}

static void say(const struct plain *plain, const struct leftovers *leftovers, bool own_answers,
		struct emission *emission)
{
	_cleanup_strbuf_ struct strbuf sentence = { 0 };

	emission_lose_names(emission, LOSS_WIDER,
			    "allowed with any arguments, of which the profile allows only some",
			    leftovers->widened.names);
	emission_lose_names(emission, LOSS_NARROWER,
			    "denied, where the profile allows them with some arguments: they were "
			    "inferred and not seen",
			    leftovers->dropped.names);
	emission_lose_names(emission, LOSS_NOTE, "allowed without being logged",
			    leftovers->logged.names);
	if (plain_default_allows(plain) || own_answers)
		return;
	strbuf_puts(&sentence, "answered ");
	plain_put_answer(&sentence, plain->default_action, plain->default_data);
	strbuf_puts(&sentence, " as everything else that is denied, where the profile has an "
			       "answer of its own");
	if (sentence.failed)
		emission->failed = true;
	else
		lose_answers(emission, strbuf_text(&sentence), leftovers);
}

int plain_list(const struct plain *plain, bool allow, bool own_answers, struct emission *emission,
	       struct name_set *ret, struct error *err)
{
	_cleanup_leftovers_ struct leftovers leftovers = { 0 };
	struct plain_call call;
	size_t position = 0;

	while (plain_next(plain, &position, &call))
		if (allows(plain, &call, &leftovers) == allow && name_set_add(ret, call.name) < 0)
			return error_memory(err);
	if (leftovers.failed)
		return error_memory(err);
	say(plain, &leftovers, own_answers, emission);
	return emission->failed ? error_memory(err) : 0;
}
