/* SPDX-License-Identifier: Apache-2.0 */
#include "format/allowance.h"
#include <errno.h>
#include <linux/audit.h>

static int add_known(const struct targets *targets, struct syscall_table *names,
		     struct name_set *ret)
{
	for (size_t i = 0; i < targets->n; i++) {
		const int32_t *numbers;
		size_t n;

		if (syscall_numbers(names, targets->arches[i], &numbers, &n) < 0)
			return -ENOMEM;
		for (size_t j = 0; j < n; j++) {
			const char *name = syscall_name(names, targets->arches[i], numbers[j]);

			if (!name || name_set_add(ret, name) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

int allowance_calls(const struct plain *plain, const struct targets *targets,
		    struct syscall_table *names, struct emission *emission, struct name_set *ret,
		    struct error *err)
{
	struct plain_call call;
	size_t position = 0;

	if (plain_default_allows(plain)) {
		if (add_known(targets, names, ret) < 0)
			return error_memory(err);
		emission_lose(emission, LOSS_NARROWER,
			      "the profile allows what it does not name; here that is every call "
			      "that this program knows, and no newer one");
		if (plain->default_action == ACTION_LOG)
			emission_lose(emission, LOSS_NOTE,
				      "what the profile does not name is allowed without being "
				      "logged");
	}
	while (plain_next(plain, &position, &call))
		if (name_set_add(ret, call.name) < 0)
			return error_memory(err);
	return 0;
}

/* The clauses of the call's rules that deny, or those of the others. */
static int collect(const struct plain_call *call, bool denying, struct clauses *ret,
		   struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < call->n; i++)
		if (action_denies(call->rules[i].action) == denying)
			r = clauses_add(ret, call->rules[i].args, call->rules[i].n_args, err);
	return r;
}

/* Where rules of both kinds meet, the denial counts. */
static int collect_allowed(const struct plain *plain, const struct plain_call *call,
			   struct clauses *ret, struct error *err)
{
	_cleanup_clauses_ struct clauses denied = { 0 };
	int r = plain_default_allows(plain) ? clauses_begin(ret, err)
					    : collect(call, false, ret, err);

	if (r == 0)
		r = collect(call, true, &denied, err);
	if (r == 0)
		r = clauses_without(ret, &denied, err);
	return r;
}

int allowance_of(const struct plain *plain, const char *name, bool narrow, enum allowance *ret,
		 struct clauses *clauses, struct error *err)
{
	struct plain_call call;
	int r;

	if (!plain_find(plain, name, &call)) {
		*ret = plain_default_allows(plain) ? ALLOWED_ALWAYS : ALLOWED_NEVER;
		return 0;
	}
	if (call.rules[0].n_args == 0) {
		*ret = action_denies(call.rules[0].action) ? ALLOWED_NEVER : ALLOWED_ALWAYS;
		return 0;
	}
	r = collect_allowed(plain, &call, clauses, err);
	if (r < 0)
		return r;
	if (narrow)
		clauses_narrow(clauses);
	clauses_unique(clauses);
	*ret = clauses->n == 0 ? ALLOWED_NEVER : ALLOWED_SOMETIMES;
	for (size_t i = 0; i < clauses->n; i++)
		if (clauses->items[i].n == 0)
			*ret = ALLOWED_ALWAYS;
	return 0;
}

void allowance_single(struct targets *targets, const char *what, struct emission *emission)
{
	_cleanup_strbuf_ struct strbuf others = { 0 };

	for (size_t i = 1; i < targets->n; i++)
		strbuf_printf(&others, " %s", targets->arches[i]->name);
	targets->n = 1;
	if (others.len > 0)
		emission_lose(emission, LOSS_NARROWER,
			      "it is for %s; %s denies calls on other architectures:%s",
			      targets->arches[0]->name, what,
			      strbuf_text(&others) ? strbuf_text(&others) : "");
}
