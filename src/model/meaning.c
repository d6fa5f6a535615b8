/* SPDX-License-Identifier: Apache-2.0 */
#include "model/meaning.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 64 /* rules of a call that are put in order; far more than any has */

/* One thing that is said of a call: several of them make its meaning. */
struct saying {
	const char *name, *text;
	enum action action;
	bool plain;	  /* without arguments and conditions */
	bool ruled;	  /* it is a rule's: */
	struct rule rule; /* as it is on the architecture; borrows */
	uint32_t where;	  /* when it holds: a number for each set of arguments and conditions */
	size_t order;	  /* in the profile */
};

struct sayings {
	struct saying *items;
	size_t n, allocated;
	bool *met; /* by `where`; false between calls of keep_effective() */
	size_t n_met;
	struct rule_arg **cut; /* what the rules borrow */
	size_t n_cut, cut_allocated;
};

static void sayings_deinit(struct sayings *sayings)
{
	free(sayings->items);
	free(sayings->met);
	for (size_t i = 0; i < sayings->n_cut; i++)
		free(sayings->cut[i]);
	free(sayings->cut);
}

void meaning_deinit(struct meaning *meaning)
{
	for (size_t i = 0; i < meaning->n_arches; i++)
		free(meaning->arches[i].calls);
	free(meaning->arches);
	intern_deinit(&meaning->texts);
}

static const char *keep_text(struct meaning *meaning, const struct strbuf *text)
{
	uint32_t number;

	if (!strbuf_text(text) ||
	    intern_add(&meaning->texts, slice_from(strbuf_text(text)), &number) < 0)
		return NULL;
	return meaning->texts.keys[number].data;
}

static const char *keep(struct meaning *meaning, const char *text)
{
	uint32_t number;

	if (intern_add(&meaning->texts, slice_from(text), &number) < 0)
		return NULL;
	return meaning->texts.keys[number].data;
}

static int add_saying(struct sayings *sayings, const struct saying *saying)
{
	if (!saying->name || !saying->text ||
	    array_reserve(&sayings->items, &sayings->allocated, sayings->n + 1, sizeof(*saying)) <
		    0)
		return -ENOMEM;
	sayings->items[sayings->n] = *saying;
	sayings->items[sayings->n].order = sayings->n;
	sayings->n++;
	return 0;
}

/* What the profile's default is, as rules say it. */
static int say_default(struct meaning *meaning, const struct profile *profile)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	answer_put(&text, profile->default_action, profile->has_default_errno,
		   profile->default_errno);
	meaning->other.text = keep_text(meaning, &text);
	meaning->other.low = meaning->other.high = profile->default_action;
	return meaning->other.text ? 0 : -ENOMEM;
}

/* Whether the call counts on the architecture: it has it, or nobody knows any that has. */
static int counts_on(struct syscall_table *names, const struct arch *arch, const char *name)
{
	int32_t number;
	int r = syscall_number(names, arch, name, &number);

	if (r != -ENOENT)
		return r < 0 ? r : 1;
	for (size_t i = 0; i < arch_count(); i++) {
		r = syscall_number(names, arch_at(i), name, &number);
		if (r != -ENOENT)
			return r < 0 ? r : 0;
	}
	return 1;
}

static int say_rule(struct meaning *meaning, const struct rule *rule, const struct arch *arch,
		    struct syscall_table *names, struct sayings *sayings)
{
	_cleanup_strbuf_ struct strbuf text = { 0 }, answer = { 0 }, where = { 0 };
	struct saying saying = {
		.action = rule->action,
		.plain = rule_takes_all(rule),
		.ruled = true,
		.rule = *rule,
	};

