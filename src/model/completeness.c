/* SPDX-License-Identifier: Apache-2.0 */
#include "model/completeness.h"
#include "base/cleanup.h"
#include "model/profile.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
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

/* A call, and in which processes. */
struct seen_call {
	uint32_t first; /* the first process that made it */
	uint32_t times; /* how many did */
};

struct tally {
	struct intern calls; /* AUDIT_ARCH_* and number */
	struct seen_call *seen;
	size_t allocated;
};

static int tally_call(struct tally *tally, uint32_t audit, int32_t nr, uint32_t process)
{
	const uint32_t words[] = { audit, (uint32_t)nr };
	struct slice key = { (const char *)words, sizeof(words) };
	uint32_t number;
	int r = intern_add(&tally->calls, key, &number);

	if (r < 0)
		return -ENOMEM;
	if (number >= tally->allocated) {
		size_t wanted = 2 * tally->allocated + 512;
		struct seen_call *grown = reallocarray(tally->seen, wanted, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		tally->seen = grown;
		tally->allocated = wanted;
	}
	if (r > 0)
		tally->seen[number] = (struct seen_call){ .first = process };
	tally->seen[number].times++;
	return 0;
}

/* A call that was answered in several ways is there several times, one behind the other. */
static int tally_process(struct tally *tally, const struct group *group, uint32_t process)
{
	int r = 0;

	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct group_arch *arch = &group->arches[i];
		int64_t last = INT64_MIN;

		for (uint32_t j = 0; r == 0 && j < arch->n; j++) {
			const struct observation *call = &arch->observations[j];

			if (action_denies((enum action)call->action) || call->nr == last)
				continue;
			last = call->nr;
			r = tally_call(tally, arch->audit, call->nr, process);
		}
	}
	return r;
}

static int tally_up(const struct tally *tally, struct completeness *ret)
{
	size_t n = tally->calls.n_keys;
	_cleanup_free_ uint32_t *owners = calloc(n + 1, sizeof(*owners));

	if (!owners)
		return -ENOMEM;
	ret->calls = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		if (tally->seen[i].times == 1)
			owners[ret->once++] = tally->seen[i].first;
		ret->twice += tally->seen[i].times == 2;
	}
	ret->own = count_different(owners, ret->once);
	return 0;
}

int completeness_of_processes(const struct recording *recording, struct completeness *ret)
{
	struct completeness result = { .unit = UNIT_PROCESS };
	struct tally tally = { 0 };
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < recording->n_groups; i++) {
		if (recording->groups[i].pid == RECORD_UNSET)
			continue;
		result.n++;
		r = tally_process(&tally, &recording->groups[i], i);
	}
	if (r == 0 && result.n >= 2)
		r = tally_up(&tally, &result);
	intern_deinit(&tally.calls);
	free(tally.seen);
	if (r < 0)
		return r;
	conclude(&result);
	*ret = result;
	return 0;
}

/* In per cent, behind "with a chance": never 0 or 100, which nothing that was recorded can show. */
static void put_chance(struct strbuf *ret, const char *word, double chance)
{
	double percent = chance * 100;

	if (percent < 1)
		strbuf_puts(ret, "below 1 %");
	else if (percent > 99)
		strbuf_puts(ret, "of 99 % and more");
	else
		strbuf_printf(ret, "of %s %.0f %%", word, percent);
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
	strbuf_puts(ret, ": the next shows a new one with a chance ");
	if (completeness->own > 0) {
		put_chance(ret, "about", completeness->chance);
		strbuf_puts(ret, ", ");
	}
	put_chance(ret, "at most", completeness->chance_most);
	strbuf_puts(ret, " at 95 % confidence");
	if (completeness->unseen >= 0.5)
		strbuf_printf(ret, "; about %.0f calls, or more, are still unseen",
			      completeness->unseen);
}
