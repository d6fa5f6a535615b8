/* SPDX-License-Identifier: Apache-2.0 */
/* --args: audit rules for the time of a recording, and what is told of them. */
#ifndef ASG_COMMAND_ARGUMENTS_H
#define ASG_COMMAND_ARGUMENTS_H

#include "arch/syscall.h"
#include "audit/kernel.h"
#include "audit/session_rules.h"
#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"

/* What it costs, for who asked for it; "" when nothing beyond the recording. To be told before
 * arguments_begin(). */
void arguments_cost(const struct audit_state *state, struct strbuf *ret);

/* session_rules_begin(), alone. */
int arguments_begin(struct session_rules *rules, struct error *err) _must_check_;

/*
 * Adds rules for `calls` (NULL: all of the table's) of that session, on each architecture that
 * programs here can have. `rules` were begun. The recording has to end with session_rules_end().
 */
int arguments_follow(struct session_rules *rules, uint32_t session, char *const *calls,
		     struct syscall_table *names, struct error *err) _must_check_;

/* Ends the rules; what cannot be undone is said, with what undoes it. "" when all is well. */
void arguments_end(struct session_rules *rules, struct strbuf *ret);

/* Undoes what recordings that were killed have left. What that was is appended; "" for nothing. */
int arguments_sweep(struct strbuf *ret, struct error *err) _must_check_;

#endif
