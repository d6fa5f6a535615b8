/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of --live share. */
#ifndef ASG_COMMAND_LIVE_H
#define ASG_COMMAND_LIVE_H

#include "command/listener.h"
#include "command/preflight.h"
#include "command/record.h"
#include "command/signals.h"
#include "target/tenants.h"

/* A group of the recording, and what was written of it. */
struct live_group {
	uint32_t tenant;
	size_t written; /* calls x answers that it had then; 0: never */
};

/* What is shown. */
struct live_view {
	bool terminal;
	bool wanted; /* not --quiet */
	int lines;   /* of the block on the terminal that is to be drawn over */
	int64_t drawn_ms;
	uint64_t *records; /* of each group when it was last drawn */
	size_t records_allocated;
	uint64_t drops, fork_drops; /* that were said */
	size_t groups;		    /* that were said */
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
	int proc;
	bool over;
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

/* Draws or says what there is to be said by now. */
void live_view_init(struct live_view *view, enum verbosity verbosity);
void live_view_tick(struct live *live);

/* One line to a person, which does not get into the block on the terminal. */
void live_view_say(struct live *live, const char *format, ...) _printf_(2, 3);

/* Takes the block away. */
void live_view_clear(struct live *live);
void live_view_deinit(struct live_view *view);

#endif
