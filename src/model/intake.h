/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From lines and messages to a recording: scan, select, decode once per distinct actor, group,
 * count. A repeat is counted from the scan alone; `decode_all` takes every member of every record
 * from libauparse instead and must give an identical recording (a test holds them against each
 * other).
 */
#ifndef ASG_MODEL_INTAKE_H
#define ASG_MODEL_INTAKE_H

#include "arch/syscall.h"
#include "audit/scan.h"
#include "audit/source_file.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/grouping.h"
#include "model/recording.h"
#include "model/selection.h"
#include "target/attribution.h"

/* Whose a record is, where there are many targets. */
struct intake_router {
	/* With OWNER_TARGET also the group of the recording, for GROUP_BY_TARGET. 0 or -ENOMEM. */
	int (*route)(void *context, const struct scan *scan, enum owner *ret_owner,
		     uint32_t *ret_group);
	void *context;
};

struct intake_options {
	enum group_by group_by;
	const char *group_name;		    /* GROUP_BY_ALL: the one group's name; NULL: "all" */
	const struct selection *selection;  /* NULL: everything */
	struct attribution *attribution;    /* NULL: every record is wanted, whoever made it */
	const struct intake_router *router; /* NULL: there is one target or none */
	uint32_t processes_max;		    /* how many are counted at the most; 0: all */
	bool decode_all;		    /* not with a router */
	bool ask_proc;		     /* intake_attribute() may ask it about who still lives */
	const struct state *state;   /* what it may use besides (state_file.h); or NULL */
	bool arguments;		     /* join SYSCALL records with what was recorded */
	char *const *argument_calls; /* of these calls; NULL: of all that argument.h knows */
};

struct intake;

/* `recording`, `names` and what `options` points to are borrowed for the intake's life. */
int intake_new(struct intake **ret, struct recording *recording, struct syscall_table *names,
	       const struct intake_options *options, struct error *err) _must_check_;
struct intake *intake_free(struct intake *intake);

/* A new input begins: `name` (borrowed until the next) is for places in messages, "audit.log:17".
 */
void intake_begin(struct intake *intake, const char *name);

/* Takes in one line of a log. What cannot be read is counted in the recording's evidence: only
 * running out of memory or a cap is an error. */
int intake_line(struct intake *intake, const struct source_line *line, struct error *err)
	_must_check_;

/* Takes in one message of the kernel. `*ret` (may be NULL) is what it was, for callers that wait
 * for a certain record. */
int intake_payload(struct intake *intake, uint32_t type, struct slice payload, struct scan *ret,
		   struct error *err) _must_check_;

/* GROUP_BY_TARGET: makes one group of the processes that belong together, as far as the log
 * tells. Once, when all of it was read. */
int intake_attribute(struct intake *intake, struct error *err) _must_check_;

/* Counts holes in the serial numbers into the evidence. Once, at the end of all logs. */
void intake_finish(struct intake *intake);

/* Whether any record had a serial number: without one, a loss cannot show. */
bool intake_has_serials(const struct intake *intake);

/* Holes between two serials of the kernel that is listened to (records without a node). */
uint64_t intake_missing_between(const struct intake *intake, uint64_t first, uint64_t last);

struct intake_progress {
	uint64_t lines;	    /* looked at */
	uint64_t records;   /* SECCOMP records found */
	uint64_t selected;  /* of them wanted */
	uint64_t calls;	    /* distinct calls, over all groups */
	uint64_t bytes;	    /* of text */
	uint64_t processes; /* distinct pids among the selected, where there is a target */
};
const struct intake_progress *intake_progress(const struct intake *intake);

#endif
