/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a loss concerns. */
#include "command/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void add(struct live_samples *samples, int64_t time_ms, uint64_t dropped)
{
	const struct live_sample sample = {
		.time_ms = time_ms,
		.serial = (uint64_t)time_ms * 10,
		.count = { [FINDING_DROPPED] = dropped },
	};

	live_samples_add(samples, &sample);
}

static uint64_t dropped_before(const struct live_samples *samples, int64_t time_ms)
{
	struct live_sample sample;

	live_samples_before(samples, time_ms, &sample);
	return sample.count[FINDING_DROPPED];
}

static void the_last_from_before(void **state _unused_)
{
	struct live_samples *samples = calloc(1, sizeof(*samples));
	struct live_sample sample;

	assert_non_null(samples);
	assert_int_equal(dropped_before(samples, 1000), 0);
	add(samples, 1000, 3);
	add(samples, 1500, 3);
	add(samples, 2000, 7);
	assert_int_equal(dropped_before(samples, 999), 0);
	assert_int_equal(dropped_before(samples, 1000), 3);
	/* What came between two samples may have come after. */
	assert_int_equal(dropped_before(samples, 1999), 3);
	assert_int_equal(dropped_before(samples, 2000), 7);
	assert_int_equal(dropped_before(samples, 90000), 7);
	live_samples_before(samples, 1700, &sample);
	assert_int_equal(sample.serial, 15000);
	live_samples_before(samples, TIME_UNKNOWN, &sample);
	assert_int_equal(sample.serial, 0);
	free(samples);
}

/* Who began before all that are remembered is held to everything. */
static void a_ring(void **state _unused_)
{
	struct live_samples *samples = calloc(1, sizeof(*samples));

	assert_non_null(samples);
	for (int i = 1; i <= 3 * LIVE_SAMPLES; i++)
		add(samples, i * 1000, (uint64_t)i);
	assert_int_equal(dropped_before(samples, 3 * LIVE_SAMPLES * 1000), 3 * LIVE_SAMPLES);
	assert_int_equal(dropped_before(samples, (2 * LIVE_SAMPLES + 1) * 1000),
			 2 * LIVE_SAMPLES + 1);
	assert_int_equal(dropped_before(samples, 2 * LIVE_SAMPLES * 1000), 0);
	free(samples);
}

/* The kernel's counter of what it has lost goes on from 0 when somebody has set it to that. */
static void a_counter_that_is_set_back(void **state _unused_)
{
	assert_int_equal(listener_lost(5, 5), 0);
	assert_int_equal(listener_lost(5, 12), 7);
	assert_int_equal(listener_lost(12, 3), 3);
	assert_int_equal(listener_lost(12, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_from_before),
		cmocka_unit_test(a_ring),
		cmocka_unit_test(a_counter_that_is_set_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("live_evidence", tests, NULL, NULL);
}
