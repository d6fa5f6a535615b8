/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the order of two rules of one call matters. Runtimes add the rules of a profile one by one,
 * but those that answer what the default answers. libseccomp then lets a rule for any arguments
 * beat those with arguments, and else the first of those that hold. (It makes a tree of comparisons
 * of arguments, so that of contradicting ones now and then a later rule comes first. That is not
 * followed here.)
 */
#ifndef ASG_MODEL_RULE_ORDER_H
#define ASG_MODEL_RULE_ORDER_H

#include "model/profile.h"
#include <stdbool.h>

/* Whether it is for any arguments. A mask of 0 is no condition: libseccomp leaves it out. */
bool rule_takes_any_args(const struct rule *rule);

/* Whether it is for any arguments, container and host. */
bool rule_takes_all(const struct rule *rule);

/* Whether both answer the same, EPERM standing for an errno that is not given. */
bool rules_answer_same(const struct rule *a, const struct rule *b);

/* Whether it answers what the profile's default answers: then runtimes leave it out. */
bool rule_says_default(const struct rule *rule, const struct profile *profile);

/* Whether there may be a call, container and host for which both hold; false: it is seen that there
 * is none. */
bool rules_meet(const struct rule *a, const struct rule *b);

/* Whether either may stand in front of the other: they answer the same, one beats the other
 * wherever it stands, or they are seen never to hold at once. */
bool rules_commute(const struct rule *a, const struct rule *b);

#endif
