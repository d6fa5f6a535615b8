/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings from anywhere: read or refused, and what was read comes out the same ever after. */
#include "base/cleanup.h"
#include "model/recording_json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *write_text(const struct recording *recording, size_t *ret_len)
{
	struct syscall_table names = { 0 };
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_len);

	if (!stream || recording_write_json(recording, &names, stream, NULL) < 0)
		abort();
	fclose(stream);
	syscall_table_deinit(&names);
	return text;
}

static void check_again(const char *text, size_t len)
{
	_cleanup_free_ char *again = NULL;
	struct recording recording = { 0 };
	struct error err = { 0 };
	size_t again_len;

	if (recording_read_json(&recording, text, len, "written", &err) < 0) {
		fprintf(stderr, "%s\n%s", err.message, text);
		abort();
	}
	again = write_text(&recording, &again_len);
	if (again_len != len || memcmp(again, text, len) != 0) {
		fprintf(stderr, "written:\n%sread and written again:\n%s", text, again);
		abort();
	}
	recording_deinit(&recording);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = NULL;
	struct recording recording = { 0 };
	struct error err = { 0 };
	size_t len;

	if (recording_read_json(&recording, (const char *)data, size, "input", &err) < 0) {
		if (err.message[0] == '\0')
			abort();
		return 0;
	}
	text = write_text(&recording, &len);
	check_again(text, len);
	recording_deinit(&recording);
	return 0;
}
