/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile_host.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* linux/capability.h, by number. */
static const char *const capabilities[] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",
	"CAP_NET_ADMIN",
	"CAP_NET_RAW",
	"CAP_IPC_LOCK",
	"CAP_IPC_OWNER",
	"CAP_SYS_MODULE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_PACCT",
	"CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",
	"CAP_SYS_NICE",
	"CAP_SYS_RESOURCE",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_MKNOD",
	"CAP_LEASE",
	"CAP_AUDIT_WRITE",
	"CAP_AUDIT_CONTROL",
	"CAP_SETFCAP",
	"CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN",
	"CAP_SYSLOG",
	"CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ",
	"CAP_PERFMON",
	"CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};

int capability_add(char ***caps, const char *name)
{
	bool all = strcasecmp(name, "all") == 0, any = false;

	for (size_t i = 0; i < ARRAY_SIZE(capabilities); i++) {
		if (!all && strcasecmp(name, capabilities[i]) != 0 &&
		    strcasecmp(name, capabilities[i] + strlen("CAP_")) != 0)
			continue;
		any = true;
		if (!name_list_has(*caps, capabilities[i]) &&
		    name_list_append(caps, capabilities[i]) < 0)
			return -ENOMEM;
	}
	return any ? 0 : -EINVAL;
}

static struct kernel_version this_kernel(void)
{
	struct kernel_version version = { 0, 0 };
	struct utsname host;

	if (uname(&host) < 0 || kernel_version_parse(host.release, &version) < 0)
		return (struct kernel_version){ 0, 0 };
	return version;
}

/* A version that cannot be read is one that holds, as runtimes have it. */
static bool kernel_at_least(const struct host_facts *facts, const char *wanted)
{
	struct kernel_version version;

	return kernel_version_parse(wanted, &version) < 0 ||
	       kernel_version_compare(facts->kernel, version) >= 0;
}

/* All that it includes have to be there, and none that it excludes. */
static bool caps_hold(const struct rule *rule, const struct host_facts *facts)
{
	for (char **cap = rule->includes.caps; cap && *cap; cap++)
		if (!name_list_has(facts->caps, *cap))
			return false;
	for (char **cap = rule->excludes.caps; cap && *cap; cap++)
		if (name_list_has(facts->caps, *cap))
			return false;
	return true;
}

static bool kernel_holds(const struct rule *rule, const struct host_facts *facts)
{
	const struct condition *in = &rule->includes, *ex = &rule->excludes;

	if (in->min_kernel && *in->min_kernel && !kernel_at_least(facts, in->min_kernel))
		return false;
	return !(ex->min_kernel && *ex->min_kernel && kernel_at_least(facts, ex->min_kernel));
}

bool rule_holds_on(const struct rule *rule, const struct host_facts *facts)
{
	return (facts->any_caps || caps_hold(rule, facts)) &&
	       (facts->any_kernel || kernel_holds(rule, facts));
}

static bool holds(const struct rule *rule, const void *context)
{
	return rule_holds_on(rule, context);
}

/* `*present`: whether it is written, which it is not when nothing is left of it. */
static void forget(struct condition *condition, bool *present, const struct host_facts *facts)
{
	if (!facts->any_caps) {
		name_list_free(condition->caps);
		condition->caps = NULL;
	}
	if (!facts->any_kernel) {
		free(condition->min_kernel);
		condition->min_kernel = NULL;
	}
	if (name_list_count(condition->caps) == 0 && name_list_count(condition->arches) == 0 &&
	    !condition->min_kernel && !condition->extra)
		*present = false;
}

struct profile *profile_on_host(const struct profile *profile, const struct host_facts *facts)
{
	struct host_facts known = *facts;
	struct profile *copy = profile_copy(profile);

	if (!copy)
		return NULL;
	if (known.kernel.major == 0 && !known.any_kernel)
		known.kernel = this_kernel();
	profile_filter_rules(copy, holds, &known);
	for (size_t i = 0; i < copy->n_rules; i++) {
		struct rule *rule = &copy->rules[i];

		forget(&rule->includes, &rule->has_includes, &known);
		forget(&rule->excludes, &rule->has_excludes, &known);
	}
	return copy;
}
