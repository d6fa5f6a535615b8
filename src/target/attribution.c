/* SPDX-License-Identifier: Apache-2.0 */
#include "target/attribution.h"
#include "audit/record.h"

/*
 * Who has gone while it was on its way has arrived, because it made calls under a filter, which is
 * loaded last; but where, if there are several containers in the namespace?
 */
static enum owner owner_of_gone(const struct attribution *attribution, pid_t pid)
{
	if (!lineage_enters(attribution->lineage, pid) || attribution->container->shared)
		return OWNER_UNKNOWN;
	return OWNER_TARGET;
}

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
	if (kin == KIN_GONE)
		return owner_of_gone(attribution, pid);
	/* It is where it wanted to go, as its filter is loaded: into a neighbour. */
	if (kin == KIN_ENTERING) {
		attribution->container->shared = true;
		kin = KIN_SEALED;
	}
	lineage_mark(attribution->lineage, pid, kin);
	return kin == KIN_OURS ? OWNER_TARGET : OWNER_OTHER;
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
