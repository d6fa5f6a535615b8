/* SPDX-License-Identifier: Apache-2.0 */
/* Processes, scheduling, signals, credentials. */
#include "model/call_fact_tables.h"

/* Sorted by name. */
static const struct call_fact processes[] = {
	{ "clone", RISK_MODERATE,
	  "makes a thread or process; by its flags also new namespaces, and with a user namespace "
	  "all capabilities inside it, which opens kernel code that trusts root" },
	{ "clone3", RISK_MODERATE,
	  "is clone with its arguments in memory, where no seccomp filter can see the namespace "
	  "flags: it is allowed as a whole or not at all" },
	{ "execve", RISK_MODERATE,
	  "replaces the program of the process, by the loader for its format; set-user-ID files "
	  "change who it is unless no_new_privs is set" },
	{ "execveat", RISK_MODERATE,
	  "is execve from a directory or an open file, memory-only files of memfd_create "
	  "included" },
	{ "exit", RISK_LOW, "ends the calling thread" },
	{ "exit_group", RISK_LOW, "ends the process with all its threads" },
	{ "fork", RISK_LOW,
	  "makes a copy of the process; without limits on tasks a way to exhaust the host" },
	{ "getpgid", RISK_LOW, "tells the process group of a process" },
	{ "getpgrp", RISK_LOW, "tells the process group of the caller" },
	{ "getpid", RISK_LOW, "tells the process's number" },
	{ "getppid", RISK_LOW, "tells the number of the parent process" },
	{ "getrlimit", RISK_LOW, "reads a resource limit of the process" },
	{ "getrusage", RISK_LOW,
	  "tells the time and memory used by the process, its thread or its children" },
	{ "getsid", RISK_LOW, "tells the session of a process" },
	{ "gettid", RISK_LOW, "tells the thread's number" },
	{ "personality", RISK_HIGH,
	  "changes how the kernel treats the process: without address randomisation, with readable "
	  "memory made executable, under an old version number" },
	{ "pidfd_open", RISK_LOW,
	  "takes a descriptor of a process, to wait for it or to signal it without mixing it up "
	  "with a later one" },
	{ "prctl", RISK_MODERATE,
	  "reads and sets dozens of properties of the process: no_new_privs, seccomp, ambient "
	  "capabilities, dumpable, subreaper, speculation, where its arguments stand in memory" },
	{ "prlimit64", RISK_MODERATE,
	  "reads and sets resource limits, also of other processes of the same user or with "
	  "CAP_SYS_RESOURCE" },
	{ "rseq", RISK_LOW,
	  "registers memory in which the kernel tells the thread's processor, and restarts short "
	  "sequences that were interrupted" },
	{ "rseq_slice_yield", RISK_LOW,
	  "gives the processor back early after a time slice that was extended by way of rseq" },
	{ "set_tid_address", RISK_LOW,
	  "registers where the kernel clears a number and wakes a waiter when the thread ends" },
	{ "setpgid", RISK_LOW, "moves oneself or a child into a process group of the session" },
	{ "setrlimit", RISK_LOW,
	  "sets a resource limit of the process; above the hard one only with CAP_SYS_RESOURCE" },
	{ "setsid", RISK_LOW, "starts a session without a controlling terminal" },
	{ "ugetrlimit", RISK_LOW, "is getrlimit on 32-bit architectures that had a signed one" },
	{ "uselib", RISK_HIGH,
	  "loads a shared library in an old format into the process; obsolete code with a past "
	  "hole that gave root, left out of most kernels" },
	{ "vfork", RISK_LOW,
	  "makes a process that borrows the memory of its parent until it runs a program" },
	{ "wait4", RISK_LOW, "waits for a child and tells how it ended and what it used" },
	{ "waitid", RISK_LOW,
	  "waits for children by number, group or descriptor; a missing check here once let "
	  "programs write kernel memory" },
	{ "waitpid", RISK_LOW, "waits for a child, on architectures that have it beside wait4" },
};

