/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No rule looks at an argument: the kernel then remembers per number that a call is allowed, and
 * does not run the filter for it at all (seccomp_cache_prepare, kernel/seccomp.c).
 */
#include "target/filter.h"

#include "base/cleanup.h"
#include "base/time_limit.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void context_release(scmp_filter_ctx *context)
{
	if (*context)
		seccomp_release(*context);
}
#define _cleanup_context_ _cleanup_(context_release)

static bool kernel_runs(const struct arch *arch)
{
	const struct arch *native = arch_native();

	return arch && native && arch->native == native->native;
}

/* A context for this one architecture, everything logged. NULL after a failure, with a message. */
static scmp_filter_ctx context_new(const struct arch *arch, struct error *err)
{
	_cleanup_context_ scmp_filter_ctx context = seccomp_init(SCMP_ACT_LOG);
	scmp_filter_ctx done;
	int r = 0;

	if (!context) {
		error_set(err, -EINVAL, "libseccomp or the kernel (before 4.14) has no LOG action");
		return NULL;
	}
	if (arch->token != seccomp_arch_native()) {
		r = seccomp_arch_add(context, arch->token);
		if (r == 0)
			r = seccomp_arch_remove(context, SCMP_ARCH_NATIVE);
	}
	if (r == 0)
		r = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_LOG);
	if (r == 0) /* a binary tree: the logged calls pass through the program each time */
		r = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r < 0) {
		error_set(err, r, "libseccomp makes no filter for %s: %s", arch->name,
			  strerror(-r));
		return NULL;
	}
	done = context;
	context = NULL;
	return done;
}

/*
 * The number by which libseccomp takes the call `nr` of `arch` in a rule: the native one of the
 * same name. -ENOENT: there is no way to say it, or libseccomp would also allow a sub-call of
 * socketcall(2) or ipc(2) for it, which nobody has asked for.
 */
static int rule_number(const struct arch *arch, int32_t nr, int *ret)
{
	_cleanup_free_ char *name = seccomp_syscall_resolve_num_arch(arch->token, nr);

	if (name && seccomp_syscall_resolve_name_arch(arch->token, name) != nr)
		return -ENOENT;
	if (arch->token == seccomp_arch_native()) {
		*ret = nr;
		return nr < 0 ? -ENOENT : 0;
	}
	*ret = name ? seccomp_syscall_resolve_name(name) : __NR_SCMP_ERROR;
	return *ret == __NR_SCMP_ERROR ? -ENOENT : 0;
}

static int context_allow(scmp_filter_ctx context, const struct filter_allow *allow,
			 struct error *err)
{
	for (size_t i = 0; i < allow->n; i++) {
		int number, r;

		if (rule_number(allow->arch, allow->numbers[i], &number) < 0)
			continue;
		r = seccomp_rule_add_exact(context, SCMP_ACT_ALLOW, number, 0);
		if (r == -ENOMEM)
			return error_memory(err);
		/* Whatever else it does not take is logged, which is right for every call. */
	}
	return 0;
}

/* Takes `*part` into `*whole`. */
static int context_join(scmp_filter_ctx *whole, scmp_filter_ctx *part, struct error *err)
{
	if (*whole) {
		int r = seccomp_merge(*whole, *part);

		if (r < 0)
			return error_set(err, r, "libseccomp cannot join two architectures: %s",
					 strerror(-r));
	} else {
		*whole = *part;
	}
	*part = NULL;
	return 0;
}

static int read_program(int fd, struct filter *ret)
{
	struct stat st;
	size_t have = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	size_t size = (size_t)st.st_size;
	if (size == 0 || size % sizeof(struct sock_filter) != 0 ||
	    size / sizeof(struct sock_filter) > BPF_MAXINSNS)
		return -E2BIG;
	_cleanup_free_ char *program = malloc(size);
	if (!program)
		return -ENOMEM;
	while (have < size) {
		ssize_t n = pread(fd, program + have, size - have, (off_t)have);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		have += (size_t)n;
	}
	ret->program = (struct sock_filter *)program;
	ret->n = (unsigned short)(size / sizeof(struct sock_filter));
	program = NULL;
	return 0;
}

static int context_export(scmp_filter_ctx context, struct filter *ret, struct error *err)
{
	_cleanup_close_ int fd = memfd_create("filter", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, -errno, "cannot make a memory file: %s", strerror(errno));
	time_limit_begin(TIME_LIMIT_SECONDS, NULL);
	/* It may say 0, having left out what there was no memory for (seen in 2.5.4). */
	errno = 0;
	r = seccomp_export_bpf(context, fd);
	if (r == 0 && errno == ENOMEM)
		r = -ENOMEM;
	time_limit_end();
	if (r == 0)
		r = read_program(fd, ret);
	if (r < 0)
		return error_set(err, r, "cannot compile the filter: %s", strerror(-r));
	return 0;
}

static int log_everything(struct filter *ret, struct error *err)
{
	const struct sock_filter answer = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG);

	ret->program = malloc(sizeof(answer));
	if (!ret->program)
		return error_memory(err);
	*ret->program = answer;
	ret->n = 1;
	return 0;
}

int filter_compile(const struct filter_allow *allow, size_t n_allow, struct filter *ret,
		   struct error *err)
{
	_cleanup_context_ scmp_filter_ctx whole = NULL;

	for (size_t i = 0; i < n_allow; i++) {
		_cleanup_context_ scmp_filter_ctx part = NULL;
		int r;

		if (allow[i].n == 0 || !kernel_runs(allow[i].arch))
			continue;
		part = context_new(allow[i].arch, err);
		if (!part)
			return -EINVAL;
		r = context_allow(part, &allow[i], err);
		if (r < 0)
			return r;
		r = context_join(&whole, &part, err);
		if (r < 0)
			return r;
	}
	return whole ? context_export(whole, ret, err) : log_everything(ret, err);
}

void filter_deinit(struct filter *filter)
{
	free(filter->program);
	*filter = (struct filter){ 0 };
}

/*
 * libseccomp stops asking at the first thing that the kernel lacks, and asks for what is left where
 * it is needed.
 */
void filter_probe(void)
{
	static const uint32_t actions[] = {
		SCMP_ACT_KILL_PROCESS, SCMP_ACT_KILL_THREAD, SCMP_ACT_TRAP,   SCMP_ACT_ERRNO(1),
		SCMP_ACT_TRACE(1),     SCMP_ACT_LOG,	     SCMP_ACT_NOTIFY,
	};

	(void)seccomp_api_get();
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		_cleanup_context_ scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);

		if (context)
			(void)seccomp_rule_add(context, actions[i], 0, 0);
	}
}

int filter_install(const struct filter *filter)
{
	const struct sock_fprog program = { .len = filter->n, .filter = filter->program };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &program) < 0)
		return -errno;
	return 0;
}
