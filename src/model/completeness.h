/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How likely is it that the next run shows a call that none has shown yet? An estimate to decide by
 * whether to record more; nothing is ever allowed because of it.
 *
 * Units are runs, or processes. Of n units, q1 calls were seen in exactly one and q2 in exactly
 * two.
 *
 * - The chance that the next unit shows a new call: the share of units that have a call of their
 * own. That is the leave-one-out estimate: each unit is asked how it would have looked to the
 * others (Good-Turing for whether there is a new one; Good, Biometrika 40, 1953). Its upper bound
 * is the one-sided 95 % bound of Clopper and Pearson for that share.
 * - How many new calls the next unit shows on average: q1 / n (Good-Turing for incidence).
 * - How many calls are still unseen, at least: Chao2, (n-1)/n * q1^2 / (2 q2), and
 *   (n-1)/n * q1 (q1-1) / 2 where q2 is 0 (Chao, Biometrics 43, 1987; Chao et al. 2009 for the
 *   factor).
 *
 * Assumed is that units are independent, and that the next one is of the same kind: the same
 * program, the same work. What no unit was made to do (errors, shutdown, the end of the year) is in
 * no estimate. Chao2 is a lower bound, the more so the more calls differ in how often they are
 * made. Units of a log that is one long run of one program are not runs of it. Processes count
 * only where all have run the same programs: those of a shell and of what it starts are not alike.
 */
#ifndef ASG_MODEL_COMPLETENESS_H
#define ASG_MODEL_COMPLETENESS_H

#include "base/macro.h"
#include "base/strbuf.h"
#include "model/recording.h"

enum completeness_unit {
	UNIT_RUN,     /* recordings that were merged into the group */
	UNIT_PROCESS, /* groups that are one process each */
};

struct completeness {
	enum completeness_unit unit;
	uint32_t n;	      /* units; below 2 nothing can be said, and the rest is 0 */
	uint32_t calls;	      /* different calls */
	uint32_t once, twice; /* of these, seen in exactly one and two units */
	uint32_t own;	      /* units that have a call of their own */
	double chance;	      /* that the next unit shows a new call: own / n */
	double chance_most;   /* its upper bound, at 95 % */
	double expected;      /* new calls in the next unit, on average */
	double unseen;	      /* calls that there are beyond those seen, at least */
};

/* Of one group, by the runs that it was merged from. -ENOMEM. */
int completeness_of_runs(const struct recording *recording, uint32_t group,
			 struct completeness *ret) _must_check_;

/* Of all groups that are one process each; nothing unless all of these are known to be alike.
 * -ENOMEM. */
int completeness_of_processes(const struct recording *recording, struct completeness *ret)
	_must_check_;

/*
 * Appends it in words: "3 of 7 runs had a call of their own: the next shows a new one with a chance
 * of about 43 %, of at most 77 % at 95 % confidence; about 2 calls, or more, are still unseen".
 * Nothing below 2 units.
 */
void completeness_put(const struct completeness *completeness, struct strbuf *ret);

#endif
