/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts, events, asynchronous input and output, devices. */
#include "model/call_fact_tables.h"

/* Sorted by name. */
static const struct call_fact mounts[] = {
	{ "chroot", RISK_HIGH,
	  "makes a directory the root of all paths, with CAP_SYS_CHROOT; with a directory held "
	  "open outside it is also the way out of a chroot" },
	{ "fsconfig", RISK_CRITICAL,
	  "sets the options of a file system that fsopen began, and creates it: the kernel then "
	  "parses the image that it is given" },
	{ "fsmount", RISK_CRITICAL,
	  "turns a configured file system into a mount, to be placed with move_mount" },
	{ "fsopen", RISK_CRITICAL,
	  "begins to set up a file system of any type that a user namespace may use, or any at all "
	  "as root; past faults in parsing its options gave root" },
	{ "fspick", RISK_CRITICAL,
	  "opens a mounted file system to change its options with fsconfig" },
	{ "listmount", RISK_MODERATE,
	  "lists the mounts below a mount, also of another mount namespace whose number is known" },
	{ "mount", RISK_CRITICAL,
	  "attaches, binds, moves or remounts file systems with CAP_SYS_ADMIN, also that of a user "
	  "namespace; hides or shows any part of the tree, and hands images to file system "
	  "parsers" },
	{ "mount_setattr", RISK_CRITICAL,
	  "changes options of a mount or a whole tree: read-only, no-exec, propagation, mapping of "
	  "user numbers" },
	{ "move_mount", RISK_CRITICAL,
	  "places a mount that fsmount or open_tree made, or moves one" },
	{ "open_tree", RISK_CRITICAL,
	  "takes a descriptor of a part of the mount tree, or with CAP_SYS_ADMIN a copy of it" },
	{ "open_tree_attr", RISK_CRITICAL,
	  "is open_tree that changes options of the copy in the same step" },
	{ "pivot_root", RISK_CRITICAL,
	  "exchanges the root mount of the mount namespace for another, which is how a container "
	  "leaves the host's tree" },
	{ "quotactl", RISK_HIGH,
	  "reads and, with CAP_SYS_ADMIN, sets disk quotas of a file system named by its device" },
	{ "quotactl_fd", RISK_HIGH, "is quotactl for the file system that a descriptor is on" },
	{ "statmount", RISK_MODERATE,
	  "tells everything about one mount: source, options, place in the tree" },
	{ "swapoff", RISK_CRITICAL,
	  "stops the host's use of a swap area, with CAP_SYS_ADMIN; all that is in it comes back "
	  "into memory" },
	{ "swapon", RISK_CRITICAL,
	  "makes the host swap memory of all processes to a file or device, with CAP_SYS_ADMIN" },
	{ "sysfs", RISK_HIGH,
	  "tells the number and names of the file system types in the kernel; an obsolete "
	  "interface" },
	{ "umount", RISK_CRITICAL,
	  "detaches a mount, with CAP_SYS_ADMIN, and so can uncover what it hid" },
	{ "umount2", RISK_CRITICAL,
	  "detaches a mount, by force or lazily, with CAP_SYS_ADMIN, and so can uncover what it "
	  "hid" },
};

