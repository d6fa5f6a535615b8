/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which architecture has which call: the kernel's syscall tables (scripts/syscall.tbl and the
 * arch/ ones, syscalls(2)). Which libc makes which: the sources of glibc and musl.
 */
#include "model/policy_portable.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/policy_sets.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct portable_family families[] = {
	{ "files are opened through one of these: musl has open, glibc openat, newer programs "
	  "openat2",
	  { "open", "openat", "openat2" },
	  { NULL } },
	{ "creat is open with fixed flags, and asm-generic architectures have neither",
	  { "creat" },
	  { "open", "openat", "openat2" } },
	{ "metadata by name or descriptor: stat where the architecture has it, newfstatat, "
	  "fstatat64 and statx elsewhere and in newer libcs",
	  { "stat", "lstat", "fstat", "newfstatat", "statx", "stat64", "lstat64", "fstat64",
	    "fstatat64" },
	  { NULL } },
	{ "checks of access: access, faccessat where that is missing, faccessat2 in newer libcs",
	  { "access", "faccessat", "faccessat2" },
	  { NULL } },
	{ "new processes: musl has fork, glibc clone; vfork is for spawning",
	  { "fork", "vfork" },
	  { "fork", "vfork", "clone" } },
	{ "processes and threads are made by clone, and by clone3 in newer libcs",
	  { "clone", "clone3" },
	  { "clone", "clone3", "fork", "vfork" } },
	{ "descriptors are copied by dup2, or by dup3 where that is missing",
	  { "dup2", "dup3" },
	  { NULL } },
	{ "pipes are made by pipe, or by pipe2 where that is missing",
	  { "pipe", "pipe2" },
	  { NULL } },
	{ "epoll waits: epoll_wait where the architecture has it, epoll_pwait elsewhere, "
	  "epoll_pwait2 for nanoseconds",
	  { "epoll_wait", "epoll_pwait", "epoll_pwait2" },
	  { NULL } },
	{ "epoll begins: epoll_create1 took the place of epoll_create",
	  { "epoll_create", "epoll_create1" },
	  { NULL } },
	{ "poll where the architecture has it, ppoll elsewhere, ppoll_time64 on 32-bit ones",
	  { "poll", "ppoll", "ppoll_time64" },
	  { NULL } },
	{ "select where the architecture has it, pselect6 elsewhere, and their forms on 32-bit "
	  "ones",
	  { "select", "_newselect", "pselect6", "pselect6_time64" },
	  { NULL } },
	{ "pause is missing on asm-generic architectures, where libcs wait with ppoll or "
	  "rt_sigsuspend",
	  { "pause" },
	  { "ppoll", "ppoll_time64", "rt_sigsuspend" } },
	{ "futex, its 64-bit time form on 32-bit architectures, and the calls that split it up",
	  { "futex", "futex_time64", "futex_waitv", "futex_wait", "futex_wake", "futex_requeue" },
	  { NULL } },
	{ "musl's standard input and output read by readv where glibc's read by read",
	  { "read", "readv" },
	  { NULL } },
	{ "musl's standard input and output write by writev where glibc's write by write",
	  { "write", "writev" },
	  { NULL } },
	{ "vectors at an offset: libcs try preadv2 first for flags",
	  { "preadv", "preadv2" },
	  { NULL } },
	{ "vectors at an offset: libcs try pwritev2 first for flags",
	  { "pwritev", "pwritev2" },
	  { NULL } },
	{ "directories are read by getdents64, or by getdents in older libcs",
	  { "getdents", "getdents64", "readdir" },
	  { NULL } },
	{ "directories are made by mkdir, or by mkdirat where that is missing",
	  { "mkdir", "mkdirat" },
	  { NULL } },
	{ "nodes are made by mknod, or by mknodat where that is missing",
	  { "mknod", "mknodat" },
	  { NULL } },
	{ "names are removed by unlink and rmdir, or by unlinkat where those are missing",
	  { "unlink", "rmdir", "unlinkat" },
	  { NULL } },
	{ "renaming: rename, renameat where that is missing, renameat2 where that is missing, too",
	  { "rename", "renameat", "renameat2" },
	  { NULL } },
	{ "hard links are made by link, or by linkat where that is missing",
	  { "link", "linkat" },
	  { NULL } },
	{ "symbolic links are made by symlink, or by symlinkat where that is missing",
	  { "symlink", "symlinkat" },
	  { NULL } },
	{ "symbolic links are read by readlink, or by readlinkat where that is missing",
	  { "readlink", "readlinkat" },
	  { NULL } },
	{ "modes are changed by name or descriptor: chmod, fchmodat where that is missing, "
	  "fchmodat2 for flags",
	  { "chmod", "fchmodat", "fchmodat2" },
	  { NULL } },
	{ "owners are changed by name: chown, lchown, their 32-bit forms, fchownat where those are "
	  "missing",
	  { "chown", "lchown", "fchownat", "chown32", "lchown32" },
	  { NULL } },
	{ "fchown and its form for 32-bit ids", { "fchown", "fchown32" }, { NULL } },
	{ "times of files: utimensat, and what it took the place of",
	  { "utime", "utimes", "futimesat", "utimensat", "utimensat_time64" },
	  { NULL } },
	{ "file systems by name: statfs and its 64-bit form", { "statfs", "statfs64" }, { NULL } },
	{ "file systems by descriptor: fstatfs and its 64-bit form",
	  { "fstatfs", "fstatfs64" },
	  { NULL } },
	{ "truncate and its 64-bit form", { "truncate", "truncate64" }, { NULL } },
	{ "ftruncate and its 64-bit form", { "ftruncate", "ftruncate64" }, { NULL } },
	{ "lseek and its 64-bit form on 32-bit architectures", { "lseek", "_llseek" }, { NULL } },
	{ "fcntl and its 64-bit form on 32-bit architectures", { "fcntl", "fcntl64" }, { NULL } },
	{ "mmap and its form with pages as the unit on 32-bit architectures",
	  { "mmap", "mmap2" },
	  { NULL } },
	{ "blocks of memory grow by mremap, or by a new mmap", { "mmap", "mmap2" }, { "mremap" } },
	{ "memory is given back by munmap, or by madvise in allocators that keep the addresses",
	  { "munmap" },
	  { "madvise" } },
	{ "sendfile and its 64-bit form on 32-bit architectures",
	  { "sendfile", "sendfile64" },
	  { NULL } },
	{ "advice about reading: each architecture has its own order of arguments",
	  { "fadvise64", "fadvise64_64", "arm_fadvise64_64" },
	  { NULL } },
	{ "ranges are synchronised: each architecture has its own order of arguments",
	  { "sync_file_range", "sync_file_range2", "arm_sync_file_range" },
	  { NULL } },
	{ "events: eventfd2 took the place of eventfd", { "eventfd", "eventfd2" }, { NULL } },
	{ "signals by descriptor: signalfd4 took the place of signalfd",
	  { "signalfd", "signalfd4" },
	  { NULL } },
	{ "inotify begins: inotify_init1 took the place of inotify_init",
	  { "inotify_init", "inotify_init1" },
	  { NULL } },
	{ "connections are accepted by accept, or by accept4 for flags",
	  { "accept", "accept4" },
	  { NULL } },
	{ "send is sendto without an address", { "send", "sendto" }, { NULL } },
	{ "recv is recvfrom without an address", { "recv", "recvfrom" }, { NULL } },
	{ "several messages at once, and the form with 64-bit time on 32-bit architectures",
	  { "recvmmsg", "recvmmsg_time64" },
	  { NULL } },
	{ "limits are read by getrlimit and its forms, or by prlimit64 in newer libcs",
	  { "getrlimit", "ugetrlimit" },
	  { "getrlimit", "ugetrlimit", "prlimit64" } },
	{ "limits are set by setrlimit, or by prlimit64 in newer libcs",
	  { "setrlimit" },
	  { "prlimit64" } },
	{ "prlimit64 took the place of getrlimit and setrlimit",
	  { "prlimit64" },
	  { "getrlimit", "ugetrlimit", "setrlimit" } },
	{ "children are waited for by wait4, by waitid, or by waitpid on old architectures",
	  { "wait4", "waitid", "waitpid" },
	  { NULL } },
	{ "clocks are read by clock_gettime, and by its form with 64-bit time on 32-bit ones",
	  { "clock_gettime", "clock_gettime64" },
	  { NULL } },
	{ "clocks are asked for their resolution, also with 64-bit time on 32-bit architectures",
	  { "clock_getres", "clock_getres_time64" },
	  { NULL } },
	{ "time is missing on asm-generic architectures, where libcs use clock_gettime",
	  { "time" },
	  { "clock_gettime", "clock_gettime64", "gettimeofday" } },
	{ "signal handlers end by rt_sigreturn, or by sigreturn on 32-bit architectures",
	  { "rt_sigreturn", "sigreturn" },
	  { NULL } },
	{ "alarm is missing on asm-generic architectures, where libcs use setitimer",
	  { "alarm", "setitimer" },
	  { NULL } },
	{ "sleeping: nanosleep, clock_nanosleep in newer libcs, and the form with 64-bit time",
	  { "nanosleep", "clock_nanosleep", "clock_nanosleep_time64" },
	  { NULL } },
	{ "clocks are set by clock_settime, its 64-bit form, and what they took the place of",
	  { "settimeofday", "stime", "clock_settime", "clock_settime64" },
	  { NULL } },
	{ "clocks are adjusted by clock_adjtime, its 64-bit form, and what they took the place of",
	  { "adjtimex", "clock_adjtime", "clock_adjtime64" },
	  { NULL } },
	{ "intervals of timers, and the form with 64-bit time on 32-bit architectures",
	  { "timer_settime", "timer_settime64" },
	  { NULL } },
	{ "what timers have left, and the form with 64-bit time on 32-bit architectures",
	  { "timer_gettime", "timer_gettime64" },
	  { NULL } },
	{ "timers by descriptor, and the form with 64-bit time on 32-bit architectures",
	  { "timerfd_settime", "timerfd_settime64" },
	  { NULL } },
	{ "what timers by descriptor have left, and the form with 64-bit time on 32-bit "
	  "architectures",
	  { "timerfd_gettime", "timerfd_gettime64" },
	  { NULL } },
	{ "time slices, and the form with 64-bit time on 32-bit architectures",
	  { "sched_rr_get_interval", "sched_rr_get_interval_time64" },
	  { NULL } },
	{ "message queues, and the form with 64-bit time on 32-bit architectures",
	  { "mq_timedsend", "mq_timedsend_time64" },
	  { NULL } },
	{ "message queues, and the form with 64-bit time on 32-bit architectures",
	  { "mq_timedreceive", "mq_timedreceive_time64" },
	  { NULL } },
	{ "semaphores: libcs make semop of semtimedop, which has a form with 64-bit time",
	  { "semop", "semtimedop", "semtimedop_time64" },
	  { NULL } },
	{ "completions are waited for, and the form with 64-bit time on 32-bit architectures",
	  { "io_getevents", "io_pgetevents", "io_pgetevents_time64" },
	  { NULL } },
	{ "signals are waited for, and the form with 64-bit time on 32-bit architectures",
	  { "rt_sigtimedwait", "rt_sigtimedwait_time64" },
	  { NULL } },
	{ "handlers: rt_sigaction took the place of sigaction and signal",
	  { "signal", "sigaction", "rt_sigaction" },
	  { NULL } },
	{ "masks of signals: rt_sigprocmask took the place of sigprocmask",
	  { "sigprocmask", "rt_sigprocmask" },
	  { NULL } },
	{ "signals that wait: rt_sigpending took the place of sigpending",
	  { "sigpending", "rt_sigpending" },
	  { NULL } },
	{ "waiting under a mask: rt_sigsuspend took the place of sigsuspend",
	  { "sigsuspend", "rt_sigsuspend" },
	  { NULL } },
	{ "a thread's own signals: glibc raises them by tgkill, musl by tkill",
	  { "tgkill", "tkill" },
	  { NULL } },
	{ "process groups: getpgrp is missing on asm-generic architectures, where libcs use "
	  "getpgid",
	  { "getpgrp", "getpgid" },
	  { NULL } },
	{ "nice is missing on asm-generic architectures, where libcs use getpriority and "
	  "setpriority",
	  { "nice" },
	  { "getpriority", "setpriority" } },
	{ "file systems are unmounted by umount2, or by umount on old architectures",
	  { "umount", "umount2" },
	  { NULL } },
	{ "programs by descriptor: fexecve goes by execveat, or by execve and /proc",
	  { "execveat" },
	  { "execve" } },
	{ "many descriptors are closed by close_range, or one by one",
	  { "close_range" },
	  { "close" } },
	{ "the thread pointer: arch_prctl on x86_64, set_thread_area on x86, set_tls on arm",
	  { "arch_prctl", "set_thread_area", "set_tls" },
	  { NULL } },
	{ "getuid and its form for 32-bit ids on old 32-bit architectures",
	  { "getuid", "getuid32" },
	  { NULL } },
	{ "geteuid and its form for 32-bit ids on old 32-bit architectures",
	  { "geteuid", "geteuid32" },
	  { NULL } },
	{ "getgid and its form for 32-bit ids on old 32-bit architectures",
	  { "getgid", "getgid32" },
	  { NULL } },
	{ "getegid and its form for 32-bit ids on old 32-bit architectures",
	  { "getegid", "getegid32" },
	  { NULL } },
	{ "setuid and its form for 32-bit ids on old 32-bit architectures",
	  { "setuid", "setuid32" },
	  { NULL } },
	{ "setgid and its form for 32-bit ids on old 32-bit architectures",
	  { "setgid", "setgid32" },
	  { NULL } },
	{ "setreuid and its form for 32-bit ids on old 32-bit architectures",
	  { "setreuid", "setreuid32" },
	  { NULL } },
	{ "setregid and its form for 32-bit ids on old 32-bit architectures",
	  { "setregid", "setregid32" },
	  { NULL } },
	{ "setresuid and its form for 32-bit ids on old 32-bit architectures",
	  { "setresuid", "setresuid32" },
	  { NULL } },
	{ "setresgid and its form for 32-bit ids on old 32-bit architectures",
	  { "setresgid", "setresgid32" },
	  { NULL } },
	{ "getresuid and its form for 32-bit ids on old 32-bit architectures",
	  { "getresuid", "getresuid32" },
	  { NULL } },
	{ "getresgid and its form for 32-bit ids on old 32-bit architectures",
	  { "getresgid", "getresgid32" },
	  { NULL } },
	{ "getgroups and its form for 32-bit ids on old 32-bit architectures",
	  { "getgroups", "getgroups32" },
	  { NULL } },
	{ "setgroups and its form for 32-bit ids on old 32-bit architectures",
	  { "setgroups", "setgroups32" },
	  { NULL } },
	{ "setfsuid and its form for 32-bit ids on old 32-bit architectures",
	  { "setfsuid", "setfsuid32" },
	  { NULL } },
	{ "setfsgid and its form for 32-bit ids on old 32-bit architectures",
	  { "setfsgid", "setfsgid32" },
	  { NULL } },
};

