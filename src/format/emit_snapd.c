/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seccomp profile as snapd writes them for its snap-seccomp (/var/lib/snapd/seccomp/bpf/…): a
 * line for each call that is allowed, with what its arguments must be, in their order. Everything
 * else gets EPERM; numbers have 32 bits.
 */
#include "format/allowance.h"
#include "format/bpf_trial.h"
#include "format/emitters.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct snapd {
	const struct plain *plain;
	struct strbuf *text;
	struct name_set logged, unspoken, softer, harder;
	struct profile *made; /* the lines with arguments, as rules */
	bool failed;
};

static void note(struct snapd *snapd, struct name_set *set, const char *name)
{
	if (name_set_add(set, name) < 0)
		snapd->failed = true;
}

/* The word for a comparison; NULL: there is none. */
static const char *sign_of(const struct rule_arg *arg)
{
	static const char *const signs[] = {
		[COMPARE_NE] = "!",	   [COMPARE_LT] = "<",	[COMPARE_LE] = "<=",
		[COMPARE_EQ] = "",	   [COMPARE_GE] = ">=", [COMPARE_GT] = ">",
		[COMPARE_MASKED_EQ] = "|",
	};

	if (arg->value > UINT32_MAX)
		return NULL;
	if (arg->op == COMPARE_MASKED_EQ && arg->value != arg->value_two)
		return NULL;
	return signs[arg->op];
}

static bool can_say(const struct clause *clause)
{
	for (size_t i = 0; i < clause->n; i++)
		if (!sign_of(&clause->args[i]))
			return false;
	return true;
}

static void put_clause(struct snapd *snapd, const char *name, struct clause *clause)
{
	const struct clauses one = { .items = clause, .n = 1 };
	const struct rule_arg *by_index[6] = { NULL };
	size_t last = 0;

	for (size_t i = 0; i < clause->n; i++) {
		by_index[clause->args[i].index] = &clause->args[i];
		if (clause->args[i].index + 1 > last)
			last = clause->args[i].index + 1;
	}
	if (clauses_add_rules(&one, snapd->made, name, ACTION_ALLOW, 0, NULL) < 0)
		snapd->failed = true;
	strbuf_puts(snapd->text, name);
	for (size_t i = 0; i < last; i++) {
		if (by_index[i])
			strbuf_printf(snapd->text, " %s%" PRIu64, sign_of(by_index[i]),
				      by_index[i]->value);
		else
			strbuf_puts(snapd->text, " -");
	}
	strbuf_putc(snapd->text, '\n');
}

static void put_conditions(struct snapd *snapd, const char *name, const struct clauses *clauses)
{
	for (size_t i = 0; i < clauses->n; i++) {
		if (can_say(&clauses->items[i]))
			put_clause(snapd, name, &clauses->items[i]);
		else
			note(snapd, &snapd->unspoken, name);
	}
}

static bool is_eperm(enum action action, uint32_t data)
{
	return action == ACTION_ERRNO && data == EPERM;
}

static void note_rules(struct snapd *snapd, const struct plain_call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		const struct plain_rule *rule = &call->rules[i];

		if (rule->action == ACTION_LOG)
			note(snapd, &snapd->logged, call->name);
		if (action_denies(rule->action) && !is_eperm(rule->action, rule->data))
			note(snapd, rule->action < ACTION_ERRNO ? &snapd->softer : &snapd->harder,
			     call->name);
	}
}

static int put_call(struct snapd *snapd, const char *name, struct error *err)
{
	_cleanup_clauses_ struct clauses clauses = { 0 };
	enum allowance allowance = ALLOWED_NEVER;
	struct plain_call call;
	int r = allowance_of(snapd->plain, name, false, &allowance, &clauses, NULL);

	if (r < 0 && r != -EBADMSG)
		return error_memory(err);
	if (plain_find(snapd->plain, name, &call))
		note_rules(snapd, &call);
	if (r == -EBADMSG)
		note(snapd, &snapd->unspoken, name);
	else if (allowance == ALLOWED_ALWAYS)
		strbuf_printf(snapd->text, "%s\n", name);
	else if (allowance == ALLOWED_SOMETIMES)
		put_conditions(snapd, name, &clauses);
	return 0;
}

