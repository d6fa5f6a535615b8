/* SPDX-License-Identifier: Apache-2.0 */
#include "format/emitter.h"
#include "model/profile_json.h"
#include <string.h>

static const struct emitter emitters[] = {
	{ "oci", "OCI runtime-spec seccomp object: crun, runc, podman, docker", ".json",
	  profile_to_json },
	{ "recording", "what was seen, with provenance and evidence; can be merged", ".json",
	  NULL },
};

size_t emitter_count(void)
{
	return ARRAY_SIZE(emitters);
}

const struct emitter *emitter_at(size_t index)
{
	return &emitters[index];
}

const struct emitter *emitter_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(emitters); i++)
		if (strcmp(emitters[i].name, name) == 0)
			return &emitters[i];
	return NULL;
}
