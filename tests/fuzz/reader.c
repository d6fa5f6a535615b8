/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"
#include "base/cleanup.h"
#include "format/reader.h"
#include "model/profile_json.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_message(const struct error *err)
{
	if (err->message[0] == '\0')
		abort();
	for (const char *c = err->message; *c; c++)
		if (iscntrl((unsigned char)*c))
			abort();
}

static char *write_text(const struct profile *profile)
{
	char *text;

	if (profile_to_json(profile, &text, NULL) < 0)
		abort();
	return text;
}

/* A copy says the same, it can be read as JSON, and asking never goes wrong. */
static void check_profile(const struct profile *profile)
{
	_cleanup_profile_ struct profile *copy = profile_copy(profile), *again = NULL;
	_cleanup_free_ char *text = write_text(profile), *copied = NULL;
	struct error err = { 0 };

	if (!copy)
		abort();
	copied = write_text(copy);
	if (strcmp(text, copied) != 0)
		abort();
	if (profile_read_json(&again, text, strlen(text), "written", &err) < 0) {
		fprintf(stderr, "%s\n%s", err.message, text);
		abort();
	}
	for (size_t i = 0; i < arch_count(); i++)
		if (profile_allows(profile, arch_at(i), "read") &&
		    profile_denies(profile, arch_at(i), "read"))
			abort();
}

void fuzz_reader(const char *format, const uint8_t *data, size_t size)
{
	const struct reader *reader = reader_by_name(format), *detected = NULL;
	const struct slice text = { (const char *)data, size };
	_cleanup_profile_ struct profile *profile = NULL;
	struct error err = { 0 };

	if (reader_detect(text, "input", &detected, &err) < 0)
		check_message(&err);
	err = (struct error){ 0 };
	if (reader->read(text, "input", &profile, &err) < 0) {
		check_message(&err);
		if (profile)
			abort();
		return;
	}
	check_profile(profile);
}
