/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/action.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

static const struct {
	uint32_t code;
	const char *name, *oci;
} actions[] = {
	[ACTION_KILL_PROCESS] = { SECCOMP_RET_KILL_PROCESS, "kill_process",
				  "SCMP_ACT_KILL_PROCESS" },
	[ACTION_KILL_THREAD] = { SECCOMP_RET_KILL_THREAD, "kill_thread", "SCMP_ACT_KILL_THREAD" },
	[ACTION_TRAP] = { SECCOMP_RET_TRAP, "trap", "SCMP_ACT_TRAP" },
	[ACTION_ERRNO] = { SECCOMP_RET_ERRNO, "errno", "SCMP_ACT_ERRNO" },
	[ACTION_NOTIFY] = { SECCOMP_RET_USER_NOTIF, "user_notif", "SCMP_ACT_NOTIFY" },
	[ACTION_TRACE] = { SECCOMP_RET_TRACE, "trace", "SCMP_ACT_TRACE" },
	[ACTION_LOG] = { SECCOMP_RET_LOG, "log", "SCMP_ACT_LOG" },
	[ACTION_ALLOW] = { SECCOMP_RET_ALLOW, "allow", "SCMP_ACT_ALLOW" },
	/* The kernel, too, kills the process when it does not know what a filter answered. */
	[ACTION_UNKNOWN] = { SECCOMP_RET_KILL_PROCESS, "unknown", "SCMP_ACT_KILL_PROCESS" },
};

static enum action known(enum action action)
{
	return (unsigned int)action < ARRAY_SIZE(actions) ? action : ACTION_UNKNOWN;
}

enum action action_from_code(uint32_t code)
{
	for (unsigned int i = 0; i < ACTION_UNKNOWN; i++)
		if (actions[i].code == (code & SECCOMP_RET_ACTION_FULL))
			return (enum action)i;
	return ACTION_UNKNOWN;
}

uint32_t action_to_code(enum action action)
{
	return actions[known(action)].code;
}

const char *action_name(enum action action)
{
	return actions[known(action)].name;
}

int action_from_name(struct slice name, enum action *ret)
{
	for (unsigned int i = 0; i < ACTION_UNKNOWN; i++) {
		if (!slice_is(name, actions[i].name))
			continue;
		*ret = (enum action)i;
		return 0;
	}
	return -EINVAL;
}

const char *action_oci_name(enum action action)
{
	return actions[known(action)].oci;
}

int action_from_oci_name(const char *name, enum action *ret)
{
	if (strcmp(name, "SCMP_ACT_KILL") == 0)
		name = actions[ACTION_KILL_THREAD].oci;
	for (unsigned int i = 0; i < ACTION_UNKNOWN; i++) {
		if (strcmp(name, actions[i].oci) != 0)
			continue;
		*ret = (enum action)i;
		return 0;
	}
	return -EINVAL;
}
