/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that a target does not know. An older libseccomp makes runtimes skip the rule, each with an
 * answer of its own; an older kernel answers ENOSYS itself where the filter lets the call through.
 */
#include "arch/call_version.h"
#include "arch/syscall.h"
#include "base/cleanup.h"
#include "command/check.h"
#include "command/input_profile.h"
#include "command/table.h"
#include "model/json_writer.h"
#include "model/rule_text.h"
#include <errno.h>
#include <string.h>

enum target_kind {
	TARGET_LIBSECCOMP,
	TARGET_KERNEL,
};

struct target {
	enum target_kind kind;
	const char *version;
	struct kernel_version kernel; /* the newest whose calls it knows */
	const struct profile *profile;
	struct profile *made; /* of a recording; else NULL */
	struct strbuf head;   /* what was read */
	char *other;	      /* the profile's default, in words */
	struct syscall_table names;
	struct table table;
	struct name_set newer; /* than the target */
	struct name_set odd;   /* nobody here knows them */
};

static void target_deinit(struct target *target)
{
	profile_free(target->made);
	strbuf_deinit(&target->head);
	free(target->other);
	syscall_table_deinit(&target->names);
	table_deinit(&target->table);
	name_set_deinit(&target->newer);
	name_set_deinit(&target->odd);
}

/* crun skips the rule, so that the default counts. */
static const char *in_crun(const struct target *target, const struct rule *rule, const char *says)
{
	if (target->kind == TARGET_LIBSECCOMP)
		return target->other;
	return action_denies(rule->action) ? says : "errno ENOSYS, by the kernel";
}

/* runc answers ENOSYS for every number above those that its libseccomp knows of the profile, unless
 * the default allows (libcontainer/seccomp/patchbpf). */
static const char *in_runc(const struct target *target, const struct rule *rule, const char *says)
{
	if (target->kind == TARGET_LIBSECCOMP && action_denies(target->profile->default_action))
		return "errno ENOSYS";
	return in_crun(target, rule, says);
}

/* systemd says so in the journal and goes on without the name. */
static void put_systemd(const struct target *target, const struct rule *rule, const char *says,
			struct strbuf *text)
{
	strbuf_puts(text, in_crun(target, rule, says));
	if (target->kind == TARGET_LIBSECCOMP)
		strbuf_puts(text, ", with a warning");
}

static int add_row(struct target *target, const struct call_version *call, const struct rule *rule)
{
	_cleanup_strbuf_ struct strbuf says = { 0 }, since = { 0 }, systemd = { 0 };
	const char *text;

	rule_put_body(&says, rule);
	if (name_set_add(&target->newer, call->name) < 0)
		return -ENOMEM;
	text = strbuf_text(&says);
	strbuf_printf(&since, "%u.%u", call->since.major, call->since.minor);
	if (!text || !strbuf_text(&since))
		return -ENOMEM;
	put_systemd(target, rule, text, &systemd);
	if (!strbuf_text(&systemd))
		return -ENOMEM;
	table_add(&target->table, call->name);
	table_add(&target->table, strbuf_text(&since));
	table_add(&target->table, text);
	table_add(&target->table, in_crun(target, rule, text));
	table_add(&target->table, in_runc(target, rule, text));
	table_add(&target->table, strbuf_text(&systemd));
	return 0;
}

/* Whether any architecture here has the call. */
static int is_known(struct target *target, const char *name)
{
	for (size_t i = 0; i < arch_count(); i++) {
		int32_t number;
		int r = syscall_number(&target->names, arch_at(i), name, &number);

		if (r != -ENOENT)
			return r < 0 ? r : 1;
	}
	return 0;
}

static int take_name(struct target *target, const struct rule *rule, const char *name)
{
	const struct call_version *call = call_version_by_name(name);
	int r;

	if (call)
		return kernel_version_compare(call->since, target->kernel) > 0
			       ? add_row(target, call, rule)
			       : 0;
	r = is_known(target, name);
	if (r == 0)
		r = name_set_add(&target->odd, name);
	return r < 0 ? r : 0;
}

static int look(struct target *target)
{
	static const char *const heads[] = { "call", "since Linux", "profile says",
					     "crun", "runc",	    "systemd" };
	_cleanup_strbuf_ struct strbuf other = { 0 };
	const struct profile *profile = target->profile;
	int r = 0;

	answer_put(&other, profile->default_action, profile->has_default_errno,
		   profile->default_errno);
	target->other = strbuf_steal(&other);
	if (!target->other)
		return -ENOMEM;
	table_init(&target->table, heads, ARRAY_SIZE(heads));
	for (size_t i = 0; r == 0 && i < profile->n_rules; i++)
		for (char **name = profile->rules[i].names; r == 0 && *name; name++)
			r = take_name(target, &profile->rules[i], *name);
	return r == 0 && target->table.failed ? -ENOMEM : r;
}

static int parse_target(struct target *target, const char *kind, struct error *err)
{
	if (strcmp(kind, "libseccomp") == 0) {
		if (libseccomp_kernel(target->version, &target->kernel) < 0)
			return error_set(err, -EINVAL,
					 "libseccomp '%.40s': expected a version from 2.2.0 on",
					 target->version);
		return 0;
	}
	target->kind = TARGET_KERNEL;
	if (strcmp(kind, "kernel") != 0)
		return error_set(err, -EINVAL, "--against '%.40s': expected libseccomp or kernel",
				 kind);
	if (kernel_version_parse(target->version, &target->kernel) < 0 || target->kernel.major < 3)
		return error_set(err, -EINVAL, "kernel '%.40s': expected a version from 3.0 on",
				 target->version);
	return 0;
}

