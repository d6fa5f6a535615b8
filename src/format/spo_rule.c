/* SPDX-License-Identifier: Apache-2.0 */
#include "format/spo_rule.h"
#include "base/cleanup.h"
#include "format/text_lines.h"
#include <errno.h>
#include <string.h>

#define SPO_NAMES_MAX 65536 /* names in all rules, repeated ones counted each time */
#define SPO_RULES_MAX 16384
#define SPO_ARGS_MAX  6	   /* the CRD's bound */
#define SPO_ERRNO_MAX 4095 /* the CRD's bound */

/* One entry of `syscalls`. */
struct spo_rule {
	struct spo_rules *rules;
	struct name_set names;
	bool has_action;
	enum action action;
	uint32_t errno_ret; /* 0: not given */
	struct rule_arg args[SPO_ARGS_MAX];
	size_t n_args;
};

struct spo_arg {
	struct rule_arg arg;
	bool has_index, has_op;
};

int spo_read_word(const yaml_node_t *node, char **ret, struct error *err)
{
	struct slice text;
	int r = yaml_text(node, &text, err);

	if (r < 0)
		return r;
	*ret = slice_copy(text);
	return *ret ? 0 : error_memory(err);
}

int spo_bad_word(const yaml_node_t *node, const char *what, const char *word, struct error *err)
{
	return yaml_at(node, text_bad_word(err, what, slice_from(word)), err);
}

int spo_read_action(const yaml_node_t *node, enum action *ret, struct error *err)
{
	_cleanup_free_ char *word = NULL;
	int r = spo_read_word(node, &word, err);

	if (r == 0 && action_from_oci_name(word, ret) < 0)
		r = spo_bad_word(node, "unknown action", word, err);
	return r;
}

static int read_arg_index(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			  struct error *err)
{
	struct spo_arg *arg = into;
	uint64_t number = 0;
	int r = yaml_number(node, 5, &number, err);

	arg->arg.index = (unsigned int)number;
	arg->has_index = true;
	return r;
}

static int read_arg_value(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			  struct error *err)
{
	struct spo_arg *arg = into;

	return yaml_number(node, UINT64_MAX, &arg->arg.value, err);
}

static int read_arg_value_two(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			      struct error *err)
{
	struct spo_arg *arg = into;

	arg->arg.has_value_two = true;
	return yaml_number(node, UINT64_MAX, &arg->arg.value_two, err);
}

static int read_arg_op(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
		       struct error *err)
{
	_cleanup_free_ char *word = NULL;
	struct spo_arg *arg = into;
	int r = spo_read_word(node, &word, err);

	if (r == 0 && compare_from_oci_name(word, &arg->arg.op) < 0)
		r = spo_bad_word(node, "unknown comparison", word, err);
	arg->has_op = true;
	return r;
}

static int read_arg(struct yaml_tree *tree, const yaml_node_t *node, void *into, struct error *err)
{
	static const struct yaml_member members[] = {
		{ "index", read_arg_index },
		{ "op", read_arg_op },
		{ "value", read_arg_value },
		{ "valueTwo", read_arg_value_two },
	};
	struct spo_rule *rule = into;
	struct spo_arg arg = { 0 };
	int r = yaml_read_members(tree, node, members, ARRAY_SIZE(members), &arg, err);

	if (r == 0 && (!arg.has_index || !arg.has_op))
		r = yaml_at(node,
			    error_set(err, -EBADMSG, "no '%s'", arg.has_index ? "op" : "index"),
			    err);
	if (r == 0)
		rule->args[rule->n_args++] = arg.arg;
	return r;
}

static int read_rule_args(struct yaml_tree *tree, const yaml_node_t *node, void *into,
			  struct error *err)
{
	return yaml_read_items(tree, node, SPO_ARGS_MAX, read_arg, into, err);
}

static int read_name(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
		     struct error *err)
{
	_cleanup_free_ char *word = NULL;
	struct spo_rule *rule = into;
	int r = spo_read_word(node, &word, err);

	if (r < 0)
		return r;
	if (!text_is_name(slice_from(word)))
		return spo_bad_word(node, "not the name of a call:", word, err);
	if (++rule->rules->n_names > SPO_NAMES_MAX)
		return yaml_at(node, error_set(err, -EBADMSG, "more than %d names", SPO_NAMES_MAX),
			       err);
	return name_set_add(&rule->names, word) < 0 ? error_memory(err) : 0;
}

static int read_rule_names(struct yaml_tree *tree, const yaml_node_t *node, void *into,
			   struct error *err)
{
	return yaml_read_items(tree, node, TEXT_NAMES_MAX, read_name, into, err);
}

static int read_rule_action(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			    struct error *err)
{
	struct spo_rule *rule = into;

	rule->has_action = true;
	return spo_read_action(node, &rule->action, err);
}

static int read_rule_errno(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			   struct error *err)
{
	struct spo_rule *rule = into;
	uint64_t number = 0;
	int r = yaml_number(node, SPO_ERRNO_MAX, &number, err);

	rule->errno_ret = (uint32_t)number;
	return r;
}

static int add_rule(const struct spo_rule *from, struct error *err)
{
	struct rule *rule;

	if (profile_add_rule(from->rules->profile, ORIGIN_BASE, from->action,
			     (const char *const *)from->names.names, from->names.n, NULL,
			     &rule) < 0)
		return error_memory(err);
	rule->has_errno = from->errno_ret != 0;
	rule->errno_ret = from->errno_ret;
	if (from->n_args == 0)
		return 0;
	rule->args = calloc(from->n_args + 1, sizeof(*rule->args));
	if (!rule->args)
		return error_memory(err);
	memcpy(rule->args, from->args, from->n_args * sizeof(*rule->args));
	rule->n_args = from->n_args;
	return 0;
}

static int read_rule(struct yaml_tree *tree, const yaml_node_t *node, void *into, struct error *err)
{
	static const struct yaml_member members[] = {
		{ "action", read_rule_action },
		{ "args", read_rule_args },
		{ "errnoRet", read_rule_errno },
		{ "names", read_rule_names },
	};
	struct spo_rule rule = { .rules = into };
	int r = yaml_read_members(tree, node, members, ARRAY_SIZE(members), &rule, err);

	if (r == 0 && rule.names.n == 0)
		r = yaml_at(node, error_set(err, -EBADMSG, "no 'names'"), err);
	if (r == 0 && !rule.has_action)
		r = yaml_at(node, error_set(err, -EBADMSG, "no 'action'"), err);
	if (r == 0)
		r = add_rule(&rule, err);
	name_set_deinit(&rule.names);
	return r;
}

int spo_read_rules(struct yaml_tree *tree, const yaml_node_t *node, struct spo_rules *rules,
		   struct error *err)
{
	return yaml_read_items(tree, node, SPO_RULES_MAX, read_rule, rules, err);
}
