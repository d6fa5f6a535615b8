/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recording_unnamed.h"
#include <inttypes.h>
#include <stdio.h>

static bool happened(const struct observation *observation)
{
	return observation->action == ACTION_LOG || observation->action == ACTION_ALLOW;
}

void group_note_unnamed(const struct group *group, struct syscall_table *names,
			struct evidence *evidence)
{
	for (uint32_t a = 0; a < group->n_arches; a++) {
		const struct group_arch *table = &group->arches[a];

		for (uint32_t i = 0; i < table->n; i++) {
			const struct observation *seen = &table->observations[i];
			char where[64];

			/* -1 is what a tracer leaves of a call that it cancelled */
			if (!happened(seen) || seen->nr == -1 ||
			    (table->arch && syscall_name(names, table->arch, seen->nr)))
				continue;
			snprintf(where, sizeof(where), "arch %" PRIx32 " number %" PRId32,
				 table->audit, seen->nr);
			evidence_add(evidence, FINDING_UNNAMED, 1, where);
		}
	}
}

void recording_note_unnamed(const struct recording *recording, struct syscall_table *names,
			    struct evidence *evidence)
{
	for (size_t i = 0; i < recording->n_groups; i++)
		group_note_unnamed(&recording->groups[i], names, evidence);
}
