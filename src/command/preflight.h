/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has to hold before a command can be recorded: one const table of checks, which `doctor`
 * prints whole and a recording runs until the first failure, before the command is started.
 */
#ifndef ASG_COMMAND_PREFLIGHT_H
#define ASG_COMMAND_PREFLIGHT_H

#include "audit/kernel.h"
#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include <stdbool.h>

#define LOGGED_RECORD_BYTES 250 /* about that much of a log for each record */

/* What the checks have found out. Zero-initialise. */
struct preflight {
	struct audit_state state;
	bool state_known;
	bool no_new_privs; /* CAP_SYS_ADMIN is missing: the command has to run with no_new_privs */
	bool no_session;   /* the command cannot have an audit session of its own */
};

struct check {
	const char *name;
	bool required; /* a failure means that nothing can be recorded */
	/* 0 and what was found in `said`; or a negative errno, with what is missing and how to get
	 * it. */
	int (*run)(struct preflight *preflight, struct strbuf *said, struct error *err);
};

size_t check_count(void);
const struct check *check_at(size_t index);

/* Runs all checks; the first failure of a required one is returned. */
int preflight_run(struct preflight *preflight, struct error *err) _must_check_;

/* Says who else will write the records to a log, and what that can do to it. Nothing when nobody
 * does. */
void preflight_readers(const struct preflight *preflight, struct strbuf *who,
		       struct strbuf *warning);

#endif
