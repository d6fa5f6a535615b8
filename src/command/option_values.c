/* SPDX-License-Identifier: Apache-2.0 */
#include "command/option_values.h"
#include "arch/argument.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/hot_calls.h"
#include "model/profile_host.h"
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>

#define ERRNO_MAX 4095
#define PID_LIMIT 4194304

int value_number(const char *text, uint32_t min, uint32_t max, uint32_t *ret, struct error *err)
{
	uint64_t value;

	if (slice_to_u64(slice_from(text), 10, &value) < 0 || value < min || value > max)
		return error_set(err, -EINVAL, "expected a number from %" PRIu32 " to %" PRIu32,
				 min, max);
	*ret = (uint32_t)value;
	return 0;
}

int value_size(const char *text, uint64_t min, uint64_t max, size_t *ret, struct error *err)
{
	static const char units[] = "KMG";
	struct slice digits = slice_from(text);
	unsigned int shift = 0;
	uint64_t value;

	if (digits.len && strchr(units, digits.data[digits.len - 1]))
		shift = 10 * (unsigned int)(strchr(units, digits.data[--digits.len]) - units + 1);
	if (slice_to_u64(digits, 10, &value) < 0 || value > max >> shift || value << shift < min)
		return error_set(err, -EINVAL,
				 "expected bytes from %" PRIu64 "K to %" PRIu64 "M, such as 32M",
				 min >> 10, max >> 20);
	*ret = (size_t)(value << shift);
	return 0;
}

/* Calls `take` for each part of a comma-separated list. */
static int each_part(const char *text, struct number_list *list,
		     int (*take)(struct slice part, uint32_t *ret, struct error *err),
		     struct error *err)
{
	for (;;) {
		size_t len = strcspn(text, ",");
		uint32_t number = 0;
		int r = take((struct slice){ text, len }, &number, err);

		if (r < 0)
			return r;
		if (number_list_add(list, number) < 0)
			return error_memory(err);
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

static int part_number(struct slice part, uint32_t *ret, struct error *err)
{
	uint64_t value;

	if (slice_to_u64(part, 10, &value) < 0 || value > UINT32_MAX)
		return error_set(err, -EINVAL, "expected numbers with commas between them");
	*ret = (uint32_t)value;
	return 0;
}

static int part_pid(struct slice part, uint32_t *ret, struct error *err)
{
	if (part_number(part, ret, NULL) < 0 || *ret == 0 || *ret > PID_LIMIT)
		return error_set(err, -EINVAL,
				 "expected process ids from 1 to %d with commas between them",
				 PID_LIMIT);
	return 0;
}

static int part_user(struct slice part, uint32_t *ret, struct error *err)
{
	_cleanup_free_ char *name = slice_copy(part);
	const struct passwd *entry;

	if (!name)
		return error_memory(err);
	if (part_number(part, ret, NULL) == 0)
		return 0;
	entry = getpwnam(name);
	if (!entry)
		return error_set(err, -EINVAL, "there is no user of that name here");
	*ret = entry->pw_uid;
	return 0;
}

int value_numbers(const char *text, struct number_list *list, struct error *err)
{
	return each_part(text, list, part_number, err);
}

int value_pids(const char *text, struct number_list *list, struct error *err)
{
	return each_part(text, list, part_pid, err);
}

int value_users(const char *text, struct number_list *list, struct error *err)
{
	return each_part(text, list, part_user, err);
}

int value_text(const char *text, struct text_list *list, struct error *err)
{
	if (!*text)
		return error_set(err, -EINVAL, "an empty text matches nothing");
	return text_list_add(list, text) < 0 ? error_memory(err) : 0;
}

int value_format(const char *text, const struct emitter **ret, struct error *err)
{
	_cleanup_strbuf_ struct strbuf known = { 0 };

	*ret = emitter_by_name(text);
	if (*ret)
		return 0;
	for (size_t i = 0; i < emitter_count(); i++)
		strbuf_printf(&known, "%s%s", i ? ", " : "", emitter_at(i)->name);
	return error_set(err, -EINVAL, "expected one of: %s", strbuf_text(&known));
}

static int add_arch(struct emit_request *request, const struct arch *arch, struct error *err)
{
	for (size_t i = 0; i < request->n_arches; i++)
		if (request->arches[i] == arch)
			return 0;
	if (request->n_arches == ARRAY_SIZE(request->arches))
		return error_set(err, -EINVAL, "more than %d architectures", EMIT_ARCHES_MAX);
	request->arches[request->n_arches++] = arch;
	return 0;
}

int value_arches(const char *text, struct emit_request *request, struct error *err)
{
	for (;;) {
		const struct slice part = { text, strcspn(text, ",") };
		const struct arch *arch =
			slice_is(part, "native") ? arch_native() : arch_by_name(part);
		int r;

		if (!arch)
			return error_set(err, -EINVAL,
					 "expected architectures such as x86_64, x86, aarch64, "
					 "native, with commas between them");
		r = add_arch(request, arch, err);
		if (r < 0)
			return r;
		text += part.len;
		if (*text++ == '\0')
			return 0;
	}
}

int value_group_by(const char *text, enum group_by *ret, struct error *err)
{
	if (group_by_from_name(text, ret) == 0)
		return 0;
	return error_set(err, -EINVAL,
			 "expected pid, exe, comm, session, label, node, target or all");
}

int value_runtime(const char *text, enum runtime_base *ret, struct error *err)
{
	static const struct {
		const char *name;
		enum runtime_base value;
	} words[] = {
		{ "auto", RUNTIME_AUTO }, { "none", RUNTIME_NONE }, { "crun", RUNTIME_CRUN },
		{ "runc", RUNTIME_RUNC }, { "all", RUNTIME_ALL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].name, text) == 0) {
			*ret = words[i].value;
			return 0;
		}
	return error_set(err, -EINVAL, "expected auto, none, crun, runc or all");
}

int value_default_action(const char *text, enum action *ret, struct error *err)
{
	enum action action;

	if (action_from_name(slice_from(text), &action) < 0 &&
	    action_from_oci_name(text, &action) < 0)
		return error_set(err, -EINVAL,
				 "expected errno, kill_process, kill_thread, trap, trace or log");
	if (action == ACTION_ALLOW || action == ACTION_NOTIFY)
		return error_set(err, -EINVAL, "an allow-list cannot have it as its default");
	*ret = action;
	return 0;
}

int value_errno(const char *text, uint32_t *ret, struct error *err)
{
	for (int i = 1; i <= ERRNO_MAX; i++) {
		const char *name = strerrorname_np(i);

		if (name && strcmp(name, text) == 0) {
			*ret = (uint32_t)i;
			return 0;
		}
	}
	if (value_number(text, 1, ERRNO_MAX, ret, NULL) == 0)
		return 0;
	return error_set(err, -EINVAL, "expected a name such as EPERM or ENOSYS, or 1 to %d",
			 ERRNO_MAX);
}

static int unknown_argument_call(struct slice part, struct error *err)
{
	_cleanup_strbuf_ struct strbuf known = { 0 };

	for (size_t i = 0; i < argument_call_count(); i++)
		strbuf_printf(&known, "%s%s", i ? ", " : "", argument_call_at(i)->name);
	return error_set(err, -EINVAL, "arguments decide nothing of '%.*s'; they do of: %s",
			 (int)(part.len < 40 ? part.len : 40), part.data,
			 strbuf_text(&known) ? strbuf_text(&known) : "");
}

int value_argument_calls(const char *text, char ***ret, struct error *err)
{
	for (;;) {
		struct slice part = { text, strcspn(text, ",") };
		_cleanup_free_ char *name = slice_copy(part);

		if (!name)
			return error_memory(err);
		if (!argument_call_by_name(name))
			return unknown_argument_call(part, err);
		if (name_list_append(ret, name) < 0)
			return error_memory(err);
		if (text[part.len] == '\0')
			return 0;
		text += part.len + 1;
	}
}

/* Whether any architecture that this kernel runs has the call. */
static bool is_call(struct syscall_table *names, const char *name)
{
	int32_t nr;

	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);