size_t portable_family_count(void)
{
	return ARRAY_SIZE(families);
}

const struct portable_family *portable_family_at(size_t index)
{
	return &families[index];
}

/* What the family adds: NULL-terminated or PORTABLE_MEMBERS_MAX long. */
static const char *const *additions(const struct portable_family *family)
{
	return family->added[0] ? family->added : family->members;
}

static bool adds(const struct portable_family *family, const char *name)
{
	const char *const *added = additions(family);

	for (size_t i = 0; i < PORTABLE_MEMBERS_MAX && added[i]; i++)
		if (strcmp(added[i], name) == 0)
			return true;
	return false;
}

bool portable_family_adds(const struct portable_family *family, const char *name,
			  bool (*seen)(const void *context, const char *name), const void *context)
{
	if (!adds(family, name))
		return false;
	for (size_t i = 0; i < PORTABLE_MEMBERS_MAX && family->members[i]; i++)
		if (seen(context, family->members[i]))
			return true;
	return false;
}

const char *portable_reason(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (adds(&families[i], name))
			return families[i].reason;
	return NULL;
}

/* What an extension reads while it adds to the profile. */
struct extension {
	struct profile *profile;
	struct syscall_table *names;
	const struct name_set *refused;
	int clone_flags;
	size_t n_grounds; /* rules that were there before */
};