	answer_put(&answer, rule->action, rule->has_errno, rule->errno_ret);
	if (!strbuf_text(&answer))
		return -ENOMEM;
	if (strcmp(strbuf_text(&answer), meaning->other.text) == 0)
		return 0;
	rule_put_body(&text, rule);
	saying.text = keep_text(meaning, &text);
	rule_put_args(&where, rule);
	strbuf_puts(&where, " ");
	rule_put_conditions(&where, rule);
	if (!strbuf_text(&where) ||
	    intern_add(&meaning->texts, slice_from(strbuf_text(&where)), &saying.where) < 0)
		return -ENOMEM;
	for (char **name = rule->names; *name; name++) {
		int r = counts_on(names, arch, *name);

		if (r > 0) {
			saying.name = keep(meaning, *name);
			r = add_saying(sayings, &saying);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* Where arguments have 32 bits, libseccomp looks at as many of the numbers. */
static int cut_args(struct rule *here, struct sayings *sayings)
{
	struct rule_arg *args;

	if (here->n_args == 0)
		return 0;
	if (array_reserve(&sayings->cut, &sayings->cut_allocated, sayings->n_cut + 1,
			  sizeof(*sayings->cut)) < 0)
		return -ENOMEM;
	args = calloc(here->n_args, sizeof(*args));
	if (!args)
		return -ENOMEM;
	sayings->cut[sayings->n_cut++] = args;
	for (size_t i = 0; i < here->n_args; i++) {
		args[i] = here->args[i];
		args[i].value &= UINT32_MAX;
		args[i].value_two &= UINT32_MAX;
	}
	here->args = args;
	return 0;
}

/* The rule as it is on the architecture; alternatives one by one. */
static int take_rule(struct meaning *meaning, const struct rule *rule, const struct arch *arch,
		     struct syscall_table *names, struct sayings *sayings)
{
	struct rule here = *rule;
	struct rule_arg *args;
	int r = 0;

	if (!rule_possible(rule, arch))
		return 0;
	here.includes.arches = here.excludes.arches = NULL;
	if (arch_is_narrow(arch) && cut_args(&here, sayings) < 0)
		return -ENOMEM;
	if (rule_takes_any_args(&here))
		here.n_args = 0;
	if (!rule_repeats_index(&here))
		return say_rule(meaning, &here, arch, names, sayings);
	args = here.args;
	for (size_t i = 0; r == 0 && i < rule->n_args; i++) {
		here.args = &args[i];
		here.n_args = 1;
		r = say_rule(meaning, &here, arch, names, sayings);
	}
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct saying *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0 && !(x->ruled && y->ruled))
		order = strcmp(x->text, y->text);
	return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

static int reserve_met(struct sayings *sayings, const struct meaning *meaning)
{
	size_t wanted = meaning->texts.n_keys;
	bool *grown;

	if (wanted <= sayings->n_met)
		return 0;
	grown = reallocarray(sayings->met, wanted, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + sayings->n_met, 0, (wanted - sayings->n_met) * sizeof(*grown));
	sayings->met = grown;
	sayings->n_met = wanted;
	return 0;
}

/*
 * Of one call, in the order of the profile: what has an effect, see rule_order.h. Behind a plain
 * one nothing has, and none with arguments anywhere; nor has what holds when one in front of it
 * does.
 */
static size_t keep_effective(bool *met, struct saying *items, size_t n)
{
	size_t plain = 0, kept = 0;

	while (plain < n && !items[plain].plain)
		plain++;
	for (size_t i = 0; i < n && i <= plain; i++) {
		bool beaten = plain < n && !rule_takes_any_args(&items[i].rule);

		if (beaten || met[items[i].where])
			continue;
		met[items[i].where] = true;
		items[kept++] = items[i];
	}
	for (size_t i = 0; i < kept; i++)
		met[items[i].where] = false;
	return kept;
}

static bool may_go_first(const struct saying *items, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!rules_commute(&items[i].rule, &items[at].rule))
			return false;
	return true;
}

/* Of the orders that mean the same, the one that sorts first: each time the first of those that
 * need not stay behind another. */
static void order_sayings(struct saying *items, size_t n)
{
	for (size_t done = 0; n <= PAIRS_MAX && done + 1 < n; done++) {
		struct saying *left = items + done, chosen;
		size_t best = 0;

		for (size_t i = 1; i < n - done; i++)
			if (strcmp(left[i].text, left[best].text) < 0 && may_go_first(left, i))
				best = i;
		chosen = left[best];
		memmove(left + 1, left, best * sizeof(*left));
		left[0] = chosen;
	}
}

/* What was said of one call, in one text. */
static int settle_call(struct meaning *meaning, struct meaning_arch *arch,
		       const struct saying *sayings, size_t n)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct meaning_call call = {
		.name = sayings[0].name,
		.low = sayings[0].action,
		.high = sayings[0].action,
	};
	bool always = false;

	for (size_t i = 0; i < n; i++) {
		always |= sayings[i].plain;
		if (i > 0 && sayings[i].text == sayings[i - 1].text)
			continue;
		strbuf_printf(&text, "%s%s", i > 0 ? "; " : "", sayings[i].text);
		call.low = sayings[i].action < call.low ? sayings[i].action : call.low;
		call.high = sayings[i].action > call.high ? sayings[i].action : call.high;
	}
	if (!always) {
		call.rules = keep_text(meaning, &text);
		call.rest = meaning->other.low;
		strbuf_printf(&text, "; else %s", meaning->other.text);
		call.low = meaning->other.low < call.low ? meaning->other.low : call.low;
		call.high = meaning->other.high > call.high ? meaning->other.high : call.high;
	}
	call.text = keep_text(meaning, &text);
	if (!call.text ||
	    array_reserve(&arch->calls, &arch->allocated, arch->n + 1, sizeof(call)) < 0)
		return -ENOMEM;
	arch->calls[arch->n++] = call;
	return 0;
}

static int settle_calls(struct meaning *meaning, struct meaning_arch *arch, struct sayings *sayings)
{
	size_t n;
	int r = reserve_met(sayings, meaning);

	if (sayings->n > 0)
		qsort(sayings->items, sayings->n, sizeof(*sayings->items), by_name);
	for (size_t i = 0; r == 0 && i < sayings->n; i += n) {
		struct saying *items = &sayings->items[i];
		size_t kept;

		for (n = 1; i + n < sayings->n; n++)
			if (strcmp(items[0].name, items[n].name) != 0)
				break;
		kept = items[0].ruled ? keep_effective(sayings->met, items, n) : n;
		if (items[0].ruled)
			order_sayings(items, kept);
		r = settle_call(meaning, arch, items, kept);
	}
	return r;
}

static struct meaning_arch *add_arch(struct meaning *meaning, const struct arch *arch)
{
	struct meaning_arch *arches =
		reallocarray(meaning->arches, meaning->n_arches + 1, sizeof(*arches));

