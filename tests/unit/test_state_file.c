/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/record.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "model/state_file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BOOT "9a3b0c1d-0000-4000-8000-0123456789ab"

struct place {
	char directory[64], file[96], old[96];
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return -1;
	snprintf(place->directory, sizeof(place->directory), "/tmp/asg-state.XXXXXX");
	if (!mkdtemp(place->directory))
		return -1;
	snprintf(place->file, sizeof(place->file), "%s/containers", place->directory);
	snprintf(place->old, sizeof(place->old), "%s/containers.1", place->directory);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	unlink(place->old);
	rmdir(place->directory);
	free(place);
	return 0;
}

static struct state_entry entry_of(const char *id, uint32_t pid, int64_t started_ms)
{
	struct state_entry entry = {
		.host = "web1",
		.boot = BOOT,
		.pid = pid,
		.session = RECORD_UNSET,
		.started_ms = started_ms,
		.ended_ms = TIME_UNKNOWN,
	};

	snprintf(entry.container, sizeof(entry.container), "%s", id);
	return entry;
}

static void put(const struct place *place, const char *text)
{
	FILE *stream = fopen(place->file, "a");

	assert_non_null(stream);
	fputs(text, stream);
	fclose(stream);
}

static void what_was_written_is_read(void **state)
{
	const struct place *place = *state;
	struct state_entry one = entry_of("one", 7, 1000), two = entry_of("two", 5, 2000);
	struct state read = { 0 };
	struct stat status;

	two.session = 12;
	assert_int_equal(state_append(place->file, &one, NULL), 0);
	assert_int_equal(state_append(place->file, &two, NULL), 0);
	one.ended_ms = 3000;
	assert_int_equal(state_append(place->file, &one, NULL), 0);
	assert_int_equal(stat(place->file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(state_read(&read, place->file, NULL), 0);
	assert_int_equal(read.refused, 0);
	assert_int_equal(read.n, 2);
	assert_string_equal(read.entries[0].container, "two");
	assert_int_equal(read.entries[0].session, 12);
	assert_true(read.entries[0].ended_ms == TIME_UNKNOWN);
	assert_string_equal(read.entries[1].container, "one");
	assert_string_equal(read.entries[1].host, "web1");
	assert_string_equal(read.entries[1].boot, BOOT);
	assert_int_equal(read.entries[1].pid, 7);
	assert_int_equal(read.entries[1].started_ms, 1000);
	assert_int_equal(read.entries[1].ended_ms, 3000);
	state_deinit(&read);
}

static void what_is_odd_is_counted(void **state)
{
	static const char *const odd[] = {
		"\x1b[2J",
		"container=../../etc boot=" BOOT " pid=7 started=5",
		"container=-x boot=" BOOT " pid=7 started=5",
		"container=a\tb boot=" BOOT " pid=7 started=5",
		"container=a boot=" BOOT " pid=0 started=5",
		"container=a boot=" BOOT " pid=4294967296 started=5",
		"container=a boot=" BOOT " pid=7",
		"container=a boot=" BOOT " pid=7 started=-5",
		"container=a boot=" BOOT " pid=7 started=99999999999999999999",
		"container=a pid=7 started=5",
		"container=a boot=a/b pid=7 started=5",
		"container=a boot=" BOOT "-and-more-than-that pid=7 started=5",
		"boot=" BOOT " pid=7 started=5",
		"a b c",
	};
	const struct place *place = *state;
	struct state read = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		put(place, odd[i]);
		put(place, "\n");
	}
	for (int i = 0; i < 5000; i++)
		put(place, "x");
	put(place, "\n\ncontainer=fine boot=" BOOT " pid=7 started=5 later=word\n");
	put(place, "container=cut boot=" BOOT " pid=8 star");
	assert_int_equal(state_read(&read, place->file, NULL), 0);
	assert_int_equal(read.refused, ARRAY_SIZE(odd) + 2);
	assert_int_equal(read.n, 1);
	assert_string_equal(read.entries[0].container, "fine");
	state_deinit(&read);
}

/* Whoever was cut off leaves the next line whole. */
static void a_line_begins_anew(void **state)
{
	const struct place *place = *state;
	struct state_entry one = entry_of("one", 7, 1000);
	struct state read = { 0 };

	put(place, "container=cut");
	assert_int_equal(chmod(place->file, 0600), 0);
	assert_int_equal(state_append(place->file, &one, NULL), 0);
	assert_int_equal(state_read(&read, place->file, NULL), 0);
	assert_int_equal(read.n, 1);
	assert_int_equal(read.refused, 1);
	state_deinit(&read);
}

static void it_does_not_grow_for_ever(void **state)
{
	static const char line[] = "container=x boot=b pid=1 started=1\n";
	const struct place *place = *state;
	struct state_entry one = entry_of("one", 7, 1000);
	struct stat status;

	assert_int_equal(state_append(place->file, &one, NULL), 0);
	assert_int_equal(stat(place->file, &status), 0);
	for (off_t size = status.st_size; size + (off_t)strlen(line) <= STATE_FILE_MAX;
	     size += (off_t)strlen(line))
		put(place, line);
	one.ended_ms = 5000;
	assert_int_equal(state_append(place->file, &one, NULL), 0);
	assert_int_equal(stat(place->old, &status), 0);
	assert_in_range(status.st_size, STATE_FILE_MAX - sizeof(line), STATE_FILE_MAX);
	assert_int_equal(stat(place->file, &status), 0);
	assert_in_range(status.st_size, 1, 200);
}

/* The beginning was put aside, the end was not: they are one. */
static void both_files_are_read(void **state)
{
	const struct place *place = *state;
	struct state_entry one = entry_of("one", 7, 1000);
	struct state read = { 0 };

	assert_int_equal(state_append(place->file, &one, NULL), 0);
	assert_int_equal(rename(place->file, place->old), 0);
	one.ended_ms = 5000;
	assert_int_equal(state_append(place->file, &one, NULL), 0);
	assert_int_equal(state_read(&read, place->file, NULL), 0);
	assert_int_equal(read.n, 1);
	assert_int_equal(read.entries[0].ended_ms, 5000);
	state_deinit(&read);
}

/* What somebody has put there is not written through. */
static void only_a_file_of_ours_is_appended_to(void **state)
{
	const struct place *place = *state;
	struct state_entry one = entry_of("one", 7, 1000);
	struct error err = { 0 };

	assert_int_equal(symlink("/dev/null", place->file), 0);
	assert_int_equal(state_append(place->file, &one, &err), -ELOOP);
	assert_non_null(strstr(err.message, place->file));
	assert_int_equal(unlink(place->file), 0);
	assert_int_equal(mkfifo(place->file, 0600), 0);
	assert_true(state_append(place->file, &one, NULL) < 0);
	assert_int_equal(unlink(place->file), 0);
	put(place, "");
	assert_int_equal(link(place->file, place->old), 0);
	assert_int_equal(chmod(place->file, 0600), 0);
	assert_int_equal(state_append(place->file, &one, NULL), -EPERM);
	assert_int_equal(unlink(place->old), 0);
	assert_int_equal(chmod(place->file, 0666), 0);
	assert_int_equal(state_append(place->file, &one, NULL), -EPERM);
	assert_true(state_append("relative", &one, NULL) < 0);
}

static void append_many(const char *path, uint32_t first)
{
	for (uint32_t i = 0; i < 200; i++) {
		struct state_entry entry = entry_of("many", first + i, 1000);

		if (state_append(path, &entry, NULL) < 0)
			_exit(1);
	}
	_exit(0);
}

static void many_may_write_at_once(void **state)
{
	const struct place *place = *state;
	struct state read = { 0 };
	int status;

	for (uint32_t i = 0; i < 4; i++)
		if (fork() == 0)
			append_many(place->file, 1 + i * 1000);
	for (uint32_t i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(state_read(&read, place->file, NULL), 0);
	assert_int_equal(read.refused, 0);
	assert_int_equal(read.n, 800);
	state_deinit(&read);
}

static void a_missing_file_is_an_error(void **state)
{
	const struct place *place = *state;
	struct error err = { 0 };
	struct state read = { 0 };

	assert_int_equal(state_read(&read, place->file, &err), -ENOENT);
	assert_non_null(strstr(err.message, place->file));
	state_deinit(&read);
	assert_int_equal(state_read(&read, place->directory, NULL), -EINVAL);
	state_deinit(&read);
}

#define STATE_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(what_was_written_is_read),
		STATE_TEST(what_is_odd_is_counted),
		STATE_TEST(a_line_begins_anew),
		STATE_TEST(it_does_not_grow_for_ever),
		STATE_TEST(both_files_are_read),
		STATE_TEST(only_a_file_of_ours_is_appended_to),
		STATE_TEST(many_may_write_at_once),
		STATE_TEST(a_missing_file_is_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