static bool is_concerned(const struct profile *profile, const struct arch *arch)
{
	if (name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0)
		return arch == arch_native();
	return profile_covers(profile, arch);
}

/* Whether some rule that was observed, or is the base's, names the call. */
static bool is_grounded(const struct extension *extension, const char *name)
{
	for (size_t i = 0; i < extension->n_grounds; i++)
		if (extension->profile->rules[i].origin != ORIGIN_POLICY &&
		    rule_names(&extension->profile->rules[i], name))
			return true;
	return false;
}

static bool is_allowed(const void *context, const char *name)
{
	const struct extension *extension = context;

	if (!is_grounded(extension, name))
		return false;
	for (size_t i = 0; i < arch_count(); i++)
		if (is_concerned(extension->profile, arch_at(i)) &&
		    profile_allows(extension->profile, arch_at(i), name))
			return true;
	return false;
}

static bool is_spoken_of(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		if (rule_names(&profile->rules[i], name))
			return true;
	return false;
}

/* 1: on an architecture that the profile covers. */
static int exists(const struct extension *extension, const char *name)
{
	for (size_t i = 0; i < arch_count(); i++) {
		int32_t nr;
		int r;

		if (!is_concerned(extension->profile, arch_at(i)))
			continue;
		r = syscall_number(extension->names, arch_at(i), name, &nr);
		if (r != -ENOENT)
			return r < 0 ? r : 1;
	}
	return 0;
}

