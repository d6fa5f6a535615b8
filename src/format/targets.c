/* SPDX-License-Identifier: Apache-2.0 */
#include "format/targets.h"
#include "arch/multiplexed.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add(struct targets *targets, const struct arch *arch)
{
	for (size_t i = 0; i < targets->n; i++)
		if (targets->arches[i] == arch)
			return;
	if (targets->n < ARRAY_SIZE(targets->arches))
		targets->arches[targets->n++] = arch;
}

static void take_unknown(const char *name, struct name_set *unknown, struct emission *emission)
{
	if (!arch_by_name(slice_from(name)) && name_set_add(unknown, name) < 0)
		emission->failed = true;
}

static bool names_any(const struct profile *profile)
{
	return name_list_count(profile->architectures) > 0 || profile->n_arch_map > 0;
}

static void say_unknown(const struct profile *profile, struct emission *emission)
{
	_cleanup_name_set_ struct name_set unknown = { 0 };

	for (char *const *name = profile->architectures; name && *name; name++)
		take_unknown(*name, &unknown, emission);
	for (size_t i = 0; i < profile->n_arch_map; i++) {
		const struct arch_map *entry = &profile->arch_map[i];

		take_unknown(entry->architecture, &unknown, emission);
		for (char *const *name = entry->sub_architectures; name && *name; name++)
			take_unknown(*name, &unknown, emission);
	}
	emission_lose_names(emission, LOSS_NARROWER,
			    "architectures of the profile that this program does not know, and "
			    "leaves out",
			    unknown.names);
}

void targets_all(const struct profile *profile, const struct emit_request *request,
		 struct emission *emission, struct targets *ret)
{
	if (request->n_arches == 0)
		say_unknown(profile, emission);
	*ret = (struct targets){ .n = 0 };
	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		bool wanted = request->n_arches == 0 && names_any(profile) &&
			      profile_covers(profile, arch);

		for (size_t j = 0; j < request->n_arches; j++)
			wanted = wanted || request->arches[j] == arch;
		if (wanted)
			add(ret, arch);
	}
	if (ret->n == 0)
		add(ret, arch_native());
}

static const struct arch *host_of(const struct arch *arch)
{
	const struct arch *native = arch_by_token(arch->native);

	return native ? native : arch;
}

const struct arch *targets_host(const struct targets *targets)
{
	return host_of(targets->arches[0]);
}

/* Of the architectures that a profile lists, the first decides where this machine is not among
 * them. */
static const struct arch *choose_host(const struct profile *profile,
				      const struct emit_request *request, const struct targets *all)
{
	const struct arch *here = host_of(arch_native()), *first = NULL;

	if (request->n_arches > 0)
		return host_of(request->arches[0]);
	for (size_t i = 0; i < all->n; i++)
		if (host_of(all->arches[i]) == here)
			return here;
	if (name_list_count(profile->architectures) > 0)
		first = arch_by_name(slice_from(profile->architectures[0]));
	else if (profile->n_arch_map > 0)
		first = arch_by_name(slice_from(profile->arch_map[0].architecture));
	return host_of(first ? first : all->arches[0]);
}

static void say_left_out(const struct targets *all, const struct arch *host,
			 struct emission *emission)
{
	_cleanup_strbuf_ struct strbuf others = { 0 };

	for (size_t i = 0; i < all->n; i++)
		if (host_of(all->arches[i]) != host)
			strbuf_printf(&others, "%s%s", others.len ? " " : "", all->arches[i]->name);
	if (others.failed)
		emission->failed = true;
	else if (others.len)
		emission_lose(emission, LOSS_NOTE,
			      "this is for %s machines; for the others, make one with --arch: %s",
			      host->name, strbuf_text(&others));
}

void targets_of_host(const struct profile *profile, const struct emit_request *request,
		     struct emission *emission, struct targets *ret)
{
	struct targets all;
	const struct arch *host;

