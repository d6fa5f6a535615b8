/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, inter-process communication, time. */
#include "model/call_fact_tables.h"

/* Sorted by name. */
static const struct call_fact memory[] = {
	{ "brk", RISK_LOW,
	  "moves the end of the data segment, which is how small allocations grow" },
	{ "get_mempolicy", RISK_LOW, "tells from which memory nodes the process gets memory" },
	{ "madvise", RISK_MODERATE,
	  "announces how memory will be used: drop, merge, huge pages, not in dumps or children; "
	  "races in it have been holes (Dirty COW)" },
	{ "map_shadow_stack", RISK_LOW,
	  "maps a shadow stack, which guards return addresses, for a thread of the process" },
	{ "mbind", RISK_MODERATE,
	  "sets from which memory nodes a range comes, and moves pages that are there already" },
	{ "membarrier", RISK_LOW,
	  "orders memory access on all processors that run threads of the process; the global "
	  "forms interrupt others" },
	{ "memfd_create", RISK_MODERATE,
	  "makes a file that is only in memory, which can be sealed, shared, and run as a program "
	  "that no file system shows" },
	{ "memfd_secret", RISK_MODERATE,
	  "makes memory that is taken out of the kernel's own mapping, so that the kernel cannot "
	  "read it either" },
	{ "migrate_pages", RISK_HIGH,
	  "moves all memory of a process, also of another that the caller may trace, from nodes to "
	  "nodes" },
	{ "mincore", RISK_LOW,
	  "tells which pages of a mapping are in memory; only for files that the caller could "
	  "write, as it showed what others read" },
	{ "mlock", RISK_LOW, "keeps a range in memory, within a limit" },
	{ "mlock2", RISK_LOW, "is mlock with flags" },
	{ "mlockall", RISK_LOW,
	  "keeps all memory of the process from being swapped, within a limit" },
	{ "mmap", RISK_LOW,
	  "maps memory, files and devices, executable if asked; the driver behind a descriptor "
	  "decides what that means" },
	{ "mmap2", RISK_LOW, "is mmap with an offset in pages, on 32-bit architectures" },
	{ "move_pages", RISK_HIGH,
	  "moves single pages between memory nodes, also of another process that the caller may "
	  "trace" },
	{ "mprotect", RISK_LOW,
	  "changes whether memory can be read, written or executed; what lets injected data become "
	  "code" },
	{ "mremap", RISK_LOW,
	  "grows, shrinks or moves a mapping; its page-table code has had holes" },
	{ "mseal", RISK_LOW, "makes mappings unchangeable until the process ends" },
	{ "msync", RISK_LOW, "writes a mapped file's changes to disk" },
	{ "munlock", RISK_LOW, "lets a range be swapped again" },
	{ "munlockall", RISK_LOW, "lets all memory of the process be swapped again" },
	{ "munmap", RISK_LOW, "removes a mapping" },
	{ "pkey_alloc", RISK_LOW,
	  "takes a protection key, with which the thread itself switches access to memory" },
	{ "pkey_free", RISK_LOW, "gives a protection key back" },
	{ "pkey_mprotect", RISK_LOW, "is mprotect that puts memory under a protection key" },
	{ "process_madvise", RISK_HIGH,
	  "gives advice about memory of another process that the caller may trace: cold, page out, "
	  "soon needed, merge" },
	{ "process_mrelease", RISK_MODERATE,
	  "frees the memory of a process that is being killed, before it has ended by itself" },
	{ "remap_file_pages", RISK_MODERATE,
	  "rearranges the pages of a shared file mapping; deprecated, and emulated by many "
	  "mappings" },
	{ "set_mempolicy", RISK_MODERATE,
	  "sets from which memory nodes the thread gets its memory" },
	{ "set_mempolicy_home_node", RISK_LOW,
	  "names the memory node to be tried first for a range" },
	{ "subpage_prot", RISK_LOW, "protects parts of pages, on PowerPC" },
	{ "userfaultfd", RISK_HIGH,
	  "lets a program answer page faults of its own memory, and so hold the kernel in the "
	  "middle of a copy for as long as it likes, which turns races into reliable exploits" },
};

