/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "base/slice.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define MS_NS	   INT64_C(1000000)
#define SECOND_MS  INT64_C(1000)
#define MINUTE_MS  (60 * SECOND_MS)
#define HOUR_MS	   (60 * MINUTE_MS)
#define DAY_MS	   (24 * HOUR_MS)
#define LONGEST_MS (10 * 365 * DAY_MS)
#define LAST_YEAR  9999

#define BESIDE_TRIES  8
#define SET_BY_MS     20    /* by less than that no clock is worth setting */
#define SET_LATELY_MS 10000 /* so long a time from before may be on its way */

int64_t time_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

int64_t time_steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

static int64_t read_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND_MS * MS_NS + now.tv_nsec;
}

/* A clock and the time since boot: nothing may come between the two, or they do not belong
 * together. */
static void read_beside(clockid_t clock, int64_t *ret_ns, int64_t *ret_steady_ns)
{
	for (int i = 0; i < BESIDE_TRIES; i++) {
		int64_t before_ns = read_ns(CLOCK_BOOTTIME);

		*ret_ns = read_ns(clock);
		*ret_steady_ns = read_ns(CLOCK_BOOTTIME);
		if (*ret_steady_ns - before_ns < MS_NS)
			return;
	}
}

void time_both_ms(int64_t *ret_wall_ms, int64_t *ret_steady_ms)
{
	int64_t wall_ns, steady_ns;

	read_beside(CLOCK_REALTIME, &wall_ns, &steady_ns);
	*ret_wall_ms = wall_ns / MS_NS;
	*ret_steady_ms = steady_ns / MS_NS;
}

int64_t time_steady_of_monotonic(uint64_t monotonic_ns)
{
	int64_t now_ns, steady_ns;

	read_beside(CLOCK_MONOTONIC, &now_ns, &steady_ns);
	return ((int64_t)monotonic_ns + steady_ns - now_ns) / MS_NS;
}

/* Takes in what the offset is now: a clock that is only made to run faster was not set. */
static void look_at_wall(struct time_wall *wall, int64_t offset_ms, int64_t steady_now_ms)
{
	int64_t by = offset_ms - wall->offset_ms;

	if (wall->known && (by > SET_BY_MS || by < -SET_BY_MS)) {
		wall->before_ms = wall->offset_ms;
		wall->set_ms = steady_now_ms;
		wall->was_set = true;
	}
	wall->offset_ms = offset_ms;
	wall->known = true;
}

int64_t time_steady_of(struct time_wall *wall, int64_t time_ms, int64_t wall_now_ms,
		       int64_t steady_now_ms)
{
	int64_t now, before;

	look_at_wall(wall, wall_now_ms - steady_now_ms, steady_now_ms);
	if (time_ms == TIME_UNKNOWN)
		return time_ms;
	now = time_ms - wall->offset_ms;
	before = time_ms - wall->before_ms;
	if (!wall->was_set || steady_now_ms - wall->set_ms > SET_LATELY_MS ||
	    before > steady_now_ms)
		return now;
	return now > steady_now_ms || before > now ? before : now;
}

