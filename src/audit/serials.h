/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which serial numbers of one kernel's audit records were seen, and which between the first and the
 * last were not. Arrival is not ordered, so holes are counted at the end. A serial far below the
 * newest, or seen already, at a time more than a second later is a reboot and starts a new span;
 * the holes of all spans are summed. Zero-initialise.
 */
#ifndef ASG_AUDIT_SERIALS_H
#define ASG_AUDIT_SERIALS_H

#include "base/macro.h"
#include "base/time.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ranges remembered at once; beyond that the oldest holes are counted for good. */
#define SERIALS_RANGES_MAX 65536

struct serial_range {
	uint64_t first, last;
};

struct serials {
	struct serial_range *ranges; /* ascending, apart by at least one */
	size_t n, allocated;
	uint64_t settled;	/* holes that are counted and forgotten */
	uint64_t settled_here;	/* of them, those of the present span */
	uint64_t settled_first; /* the first of all of them */
	int64_t newest_ms;	/* the latest time seen */
};

void serials_deinit(struct serials *serials);

/* Seen: `serial` (not 0) at `time_ms`. 0 or -ENOMEM. */
int serials_add(struct serials *serials, uint64_t serial, int64_t time_ms) _must_check_;

/* Numbers not seen between the first and the last seen; `ret_first` (may be NULL) is the first of
 * them, or 0. */
uint64_t serials_missing(const struct serials *serials, uint64_t *ret_first);

/*
 * The same within [first, last] only. Both need to be in the present span. When holes of this span
 * were settled and `first` lies before their end, all of them count: rather too many than too few.
 */
uint64_t serials_missing_between(const struct serials *serials, uint64_t first, uint64_t last);

#endif
