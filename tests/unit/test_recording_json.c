/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recording_text.h"

#include "base/cleanup.h"
#include <errno.h>
#include <linux/audit.h>
#include <string.h>

#define LOG   0x7ffc0000
#define ERRNO 0x00050000

static void from_text(struct recording *recording, const char *text)
{
	struct error err = { 0 };

	if (recording_read_json(recording, text, strlen(text), "test", &err) < 0)
		fail_msg("%s", err.message);
}

/* Groups, architectures, answers, odd bytes: one of everything. */
static void fill(struct recording *recording)
{
	const struct actor ls = { .auid = 1000,
				  .uid = 0,
				  .gid = RECORD_UNSET,
				  .session = 5,
				  .subject = SLICE("unconfined"),
				  .comm = SLICE("l\"s"),
				  .exe = SLICE("/usr/bin/ls") };
	const struct actor odd = { .auid = RECORD_UNSET,
				   .uid = RECORD_UNSET,
				   .gid = RECORD_UNSET,
				   .session = RECORD_UNSET,
				   .subject = SLICE(""),
				   .comm = SLICE("\xe2\x80\xae\x1b[m\n"),
				   .exe = SLICE("/bin/\xff") };
	uint32_t a, b, group;

	assert_int_equal(recording_actor_add(recording, &odd, &b), 0);
	assert_int_equal(recording_actor_add(recording, &ls, &a), 0);
	assert_int_equal(recording_group(recording, SLICE("pid-9"), SLICE("host"), 9, 5, &group),
			 0);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(recording_add(recording, group, AUDIT_ARCH_X86_64, 1,
					       i ? LOG : ERRNO, i == 1 ? a : b, 1763892000123 + i,
					       1763892000123 + 2 * i, 4, NULL),
				 0);
	assert_int_equal(recording_add(recording, group, AUDIT_ARCH_X86_64, ARCH_X32_BIT | 1,
				       0x11110000, RECORDING_ACTOR_OMITTED, TIME_UNKNOWN,
				       TIME_UNKNOWN, 1, NULL),
			 0);
	assert_int_equal(recording_add(recording, group, 0xdeadbeef, -1, LOG, a, 0,
				       RECORDING_TIME_MAX, UINT64_MAX, NULL),
			 0);
	assert_int_equal(recording_group(recording, SLICE("no\x80ne"), SLICE(""), RECORD_UNSET,
					 RECORD_UNSET, &group),
			 0);
	evidence_add(&recording->evidence, FINDING_UNPARSABLE, 2, "a\x80.log:17");
	evidence_add(&recording->evidence, FINDING_TIME_GAP, 2, "audit.log.1");
	recording->evidence.records = 17;
	recording->evidence.live = true;
}