/* Takes `text` from the start of the rest, if it stands there. */
static bool take(struct slice *rest, const char *text)
{
	struct slice start = slice_from(text);

	if (!slice_starts(*rest, start))
		return false;
	*rest = (struct slice){ rest->data + start.len, rest->len - start.len };
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes all the digits at the start, `least` to `most` of them, as a number. */
static bool take_number(struct slice *rest, size_t least, size_t most, int64_t *ret)
{
	struct slice digits = { rest->data, 0 };
	uint64_t value;

	while (digits.len < rest->len && is_digit(rest->data[digits.len]))
		digits.len++;
	if (digits.len < least || digits.len > most || slice_to_u64(digits, 10, &value) < 0)
		return false;
	*ret = (int64_t)value;
	*rest = (struct slice){ rest->data + digits.len, rest->len - digits.len };
	return true;
}

/* Takes a number of `width` digits that lies in a range, whatever follows. */
static bool take_field(struct slice *rest, size_t width, int64_t low, int64_t high, int *ret)
{
	struct slice digits = { rest->data, rest->len < width ? rest->len : width };
	int64_t value;

	if (!take_number(&digits, width, width, &value) || value < low || value > high)
		return false;
	*ret = (int)value;
	*rest = (struct slice){ rest->data + width, rest->len - width };
	return true;
}

/* Takes ".123" as milliseconds, if it stands there; finer digits are dropped. */
static bool take_fraction(struct slice *rest, int64_t *ret_ms)
{
	int64_t value;
	size_t before;

	if (!take(rest, "."))
		return true;
	before = rest->len;
	if (!take_number(rest, 1, 9, &value))
		return false;
	for (size_t digits = before - rest->len; digits < 9; digits++)
		value *= 10;
	*ret_ms = value / 1000000;
	return true;
}

/* A sum of numbers with units, from the largest unit to the smallest, none of them twice. */
static bool parse_units(struct slice rest, int64_t *ret_ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "d", DAY_MS },    { "h", HOUR_MS },	{ "ms", 1 },
		{ "m", MINUTE_MS }, { "s", SECOND_MS },
	};
	int64_t sum = 0, last = INT64_MAX;

	while (rest.len > 0) {
		int64_t number;
		size_t i = 0;

		/* Ten digits of days still fit into 64 bits of milliseconds. */
		if (!take_number(&rest, 1, 10, &number))
			return false;
		while (i < ARRAY_SIZE(units) && !take(&rest, units[i].name))
			i++;
		if (i == ARRAY_SIZE(units) || units[i].ms >= last)
			return false;
		last = units[i].ms;
		sum += number * last;
	}
	*ret_ms = sum;
	return true;
}

int time_parse_duration(const char *text, int64_t *ret_ms, struct error *err)
{
	struct slice rest = slice_from(text);
	int64_t ms;

	if (take_number(&rest, 1, 10, &ms) && rest.len == 0)
		ms *= SECOND_MS;
	else if (!parse_units(slice_from(text), &ms))
		return error_set(err, -EINVAL,
				 "'%s' is not a duration: write it like 90, 500ms, 2m or 1h30m",
				 text);
	if (ms <= 0 || ms > LONGEST_MS)
		return error_set(
			err, -EINVAL,
			"'%s' is not a usable duration: it must be more than 0 and at most "
			"10 years",
			text);
	*ret_ms = ms;
	return 0;
}

/* A date and a time of day as they were written. */
struct moment {
	int year, month, day, hour, minute, second;
	int64_t ms;
	bool has_zone;
	int64_t zone_ms; /* east of Greenwich */
};

static bool take_date(struct slice *rest, struct moment *moment)
{
	static const int month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap;

	if (!take_field(rest, 4, 1970, LAST_YEAR, &moment->year) || !take(rest, "-") ||
	    !take_field(rest, 2, 1, 12, &moment->month) || !take(rest, "-") ||
	    !take_field(rest, 2, 1, month_days[moment->month - 1], &moment->day))
		return false;
	leap = (moment->year % 4 == 0 && moment->year % 100 != 0) || moment->year % 400 == 0;
	return leap || moment->month != 2 || moment->day < 29;
}

static bool take_clock(struct slice *rest, struct moment *moment)
{
	if (!take_field(rest, 2, 0, 23, &moment->hour) || !take(rest, ":") ||
	    !take_field(rest, 2, 0, 59, &moment->minute))
		return false;
	if (!take(rest, ":"))
		return true;
	return take_field(rest, 2, 0, 59, &moment->second) && take_fraction(rest, &moment->ms);
}

static bool take_zone(struct slice *rest, struct moment *moment)
{
	int hours, minutes, sign;

	if (rest->len == 0)
		return true;
	moment->has_zone = true;
	if (take(rest, "Z") || take(rest, "z"))
		return true;
	sign = take(rest, "+") ? 1 : take(rest, "-") ? -1 : 0;
	if (sign == 0 || !take_field(rest, 2, 0, 23, &hours))
		return false;
	take(rest, ":");
	if (!take_field(rest, 2, 0, 59, &minutes))
		return false;
	moment->zone_ms = sign * (hours * HOUR_MS + minutes * MINUTE_MS);
	return true;
}

/* Days since 1970-01-01, in years that begin in March so that the leap day comes last. */
static int64_t days_since_1970(const struct moment *moment)
{
	int64_t year = moment->year - (moment->month <= 2);
	int64_t month = (moment->month + 9) % 12;

	return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
	       moment->day - 719469;
}

