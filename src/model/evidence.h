/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found about the completeness of a recording, as counters: one const table says for each
 * what it is called in a recording, whether it breaks completeness, and what a person is told.
 * Merging adds.
 */
#ifndef ASG_MODEL_EVIDENCE_H
#define ASG_MODEL_EVIDENCE_H

#include "base/macro.h"
#include "base/strbuf.h"
#include <stdbool.h>
#include <stdint.h>

enum finding {
	FINDING_DROPPED,	 /* messages the netlink socket dropped */
	FINDING_KERNEL_LOST,	 /* the kernel's own `lost` counter, after less before */
	FINDING_MISSING_SERIALS, /* numbers between first and last that were not seen */
	FINDING_NO_SENTINEL,	 /* the last record of ours did not arrive */
	FINDING_SETTINGS, /* audit settings that decide about records changed during the recording
			   */
	FINDING_UNATTRIBUTED, /* records that may or may not belong to the target */
	FINDING_UNTIMED,      /* records without a time, where a time was asked for */
	FINDING_UNPARSABLE,   /* lines that look like SECCOMP records but are torn or odd */
	FINDING_UNNAMED,      /* calls whose number or architecture nobody can name */
	FINDING_SUPPRESSED,   /* the log says that messages were dropped before they were written */
	FINDING_INTERRUPTED,  /* reading was ended before the input was */
	FINDING_CAPPED,	      /* a cap of ours was reached */
	FINDING_UNLINKED,     /* processes under the rules for lineage that are nobody's */
	FINDING_DISORDERED,   /* logs whose newer records came before older ones */
	FINDING_FORGOTTEN,    /* processes beyond what is remembered for lineage */
	FINDING_BEGAN_BEFORE, /* targets that were there when listening began */
	FINDING_UNHEARD,      /* times that nobody listened to a target that went on */
	FINDING_FILTERED_GAPS, /* serials missing in a log that holds nothing but SECCOMP records:
				  proves nothing */
	FINDING_ODD_LINES, /* lines with NUL bytes or of absurd length that hold no SECCOMP record
			    */
	FINDING_TIME_GAP,  /* seconds without any record between one rotated file and the next */
	FINDING_ALONE,	   /* processes of which the log does not tell whose they are */
	FINDING_COUNT,
};

struct finding_fact {
	const char *name;     /* member of "evidence" in a recording */
	const char *one;      /* what a person is told when the count is 1 */
	const char *sentence; /* otherwise; a %s in it (there may be none) stands for the count */
	const char *remedy;   /* what to do about it, or NULL */
	bool breaks;	      /* makes the recording incomplete */
	bool rare;	      /* breaks, and is in a recording only when it is not 0 */
};

struct evidence {
	uint64_t count[FINDING_COUNT]; /* never above EVIDENCE_COUNT_MAX */
	char *where[FINDING_COUNT];    /* the first place ("audit.log:17"), owned, or NULL */
	bool live;		       /* sentinel and counters were looked at */
	uint64_t records;	       /* SECCOMP records that were read, selected or not */
};

/* Counters stay there instead of going on: what a JSON integer can hold. */
#define EVIDENCE_COUNT_MAX INT64_MAX

const struct finding_fact *finding_fact(enum finding finding);

void evidence_deinit(struct evidence *evidence);

/* Adds to a counter; the first `where` (copied, may be NULL) is kept. Out of memory loses only the
 * `where`. */
void evidence_add(struct evidence *evidence, enum finding finding, uint64_t count,
		  const char *where);

/*
 * Adds another's counters. Of two places the one that sorts first is kept, so that the order of
 * merging does not show; `live` holds when it held for both (an evidence without a record and
 * without a finding has no say).
 */
void evidence_merge(struct evidence *evidence, const struct evidence *other);

/* The verdict: nothing that breaks completeness was found. */
bool evidence_complete(const struct evidence *evidence);

/* Appends why it is incomplete, in words: "12 records lost (socket overflow), 3 serial numbers
 * missing". Nothing when it is complete. */
void evidence_reasons(const struct evidence *evidence, struct strbuf *ret);

/* Appends in the same way what was found and breaks nothing. */
void evidence_remarks(const struct evidence *evidence, struct strbuf *ret);

/* What to do about the first finding that breaks completeness and has a remedy; NULL for none. */
const char *evidence_remedy(const struct evidence *evidence);

#endif
