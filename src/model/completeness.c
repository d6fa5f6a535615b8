/* SPDX-License-Identifier: Apache-2.0 */
#include "model/completeness.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "model/profile.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIDENCE_REST 0.05 /* what lies beyond an upper bound */
#define BISECTIONS	60   /* of an interval of 1: beyond what a double tells apart */

static double log_factorial(uint32_t n)
{
	int sign;

	return lgamma_r(n + 1.0, &sign);
}

/* The chance of at most k of n, each with p. Summed from the largest term on, in logarithms. */
static double binomial_below(uint32_t k, uint32_t n, double p)
{
	double sum = 0;

	for (uint32_t i = 0; i <= k; i++) {
		double ways = log_factorial(n) - log_factorial(i) - log_factorial(n - i);

		sum += exp(ways + i * log(p) + (double)(n - i) * log1p(-p));
	}
	return sum;
}

/* The share at which so few would be as unlikely as CONFIDENCE_REST. */
static double upper_bound(uint32_t k, uint32_t n)
{
	double low = (double)k / n, high = 1;

	if (k >= n)
		return 1;
	for (int i = 0; i < BISECTIONS; i++) {
		double middle = (low + high) / 2;

		if (middle >= 1 || binomial_below(k, n, middle) < CONFIDENCE_REST)
			high = middle;
		else
			low = middle;
	}
	return high;
}

static void conclude(struct completeness *ret)
{
	double n = ret->n, once = ret->once, twice = ret->twice;

	if (ret->n < 2)
		return;
	ret->chance = ret->own / n;
	ret->chance_most = upper_bound(ret->own, ret->n);
	ret->expected = once / n;
	ret->unseen =
		(n - 1) / n * (ret->twice > 0 ? once * once / (2 * twice) : once * (once - 1) / 2);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* How many different numbers there are. Sorts. */
static uint32_t count_different(uint32_t *numbers, size_t n)
{
	uint32_t different = 0;

	if (n > 0)
		qsort(numbers, n, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < n; i++)
		different += i == 0 || numbers[i] != numbers[i - 1];
	return different;
}

int completeness_of_runs(const struct recording *recording, uint32_t group,
			 struct completeness *ret)
{
	const struct incidence_group *known = incidence_find(&recording->incidence, group);
	struct completeness result = { .unit = UNIT_RUN };
	_cleanup_free_ uint32_t *owners = NULL;

	if (!known || known->n_runs < 2) {
		*ret = result;
		return 0;
	}
	owners = calloc((size_t)known->n_calls + 1, sizeof(*owners));
	if (!owners)
		return -ENOMEM;
	result.n = known->n_runs;
	result.calls = known->n_calls;
	for (uint32_t i = 0; i < known->n_calls; i++) {
		unsigned int runs = incidence_runs_of(&known->calls[i]);

		if (runs == 1)
			owners[result.once++] = known->calls[i].runs[0];
		result.twice += runs == 2;
	}
	result.own = count_different(owners, result.once);
	conclude(&result);
	*ret = result;
	return 0;
}

/* A call, or a program, and in which processes. */
struct sighting {
	uint32_t first, last; /* processes that it was seen in */
	uint32_t times;	      /* how many they are */
};

struct tally {
	struct intern keys;
	struct sighting *seen;
	size_t allocated;
};

static void tally_deinit(struct tally *tally)
{
	intern_deinit(&tally->keys);
	free(tally->seen);
}

/* Processes come one after the other. */
static int tally_add(struct tally *tally, struct slice key, uint32_t process)
{
	struct sighting *sighting;
	uint32_t number;
	int r = intern_add(&tally->keys, key, &number);

	if (r < 0 || array_reserve(&tally->seen, &tally->allocated, (size_t)number + 1,
				   sizeof(*tally->seen)) < 0)
		return -ENOMEM;
	sighting = &tally->seen[number];
	if (r > 0)
		*sighting = (struct sighting){ .first = process };
	if (r > 0 || sighting->last != process)
		sighting->times++;
	sighting->last = process;
	return 0;
}

/* AUDIT_ARCH_* and number. */
static int tally_call(struct tally *calls, uint32_t audit, int32_t nr, uint32_t process)
{
	const uint32_t words[] = { audit, (uint32_t)nr };

	return tally_add(calls, (struct slice){ (const char *)words, sizeof(words) }, process);
}

/* 1: who made the call is not known. */
static int tally_programs(struct tally *programs, const struct recording *recording,
			  const struct observation *call, uint32_t process)
{
	const uint32_t *numbers;
	size_t n;
	bool more = recording_actors(recording, call, &numbers, &n);

	for (size_t i = 0; i < n; i++) {
		struct actor actor = recording_actor(recording, numbers[i]);

		if (actor.exe.len == 0)
			return 1;
		if (tally_add(programs, actor.exe, process) < 0)
			return -ENOMEM;
	}
	return more || n == 0;
}

/* What a process did, and what it ran. 1: that is not known. */
static int tally_process(struct tally *calls, struct tally *programs,
			 const struct recording *recording, const struct group *group,
			 uint32_t process)
{
	int r = 0;

	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct group_arch *arch = &group->arches[i];

		for (uint32_t j = 0; r == 0 && j < arch->n; j++) {
			const struct observation *call = &arch->observations[j];

			if (action_denies((enum action)call->action))
				continue;
			r = tally_call(calls, arch->audit, call->nr, process);
			if (r == 0)
				r = tally_programs(programs, recording, call, process);
		}
	}
	return r;
}

