/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp of the OCI runtime-spec. */
#include "base/cleanup.h"
#include "format/conditions.h"
#include "format/emitters.h"
#include "model/profile_json.h"

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_profile_ struct profile *copy = NULL;
	_cleanup_free_ char *text = NULL;
	int r = conditions_for_oci(profile, request, emission, &copy, err);

	if (r == 0)
		r = profile_to_json(copy, &text, err);
	if (r == 0)
		strbuf_puts(&emission->body, text);
	return r;
}

const struct emitter emitter_oci = {
	.name = "oci",
	.summary = "OCI runtime-spec seccomp object: crun, runc, podman, docker",
	.extension = ".json",
	.shape = PRODUCT_JSON,
	.for_libseccomp = true,
	.emit = emit,
};
