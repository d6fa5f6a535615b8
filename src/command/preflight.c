/* SPDX-License-Identifier: Apache-2.0 */
#include "command/preflight.h"
#include "audit/readers.h"
#include "audit/source_netlink.h"
#include "target/lineage.h"
#include "target/privilege.h"
#include "target/session.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

static int check_user_namespace(_unused_ struct preflight *preflight, struct strbuf *said,
				struct error *err)
{
	if (!privilege_init_user_namespace())
		return error_set(
			err, -EPERM,
			"this is a user namespace of its own (a rootless container?), where the "
			"kernel gives out no audit records: run on the host, as root");
	strbuf_puts(said, "the initial one");
	return 0;
}

static int check_pid_namespace(_unused_ struct preflight *preflight, struct strbuf *said,
			       struct error *err)
{
	if (!privilege_init_pid_namespace())
		return error_set(
			err, -EPERM,
			"this is a pid namespace of its own (a container?), where the pids of "
			"audit "
			"records mean nothing: run on the host, or in a container with --pid=host");
	strbuf_puts(said, "the initial one");
	return 0;
}

static int check_read(_unused_ struct preflight *preflight, struct strbuf *said, struct error *err)
{
	if (!privilege_has(CAP_AUDIT_READ))
		return error_set(
			err, -EPERM,
			"CAP_AUDIT_READ is missing, so the kernel's audit records cannot be read: "
			"run as root (sudo audit-seccomp-gen ...)");
	strbuf_puts(said, "may read audit records");
	return 0;
}

static int check_subscribe(_unused_ struct preflight *preflight, struct strbuf *said,
			   struct error *err)
{
	struct source_netlink *source;
	int r = source_netlink_open(&source, NETLINK_RECEIVE_BUFFER, err);

	if (r < 0)
		return r;
	strbuf_printf(said, "receive buffer of %zu MB", source_netlink_buffer(source) >> 20);
	source_netlink_close(source);
	return 0;
}

static int check_state(struct preflight *preflight, struct strbuf *said, struct error *err)
{
	const struct audit_state *state = &preflight->state;
	int r;

	if (!privilege_has(CAP_AUDIT_CONTROL))
		return error_set(err, -EPERM,
				 "CAP_AUDIT_CONTROL is missing, so that losses in the kernel "
				 "cannot be told: "
				 "run as root (sudo audit-seccomp-gen ...)");
	r = audit_state_read(&preflight->state, err);
	if (r < 0)
		return r;
	preflight->state_known = true;
	strbuf_printf(said,
		      "enabled %" PRIu32 ", backlog_limit %" PRIu32 ", rate_limit %" PRIu32
		      ", lost %" PRIu32,
		      state->enabled, state->backlog_limit, state->rate_limit, state->lost);
	return 0;
}

static int check_actions_logged(struct preflight *preflight, struct strbuf *said, struct error *err)
{
	if (preflight->state_known && !preflight->state.logs_allowed)
		return error_set(err, -ENOTSUP,
				 "kernel.seccomp.actions_logged lacks 'log', so that a logging "
				 "filter leaves no "
				 "records: sysctl -w kernel.seccomp.actions_logged=\"$(sysctl -n "
				 "kernel.seccomp.actions_logged) log\"");
	strbuf_puts(said, "has 'log'");
	return 0;
}

static int check_exclude(struct preflight *preflight, struct strbuf *said, struct error *err)
{
	if (preflight->state_known && preflight->state.excluded)
		return error_set(err, -ENOTSUP,
				 "an audit rule keeps SECCOMP records away (%s): delete it for the "
				 "time of the "
				 "recording (auditctl -d ..., see auditctl -l)",
				 preflight->state.exclude_rule);
	strbuf_puts(said, "none that concerns SECCOMP records");
	return 0;
}

static int check_filter(struct preflight *preflight, struct strbuf *said, struct error *err)
{
	if (!privilege_has(CAP_SYS_ADMIN)) {
		preflight->no_new_privs = true;
		return error_set(
			err, -EPERM,
			"CAP_SYS_ADMIN is missing: commands run with no_new_privs, so setuid "
			"programs in them gain nothing; run as root to record those");
	}
	strbuf_puts(said, "loaded without no_new_privs");
	return 0;
}

