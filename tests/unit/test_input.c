/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/input.h"
#include "model/profile_json.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVIDENCE                                                                                   \
	"\"evidence\": {\"live\": true, \"records\": 3, \"dropped\": %d, \"kernel_lost\": 0, "     \
	"\"missing_serials\": 0, \"no_sentinel\": 0, \"settings\": 0, \"unattributed\": 0, "       \
	"\"untimed\": 0, \"unparsable\": 0, \"unnamed\": 0, \"suppressed\": 0, "                   \
	"\"interrupted\": 0, \"capped\": 0, \"first\": {}}"
#define GROUPS                                                                                     \
	"\"groups\": [{\"name\": \"a\", \"arch\": \"x86_64\", \"syscalls\": [{\"name\": "          \
	"\"read\", \"nr\": 0, \"count\": 3, \"actions\": {\"log\": 3}, \"exe\": [], \"comm\": "    \
	"[], \"actors\": []}]}]"
#define PROFILE                                                                                    \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], "          \
	"\"action\": \"SCMP_ACT_ALLOW\"}]}"

static void expect(const char *text, enum input_kind kind, const char *description)
{
	_cleanup_strbuf_ struct strbuf said = { 0 };
	_cleanup_input_ struct input input = { 0 };
	struct error err = { 0 };

	if (input_parse(&input, slice_from(text), "x", &err) < 0)
		fail_msg("%s", err.message);
	input_describe(&input, &said);
	assert_int_equal(input.kind, kind);
	assert_string_equal(strbuf_text(&said), description);
	assert_true((input.profile != NULL) == (kind == INPUT_PROFILE));
}

static void expect_refusal(const char *text, const char *message)
{
	struct input input = { 0 };
	struct error err = { 0 };

	assert_int_equal(input_parse(&input, slice_from(text), "x.json", &err), -EBADMSG);
	if (!strstr(err.message, message))
		fail_msg("'%s' does not hold '%s'", err.message, message);
	assert_null(input.profile);
}

static void a_file_says_what_it_is(void **state)
{
	char text[2048];

	(void)state;
	expect(PROFILE, INPUT_PROFILE, "oci profile, 1 rule");
	snprintf(text, sizeof(text),
		 "{\"version\": 1, \"tool\": \"t\", \"complete\": true, " EVIDENCE
		 ", \"actors\": [], " GROUPS "}",
		 0);
	expect(text, INPUT_RECORDING, "recording, 1 group, 3 records");
	snprintf(text, sizeof(text),
		 "{\"version\": 1, \"tool\": \"t\", \"complete\": false, " EVIDENCE
		 ", \"actors\": [], " GROUPS "}",
		 7);
	expect(text, INPUT_RECORDING, "recording, 1 group, 3 records, INCOMPLETE");
}

/* jq -S sorts members, and a recording is one all the same. */
static void the_order_of_members_does_not_matter(void **state)
{
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text),
		 "{\"actors\": [], \"complete\": true, " EVIDENCE ", " GROUPS
		 ", \"tool\": \"t\", \"version\": 1}",
		 0);
	expect(text, INPUT_RECORDING, "recording, 1 group, 3 records");
	expect("{\"version\": 3, \"defaultAction\": \"SCMP_ACT_LOG\", \"syscalls\": []}",
	       INPUT_PROFILE, "oci profile, 0 rules");
}

static void what_is_neither_is_refused_by_name(void **state)
{
	(void)state;
	expect_refusal("", "x.json: ");
	expect_refusal("type=SECCOMP msg=audit(1.2:3): pid=1", "x.json: ");
	expect_refusal("{\"version\": 2, \"groups\": []}", "x.json: ");
	expect_refusal("{\"version\": 1, \"tool\": \"t\"}", "x.json: not a recording: ");
}

static void a_pipe_is_read_to_its_end(void **state)
{
	_cleanup_input_ struct input input = { 0 };
	struct error err = { 0 };
	size_t filler = 300 * 1024;
	char name[64];
	FILE *stream;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	if (fork() == 0) {
		stream = fdopen(fds[1], "w");
		for (size_t i = 0; i < filler; i++)
			putc(' ', stream);
		fputs(PROFILE, stream);
		_exit(fclose(stream) != 0);
	}
	close(fds[1]);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	if (input_read(&input, name, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(input.kind, INPUT_PROFILE);
	close(fds[0]);
}

/* What `text` and then more than fits into a profile, of a pipe, are refused with. */
static void expect_refusal_of_large(const char *text, const char *message, bool to_the_end)
{
	struct input input = { 0 };
	struct error err = { 0 };
	size_t filler = (size_t)PROFILE_SIZE_MAX + 1024 * 1024, left = 0;
	char name[64], rest[65536];
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		FILE *stream = fdopen(fds[1], "w");

		fputs(text, stream);
		for (size_t i = 0; i < filler; i++)
			putc('a', stream);
		_exit(fclose(stream) != 0);
	}
	close(fds[1]);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	assert_true(input_read(&input, name, &err) < 0);
	if (!strstr(err.message, message))
		fail_msg("'%s' does not hold '%s'", err.message, message);
	while ((n = read(fds[0], rest, sizeof(rest))) > 0)
		left += (size_t)n;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(left == 0, to_the_end);
}

static void what_is_too_large_is_not_read_to_its_end(void **state)
{
	(void)state;
	expect_refusal_of_large("", "not a recording, and larger than a profile: 16 MB", false);
	expect_refusal_of_large("{\"defaultAction\": \"", "larger than a profile", false);
	expect_refusal_of_large("{\"evidence", "larger than a profile", false);
	/* Could be a recording. */
	expect_refusal_of_large(" { \n\"evidence\": \"", "not a profile: larger than 16 MB", true);
}

/* A device has no size and no end. */
static void what_does_not_end_is_not_kept(void **state)
{
	struct input input = { 0 };
	struct error err = { 0 };
	struct rusage used;

	(void)state;
	assert_int_equal(input_read(&input, "/dev/zero", &err), -EBADMSG);
	assert_string_equal(err.message,
			    "/dev/zero: not a recording, and larger than a profile: 16 MB");
	assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
	assert_true(used.ru_maxrss < 512 * 1024); /* kB */
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct input input = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(input_read(&input, "/nonexistent/\033[2J", &err), -ENOENT);
	assert_string_equal(err.message, "/nonexistent/\\x1b[2J: No such file or directory");
	assert_int_equal(input_read(&input, "/", &(struct error){ 0 }), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_says_what_it_is),
		cmocka_unit_test(the_order_of_members_does_not_matter),
		cmocka_unit_test(what_is_neither_is_refused_by_name),
		cmocka_unit_test(a_pipe_is_read_to_its_end),
		cmocka_unit_test(what_is_too_large_is_not_read_to_its_end),
		cmocka_unit_test(what_does_not_end_is_not_kept),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
