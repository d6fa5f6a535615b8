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

static void say_default(const struct plain *plain, struct emission *emission)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };

	if (plain_default_allows(plain) ||
	    (plain->default_action == ACTION_ERRNO && plain->default_data == EPERM))
		return;
	plain_put_answer(&answer, plain->default_action, plain->default_data);
	emission_lose(emission, LOSS_NOTE, "what the profile has for other calls, %s, is not said",
		      strbuf_text(&answer) ? strbuf_text(&answer) : "");
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_name_set_ struct name_set list = { 0 };
	_cleanup_plain_ struct plain plain = { 0 };
	struct targets targets;
	int r;

	targets_of_host(profile, request, emission, &targets);
	r = plain_init(&plain, profile, &targets, request->names, emission, err);
	if (r < 0)
		return r;
	say_default(&plain, emission);
	if (plain_default_allows(&plain))
		r = list_others(&plain, &targets, request->names, emission, &list, err);
	else
		r = plain_list(&plain, true, false, emission, &list, err);
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