	if (!arches)
		return NULL;
	meaning->arches = arches;
	arches[meaning->n_arches] = (struct meaning_arch){ .arch = arch };
	return &arches[meaning->n_arches++];
}

static bool covers(const struct profile *profile, const struct arch *arch)
{
	if (name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0)
		return arch == arch_native();
	return profile_covers(profile, arch);
}

static int take_arch(struct meaning *meaning, const struct profile *profile,
		     const struct arch *arch, struct syscall_table *names)
{
	_cleanup_(sayings_deinit) struct sayings sayings = { 0 };
	struct meaning_arch *to = add_arch(meaning, arch);
	int r = to ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < profile->n_rules; i++)
		r = take_rule(meaning, &profile->rules[i], arch, names, &sayings);
	return r == 0 ? settle_calls(meaning, to, &sayings) : r;
}

int meaning_of_profile(struct meaning *ret, const struct profile *profile,
		       struct syscall_table *names)
{
	struct meaning meaning = { 0 };
	int r = say_default(&meaning, profile);

	for (size_t i = 0; r == 0 && i < arch_count(); i++)
		if (covers(profile, arch_at(i)))
			r = take_arch(&meaning, profile, arch_at(i), names);
	if (r < 0) {
		meaning_deinit(&meaning);
		return r;
	}
	*ret = meaning;
	return 0;
}

static int say_observation(struct meaning *meaning, const struct arch *arch,
			   const struct observation *seen, struct syscall_table *names,
			   const struct meaning_call *happened, struct sayings *sayings)
{
	const char *name = syscall_name(names, arch, seen->nr);
	_cleanup_strbuf_ struct strbuf number = { 0 };
	enum action action = (enum action)seen->action;
	bool denied = action_denies(action);
	const struct saying saying = {
		.name = name ? keep(meaning, name)
			     : (strbuf_printf(&number, "number %" PRId32, seen->nr),
				keep_text(meaning, &number)),
		.text = keep(meaning, denied ? action_name(action) : happened->text),
		.action = denied ? action : happened->high,
		.plain = true,
	};

	return add_saying(sayings, &saying);
}

static int take_observations(struct meaning *meaning, const struct recording *recording,
			     const struct arch *arch, struct syscall_table *names,
			     const struct meaning_call *happened)
{
	_cleanup_(sayings_deinit) struct sayings sayings = { 0 };
	struct meaning_arch *to;
	bool any = false;

	for (size_t i = 0; i < recording->n_groups; i++)
		for (size_t j = 0; j < recording->groups[i].n_arches; j++) {
			const struct group_arch *calls = &recording->groups[i].arches[j];

			for (uint32_t k = 0; calls->arch == arch && k < calls->n; k++) {
				any = true;
				if (say_observation(meaning, arch, &calls->observations[k], names,
						    happened, &sayings) < 0)
					return -ENOMEM;
			}
		}
	to = any ? add_arch(meaning, arch) : NULL;
	if (!any)
		return 0;
	return to ? settle_calls(meaning, to, &sayings) : -ENOMEM;
}

int meaning_of_recording(struct meaning *ret, const struct recording *recording,
			 struct syscall_table *names, const struct meaning_call *seen,
			 const struct meaning_call *unseen)
{
	struct meaning meaning = { .other = { .low = unseen->low, .high = unseen->high } };
	int r = recording_prepare_names(recording, names);

	meaning.other.text = keep(&meaning, unseen->text);
	if (!meaning.other.text)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < arch_count(); i++)
		r = take_observations(&meaning, recording, arch_at(i), names, seen);
	if (r < 0) {
		meaning_deinit(&meaning);
		return r;
	}
	*ret = meaning;
	return 0;
}

const struct meaning_call *meaning_find(const struct meaning *meaning,
					const struct meaning_arch *arch, const char *name)
{
	size_t low = 0, high = arch->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(arch->calls[middle].name, name);

		if (order == 0)
			return &arch->calls[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return &meaning->other;
}
