/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile as most formats see it: call by call, conditions worked out, what has no effect left
 * out. It says what runtimes make of the profile on one kind of host (see verdict.h, which checks
 * the same): a rule that answers what the default answers counts for nothing, of several rules
 * without arguments the first counts, and it beats those with arguments.
 */
#ifndef ASG_FORMAT_PLAIN_H
#define ASG_FORMAT_PLAIN_H

#include "base/error.h"
#include "base/macro.h"
#include "format/emission.h"
#include "format/targets.h"
#include "model/profile.h"

struct plain_rule {
	const char *name; /* borrowed from the profile, as everything is */
	enum action action;
	uint32_t data; /* of ERRNO and TRACE; EPERM where the profile has none, as runtimes do */
	const struct rule_arg *args; /* all must hold; no index twice */
	size_t n_args;
	uint32_t order;
	const struct rule *rule;
};

struct plain {
	enum action default_action;
	uint32_t default_data;
	/*
	 * Sorted by name, then as the profile has them. A name has one rule without arguments, or
	 * any number with.
	 */
	struct plain_rule *rules;
	size_t n, allocated;
};

/* All rules of one name. */
struct plain_call {
	const char *name;
	const struct plain_rule *rules;
	size_t n;
};

/*
 * Works the profile out for the host of `targets`; calls that exist on none of them are left out.
 * What is lost with conditions is said, and with names that nobody here knows. `*plain` needs
 * plain_deinit() in any case.
 */
int plain_init(struct plain *plain, const struct profile *profile, const struct targets *targets,
	       struct syscall_table *names, struct emission *emission, struct error *err)
	_must_check_;
/* The same for formats that list what is allowed, and deny the rest whatever the default is. */
int plain_init_closed(struct plain *plain, const struct profile *profile,
		      const struct targets *targets, struct syscall_table *names,
		      struct emission *emission, struct error *err) _must_check_;
void plain_deinit(struct plain *plain);

/*
 * Only says what is lost with conditions on capabilities and the kernel, which are worked out for a
 * process without capabilities on this kernel: wider, where the profile denies more to others. For
 * formats that keep everything else.
 */
int plain_say_conditions(const struct profile *profile, const struct targets *targets,
			 struct syscall_table *names, struct emission *emission, struct error *err)
	_must_check_;
#define _cleanup_plain_ _cleanup_(plain_deinit)

/*
 * For formats without libseccomp, which makes a rule for a call that is made within socketcall(2)
 * or ipc(2) count there, too: says what is answered otherwise.
 */
void plain_say_multiplexed(const struct plain *plain, const struct targets *targets,
			   struct emission *emission);

/* The calls one after the other: `*position` starts at 0. False: there is no other. */
bool plain_next(const struct plain *plain, size_t *position, struct plain_call *ret);

/* The rules of one name. False: it has none, so the default counts. */
bool plain_find(const struct plain *plain, const char *name, struct plain_call *ret);

/*
 * For formats that are one list: which calls are in it, when those that the profile allows are to
 * be (`allow`), or those that it denies. LOG counts as allowed. The format knows no arguments: a
 * call that is allowed for some of them only is allowed with any, which is said as LOSS_WIDER, but
 * when it was merely inferred, and the default denies, it is denied. A denial with another answer
 * than the default's is said to be lost, unless `own_answers`: then the format can give each denied
 * call its own.
 */
int plain_list(const struct plain *plain, bool allow, bool own_answers, struct emission *emission,
	       struct name_set *ret, struct error *err) _must_check_;

/* "errno EPERM", "kill_process" ...: an answer in words, for sentences. Appended. */
void plain_put_answer(struct strbuf *text, enum action action, uint32_t data);

/* What the profile's default does to calls: whether they go on, be it logged. */
bool plain_default_allows(const struct plain *plain);

#endif
