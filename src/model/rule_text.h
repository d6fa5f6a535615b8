/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules in words, in one canonical form: two rules that a runtime takes for the same have the same
 * text, whatever the order of their arguments and conditions. For people, and to compare by.
 */
#ifndef ASG_MODEL_RULE_TEXT_H
#define ASG_MODEL_RULE_TEXT_H

#include "arch/action.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "model/profile.h"
#include <stdbool.h>
#include <stdint.h>

/* "allow", "errno ENOSYS", "trace 7": an answer. crun and runc take EPERM where no errno is given.
 */
void answer_put(struct strbuf *ret, enum action action, bool has_errno, uint32_t errno_ret);

/* "arg0 & 0x7e020000 == 0 and arg1 == 5": the arguments; nothing without any. Where an index
 * repeats, runtimes take any one of the comparisons as enough: "arg0 == 1 or arg0 == 2". */
void rule_put_args(struct strbuf *ret, const struct rule *rule);

/* "with CAP_SYS_ADMIN, not on s390x, from Linux 4.8": the conditions; nothing without any. */
void rule_put_conditions(struct strbuf *ret, const struct rule *rule);

/* All three: "errno EPERM if arg0 == 1 (with CAP_SYS_ADMIN)". */
void rule_put_body(struct strbuf *ret, const struct rule *rule);

/* Whether it holds for every argument, container and host. */
bool rule_is_plain(const struct rule *rule);

/* The order in which comparisons stand in the canonical form: less than 0, 0, more than 0. */
int rule_arg_compare(const struct rule_arg *a, const struct rule_arg *b);

/* Whether an argument index stands in it twice. */
bool rule_repeats_index(const struct rule *rule);

#endif
