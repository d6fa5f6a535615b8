/* SPDX-License-Identifier: Apache-2.0 */
#include "command/arguments.h"
#include "arch/argument.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "command/run_directory.h"
#include "model/name_list.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/file.h>

#define CALLS_MAX    64 /* in the table, at the most */
#define LOCK_WAIT_MS 5000
#define LOCK_LOOK_MS 5

/*
 * The directory is its own lock: nobody but root can open it. Who stops in the middle (SIGSTOP) is
 * not waited for for ever, and where there is no such directory nobody else records.
 */
static int take_lock(void)
{
	int64_t deadline = time_now_ms() + LOCK_WAIT_MS;
	int fd = run_directory_make(NULL) < 0
			 ? -1
			 : open(RUN_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && time_now_ms() < deadline)
		poll(NULL, 0, LOCK_LOOK_MS);
	return fd;
}

int arguments_begin(struct session_rules *rules, struct error *err)
{
	_cleanup_close_ _unused_ int lock = take_lock();

	return session_rules_begin(rules, err);
}

void arguments_cost(const struct audit_state *state, struct strbuf *ret)
{
	if (state->enabled == 0)
		strbuf_puts(ret,
			    "to record arguments, audit is switched on for the whole host "
			    "(enabled 0 to 1) and off again at the end; each call of every "
			    "process that is started from now on stays a little slower all the "
			    "same, until the host is started again");
	if (state->pid)
		strbuf_printf(ret,
			      "%sauditd (pid %" PRIu32
			      ") writes the records with arguments to its log, too: three or "
			      "more for each call",
			      ret->len ? "; " : "", state->pid);
}

static int add_arch(struct session_rules *rules, uint32_t session, const struct arch *arch,
		    char *const *calls, struct syscall_table *names, struct error *err)
{
	int32_t numbers[CALLS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < argument_call_count() && n < CALLS_MAX; i++) {
		const struct argument_call *call = argument_call_at(i);
		int r;

		if ((calls && !name_list_has(calls, call->name)) ||
		    !argument_call_plain(call, arch))
			continue;
		r = syscall_number(names, arch, call->name, &numbers[n]);
		if (r == 0)
			n++;
		else if (r != -ENOENT)
			return error_memory(err);
	}
	return n ? session_rules_add(rules, session, arch->audit, numbers, n, err) : 0;
}

/* An audit rule can name no call of x32: its numbers are beyond what a rule has bits for. */
int arguments_follow(struct session_rules *rules, uint32_t session, char *const *calls,
		     struct syscall_table *names, struct error *err)
{
	const struct arch *native = arch_native();
	int r = 0;

	for (size_t i = 0; r >= 0 && native && i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);

		if (arch == native ||
		    (arch->native == native->token && arch->audit != native->audit))
			r = add_arch(rules, session, arch, calls, names, err);
	}
	return r;
}

void arguments_end(struct session_rules *rules, struct strbuf *ret)
{
	_cleanup_close_ _unused_ int lock = rules->n > 0 ? take_lock() : -1;
	struct error err = { 0 };
	int r = session_rules_end(rules, &err);

	if (r < 0)
		strbuf_printf(ret,
			      "%s; audit rules of this recording are left (auditctl -l), and audit "
			      "may be switched on (auditctl -s): `audit-seccomp-gen doctor` undoes "
			      "both",
			      error_message(&err, r));
}

int arguments_sweep(struct strbuf *ret, struct error *err)
{
	_cleanup_close_ _unused_ int lock = take_lock();
	struct session_rules_left left;
	int r = session_rules_sweep(&left, err);

	if (r < 0 || left.rules == 0)
		return r;
	strbuf_printf(ret,
		      "a recording that was killed (pid %" PRIu32 ") had left %" PRIu32
		      " audit rules%s: undone",
		      left.pid, left.rules, left.enabled ? " and audit switched on" : "");
	return 0;
}
