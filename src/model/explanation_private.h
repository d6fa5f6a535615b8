/* SPDX-License-Identifier: Apache-2.0 */
/* Between the modules of explanation.h. */
#ifndef ASG_MODEL_EXPLANATION_PRIVATE_H
#define ASG_MODEL_EXPLANATION_PRIVATE_H

#include "base/macro.h"
#include "model/explanation.h"

/* The call of that name, made when it is new. Borrowed until the next. 0 or -ENOMEM. */
int explanation_take(struct explanation *into, const char *name, struct explained **ret)
	_must_check_;

/* Takes in everything that `into->recording` says. 0 or -ENOMEM. */
int explanation_add_recording(struct explanation *into, struct syscall_table *names) _must_check_;

#endif
