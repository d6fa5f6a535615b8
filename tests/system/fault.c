/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To be preloaded: the memory allocation or the read that ASG_FAULT names goes wrong. "malloc:N":
 * the N-th allocation fails, and only that; "seccomp:N": the same of those that libseccomp makes;
 * "short:N": no read or pread gives more than N bytes. A byte is written to the descriptor
 * ASG_FAULT_FD when an allocation has failed, so that whoever counts knows when N is past the last
 * one.
 *
 * libseccomp's own allocations are counted by themselves: 2.5.4 does not come to an end, or ends
 * with a signal, when some of them fail. So that nobody waits, a second of a timer is then 10 ms.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *old, size_t size);
void *reallocarray(void *old, size_t n, size_t size);
void free(void *old);
ssize_t read(int fd, void *buffer, size_t size);
ssize_t pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t pread64(int fd, void *buffer, size_t size, off_t offset);

#define EARLY_SIZE 65536

/* What dlsym() itself wants before the real functions are known; never given back. */
static struct {
	_Alignas(16) char bytes[EARLY_SIZE];
	size_t used;
} early;

static struct {
	void *(*malloc)(size_t size);
	void *(*calloc)(size_t n, size_t size);
	void *(*realloc)(void *old, size_t size);
	void (*free)(void *old);
	ssize_t (*read)(int fd, void *buffer, size_t size);
	ssize_t (*pread)(int fd, void *buffer, size_t size, off_t offset);
	unsigned long failing; /* which allocation; 0: none */
	unsigned long count;
	size_t longest; /* read; 0: any */
	int report;
	uintptr_t library_from, library_to; /* where libseccomp is */
	int library_fails;		    /* its allocations, instead of all others */
	int (*setitimer)(int which, const struct itimerval *value, struct itimerval *old);
	enum { UNKNOWN, ASKING, KNOWN } state;
} real;

/* POSIX lets dlsym() return what is then a function: through a pointer to a pointer. */
static void look_up(void *ret, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(ret, &found, sizeof(found));
}

static int find_library(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	(void)context;
	if (!strstr(info->dlpi_name, "libseccomp.so"))
		return 0;
	real.library_from = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t end =
			info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && end > real.library_to)
			real.library_to = end;
	}
	return 1;
}

static void prepare(void)
{
	const char *fault, *report;

	real.state = ASKING;
	look_up(&real.malloc, "malloc");
	look_up(&real.calloc, "calloc");
	look_up(&real.realloc, "realloc");
	look_up(&real.free, "free");
	look_up(&real.read, "read");
	look_up(&real.pread, "pread");
	look_up(&real.setitimer, "setitimer");
	dl_iterate_phdr(find_library, NULL);
	fault = getenv("ASG_FAULT");
	report = getenv("ASG_FAULT_FD");
	real.report = report ? (int)strtol(report, NULL, 10) : -1;
	if (fault && strncmp(fault, "malloc:", 7) == 0)
		real.failing = strtoul(fault + 7, NULL, 10);
	else if (fault && strncmp(fault, "seccomp:", 8) == 0)
		real.failing = strtoul(fault + 8, NULL, 10);
	else if (fault && strncmp(fault, "short:", 6) == 0)
		real.longest = strtoul(fault + 6, NULL, 10);
	real.library_fails = fault && fault[0] == 's' && real.failing > 0;
	/* Whatever program is run has no fault. */
	unsetenv("ASG_FAULT");
	real.state = KNOWN;
}

static void *take_early(size_t size)
{
	size_t start = (early.used + 15) / 16 * 16;

	if (size > EARLY_SIZE - start)
		abort();
	early.used = start + size;
	return early.bytes + start;
}

static int is_early(const void *memory)
{
	return (const char *)memory >= early.bytes &&
	       (const char *)memory < early.bytes + EARLY_SIZE;
}

/* Whether the allocation that comes now is the one. */
static int fails(void *caller)
{
	uintptr_t from = (uintptr_t)caller;

	if (real.state == UNKNOWN)
		prepare();
	if ((from >= real.library_from && from < real.library_to) != real.library_fails)
		return 0;
	if (real.failing == 0 || ++real.count != real.failing)
		return 0;
	if (real.report >= 0 && write(real.report, "!", 1) < 0)
		abort();
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	if (real.state == ASKING)
		return take_early(size);
	return fails(__builtin_return_address(0)) ? NULL : real.malloc(size);
}

void *calloc(size_t n, size_t size)
{
	if (real.state == ASKING)
		return take_early(n * size);
	return fails(__builtin_return_address(0)) ? NULL : real.calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	if (real.state == ASKING || is_early(old))
		abort();
	return fails(__builtin_return_address(0)) ? NULL : real.realloc(old, size);
}

void *reallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || fails(__builtin_return_address(0))) {
		errno = ENOMEM;
		return NULL;
	}
	return real.realloc(old, bytes);
}

void free(void *old)
{
	if (!is_early(old) && old)
		real.free(old);
}

static size_t shortened(size_t size)
{
	if (real.state == UNKNOWN)
		prepare();
	return real.longest && size > real.longest ? real.longest : size;
}

ssize_t read(int fd, void *buffer, size_t size)
{
	size = shortened(size);
	return real.read(fd, buffer, size);
}

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	size = shortened(size);
	return real.pread(fd, buffer, size, offset);
}

ssize_t pread64(int fd, void *buffer, size_t size, off_t offset)
{
	return pread(fd, buffer, size, offset);
}

int setitimer(__itimer_which_t which, const struct itimerval *value, struct itimerval *old)
{
	struct itimerval limit = *value;

	if (real.state == UNKNOWN)
		prepare();
	if (real.library_fails && limit.it_value.tv_sec > 0)
		limit.it_value = limit.it_interval = (struct timeval){ .tv_usec = 10000 };
	return real.setitimer((int)which, &limit, old);
}
