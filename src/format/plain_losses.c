/* SPDX-License-Identifier: Apache-2.0 */
#include "format/plain_losses.h"
#include "arch/syscall.h"

void plain_losses_deinit(struct plain_losses *losses)
{
	for (size_t i = 0; i < ARRAY_SIZE(losses->names); i++)
		name_set_deinit(&losses->names[i]);
}

enum loss_kind plain_answer_loss(enum action wanted, enum action given)
{
	if (wanted == given || (!action_denies(wanted) && !action_denies(given)))
		return LOSS_NOTE;
	return given > wanted ? LOSS_WIDER : LOSS_NARROWER;
}

void plain_lose(struct plain_losses *losses, enum loss_kind kind, const char *name)
{
	if (name_set_add(&losses->names[kind], name) < 0)
		losses->failed = true;
}

void plain_lose_call(struct plain_losses *losses, const struct plain_call *call, enum action given)
{
	for (size_t i = 0; i < call->n; i++)
		plain_lose(losses, plain_answer_loss(call->rules[i].action, given), call->name);
}

void plain_losses_say(const struct plain_losses *losses, const char *sentence,
		      struct emission *emission)
{
	for (size_t i = ARRAY_SIZE(losses->names); i-- > 0;)
		emission_lose_names(emission, (enum loss_kind)i, sentence, losses->names[i].names);
	if (losses->failed)
		emission->failed = true;
}

void plain_say_unresolved(const struct plain *plain, enum action rest, const char *sentence,
			  struct emission *emission)
{
	_cleanup_plain_losses_ struct plain_losses losses = { 0 };
	struct plain_call call;
	size_t position = 0;

	while (plain_next(plain, &position, &call))
		if (!syscall_in_libseccomp(call.name))
			plain_lose_call(&losses, &call, rest);
	plain_losses_say(&losses, sentence, emission);
}
