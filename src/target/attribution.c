/* SPDX-License-Identifier: Apache-2.0 */
#include "target/attribution.h"
#include "audit/record.h"

enum owner attribution_of(const struct attribution *attribution, uint32_t session, uint32_t pid)
{
	if (!attribution->started || (pid == attribution->sentinel && pid != 0))
		return OWNER_OTHER;
	/* A descendant with CAP_AUDIT_CONTROL may start sessions of its own: sshd, cron, login. */
	if (attribution->session != RECORD_UNSET && session == attribution->session)
		return OWNER_TARGET;
	if (attribution->lineage)
		return lineage_has(attribution->lineage, (pid_t)pid) ? OWNER_TARGET : OWNER_OTHER;
	return attribution->session == RECORD_UNSET ? OWNER_UNKNOWN : OWNER_OTHER;
}
