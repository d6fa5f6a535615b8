/* SPDX-License-Identifier: Apache-2.0 */
#include "command/verbs.h"
#include <string.h>

static const struct verb verbs[] = {
	{ "check", "hold what happened, or happens, against a profile", verb_check },
	{ "convert", "write a profile, or what a recording makes, in another format",
	  verb_convert },
	{ "diff", "compare two profiles, or recordings, by what they mean", verb_diff },
	{ "doctor", "check whether this host can record, and say what is missing", verb_doctor },
	{ "exec", "run a command under a profile: what that does not allow is denied", verb_exec },
	{ "explain", "why a call is in a profile or recording, and what it can do", verb_explain },
	{ "hook", "one stage of an OCI hook: record the container that podman or CRI-O starts",
	  verb_hook },
	{ "merge", "unite recordings, or profiles, into one", verb_merge },
	{ "unit", "print what makes systemd log every call of a unit, for --live", verb_unit },
};

size_t verb_count(void)
{
	return ARRAY_SIZE(verbs);
}

const struct verb *verb_at(size_t index)
{
	return &verbs[index];
}

const struct verb *verb_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}