/* Sorted by name. */
static const struct call_fact ipc[] = {
	{ "futex", RISK_MODERATE,
	  "waits for and wakes threads at a word of memory, by priority if asked; every thread "
	  "library needs it, and its requeueing code has had holes that gave root" },
	{ "futex_requeue", RISK_MODERATE,
	  "moves waiters from one word of memory to another, one of the calls that split up "
	  "futex" },
	{ "futex_time64", RISK_MODERATE, "is futex with 64-bit time on 32-bit architectures" },
	{ "futex_wait", RISK_LOW,
	  "waits at a word of memory, one of the calls that split up futex" },
	{ "futex_waitv", RISK_LOW, "waits at several words of memory at once" },
	{ "futex_wake", RISK_LOW,
	  "wakes waiters at a word of memory, one of the calls that split up futex" },
	{ "get_robust_list", RISK_LOW,
	  "tells where a thread keeps the list of locks that the kernel releases when it dies, "
	  "also of another that the caller may trace" },
	{ "ipc", RISK_MODERATE,
	  "stands for all System V semaphore, queue and shared memory calls on some architectures; "
	  "a filter cannot tell which" },
	{ "mq_getsetattr", RISK_LOW, "reads or sets whether a message queue waits" },
	{ "mq_notify", RISK_LOW,
	  "asks to be told of the next message in a queue, by signal or socket; a fault here was "
	  "once a use after free" },
	{ "mq_open", RISK_LOW, "opens or makes a named message queue of the IPC namespace" },
	{ "mq_timedreceive", RISK_LOW, "takes a message out of a queue, within a time" },
	{ "mq_timedreceive_time64", RISK_LOW,
	  "is mq_timedreceive with 64-bit time on 32-bit architectures" },
	{ "mq_timedsend", RISK_LOW, "puts a message into a queue, within a time" },
	{ "mq_timedsend_time64", RISK_LOW,
	  "is mq_timedsend with 64-bit time on 32-bit architectures" },
	{ "mq_unlink", RISK_LOW, "removes a named message queue" },
	{ "msgctl", RISK_LOW, "reads, changes or removes a System V message queue" },
	{ "msgget", RISK_LOW,
	  "finds or makes a System V message queue of the IPC namespace; messages are a favourite "
	  "for shaping kernel memory" },
	{ "msgrcv", RISK_LOW, "takes a message out of a System V queue" },
	{ "msgsnd", RISK_LOW,
	  "puts a message of chosen size and content into kernel memory, by way of a System V "
	  "queue" },
	{ "pipe", RISK_LOW, "makes a pipe" },
	{ "pipe2", RISK_LOW, "makes a pipe, with flags" },
	{ "semctl", RISK_LOW, "reads, sets or removes System V semaphores" },
	{ "semget", RISK_LOW, "finds or makes System V semaphores of the IPC namespace" },
	{ "semop", RISK_LOW, "raises, lowers or waits for System V semaphores" },
	{ "semtimedop", RISK_LOW, "is semop within a time" },
	{ "semtimedop_time64", RISK_LOW, "is semtimedop with 64-bit time on 32-bit architectures" },
	{ "set_robust_list", RISK_LOW,
	  "registers the list of locks that the kernel releases when the thread dies" },
	{ "shmat", RISK_LOW, "maps a System V shared memory segment" },
	{ "shmctl", RISK_LOW, "reads, changes, locks or removes a System V shared memory segment" },
	{ "shmdt", RISK_LOW, "unmaps a System V shared memory segment" },
	{ "shmget", RISK_LOW,
	  "finds or makes a System V shared memory segment of the IPC namespace" },
	{ "splice", RISK_MODERATE,
	  "moves pages between a pipe and a file or socket without copying; left-over page flags "
	  "once let it overwrite read-only files (Dirty Pipe)" },
	{ "tee", RISK_MODERATE, "duplicates the contents of a pipe into another without copying" },
	{ "vmsplice", RISK_MODERATE,
	  "puts pages of the caller's memory into a pipe, or the other way round; has had holes "
	  "that gave root" },
};