	targets_all(profile, request, emission, &all);
	host = choose_host(profile, request, &all);
	say_left_out(&all, host, emission);
	*ret = (struct targets){ .n = 0 };
	for (size_t i = 0; i < all.n; i++)
		if (all.arches[i] == host)
			add(ret, host);
	for (size_t i = 0; i < all.n; i++)
		if (host_of(all.arches[i]) == host)
			add(ret, all.arches[i]);
}

/* What was inferred was inferred for all architectures together. */
static bool is_of_interest(const struct rule *rule, const struct emit_request *request)
{
	return !request->extended ||
	       (rule->origin != ORIGIN_POLICY && !action_denies(rule->action));
}

static void say_absent(const struct profile *profile, const struct arch *arch,
		       const struct emit_request *request, struct emission *emission)
{
	_cleanup_name_set_ struct name_set absent = { 0 };
	_cleanup_strbuf_ struct strbuf sentence = { 0 };

	for (size_t i = 0; i < profile->n_rules; i++)
		for (char **name = profile->rules[i].names;
		     *name && is_of_interest(&profile->rules[i], request); name++) {
			int32_t nr;
			int r = syscall_number(request->names, arch, *name, &nr);

			if (r == -ENOENT && arch->multiplexed && multiplexed_by_name(*name))
				r = 0;
			if (r == -ENOENT && absent.n <= EMISSION_NAMES_MAX)
				r = name_set_add(&absent, *name);
			if (r < 0)
				emission->failed = true;
		}
	strbuf_printf(&sentence, "left out on %s, which does not have them; %s", arch->name,
		      request->portable
			      ? "what programs call there instead was added where it is known"
			      : "--portable would add what programs call there instead");
	if (sentence.failed)
		emission->failed = true;
	else
		emission_lose_names(emission, LOSS_NOTE, strbuf_text(&sentence), absent.names);
}

void targets_say_new(const struct profile *profile, const struct emit_request *request,
		     struct emission *emission)
{
	for (size_t i = 0; i < request->n_arches; i++)
		if (request->extended ||
		    (names_any(profile) ? !profile_covers(profile, request->arches[i])
					: request->arches[i] != arch_native()))
			say_absent(profile, request->arches[i], request, emission);
}

int targets_have(const struct targets *targets, struct syscall_table *names, const char *name)
{
	for (size_t i = 0; i < targets->n; i++) {
		int32_t nr;
		int r = syscall_number(names, targets->arches[i], name, &nr);

		if (r != -ENOENT)
			return r < 0 ? r : 1;
	}
	return 0;
}

bool targets_multiplex(const struct targets *targets, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < targets->n; i++)
		any = any || targets->arches[i]->multiplexed;
	return any && multiplexed_by_name(name);
}

bool targets_known(struct syscall_table *names, const char *name)
{
	struct targets all = { .n = 0 };

	for (size_t i = 0; i < arch_count() && all.n < ARRAY_SIZE(all.arches); i++)
		all.arches[all.n++] = arch_at(i);
	return targets_have(&all, names, name) != 0;
}

static int drop_absent(struct rule *rule, const struct targets *targets,
		       struct syscall_table *names)
{
	size_t n = 0;
	int r = 0;

	for (char **name = rule->names; *name; name++) {
		int has = r < 0 ? 1 : targets_have(targets, names, *name);

		if (has < 0)
			r = has;
		if (has == 0 && targets_known(names, *name) && !targets_multiplex(targets, *name))
			free(*name);
		else
			rule->names[n++] = *name;
	}
	rule->names[n] = NULL;
	return r;
}

static bool has_names(const struct rule *rule, const void *context _unused_)
{
	return *rule->names != NULL;
}

int targets_drop_absent(struct profile *profile, const struct emit_request *request)
{
	struct targets targets = { .n = 0 };
	int r = 0;

	for (size_t i = 0; i < request->n_arches; i++)
		add(&targets, request->arches[i]);
	for (size_t i = 0; r == 0 && targets.n > 0 && i < profile->n_rules; i++)
		r = drop_absent(&profile->rules[i], &targets, request->names);
	if (targets.n > 0)
		profile_filter_rules(profile, has_names, NULL);
	return r;
}
