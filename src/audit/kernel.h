/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decides whether a filter's records arrive: the kernel's settings, by AUDIT_GET, audit rules
 * and /proc/sys/kernel/seccomp/actions_logged; a recording changes some for its time. With
 * source_netlink and session_rules the only place that knows libaudit.
 */
#ifndef ASG_AUDIT_KERNEL_H
#define ASG_AUDIT_KERNEL_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>

struct audit_state {
	uint32_t enabled; /* 0, 1, 2 (immutable) */
	uint32_t failure;
	uint32_t pid;		/* of the audit daemon, 0: none */
	uint32_t rate_limit;	/* messages a second, 0: no limit */
	uint32_t backlog_limit; /* messages, 0: no limit */
	uint32_t lost;		/* messages lost since boot */
	uint32_t backlog;	/* messages waiting now */
	bool logs_allowed;	/* actions_logged has `log`: RET_LOG leaves records */
	bool excluded;		/* an exclude rule can match SECCOMP records */
	char exclude_rule[160]; /* that rule in words, for messages */
};

/* Asks the kernel. -EPERM (CAP_AUDIT_CONTROL), -EPROTONOSUPPORT, -ETIMEDOUT with a message that
 * names the remedy. */
int audit_state_read(struct audit_state *ret, struct error *err) _must_check_;

/* Sets backlog_limit (messages). */
int audit_set_backlog(uint32_t limit, struct error *err) _must_check_;

/* What auditd.conf says about its files. */
struct auditd_conf {
	char log_file[256];
	uint64_t max_log_file; /* bytes a file */
	uint32_t num_logs;     /* files kept */
	bool rotates;	       /* max_log_file_action is rotate and num_logs 2 or more: older events
				* are removed */
	bool writes;	       /* write_logs */
};

/*
 * Reads `path` (NULL: /etc/audit/auditd.conf). What the file does not say is as auditd has it then:
 * no rotation (auditd.conf(5), tried with 3.0.9). A missing file gives the figures of the one that
 * auditd is shipped with: 5 files of 8 MB, rotated. Lines that make no sense are passed over.
 */
int auditd_conf_read(const char *path, struct auditd_conf *ret, struct error *err) _must_check_;

#endif
