/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RestrictNamespaces= (systemd.exec(5)): kinds of namespaces that a unit may not make or enter.
 * systemd holds to it by denying clone(2), unshare(2) and setns(2) by their flags, and clone3(2)
 * altogether.
 */
#ifndef ASG_FORMAT_UNIT_NAMESPACES_H
#define ASG_FORMAT_UNIT_NAMESPACES_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include "format/call_map.h"
#include <stdbool.h>
#include <stdint.h>

struct unit_namespaces {
	bool given;
	uint64_t kept; /* CLONE_NEW* that may be used; the others may not */
};

/* One assignment, merged with those before. -EBADMSG: a word that is no kind of namespace. */
int unit_namespaces_read(struct unit_namespaces *namespaces, struct slice value, struct error *err)
	_must_check_;

/*
 * Takes from what `calls` and the default let through what the kinds forbid: as rules of the
 * profile where it depends on arguments. -EBADMSG: the profile cannot say it. -ENOMEM.
 */
int unit_namespaces_apply(const struct unit_namespaces *namespaces, struct call_map *calls,
			  struct profile *profile, struct error *err) _must_check_;

#endif
