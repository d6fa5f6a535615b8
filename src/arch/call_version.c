/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/call_version.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * The release in whose scripts/syscall.tbl, or an architecture's own table, a call first stands
 * (syscalls(2) has most of them).
 */
static const struct call_version calls[] = {
	{ "setns", { 3, 0 } },
	{ "sendmmsg", { 3, 0 } },
	{ "process_vm_readv", { 3, 2 } },
	{ "process_vm_writev", { 3, 2 } },
	{ "kcmp", { 3, 5 } },
	{ "s390_runtime_instr", { 3, 7 } },
	{ "finit_module", { 3, 8 } },
	{ "sched_setattr", { 3, 14 } },
	{ "sched_getattr", { 3, 14 } },
	{ "renameat2", { 3, 15 } },
	{ "seccomp", { 3, 17 } },
	{ "getrandom", { 3, 17 } },
	{ "memfd_create", { 3, 17 } },
	{ "kexec_file_load", { 3, 17 } },
	{ "bpf", { 3, 18 } },
	{ "execveat", { 3, 19 } },
	{ "s390_pci_mmio_read", { 3, 19 } },
	{ "s390_pci_mmio_write", { 3, 19 } },
	{ "switch_endian", { 4, 1 } },
	{ "userfaultfd", { 4, 3 } },
	{ "membarrier", { 4, 3 } },
	{ "mlock2", { 4, 4 } },
	{ "copy_file_range", { 4, 5 } },
	{ "preadv2", { 4, 6 } },
	{ "pwritev2", { 4, 6 } },
	{ "pkey_mprotect", { 4, 9 } },
	{ "pkey_alloc", { 4, 9 } },
	{ "pkey_free", { 4, 9 } },
	{ "statx", { 4, 11 } },
	{ "s390_guarded_storage", { 4, 12 } },
	{ "s390_sthyi", { 4, 15 } },
	{ "riscv_flush_icache", { 4, 15 } },
	{ "io_pgetevents", { 4, 18 } },
	{ "rseq", { 4, 18 } },
	{ "pidfd_send_signal", { 5, 1 } },
	{ "io_uring_setup", { 5, 1 } },
	{ "io_uring_enter", { 5, 1 } },
	{ "io_uring_register", { 5, 1 } },
	{ "clock_gettime64", { 5, 1 } },
	{ "clock_settime64", { 5, 1 } },
	{ "clock_adjtime64", { 5, 1 } },
	{ "clock_getres_time64", { 5, 1 } },
	{ "clock_nanosleep_time64", { 5, 1 } },
	{ "timer_gettime64", { 5, 1 } },
	{ "timer_settime64", { 5, 1 } },
	{ "timerfd_gettime64", { 5, 1 } },
	{ "timerfd_settime64", { 5, 1 } },
	{ "utimensat_time64", { 5, 1 } },
	{ "pselect6_time64", { 5, 1 } },
	{ "ppoll_time64", { 5, 1 } },
	{ "io_pgetevents_time64", { 5, 1 } },
	{ "recvmmsg_time64", { 5, 1 } },
	{ "mq_timedsend_time64", { 5, 1 } },
	{ "mq_timedreceive_time64", { 5, 1 } },
	{ "semtimedop_time64", { 5, 1 } },
	{ "rt_sigtimedwait_time64", { 5, 1 } },
	{ "futex_time64", { 5, 1 } },
	{ "sched_rr_get_interval_time64", { 5, 1 } },
	{ "open_tree", { 5, 2 } },
	{ "move_mount", { 5, 2 } },
	{ "fsopen", { 5, 2 } },
	{ "fsconfig", { 5, 2 } },
	{ "fsmount", { 5, 2 } },
	{ "fspick", { 5, 2 } },
	{ "pidfd_open", { 5, 3 } },
	{ "clone3", { 5, 3 } },
	{ "openat2", { 5, 6 } },
	{ "pidfd_getfd", { 5, 6 } },
	{ "faccessat2", { 5, 8 } },
	{ "close_range", { 5, 9 } },
	{ "process_madvise", { 5, 10 } },
	{ "epoll_pwait2", { 5, 11 } },
	{ "mount_setattr", { 5, 12 } },
	{ "landlock_create_ruleset", { 5, 13 } },
	{ "landlock_add_rule", { 5, 13 } },
	{ "landlock_restrict_self", { 5, 13 } },
	{ "memfd_secret", { 5, 14 } },
	{ "quotactl_fd", { 5, 14 } },
	{ "process_mrelease", { 5, 15 } },
	{ "futex_waitv", { 5, 16 } },
	{ "set_mempolicy_home_node", { 5, 17 } },
	{ "riscv_hwprobe", { 6, 4 } },
	{ "cachestat", { 6, 5 } },
	{ "fchmodat2", { 6, 6 } },
	{ "map_shadow_stack", { 6, 6 } },
	{ "futex_wake", { 6, 7 } },
	{ "futex_wait", { 6, 7 } },
	{ "futex_requeue", { 6, 7 } },
	{ "statmount", { 6, 8 } },
	{ "listmount", { 6, 8 } },
	{ "lsm_get_self_attr", { 6, 8 } },
	{ "lsm_set_self_attr", { 6, 8 } },
	{ "lsm_list_modules", { 6, 8 } },
	{ "mseal", { 6, 10 } },
	{ "uretprobe", { 6, 11 } },
	{ "setxattrat", { 6, 13 } },
	{ "getxattrat", { 6, 13 } },
	{ "listxattrat", { 6, 13 } },
	{ "removexattrat", { 6, 13 } },
	{ "open_tree_attr", { 6, 15 } },
	{ "file_getattr", { 6, 17 } },
	{ "file_setattr", { 6, 17 } },
	{ "uprobe", { 6, 18 } },
	{ "listns", { 6, 19 } },
	{ "rseq_slice_yield", { 7, 0 } },
};

