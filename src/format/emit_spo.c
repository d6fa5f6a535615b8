/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SeccompProfile object, v1, for the Security Profiles Operator. Its CustomResourceDefinition
 * (https://github.com/kubernetes-sigs/security-profiles-operator, api/seccompprofile/v1) has less
 * than the OCI's profiles: bounds of numbers, no default errno, fewer architectures.
 */
#include "base/cleanup.h"
#include "format/conditions.h"
#include "format/emitters.h"
#include "format/plain.h"
#include "format/plain_losses.h"
#include "format/plain_private.h"
#include "format/text_lines.h"
#include "format/yaml_writer.h"
#include "model/checked_json.h"
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define SPO_NAME_MAX  63   /* RFC 1123 label: the operator uses the name as a label, too */
#define SPO_ERRNO_MAX 4095 /* the CRD's bound */
#define SPO_LISTENERS                                                                              \
	"/var/run/security-profiles-operator/" /* the CRD's pattern for listenerPath */
#define SPO_LISTENER_MAX 107
#define PAIRS_MAX	 64 /* rules of a call that are looked at two by two */

static const char *const architectures[] = {
	"SCMP_ARCH_X86",     "SCMP_ARCH_X86_64",   "SCMP_ARCH_X32",	    "SCMP_ARCH_ARM",
	"SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS",	   "SCMP_ARCH_MIPS64",	    "SCMP_ARCH_MIPS64N32",
	"SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",
	"SCMP_ARCH_PPC64",   "SCMP_ARCH_PPC64LE",  "SCMP_ARCH_S390",	    "SCMP_ARCH_S390X",
	"SCMP_ARCH_PARISC",  "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",	    NULL,
};

static const char *const flags[] = {
	"SECCOMP_FILTER_FLAG_TSYNC",
	"SECCOMP_FILTER_FLAG_LOG",
	"SECCOMP_FILTER_FLAG_SPEC_ALLOW",
	"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	NULL,
};

static bool is_among(const char *const *list, const char *word)
{
	while (*list && strcmp(*list, word) != 0)
		list++;
	return *list != NULL;
}

static void put_pair(struct yaml_writer *yaml, const char *key, const char *text)
{
	yaml_writer_text(yaml, key);
	yaml_writer_text(yaml, text);
}

static void put_number(struct yaml_writer *yaml, const char *key, uint64_t number)
{
	yaml_writer_text(yaml, key);
	yaml_writer_number(yaml, number);
}

/* A name that objects can have: letters in lower case, digits, '-' between them. */
static char *object_name(const char *title)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };

	for (; *title && name.len < SPO_NAME_MAX; title++) {
		unsigned char c = (unsigned char)*title;

		if (c < 0x80 && isalnum(c))
			strbuf_putc(&name, (char)tolower(c));
		else if (name.len > 0 && name.data[name.len - 1] != '-')
			strbuf_putc(&name, '-');
	}
	while (name.len > 0 && name.data[name.len - 1] == '-')
		name.data[--name.len] = '\0';
	if (name.len == 0)
		strbuf_puts(&name, "seccomp-profile");
	return strbuf_steal(&name);
}

static void put_head(struct yaml_writer *yaml, const char *title, struct emission *emission)
{
	_cleanup_free_ char *name = object_name(title ? title : "");

	if (!name) {
		emission->failed = true;
		return;
	}
	if (!title || strcmp(name, title) != 0)
		emission_lose(emission, LOSS_NOTE,
			      "the object is called %s: give it another name "
			      "if that is taken",
			      name);
	put_pair(yaml, "apiVersion", "security-profiles-operator.x-k8s.io/v1");
	put_pair(yaml, "kind", "SeccompProfile");
	yaml_writer_text(yaml, "metadata");
	yaml_writer_begin_mapping(yaml);
	put_pair(yaml, "name", name);
	yaml_writer_end_mapping(yaml);
}