/* 1: the family adds it. */
static int wants(const struct extension *extension, const struct portable_family *family,
		 const char *name)
{
	if (is_spoken_of(extension->profile, name) ||
	    (extension->refused && name_set_has(extension->refused, name)) ||
	    (extension->clone_flags < 0 && strcmp(name, "clone") == 0))
		return 0;
	return portable_family_adds(family, name, is_allowed, extension) ? exists(extension, name)
									 : 0;
}

static int add_rules(const struct extension *extension, const struct portable_family *family,
		     const char *const *names, size_t n)
{
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	const char *plain[PORTABLE_MEMBERS_MAX];
	size_t n_plain = 0;
	int r = 0;

	strbuf_printf(&comment, "inferred, portable: %s", family->reason);
	if (!strbuf_text(&comment))
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (strcmp(names[i], "clone") != 0)
			plain[n_plain++] = names[i];
		else
			r = portable_add_clone(extension->profile,
					       (unsigned int)extension->clone_flags,
					       strbuf_text(&comment));
	}
	if (r == 0 && n_plain > 0)
		r = profile_add_rule(extension->profile, ORIGIN_POLICY, ACTION_ALLOW, plain,
				     n_plain, strbuf_text(&comment), NULL);
	return r;
}

static int extend_by(const struct extension *extension, const struct portable_family *family,
		     struct name_set *added)
{
	const char *const *candidates = additions(family);
	const char *names[PORTABLE_MEMBERS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < PORTABLE_MEMBERS_MAX && candidates[i]; i++) {
		int r = wants(extension, family, candidates[i]);

		if (r > 0) {
			names[n++] = candidates[i];
			r = name_set_add(added, candidates[i]);
		}
		if (r < 0)
			return r;
	}
	return n > 0 ? add_rules(extension, family, names, n) : 0;
}

