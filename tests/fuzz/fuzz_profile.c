/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles from anywhere: read or refused with a message, and what was read comes out the same ever
 * after. */
#include "base/cleanup.h"
#include "model/profile_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *write_text(const struct profile *profile)
{
	char *text;

	if (profile_to_json(profile, &text, NULL) < 0)
		abort();
	return text;
}

static void check_again(const char *text)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_free_ char *again = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "written", &err) < 0) {
		fprintf(stderr, "%s\n%s", err.message, text);
		abort();
	}
	again = write_text(profile);
	if (strcmp(again, text) != 0) {
		fprintf(stderr, "written:\n%sread and written again:\n%s", text, again);
		abort();
	}
}

/* A copy says the same, and asking a profile never goes wrong. */
static void check_copy(const struct profile *profile, const char *text)
{
	_cleanup_profile_ struct profile *copy = profile_copy(profile);
	_cleanup_free_ char *again = copy ? write_text(copy) : NULL;

	if (!again || strcmp(again, text) != 0)
		abort();
	for (size_t i = 0; i < arch_count(); i++)
		if (profile_allows(profile, arch_at(i), "read") &&
		    profile_denies(profile, arch_at(i), "read"))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_free_ char *text = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, (const char *)data, size, "input", &err) < 0) {
		if (err.message[0] == '\0')
			abort();
		return 0;
	}
	text = write_text(profile);
	check_again(text);
	check_copy(profile, text);
	return 0;
}