/* The words of `names` that the CRD has, each once; the others are said to be left out. */
static void put_list(struct yaml_writer *yaml, const char *key, char *const *names,
		     const char *const *known, const char *sentence, struct emission *emission)
{
	_cleanup_name_set_ struct name_set unknown = { 0 }, written = { 0 };

	if (name_list_count(names) == 0)
		return;
	yaml_writer_text(yaml, key);
	yaml_writer_begin_sequence(yaml);
	for (; *names; names++) {
		bool fits = is_among(known, *names);
		int added = name_set_add(fits ? &written : &unknown, *names);

		if (added < 0)
			emission->failed = true;
		else if (fits && added > 0)
			yaml_writer_text(yaml, *names);
	}
	yaml_writer_end_sequence(yaml);
	emission_lose_names(emission, LOSS_NARROWER, sentence, unknown.names);
}

/* What has a number gets EPERM without one. */
static bool has_number(enum action action)
{
	return action == ACTION_ERRNO || action == ACTION_TRACE;
}

static enum action written_default(const struct profile *profile)
{
	return profile->default_action == ACTION_NOTIFY ? ACTION_ERRNO : profile->default_action;
}

/* Whether the default is another one in the object. */
static bool default_changes(const struct profile *profile)
{
	return written_default(profile) != profile->default_action ||
	       (has_number(profile->default_action) && profile->has_default_errno &&
		profile->default_errno != EPERM);
}

static void put_default(struct yaml_writer *yaml, const struct profile *profile,
			struct emission *emission)
{
	enum action action = written_default(profile);
	uint32_t data = profile->has_default_errno ? profile->default_errno : EPERM;

	if (action != profile->default_action) {
		emission_lose(emission, LOSS_NARROWER,
			      "SCMP_ACT_NOTIFY cannot be the default: what no rule speaks of gets "
			      "EPERM");
	} else if (has_number(action) && data != EPERM) {
		_cleanup_strbuf_ struct strbuf answer = { 0 };

		plain_put_answer(&answer, action, data);
		emission_lose(emission, LOSS_NARROWER,
			      "what no rule speaks of gets EPERM, where the profile has %s",
			      strbuf_text(&answer) ? strbuf_text(&answer) : "another number");
	}
	put_pair(yaml, "defaultAction", action_oci_name(action));
}

static bool is_listener(const char *path)
{
	size_t start = strlen(SPO_LISTENERS), len = strlen(path);

	if (len <= start || len > SPO_LISTENER_MAX || strncmp(path, SPO_LISTENERS, start) != 0)
		return false;
	for (const char *c = path + start; *c; c++)
		if ((unsigned char)*c > 0x7F || (!isalnum((unsigned char)*c) && !strchr("_-.", *c)))
			return false;
	return true;
}

static bool is_printable(const char *text)
{
	while (*text && !iscntrl((unsigned char)*text))
		text++;
	return *text == '\0';
}

/* Members that are kept as they were read: two of them are known to the CRD. */
static void put_extra(struct yaml_writer *yaml, const char *extra, struct emission *emission)
{
	_cleanup_name_set_ struct name_set unknown = { 0 };
	json_t *object = extra ? checked_json_read(extra, strlen(extra), 0, NULL) : NULL;
	const char *key, *text;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		text = json_string_value(value);
		if (text && ((strcmp(key, "listenerPath") == 0 && is_listener(text)) ||
			     (strcmp(key, "listenerMetadata") == 0 && is_printable(text))))
			put_pair(yaml, key, text);
		else if (name_set_add(&unknown, key) < 0)
			emission->failed = true;
	}
	json_decref(object);
	emission_lose_names(emission, LOSS_NARROWER, "members that the operator does not take",
			    unknown.names);
}

static bool args_fit(const struct rule_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (args[i].value > INT64_MAX || args[i].value_two > INT64_MAX)
			return false;
	return true;
}

