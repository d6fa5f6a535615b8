/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* 2023-11-14T22:13:20.500Z: in the zone of these tests it is 03:13:20 of the next day. */
#define NOW INT64_C(1700000000500)

static int use_zone_without_dst(void **state)
{
	(void)state;
	if (setenv("TZ", "TEST-5", 1) < 0)
		return -1;
	tzset();
	return 0;
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms; /* 0: refused */
	} cases[] = {
		{ "90", 90000 },
		{ "90s", 90000 },
		{ "500ms", 500 },
		{ "2m", 120000 },
		{ "1h30m", 5400000 },
		{ "1d", 86400000 },
		{ "1d2h3m4s5ms", 93784005 },
		{ "3650d", INT64_C(315360000000) },
		{ "0s1ms", 1 },
		{ "", 0 },
		{ "0", 0 },
		{ "0s", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ " 1", 0 },
		{ "1 ", 0 },
		{ "1x", 0 },
		{ "s", 0 },
		{ "1h30", 0 },
		{ "30m1h", 0 },
		{ "1h1h", 0 },
		{ "1.5h", 0 },
		{ "1e3", 0 },
		{ "3651d", 0 },
		{ "315360001", 0 },
		{ "9999999999d9999999999h", 0 },
		{ "99999999999999999999", 0 },
		{ "0x10", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = { 0 };
		int64_t ms = 0;
		int r = time_parse_duration(cases[i].text, &ms, &err);

		if (ms != cases[i].ms || r != (cases[i].ms ? 0 : -EINVAL))
			fail_msg("'%s' gives %d and %jd", cases[i].text, r, (intmax_t)ms);
		if (r < 0 && !strstr(err.message, cases[i].text))
			fail_msg("'%s' is not in '%s'", cases[i].text, err.message);
	}
}

static void points_in_time(void **state)
{
	static const struct {
		const char *text, *utc;
	} cases[] = {
		{ "now", "2023-11-14T22:13:20.500Z" },
		{ "today", "2023-11-14T19:00:00.000Z" },
		{ "yesterday", "2023-11-13T19:00:00.000Z" },
		{ "10:00", "2023-11-15T05:00:00.000Z" },
		{ "10:00:07", "2023-11-15T05:00:07.000Z" },
		{ "10:00:07.25", "2023-11-15T05:00:07.250Z" },
		{ "-2h", "2023-11-14T20:13:20.500Z" },
		{ "-2", "2023-11-14T22:13:18.500Z" },
		{ "-1h30m", "2023-11-14T20:43:20.500Z" },
		{ "@1700000000", "2023-11-14T22:13:20.000Z" },
		{ "@1700000000.123", "2023-11-14T22:13:20.123Z" },
		{ "@1700000000.123999999", "2023-11-14T22:13:20.123Z" },
		{ "@0", "1970-01-01T00:00:00.000Z" },
		{ "2026-11-23", "2026-11-22T19:00:00.000Z" },
		{ "2026-11-23 10:00", "2026-11-23T05:00:00.000Z" },
		{ "2026-11-23T10:00:00", "2026-11-23T05:00:00.000Z" },
		{ "2026-11-23T10:00:00.1", "2026-11-23T05:00:00.100Z" },
		{ "2026-11-23T10:00Z", "2026-11-23T10:00:00.000Z" },
		{ "2026-11-23T10:00:00.123Z", "2026-11-23T10:00:00.123Z" },
		{ "2026-11-23t10:00:00z", "2026-11-23T10:00:00.000Z" },
		{ "2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00.000Z" },
		{ "2026-11-23T10:00:00-0530", "2026-11-23T15:30:00.000Z" },
		{ "2024-02-29T00:00Z", "2024-02-29T00:00:00.000Z" },
		{ "2000-02-29T12:00Z", "2000-02-29T12:00:00.000Z" },
		{ "2024-03-01T00:00Z", "2024-03-01T00:00:00.000Z" },
		{ "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z" },
		{ "1970-01-01T00:00Z", "1970-01-01T00:00:00.000Z" },
		{ "1970-01-01 04:59:59", "1969-12-31T23:59:59.000Z" }, /* mktime() says -1 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = { 0 };
		char text[32];
		int64_t ms;

		if (time_parse(cases[i].text, NOW, &ms, &err) < 0)
			fail_msg("%s", err.message);
		time_format(ms, text, sizeof(text));
		if (strcmp(text, cases[i].utc) != 0)
			fail_msg("'%s' gives %s, not %s", cases[i].text, text, cases[i].utc);
	}
}

static void no_points_in_time(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"soon",
		"Now",
		"now ",
		"2026",
		"2026-11",
		"2026-11-",
		"2026-1-1",
		"26-11-23",
		"2026-13-01",
		"2026-00-01",
		"2026-11-31",
		"2026-11-00",
		"2026-02-29",
		"2100-02-29",
		"1969-12-31",
		"10000-01-01",
		"2026-11-23T",
		"2026-11-23 ",
		"2026-11-23 10",
		"2026-11-23 24:00",
		"2026-11-23 10:60",
		"2026-11-23 10:00:60",
		"2026-11-23 10:00:00.",
		"2026-11-23T10:00.5",
		"2026-11-23T10:00:00.1234567890",
		"2026-11-23Z",
		"2026-11-23T10:00:00+1",
		"2026-11-23T10:00:00+01:",
		"2026-11-23T10:00:00+24:00",
		"2026-11-23T10:00:00ZZ",
		"2026-11-23  10:00",
		"2026/11/23",
		"10",
		"10:0",
		"25:00",
		"10:00Z",
		"10:00:00x",
		"@",
		"@-1",
		"@1.",
		"@x",
		"@1700000000x",
		"@9999999999999",
		"-",
		"-0s",
		"-2x",
		"--2h",
		"-20y",
		"2026-11-23T10:00:00\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = { 0 };
		int64_t ms = 42;
		int r = time_parse(cases[i], NOW, &ms, &err);

		if (r != -EINVAL || ms != 42 || !err.message[0])
			fail_msg("'%s' gives %d and %jd", cases[i], r, (intmax_t)ms);
	}
}

/* Both ways through the calendar agree with the C library's, for every day of 150 years. */
static void every_day_is_itself(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 150 * 365; day++) {
		int64_t ms = day * 86400000 + 12345, again;
		char text[32];

		time_format(ms, text, sizeof(text));
		if (time_parse(text, NOW, &again, NULL) < 0 || again != ms)
			fail_msg("%s is not itself", text);
	}
}

static void formatting(void **state)
{
	char text[32];

	(void)state;
	time_format(-1, text, sizeof(text));
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	time_format(-1000, text, sizeof(text));
	assert_string_equal(text, "1969-12-31T23:59:59.000Z");
	time_format(TIME_UNKNOWN, text, sizeof(text));
	assert_string_equal(text, "unknown");
	time_format(INT64_MAX, text, sizeof(text));
	assert_true(strlen(text) < sizeof(text));
	time_format(INT64_MIN + 1, text, sizeof(text));
	assert_true(strlen(text) < sizeof(text));
}

static void now_is_now(void **state)
{
	(void)state;
	assert_in_range(time_now_ms() / 1000, time(NULL) - 1, time(NULL) + 1);
}

static int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void clocks_beside_each_other(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t first = time_steady_ms(), wall, steady, event, last;

		time_both_ms(&wall, &steady);
		event = time_steady_of_monotonic((uint64_t)monotonic_ns());
		last = time_steady_ms();
		assert_in_range(steady, first, last);
		assert_in_range(event, steady, last + 1);
		assert_in_range(wall, time_now_ms() - 1000, time_now_ms());
		/* An event of before is as much earlier. */
		event = time_steady_of_monotonic((uint64_t)monotonic_ns() - 500 * 1000000);
		assert_in_range(event, last - 500, time_steady_ms() - 499);
	}
}

