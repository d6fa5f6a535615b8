/* SPDX-License-Identifier: Apache-2.0 */
/* From the containers form of a profile to what the OCI, or Docker, has words for. */
#ifndef ASG_FORMAT_CONDITIONS_H
#define ASG_FORMAT_CONDITIONS_H

#include "base/error.h"
#include "base/macro.h"
#include "format/emitter.h"
#include "format/targets.h"
#include "model/profile.h"

/* Whether it has rules with conditions, or an archMap, which the OCI runtime-spec does not know. */
bool conditions_any(const struct profile *profile);

/*
 * The profile as it is for a process without capabilities on the host of `targets`, without
 * conditions and archMap; what was decided is said.
 */
int conditions_resolve(const struct profile *profile, const struct targets *targets,
		       struct syscall_table *names, struct emission *emission, struct profile **ret,
		       struct error *err) _must_check_;

/*
 * Leaves out error numbers by name, which only containers/common reads (the number stays), and
 * those of actions that have none, which runc refuses; writes the singular "name" of old profiles,
 * which runtimes do not know, as a list.
 */
void conditions_forget_errnos(struct profile *profile);

/*
 * A copy in the words of the OCI runtime-spec, for the architectures that are asked for. For one
 * kind of host when the profile has conditions or an archMap, which runtimes do not read; with
 * request->keep_form they stay, for engines that do.
 */
int conditions_for_oci(const struct profile *profile, const struct emit_request *request,
		       struct emission *emission, struct profile **ret, struct error *err)
	_must_check_;

#endif
