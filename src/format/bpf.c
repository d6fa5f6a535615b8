/* SPDX-License-Identifier: Apache-2.0 */
#include "format/bpf.h"
#include "base/cleanup.h"
#include <byteswap.h>
#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* What libseccomp calls the action; crun and runc give EPERM where a profile gives no errno. */
static uint32_t scmp_action(enum action action, bool has_errno, uint32_t errno_ret)
{
	uint32_t data = has_errno ? errno_ret : EPERM;

	if (action == ACTION_ERRNO)
		return SCMP_ACT_ERRNO(data);
	if (action == ACTION_TRACE)
		return SCMP_ACT_TRACE(data);
	return action_to_code(action);
}

static bool index_repeats(const struct rule *rule)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < rule->n_args; i++) {
		if (seen & (1u << rule->args[i].index))
			return true;
		seen |= 1u << rule->args[i].index;
	}
	return false;
}

static struct scmp_arg_cmp arg_compare(const struct rule_arg *arg)
{
	return (struct scmp_arg_cmp){
		.arg = arg->index,
		.op = (enum scmp_compare)arg->op,
		.datum_a = arg->value,
		.datum_b = arg->value_two,
	};
}

/* All arguments of a rule together, or, when an index repeats, a rule for each: so do runtimes. */
static int add_call(scmp_filter_ctx filter, uint32_t action, int number, const struct rule *rule)
{
	struct scmp_arg_cmp compares[6];
	int r = 0;

	if (rule->n_args == 0 || !index_repeats(rule)) {
		for (size_t i = 0; i < rule->n_args; i++)
			compares[i] = arg_compare(&rule->args[i]);
		return seccomp_rule_add_array(filter, action, number, (unsigned int)rule->n_args,
					      compares);
	}
	for (size_t i = 0; r == 0 && i < rule->n_args; i++) {
		compares[0] = arg_compare(&rule->args[i]);
		r = seccomp_rule_add_array(filter, action, number, 1, compares);
	}
	return r;
}

static int add_rule(scmp_filter_ctx filter, const struct rule *rule, uint32_t default_action,
		    struct name_set *skipped, struct error *err)
{
	uint32_t action = scmp_action(rule->action, rule->has_errno, rule->errno_ret);
	int r;

	if (action == default_action)
		return 0;
	for (char **name = rule->names; *name; name++) {
		int number = seccomp_syscall_resolve_name(*name);

		if (number == __NR_SCMP_ERROR) {
			if (name_set_add(skipped, *name) < 0)
				return error_memory(err);
			continue;
		}
		r = add_call(filter, action, number, rule);
		if (r < 0)
			return error_set(err, r, "libseccomp refuses a rule for '%s': %s", *name,
					 strerror(-r));
	}
	return 0;
}

/* The native one goes first: libseccomp keeps no two byte orders in one filter. */
static int only_arch(scmp_filter_ctx filter, const struct arch *arch, struct error *err)
{
	int r;

	if (arch->token == seccomp_arch_native())
		return 0;
	r = seccomp_arch_remove(filter, seccomp_arch_native());
	if (r < 0)
		return error_set(err, r, "libseccomp keeps the native architecture: %s",
				 strerror(-r));
	if (seccomp_arch_add(filter, arch->token) < 0)
		return error_set(err, -EAFNOSUPPORT, "not known to this libseccomp");
	return 0;
}

static bool is_foreign_order(const struct arch *arch)
{
	return ((arch->audit & __AUDIT_ARCH_LE) != 0) != (__BYTE_ORDER == __LITTLE_ENDIAN);
}

/* libseccomp exports in the byte order of the filter's architecture. */
static void to_host_order(struct bpf *bpf)
{
	for (size_t i = 0; i < bpf->n; i++) {
		bpf->program[i].code = bswap_16(bpf->program[i].code);
		bpf->program[i].k = bswap_32(bpf->program[i].k);
	}
}

struct seccomp_data bpf_call(const struct arch *arch, int32_t nr, const uint64_t args[6])
{
	struct seccomp_data data = { .nr = nr, .arch = arch->audit };

	for (size_t i = 0; i < 6; i++)
		data.args[i] = is_foreign_order(arch) ? args[i] << 32 | args[i] >> 32 : args[i];
	return data;
}

/* libseccomp 2.5 writes programs to descriptors only. */
static int export_program(scmp_filter_ctx filter, struct bpf *bpf, struct error *err)
{
	_cleanup_close_ int fd = memfd_create("filter", MFD_CLOEXEC);
	struct stat file;
	size_t size, done = 0;
	int r;

	if (fd < 0)
		return error_set(err, -errno, "cannot make a file in memory: %s", strerror(errno));
	r = seccomp_export_bpf(filter, fd);
	if (r < 0)
		return error_set(err, r, "libseccomp cannot make the filter: %s", strerror(-r));
	if (fstat(fd, &file) < 0)
		return error_set(err, -errno, "cannot read the filter back: %s", strerror(errno));
	size = (size_t)file.st_size;
	bpf->program = malloc(size + 1);
	if (!bpf->program)
		return error_memory(err);
	while (done < size) {
		ssize_t n = pread(fd, (char *)bpf->program + done, size - done, (off_t)done);

		if (n <= 0)
			return error_set(err, -EIO, "cannot read the filter back");
		done += (size_t)n;
	}
	bpf->n = size / sizeof(*bpf->program);
	return 0;
}

static int fill(scmp_filter_ctx filter, const struct profile *profile, const struct arch *arch,
		struct bpf *bpf, struct error *err)
{
	_cleanup_name_set_ struct name_set skipped = { 0 };
	uint32_t default_action = scmp_action(profile->default_action, profile->has_default_errno,
					      profile->default_errno);
	int r = only_arch(filter, arch, err);

	for (size_t i = 0; r == 0 && i < profile->n_rules; i++) {
		if (!rule_holds(&profile->rules[i], arch))
			continue;
		r = add_rule(filter, &profile->rules[i], default_action, &skipped, err);
		if (r < 0)
			error_prefix(err, r, "syscalls[%zu]", i);
	}
	if (r == 0)
		r = export_program(filter, bpf, err);
	if (r < 0)
		return r;
	if (is_foreign_order(arch))
		to_host_order(bpf);
	bpf->skipped = name_set_steal(&skipped);
	return bpf->skipped ? 0 : error_memory(err);
}

int bpf_compile(const struct profile *profile, const struct arch *arch, struct bpf *ret,
		struct error *err)
{
	struct bpf bpf = { 0 };
	scmp_filter_ctx filter;
	int r;

	filter = seccomp_init(scmp_action(profile->default_action, profile->has_default_errno,
					  profile->default_errno));
	if (!filter)
		return error_set(err, -EINVAL, "libseccomp refuses the default action %s",
				 action_oci_name(profile->default_action));
	r = fill(filter, profile, arch, &bpf, err);
	seccomp_release(filter);
	if (r < 0) {
		bpf_deinit(&bpf);
		return error_prefix(err, r, "%s", arch->name);
	}
	*ret = bpf;
	return 0;
}

void bpf_deinit(struct bpf *bpf)
{
	free(bpf->program);
	name_list_free(bpf->skipped);
	*bpf = (struct bpf){ 0 };
}