/* Sorted by name. */
static const struct call_fact events[] = {
	{ "_newselect", RISK_LOW, "is select on 32-bit architectures that had an older one" },
	{ "epoll_create", RISK_LOW, "makes an object that waits for many files at once" },
	{ "epoll_create1", RISK_LOW,
	  "makes an object that waits for many files at once, with the close-on-exec flag" },
	{ "epoll_ctl", RISK_LOW,
	  "adds, changes or removes a file that an epoll object watches; objects can watch each "
	  "other, a source of past faults" },
	{ "epoll_pwait", RISK_LOW, "waits for events of an epoll object with another signal mask" },
	{ "epoll_pwait2", RISK_LOW, "is epoll_pwait with a timeout in nanoseconds" },
	{ "epoll_wait", RISK_LOW, "waits for events of an epoll object" },
	{ "eventfd", RISK_LOW, "makes a counter that can be waited for like a file" },
	{ "eventfd2", RISK_LOW, "makes a counter that can be waited for like a file, with flags" },
	{ "fanotify_init", RISK_HIGH,
	  "makes a watcher of file access; with CAP_SYS_ADMIN for a whole mount or file system, "
	  "and able to deny access to everybody else" },
	{ "fanotify_mark", RISK_HIGH,
	  "tells a fanotify watcher which files, mounts or file systems to watch" },
	{ "inotify_add_watch", RISK_LOW,
	  "watches a file or directory that the caller can read; tells what others do there" },
	{ "inotify_init", RISK_LOW, "makes a watcher of files and directories" },
	{ "inotify_init1", RISK_LOW, "makes a watcher of files and directories, with flags" },
	{ "inotify_rm_watch", RISK_LOW, "ends an inotify watch" },
	{ "poll", RISK_LOW, "waits until one of several files is ready" },
	{ "ppoll", RISK_LOW,
	  "waits until one of several files is ready, with another signal mask" },
	{ "ppoll_time64", RISK_LOW, "is ppoll with 64-bit time on 32-bit architectures" },
	{ "pselect6", RISK_LOW,
	  "waits until one of several files is ready, with another signal mask; takes bit sets" },
	{ "pselect6_time64", RISK_LOW, "is pselect6 with 64-bit time on 32-bit architectures" },
	{ "select", RISK_LOW, "waits until one of several files is ready; takes bit sets" },
};

/* Sorted by name. */
static const struct call_fact async[] = {
	{ "io_cancel", RISK_MODERATE, "tries to cancel an operation that io_submit started" },
	{ "io_destroy", RISK_MODERATE,
	  "cancels all operations of an asynchronous context and removes it" },
	{ "io_getevents", RISK_MODERATE,
	  "collects finished operations of an asynchronous context" },
	{ "io_pgetevents", RISK_MODERATE, "is io_getevents with another signal mask" },
	{ "io_pgetevents_time64", RISK_MODERATE,
	  "is io_pgetevents with 64-bit time on 32-bit architectures" },
	{ "io_setup", RISK_MODERATE,
	  "makes a context for asynchronous reads and writes, with a ring that is mapped into the "
	  "process" },
	{ "io_submit", RISK_MODERATE,
	  "starts asynchronous reads, writes, polls and syncs on open files; a filter sees only "
	  "this call" },
	{ "io_uring_enter", RISK_HIGH,
	  "starts the operations that were put into a ring, opening, connecting, sending and more: "
	  "a filter sees none of them" },
	{ "io_uring_register", RISK_HIGH,
	  "gives a ring fixed files, buffers, credentials and worker settings, or limits which "
	  "operations it takes" },
	{ "io_uring_setup", RISK_HIGH,
	  "makes a ring through which some sixty kinds of operations are done without a system "
	  "call each; seccomp does not see them, and the code has had many holes that gave root" },
};

