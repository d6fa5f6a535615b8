/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A drop-in for a systemd service (systemd.exec(5)). Assignments add to what the unit has, so each
 * begins with an empty one. An allow list always has @default in it; what the profile denies of it
 * is taken out again. @groups are used where all their calls that exist on the architectures are
 * allowed. Arguments cannot be said, but for those of clone(2) that make namespaces.
 */
#include "format/emitters.h"
#include "format/plain.h"
#include "format/plain_losses.h"
#include "format/systemd_arch.h"
#include "format/systemd_groups.h"
#include "model/policy_sets.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_WIDTH	  100
#define SYSTEMD_ERRNO_MAX 4095 /* of SystemCallErrorNumber=, which starts at 1 */

struct unit {
	struct plain plain;
	struct targets targets;
	struct syscall_table *names;
	struct emission *emission;
	struct error *err;
};

/* A group with those of its calls that exist on the architectures. */
struct members {
	const struct systemd_group *group;
	struct name_set calls;
};

static void members_deinit(struct members *members)
{
	name_set_deinit(&members->calls);
}
#define _cleanup_members_ _cleanup_(members_deinit)

static int expand(const struct unit *unit, const struct systemd_group *group,
		  struct members *members)
{
	_cleanup_name_set_ struct name_set all = { 0 };
	int r = systemd_group_expand(group, &all);

	members->group = group;
	for (size_t i = 0; r >= 0 && i < all.n; i++) {
		r = targets_have(&unit->targets, unit->names, all.names[i]);
		if (r > 0)
			r = name_set_add(&members->calls, all.names[i]);
	}
	return r < 0 ? r : 0;
}

static size_t count_fresh(const struct members *members, const struct name_set *covered)
{
	size_t n = 0;

	for (size_t i = 0; i < members->calls.n; i++)
		n += !name_set_has(covered, members->calls.names[i]);
	return n;
}

static bool all_allowed(const struct members *members, const struct name_set *allowed)
{
	for (size_t i = 0; i < members->calls.n; i++)
		if (!name_set_has(allowed, members->calls.names[i]))
			return false;
	return true;
}

static int cover(const struct members *members, struct name_set *covered)
{
	for (size_t i = 0; i < members->calls.n; i++)
		if (name_set_add(covered, members->calls.names[i]) < 0)
			return -ENOMEM;
	return 0;
}

/* The group that says most of what is not yet said; at least two calls. 0 none, 1, -ENOMEM. */
static int best_group(const struct unit *unit, const struct name_set *allowed,
		      const struct name_set *covered, struct members *ret)
{
	size_t best = 1;

	for (size_t i = 0; i < systemd_group_count(); i++) {
		_cleanup_members_ struct members members = { 0 };
		size_t fresh;

		/* Every call there is: what it says changes with each version. */
		if (strcmp(systemd_group_at(i)->name, "@known") == 0)
			continue;
		if (expand(unit, systemd_group_at(i), &members) < 0)
			return -ENOMEM;
		fresh = count_fresh(&members, covered);
		if (fresh <= best || !all_allowed(&members, allowed))
			continue;
		best = fresh;
		name_set_deinit(&ret->calls);
		*ret = members;
		members = (struct members){ 0 };
	}
	return best > 1;
}

/* Words behind an assignment, on as many lines as they need. */
struct words {
	struct strbuf *text;
	const char *start; /* of each line: "SystemCallFilter=~" */
	size_t line;	   /* length of the current line; 0: none yet */
};

static void put_word(struct words *words, const char *word, const char *answer)
{
	size_t len = strlen(word) + strlen(answer);

	if (words->line > 0 && words->line + 1 + len > LINE_WIDTH) {
		strbuf_putc(words->text, '\n');
		words->line = 0;
	}
	strbuf_printf(words->text, "%s%s%s", words->line ? " " : words->start, word, answer);
	words->line += len + (words->line ? 1 : strlen(words->start));
}

static void end_words(struct words *words)
{
	if (words->line > 0)
		strbuf_putc(words->text, '\n');
	words->line = 0;
}

/* Groups as long as they say something new; then calls, one by one. */
static int put_allowed(const struct unit *unit, const struct name_set *allowed,
		       struct name_set *covered)
{
	struct words words = { &unit->emission->body, "SystemCallFilter=", 0 };
	bool any = false;
	int r;

