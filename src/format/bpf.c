/* SPDX-License-Identifier: Apache-2.0 */
#include "format/bpf.h"
#include "base/cleanup.h"
#include "base/time_limit.h"
#include "format/bpf_trial.h"
#include "format/plain_losses.h"
#include "format/text_lines.h"
#include "model/rule_text.h"
#include <byteswap.h>
#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define TRIAL_SECONDS 3 /* of processor time: profiles take milliseconds */

#define ERRNO_RET_MAX 4095 /* MAX_ERRNO, include/linux/err.h */

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

	if (rule->n_args == 0 || !rule_repeats_index(rule)) {
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
static int only_arches(scmp_filter_ctx filter, const struct targets *targets, struct error *err)
{
	bool native = false;
	int r = 0;

	for (size_t i = 0; i < targets->n; i++)
		native = native || targets->arches[i]->token == seccomp_arch_native();
	if (!native)
		r = seccomp_arch_remove(filter, seccomp_arch_native());
	if (r < 0)
		return error_set(err, r, "libseccomp keeps the native architecture: %s",
				 strerror(-r));
	for (size_t i = 0; i < targets->n; i++) {
		r = seccomp_arch_add(filter, targets->arches[i]->token);
		if (r < 0 && r != -EEXIST)
			return error_set(err, -EAFNOSUPPORT, "not known to this libseccomp");
	}
	return 0;
}

static bool is_foreign_order(const struct arch *arch)
{
	return ((arch->audit & __AUDIT_ARCH_LE) != 0) != (__BYTE_ORDER == __LITTLE_ENDIAN);
}

static struct sock_filter swapped(struct sock_filter instruction)
{
	instruction.code = bswap_16(instruction.code);
	instruction.k = bswap_32(instruction.k);
	return instruction;
}

/* Whether libseccomp makes a filter answer that. */
static bool is_answer(uint32_t k)
{
	uint32_t data = k & SECCOMP_RET_DATA;

	if ((k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		return data <= ERRNO_RET_MAX;
	if ((k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRACE)
		return true;
	return data == 0 && action_from_code(k) != ACTION_UNKNOWN;
}

/*
 * libseccomp exports in the byte order of the filter's architecture; but 2.5.4 leaves the answers
 * that it puts in between, where jumps would become too long, in the machine's.
 */
static void to_host_order(struct sock_filter *program, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t k = program[i].k;

		program[i] = swapped(program[i]);
		if (program[i].code == (BPF_RET | BPF_K) && !is_answer(program[i].k) &&
		    is_answer(k))
			program[i].k = k;
	}
}

void bpf_put(const struct bpf *bpf, const struct arch *arch, struct strbuf *ret)
{
	for (size_t i = 0; i < bpf->n; i++) {
		struct sock_filter instruction = bpf->program[i];

		if (is_foreign_order(arch))
			instruction = swapped(instruction);
		strbuf_append(ret, &instruction, sizeof(instruction));
	}
}

struct seccomp_data bpf_call(const struct arch *arch, int32_t nr, const uint64_t args[6])
{
	struct seccomp_data data = { .nr = nr, .arch = arch->audit };

	for (size_t i = 0; i < 6; i++)
		data.args[i] = is_foreign_order(arch) ? args[i] << 32 | args[i] >> 32 : args[i];
	return data;
}

/* libseccomp 2.5 writes to descriptors only. `*ret` is to be freed. */
static int export_text(scmp_filter_ctx filter, int (*export)(const scmp_filter_ctx filter, int fd),
		       char **ret, size_t *ret_size, struct error *err)
{
	_cleanup_close_ int fd = memfd_create("filter", MFD_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	struct stat file;
	size_t size, done = 0;
	int r;

	if (fd < 0)
		return error_set(err, -errno, "cannot make a file in memory: %s", strerror(errno));
	/* It may say 0, having left out what there was no memory for (seen in 2.5.4). */
	errno = 0;
	r = export(filter, fd);
	if (r == 0 && errno == ENOMEM)
		return error_memory(err);
	if (r < 0)
		return error_set(err, r, "libseccomp cannot make the filter: %s", strerror(-r));
	if (fstat(fd, &file) < 0)
		return error_set(err, -errno, "cannot read the filter back: %s", strerror(errno));
	size = (size_t)file.st_size;
	text = malloc(size + 1);
	if (!text)
		return error_memory(err);
	while (done < size) {
		ssize_t n = pread(fd, text + done, size - done, (off_t)done);

		if (n <= 0)
			return error_set(err, -EIO, "cannot read the filter back");
		done += (size_t)n;
	}
	*ret = text;
	*ret_size = size;
	text = NULL;
	return 0;
}

static int fill(scmp_filter_ctx filter, const struct profile *profile,
		const struct targets *targets, char ***ret_skipped, struct error *err)
{
	_cleanup_name_set_ struct name_set skipped = { 0 };
	uint32_t default_action = scmp_action(profile->default_action, profile->has_default_errno,
					      profile->default_errno);
	int r = only_arches(filter, targets, err);

	for (size_t i = 0; r == 0 && i < profile->n_rules; i++) {
		if (!rule_holds(&profile->rules[i], targets_host(targets)))
			continue;
		r = add_rule(filter, &profile->rules[i], default_action, &skipped, err);
		if (r < 0)
			error_prefix(err, r, "syscalls[%zu]", i);
	}
	if (r < 0)
		return r;
	*ret_skipped = name_set_steal(&skipped);
	return *ret_skipped ? 0 : error_memory(err);
}

static void context_release(scmp_filter_ctx *context)
{
	if (*context)
		seccomp_release(*context);
}

/* Makes the filter and exports it, if libseccomp comes to an end. */
static int export_filter(const struct profile *profile, const struct targets *targets,
			 int (*export)(const scmp_filter_ctx filter, int fd), char **ret,
			 size_t *ret_size, char ***ret_skipped, struct error *err)
{
	_cleanup_(context_release) scmp_filter_ctx filter = seccomp_init(scmp_action(
		profile->default_action, profile->has_default_errno, profile->default_errno));
	char **skipped = NULL;
	int r;

	if (!filter)
		return error_set(err, -EINVAL, "libseccomp refuses the default action %s",
				 action_oci_name(profile->default_action));
	r = fill(filter, profile, targets, &skipped, err);
	if (r == 0)
		r = export_text(filter, export, ret, ret_size, err);
	if (r < 0) {
		name_list_free(skipped);
		return error_prefix(err, r, "%s", targets->arches[0]->name);
	}
	*ret_skipped = skipped;
	return 0;
}

/* What is tried before it is done. */
struct attempt {
	const struct profile *profile;
	const struct targets *targets;
	int (*export)(const scmp_filter_ctx filter, int fd);
};

static void do_attempt(const void *data)
{
	const struct attempt *attempt = data;
	char **skipped = NULL;
	char *text = NULL;
	size_t size;

	if (export_filter(attempt->profile, attempt->targets, attempt->export, &text, &size,
			  &skipped, NULL) == 0) {
		free(text);
		name_list_free(skipped);
	}
}

static int say_loop(const char *name, struct error *err)
{
	text_bad_word(
		err,
		"libseccomp does not come to an end, nor would crun and runc, with rules that "
		"begin with the same comparison and then differ: those for",
		slice_from(name));
	return -ELOOP;
}

static int export_host(const struct profile *profile, const struct targets *targets,
		       int (*export)(const scmp_filter_ctx filter, int fd), char **ret,
		       size_t *ret_size, char ***ret_skipped, struct error *err)
{
	const struct attempt attempt = { profile, targets, export };
	const char *suspect = bpf_trial_suspect(profile);
	struct error loop = { 0 };
	int r = suspect ? say_loop(suspect, &loop) : 0;

	if (suspect)
		r = bpf_trial_run(do_attempt, &attempt, TRIAL_SECONDS, error_message(&loop, r));
	if (r == -ELOOP)
		return say_loop(suspect, err);
	if (r < 0)
		return error_set(err, r, "cannot try the filter: %s", strerror(-r));
	time_limit_begin(TIME_LIMIT_SECONDS, NULL);
	r = export_filter(profile, targets, export, ret, ret_size, ret_skipped, err);
	time_limit_end();
	return r;
}

int bpf_compile_host(const struct profile *profile, const struct targets *targets, struct bpf *ret,
		     struct error *err)
{
	struct bpf bpf = { 0 };
	char *program;
	size_t size;
	int r = export_host(profile, targets, seccomp_export_bpf, &program, &size, &bpf.skipped,
			    err);

	if (r < 0)
		return r;
	bpf.program = (struct sock_filter *)(void *)program;
	bpf.n = size / sizeof(*bpf.program);
	if (is_foreign_order(targets->arches[0]))
		to_host_order(bpf.program, bpf.n);
	*ret = bpf;
	return 0;
}

int bpf_compile(const struct profile *profile, const struct arch *arch, struct bpf *ret,
		struct error *err)
{
	return bpf_compile_host(profile, &(struct targets){ { arch }, 1 }, ret, err);
}

int bpf_describe_host(const struct profile *profile, const struct targets *targets,
		      struct strbuf *ret, char ***ret_skipped, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = export_host(profile, targets, seccomp_export_pfc, &text, &size, ret_skipped, err);

	if (r == 0)
		strbuf_append(ret, text, size);
	return r;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void bpf_say_skipped(const struct profile *profile, const struct arch *host, char *const *skipped,
		     struct emission *emission)
{
	_cleanup_plain_losses_ struct plain_losses losses = { 0 };
	const uint32_t rest = scmp_action(profile->default_action, profile->has_default_errno,
					  profile->default_errno);
	size_t n = name_list_count(skipped);

	for (size_t i = 0; n > 0 && i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!rule_holds(rule, host) ||
		    scmp_action(rule->action, rule->has_errno, rule->errno_ret) == rest)
			continue;
		for (char **name = rule->names; *name; name++)
			if (bsearch(name, skipped, n, sizeof(*skipped), compare_names))
				plain_lose(&losses,
					   plain_answer_loss(rule->action, profile->default_action),
					   *name);
	}
	plain_losses_say(&losses,
			 "the libseccomp here does not know these, and they are answered as what "
			 "is not listed",
			 emission);
}

void bpf_deinit(struct bpf *bpf)
{
	free(bpf->program);
	name_list_free(bpf->skipped);
	*bpf = (struct bpf){ 0 };
}