/* Sorted by name. */
static const struct call_fact devices[] = {
	{ "arch_prctl", RISK_LOW,
	  "sets what belongs to the processor state of a thread: FS and GS base, CPUID faulting, "
	  "optional features, shadow stacks" },
	{ "breakpoint", RISK_LOW, "raises a breakpoint trap in the caller, on 32-bit Arm" },
	{ "cachectl", RISK_LOW,
	  "would set how memory is cached, on MIPS; the kernel does not implement it" },
	{ "cacheflush", RISK_LOW,
	  "makes new code in a range of one's own memory visible to the processor" },
	{ "get_thread_area", RISK_LOW, "reads a descriptor of thread-local storage" },
	{ "get_tls", RISK_LOW, "reads the thread pointer, on 32-bit Arm" },
	{ "ioctl", RISK_MODERATE,
	  "sends any of thousands of commands to the driver, file system or protocol behind a "
	  "descriptor; what it opens depends on which descriptors the program can get" },
	{ "ioperm", RISK_CRITICAL,
	  "opens single input and output ports to the process, with CAP_SYS_RAWIO" },
	{ "iopl", RISK_CRITICAL,
	  "opens all input and output ports to the process, with CAP_SYS_RAWIO, and so the "
	  "hardware past all drivers" },
	{ "modify_ldt", RISK_HIGH,
	  "sets segment descriptors of the process, for 16-bit and old thread code; intricate "
	  "entry code with past holes" },
	{ "pciconfig_iobase", RISK_HIGH, "tells where a PCI bridge's input and output space is" },
	{ "pciconfig_read", RISK_CRITICAL,
	  "reads the configuration space of a PCI device, with CAP_SYS_ADMIN" },
	{ "pciconfig_write", RISK_CRITICAL,
	  "writes the configuration space of a PCI device, with CAP_SYS_ADMIN" },
	{ "riscv_flush_icache", RISK_LOW,
	  "makes new code in one's own memory visible to the processors, on RISC-V" },
	{ "riscv_hwprobe", RISK_LOW,
	  "tells which instruction extensions the processors have, on RISC-V" },
	{ "rtas", RISK_CRITICAL, "calls services of the firmware on PowerPC, with CAP_SYS_ADMIN" },
	{ "s390_guarded_storage", RISK_LOW,
	  "switches guarded storage for the thread, which language runtimes use, on s390" },
	{ "s390_pci_mmio_read", RISK_CRITICAL,
	  "reads the memory of a PCI device that is mapped into the process, on s390" },
	{ "s390_pci_mmio_write", RISK_CRITICAL,
	  "writes the memory of a PCI device that is mapped into the process, on s390" },
	{ "s390_runtime_instr", RISK_LOW,
	  "switches runtime instrumentation of the calling thread, on s390" },
	{ "s390_sthyi", RISK_LOW, "tells capacities of the hypervisor and the machine, on s390" },
	{ "set_thread_area", RISK_LOW, "sets a descriptor of thread-local storage" },
	{ "set_tls", RISK_LOW, "sets the thread pointer, on 32-bit Arm" },
	{ "spu_create", RISK_HIGH, "makes a context of a co-processor of the Cell processor" },
	{ "spu_run", RISK_HIGH, "runs a context of a co-processor of the Cell processor" },
	{ "switch_endian", RISK_LOW, "changes the byte order of the calling thread, on PowerPC" },
	{ "sys_debug_setcontext", RISK_LOW,
	  "sets debugging flags and returns from a signal handler, on PowerPC" },
	{ "syscall", RISK_HIGH,
	  "makes the call whose number is its first argument, where libc's indirect form has a "
	  "number of its own (32-bit MIPS)" },
	{ "sysmips", RISK_LOW,
	  "sets options of MIPS processors, such as the handling of unaligned access" },
	{ "usr26", RISK_LOW,
	  "would switch to the 26-bit mode of early Arm processors; without effect today" },
	{ "usr32", RISK_LOW,
	  "would switch back from the 26-bit mode of early Arm processors; without effect today" },
	{ "vhangup", RISK_HIGH,
	  "hangs up the controlling terminal for everybody on it, with CAP_SYS_TTY_CONFIG" },
	{ "vm86", RISK_HIGH,
	  "runs 16-bit code in virtual 8086 mode, on i386; rarely used code at the entry to the "
	  "kernel" },
	{ "vm86old", RISK_HIGH, "is the first form of vm86" },
};

const struct call_table calls_mounts = { mounts, ARRAY_SIZE(mounts) };
const struct call_table calls_events = { events, ARRAY_SIZE(events) };
const struct call_table calls_async = { async, ARRAY_SIZE(async) };
const struct call_table calls_devices = { devices, ARRAY_SIZE(devices) };
