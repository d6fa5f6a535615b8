/* SPDX-License-Identifier: Apache-2.0 */
#include "command/verbs.h"
#include <stdbool.h>
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

static bool one_slip_away(const char *word, const char *name)
{
	size_t n = strlen(word), m = strlen(name), front = 0;

	while (word[front] && word[front] == name[front])
		front++;
	while (n > front && m > front && word[n - 1] == name[m - 1]) {
		n--;
		m--;
	}
	n -= front;
	m -= front;
	if (n == 2 && m == 2)
		return word[front] == name[front + 1] && word[front + 1] == name[front];
	return n <= 1 && m <= 1;
}

const struct verb *verb_meant(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (one_slip_away(word, verbs[i].name))
			return &verbs[i];
	return NULL;
}
