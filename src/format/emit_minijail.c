/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of minijail (minijail0(5), option -S): a line for each call, for one architecture.
 * Everything else kills; conditions are in disjunctive normal form. What minijail0 and
 * compile_seccomp_policy understand differently ("; return") is not used.
 */
#include "format/allowance.h"
#include "format/emitters.h"
#include <errno.h>
#include <inttypes.h>

/* What is to be said in the end. */
struct minijail {
	const struct plain *plain;
	bool narrow;
	struct strbuf *text;
	struct name_set logged, killed, unspoken;
	bool failed;
};

static void note(struct minijail *minijail, struct name_set *set, const char *name)
{
	if (name_set_add(set, name) < 0)
		minijail->failed = true;
}

/* (arg & mask) == datum: bits that are on one by one, those that are off together. */
static void put_masked(struct minijail *minijail, const struct rule_arg *arg)
{
	uint64_t all = minijail->narrow ? UINT32_MAX : UINT64_MAX;
	uint64_t off = arg->value & ~arg->value_two;
	const char *between = "";

	for (unsigned int bit = 0; bit < 64; bit++) {
		if ((arg->value_two >> bit & 1) == 0)
			continue;
		strbuf_printf(minijail->text, "%sarg%u & %#" PRIx64, between, arg->index,
			      UINT64_C(1) << bit);
		between = " && ";
	}
	if (off != 0 || arg->value_two == 0)
		strbuf_printf(minijail->text, "%sarg%u in %#" PRIx64, between, arg->index,
			      all & ~off);
}

static void put_arg(struct minijail *minijail, const struct rule_arg *arg)
{
	static const char *const signs[] = {
		[COMPARE_NE] = "!=", [COMPARE_LT] = "<",  [COMPARE_LE] = "<=",
		[COMPARE_EQ] = "==", [COMPARE_GE] = ">=", [COMPARE_GT] = ">",
	};

	if (arg->op == COMPARE_MASKED_EQ)
		put_masked(minijail, arg);
	else
		strbuf_printf(minijail->text, "arg%u %s %" PRIu64, arg->index, signs[arg->op],
			      arg->value);
}

static void put_conditions(struct minijail *minijail, const char *name,
			   const struct clauses *clauses)
{
	strbuf_printf(minijail->text, "%s: ", name);
	for (size_t i = 0; i < clauses->n; i++) {
		if (i > 0)
			strbuf_puts(minijail->text, " || ");
		for (size_t j = 0; j < clauses->items[i].n; j++) {
			if (j > 0)
				strbuf_puts(minijail->text, " && ");
			put_arg(minijail, &clauses->items[i].args[j]);
		}
	}
	strbuf_putc(minijail->text, '\n');
}

static bool is_kill(enum action action)
{
	return action == ACTION_KILL_PROCESS || action == ACTION_KILL_THREAD;
}

/* A call that no arguments get through: an error of its own, or what all others get. */
static void put_denied(struct minijail *minijail, const struct plain_call *call)
{
	const struct plain_rule *rule = &call->rules[0];

	if (rule->n_args == 0 && rule->action == ACTION_ERRNO)
		strbuf_printf(minijail->text, "%s: return %" PRIu32 "\n", call->name, rule->data);
	else if (rule->n_args > 0 || !is_kill(rule->action))
		note(minijail, &minijail->killed, call->name);
}

static void note_rules(struct minijail *minijail, const struct plain_call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		const struct plain_rule *rule = &call->rules[i];

		if (rule->action == ACTION_LOG)
			note(minijail, &minijail->logged, call->name);
		if (rule->n_args > 0 && action_denies(rule->action) && !is_kill(rule->action))
			note(minijail, &minijail->killed, call->name);
	}
}

static int put_call(struct minijail *minijail, const char *name, struct error *err)
{
	_cleanup_clauses_ struct clauses clauses = { 0 };
	struct plain_call call = { .name = name };
	enum allowance allowance = ALLOWED_NEVER;
	bool found = plain_find(minijail->plain, name, &call);
	int r = allowance_of(minijail->plain, name, minijail->narrow, &allowance, &clauses, NULL);

	if (r == -EBADMSG) {
		note(minijail, &minijail->unspoken, name);
		return 0;
	}
	if (r < 0)
		return error_memory(err);
	if (found)
		note_rules(minijail, &call);
	if (allowance == ALLOWED_ALWAYS)
		strbuf_printf(minijail->text, "%s: 1\n", name);
	else if (allowance == ALLOWED_SOMETIMES)
		put_conditions(minijail, name, &clauses);
	else if (found)
		put_denied(minijail, &call);
	return 0;
}

static void say(const struct minijail *minijail, struct emission *emission)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	const struct plain *plain = minijail->plain;

	if (!plain_default_allows(plain) && !is_kill(plain->default_action)) {
		plain_put_answer(&answer, plain->default_action, plain->default_data);
		emission_lose(emission, LOSS_NARROWER,
			      "what has no line kills the process, where the profile has %s",
			      strbuf_text(&answer) ? strbuf_text(&answer) : "another answer");
	}
	emission_lose_names(emission, LOSS_NARROWER,
			    "these kill when they are denied, where the profile has another answer",
			    minijail->killed.names);
	emission_lose_names(emission, LOSS_NARROWER,
			    "denied, as the arguments that the profile allows cannot be written",
			    minijail->unspoken.names);
	emission_lose_names(emission, LOSS_NOTE, "allowed without being logged",
			    minijail->logged.names);
	if (minijail->failed || answer.failed)
		emission->failed = true;
}

static int put_calls(struct minijail *minijail, const struct name_set *calls, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < calls->n; i++)
		r = put_call(minijail, calls->names[i], err);
	return r;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_name_set_ struct name_set calls = { 0 };
	_cleanup_plain_ struct plain plain = { 0 };
	struct minijail minijail = { .plain = &plain, .text = &emission->body };
	struct targets targets;
	int r;

	targets_of_host(profile, request, emission, &targets);
	allowance_single(&targets, "minijail", emission);
	minijail.narrow = arch_is_narrow(targets.arches[0]);
	r = plain_init_closed(&plain, profile, &targets, request->names, emission, err);
	if (r == 0)
		r = allowance_calls(&plain, &targets, request->names, emission, &calls, err);
	if (r == 0)
		r = put_calls(&minijail, &calls, err);
	if (r == 0) {
		say(&minijail, emission);
		plain_say_multiplexed(&plain, &targets, emission);
	}
	name_set_deinit(&minijail.logged);
	name_set_deinit(&minijail.killed);
	name_set_deinit(&minijail.unspoken);
	return r;
}

const struct emitter emitter_minijail = {
	.name = "minijail",
	.summary = "policy of minijail0 -S, for one architecture",
	.extension = ".policy",
	.no_runtime = true,
	.shape = PRODUCT_TEXT,
	.comment = "# ",
	.emit = emit,
};
