/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy: default action, architectures, rules. The union of what OCI runtime-spec
 * (linux.seccomp) and the containers/Docker form can say; members that neither knows are kept as
 * they were.
 */
#ifndef ASG_MODEL_PROFILE_H
#define ASG_MODEL_PROFILE_H

#include "arch/action.h"
#include "arch/arch.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/name_list.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SCMP_CMP_*, in libseccomp's order (enum scmp_compare). */
enum compare {
	COMPARE_NE = 1,
	COMPARE_LT,
	COMPARE_LE,
	COMPARE_EQ,
	COMPARE_GE,
	COMPARE_GT,
	COMPARE_MASKED_EQ,
};

const char *compare_oci_name(enum compare compare);
int compare_from_oci_name(const char *name, enum compare *ret) _must_check_;

struct rule_arg {
	unsigned int index; /* 0 to 5 */
	enum compare op;
	uint64_t value, value_two; /* MASKED_EQ: value is the mask, value_two the datum */
	bool has_value_two;	   /* written in the file */
	char *extra;		   /* JSON object of members nobody knows, or NULL */
};

/* Under which conditions of the host and container a rule holds (containers/Docker form). */
struct condition {
	char **caps, **arches; /* NULL-terminated, or NULL */
	char *min_kernel;
	char *extra; /* JSON object of members nobody knows, or NULL */
};

enum origin {
	ORIGIN_BASE,   /* read from a profile */
	ORIGIN_SEEN,   /* observed */
	ORIGIN_POLICY, /* inferred */
};

struct rule {
	char **names;  /* NULL-terminated, sorted in rules that we make */
	bool singular; /* written as "name": "…", as old Docker profiles have it */
	enum action action;
	bool has_errno;
	uint32_t errno_ret;
	char *errno_name;      /* the "errno" of containers profiles ("EPERM"), or NULL */
	struct rule_arg *args; /* all must hold; runtimes OR them when an index repeats. Not NULL
				  with n_args 0: written as an empty array */
	size_t n_args;
	struct condition includes, excludes;
	bool has_includes, has_excludes; /* present in the file, even if empty */
	char *comment;
	char *extra;
	enum origin origin;
};

/* A Docker "archMap" entry. */
struct arch_map {
	char *architecture;
	char **sub_architectures;
	char *extra;
};

struct profile {
	enum action default_action;
	bool has_default_errno;
	uint32_t default_errno;
	char *default_errno_name; /* the "defaultErrno" of containers profiles, or NULL */
	char **architectures;	  /* SCMP_ARCH_*, NULL-terminated, or NULL */
	struct arch_map *arch_map;
	size_t n_arch_map;
	char **flags;	 /* SECCOMP_FILTER_FLAG_* */
	char **settings; /* of what it was read from: they deny more, and are in no rule here */
	struct rule *rules;
	size_t n_rules, rules_allocated;
	char *extra; /* JSON object of other members */
};

struct profile *profile_new(void);
struct profile *profile_free(struct profile *profile);
struct profile *profile_copy(const struct profile *profile);
void profile_freep(struct profile **profile);
#define _cleanup_profile_ _cleanup_(profile_freep)

/*
 * Appends a rule for the given names (copied, sorted, repeated ones once). `comment` may be NULL.
 * `*ret` (may be NULL) is borrowed until the next append.
 */
int profile_add_rule(struct profile *profile, enum origin origin, enum action action,
		     const char *const *names, size_t n, const char *comment, struct rule **ret)
	_must_check_;

/* Appends a rule that says of the given names what `like` says: action, arguments, conditions.
 * Otherwise as profile_add_rule(). */
int profile_add_like(struct profile *profile, const struct rule *like, const char *const *names,
		     size_t n, const char *comment, struct rule **ret) _must_check_;

/* Adds one SCMP_ARCH_* (copied) to `architectures` unless it is there. */
int profile_add_architecture(struct profile *profile, const char *oci_name) _must_check_;

/*
 * Makes the profile cover `arch` and the architecture whose kernels run it, in `architectures` or,
 * when it has that, in `archMap`.
 */
int profile_add_arch(struct profile *profile, const struct arch *arch) _must_check_;

/* The same, in `archMap` whatever there is. */
int profile_map_arch(struct profile *profile, const struct arch *arch) _must_check_;

/* The profile names no architecture any more. */
void profile_forget_arches(struct profile *profile);

/* The rule holds everywhere from now on. */
void rule_forget_conditions(struct rule *rule);

/* Removes the rules for which `keep` is false. */
void profile_filter_rules(struct profile *profile,
			  bool (*keep)(const struct rule *rule, const void *context),
			  const void *context);

/* Whether the rule speaks of the call. */
bool rule_names(const struct rule *rule, const char *name);

/* Whether its calls were added without having been observed, as its comment says once it was
 * written and read. */
bool rule_inferred(const struct rule *rule);

/* Whether `action` denies, as opposed to ALLOW and LOG. */
bool action_denies(enum action action);

/* Whether a rule holds for every container on `arch`: no caps, kernel or arch conditions that could
 * leave it out. */
bool rule_unconditional(const struct rule *rule, const struct arch *arch);

/*
 * Whether the rule holds in a container without any capability, on this kernel, on a host whose
 * kernels run `arch`. Docker's names for architectures count, and the host's, not the caller's.
 */
bool rule_holds(const struct rule *rule, const struct arch *arch);

/* Whether there can be a host and a container for which the rule holds on `arch`. */
bool rule_possible(const struct rule *rule, const struct arch *arch);

/*
 * Different calls in one profile, rules, and names in all rules with repeated ones counted each
 * time: no kernel has 1,000 calls, and what is made of names takes more than linear time.
 */
#define PROFILE_CALLS_MAX 16384
#define PROFILE_RULES_MAX 16384
#define PROFILE_NAMES_MAX 65536

/* -EBADMSG above those, -ENOMEM. */
int profile_check_size(const struct profile *profile, struct error *err) _must_check_;

/* Whether the profile covers `arch`: named in architectures or archMap, or it names none at all. */
bool profile_covers(const struct profile *profile, const struct arch *arch);

/*
 * What the profile says of a call, whatever its arguments and the container: ALLOW only when an
 * unconditional rule without arguments, or the default, allows it and no rule denies it under any
 * condition or argument.
 */
bool profile_allows(const struct profile *profile, const struct arch *arch, const char *name);

/* Whether some unconditional, argument-free rule of the profile denies the call by name. */
bool profile_denies(const struct profile *profile, const struct arch *arch, const char *name);

#endif
