/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the calls that are allowed, one a line: for tools that take no more than that. */
#include "format/allowance.h"
#include "format/emitters.h"
#include <errno.h>

/* Of a profile that allows by default: all calls that are known but for those it denies. */
static int list_others(const struct plain *plain, const struct targets *targets,
		       struct syscall_table *names, struct emission *emission, struct name_set *ret,
		       struct error *err)
{
	_cleanup_name_set_ struct name_set all = { 0 }, denied = { 0 };
	int r = plain_list(plain, false, true, emission, &denied, err);

	if (r == 0)
		r = allowance_calls(plain, targets, names, emission, &all, err);
	for (size_t i = 0; r == 0 && i < all.n; i++)
		if (!name_set_has(&denied, all.names[i]) && name_set_add(ret, all.names[i]) < 0)
			r = error_memory(err);
	return r;
}

/* What happens to a call that is not in the list is not in the list either. */
static int say_answers(const struct plain *plain, struct emission *emission, struct error *err)
{
	_cleanup_name_set_ struct name_set own = { 0 };
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	struct plain_call call;
	size_t position = 0;

	if (plain_default_allows(plain))
		return 0;
	plain_put_answer(&answer, plain->default_action, plain->default_data);
	if (!strbuf_text(&answer))
		return error_memory(err);
	if (plain->default_action != ACTION_ERRNO || plain->default_data != EPERM)
		emission_lose(emission, LOSS_NOTE,
			      "what the profile has for other calls, %s, is not said",
			      strbuf_text(&answer));
	while (plain_next(plain, &position, &call))
		if (action_denies(call.rules[0].action) && name_set_add(&own, call.name) < 0)
			return error_memory(err);
	emission_lose_names(emission, LOSS_NARROWER,
			    "denied, but the answer that the profile has for them is not said",
			    own.names);
	return 0;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_name_set_ struct name_set list = { 0 };
	_cleanup_plain_ struct plain plain = { 0 };
	struct targets targets;
	int r;

	targets_of_host(profile, request, emission, &targets);
	r = plain_init_closed(&plain, profile, &targets, request->names, emission, err);
	if (r == 0)
		r = say_answers(&plain, emission, err);
	if (r == 0 && plain_default_allows(&plain))
		r = list_others(&plain, &targets, request->names, emission, &list, err);
	else if (r == 0)
		r = plain_list(&plain, true, true, emission, &list, err);
	for (size_t i = 0; r == 0 && i < list.n; i++)
		strbuf_printf(&emission->body, "%s\n", list.names[i]);
	return r;
}

const struct emitter emitter_names = {
	.name = "names",
	.summary = "names of the allowed calls, one a line",
	.extension = ".txt",
	.shape = PRODUCT_TEXT,
	.comment = "# ",
	.emit = emit,
};
