/* SPDX-License-Identifier: Apache-2.0 */
#include "format/unit_namespaces.h"
#include "base/cleanup.h"
#include "format/clauses.h"
#include "format/text_lines.h"
#include <errno.h>
#include <sched.h>

static const struct {
	const char *name;
	uint64_t flag;
} kinds[] = {
	{ "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET },
	{ "mnt", CLONE_NEWNS },	       { "pid", CLONE_NEWPID }, { "user", CLONE_NEWUSER },
	{ "uts", CLONE_NEWUTS },
};

static uint64_t all_kinds(void)
{
	uint64_t all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		all |= kinds[i].flag;
	return all;
}

/* 1, 0, or -1 when it is no truth value (systemd.syntax(7)). */
static int read_boolean(struct slice value)
{
	static const char *const words[][2] = {
		{ "1", "0" },	     { "yes", "no" }, { "y", "n" },
		{ "true", "false" }, { "t", "f" },    { "on", "off" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (int j = 0; j < 2; j++)
			if (slice_is(value, words[i][j]))
				return j == 0;
	return -1;
}

static int read_kinds(struct slice value, uint64_t *ret, struct error *err)
{
	struct slice word;

	*ret = 0;
	while ((word = slice_word(&value)).len > 0) {
		size_t i = 0;

		while (i < ARRAY_SIZE(kinds) && !slice_is(word, kinds[i].name))
			i++;
		if (i == ARRAY_SIZE(kinds))
			return text_bad_word(err, "not a kind of namespace:", word);
		*ret |= kinds[i].flag;
	}
	return 0;
}

int unit_namespaces_read(struct unit_namespaces *namespaces, struct slice value, struct error *err)
{
	bool inverted = value.len > 0 && value.data[0] == '~';
	int boolean = read_boolean(value), r;
	uint64_t flags;

	if (value.len == 0) {
		*namespaces = (struct unit_namespaces){ 0 };
		return 0;
	}
	if (boolean >= 0) {
		*namespaces = (struct unit_namespaces){ true, boolean ? 0 : all_kinds() };
		return 0;
	}
	if (inverted)
		value = (struct slice){ value.data + 1, value.len - 1 };
	r = read_kinds(value, &flags, err);
	if (r < 0)
		return r;
	if (!namespaces->given)
		namespaces->kept = inverted ? all_kinds() & ~flags : flags;
	else
		namespaces->kept = inverted ? namespaces->kept & ~flags : namespaces->kept | flags;
	namespaces->given = true;
	return 0;
}

static struct outcome default_outcome(const struct profile *profile)
{
	return (struct outcome){ profile->default_action, profile->default_errno };
}

static bool same(struct outcome a, struct outcome b)
{
	return a.action == b.action && (a.action != ACTION_ERRNO || a.errno_ret == b.errno_ret);
}

/* What happens to a call that is not looked at further. */
static struct outcome outcome_of(const struct call_map *calls, const struct profile *profile,
				 const char *name)
{
	const struct call_entry *entry = call_map_find(calls, slice_from(name));

	return entry ? entry->outcome : default_outcome(profile);
}

/* Adds rules with the choices as their one condition. */
static int add_rules(struct profile *profile, const char *name, const struct choices *choices,
		     struct outcome outcome, struct error *err)
{
	_cleanup_clauses_ struct clauses clauses = { 0 };
	int r;

	if (same(outcome, default_outcome(profile)))
		return 0;
	r = clauses_begin(&clauses, err);
	if (r == 0)
		r = clauses_and(&clauses, choices, err);
	if (r == 0)
		r = clauses_add_rules(&clauses, profile, name, outcome.action, outcome.errno_ret,
				      err);
	return r;
}

/* The call goes on without the flags, and gets EPERM with any of them. */
static int restrict_flags(struct call_map *calls, struct profile *profile, const char *name,
			  unsigned int index, uint64_t flags, struct error *err)
{
	static const struct outcome eperm = { ACTION_ERRNO, EPERM };
	struct outcome outcome = outcome_of(calls, profile, name);
	struct choices choices;
	int r;

	if (action_denies(outcome.action))
		return 0;
	call_map_remove(calls, slice_from(name));
	choices_masked(&choices, index, flags, 0);
	r = add_rules(profile, name, &choices, outcome, err);
	choices_any_bit(&choices, index, flags);
	return r < 0 ? r : add_rules(profile, name, &choices, eperm, err);
}

/* A kind of 0 is every kind to setns(2): it gets EPERM, too. */
static int restrict_setns(struct call_map *calls, struct profile *profile, uint64_t flags,
			  struct error *err)
{
	static const struct outcome eperm = { ACTION_ERRNO, EPERM };
	struct outcome outcome = outcome_of(calls, profile, "setns");
	struct choices choices;
	int r;

	if (action_denies(outcome.action))
		return 0;
	if (flags == all_kinds())
		return call_map_set(calls, SLICE("setns"), eperm, err);
	if (!same(outcome, default_outcome(profile)))
		return error_set(err, -EBADMSG,
				 "RestrictNamespaces=: setns is allowed for some kinds, and a "
				 "profile cannot say for which");
	choices_single(&choices, 1, COMPARE_EQ, 0);
	r = add_rules(profile, "setns", &choices, eperm, err);
	return r < 0 ? r : restrict_flags(calls, profile, "setns", 1, flags, err);
}

/* Its flags are behind a pointer: it is said not to exist, so that clone(2) is used. */
static int restrict_clone3(struct call_map *calls, const struct profile *profile, struct error *err)
{
	static const struct outcome enosys = { ACTION_ERRNO, ENOSYS };

	if (action_denies(outcome_of(calls, profile, "clone3").action))
		return 0;
	return call_map_set(calls, SLICE("clone3"), enosys, err);
}

/* On s390 the flags of clone(2) are its second argument. */
static bool is_for_s390(const struct profile *profile)
{
	const struct arch *native = arch_native();

	if (profile->architectures)
		return name_list_has(profile->architectures, "SCMP_ARCH_S390") ||
		       name_list_has(profile->architectures, "SCMP_ARCH_S390X");
	return native && slice_starts(slice_from(native->name), SLICE("s390"));
}

int unit_namespaces_apply(const struct unit_namespaces *namespaces, struct call_map *calls,
			  struct profile *profile, struct error *err)
{
	uint64_t flags = all_kinds() & ~namespaces->kept;
	int r;

	if (!namespaces->given || flags == 0)
		return 0;
	if (is_for_s390(profile))
		return error_set(err, -EBADMSG,
				 "RestrictNamespaces=: it is another argument of clone on s390");
	r = restrict_flags(calls, profile, "clone", 0, flags, err);
	if (r == 0)
		r = restrict_flags(calls, profile, "unshare", 0, flags, err);
	if (r == 0)
		r = restrict_setns(calls, profile, flags, err);
	return r < 0 ? r : restrict_clone3(calls, profile, err);
}
