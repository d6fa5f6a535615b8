/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live way in: audit socket, intake and the evidence that nothing was lost between a first
 * record of our own (the canary) and a last one (the sentinel).
 */
#ifndef ASG_COMMAND_LISTENER_H
#define ASG_COMMAND_LISTENER_H

#include "audit/kernel.h"
#include "audit/source_netlink.h"
#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "command/backlog.h"
#include "model/intake.h"
#include "target/lineage.h"
#include "target/tenants.h"

struct listener {
	struct source_netlink *source;
	struct lineage *lineage;	 /* or NULL */
	struct tenants *tenants;	 /* borrowed, or NULL: drained as lineage is */
	struct intake *intake;		 /* borrowed */
	struct attribution *attribution; /* borrowed, or NULL */
	struct strbuf queue;		 /* messages read but not interpreted */
	struct audit_state before;
	struct audit_state settings; /* as they were last looked at */
	uint64_t lost;		     /* by the kernel, up to then */
	int64_t looked_ms;
	struct backlog backlog;
	pid_t awaited_pid; /* of the sentinel that is waited for */
	int32_t awaited_nr;
	uint64_t awaited_serial; /* once it was seen, else 0 */
	uint64_t first_serial;	 /* the canary's */
	uint64_t newest_serial;	 /* of all records that were interpreted */
};

struct listener_options {
	size_t receive_buffer; /* bytes */
	uint32_t backlog;      /* messages, at least */
	bool lineage;	       /* listen to fork events, too, where they are to be had */
	bool lineage_required; /* or else fail */
};

/* Subscribes, raises backlog_limit. `*listener` needs listener_close() in any case. */
int listener_open(struct listener *listener, const struct listener_options *options,
		  struct error *err) _must_check_;

/* Sends the canary and waits for it. -ETIMEDOUT with a message when no record arrives. */
int listener_canary(struct listener *listener, struct error *err) _must_check_;

/* Reads and interprets what waits; under a flood not all of it, so that the caller can look around.
 */
int listener_pump(struct listener *listener, struct error *err) _must_check_;

/* Reads what waits, for the next pump to interpret, while the recording must not change. */
int listener_hold(struct listener *listener, struct error *err) _must_check_;

/*
 * Looks at most once in LISTENER_LOOK_MS whether settings that decide about records have changed,
 * so that a change which is taken back before the end is found, too.
 */
#define LISTENER_LOOK_MS 500
void listener_look(struct listener *listener, struct evidence *evidence);

/* What the kernel has lost between two looks at its counter, which anybody may set to 0 (auditctl
 * --reset-lost). */
uint64_t listener_lost(uint32_t then, uint32_t now);

/*
 * Sends the sentinel, waits for it, and writes what was lost, if anything, into the evidence. That
 * the sentinel cannot be sent is a finding as well.
 */
void listener_finish(struct listener *listener, struct evidence *evidence);

/* Restores what was changed in the kernel, and closes. */
void listener_close(struct listener *listener);

#endif