static const char *target_name(const struct target *target)
{
	return target->kind == TARGET_KERNEL ? "Linux" : "libseccomp";
}

static void put_end(const struct target *target, struct strbuf *text)
{
	if (target->newer.n == 0)
		strbuf_printf(text, "%s %s knows every call that the profile names%s",
			      target_name(target), target->version,
			      target->odd.n > 0 ? " and that is known here" : "");
	else
		strbuf_printf(text, "%zu of the names in the profile are not known to %s %s",
			      target->newer.n, target_name(target), target->version);
	if (target->kind == TARGET_LIBSECCOMP)
		strbuf_printf(text, " (calls up to Linux %u.%u)", target->kernel.major,
			      target->kernel.minor);
	strbuf_putc(text, '\n');
	for (size_t i = 0; i < target->odd.n; i++) {
		strbuf_puts(text, i ? " " : "names that nobody here knows: ");
		strbuf_put_shown(text, slice_from(target->odd.names[i]));
	}
	strbuf_puts(text, target->odd.n > 0 ? "\n" : "");
}

static void write_text(const struct target *target, const char *end, FILE *stream)
{
	const struct style style = style_for(stream);

	fprintf(stream, "%s\n", strbuf_text(&target->head));
	table_write(&target->table, stream, &style, true);
	fputs(end, stream);
}

static void write_markdown(const struct target *target, const char *end, FILE *stream)
{
	fputs("- ", stream);
	markdown_put(stream, strbuf_text(&target->head));
	fputs("\n\n", stream);
	table_write_markdown(&target->table, stream);
	fputs(target->table.n ? "\n" : "", stream);
	markdown_put(stream, end);
}

static void write_json(const struct target *target, FILE *stream)
{
	static const char *const members[] = {
		"call", "since", "profile", "crun", "runc", "systemd"
	};
	const struct table *table = &target->table;
	struct json_writer json;

	json_writer_init(&json, stream);
	json_put_literal(&json, "{\n  \"target\": ");
	json_put_text(&json, target->kind == TARGET_KERNEL ? SLICE("kernel") : SLICE("libseccomp"));
	json_put_literal(&json, ",\n  \"version\": ");
	json_put_text(&json, slice_from(target->version));
	json_put_literal(&json, ",\n  \"unknown\": [");
	for (size_t i = 0; i < table->n; i++) {
		size_t column = i % table->n_columns;

		json_put(&json, column > 0 ? SLICE(", ")
				: i	   ? SLICE(",\n    {")
					   : SLICE("\n    {"));
		json_put_text(&json, slice_from(members[column]));
		json_put_literal(&json, ": ");
		json_put_text(&json, slice_from(table->cells[i]));
		json_put(&json, column + 1 == table->n_columns ? SLICE("}") : SLICE(""));
	}
	json_put(&json, table->n ? SLICE("\n  ],\n") : SLICE("],\n"));
	json_put_literal(&json, "  \"unknown_here\": [");
	for (size_t i = 0; i < target->odd.n; i++) {
		json_put(&json, i ? SLICE(", ") : SLICE(""));
		json_put_text(&json, slice_from(target->odd.names[i]));
	}
	json_put_literal(&json, "]\n}\n");
	json_writer_flush(&json);
}

/* Which of the two is the version? All other forms of the verb have the profile in front. */
static bool is_version(const char *word)
{
	return *word && word[strspn(word, "0123456789.")] == '\0';
}

static int read_target(struct target *target, struct input *input, const char *path,
		       struct error *err)
{
	struct policy_options policy;
	int r = input_read(input, path, err);

	if (r < 0)
		return r;
	input_put_name(&target->head, path);
	strbuf_puts(&target->head, ": ");
	input_describe(input, &target->head);
	if (!strbuf_text(&target->head))
		return error_memory(err);
	policy = input_policy(input, true);
	r = input_profile(input, &policy, &target->names, &target->made, &target->profile, err);
	return r < 0 ? error_prefix(err, r, "%s", path) : 0;
}

int check_against(const char *kind, char *const operands[2], enum check_form form, FILE *stream,
		  struct error *err)
{
	bool turned = !is_version(operands[0]) && is_version(operands[1]);
	_cleanup_(target_deinit) struct target target = { .version = operands[turned] };
	_cleanup_input_ struct input input = { 0 };
	_cleanup_strbuf_ struct strbuf end = { 0 };
	int r = parse_target(&target, kind, err);

	if (r >= 0)
		r = read_target(&target, &input, operands[!turned], err);
	if (r < 0)
		return r;
	if (look(&target) < 0)
		return error_memory(err);
	put_end(&target, &end);
	if (!strbuf_text(&end))
		return error_memory(err);
	if (form == CHECK_JSON)
		write_json(&target, stream);
	else if (form == CHECK_MARKDOWN)
		write_markdown(&target, strbuf_text(&end), stream);
	else
		write_text(&target, strbuf_text(&end), stream);
	return target.newer.n > 0 || target.odd.n > 0;
}
