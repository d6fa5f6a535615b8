/* SPDX-License-Identifier: Apache-2.0 */
/* What a format could not say, told to the person on stderr. */
#ifndef ASG_COMMAND_LOSSES_H
#define ASG_COMMAND_LOSSES_H

#include "command/style.h"
#include "format/emitter.h"
#include <stdbool.h>
#include <stdio.h>

/*
 * A line for each loss, under the format's name. With `only_wider` (--quiet) those that allow more
 * than the profile, which nobody may miss.
 */
void losses_write(FILE *stream, const struct style *style, const struct emitter *emitter,
		  const struct emission *emission, bool only_wider);

/* A note on the settings of a unit that deny more than the profile which was read from it says, for
 * verbs that make no product. */
void losses_note_settings(const char *path, const struct profile *profile);

#endif
