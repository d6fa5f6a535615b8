/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/serials.h"
#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Records of one boot arrive at most this far out of order, in numbers or in time. */
#define DISORDER_SERIALS 64
#define DISORDER_MS	 1000

void serials_deinit(struct serials *serials)
{
	free(serials->ranges);
	*serials = (struct serials){ 0 };
}

static uint64_t newest(const struct serials *serials)
{
	return serials->ranges[serials->n - 1].last;
}

/* The first range that ends at or behind `serial`. */
static size_t find(const struct serials *serials, uint64_t serial)
{
	size_t low = 0, high = serials->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (serials->ranges[middle].last < serial)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool seen(const struct serials *serials, uint64_t serial)
{
	size_t i = find(serials, serial);

	return i < serials->n && serials->ranges[i].first <= serial;
}

/* Numbers only grow while a kernel runs, and no record is older than its number. */
static bool is_reboot(const struct serials *serials, uint64_t serial, int64_t time_ms)
{
	if (time_ms == TIME_UNKNOWN || serials->newest_ms == TIME_UNKNOWN ||
	    serial > newest(serials) || time_ms - DISORDER_MS <= serials->newest_ms)
		return false;
	return newest(serials) - serial >= DISORDER_SERIALS || seen(serials, serial);
}

/* Counts the holes between the first `n` ranges for good, and forgets them. */
static void settle(struct serials *serials, size_t n)
{
	struct serial_range *ranges = serials->ranges;

	for (size_t i = 1; i < n; i++) {
		uint64_t hole = ranges[i].first - ranges[i - 1].last - 1;

		if (serials->settled == 0)
			serials->settled_first = ranges[i - 1].last + 1;
		serials->settled += hole;
		serials->settled_here += hole;
	}
	ranges[n - 1].first = ranges[0].first;
	memmove(ranges, ranges + n - 1, (serials->n - n + 1) * sizeof(*ranges));
	serials->n -= n - 1;
}

static int insert(struct serials *serials, size_t at, uint64_t serial)
{
	int r;

	if (serials->n == SERIALS_RANGES_MAX) {
		/* Half at once, so that a log full of holes does not move them all every time. */
		settle(serials, SERIALS_RANGES_MAX / 2);
		if (seen(serials, serial))
			return 0;
		at = find(serials, serial);
	}
	r = array_reserve(&serials->ranges, &serials->allocated, serials->n + 1,
			  sizeof(*serials->ranges));
	if (r < 0)
		return r;
	memmove(serials->ranges + at + 1, serials->ranges + at,
		(serials->n - at) * sizeof(*serials->ranges));
	serials->ranges[at] = (struct serial_range){ serial, serial };
	serials->n++;
	return 0;
}

/* Range `at` and the one before it touch. */
static void join(struct serials *serials, size_t at)
{
	serials->ranges[at - 1].last = serials->ranges[at].last;
	memmove(serials->ranges + at, serials->ranges + at + 1,
		(serials->n - at - 1) * sizeof(*serials->ranges));
	serials->n--;
}

static int add_within(struct serials *serials, uint64_t serial)
{
	size_t at = find(serials, serial);
	struct serial_range *range = serials->ranges + at;
	bool grows_last = at > 0 && range[-1].last + 1 == serial;

	if (at < serials->n && range->first <= serial)
		return 0;
	if (at < serials->n && range->first - 1 == serial) {
		range->first = serial;
		if (grows_last)
			join(serials, at);
		return 0;
	}
	if (!grows_last)
		return insert(serials, at, serial);
	range[-1].last = serial;
	return 0;
}

int serials_add(struct serials *serials, uint64_t serial, int64_t time_ms)
{
	int r;

	if (serials->n > 0 && newest(serials) + 1 == serial) {
		serials->ranges[serials->n - 1].last = serial;
		if (time_ms > serials->newest_ms)
			serials->newest_ms = time_ms;
		return 0;
	}
	if (serials->n == 0)
		serials->newest_ms = TIME_UNKNOWN;
	if (serials->n > 0 && is_reboot(serials, serial, time_ms)) {
		settle(serials, serials->n);
		serials->ranges[0] = (struct serial_range){ serial, serial };
		serials->settled_here = 0;
		r = 0;
	} else {
		r = add_within(serials, serial);
	}
	if (r == 0 && time_ms > serials->newest_ms)
		serials->newest_ms = time_ms;
	return r;
}

uint64_t serials_missing(const struct serials *serials, uint64_t *ret_first)
{
	uint64_t missing = serials->settled;

	for (size_t i = 1; i < serials->n; i++)
		missing += serials->ranges[i].first - serials->ranges[i - 1].last - 1;
	if (ret_first)
		*ret_first = serials->settled > 0 ? serials->settled_first
			     : serials->n > 1	  ? serials->ranges[0].last + 1
						  : 0;
	return missing;
}

uint64_t serials_missing_between(const struct serials *serials, uint64_t first, uint64_t last)
{
	uint64_t missing;

	if (first > last)
		return 0;
	missing = last - first + 1;
	for (size_t i = find(serials, first); i < serials->n; i++) {
		const struct serial_range *range = &serials->ranges[i];
		uint64_t from = range->first > first ? range->first : first;
		uint64_t to = range->last < last ? range->last : last;

		if (from > to)
			break;
		missing -= to - from + 1;
	}
	/* Where the settled holes were is forgotten: before the second range at the latest. */
	return serials->n > 0 && first <= serials->ranges[0].last ? missing + serials->settled_here
								  : missing;
}
