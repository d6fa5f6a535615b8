/* SPDX-License-Identifier: Apache-2.0 */
#include "command/arguments.h"
#include "arch/argument.h"
#include "model/name_list.h"
#include <errno.h>
#include <inttypes.h>

#define CALLS_MAX 64 /* in the table, at the most */

void arguments_cost(uint32_t enabled, struct strbuf *ret)
{
	if (enabled == 0)
		strbuf_puts(ret, "to record arguments, audit is switched on for the whole host "
				 "(enabled 0 to 1) and off again at the end; each call of every "
				 "process that is started "
				 "from now on stays a little slower all the same, until the host "
				 "is started again");
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
