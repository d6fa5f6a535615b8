/* SPDX-License-Identifier: Apache-2.0 */
#include "model/meaning.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "model/rule_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One thing that is said of a call: several of them make its meaning. */
struct saying {
	const char *name, *text;
	enum action action;
	bool plain;   /* without arguments and conditions */
	bool by_args; /* which a plain one beats */
};

struct sayings {
	struct saying *items;
	size_t n, allocated;
};

static void sayings_deinit(struct sayings *sayings)
{
	free(sayings->items);
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
	sayings->items[sayings->n++] = *saying;
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
	_cleanup_strbuf_ struct strbuf text = { 0 }, answer = { 0 };
	struct saying saying = {
		.action = rule->action,
		.plain = rule_is_plain(rule),
		.by_args = rule->n_args > 0,
	};

	answer_put(&answer, rule->action, rule->has_errno, rule->errno_ret);
	if (!strbuf_text(&answer))
		return -ENOMEM;
	if (strcmp(strbuf_text(&answer), meaning->other.text) == 0)
		return 0;
	rule_put_body(&text, rule);
	saying.text = keep_text(meaning, &text);
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

/* The rule as it is on the architecture; alternatives one by one. */
static int take_rule(struct meaning *meaning, const struct rule *rule, const struct arch *arch,
		     struct syscall_table *names, struct sayings *sayings)
{
	struct rule here = *rule;
	int r = 0;

	if (!rule_possible(rule, arch))
		return 0;
	here.includes.arches = here.excludes.arches = NULL;
	if (!rule_repeats_index(rule))
		return say_rule(meaning, &here, arch, names, sayings);
	for (size_t i = 0; r == 0 && i < rule->n_args; i++) {
		here.args = &rule->args[i];
		here.n_args = 1;
		r = say_rule(meaning, &here, arch, names, sayings);
	}
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct saying *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0 && x->plain != y->plain)
		order = x->plain ? -1 : 1;
	return order != 0 ? order : strcmp(x->text, y->text);
}

/* What was said of one call, in one text. A rule without conditions beats those with arguments. */
static int settle_call(struct meaning *meaning, struct meaning_arch *arch,
		       const struct saying *sayings, size_t n)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct meaning_call call = {
		.name = sayings[0].name,
		.low = sayings[0].action,
		.high = sayings[0].action,
	};

	for (size_t i = 0; i < n; i++) {
		if ((i > 0 && sayings[i].text == sayings[i - 1].text) ||
		    (sayings[0].plain && sayings[i].by_args))
			continue;
		strbuf_printf(&text, "%s%s", i > 0 ? "; " : "", sayings[i].text);
		call.low = sayings[i].action < call.low ? sayings[i].action : call.low;
		call.high = sayings[i].action > call.high ? sayings[i].action : call.high;
	}
	if (!sayings[0].plain) {
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
	int r = 0;

	if (sayings->n > 0)
		qsort(sayings->items, sayings->n, sizeof(*sayings->items), by_name);
	for (size_t i = 0; r == 0 && i < sayings->n; i += n) {
		for (n = 1; i + n < sayings->n; n++)
			if (strcmp(sayings->items[i].name, sayings->items[i + n].name) != 0)
				break;
		r = settle_call(meaning, arch, &sayings->items[i], n);
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