	put_word(&words, "@default", "");
	for (;;) {
		_cleanup_members_ struct members best = { 0 };

		r = best_group(unit, allowed, covered, &best);
		if (r <= 0 || cover(&best, covered) < 0)
			break;
		put_word(&words, best.group->name, "");
		any = true;
	}
	for (size_t i = 0; r == 0 && i < allowed->n; i++)
		if (!name_set_has(covered, allowed->names[i]))
			put_word(&words, allowed->names[i], "");
	end_words(&words);
	emission_lose(
		unit->emission, LOSS_NOTE,
		"%s what systemd 252 has there; another version, or libseccomp, may have more "
		"calls in it, and allow those",
		any ? "@groups mean" : "@default means");
	return r;
}

/* One whose libseccomp knows the name allows it with @default, so it is written in any case. */
static int take_out(struct words *words, const char *name, struct name_set *warned)
{
	put_word(words, name, "");
	if (syscall_in_libseccomp(name))
		return 0;
	return name_set_add(warned, name) < 0 ? -ENOMEM : 0;
}

/* @default is in every allow list, whether it is written or not. */
static int put_list(const struct unit *unit)
{
	_cleanup_members_ struct members fixed = { 0 };
	_cleanup_name_set_ struct name_set allowed = { 0 }, covered = { 0 }, warned = { 0 };
	struct words words = { &unit->emission->body, "SystemCallFilter=~", 0 };
	int r = plain_list(&unit->plain, true, false, unit->emission, &allowed, unit->err);

	if (r < 0)
		return r;
	r = expand(unit, systemd_group_by_name("@default"), &fixed);
	if (r == 0)
		r = cover(&fixed, &covered);
	if (r == 0)
		r = put_allowed(unit, &allowed, &covered);
	if (r < 0)
		return error_memory(unit->err);
	for (size_t i = 0; r == 0 && i < fixed.calls.n; i++)
		if (!name_set_has(&allowed, fixed.calls.names[i]))
			r = take_out(&words, fixed.calls.names[i], &warned);
	end_words(&words);
	emission_lose_names(unit->emission, LOSS_NOTE,
			    "denied also where systemd does not know them yet, of which it warns",
			    warned.names);
	return r < 0 ? error_memory(unit->err) : 0;
}

/* ":EPERM" or ":kill". */
static void answer_of(const struct plain_rule *rule, char ret[static 32])
{
	const char *name = strerrorname_np((int)rule->data);

	if (rule->action != ACTION_ERRNO)
		snprintf(ret, 32, ":kill");
	else if (name)
		snprintf(ret, 32, ":%.28s", name);
	else
		snprintf(ret, 32, ":%" PRIu32, rule->data);
}

static int put_deny_list(const struct unit *unit)
{
	_cleanup_name_set_ struct name_set denied = { 0 }, killed = { 0 };
	struct words words = { &unit->emission->body, "SystemCallFilter=~", 0 };
	int r = plain_list(&unit->plain, false, true, unit->emission, &denied, unit->err);

	for (size_t i = 0; r == 0 && i < denied.n; i++) {
		struct plain_call call;
		char answer[32];

		if (!plain_find(&unit->plain, denied.names[i], &call))
			continue;
		answer_of(&call.rules[0], answer);
		put_word(&words, call.name, answer);
		if (call.rules[0].action != ACTION_ERRNO &&
		    call.rules[0].action != ACTION_KILL_PROCESS)
			r = name_set_add(&killed, call.name) < 0 ? error_memory(unit->err) : 0;
	}
	end_words(&words);
	emission_lose_names(unit->emission, LOSS_NARROWER,
			    "end the process, as systemd has no other answer than that and errors",
			    killed.names);
	return r;
}

/*
 * clone(2) without the flags that make namespaces is what RestrictNamespaces= allows. It denies
 * setns(2) and clone3(2), and unshare(2) for the same flags, so the profile must, too.
 */
