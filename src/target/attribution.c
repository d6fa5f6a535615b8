/* SPDX-License-Identifier: Apache-2.0 */
#include "target/attribution.h"
#include "audit/record.h"

enum owner attribution_of(struct attribution *attribution, uint32_t session, uint32_t pid)
{
	const uint32_t own = attribution->session;

	if (!attribution->started)
		return OWNER_OTHER;
	if (own != RECORD_UNSET && session == own)
		return OWNER_TARGET;
	/* Sessions are numbered as they begin (audit_set_loginuid(), kernel/auditsc.c), and one
	 * that began before the target's cannot be entered from it. */
	if (own != RECORD_UNSET && session < own)
		return OWNER_OTHER;
	if (!attribution->lineage)
		return OWNER_UNKNOWN;
	attribution->by_lineage++;
	return lineage_has(attribution->lineage, (pid_t)pid) ? OWNER_TARGET : OWNER_OTHER;
}
