/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that happened and that nobody can name: no profile can allow them. */
#ifndef ASG_MODEL_RECORDING_UNNAMED_H
#define ASG_MODEL_RECORDING_UNNAMED_H

#include "arch/syscall.h"
#include "model/recording.h"

/* Counts those of a group into `evidence`, each with where it was met. */
void group_note_unnamed(const struct group *group, struct syscall_table *names,
			struct evidence *evidence);

/* The same for all groups. */
void recording_note_unnamed(const struct recording *recording, struct syscall_table *names,
			    struct evidence *evidence);

#endif
