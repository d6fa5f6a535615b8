/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for a profile of firejail 0.9.72 (firejail-profile(5), firejail(1) --seccomp.keep). Calls
 * can have an answer of their own, arguments cannot be said, and firejail itself always needs a few
 * calls. Only for the host's own architecture: what seccomp.32.keep lists becomes one more filter
 * for that one, so that only what both lists have would be left.
 */
#include "format/emitters.h"
#include "format/plain.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* From this number on firejail 0.9.72 knows no names (fseccomp debug-syscalls); they are the same
 * on every architecture that it runs on. */
#define FIRST_UNKNOWN 441

#define LINE_MAX_LEN                                                                               \
	8000 /* firejail reads lines of less than 8192 bytes (MAX_READ, firejail.h)                \
	      */

struct fire {
	struct plain plain;
	struct emission *emission;
	struct name_set softer, harder;
	bool failed;
};

static void note(struct fire *fire, struct name_set *set, const char *name)
{
	if (name_set_add(set, name) < 0)
		fire->failed = true;
}

/* "kill", "log" or an error's name. What firejail has no word for ends the thread, too. */
static const char *answer_word(enum action action, uint32_t data)
{
	const char *name = action == ACTION_ERRNO ? strerrorname_np((int)data) : NULL;

	if (action == ACTION_ERRNO)
		return name ? name : "EPERM";
	return "kill";
}

static void judge(struct fire *fire, const char *name, enum action action, uint32_t data)
{
	if (action == ACTION_KILL_PROCESS)
		note(fire, &fire->softer, name);
	else if (action == ACTION_TRAP || action == ACTION_TRACE || action == ACTION_NOTIFY ||
		 (action == ACTION_ERRNO && !strerrorname_np((int)data)))
		note(fire, &fire->harder, name);
}

static void put_call(struct strbuf *list, const struct plain_rule *rule, int32_t number)
{
	strbuf_puts(list, list->len ? "," : "");
	if (number < FIRST_UNKNOWN)
		strbuf_puts(list, rule->name);
	else
		strbuf_printf(list, "$%" PRId32, number);
	if (rule->n_args > 0)
		return;
	if (rule->action == ACTION_LOG)
		strbuf_puts(list, ":log");
	else if (action_denies(rule->action))
		strbuf_printf(list, ":%s", answer_word(rule->action, rule->data));
}

/*
 * What is allowed, and what has an answer of its own. Of a profile that allows by default, what is
 * denied.
 */
static int put_list(struct fire *fire, const struct name_set *allowed, const struct arch *arch,
		    struct syscall_table *names, struct error *err)
{
	bool deny_list = plain_default_allows(&fire->plain);
	_cleanup_strbuf_ struct strbuf list = { 0 };
	struct plain_call call;
	size_t position = 0;

	while (plain_next(&fire->plain, &position, &call)) {
		bool denied = !name_set_has(allowed, call.name);
		int32_t number;
		int r = syscall_number(names, arch, call.name, &number);

		if (r < 0 && r != -ENOENT)
			return error_memory(err);
		/* A denial by arguments only is the default's, or none. */
		if (r < 0 || (deny_list && !denied) || (denied && call.rules[0].n_args > 0))
			continue;
		if (denied)
			judge(fire, call.name, call.rules[0].action, call.rules[0].data);
		put_call(&list, &call.rules[0], number);
	}
	if (list.failed)
		return error_memory(err);
	if (list.len > LINE_MAX_LEN)
		return error_set(err, -E2BIG, "firejail reads no line as long as this list is");
	if (list.len)
		strbuf_printf(&fire->emission->body, "seccomp.%s %s\n", deny_list ? "drop" : "keep",
			      strbuf_text(&list));
	else if (!deny_list)
		return error_set(err, -EINVAL, "firejail has no list that allows nothing");
	return 0;
}