static void say(const struct snapd *snapd, struct emission *emission)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	const struct plain *plain = snapd->plain;

	if (!plain_default_allows(plain) && !is_eperm(plain->default_action, plain->default_data)) {
		plain_put_answer(&answer, plain->default_action, plain->default_data);
		emission_lose(emission,
			      plain->default_action < ACTION_ERRNO ? LOSS_WIDER : LOSS_NARROWER,
			      "what has no line gets EPERM, where the profile has %s",
			      strbuf_text(&answer) ? strbuf_text(&answer) : "another answer");
	}
	emission_lose_names(
		emission, LOSS_WIDER,
		"these get EPERM when they are denied, where the profile kills or traps",
		snapd->softer.names);
	emission_lose_names(emission, LOSS_NARROWER,
			    "these get EPERM when they are denied, where the profile has another "
			    "answer",
			    snapd->harder.names);
	emission_lose_names(emission, LOSS_NARROWER,
			    "denied for some arguments, or all, that the profile allows but that "
			    "cannot be written",
			    snapd->unspoken.names);
	emission_lose_names(emission, LOSS_NOTE, "allowed without being logged",
			    snapd->logged.names);
	if (snapd->failed || answer.failed)
		emission->failed = true;
}

/* snap-seccomp makes the filter for the 32-bit architecture of its host, too, and for no other. */
static void say_arches(const struct targets *targets, struct emission *emission)
{
	static const char *const pairs[][2] = {
		{ "x86_64", "x86" },
		{ "aarch64", "arm" },
		{ "ppc64le", "ppc" },
	};
	const char *host = targets_host(targets)->name, *second = "";
	bool covered = false;

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (strcmp(host, pairs[i][0]) == 0)
			second = pairs[i][1];
	for (size_t i = 0; i < targets->n; i++) {
		const char *name = targets->arches[i]->name;

		covered = covered || strcmp(name, second) == 0;
		if (strcmp(name, second) != 0 && strcmp(name, host) != 0)
			emission_lose(emission, LOSS_NARROWER,
				      "snap-seccomp denies calls on the architecture %s", name);
	}
	if (*second && !covered)
		emission_lose(emission, LOSS_WIDER,
			      "snap-seccomp allows the same calls on the architecture %s, where "
			      "the profile allows none",
			      second);
}

static int put_calls(struct snapd *snapd, const struct name_set *calls, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < calls->n; i++)
		r = put_call(snapd, calls->names[i], err);
	return r;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_name_set_ struct name_set calls = { 0 };
	_cleanup_plain_ struct plain plain = { 0 };
	struct snapd snapd = { .plain = &plain, .text = &emission->body };
	_cleanup_profile_ struct profile *made = profile_new();
	struct targets targets;
	int r;

	if (!made)
		return error_memory(err);
	snapd.made = made;
	targets_of_host(profile, request, emission, &targets);
	say_arches(&targets, emission);
	r = plain_init_closed(&plain, profile, &targets, request->names, emission, err);
	if (r == 0)
		r = allowance_calls(&plain, &targets, request->names, emission, &calls, err);
	if (r == 0)
		r = put_calls(&snapd, &calls, err);
	if (r == 0) {
		say(&snapd, emission);
		bpf_trial_say(made, emission);
	}
	name_set_deinit(&snapd.logged);
	name_set_deinit(&snapd.unspoken);
	name_set_deinit(&snapd.softer);
	name_set_deinit(&snapd.harder);
	return r;
}

const struct emitter emitter_snapd = {
	.name = "snapd",
	.summary = "seccomp template of snapd, as snap-seccomp compiles it",
	.extension = ".src",
	.no_runtime = true,
	.shape = PRODUCT_TEXT,
	.comment = "# ",
	.emit = emit,
};