/* Sorted by name. */
static const struct call_fact times[] = {
	{ "adjtimex", RISK_MODERATE,
	  "reads the state of the host's clock and, with CAP_SYS_TIME, steers it" },
	{ "alarm", RISK_LOW, "sends the process a signal after some seconds" },
	{ "clock_adjtime", RISK_MODERATE,
	  "reads or, with CAP_SYS_TIME, steers a clock, those of network and time hardware "
	  "included" },
	{ "clock_adjtime64", RISK_MODERATE,
	  "is clock_adjtime with 64-bit time on 32-bit architectures" },
	{ "clock_getres", RISK_LOW, "tells the resolution of a clock" },
	{ "clock_getres_time64", RISK_LOW,
	  "is clock_getres with 64-bit time on 32-bit architectures" },
	{ "clock_gettime", RISK_LOW, "reads a clock, also the processor time of another process" },
	{ "clock_gettime64", RISK_LOW,
	  "is clock_gettime with 64-bit time on 32-bit architectures" },
	{ "clock_nanosleep", RISK_LOW, "sleeps by a chosen clock" },
	{ "clock_nanosleep_time64", RISK_LOW,
	  "is clock_nanosleep with 64-bit time on 32-bit architectures" },
	{ "clock_settime", RISK_CRITICAL,
	  "sets a clock of the host, with CAP_SYS_TIME; certificates, logs and timers of everybody "
	  "follow it" },
	{ "clock_settime64", RISK_CRITICAL,
	  "is clock_settime with 64-bit time on 32-bit architectures" },
	{ "getitimer", RISK_LOW, "reads an interval timer of the process" },
	{ "gettimeofday", RISK_LOW, "reads the time of day in microseconds" },
	{ "nanosleep", RISK_LOW, "sleeps for a time in nanoseconds" },
	{ "setitimer", RISK_LOW, "sets an interval timer that sends signals to the process" },
	{ "settimeofday", RISK_CRITICAL,
	  "sets the time of day and zone of the host, with CAP_SYS_TIME" },
	{ "stime", RISK_CRITICAL,
	  "sets the time of day of the host in seconds, with CAP_SYS_TIME" },
	{ "time", RISK_LOW, "reads the time of day in seconds" },
	{ "timer_create", RISK_LOW,
	  "makes a POSIX timer that sends signals; its clean-up and processor-time code has had "
	  "holes" },
	{ "timer_delete", RISK_LOW, "removes a POSIX timer" },
	{ "timer_getoverrun", RISK_LOW, "tells how often a POSIX timer fired unnoticed" },
	{ "timer_gettime", RISK_LOW, "reads a POSIX timer" },
	{ "timer_gettime64", RISK_LOW,
	  "is timer_gettime with 64-bit time on 32-bit architectures" },
	{ "timer_settime", RISK_LOW, "starts or stops a POSIX timer" },
	{ "timer_settime64", RISK_LOW,
	  "is timer_settime with 64-bit time on 32-bit architectures" },
	{ "timerfd_create", RISK_LOW,
	  "makes a timer that is read like a file; one that wakes the machine from suspend needs "
	  "CAP_WAKE_ALARM" },
	{ "timerfd_gettime", RISK_LOW, "reads a timer that is a descriptor" },
	{ "timerfd_gettime64", RISK_LOW,
	  "is timerfd_gettime with 64-bit time on 32-bit architectures" },
	{ "timerfd_settime", RISK_LOW, "starts or stops a timer that is a descriptor" },
	{ "timerfd_settime64", RISK_LOW,
	  "is timerfd_settime with 64-bit time on 32-bit architectures" },
	{ "times", RISK_LOW, "tells the processor time of the process and its children" },
};

const struct call_table calls_memory = { memory, ARRAY_SIZE(memory) };
const struct call_table calls_ipc = { ipc, ARRAY_SIZE(ipc) };
const struct call_table calls_time = { times, ARRAY_SIZE(times) };
