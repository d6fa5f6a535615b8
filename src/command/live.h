/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of --live share. */
#ifndef ASG_COMMAND_LIVE_H
#define ASG_COMMAND_LIVE_H

#include "command/listener.h"
#include "command/preflight.h"
#include "command/record.h"
#include "command/signals.h"
#include "target/tenants.h"

/* What had been lost by a certain time. */
struct live_sample {
	int64_t time_ms; /* since boot */
	uint64_t serial; /* the newest by then; 0: none */
	uint64_t count[FINDING_COUNT];
};

#define LIVE_UNSURE  "a process ended and another one was given its pid within a tick of the clock"
#define LIVE_SAMPLES 256  /* two minutes: who begins logs soon after, or is held to everything */
#define LIVE_KEPT    1024 /* containers and units that have gone and are known when they come back */

struct live_samples {
	struct live_sample items[LIVE_SAMPLES]; /* a ring */
	size_t n;				/* that were taken */
};

/* A group of the recording, and what was written of it. */
struct live_group {
	uint32_t tenant;
	struct recording *prior;     /* what its file held before this run; NULL: nothing */
	bool adopted;		     /* that was looked at */
	bool released;		     /* it has gone, and is in its file alone */
	bool forgotten;		     /* what is more, the tenant is: the next one has its place */
	bool said;		     /* that it began */
	uint64_t own[FINDING_COUNT]; /* what was found about it, then */
	uint64_t unsure;	     /* of tenant.unsure, what is in its file */
	uint64_t refused;	     /* records for want of room, up to when it was given some */
	struct live_sample before;   /* it began after that */
	struct live_sample after;    /* it had ended by then, if `ended` */
	uint64_t gone_serial;	     /* the newest when it was found to have gone, or 0 */
	bool ended;
	uint64_t written;	      /* calls x answers, or records, that it had then; 0: never */
	uint64_t told[FINDING_COUNT]; /* what was found about it by then */
};

/* What is shown. */
struct live_view {
	bool terminal;
	bool wanted; /* not --quiet */
	int lines;   /* of the block on the terminal that is to be drawn over */
	int64_t drawn_ms;
	uint64_t *records; /* of each group when it was last drawn */
	size_t records_allocated;
	struct live_losses {
		uint64_t drops, fork_events, processes, tenants;
	} said;
	size_t groups; /* that were said, where they are not targets */
};

struct live {
	struct run *run;
	struct preflight preflight;
	struct signals signals;
	struct listener listener;
	struct intake *intake;
	struct intake_router router;
	struct tenants *tenants;
	struct selection selection; /* the option's without its pids; borrows from it */
	struct live_group *groups;  /* by number in the recording, for GROUP_BY_TARGET */
	size_t groups_allocated;
	uint32_t *group_of; /* number in the recording + 1, by tenant */
	size_t group_of_allocated;
	struct live_view view;
	struct live_samples samples;
	const struct evidence *heard; /* while it is written: what was found in this run */
	struct live_sample judged;    /* before that verdict was taken */
	int proc;
	size_t n_released;	   /* groups */
	size_t n_replaced;	   /* that were forgotten, and whose place another one has by now */
	struct evidence forgotten; /* what was found about those that were forgotten */
	uint32_t kept[LIVE_KEPT];  /* released groups that may come back, + 1; 0: none. A ring */
	size_t n_kept;		   /* places that were given */
	int64_t crowded_ms;	   /* not before then is written again to make room */
	bool over;
	int held; /* 0, or why what came while files were written could not be read */
	int64_t ends_ms, next_ms; /* of --duration and --every; 0: none */
	int64_t lonely_ms; /* since when nobody who is selected has been there; 0: somebody is */
};

enum live_writing {
	LIVE_CHANGED, /* in between: what has changed since */
	LIVE_ALL,     /* in between: everything again */
	LIVE_FINAL,   /* at the end, with the summary */
};

/*
 * Writes the product. In between, a verdict is taken on what there is so far, and nothing to write
 * is no error.
 */
int live_write(struct live *live, enum live_writing writing, struct error *err) _must_check_;

/* Whether files of a run before are added to. */
bool live_adds(const struct options *options);

/* -EEXIST when files of a run before would be replaced. */
int live_check_directory(const struct options *options, struct error *err) _must_check_;

/* Files take their time, and the kernel holds records and fork events for a second or so: reads
 * them for later. That it failed is told by `held`. */
void live_hold(struct live *live);

/* Reads what runs before have written of groups that are about to be written for the first time.
 * One whose file is another's, or cannot be read, gets another name. */
int live_adopt(struct live *live, struct error *err) _must_check_;
void live_prior_free(struct live_group *group);

/* Makes room: groups whose processes have all gone, and which are in their files, are forgotten.
 * What comes of them again is added to these. */
void live_release(struct live *live);

/* At most every half second: takes a sample of the losses, and notes which groups have ended: what
 * is lost from then on is no loss of theirs. */
void live_evidence_look(struct live *live);

void live_samples_add(struct live_samples *samples, const struct live_sample *sample);

/* The last sample from before that time; one of nothing, when none goes back so far. */
void live_samples_before(const struct live_samples *samples, int64_t time_ms,
			 struct live_sample *ret);

/* What has been lost by now. */
void live_evidence_now(const struct live *live, struct live_sample *ret);

/* What is of one group alone: its start, and what its file held. */
void live_evidence_own(const struct live *live, const struct live_group *group,
		       struct evidence *ret);

/* The evidence of one group, from that of `all`. */
void live_evidence_of(const struct live *live, uint32_t number, const struct evidence *all,
		      struct evidence *ret);

/* Adds who began before the recording, and what was found before it, of all groups; for
 * GROUP_BY_TARGET. */
void live_evidence_began(const struct live *live, struct evidence *ret);

/* Draws or says what there is to be said by now. */
void live_view_init(struct live_view *view, enum verbosity verbosity);
void live_view_tick(struct live *live);

/* One line to a person, which does not get into the block on the terminal. */
void live_view_say(struct live *live, const char *format, ...) _printf_(2, 3);

/* The same for what went wrong, which is said even with --quiet. */
void live_view_warn(struct live *live, const char *format, ...) _printf_(2, 3);

/* Takes the block away. */
void live_view_clear(struct live *live);
void live_view_deinit(struct live_view *view);

#endif