static void put_args(struct yaml_writer *yaml, const struct rule_arg *args, size_t n)
{
	if (n == 0)
		return;
	yaml_writer_text(yaml, "args");
	yaml_writer_begin_sequence(yaml);
	for (size_t i = 0; i < n; i++) {
		yaml_writer_begin_mapping(yaml);
		put_number(yaml, "index", args[i].index);
		put_pair(yaml, "op", compare_oci_name(args[i].op));
		put_number(yaml, "value", args[i].value);
		if (args[i].op == COMPARE_MASKED_EQ)
			put_number(yaml, "valueTwo", args[i].value_two);
		yaml_writer_end_mapping(yaml);
	}
	yaml_writer_end_sequence(yaml);
}

/* The number of the rule; 0: none, which stands for EPERM. */
static uint32_t rule_errno(const struct rule *rule, struct emission *emission)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };

	if (!rule->has_errno)
		return 0;
	if (rule->errno_ret > 0 && rule->errno_ret <= SPO_ERRNO_MAX)
		return rule->errno_ret;
	plain_put_answer(&answer, rule->action, rule->errno_ret);
	strbuf_puts(&answer, " cannot be written, and these get EPERM");
	if (strbuf_text(&answer))
		emission_lose_names(emission, LOSS_NARROWER, strbuf_text(&answer), rule->names);
	return 0;
}

static void put_entry(struct yaml_writer *yaml, const struct rule *rule, char *const *names,
		      uint32_t number, const struct rule_arg *args, size_t n_args)
{
	yaml_writer_begin_mapping(yaml);
	put_pair(yaml, "action", action_oci_name(rule->action));
	if (number != 0)
		put_number(yaml, "errnoRet", number);
	put_args(yaml, args, n_args);
	yaml_writer_text(yaml, "names");
	yaml_writer_begin_sequence(yaml);
	for (; *names; names++)
		yaml_writer_text(yaml, *names);
	yaml_writer_end_sequence(yaml);
	yaml_writer_end_mapping(yaml);
}

/* Names sorted and once, as the CRD's list is a set; what can be no call's is left out, and said.
 */
static int take_names(const struct rule *rule, struct name_set *ret, struct emission *emission)
{
	_cleanup_name_set_ struct name_set others = { 0 };

	for (char **name = rule->names; *name; name++) {
		bool fits = text_is_name(slice_from(*name));

		if (name_set_add(fits ? ret : &others, *name) < 0)
			return -ENOMEM;
	}
	emission_lose_names(emission, LOSS_NARROWER,
			    "no calls can be called so, and they are left "
			    "out",
			    others.names);
	return 0;
}

static int put_rule(struct yaml_writer *yaml, const struct rule *rule, struct emission *emission)
{
	_cleanup_name_set_ struct name_set names = { 0 };
	bool apart =
		rule_repeats_index(rule); /* runtimes OR those: an entry each says it clearly */
	size_t n = apart ? rule->n_args : 1;
	uint32_t number = rule_errno(rule, emission);

	if (take_names(rule, &names, emission) < 0)
		return -ENOMEM;
	if (names.n == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		const struct rule_arg *args = apart ? &rule->args[i] : rule->args;
		size_t n_args = apart ? 1 : rule->n_args;

		if (args_fit(args, n_args))
			put_entry(yaml, rule, names.names, number, args, n_args);
		else
			emission_lose_names(
				emission, action_denies(rule->action) ? LOSS_WIDER : LOSS_NARROWER,
				"a rule with a number above 9223372036854775807, "
				"which the operator does not take, is left out",
				names.names);
	}
	return 0;
}

static int put_spec(struct yaml_writer *yaml, const struct profile *profile,
		    struct emission *emission)
{
	int r = 0;

