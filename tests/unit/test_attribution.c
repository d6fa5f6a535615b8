/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/record.h"
#include "base/macro.h"
#include "target/attribution.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	bool started;
	uint32_t own, session;
	enum owner owner;
} cases[] = {
	/* Nothing is the target's before it was started, whatever a record says. */
	{ false, 3, 3, OWNER_OTHER },
	{ false, RECORD_UNSET, RECORD_UNSET, OWNER_OTHER },
	{ false, RECORD_UNSET, 3, OWNER_OTHER },
	{ true, 3, 3, OWNER_TARGET },
	{ true, 0, 0, OWNER_TARGET },
	/* A session that is older cannot be entered any more ... */
	{ true, 3, 2, OWNER_OTHER },
	{ true, 3, 0, OWNER_OTHER },
	/* ... but a newer one, or none, may be a descendant's that has left the target's. */
	{ true, 3, 4, OWNER_UNKNOWN },
	{ true, 3, RECORD_UNSET, OWNER_UNKNOWN },
	/* Without a session of its own there is none to compare with, unset ones least. */
	{ true, RECORD_UNSET, RECORD_UNSET, OWNER_UNKNOWN },
	{ true, RECORD_UNSET, 3, OWNER_UNKNOWN },
};

static void by_session(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attribution attribution = { .started = cases[i].started,
						   .session = cases[i].own };
		enum owner owner = attribution_of(&attribution, cases[i].session, 7);

		if (owner != cases[i].owner)
			fail_msg("case %zu: owner %d instead of %d", i, (int)owner,
				 (int)cases[i].owner);
	}
}

/* Where the proc connector is to be had. */
static void by_descent(void **state)
{
	struct attribution attribution = { .started = true, .session = RECORD_UNSET };
	struct lineage *lineage;

	(void)state;
	if (lineage_open(&lineage, NULL) < 0) {
		const char *required = getenv("ASG_REQUIRE_LIVE");

		assert_false(required && strcmp(required, "1") == 0);
		print_message("# by_descent: left out, the proc connector is not to be had\n");
		return;
	}
	attribution.lineage = lineage;
	assert_int_equal(lineage_follow(lineage, getpid()), 0);
	assert_int_equal(attribution_of(&attribution, 3, (uint32_t)getpid()), OWNER_TARGET);
	assert_int_equal(attribution_of(&attribution, 3, 1), OWNER_OTHER);
	/* The session goes first: it is exact. */
	attribution.session = 3;
	assert_int_equal(attribution.by_lineage, 2);
	assert_int_equal(attribution_of(&attribution, 3, 1), OWNER_TARGET);
	assert_int_equal(attribution_of(&attribution, 2, (uint32_t)getpid()), OWNER_OTHER);
	assert_int_equal(attribution.by_lineage, 2);
	assert_int_equal(attribution_of(&attribution, 4, (uint32_t)getpid()), OWNER_TARGET);
	assert_int_equal(attribution_of(&attribution, 4, 1), OWNER_OTHER);
	attribution.started = false;
	assert_int_equal(attribution_of(&attribution, 3, (uint32_t)getpid()), OWNER_OTHER);
	lineage_close(lineage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_session),
		cmocka_unit_test(by_descent),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("attribution", tests, NULL, NULL);
}