/* libseccomp's CHANGELOG: "Update the syscall table for Linux v5.17". */
static const struct {
	unsigned int version[3];
	struct kernel_version kernel;
} libseccomps[] = {
	{ { 2, 2, 0 }, { 3, 19 } }, { { 2, 3, 0 }, { 4, 5 } },	{ { 2, 3, 2 }, { 4, 10 } },
	{ { 2, 3, 3 }, { 4, 15 } }, { { 2, 4, 0 }, { 5, 0 } },	{ { 2, 4, 2 }, { 5, 4 } },
	{ { 2, 5, 0 }, { 5, 8 } },  { { 2, 5, 2 }, { 5, 14 } }, { { 2, 5, 3 }, { 5, 15 } },
	{ { 2, 5, 4 }, { 5, 17 } }, { { 2, 5, 5 }, { 6, 7 } },	{ { 2, 6, 0 }, { 6, 13 } },
};

int kernel_version_parse(const char *text, struct kernel_version *ret)
{
	struct kernel_version version;
	int end = 0;

	if (!isdigit((unsigned char)*text) ||
	    sscanf(text, "%4u.%4u%n", &version.major, &version.minor, &end) != 2 ||
	    isdigit((unsigned char)text[end]))
		return -EINVAL;
	*ret = version;
	return 0;
}

int kernel_version_compare(struct kernel_version a, struct kernel_version b)
{
	if (a.major != b.major)
		return a.major < b.major ? -1 : 1;
	return (a.minor > b.minor) - (a.minor < b.minor);
}

size_t call_version_count(void)
{
	return ARRAY_SIZE(calls);
}

const struct call_version *call_version_at(size_t index)
{
	return &calls[index];
}

const struct call_version *call_version_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (strcmp(calls[i].name, name) == 0)
			return &calls[i];
	return NULL;
}

static int compare(const unsigned int a[3], const unsigned int b[3])
{
	for (int i = 0; i < 3; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

int libseccomp_kernel(const char *version, struct kernel_version *ret)
{
	unsigned int asked[3] = { 0 };
	int end = 0, n;

	if (!isdigit((unsigned char)*version))
		return -EINVAL;
	n = sscanf(version, "%4u.%4u%n.%4u%n", &asked[0], &asked[1], &end, &asked[2], &end);
	if (n < 2 || isalnum((unsigned char)version[end]) ||
	    compare(asked, libseccomps[0].version) < 0)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(libseccomps); i++)
		if (compare(libseccomps[i].version, asked) <= 0)
			*ret = libseccomps[i].kernel;
	return 0;
}