static void the_form_is_this(void **state)
{
	static const char *const pieces[] = {
		"{\n  \"version\": 1,\n  \"tool\": \"audit-seccomp-gen ",
		"\",\n  \"complete\": false,\n  \"evidence\": {\n    \"live\": true,\n"
		"    \"records\": 17,\n    \"dropped\": 0,\n",
		"    \"unparsable\": 2,\n",
		"    \"time_gap\": 2,\n    \"first\": {\"unparsable\": {\"hex\": "
		"\"61802e6c6f673a3137\"}, \"time_gap\": \"audit.log.1\"}\n  },\n",
		"  \"actors\": [\n    {\"exe\": {\"hex\": \"2f62696e2fff\"}, "
		"\"comm\": \"\\u202e\\u001b[m\\u000a\"},\n"
		"    {\"exe\": \"/usr/bin/ls\", \"comm\": \"l\\\"s\", \"subject\": "
		"\"unconfined\", \"auid\": 1000, \"uid\": 0, \"session\": 5}\n  ],\n"
		"  \"groups\": [\n"
		"    {\"name\": {\"hex\": \"6e6f806e65\"}, \"arch\": null, \"syscalls\": []},\n"
		"    {\"name\": \"pid-9\", \"node\": \"host\", \"pid\": 9, \"session\": 5, "
		"\"arch\": \"x32\", \"syscalls\": [\n"
		"        {\"name\": \"write\", \"nr\": 1073741825, \"count\": 1, "
		"\"actions\": {\"unknown\": 1}, \"exe\": [], \"comm\": [], \"actors\": [], "
		"\"more_actors\": true}\n    ]},\n",
		"        {\"name\": \"write\", \"nr\": 1, \"count\": 12, "
		"\"first\": \"2025-11-23T10:00:00.123Z\", \"last\": "
		"\"2025-11-23T10:00:00.127Z\", \"actions\": {\"errno\": 4, \"log\": 8}, "
		"\"exe\": [{\"hex\": \"2f62696e2fff\"}, \"/usr/bin/ls\"], "
		"\"comm\": [\"l\\\"s\", \"\\u202e\\u001b[m\\u000a\"], "
		"\"detail\": {\"errno\": {\"count\": 4, \"first\": "
		"\"2025-11-23T10:00:00.123Z\", \"last\": \"2025-11-23T10:00:00.123Z\", "
		"\"actors\": [0]}, \"log\": {\"count\": 8, ",
		"    {\"name\": \"pid-9\", \"node\": \"host\", \"pid\": 9, \"session\": 5, "
		"\"arch\": \"0xdeadbeef\", \"syscalls\": [\n"
		"        {\"nr\": -1, \"count\": 72057594037927935, "
		"\"first\": \"1970-01-01T00:00:00.000Z\", \"last\": "
		"\"9999-12-31T23:59:59.999Z\", \"actions\": {\"log\": 72057594037927935}, "
		"\"exe\": [\"/usr/bin/ls\"], \"comm\": [\"l\\\"s\"], \"actors\": [1]}\n"
		"    ]}\n  ]\n}\n",
	};
	_cleanup_free_ char *text = NULL;
	struct recording recording = { 0 };
	const char *at;

	(void)state;
	fill(&recording);
	text = to_text(&recording);
	at = text;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		const char *found = strstr(at, pieces[i]);

		if (!found)
			fail_msg("not found:\n%s\nin:\n%s", pieces[i], at);
		else
			at = found + strlen(pieces[i]);
	}
	assert_string_equal(at, "");
	recording_deinit(&recording);
}

static void read_and_written_again_it_is_the_same(void **state)
{
	_cleanup_free_ char *text = NULL, *again = NULL;
	struct recording recording = { 0 }, copy = { 0 };

	(void)state;
	fill(&recording);
	text = to_text(&recording);
	from_text(&copy, text);
	again = to_text(&copy);
	assert_string_equal(again, text);
	recording_deinit(&recording);
	recording_deinit(&copy);
}

static void an_empty_one_is_one_too(void **state)
{
	_cleanup_free_ char *text = NULL, *again = NULL;
	struct recording recording = { 0 }, copy = { 0 };

	(void)state;
	text = to_text(&recording);
	from_text(&copy, text);
	again = to_text(&copy);
	assert_string_equal(again, text);
	assert_non_null(strstr(text, "\"complete\": true"));
	recording_deinit(&copy);
}

/* Every text of up to three bytes from those that matter to UTF-8 or JSON. */
static void every_text_comes_back(void **state)
{
	static const char bytes[] = "\x01\x1f \"\\a/\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf"
				    "\xe0\xed\xef\xf0\xf4\xf5\xff";
	const size_t n = sizeof(bytes) - 1;
	struct recording recording = { 0 }, copy = { 0 };
	_cleanup_free_ char *text = NULL;
	uint32_t group;

	(void)state;
	for (size_t i = 0; i < n * n * n; i++) {
		const char name[] = { bytes[i / n / n], bytes[i / n % n], bytes[i % n] };

		assert_int_equal(recording_group(&recording, (struct slice){ name, 3 }, SLICE(""),
						 1, 1, &group),
				 0);
	}
	text = to_text(&recording);
	from_text(&copy, text);
	assert_int_equal(copy.n_groups, recording.n_groups);
	for (size_t i = 0; i < recording.n_groups; i++)
		assert_int_equal(
			intern_find(&copy.names, slice_from(recording.groups[i].name), &group), 0);
	recording_deinit(&recording);
	recording_deinit(&copy);
}