/* Whatever the list says: the sandbox is set up behind the filter (@default-keep). */
static void say_needed(const struct fire *fire, const struct name_set *allowed)
{
	static const char *const needed[] = { "execve", "execveat", "prctl" };
	_cleanup_name_set_ struct name_set wider = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!name_set_has(allowed, needed[i]) && name_set_add(&wider, needed[i]) < 0)
			fire->emission->failed = true;
	emission_lose_names(fire->emission, LOSS_WIDER, "firejail allows for its own needs",
			    wider.names);
}

static void put_default(struct fire *fire)
{
	const struct plain *plain = &fire->plain;
	struct emission *emission = fire->emission;

	if (plain_default_allows(plain)) {
		if (plain->default_action == ACTION_LOG)
			emission_lose(emission, LOSS_NOTE,
				      "what is not listed is allowed without being logged");
		return;
	}
	strbuf_printf(&emission->body, "seccomp-error-action %s\n",
		      answer_word(plain->default_action, plain->default_data));
	if (plain->default_action == ACTION_KILL_PROCESS)
		emission_lose(emission, LOSS_WIDER,
			      "what is not listed ends the thread and not the process");
	else if (plain->default_action != ACTION_ERRNO &&
		 plain->default_action != ACTION_KILL_THREAD)
		emission_lose(emission, LOSS_NARROWER,
			      "what is not listed ends the thread, where the profile says %s",
			      action_name(plain->default_action));
	else if (plain->default_action == ACTION_ERRNO &&
		 !strerrorname_np((int)plain->default_data))
		emission_lose(
			emission, LOSS_NARROWER,
			"what is not listed is answered EPERM: firejail knows errors by name");
}

static int put_arches(struct fire *fire, const struct targets *targets, struct syscall_table *names,
		      const struct name_set *allowed, struct error *err)
{
	const struct arch *host = targets_host(targets);
	bool with_host = false;
	int r;

	for (size_t i = 0; i < targets->n; i++) {
		with_host = with_host || targets->arches[i] == host;
		if (targets->arches[i] != host)
			emission_lose(fire->emission, LOSS_NARROWER,
				      "firejail denies every call of %s", targets->arches[i]->name);
	}
	if (!with_host)
		return error_set(err, -EINVAL,
				 "firejail cannot leave out the host's own architecture, %s",
				 host->name);
	r = put_list(fire, allowed, host, names, err);
	if (r < 0)
		return r;
	strbuf_puts(&fire->emission->body, "seccomp.block-secondary\n");
	if (name_set_has(allowed, "personality"))
		emission_lose(fire->emission, LOSS_NARROWER,
			      "denied along with other architectures than the host's: personality");
	return 0;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_name_set_ struct name_set allowed = { 0 };
	struct fire fire = { .emission = emission };
	struct targets targets;
	int r;

	targets_of_host(profile, request, emission, &targets);
	r = plain_init(&fire.plain, profile, &targets, request->names, emission, err);
	if (r == 0)
		r = plain_list(&fire.plain, true, true, emission, &allowed, err);
	if (r == 0) {
		plain_say_multiplexed(&fire.plain, &targets, emission);
		if (!plain_default_allows(&fire.plain))
			say_needed(&fire, &allowed);
		put_default(&fire);
		r = put_arches(&fire, &targets, request->names, &allowed, err);
	}
	emission_lose_names(emission, LOSS_WIDER, "end the thread and not the process",
			    fire.softer.names);
	emission_lose_names(emission, LOSS_NARROWER,
			    "end the thread, or are answered EPERM, where firejail has no word for "
			    "the profile's answer",
			    fire.harder.names);
	emission->failed = emission->failed || fire.failed;
	name_set_deinit(&fire.softer);
	name_set_deinit(&fire.harder);
	plain_deinit(&fire.plain);
	return r;
}

const struct emitter emitter_firejail = {
	.name = "firejail",
	.summary = "lines of a firejail profile: seccomp.keep",
	.extension = ".profile",
	.no_runtime = true,
	.shape = PRODUCT_TEXT,
	.titled = true,
	.comment = "# ",
	.emit = emit,
};
