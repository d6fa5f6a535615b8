/* SPDX-License-Identifier: Apache-2.0 */
#include "command/losses.h"

void losses_write(FILE *stream, const struct style *style, const struct emitter *emitter,
		  const struct emission *emission, bool only_wider)
{
	const char *label = emitter->name;

	for (size_t i = 0; i < emission->n_losses; i++) {
		const struct loss *loss = &emission->losses[i];

		if (only_wider && loss->kind != LOSS_WIDER)
			continue;
		fprintf(stream, "  %s%-10s%s %s%s%s: %s\n", style->dim, label, style->off,
			loss->kind == LOSS_WIDER ? style->bad : "", loss_word(loss->kind),
			loss->kind == LOSS_WIDER ? style->off : "", loss->text);
		label = "";
	}
}
