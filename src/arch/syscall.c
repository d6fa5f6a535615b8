/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/syscall.h"
#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

/* How many numbers from the start of a table are asked for: twice as many as Linux 7.0 has. */
#define TABLE_SPAN 1024

struct call {
	int32_t nr;
	char *name;
};

struct syscall_names {
	struct call *by_nr, *by_name;
	int32_t *numbers;
	size_t n, allocated;
};

/* Where the numbers are not counted from 0. */
static const struct {
	uint32_t token;
	int32_t first;
} bases[] = {
	{ SCMP_ARCH_X32, ARCH_X32_BIT }, { SCMP_ARCH_MIPS, 4000 },
	{ SCMP_ARCH_MIPSEL, 4000 },	 { SCMP_ARCH_MIPS64, 5000 },
	{ SCMP_ARCH_MIPSEL64, 5000 },	 { SCMP_ARCH_MIPS64N32, 6000 },
	{ SCMP_ARCH_MIPSEL64N32, 6000 },
};

/* __ARM_NR_BASE and what is behind it, arch/arm/include/uapi/asm/unistd.h. */
#define ARM_PRIVATE	 0x0F0000
#define ARM_PRIVATE_SPAN 16

/*
 * Calls that have the same number, counted from the start of the table, on every architecture that
 * we know (scripts/syscall.tbl of Linux 7.0). Used for what libseccomp has not heard of.
 */
static const struct {
	int32_t nr;
	const char *name;
} generic[] = {
	{ 424, "pidfd_send_signal" },
	{ 425, "io_uring_setup" },
	{ 426, "io_uring_enter" },
	{ 427, "io_uring_register" },
	{ 428, "open_tree" },
	{ 429, "move_mount" },
	{ 430, "fsopen" },
	{ 431, "fsconfig" },
	{ 432, "fsmount" },
	{ 433, "fspick" },
	{ 434, "pidfd_open" },
	{ 435, "clone3" },
	{ 436, "close_range" },
	{ 437, "openat2" },
	{ 438, "pidfd_getfd" },
	{ 439, "faccessat2" },
	{ 440, "process_madvise" },
	{ 441, "epoll_pwait2" },
	{ 442, "mount_setattr" },
	{ 443, "quotactl_fd" },
	{ 444, "landlock_create_ruleset" },
	{ 445, "landlock_add_rule" },
	{ 446, "landlock_restrict_self" },
	{ 447, "memfd_secret" },
	{ 448, "process_mrelease" },
	{ 449, "futex_waitv" },
	{ 450, "set_mempolicy_home_node" },
	{ 451, "cachestat" },
	{ 452, "fchmodat2" },
	{ 453, "map_shadow_stack" },
	{ 454, "futex_wake" },
	{ 455, "futex_wait" },
	{ 456, "futex_requeue" },
	{ 457, "statmount" },
	{ 458, "listmount" },
	{ 459, "lsm_get_self_attr" },
	{ 460, "lsm_set_self_attr" },
	{ 461, "lsm_list_modules" },
	{ 462, "mseal" },
	{ 463, "setxattrat" },
	{ 464, "getxattrat" },
	{ 465, "listxattrat" },
	{ 466, "removexattrat" },
	{ 467, "open_tree_attr" },
	{ 468, "file_getattr" },
	{ 469, "file_setattr" },
	{ 470, "listns" },
	{ 471, "rseq_slice_yield" },
};

/* Newer calls of one architecture, from its own table in the kernel. */
static const struct {
	uint32_t token;
	int32_t nr;
	const char *name;
} particular[] = {
	{ SCMP_ARCH_X86_64, 335, "uretprobe" },
	{ SCMP_ARCH_X86_64, 336, "uprobe" },
	{ SCMP_ARCH_RISCV64, 258, "riscv_hwprobe" },
};

/*
 * loongarch64 has the numbers that riscv64 has (both take asm-generic/unistd.h as it is), but for
 * those that are riscv64's own and the two limits that only riscv64 kept. Not asked where
 * libseccomp knows it itself.
 */
static bool is_generic_number(int32_t nr)
{
	const int32_t own_first = 244, own_last = 259, getrlimit = 163, setrlimit = 164;

	return !(nr >= own_first && nr <= own_last) && nr != getrlimit && nr != setrlimit;
}

static void names_free(struct syscall_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->n; i++)
		free(names->by_nr[i].name);
	free(names->by_nr);
	free(names->by_name);
	free(names->numbers);
	free(names);
}

static void names_freep(struct syscall_names **names)
{
	names_free(*names);
}

void syscall_table_deinit(struct syscall_table *table)
{
	for (size_t i = 0; table->by_arch && i < arch_count(); i++)
		names_free(table->by_arch[i]);
	free(table->by_arch);
	*table = (struct syscall_table){ 0 };
}

static int compare_nr(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	return (x->nr > y->nr) - (x->nr < y->nr);
}

