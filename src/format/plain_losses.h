/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that get another answer than the profile's own, by what that means: a rule that is left out
 * widens where what is answered in its place is softer, and narrows where it is harder.
 */
#ifndef ASG_FORMAT_PLAIN_LOSSES_H
#define ASG_FORMAT_PLAIN_LOSSES_H

#include "arch/action.h"
#include "format/emission.h"
#include "format/plain.h"
#include "model/name_list.h"

struct plain_losses {
	struct name_set names[LOSS_KINDS]; /* by enum loss_kind */
	bool failed;			   /* out of memory */
};

void plain_losses_deinit(struct plain_losses *losses);
#define _cleanup_plain_losses_ _cleanup_(plain_losses_deinit)

/* What it means that `given` is answered where the profile has `wanted`. That a call is logged, or
 * not, and which error it gets, are no more than worth a note. */
enum loss_kind plain_answer_loss(enum action wanted, enum action given);

void plain_lose(struct plain_losses *losses, enum loss_kind kind, const char *name);

/* All rules of the call are left out, and it is answered with `given`. */
void plain_lose_call(struct plain_losses *losses, const struct plain_call *call, enum action given);

/* Says the sentence of the names, for each kind that there is. */
void plain_losses_say(const struct plain_losses *losses, const char *sentence,
		      struct emission *emission);

/*
 * For formats whose reader resolves names with libseccomp, and leaves out what that does not know:
 * says it of those that the libseccomp here does not know. `rest` is the answer to what is not
 * listed.
 */
void plain_say_unresolved(const struct plain *plain, enum action rest, const char *sentence,
			  struct emission *emission);

#endif
