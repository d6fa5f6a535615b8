/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit rules for the time of one recording: they make the kernel write a SYSCALL record, which has
 * arguments, for certain calls of one audit session. The kernel writes them only while audit is
 * enabled, which it is switched to, and back afterwards.
 *
 * Our rules carry a key that names the process which has added them, when it started, and what
 * `enabled` was before; among them a marker that matches nothing and is there from before the first
 * change to after the last. So whoever finds rules of a process that is gone can undo what it left.
 *
 * Who needs `enabled` is looked up and then acted upon: the caller sees to it that beginnings, ends
 * and sweeps do not overlap (command/arguments.h).
 */
#ifndef ASG_AUDIT_SESSION_RULES_H
#define ASG_AUDIT_SESSION_RULES_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_RULES_KEY "audit-seccomp-gen" /* and ":PID:START:ENABLED" */
#define SESSION_RULES_MAX 8		      /* the marker and one an architecture */

struct audit_rule_data; /* libaudit.h */

/* Zero-initialise. */
struct session_rules {
	struct audit_rule_data *rules[SESSION_RULES_MAX]; /* that the kernel has */
	size_t n;
	char key[96];
	uint32_t enabled_before; /* `enabled` before the first of us changed it */
	uint32_t daemon_before;	 /* pid of the audit daemon, 0: none */
};

/*
 * Undoes what is left of recordings that were killed, sets the marker and switches audit on.
 * -EPERM: the configuration is locked (enabled 2), or CAP_AUDIT_CONTROL is missing. -ENOTSUP: a
 * rule of the host keeps SYSCALL records from being written. With a message. In any case
 * session_rules_end() is to be called.
 */
int session_rules_begin(struct session_rules *rules, struct error *err) _must_check_;

/* Adds a rule, in front of the host's, for these calls of an architecture in that session. Calls of
 * this process never match. */
int session_rules_add(struct session_rules *rules, uint32_t session, uint32_t audit_arch,
		      const int32_t *numbers, size_t n, struct error *err) _must_check_;

/* Removes all of them, and puts `enabled` back unless another recording needs it. Does
 * nothing when nothing was begun. A message says what is left when something is. */
int session_rules_end(struct session_rules *rules, struct error *err);

/* What was found of recordings that are gone, and undone. */
struct session_rules_left {
	uint32_t rules; /* removed */
	uint32_t pid;	/* of one of these recordings */
	bool enabled;	/* was switched back off */
};

/* Undoes it. `*ret` says what it was: `rules` is 0 when nothing was left. */
int session_rules_sweep(struct session_rules_left *ret, struct error *err) _must_check_;

#endif