/* Sorted by name. */
static const struct call_fact scheduling[] = {
	{ "getcpu", RISK_LOW, "tells on which processor and memory node the thread runs" },
	{ "getpriority", RISK_LOW, "reads the nice value of a process, group or user" },
	{ "ioprio_get", RISK_LOW, "reads the disk priority of a process, group or user" },
	{ "ioprio_set", RISK_MODERATE,
	  "sets the disk priority of processes of the same user; the real-time class needs "
	  "CAP_SYS_ADMIN or CAP_SYS_NICE" },
	{ "nice", RISK_LOW, "lowers the priority of the process, or raises it with CAP_SYS_NICE" },
	{ "sched_get_priority_max", RISK_LOW, "tells the highest priority of a scheduling policy" },
	{ "sched_get_priority_min", RISK_LOW, "tells the lowest priority of a scheduling policy" },
	{ "sched_getaffinity", RISK_LOW, "tells on which processors a thread may run" },
	{ "sched_getattr", RISK_LOW,
	  "reads the scheduling policy of a thread with all its parameters" },
	{ "sched_getparam", RISK_LOW, "reads the real-time priority of a thread" },
	{ "sched_getscheduler", RISK_LOW, "reads the scheduling policy of a thread" },
	{ "sched_rr_get_interval", RISK_LOW, "tells the time slice of a thread" },
	{ "sched_rr_get_interval_time64", RISK_LOW,
	  "is sched_rr_get_interval with 64-bit time on 32-bit architectures" },
	{ "sched_setaffinity", RISK_MODERATE, "binds threads of the same user to processors" },
	{ "sched_setattr", RISK_MODERATE,
	  "sets the scheduling policy with all its parameters, deadlines included; with "
	  "CAP_SYS_NICE it can starve the host" },
	{ "sched_setparam", RISK_MODERATE,
	  "sets the real-time priority of a thread; with CAP_SYS_NICE it can starve the host" },
	{ "sched_setscheduler", RISK_MODERATE,
	  "sets the scheduling policy of a thread; with CAP_SYS_NICE it can starve the host" },
	{ "sched_yield", RISK_LOW, "lets other threads run" },
	{ "setpriority", RISK_MODERATE,
	  "sets the nice value of processes of the same user; raising priority needs "
	  "CAP_SYS_NICE" },
};

/* Sorted by name. */
static const struct call_fact signals[] = {
	{ "kill", RISK_MODERATE,
	  "sends a signal to a process, a group or everything that the caller may signal and its "
	  "pid namespace shows" },
	{ "pause", RISK_LOW, "waits for a signal" },
	{ "pidfd_send_signal", RISK_MODERATE, "sends a signal to the process behind a descriptor" },
	{ "restart_syscall", RISK_LOW,
	  "goes on with a sleep or wait that stopping the process interrupted; made by the kernel "
	  "itself" },
	{ "rt_sigaction", RISK_LOW, "sets what happens on a signal" },
	{ "rt_sigpending", RISK_LOW, "tells which signals wait" },
	{ "rt_sigprocmask", RISK_LOW, "sets which signals are held back" },
	{ "rt_sigqueueinfo", RISK_MODERATE,
	  "sends a signal with data, to a process that the caller may signal" },
	{ "rt_sigreturn", RISK_LOW,
	  "returns from a signal handler: restores all registers from the stack, which exploits "
	  "use as well (SROP)" },
	{ "rt_sigsuspend", RISK_LOW, "waits for a signal with another mask" },
	{ "rt_sigtimedwait", RISK_LOW, "takes a waiting signal without a handler, within a time" },
	{ "rt_sigtimedwait_time64", RISK_LOW,
	  "is rt_sigtimedwait with 64-bit time on 32-bit architectures" },
	{ "rt_tgsigqueueinfo", RISK_MODERATE, "sends a signal with data to one thread" },
	{ "sgetmask", RISK_LOW, "reads the signal mask in its oldest form" },
	{ "sigaction", RISK_LOW,
	  "sets what happens on a signal, the form before real-time signals" },
	{ "sigaltstack", RISK_LOW, "sets a stack of its own for signal handlers" },
	{ "signal", RISK_LOW, "sets what happens on a signal, the oldest form" },
	{ "signalfd", RISK_LOW, "makes a descriptor that signals are read from" },
	{ "signalfd4", RISK_LOW, "makes a descriptor that signals are read from, with flags" },
	{ "sigpending", RISK_LOW, "tells which signals wait, the form before real-time signals" },
	{ "sigprocmask", RISK_LOW,
	  "sets which signals are held back, the form before real-time signals" },
	{ "sigreturn", RISK_LOW,
	  "returns from a signal handler on 32-bit architectures: restores all registers from the "
	  "stack" },
	{ "sigsuspend", RISK_LOW,
	  "waits for a signal with another mask, the form before real-time signals" },
	{ "ssetmask", RISK_LOW, "sets the signal mask in its oldest form" },
	{ "swapcontext", RISK_LOW, "saves the registers and goes on with others, on PowerPC" },
	{ "tgkill", RISK_MODERATE,
	  "sends a signal to one thread of a process; libc's raise and abort do it to themselves" },
	{ "tkill", RISK_MODERATE,
	  "sends a signal to one thread, by a number that may have been reused" },
};

