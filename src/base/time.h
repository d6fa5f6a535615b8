/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time and durations as people write them. Times are Unix milliseconds. */
#ifndef ASG_BASE_TIME_H
#define ASG_BASE_TIME_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIME_UNKNOWN INT64_MIN

/* Now, Unix milliseconds. */
int64_t time_now_ms(void);

/* Milliseconds since boot, suspended or not: nobody sets this clock (CLOCK_BOOTTIME). */
int64_t time_steady_ms(void);

/* Both clocks at one moment, to a millisecond, unless the process is held up every time. */
void time_both_ms(int64_t *ret_wall_ms, int64_t *ret_steady_ms);

/* A time of CLOCK_MONOTONIC, which stands still while the machine is suspended, as milliseconds
 * since boot: never too early, at the most a millisecond too late, as long as it has not been
 * suspended since. */
int64_t time_steady_of_monotonic(uint64_t monotonic_ns);

/* The wall clock against the time since boot. Zeroed: not looked at yet. */
struct time_wall {
	int64_t offset_ms, before_ms; /* now, and before it was set for the last time */
	int64_t set_ms;		      /* when that was found, since boot */
	bool known, was_set;
};

/*
 * A time of the wall clock, of lately, as milliseconds since boot, asked at the time that both
 * clocks have in `wall_now_ms` and `steady_now_ms`. TIME_UNKNOWN stays that. For a while after the
 * clock was set it may be a time of either setting: then it is the later one that is not to come.
 */
int64_t time_steady_of(struct time_wall *wall, int64_t time_ms, int64_t wall_now_ms,
		       int64_t steady_now_ms);

/*
 * "90", "90s", "500ms", "2m", "1h30m", "1d" -> milliseconds. A number without unit is seconds.
 * -EINVAL with a message for anything else, for 0 and for more than 10 years.
 */
int time_parse_duration(const char *text, int64_t *ret_ms, struct error *err) _must_check_;

/*
 * "2026-11-23", "2026-11-23 10:00", "2026-11-23T10:00:00[.123][Z|+01:00]", "10:00[:00]" (today),
 * "@1700000000[.123]", "now", "today", "yesterday", "-2h" (that long ago). Local time without a
 * zone.
 */
int time_parse(const char *text, int64_t now_ms, int64_t *ret_ms, struct error *err) _must_check_;

/* Writes RFC 3339 in UTC with milliseconds: "2026-11-23T10:00:00.123Z" (at least 32 bytes of room).
 */
void time_format(int64_t ms, char *text, size_t size);

#endif
