/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/argument.h"
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#define INT 0xffffffff /* int and unsigned int: the low half of the register */

/* CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (linux/sched.h). */
#define NAMESPACES 0x7e020000
/* PROT_WRITE and PROT_EXEC (asm-generic/mman-common.h): code that can be written is the question.
 */
#define WRITE_EXEC 0x6
/* SOCK_TYPE_MASK (linux/net.h): SOCK_CLOEXEC and SOCK_NONBLOCK do not make another socket. */
#define SOCKET_TYPE 0xf
/* The version of the interface is in the upper half (ipc(2), ipc/syscall.c). */
#define IPC_CALL 0xffff

/* Ascending by name. Flags behind a pointer (clone3, openat2, io_uring_setup) cannot be told. */
static const struct argument_call calls[] = {
	{ "arch_prctl", ARGUMENT_VALUES, 16, 1, { { "op", 0, INT } } },
	{ "bpf", ARGUMENT_VALUES, 32, 1, { { "cmd", 0, INT } } },
	{ "clone", ARGUMENT_FLAGS, 1, 1, { { "flags", 0, NAMESPACES } } },
	{ "fcntl", ARGUMENT_VALUES, 24, 1, { { "cmd", 1, INT } } },
	{ "fcntl64", ARGUMENT_VALUES, 24, 1, { { "cmd", 1, INT } } },
	{ "fsconfig", ARGUMENT_VALUES, 8, 1, { { "cmd", 1, INT } } },
	{ "getsockopt", ARGUMENT_VALUES, 32, 2, { { "level", 1, INT }, { "optname", 2, INT } } },
	{ "io_uring_register", ARGUMENT_VALUES, 32, 1, { { "opcode", 1, INT } } },
	{ "ioctl", ARGUMENT_VALUES, 32, 1, { { "op", 1, INT } } },
	{ "ioperm", ARGUMENT_RANGE, 1, 1, { { "from", 0, UINT64_MAX } } },
	{ "iopl", ARGUMENT_RANGE, 1, 1, { { "level", 0, UINT64_MAX } } },
	{ "ipc", ARGUMENT_VALUES, 24, 1, { { "call", 0, IPC_CALL } } },
	{ "kcmp", ARGUMENT_VALUES, 8, 1, { { "type", 2, INT } } },
	{ "keyctl", ARGUMENT_VALUES, 24, 1, { { "op", 0, INT } } },
	{ "madvise", ARGUMENT_VALUES, 16, 1, { { "advice", 2, INT } } },
	{ "mmap", ARGUMENT_VALUES, 4, 1, { { "prot", 2, WRITE_EXEC } } },
	{ "mmap2", ARGUMENT_VALUES, 4, 1, { { "prot", 2, WRITE_EXEC } } },
	{ "mprotect", ARGUMENT_VALUES, 4, 1, { { "prot", 2, WRITE_EXEC } } },
	{ "msgctl", ARGUMENT_VALUES, 12, 1, { { "op", 1, INT } } },
	{ "personality", ARGUMENT_VALUES, 8, 1, { { "persona", 0, INT } } },
	{ "pkey_mprotect", ARGUMENT_VALUES, 4, 1, { { "prot", 2, WRITE_EXEC } } },
	{ "prctl", ARGUMENT_VALUES, 32, 1, { { "op", 0, INT } } },
	{ "process_madvise", ARGUMENT_VALUES, 8, 1, { { "advice", 3, INT } } },
	{ "ptrace", ARGUMENT_VALUES, 24, 1, { { "op", 0, INT } } },
	{ "quotactl", ARGUMENT_VALUES, 16, 1, { { "cmd", 0, INT } } },
	{ "reboot", ARGUMENT_VALUES, 8, 1, { { "op", 2, INT } } },
	{ "sched_setscheduler", ARGUMENT_VALUES, 8, 1, { { "policy", 1, INT } } },
	{ "seccomp", ARGUMENT_VALUES, 8, 1, { { "operation", 0, INT } } },
	{ "semctl", ARGUMENT_VALUES, 20, 1, { { "op", 2, INT } } },
	{ "setns", ARGUMENT_VALUES, 8, 1, { { "nstype", 1, INT } } }, /* 0 means any */
	{ "setsockopt", ARGUMENT_VALUES, 48, 2, { { "level", 1, INT }, { "optname", 2, INT } } },
	{ "shmctl", ARGUMENT_VALUES, 16, 1, { { "op", 1, INT } } },
	{ "socket",
	  ARGUMENT_VALUES,
	  24,
	  3,
	  { { "domain", 0, INT }, { "type", 1, SOCKET_TYPE }, { "protocol", 2, INT } } },
	{ "socketcall", ARGUMENT_VALUES, 24, 1, { { "call", 0, INT } } },
	{ "socketpair",
	  ARGUMENT_VALUES,
	  12,
	  3,
	  { { "domain", 0, INT }, { "type", 1, SOCKET_TYPE }, { "protocol", 2, INT } } },
	{ "syslog", ARGUMENT_VALUES, 12, 1, { { "type", 0, INT } } },
	{ "umount2", ARGUMENT_VALUES, 16, 1, { { "flags", 1, INT } } },
	{ "unshare", ARGUMENT_FLAGS, 1, 1, { { "flags", 0, INT } } },
};

size_t argument_call_count(void)
{
	return ARRAY_SIZE(calls);
}

const struct argument_call *argument_call_at(size_t index)
{
	return &calls[index];
}

static int compare_name(const void *name, const void *call)
{
	return strcmp(name, ((const struct argument_call *)call)->name);
}

const struct argument_call *argument_call_by_name(const char *name)
{
	return bsearch(name, calls, ARRAY_SIZE(calls), sizeof(calls[0]), compare_name);
}

static bool is_s390(const struct arch *arch)
{
	return arch->native == SCMP_ARCH_S390X;
}

/* old_mmap of arch/x86/ia32 and arch/s390, sys_old_mmap of 32-bit kernels: one pointer. */
bool argument_call_plain(const struct argument_call *call, const struct arch *arch)
{
	if (strcmp(call->name, "mmap") != 0)
		return true;
	return arch->token != SCMP_ARCH_X86 && !is_s390(arch);
}

unsigned int argument_index(const struct argument_call *call, size_t field, const struct arch *arch)
{
	if (strcmp(call->name, "clone") == 0 && is_s390(arch))
		return 1;
	return call->fields[field].index;
}

void argument_read(const struct argument_call *call, const struct arch *arch,
		   const uint64_t registers[ARGUMENT_RECORDED], uint64_t ret[ARGUMENT_FIELDS_MAX])
{
	for (size_t i = 0; i < ARGUMENT_FIELDS_MAX; i++)
		ret[i] = i < call->n
				 ? registers[argument_index(call, i, arch)] & call->fields[i].mask
				 : 0;
	/* A 32-bit call has no upper half, whatever a record of it shows. */
	for (size_t i = 0; i < call->n && !(arch->audit & __AUDIT_ARCH_64BIT); i++)
		ret[i] &= UINT32_MAX;
}