/* Sorted by name. */
static const struct call_fact credentials[] = {
	{ "capget", RISK_LOW, "reads the capabilities of a process" },
	{ "capset", RISK_MODERATE,
	  "gives up capabilities, or takes those back into effect that are still permitted" },
	{ "getegid", RISK_LOW, "tells the effective group" },
	{ "getegid32", RISK_LOW, "is getegid with 32-bit numbers on 32-bit architectures" },
	{ "geteuid", RISK_LOW, "tells the effective user" },
	{ "geteuid32", RISK_LOW, "is geteuid with 32-bit numbers on 32-bit architectures" },
	{ "getgid", RISK_LOW, "tells the real group" },
	{ "getgid32", RISK_LOW, "is getgid with 32-bit numbers on 32-bit architectures" },
	{ "getgroups", RISK_LOW, "tells the additional groups" },
	{ "getgroups32", RISK_LOW, "is getgroups with 32-bit numbers on 32-bit architectures" },
	{ "getresgid", RISK_LOW, "tells real, effective and saved group" },
	{ "getresgid32", RISK_LOW, "is getresgid with 32-bit numbers on 32-bit architectures" },
	{ "getresuid", RISK_LOW, "tells real, effective and saved user" },
	{ "getresuid32", RISK_LOW, "is getresuid with 32-bit numbers on 32-bit architectures" },
	{ "getuid", RISK_LOW, "tells the real user" },
	{ "getuid32", RISK_LOW, "is getuid with 32-bit numbers on 32-bit architectures" },
	{ "setfsgid", RISK_MODERATE,
	  "sets the group that file access is checked for; others than its own with CAP_SETGID" },
	{ "setfsgid32", RISK_MODERATE, "is setfsgid with 32-bit numbers on 32-bit architectures" },
	{ "setfsuid", RISK_MODERATE,
	  "sets the user that file access is checked for; others than its own with CAP_SETUID" },
	{ "setfsuid32", RISK_MODERATE, "is setfsuid with 32-bit numbers on 32-bit architectures" },
	{ "setgid", RISK_MODERATE,
	  "becomes another group: any with CAP_SETGID, else one of its own" },
	{ "setgid32", RISK_MODERATE, "is setgid with 32-bit numbers on 32-bit architectures" },
	{ "setgroups", RISK_MODERATE,
	  "sets the additional groups, with CAP_SETGID; dropping one can also lift a denial meant "
	  "for it" },
	{ "setgroups32", RISK_MODERATE,
	  "is setgroups with 32-bit numbers on 32-bit architectures" },
	{ "setregid", RISK_MODERATE,
	  "sets real and effective group: any with CAP_SETGID, else among its own" },
	{ "setregid32", RISK_MODERATE, "is setregid with 32-bit numbers on 32-bit architectures" },
	{ "setresgid", RISK_MODERATE,
	  "sets real, effective and saved group: any with CAP_SETGID, else among its own" },
	{ "setresgid32", RISK_MODERATE,
	  "is setresgid with 32-bit numbers on 32-bit architectures" },
	{ "setresuid", RISK_MODERATE,
	  "sets real, effective and saved user: any with CAP_SETUID, else among its own" },
	{ "setresuid32", RISK_MODERATE,
	  "is setresuid with 32-bit numbers on 32-bit architectures" },
	{ "setreuid", RISK_MODERATE,
	  "sets real and effective user: any with CAP_SETUID, else among its own" },
	{ "setreuid32", RISK_MODERATE, "is setreuid with 32-bit numbers on 32-bit architectures" },
	{ "setuid", RISK_MODERATE,
	  "becomes another user: any with CAP_SETUID, else one of its own; how services drop root, "
	  "and how they would regain it" },
	{ "setuid32", RISK_MODERATE, "is setuid with 32-bit numbers on 32-bit architectures" },
};

const struct call_table calls_processes = { processes, ARRAY_SIZE(processes) };
const struct call_table calls_scheduling = { scheduling, ARRAY_SIZE(scheduling) };
const struct call_table calls_signals = { signals, ARRAY_SIZE(signals) };
const struct call_table calls_credentials = { credentials, ARRAY_SIZE(credentials) };