static bool take_namespaces(struct plain *plain)
{
	static const char *const others[] = { "clone3", "setns", "unshare" };
	struct plain_call call;
	const struct rule_arg *arg;

	if (plain->default_action != ACTION_ERRNO || plain->default_data != EPERM ||
	    !plain_find(plain, "clone", &call) || call.n != 1 || call.rules[0].n_args != 1 ||
	    call.rules[0].action != ACTION_ALLOW)
		return false;
	arg = &call.rules[0].args[0];
	if (arg->index != 0 || arg->op != COMPARE_MASKED_EQ ||
	    arg->value != POLICY_CLONE_NAMESPACES || arg->value_two != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct plain_call other;

		if (plain_find(plain, others[i], &other) && !action_denies(other.rules[0].action))
			return false;
	}
	plain->rules[call.rules - plain->rules].n_args = 0;
	return true;
}

/* Measured with systemd 252. */
static void put_namespaces(const struct unit *unit)
{
	strbuf_puts(&unit->emission->body, "RestrictNamespaces=yes\n");
	emission_lose(
		unit->emission, LOSS_NOTE,
		"bit 7, which is CLONE_NEWTIME elsewhere and in no signal's number, is denied "
		"along with the flags of other namespaces: clone");
}

static void put_arches(const struct unit *unit)
{
	struct strbuf *text = &unit->emission->body;
	_cleanup_strbuf_ struct strbuf known = { 0 };

	for (size_t i = 0; i < unit->targets.n; i++) {
		const char *name = systemd_arch_name(unit->targets.arches[i]);

		if (name)
			strbuf_printf(&known, "%s%s", known.len ? " " : "", name);
		else
			emission_lose(unit->emission, LOSS_NARROWER,
				      "systemd has no name for %s, and ends programs for it",
				      unit->targets.arches[i]->name);
	}
	strbuf_puts(text, "SystemCallArchitectures=\n");
	if (known.len)
		strbuf_printf(text, "SystemCallArchitectures=%s\n", strbuf_text(&known));
}

/* What is denied without an answer of its own; systemd ends the process unless told otherwise. */
static void put_answer(struct unit *unit)
{
	struct strbuf *text = &unit->emission->body;
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	struct plain *plain = &unit->plain;
	const char *name;

	strbuf_puts(text, "SystemCallErrorNumber=\n");
	if (plain->default_action == ACTION_ERRNO && plain->default_data >= 1 &&
	    plain->default_data <= SYSTEMD_ERRNO_MAX) {
		name = strerrorname_np((int)plain->default_data);
		if (name)
			strbuf_printf(text, "SystemCallErrorNumber=%s\n", name);
		else
			strbuf_printf(text, "SystemCallErrorNumber=%" PRIu32 "\n",
				      plain->default_data);
		return;
	}
	if (!plain_default_allows(plain) && plain->default_action != ACTION_KILL_PROCESS) {
		plain_put_answer(&answer, plain->default_action, plain->default_data);
		emission_lose(unit->emission, LOSS_NARROWER,
			      "what is denied ends the process, where the profile says %s",
			      strbuf_text(&answer) ? strbuf_text(&answer) : "otherwise");
		plain->default_action = ACTION_KILL_PROCESS;
	}
	if (plain->default_action == ACTION_LOG)
		emission_lose(unit->emission, LOSS_NOTE,
			      "what the profile does not name is allowed without being logged");
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	struct unit unit = { .names = request->names, .emission = emission, .err = err };
	struct strbuf *text = &emission->body;
	bool namespaces;
	int r;

	targets_of_host(profile, request, emission, &unit.targets);
	r = plain_init(&unit.plain, profile, &unit.targets, request->names, emission, err);
	if (r == 0) {
		strbuf_puts(text, "[Service]\n");
		put_arches(&unit);
		namespaces = take_namespaces(&unit.plain);
		put_answer(&unit);
		strbuf_puts(text, "SystemCallFilter=\n");
		r = plain_default_allows(&unit.plain) ? put_deny_list(&unit) : put_list(&unit);
		plain_say_unresolved(&unit.plain, unit.plain.default_action,
				     "the libseccomp here does not know these; systemd with such a "
				     "one leaves them out, and they are answered as what is not "
				     "listed",
				     emission);
		if (namespaces)
			put_namespaces(&unit);
	}
	plain_deinit(&unit.plain);
	return r;
}

const struct emitter emitter_systemd = {
	.name = "systemd",
	.summary = "drop-in for a systemd service: SystemCallFilter= and its kin",
	.extension = ".conf",
	.no_runtime = true,
	.shape = PRODUCT_TEXT,
	.titled = true,
	.comment = "# ",
	.emit = emit,
};
