/* SPDX-License-Identifier: Apache-2.0 */
#include "model/call_fact.h"
#include "model/call_fact_tables.h"
#include <stdlib.h>
#include <string.h>

static const struct area_fact areas[AREA_COUNT] = {
	[AREA_FILES] = { "files", "files and directories",
			 "path lookup and every file system, procfs and sysfs included, that is "
			 "mounted where the program can reach it",
			 &calls_files },
	[AREA_MOUNTS] = { "mounts", "mounts, quotas and swap",
			  "the mount tree, and the parsers that read file system images",
			  &calls_mounts },
	[AREA_EVENTS] = { "events", "waiting for events",
			  "the poll routine of every kind of file, and file system notification",
			  &calls_events },
	[AREA_ASYNC] = { "async-io", "asynchronous input and output",
			 "kernel threads that act for the caller later, past any filter on calls",
			 &calls_async },
	[AREA_MEMORY] = { "memory", "memory",
			  "the memory manager: mappings, page tables, reclaim, and the mmap "
			  "routine "
			  "of every kind of file",
			  &calls_memory },
	[AREA_PROCESSES] = { "processes", "processes and programs",
			     "process creation, program loaders and limits", &calls_processes },
	[AREA_SCHEDULING] = { "scheduling", "scheduling and priorities",
			      "the scheduler, which all processes of the host share",
			      &calls_scheduling },
	[AREA_SIGNALS] = { "signals", "signals",
			   "signal delivery to oneself and to others that the permissions reach",
			   &calls_signals },
	[AREA_TIME] = { "time", "clocks and timers", "timers, and the clocks that the host shares",
			&calls_time },
	[AREA_IPC] = { "ipc", "pipes, queues, semaphores, shared memory, futexes",
		       "objects that processes share, and the buffers behind them", &calls_ipc },
	[AREA_NETWORK] = { "network", "sockets",
			   "the protocols behind every address family that the kernel has or can "
			   "load",
			   &calls_network },
	[AREA_CREDENTIALS] = { "credentials", "users, groups, capabilities",
			       "who the process is, which decides what all other calls may do",
			       &calls_credentials },
	[AREA_NAMESPACES] = { "namespaces", "namespaces",
			      "the walls between containers, and code that trusts root inside a "
			      "user namespace",
			      &calls_namespaces },
	[AREA_SANDBOX] = { "sandbox", "seccomp, Landlock, security modules",
			   "restrictions that the program puts on itself", &calls_sandbox },
	[AREA_KEYS] = { "keys", "kernel keyrings",
			"key storage, which no namespace but the user namespace separates",
			&calls_keys },
	[AREA_TRACING] = { "tracing", "debugging and observation",
			   "the inner state of other processes and of the kernel", &calls_tracing },
	[AREA_BPF] = { "bpf", "BPF", "the BPF verifier, compiler and maps", &calls_bpf },
	[AREA_MODULES] = { "modules", "modules and kernel images", "the code of the kernel itself",
			   &calls_modules },
	[AREA_HOST] = { "host", "the host as a whole",
			"settings and facts that belong to the machine", &calls_host },
	[AREA_DEVICES] = { "devices", "devices, ports, processor state",
			   "drivers, and rarely used corners of the architecture", &calls_devices },
	[AREA_OBSOLETE] = { "obsolete", "calls that no kernel has any more",
			    "nothing: numbers that are reserved or answered ENOSYS",
			    &calls_obsolete },
};

static const struct {
	const char *name, *meaning;
} risks[RISK_COUNT] = {
	[RISK_LOW] = { "low",
		       "acts on the caller's own resources through small, well-trodden code" },
	[RISK_MODERATE] = { "moderate",
			    "changes what others see, or reaches broad code of the kernel" },
	[RISK_HIGH] = { "high", "a large surface with a history of holes, or a reach into other "
				"processes" },
	[RISK_CRITICAL] = { "critical", "can change the kernel, the host or the isolation itself" },
};

const struct area_fact *area_fact(enum area area)
{
	return &areas[area];
}

const char *risk_name(enum risk risk)
{
	return risks[risk].name;
}

const char *risk_meaning(enum risk risk)
{
	return risks[risk].meaning;
}

static int compare_fact(const void *name, const void *fact)
{
	return strcmp(name, ((const struct call_fact *)fact)->name);
}

const struct call_fact *call_fact(const char *name, enum area *ret_area)
{
	for (int i = 0; i < AREA_COUNT; i++) {
		const struct call_table *table = areas[i].table;
		const struct call_fact *found =
			bsearch(name, table->calls, table->n, sizeof(*table->calls), compare_fact);

		if (!found)
			continue;
		if (ret_area)
			*ret_area = (enum area)i;
		return found;
	}
	return NULL;
}
