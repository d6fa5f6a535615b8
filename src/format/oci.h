/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as JSON: the OCI runtime-spec's linux.seccomp object. */
#ifndef ASG_FORMAT_OCI_H
#define ASG_FORMAT_OCI_H

#include "format/emitter.h"

/* An emitter, see format/emitter.h. */
int oci_emit(const struct profile *profile, const struct emit_request *request,
	     struct emission *emission, struct error *err) _must_check_;

#endif