	put_default(yaml, profile, emission);
	put_list(yaml, "architectures", profile->architectures, architectures,
		 "architectures that the operator does not take", emission);
	put_list(yaml, "flags", profile->flags, flags, "flags that the operator does not take",
		 emission);
	put_extra(yaml, profile->extra, emission);
	if (profile->n_rules == 0)
		return 0;
	yaml_writer_text(yaml, "syscalls");
	yaml_writer_begin_sequence(yaml);
	/* What said what the default says had no effect, and is not to get one. */
	for (size_t i = 0; r == 0 && i < profile->n_rules; i++)
		if (!default_changes(profile) || !rule_says_default(&profile->rules[i], profile))
			r = put_rule(yaml, &profile->rules[i], emission);
	yaml_writer_end_sequence(yaml);
	return r;
}

static int put_object(const struct profile *profile, const char *title, struct emission *emission)
{
	struct yaml_writer yaml;
	int closed, r;

	yaml_writer_open(&yaml, &emission->body);
	yaml_writer_begin_mapping(&yaml);
	put_head(&yaml, title, emission);
	yaml_writer_text(&yaml, "spec");
	yaml_writer_begin_mapping(&yaml);
	r = put_spec(&yaml, profile, emission);
	yaml_writer_end_mapping(&yaml);
	yaml_writer_end_mapping(&yaml);
	closed = yaml_writer_close(&yaml);
	return r < 0 ? r : closed;
}

/* Whether runtimes leave the rule out as it is written, because that is what the default says. */
static bool is_left_out(const struct plain_rule *rule, enum action rest)
{
	bool fits = rule->data == EPERM || rule->data == 0 || rule->data > SPO_ERRNO_MAX;

	return rule->action == rest && has_number(rest) && fits;
}

/* Whether the first, where both hold, is chosen before the second. */
static bool comes_before(const struct plain_rule *a, const struct plain_rule *b)
{
	return ((a->n_args == 0) == (b->n_args == 0) ? a < b : a->n_args == 0) &&
	       rules_meet(a->rule, b->rule);
}

/* Whether a rule that is left out kept another, which allows more, from being chosen. */
static bool uncovers(const struct plain_call *call, enum action rest)
{
	for (size_t i = 0; i < call->n; i++) {
		if (!is_left_out(&call->rules[i], rest))
			continue;
		for (size_t j = 0; j < call->n; j++)
			if (plain_answer_loss(rest, call->rules[j].action) == LOSS_WIDER &&
			    (call->n > PAIRS_MAX || comes_before(&call->rules[i], &call->rules[j])))
				return true;
	}
	return false;
}

static int say_left_out(const struct profile *profile, const struct emit_request *request,
			struct emission *emission, struct error *err)
{
	_cleanup_name_set_ struct name_set uncovered = { 0 };
	_cleanup_emission_ struct emission said = { 0 }; /* by who resolves conditions */
	_cleanup_plain_ struct plain plain = { 0 };
	struct targets targets;
	struct plain_call call;
	size_t position = 0;

	targets_all(profile, request, &said, &targets);
	if (plain_collect(&plain, profile, &targets, request->names, rule_possible, NULL) < 0)
		return error_memory(err);
	while (plain_next(&plain, &position, &call))
		if (uncovers(&call, written_default(profile)) &&
		    name_set_add(&uncovered, call.name) < 0)
			return error_memory(err);
	emission_lose_names(emission, LOSS_WIDER,
			    "a rule that denies them says here what the default says, so that "
			    "runtimes leave it out, and another one counts that allows more",
			    uncovered.names);
	return 0;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_profile_ struct profile *copy = NULL;
	int r = conditions_for_oci(profile, request, emission, &copy, err);

	if (r == 0)
		r = say_left_out(copy, request, emission, err);
	if (r < 0)
		return r;
	return put_object(copy, request->title, emission) < 0 ? error_memory(err) : 0;
}

const struct emitter emitter_spo = {
	.name = "spo",
	.summary = "SeccompProfile object of the Security Profiles Operator",
	.extension = ".yaml",
	.shape = PRODUCT_TEXT,
	.titled = true,
	.comment = "# ",
	.for_libseccomp = true,
	.emit = emit,
};