static int compare_name(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Takes `name`, which may be NULL: out of memory. */
static int add_call(struct syscall_names *names, int32_t nr, char *name)
{
	int r;

	if (!name)
		return -ENOMEM;
	r = array_reserve(&names->by_nr, &names->allocated, names->n + 1, sizeof(*names->by_nr));
	if (r < 0) {
		free(name);
		return r;
	}
	names->by_nr[names->n++] = (struct call){ nr, name };
	return 0;
}

/* libseccomp's name for the number, NULL: it has none. What it means by NULL, only errno tells. */
static int resolve(uint32_t token, int32_t nr, char **ret)
{
	errno = 0;
	*ret = seccomp_syscall_resolve_num_arch(token, nr);
	return !*ret && errno == ENOMEM ? -ENOMEM : 0;
}

static int add_range(struct syscall_names *names, uint32_t token, int32_t first, int32_t span)
{
	for (int32_t nr = first; nr < first + span; nr++) {
		char *name;
		int r = resolve(token, nr, &name);

		if (name)
			r = add_call(names, nr, name);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool has_number(const struct syscall_names *names, size_t n, int32_t nr)
{
	struct call key = { .nr = nr };

	return n > 0 && bsearch(&key, names->by_nr, n, sizeof(key), compare_nr);
}

static int32_t first_number(const struct arch *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++)
		if (bases[i].token == arch->token)
			return bases[i].first;
	return 0;
}

static int add_libseccomp(struct syscall_names *names, const struct arch *arch)
{
	int r = add_range(names, arch->token, first_number(arch), TABLE_SPAN);

	if (r == 0 && arch->token == SCMP_ARCH_ARM)
		r = add_range(names, arch->token, ARM_PRIVATE, ARM_PRIVATE_SPAN);
	return r;
}

static int add_loongarch64(struct syscall_names *names)
{
	for (int32_t nr = 0; nr < generic[0].nr; nr++) {
		char *name = NULL;
		int r = 0;

		if (is_generic_number(nr))
			r = resolve(SCMP_ARCH_RISCV64, nr, &name);
		if (name)
			r = add_call(names, nr, name);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * Adds what libseccomp has not heard of. Where it knows the call but does not list it here, the
 * architecture has none.
 */
static int add_newer(struct syscall_names *names, const struct arch *arch)
{
	bool listed = names->n > 0 && arch->token != ARCH_LOONGARCH64;
	int32_t first = first_number(arch);
	size_t n = names->n;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(generic); i++) {
		int32_t nr = first + generic[i].nr;

		if (has_number(names, n, nr) || (listed && syscall_in_libseccomp(generic[i].name)))
			continue;
		r = add_call(names, nr, strdup(generic[i].name));
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(particular); i++) {
		if (particular[i].token != arch->token || has_number(names, n, particular[i].nr))
			continue;
		r = add_call(names, particular[i].nr, strdup(particular[i].name));
		if (r < 0)
			return r;
	}
	return 0;
}

static int sort_calls(struct syscall_names *names)
{
	size_t n = names->n;

	names->by_name = reallocarray(NULL, n, sizeof(*names->by_name));
	names->numbers = reallocarray(NULL, n, sizeof(*names->numbers));
	if (!names->by_name || !names->numbers)
		return -ENOMEM;
	qsort(names->by_nr, n, sizeof(*names->by_nr), compare_nr);
	for (size_t i = 0; i < n; i++) {
		names->by_name[i] = names->by_nr[i];
		names->numbers[i] = names->by_nr[i].nr;
	}
	qsort(names->by_name, n, sizeof(*names->by_name), compare_name);
	return 0;
}

static int names_new(const struct arch *arch, struct syscall_names **ret)
{
	_cleanup_(names_freep) struct syscall_names *names = calloc(1, sizeof(*names));
	int r;

	if (!names)
		return -ENOMEM;
	r = add_libseccomp(names, arch);
	if (r == 0 && names->n == 0 && arch->token == ARCH_LOONGARCH64)
		r = add_loongarch64(names);
	if (r == 0)
		r = add_newer(names, arch);
	if (r == 0)
		r = sort_calls(names);
	if (r < 0)
		return r;
	*ret = names;
	names = NULL;
	return 0;
}

/* The names of `arch`, collected at the first question. */
static int lookup(struct syscall_table *table, const struct arch *arch, struct syscall_names **ret)
{
	size_t index = (size_t)(arch - arch_at(0));
	int r;

	if (!table->by_arch)
		table->by_arch = calloc(arch_count(), sizeof(struct syscall_names *));
	if (!table->by_arch)
		return -ENOMEM;
	if (!table->by_arch[index]) {
		r = names_new(arch, &table->by_arch[index]);
		if (r < 0)
			return r;
	}
	*ret = table->by_arch[index];
	return 0;
}

int syscall_prepare(struct syscall_table *table, const struct arch *arch)
{
	struct syscall_names *names;

	return lookup(table, arch, &names);
}

const char *syscall_name(struct syscall_table *table, const struct arch *arch, int64_t nr)
{
	struct syscall_names *names;
	const struct call *found;
	struct call key = { .nr = -1 };

	if (nr < 0 || nr > INT32_MAX || lookup(table, arch, &names) < 0)
		return NULL;
	key.nr = (int32_t)nr;
	found = bsearch(&key, names->by_nr, names->n, sizeof(key), compare_nr);
	return found ? found->name : NULL;
}

int syscall_number(struct syscall_table *table, const struct arch *arch, const char *name,
		   int32_t *ret)
{
	struct syscall_names *names;
	const struct call *found;
	/* Only compared: bsearch() wants the key to look like an item. */
	struct call key = { .name = (char *)name };
	int r;

	r = lookup(table, arch, &names);
	if (r < 0)
		return r;
	found = bsearch(&key, names->by_name, names->n, sizeof(key), compare_name);
	if (!found)
		return -ENOENT;
	*ret = found->nr;
	return 0;
}

int syscall_numbers(struct syscall_table *table, const struct arch *arch, const int32_t **ret,
		    size_t *ret_n)
{
	struct syscall_names *names;
	int r;

	r = lookup(table, arch, &names);
	if (r < 0)
		return r;
	*ret = names->numbers;
	*ret_n = names->n;
	return 0;
}

/* Any architecture will do: a call that one does not have gets a negative pseudo-number there. */
bool syscall_in_libseccomp(const char *name)
{
	return seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, name) != __NR_SCMP_ERROR;
}
