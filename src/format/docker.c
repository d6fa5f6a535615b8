/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form of Docker's and containers/common's own profiles (moby profiles/seccomp,
 * containers/common pkg/seccomp): archMap instead of architectures, of which the engine takes the
 * entry of its host; rules with includes and excludes as they are.
 */
#include "base/cleanup.h"
#include "format/conditions.h"
#include "format/emitters.h"
#include "format/targets.h"
#include "model/profile_json.h"

/* The two exclude each other: an engine refuses a file with both. */
static int map_arches(struct profile *profile, const struct emit_request *request,
		      struct emission *emission, struct error *err)
{
	struct targets targets;

	if (request->n_arches == 0 && name_list_count(profile->architectures) == 0) {
		name_list_free(profile->architectures);
		profile->architectures = NULL;
		return 0;
	}
	targets_all(profile, request, emission, &targets);
	profile_forget_arches(profile);
	for (size_t i = 0; i < targets.n; i++)
		if (profile_map_arch(profile, targets.arches[i]) < 0)
			return error_memory(err);
	return 0;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_profile_ struct profile *copy = profile_copy(profile);
	_cleanup_free_ char *text = NULL;
	int r = copy ? map_arches(copy, request, emission, err) : error_memory(err);

	if (r < 0)
		return r;
	conditions_forget_errnos(copy);
	r = profile_to_json(copy, &text, err);
	if (r == 0)
		strbuf_puts(&emission->body, text);
	return r;
}

const struct emitter emitter_docker = {
	.name = "docker",
	.summary = "Docker's form with archMap and conditions: docker, podman, CRI-O",
	.extension = ".json",
	.shape = PRODUCT_JSON,
	.for_libseccomp = true,
	.emit = emit,
};