int portable_extend(struct profile *profile, struct syscall_table *names,
		    const struct name_set *refused, int clone_flags, struct name_set *added)
{
	const struct extension extension = { profile, names, refused, clone_flags,
					     profile->n_rules };
	int r = 0;

	if (profile->default_action == ACTION_ALLOW)
		return 0;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(families); i++)
		r = extend_by(&extension, &families[i], added);
	return r;
}

int portable_clone_flags(const struct arch *const *arches, size_t n)
{
	bool first = false, second = false;

	for (size_t i = 0; i < n; i++) {
		if (strncmp(arches[i]->name, "s390", 4) == 0)
			second = true;
		else
			first = true;
	}
	return first && second ? -1 : second;
}

int portable_add_clone(struct profile *profile, unsigned int flags, const char *comment)
{
	static const char *const names[] = { "clone" };
	struct rule *rule;
	int r = profile_add_rule(profile, ORIGIN_POLICY, ACTION_ALLOW, names, 1, comment, &rule);

	if (r < 0)
		return r;
	rule->args = calloc(1, sizeof(*rule->args));
	if (!rule->args)
		return -ENOMEM;
	rule->n_args = 1;
	rule->args[0] = (struct rule_arg){
		.index = flags,
		.op = COMPARE_MASKED_EQ,
		.value = POLICY_CLONE_NAMESPACES,
		.value_two = 0,
		.has_value_two = true,
	};
	return 0;
}