#define FRONT                                                                                      \
	"{\"version\": 1, \"tool\": \"x\", \"complete\": true, \"evidence\": {}, "                 \
	"\"actors\": [{\"exe\": \"/a\"}, {\"exe\": \"/b\"}], \"groups\": [\n"
#define GROUP  FRONT "{\"name\": \"g\", \"arch\": \"x86_64\", \"syscalls\": [\n"
#define CALL   GROUP "{\"nr\": 1, \"exe\": [], \"comm\": [], "
#define BACK   "}]}]}"
#define FILLED CALL "\"count\": 1, \"actions\": {\"log\": 1}, \"actors\": [0]"

static const struct {
	const char *text, *message;
} refused[] = {
	{ "", "test: line 1: not a recording: no JSON object" },
	{ "[]", "test: line 1: not a recording: no JSON object" },
	{ "{}", "test: not a recording: 'version' is missing" },
	{ "{\n\"version\": 1", "test: line 2: this is not JSON, or it ends too early" },
	{ "{\"version\": 1,\n\"version\": 1}", "test: line 2: 'version' is there twice" },
	{ "{\"defaultAction\": 1}", "test: line 1: not a member of a recording" },
	{ "{\"version\": \"", "test: line 1: this is not JSON, or it ends too early" },
	{ FRONT "]} x", "test: line 2: this is not JSON, or it ends too early" },
	{ FRONT "{\"name\": }]}", "test: line 2: unexpected token near '}'" },
	{ FRONT "{\"name\": \"a\\u0000\"}]}", NULL },
	{ FRONT "7]}", "test: line 2: groups[0]: not an object" },
	{ FRONT "{\"arch\": null, \"syscalls\": []}]}",
	  "test: line 2: groups[0]: 'name' is missing or empty" },
	{ FRONT "{\"name\": {\"hex\": \"6\"}}]}",
	  "test: line 2: groups[0]: 'name': an odd number of hexadecimal digits" },
	{ FRONT "{\"name\": {\"hex\": \"6100\"}}]}",
	  "test: line 2: groups[0]: 'name': not hexadecimal bytes other than 00" },
	{ FRONT "{\"name\": 5}]}",
	  "test: line 2: groups[0]: 'name': neither a string nor {\"hex\": \"...\"}" },
	{ FRONT "{\"name\": \"g\", \"pid\": 4294967295}]}",
	  "test: line 2: groups[0]: 'pid' is not from 0 to 4294967294" },
	{ FRONT "{\"name\": \"g\", \"pod\": 1}]}",
	  "test: line 2: groups[0]: 'pod' is not a member that is known here" },
	{ FRONT "{\"name\": \"g\", \"arch\": \"vax\", \"syscalls\": []}]}",
	  "test: line 2: groups[0]: 'arch' is neither a known name nor 0x and 8 digits" },
	{ FRONT "{\"name\": \"g\", \"arch\": null, \"syscalls\": [1]}]}",
	  "test: line 2: groups[0]: 'syscalls' without an 'arch'" },
	{ GROUP "{\"nr\": 2147483648" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'nr' is not a number of 32 bits" },
	{ GROUP "{\"nr\": 1073741824" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'nr' 1073741824 is not one of x86_64" },
	{ CALL "\"count\": 1, \"actions\": {}" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'actions' is not an object with a count an "
	  "action" },
	{ CALL "\"count\": 2, \"actions\": {\"log\": 1}" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'count' is not the sum of 'actions'" },
	{ CALL "\"count\": 1, \"actions\": {\"log\": -1}" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'actions' is not from 0 to 72057594037927935" },
	{ CALL "\"count\": 1, \"actions\": {\"l\\u001bg\": 1}" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'l\\x1bg' is not an action" },
	{ CALL "\"count\": 1, \"actions\": {\"log\": 1}" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'actors' is not an array of at most 64" },
	{ CALL "\"count\": 1, \"actions\": {\"log\": 1}, \"actors\": [2]" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'actors' are not ascending indices into the "
	  "actors of the recording" },
	{ CALL "\"count\": 1, \"actions\": {\"log\": 1}, \"actors\": [1, 1]" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'actors' are not ascending indices into the "
	  "actors of the recording" },
	{ FILLED ", \"first\": \"2026-02-29T00:00:00.000Z\"" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'first' is not a time such as "
	  "\"2026-11-23T10:00:00.123Z\"" },
	{ FILLED ", \"last\": \"yesterday\"" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'last' is not a time such as "
	  "\"2026-11-23T10:00:00.123Z\"" },
	{ FILLED ", \"first\": \"2026-11-23T10:00:00.123Z\"" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'first' is later than 'last'" },
	{ FILLED "}, {\"nr\": 1, \"exe\": [], \"comm\": [], \"count\": 1, \"actions\": "
		 "{\"log\": 1}, \"actors\": [0]" BACK,
	  "test: line 2: groups[0]: syscalls[1]: a call for the second time, or one too many" },
	{ FILLED "}]}, {\"name\": \"g\", \"arch\": \"x86_64\", \"syscalls\": []}]}",
	  "test: line 3: groups[1]: the same group and architecture for the second time" },
	{ CALL
	  "\"count\": 2, \"actions\": {\"log\": 1, \"errno\": 1}, \"detail\": {\"log\": {}}" BACK,
	  "test: line 2: groups[0]: syscalls[0]: 'detail' is not an object with all the "
	  "'actions'" },
	{ "{\"version\": 3, \"tool\": \"x\", \"complete\": true, \"evidence\": {}, \"actors\": [], "
	  "\"groups\": []}",
	  "test: line 1: version: recording version 3 is not one that this program reads (1 to "
	  "2)" },
	{ "{\"version\": 1, \"tool\": \"x\", \"complete\": true, \"evidence\": {\"dropped\": 1}, "
	  "\"actors\": [], \"groups\": []}",
	  "test: line 1: complete: does not agree with the evidence" },
	{ "{\"version\": 1, \"tool\": \"x\", \"complete\": true, \"evidence\": {\"eaten\": 1}, "
	  "\"actors\": [], \"groups\": []}",
	  "test: line 1: evidence: 'eaten' is not a member that is known here" },
	{ "{\"version\": 1, \"tool\": \"x\", \"complete\": true, \"evidence\": {}, "
	  "\"actors\": [{}, {}], \"groups\": []}",
	  "test: line 1: actors[1]: the same actor for the second time" },
};

static void what_is_wrong_is_said_with_its_place(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	from_text(&recording, FILLED BACK);
	recording_deinit(&recording);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct error err = { 0 };
		int r = recording_read_json(&recording, refused[i].text, strlen(refused[i].text),
					    "test", &err);

		if (r != -EBADMSG)
			fail_msg("%d (%s) for %s", r, err.message, refused[i].text);
		if (refused[i].message)
			assert_string_equal(err.message, refused[i].message);
		assert_int_equal(recording.n_groups, 0);
	}
}

static void a_torn_file_is_refused_wherever_it_ends(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct recording recording = { 0 }, copy = { 0 };

	(void)state;
	fill(&recording);
	text = to_text(&recording);
	for (size_t len = 0; len + 2 < strlen(text); len++)
		assert_int_equal(recording_read_json(&copy, text, len, "test", NULL), -EBADMSG);
	recording_deinit(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_is_this),
		cmocka_unit_test(read_and_written_again_it_is_the_same),
		cmocka_unit_test(an_empty_one_is_one_too),
		cmocka_unit_test(every_text_comes_back),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(a_torn_file_is_refused_wherever_it_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("recording_json", tests, NULL, NULL);
}
