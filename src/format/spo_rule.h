/* SPDX-License-Identifier: Apache-2.0 */
/* The `syscalls` of a SeccompProfile object; see read_spo.c. */
#ifndef ASG_FORMAT_SPO_RULE_H
#define ASG_FORMAT_SPO_RULE_H

#include "format/yaml_tree.h"
#include "model/profile.h"

/* What the rules are added to. */
struct spo_rules {
	struct profile *profile;
	size_t n_names; /* so far; bounded, as an alias makes many of few */
};

int spo_read_rules(struct yaml_tree *tree, const yaml_node_t *node, struct spo_rules *rules,
		   struct error *err) _must_check_;

/* A string, to be freed by the caller. */
int spo_read_word(const yaml_node_t *node, char **ret, struct error *err) _must_check_;

/* "SCMP_ACT_ALLOW" ... */
int spo_read_action(const yaml_node_t *node, enum action *ret, struct error *err) _must_check_;

/* A message about the node: "line N: WHAT 'WORD'". Returns -EBADMSG. */
int spo_bad_word(const yaml_node_t *node, const char *what, const char *word, struct error *err);

#endif
