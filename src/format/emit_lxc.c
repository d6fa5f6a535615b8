/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of LXC, version 2 (lxc.seccomp.profile, lxc.container.conf(5)). Comments may not stand
 * in front of the version. Sections for architectures do not divide anything: liblxc 5 applies each
 * rule to the host's architecture and to those that its kernel also runs, and knows only calls that
 * the host's own has.
 */
#include "arch/multiplexed.h"
#include "format/bpf_numbers.h"
#include "format/emitters.h"
#include "format/plain.h"
#include "format/plain_losses.h"
#include <errno.h>
#include <inttypes.h>

struct answers {
	struct name_set harder, softer, logged;
	struct plain_losses foreign; /* calls that the host's own architecture does not have */
	bool failed;
};

static void answers_deinit(struct answers *answers)
{
	name_set_deinit(&answers->harder);
	name_set_deinit(&answers->softer);
	name_set_deinit(&answers->logged);
	plain_losses_deinit(&answers->foreign);
}

static void note(struct answers *answers, struct name_set *set, const char *name)
{
	if (name_set_add(set, name) < 0)
		answers->failed = true;
}

/*
 * LXC's word for an answer. It ends the thread and not the process, has no LOG, and TRACE and
 * NOTIFY become what the kernel answers when nobody listens.
 */
static void put_answer(struct strbuf *text, enum action action, uint32_t data)
{
	switch (action) {
	case ACTION_ALLOW:
	case ACTION_LOG:
		strbuf_puts(text, "allow");
		return;
	case ACTION_ERRNO:
		strbuf_printf(text, "errno %" PRIu32, data);
		return;
	case ACTION_TRACE:
	case ACTION_NOTIFY:
		strbuf_printf(text, "errno %d", ENOSYS);
		return;
	case ACTION_TRAP:
		strbuf_puts(text, "trap");
		return;
	default:
		strbuf_puts(text, "kill");
	}
}

static void judge(struct answers *answers, const char *name, enum action action)
{
	if (action == ACTION_LOG)
		note(answers, &answers->logged, name);
	else if (action == ACTION_KILL_PROCESS)
		note(answers, &answers->softer, name);
	else if (action == ACTION_TRACE || action == ACTION_NOTIFY)
		note(answers, &answers->harder, name);
}

/* "[0,0,SCMP_CMP_MASKED_EQ,2114060288]": index, value, comparison, mask. */
static void put_args(struct strbuf *text, const struct plain_rule *rule)
{
	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg *arg = &rule->args[i];

		strbuf_printf(text, "%s[%u,%" PRIu64 ",%s", i ? "" : " ", arg->index,
			      arg->op == COMPARE_MASKED_EQ ? arg->value_two : arg->value,
			      compare_oci_name(arg->op));
		if (arg->op == COMPARE_MASKED_EQ)
			strbuf_printf(text, ",%" PRIu64, arg->value);
		strbuf_putc(text, ']');
	}
}

/* What LXC makes of it is what it makes of everything: libseccomp refuses such a rule. */
static bool is_default(const struct plain *plain, const struct plain_rule *rule)
{
	return plain_default_allows(plain) && !action_denies(rule->action);
}

static int put_rules(struct strbuf *text, const struct plain *plain, const struct targets *targets,
		     struct syscall_table *names, struct answers *answers, bool with_args)
{
	const struct targets host = { { targets_host(targets) }, 1 };

	for (size_t i = 0; i < plain->n; i++) {
		const struct plain_rule *rule = &plain->rules[i];
		int r;

		if ((rule->n_args > 0) != with_args)
			continue;
		r = targets_have(&host, names, rule->name);
		if (r < 0)
			return r;
		if (r == 0) {
			plain_lose(&answers->foreign,
				   plain_answer_loss(rule->action, plain->default_action),
				   rule->name);
			continue;
		}
		judge(answers, rule->name, rule->action);
		if (is_default(plain, rule))
			continue;
		strbuf_printf(text, "%s ", rule->name);
		put_answer(text, rule->action, rule->data);
		put_args(text, rule);
		strbuf_putc(text, '\n');
	}
	return 0;
}

/* Architectures of the host that LXC opens along with it, though the profile does not. */
static void say_arches(const struct targets *targets, struct emission *emission)
{
	_cleanup_name_set_ struct name_set others = { 0 };
	const struct arch *host = targets_host(targets);

	for (size_t i = 0; i < arch_count(); i++) {
		bool wanted = false;

		for (size_t j = 0; j < targets->n; j++)
			wanted = wanted || targets->arches[j] == arch_at(i);
		if (!wanted && arch_at(i)->native == host->token &&
		    name_set_add(&others, arch_at(i)->name) < 0)
			emission->failed = true;
	}
	emission_lose_names(emission, LOSS_WIDER,
			    "lxc applies every rule to these architectures, too, where the profile "
			    "allows nothing",
			    others.names);
}

