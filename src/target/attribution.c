/* SPDX-License-Identifier: Apache-2.0 */
#include "target/attribution.h"
#include "audit/record.h"

/*
 * Who is not followed may have joined from outside: an exec session. A process never changes its
 * own pid namespace, so a verdict on it holds after it has gone.
 */
static enum owner container_owner(const struct attribution *attribution, pid_t pid)
{
	enum kin kin;

	if (lineage_has(attribution->lineage, pid))
		return OWNER_TARGET;
	if (lineage_excludes(attribution->lineage, pid))
		return OWNER_OTHER;
	kin = container_kin(attribution->container, pid);
	if (kin != KIN_GONE)
		lineage_mark(attribution->lineage, pid, kin);
	if (kin == KIN_OURS)
		return OWNER_TARGET;
	return kin == KIN_GONE ? OWNER_UNKNOWN : OWNER_OTHER;
}

enum owner attribution_of(struct attribution *attribution, uint32_t session, uint32_t pid)
{
	const uint32_t own = attribution->session;

	if (!attribution->started)
		return OWNER_OTHER;
	if (own != RECORD_UNSET && session == own)
		return OWNER_TARGET;
	if (attribution->container) {
		attribution->by_lineage++;
		return container_owner(attribution, (pid_t)pid);
	}
	/* Sessions are numbered as they begin (audit_set_loginuid(), kernel/auditsc.c), and one
	 * that began before the target's cannot be entered from it. */
	if (own != RECORD_UNSET && session < own)
		return OWNER_OTHER;
	if (!attribution->lineage)
		return OWNER_UNKNOWN;
	attribution->by_lineage++;
	return lineage_has(attribution->lineage, (pid_t)pid) ? OWNER_TARGET : OWNER_OTHER;
}