		if ((arch == arch_native() || arch->native == arch_native()->token) &&
		    syscall_number(names, arch, name, &nr) >= 0)
			return true;
	}
	return false;
}

static int append_hot(struct syscall_table *names, const char *text, char ***ret, struct error *err)
{
	for (;;) {
		size_t len = strcspn(text, ",");
		_cleanup_free_ char *name = slice_copy((struct slice){ text, len });

		if (!name)
			return error_memory(err);
		if (!is_call(names, name))
			return error_set(err, -EINVAL,
					 "expected 'auto', or names of system calls with commas "
					 "between them");
		if (name_list_append(ret, name) < 0)
			return error_memory(err);
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

int value_hot(const char *text, char ***ret, struct error *err)
{
	struct syscall_table names = { 0 };
	int r = 0;

	if (strcmp(text, "auto") != 0)
		r = append_hot(&names, text, ret, err);
	else
		for (size_t i = 0; r >= 0 && hot_calls[i]; i++)
			r = name_list_append(ret, hot_calls[i]) < 0 ? error_memory(err) : 0;
	syscall_table_deinit(&names);
	return r;
}

int value_caps(const char *text, char ***ret, struct error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy;

	if (!copy)
		return error_memory(err);
	for (char *name; (name = strsep(&rest, ",")) != NULL;) {
		int r = strcasecmp(name, "none") == 0 ? 0 : capability_add(ret, name);

		if (r == -EINVAL)
			return error_set(err, r, "'%.40s' is not a capability", name);
		if (r < 0)
			return error_memory(err);
	}
	return 0;
}

int value_kernel(const char *text, struct kernel_version *ret, struct error *err)
{
	return kernel_version_parse(text, ret) < 0
		       ? error_set(err, -EINVAL, "expected a version such as 5.10")
		       : 0;
}
