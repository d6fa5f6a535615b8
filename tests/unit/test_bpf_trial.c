/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/bpf.h"
#include "format/bpf_trial.h"
#include "model/profile_json.h"
#include <errno.h>
#include <signal.h>
#include <string.h>

#define ARG(index, op, value)                                                                      \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_" op "\",\"value\":" #value "}"
#define RULE(name, args)                                                                           \
	"{\"names\":[\"" name "\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[" args "]}"

/* The smallest that hangs libseccomp 2.5.4. */
#define HANGS                                                                                      \
	RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4))                                          \
	"," RULE("read", ARG(2, "EQ", 1) "," ARG(0, "GE", 2))

static struct profile *profile_of(const char *rules)
{
	struct profile *profile = NULL;
	struct error err = { 0 };
	char json[4096];

	snprintf(json, sizeof(json),
		 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
		 "\"syscalls\":[%s]}",
		 rules);
	if (profile_read_json(&profile, json, strlen(json), "test", &err) < 0)
		fail_msg("%s", err.message);
	return profile;
}

static void test_suspects(void **state _unused_)
{
	static const struct {
		const char *rules, *suspect;
	} tests[] = {
		{ HANGS, "read" },
		{ RULE("read", ARG(0, "NE", 2) "," ARG(1, "NE", 4)) "," RULE(
			  "read", ARG(0, "NE", 2) "," ARG(1, "NE", 5)),
		  "read" },
		{ RULE("read", ARG(0, "EQ", 1) "," ARG(1, "LT", 4) "," ARG(2, "EQ", 1)) "," RULE(
			  "read", ARG(0, "EQ", 1) "," ARG(1, "LT", 4) "," ARG(3, "EQ", 1)),
		  "read" },
		/* Equality is no range, another call is another call, one that ends is no pair. */
		{ RULE("read", ARG(0, "EQ", 2) "," ARG(1, "GE", 4)) "," RULE(
			  "read", ARG(0, "EQ", 2) "," ARG(2, "EQ", 1)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE(
			  "write", ARG(0, "GE", 2) "," ARG(2, "EQ", 1)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE("read",
									     ARG(0, "GE", 2)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE(
			  "read", ARG(0, "GE", 3) "," ARG(2, "EQ", 1)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(0, "GE", 4)) "," RULE(
			  "read", ARG(0, "GE", 2) "," ARG(0, "GE", 5)),
		  NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		_cleanup_profile_ struct profile *profile = profile_of(tests[i].rules);
		const char *suspect = bpf_trial_suspect(profile);

		if (!tests[i].suspect && suspect)
			fail_msg("%s is suspect: %s", suspect, tests[i].rules);
		if (tests[i].suspect)
			assert_string_equal(suspect, tests[i].suspect);
	}
}

/* With a libseccomp that comes to an end there is a filter, and it says what the profile says. */
static void test_it_ends(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = profile_of(HANGS);
	struct error err = { 0 };
	struct bpf bpf = { 0 };
	int r = bpf_compile(profile, arch_by_name(SLICE("x86_64")), &bpf, &err);

	assert_true(r == 0 || r == -ELOOP);
	if (r == -ELOOP)
		assert_non_null(strstr(err.message, "those for 'read'"));
	bpf_deinit(&bpf);
}

/* A suspect that is none. */
static void test_harmless(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile =
		profile_of(RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE(
			"read", ARG(0, "GE", 2) "," ARG(1, "EQ", 5)));
	struct error err = { 0 };
	struct bpf bpf = { 0 };

	assert_non_null(bpf_trial_suspect(profile));
	if (bpf_compile(profile, arch_by_name(SLICE("x86_64")), &bpf, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(bpf.n > 0);
	bpf_deinit(&bpf);
}

static void do_nothing(const void *data _unused_)
{
}

static void do_everything(const void *data)
{
	for (volatile const char *at = data;; at = data)
		(void)*at;
}

static void test_time(void **state _unused_)
{
	sigset_t set, old;

	assert_int_equal(bpf_trial_run(do_nothing, "", 1), 0);
	/* Also where all signals are blocked, as in our own loops. */
	sigfillset(&set);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, &old), 0);
	assert_int_equal(bpf_trial_run(do_everything, "", 1), -ELOOP);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suspects),
		cmocka_unit_test(test_it_ends),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("bpf_trial", tests, NULL, NULL);
}