static bool to_unix(const struct moment *moment, int64_t *ret_ms)
{
	struct tm local = {
		.tm_year = moment->year - 1900,
		.tm_mon = moment->month - 1,
		.tm_mday = moment->day,
		.tm_hour = moment->hour,
		.tm_min = moment->minute,
		.tm_sec = moment->second,
		.tm_isdst = -1,
		.tm_wday = -1,
	};
	time_t seconds;

	if (moment->has_zone) {
		*ret_ms = days_since_1970(moment) * DAY_MS + moment->hour * HOUR_MS +
			  moment->minute * MINUTE_MS + moment->second * SECOND_MS + moment->ms -
			  moment->zone_ms;
		return true;
	}
	/* -1 is a valid result: only the untouched week day tells a failure. */
	seconds = mktime(&local);
	if (local.tm_wday < 0)
		return false;
	*ret_ms = seconds * SECOND_MS + moment->ms;
	return true;
}

/* The local day of `now_ms`, or one some days before it. */
static bool local_day(int64_t now_ms, int days_before, struct moment *moment)
{
	time_t now = (time_t)(now_ms / SECOND_MS);
	struct tm local;

	if (!localtime_r(&now, &local))
		return false;
	/* At noon no change of the clocks leads to another day. */
	local.tm_hour = 12;
	local.tm_min = local.tm_sec = 0;
	local.tm_isdst = -1;
	local.tm_mday -= days_before;
	if (mktime(&local) == (time_t)-1)
		return false;
	moment->year = local.tm_year + 1900;
	moment->month = local.tm_mon + 1;
	moment->day = local.tm_mday;
	return true;
}

static bool parse_word(struct slice rest, int64_t now_ms, int64_t *ret_ms)
{
	struct moment moment = { 0 };

	if (slice_is(rest, "now")) {
		*ret_ms = now_ms;
		return true;
	}
	if (slice_is(rest, "today"))
		return local_day(now_ms, 0, &moment) && to_unix(&moment, ret_ms);
	return slice_is(rest, "yesterday") && local_day(now_ms, 1, &moment) &&
	       to_unix(&moment, ret_ms);
}

static bool parse_unix(struct slice rest, int64_t *ret_ms)
{
	int64_t seconds, ms = 0;

	if (!take(&rest, "@") || !take_number(&rest, 1, 12, &seconds) ||
	    !take_fraction(&rest, &ms) || rest.len != 0)
		return false;
	*ret_ms = seconds * SECOND_MS + ms;
	return true;
}

static bool parse_date(struct slice rest, int64_t *ret_ms)
{
	struct moment moment = { 0 };

	if (!take_date(&rest, &moment))
		return false;
	if (rest.len > 0 && (!(take(&rest, "T") || take(&rest, "t") || take(&rest, " ")) ||
			     !take_clock(&rest, &moment) || !take_zone(&rest, &moment)))
		return false;
	return rest.len == 0 && to_unix(&moment, ret_ms);
}

static bool parse_clock(struct slice rest, int64_t now_ms, int64_t *ret_ms)
{
	struct moment moment = { 0 };

	return take_clock(&rest, &moment) && rest.len == 0 && local_day(now_ms, 0, &moment) &&
	       to_unix(&moment, ret_ms);
}

int time_parse(const char *text, int64_t now_ms, int64_t *ret_ms, struct error *err)
{
	struct slice whole = slice_from(text);
	int64_t ms;

	if (text[0] == '-') {
		int r = time_parse_duration(text + 1, &ms, err);

		if (r < 0)
			return r;
		*ret_ms = now_ms - ms;
		return 0;
	}
	if (!parse_word(whole, now_ms, &ms) && !parse_unix(whole, &ms) && !parse_date(whole, &ms) &&
	    !parse_clock(whole, now_ms, &ms))
		return error_set(err, -EINVAL,
				 "'%s' is not a time: write it like '2026-11-23 10:00', 10:00, "
				 "@1700000000, today or -2h",
				 text);
	*ret_ms = ms;
	return 0;
}

void time_format(int64_t ms, char *text, size_t size)
{
	int64_t fraction = ms % SECOND_MS;
	time_t seconds = (time_t)(ms / SECOND_MS);
	struct tm utc;

	/* Division rounds towards 0, the clock does not. */
	if (fraction < 0) {
		fraction += SECOND_MS;
		seconds--;
	}
	if (ms == TIME_UNKNOWN || !gmtime_r(&seconds, &utc)) {
		snprintf(text, size, "unknown");
		return;
	}
	snprintf(text, size, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900LL,
		 utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, (int)fraction);
}
