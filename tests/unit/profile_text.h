/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as texts and files have them. Include behind cmocka.h. */
#ifndef ASG_TESTS_UNIT_PROFILE_TEXT_H
#define ASG_TESTS_UNIT_PROFILE_TEXT_H

#include "base/strbuf.h"
#include "model/profile_json.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* To be freed by the caller. */
__attribute__((unused)) static struct profile *from_text(const char *text)
{
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "text", &err) < 0)
		fail_msg("%s: %s", err.message, text);
	return profile;
}

__attribute__((unused)) static struct profile *from_file(const char *path)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(strbuf_read(&text, fd, PROFILE_SIZE_MAX), 0);
	close(fd);
	return from_text(strbuf_text(&text));
}

#endif
