/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that deserve a second look before a profile allows them. */
#include "model/policy.h"
#include <stdlib.h>
#include <string.h>

struct look_at {
	const char *name, *reason;
};

/* Sorted by name. */
static const struct look_at entries[] = {
	{ "acct", "switches process accounting for the whole host" },
	{ "add_key", "puts keys into kernel keyrings, which containers share" },
	{ "adjtimex", "can change the host's clock" },
	{ "bpf", "loads code into the kernel" },
	{ "chroot", "changes the root directory, a step of known escapes" },
	{ "clock_adjtime", "can change the host's clock" },
	{ "clock_adjtime64", "can change the host's clock" },
	{ "clock_settime", "sets the host's clock" },
	{ "clock_settime64", "sets the host's clock" },
	{ "create_module", "loads code into the kernel" },
	{ "delete_module", "unloads kernel modules" },
	{ "fanotify_init", "watches and can block file access of others" },
	{ "fanotify_mark", "chooses what a watcher of file access watches and can block" },
	{ "finit_module", "loads code into the kernel" },
	{ "fsconfig", "part of mounting file systems" },
	{ "fsmount", "part of mounting file systems" },
	{ "fsopen", "part of mounting file systems" },
	{ "fspick", "reconfigures mounted file systems" },
	{ "get_kernel_syms", "reveals kernel addresses" },
	{ "init_module", "loads code into the kernel" },
	{ "io_uring_enter", "operations inside a ring are invisible to seccomp" },
	{ "io_uring_register", "operations inside a ring are invisible to seccomp" },
	{ "io_uring_setup", "operations inside a ring are invisible to seccomp" },
	{ "ioperm", "direct access to input and output ports" },
	{ "iopl", "direct access to input and output ports" },
	{ "kcmp", "compares the inner state of other processes" },
	{ "kexec_file_load", "replaces the running kernel" },
	{ "kexec_load", "replaces the running kernel" },
	{ "keyctl", "works on kernel keyrings, which containers share" },
	{ "lookup_dcookie", "reveals paths of files across the host" },
	{ "mbind", "moves memory between nodes, of little use inside a container" },
	{ "memfd_create", "runs code from memory that no file system shows" },
	{ "memfd_secret", "memory that the kernel itself cannot inspect" },
	{ "migrate_pages", "moves memory of other processes between nodes" },
	{ "modify_ldt", "changes segment descriptors, a rare and old attack surface" },
	{ "mount", "changes the view of the file system" },
	{ "mount_setattr", "changes the options of mounts" },
	{ "move_mount", "changes the view of the file system" },
	{ "move_pages", "moves memory of other processes between nodes" },
	{ "name_to_handle_at", "makes handles that open_by_handle_at takes" },
	{ "nfsservctl", "controls the kernel's NFS server" },
	{ "open_by_handle_at", "opens files past all directories, a known container escape" },
	{ "open_tree", "copies parts of the mount tree" },
	{ "open_tree_attr", "copies parts of the mount tree" },
	{ "pciconfig_iobase", "direct access to devices on the PCI bus" },
	{ "pciconfig_read", "direct access to devices on the PCI bus" },
	{ "pciconfig_write", "direct access to devices on the PCI bus" },
	{ "perf_event_open", "observes the kernel and other processes, large attack surface" },
	{ "personality", "can switch off address randomisation" },
	{ "pidfd_getfd", "takes descriptors out of other processes" },
	{ "pivot_root", "changes the root file system" },
	{ "prctl", "one call for many settings of the process; needed by nearly every runtime" },
	{ "process_madvise", "works on memory of other processes" },
	{ "process_vm_readv", "reads memory of other processes" },
	{ "process_vm_writev", "writes memory of other processes" },
	{ "ptrace",
	  "controls other processes; what a tracer's own filter stops (SECCOMP_RET_TRACE, as in "
	  "strace --seccomp-bpf) is not recorded" },
	{ "query_module", "reveals kernel addresses" },
	{ "quotactl", "changes file system quotas" },
	{ "quotactl_fd", "changes file system quotas" },
	{ "reboot", "restarts the host, or the container's init" },
	{ "request_key", "makes the kernel start a helper program on the host" },
	{ "rtas", "calls the machine's firmware" },
	{ "s390_pci_mmio_read", "direct access to devices on the PCI bus" },
	{ "s390_pci_mmio_write", "direct access to devices on the PCI bus" },
	{ "seccomp",
	  "loads filters of its own; calls that they deny, trace or hand to a supervisor are not "
	  "recorded" },
	{ "set_mempolicy", "binds memory to nodes, of little use inside a container" },
	{ "setdomainname", "changes the name of the host or container" },
	{ "sethostname", "changes the name of the host or container" },
	{ "setns", "enters other namespaces" },
	{ "settimeofday", "sets the host's clock" },
	{ "spu_create", "co-processors of the Cell processor, a rare and old attack surface" },
	{ "spu_run", "co-processors of the Cell processor, a rare and old attack surface" },
	{ "stime", "sets the host's clock" },
	{ "swapoff", "changes the host's swap space" },
	{ "swapon", "changes the host's swap space" },
	{ "syscall", "makes any other call by its number" },
	{ "sysfs", "an obsolete call that reveals file system types" },
	{ "syslog", "reads and clears the kernel log" },
	{ "umount", "changes the view of the file system" },
	{ "umount2", "changes the view of the file system" },
	{ "unshare", "makes namespaces, and with a user namespace all capabilities inside it" },
	{ "uselib", "an obsolete way to load libraries" },
	{ "userfaultfd", "holds the kernel at page faults, a tool of exploits" },
	{ "ustat", "an obsolete call that reveals file system details" },
	{ "vhangup", "hangs up a terminal" },
	{ "vm86", "old processor modes, a rare and old attack surface" },
	{ "vm86old", "old processor modes, a rare and old attack surface" },
	{ "vmsplice", "maps user memory into pipes, source of past kernel holes" },
};

static int compare_entry(const void *name, const void *entry)
{
	return strcmp(name, ((const struct look_at *)entry)->name);
}

const char *policy_look_at(const char *name)
{
	const struct look_at *entry =
		bsearch(name, entries, ARRAY_SIZE(entries), sizeof(*entries), compare_entry);

	return entry ? entry->reason : NULL;
}