/* The wall clock is an hour ahead of 1000 ms since boot, and is then set. */
static void a_clock_that_is_set(void **state)
{
	const int64_t hour = 3600000;
	struct time_wall forward = { 0 }, back = { 0 };

	(void)state;
	assert_int_equal(time_steady_of(&forward, hour + 990, hour + 1000, 1000), 990);
	/* Run faster, not set. */
	assert_int_equal(time_steady_of(&forward, hour + 1995, hour + 2005, 2000), 1990);
	assert_false(forward.was_set);
	/* Set an hour on: one from before is on its way. */
	assert_int_equal(time_steady_of(&forward, 2 * hour + 2990, 2 * hour + 3000, 3000), 2990);
	assert_int_equal(time_steady_of(&forward, hour + 2975, 2 * hour + 3000, 3000), 2970);
	assert_int_equal(time_steady_of(&forward, TIME_UNKNOWN, 2 * hour + 3000, 3000),
			 TIME_UNKNOWN);
	/* No longer, after a while. */
	assert_int_equal(time_steady_of(&forward, hour + 2975, 2 * hour + 20000, 20000),
			 2975 - hour);
	/* Set an hour back. */
	assert_int_equal(time_steady_of(&back, hour + 990, hour + 1000, 1000), 990);
	assert_int_equal(time_steady_of(&back, 1990, 2000, 2000), 1990);
	assert_int_equal(time_steady_of(&back, hour + 1900, 2000, 2000), 1900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),	       cmocka_unit_test(points_in_time),
		cmocka_unit_test(no_points_in_time),   cmocka_unit_test(every_day_is_itself),
		cmocka_unit_test(formatting),	       cmocka_unit_test(now_is_now),
		cmocka_unit_test(a_clock_that_is_set), cmocka_unit_test(clocks_beside_each_other),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, use_zone_without_dst, NULL);
}
