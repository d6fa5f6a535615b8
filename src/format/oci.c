/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.seccomp of the OCI runtime-spec. For one kind of host when the profile has conditions or an
 * archMap, which runtimes do not read; with request->keep_form they stay, for engines that do.
 */
#include "base/cleanup.h"
#include "format/conditions.h"
#include "format/emitters.h"
#include "model/profile_json.h"

static int name_arches(struct profile *profile, const struct emit_request *request,
		       struct error *err)
{
	if (request->n_arches == 0)
		return 0;
	profile_forget_arches(profile);
	for (size_t i = 0; i < request->n_arches; i++)
		if (profile_add_architecture(profile, request->arches[i]->oci) < 0)
			return error_memory(err);
	return 0;
}

static int prepare(const struct profile *profile, const struct emit_request *request,
		   struct emission *emission, struct profile **ret, struct error *err)
{
	_cleanup_profile_ struct profile *copy = NULL;
	struct targets targets;
	int r;

	if (conditions_any(profile) && !request->keep_form) {
		targets_of_host(profile, request, emission, &targets);
		r = conditions_resolve(profile, &targets, request->names, emission, &copy, err);
	} else {
		copy = profile_copy(profile);
		r = copy ? name_arches(copy, request, err) : error_memory(err);
	}
	if (r < 0)
		return r;
	if (!request->keep_form)
		conditions_forget_errnos(copy);
	*ret = copy;
	copy = NULL;
	return 0;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_profile_ struct profile *copy = NULL;
	_cleanup_free_ char *text = NULL;
	int r = prepare(profile, request, emission, &copy, err);

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
	.emit = emit,
};