/* The direct forms of what socketcall(2) and ipc(2) also do have names on x86 that lxc misses. */
static void say_multiplexed(const struct plain *plain, const struct targets *targets,
			    struct emission *emission)
{
	_cleanup_plain_losses_ struct plain_losses direct = { 0 };
	_cleanup_strbuf_ struct strbuf sentence = { 0 };
	const struct arch *host = targets_host(targets), *other = NULL;

	for (size_t i = 0; i < targets->n; i++)
		if (targets->arches[i] != host && targets->arches[i]->multiplexed)
			other = targets->arches[i];
	for (size_t i = 0; other && i < plain->n; i++)
		if (multiplexed_by_name(plain->rules[i].name))
			plain_lose(&direct,
				   plain_answer_loss(plain->rules[i].action, plain->default_action),
				   plain->rules[i].name);
	strbuf_printf(&sentence,
		      "on %s lxc misses these, and they are answered as what is not listed",
		      other ? other->name : "");
	if (strbuf_text(&sentence))
		plain_losses_say(&direct, strbuf_text(&sentence), emission);
	else
		emission->failed = true;
}

static void say_answers(const struct plain *plain, const struct answers *answers,
			struct emission *emission)
{
	enum action action = plain->default_action;

	plain_losses_say(&answers->foreign,
			 "not calls of the host's own architecture, which are all that lxc knows",
			 emission);
	emission_lose_names(emission, LOSS_NOTE, "allowed without being logged",
			    answers->logged.names);
	emission_lose_names(emission, LOSS_WIDER, "end the thread and not the process",
			    answers->softer.names);
	emission_lose_names(emission, LOSS_NARROWER,
			    "answered ENOSYS, as nobody traces or listens under lxc",
			    answers->harder.names);
	if (action == ACTION_KILL_PROCESS)
		emission_lose(emission, LOSS_WIDER,
			      "what is not listed ends the thread and not the process");
	else if (action == ACTION_LOG)
		emission_lose(emission, LOSS_NOTE,
			      "what is not listed is allowed without being logged");
	else if (action == ACTION_TRACE || action == ACTION_NOTIFY)
		emission_lose(emission, LOSS_NARROWER,
			      "what is not listed is answered ENOSYS, as nobody traces or listens "
			      "under lxc");
	if (answers->failed)
		emission->failed = true;
}

static void put_product(const struct plain *plain, const struct strbuf *rules,
			const struct profile *profile, const char *title, struct emission *emission)
{
	struct strbuf *text = &emission->body;

	strbuf_puts(text, plain_default_allows(plain) ? "2\ndenylist" : "2\nallowlist ");
	if (!plain_default_allows(plain))
		put_answer(text, plain->default_action, plain->default_data);
	strbuf_putc(text, '\n');
	emitter_put_comments(text, "# ", title, emission);
	emitter_put_incomplete(text, "# ", profile);
	strbuf_append(text, rules->data, rules->len);
	text->failed = text->failed || rules->failed;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_(answers_deinit) struct answers answers = { 0 };
	_cleanup_strbuf_ struct strbuf rules = { 0 };
	_cleanup_plain_ struct plain plain = { 0 };
	struct targets targets;
	int r;

	targets_of_host(profile, request, emission, &targets);
	r = plain_init(&plain, profile, &targets, request->names, emission, err);
	if (r == 0)
		r = bpf_say_numbers(profile, &targets, request->names, emission, err);
	if (r < 0)
		return r;
	/* Arguments last, as in emit_c.c. */
	if (put_rules(&rules, &plain, &targets, request->names, &answers, false) < 0 ||
	    put_rules(&rules, &plain, &targets, request->names, &answers, true) < 0)
		return error_memory(err);
	say_arches(&targets, emission);
	say_multiplexed(&plain, &targets, emission);
	say_answers(&plain, &answers, emission);
	plain_say_unresolved(&plain, plain.default_action,
			     "the libseccomp here does not know these; lxc with such a one leaves "
			     "them out, and they are answered as what is not listed",
			     emission);
	put_product(&plain, &rules, profile, request->title, emission);
	return 0;
}

const struct emitter emitter_lxc = {
	.name = "lxc",
	.summary = "policy of LXC, version 2: lxc.seccomp.profile",
	.extension = ".seccomp",
	.shape = PRODUCT_TEXT,
	.titled = true,
	.for_libseccomp = true,
	.emit = emit,
};