static int check_session(struct preflight *preflight, struct strbuf *said, struct error *err)
{
	int r = session_available();

	if (r < 0) {
		preflight->no_session = true;
		return error_set(err, r,
				 "no audit session can be started (loginuid is immutable, /proc is "
				 "read-only, or "
				 "CAP_AUDIT_CONTROL is missing): fork events tell whose record it "
				 "is instead");
	}
	strbuf_puts(said, "attribution is exact");
	return 0;
}

static int check_lineage(_unused_ struct preflight *preflight, struct strbuf *said,
			 struct error *err)
{
	struct lineage *lineage = NULL;
	int r = lineage_open(&lineage, err);

	if (r < 0)
		return error_prefix(
			err, r,
			"descendants that leave the audit session (sshd, cron, su) cannot be "
			"followed");
	lineage_close(lineage);
	strbuf_puts(said, "follow descendants that leave the audit session");
	return 0;
}

static int check_readers(struct preflight *preflight, struct strbuf *said, struct error *err)
{
	_cleanup_strbuf_ struct strbuf who = { 0 }, warning = { 0 };

	preflight_readers(preflight, &who, &warning);
	if (warning.len)
		return error_set(err, -EBUSY, "%s", strbuf_text(&warning));
	strbuf_puts(said, "nobody else writes the records to a log");
	return 0;
}

static const struct check checks[] = {
	{ "user namespace", true, check_user_namespace },
	{ "pid namespace", true, check_pid_namespace },
	{ "privilege", true, check_read },
	{ "audit subscription", true, check_subscribe },
	{ "audit state", true, check_state },
	{ "actions_logged", true, check_actions_logged },
	{ "exclude rules", true, check_exclude },
	{ "recording filter", false, check_filter },
	{ "audit session", false, check_session },
	{ "fork events", false, check_lineage },
	{ "other readers", false, check_readers },
};

size_t check_count(void)
{
	return ARRAY_SIZE(checks);
}

const struct check *check_at(size_t index)
{
	return &checks[index];
}

int preflight_run(struct preflight *preflight, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		_cleanup_strbuf_ struct strbuf said = { 0 };
		int r = checks[i].run(preflight, &said, checks[i].required ? err : NULL);

		if (r < 0 && checks[i].required)
			return r;
	}
	return 0;
}

static void warn_of_auditd(const struct preflight *preflight, struct strbuf *who,
			   struct strbuf *warning)
{
	struct auditd_conf conf;
	uint64_t room;

	if (auditd_conf_read(NULL, &conf, NULL) < 0 || !conf.writes)
		return;
	room = conf.max_log_file * conf.num_logs;
	strbuf_puts(who, "auditd");
	strbuf_printf(warning,
		      "auditd (pid %" PRIu32
		      ") writes every record to %s too, about %d bytes each; ",
		      preflight->state.pid, conf.log_file, LOGGED_RECORD_BYTES);
	if (conf.rotates)
		strbuf_printf(warning,
			      "its %" PRIu32 " files of %" PRIu64 " MB hold about %" PRIu64
			      " of them, then this host's older audit events are rotated away",
			      conf.num_logs, conf.max_log_file >> 20, room / LOGGED_RECORD_BYTES);
	else
		strbuf_puts(warning, "its files are not rotated, so watch the disk");
}

void preflight_readers(const struct preflight *preflight, struct strbuf *who,
		       struct strbuf *warning)
{
	struct audit_reader readers[4];
	size_t n = audit_readers(readers, ARRAY_SIZE(readers));

	if (preflight->state_known && preflight->state.pid)
		warn_of_auditd(preflight, who, warning);
	for (size_t i = 0; i < n && i < ARRAY_SIZE(readers); i++) {
		const char *comm = *readers[i].comm ? readers[i].comm : "a process";

		/* A recording like this one, which keeps no log: the first 15 bytes of our name. */
		if (strcmp(comm, "audit-seccomp-g") == 0)
			continue;
		strbuf_printf(who, "%s%s", who->len ? ", " : "", comm);
		strbuf_printf(warning,
			      "%s%s (netlink port %" PRIu32
			      ") reads audit records as well and may log every one of them",
			      warning->len ? "; " : "", comm, readers[i].port);
	}
}