static int tally_up(const struct tally *calls, struct completeness *ret)
{
	size_t n = calls->keys.n_keys;
	_cleanup_free_ uint32_t *owners = calloc(n + 1, sizeof(*owners));

	if (!owners)
		return -ENOMEM;
	ret->calls = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		if (calls->seen[i].times == 1)
			owners[ret->once++] = calls->seen[i].first;
		ret->twice += calls->seen[i].times == 2;
	}
	ret->own = count_different(owners, ret->once);
	return 0;
}

/* Processes that ran the same programs are of one kind. */
static bool all_alike(const struct tally *programs, uint32_t n_processes)
{
	for (size_t i = 0; i < programs->keys.n_keys; i++)
		if (programs->seen[i].times != n_processes)
			return false;
	return true;
}

/* Named after it: the group of a command, or of a container, has the pid of its first process. */
static bool is_process(const struct group *group)
{
	char name[32];
	size_t len = strlen(group->name), tail;

	if (group->pid == RECORD_UNSET)
		return false;
	tail = (size_t)snprintf(name, sizeof(name), "pid-%" PRIu32, group->pid);
	return len >= tail && strcmp(group->name + len - tail, name) == 0 &&
	       (len == tail || group->name[len - tail - 1] == ':');
}

int completeness_of_processes(const struct recording *recording, struct completeness *ret)
{
	struct completeness result = { .unit = UNIT_PROCESS };
	struct tally calls = { 0 }, programs = { 0 };
	uint32_t n = 0;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < recording->n_groups; i++)
		if (is_process(&recording->groups[i])) {
			r = tally_process(&calls, &programs, recording, &recording->groups[i], i);
			n++;
		}
	if (r == 0 && n >= 2 && all_alike(&programs, n)) {
		result.n = n;
		r = tally_up(&calls, &result);
	}
	tally_deinit(&calls);
	tally_deinit(&programs);
	if (r < 0)
		return r;
	conclude(&result);
	*ret = result;
	return 0;
}

/* In per cent: never 0 or 100, which nothing that was recorded can show. */
static void put_chance(struct strbuf *ret, double chance)
{
	double percent = chance * 100;

	if (percent < 1)
		strbuf_puts(ret, "with a chance below 1 %");
	else if (percent > 99)
		strbuf_puts(ret, "with a chance of 99 % and more");
	else
		strbuf_printf(ret, "with a chance of about %.0f %%", percent);
}

/* An upper bound is rounded up; one of 100 says nothing, and is said. */
static void put_bound(struct strbuf *ret, double chance)
{
	strbuf_printf(ret, "of at most %.0f %% at 95 %% confidence", ceil(chance * 100 - 1e-6));
}

void completeness_put(const struct completeness *completeness, struct strbuf *ret)
{
	const char *many = completeness->unit == UNIT_RUN ? "runs" : "processes";

	if (completeness->n < 2)
		return;
	if (completeness->own == 0)
		strbuf_printf(ret, "none of %" PRIu32 " %s had a call of its own", completeness->n,
			      many);
	else
		strbuf_printf(ret, "%" PRIu32 " of %" PRIu32 " %s had a call of %s own",
			      completeness->own, completeness->n, many,
			      completeness->own == 1 ? "its" : "their");
	strbuf_puts(ret, ": the next shows a new one ");
	if (completeness->own > 0) {
		put_chance(ret, completeness->chance);
		strbuf_puts(ret, ", ");
	} else {
		strbuf_puts(ret, "with a chance ");
	}
	put_bound(ret, completeness->chance_most);
	if (completeness->unseen >= 0.5)
		strbuf_printf(ret, "; about %.0f %s, or more, %s still unseen",
			      completeness->unseen, completeness->unseen < 1.5 ? "call" : "calls",
			      completeness->unseen < 1.5 ? "is" : "are");
}
