/* SPDX-License-Identifier: Apache-2.0 */
#include "format/bpf_trial.h"
#include "base/child.h"
#include "base/cleanup.h"
#include "base/time_limit.h"
#include "model/rule_text.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define SUSPECTS_MAX 256 /* rules that are compared with one another; more are suspect together */

/* The comparisons in the order that libseccomp looks at arguments. */
struct chain {
	const struct rule *rule;
	const struct rule_arg *args[6];
	size_t n;
};

static bool is_range(const struct rule_arg *arg)
{
	return arg->op != COMPARE_EQ && arg->op != COMPARE_MASKED_EQ;
}

/* False: it has nothing that could be the beginning of a pair. */
static bool make_chain(const struct rule *rule, struct chain *ret)
{
	bool any = false;

	*ret = (struct chain){ .rule = rule };
	if (rule->n_args < 2 || rule->n_args > 6 || rule_repeats_index(rule))
		return false;
	for (unsigned int index = 0; index < 6; index++)
		for (size_t i = 0; i < rule->n_args; i++)
			if (rule->args[i].index == index)
				ret->args[ret->n++] = &rule->args[i];
	for (size_t i = 0; i + 1 < ret->n; i++)
		any = any || is_range(ret->args[i]);
	return any;
}

static bool same(const struct rule_arg *a, const struct rule_arg *b)
{
	return a->index == b->index && a->op == b->op && a->value == b->value &&
	       (a->op != COMPARE_MASKED_EQ || a->value_two == b->value_two);
}

/* They begin with the same, a range among it, and both go on. */
static bool may_loop(const struct chain *a, const struct chain *b)
{
	bool range = false;
	size_t i = 0;

	while (i < a->n && i < b->n && same(a->args[i], b->args[i])) {
		range = range || is_range(a->args[i]);
		i++;
	}
	return range && i < a->n && i < b->n;
}

/* A name that stands in both; NULL: none. */
static const char *shared_name(const struct rule *a, const struct rule *b)
{
	for (char **name = a->names; *name; name++)
		if (rule_names(b, *name))
			return *name;
	return NULL;
}

const char *bpf_trial_suspect(const struct profile *profile)
{
	_cleanup_free_ struct chain *chains = NULL;
	struct chain chain;
	size_t n = 0;

	for (size_t i = 0; i < profile->n_rules; i++)
		n += make_chain(&profile->rules[i], &chain);
	if (n < 2)
		return NULL;
	chains = calloc(n, sizeof(*chains));
	n = 0;
	for (size_t i = 0; i < profile->n_rules; i++) {
		if (!make_chain(&profile->rules[i], &chain))
			continue;
		if (!chains || n == SUSPECTS_MAX)
			return chain.rule->names[0];
		for (size_t j = 0; j < n; j++) {
			const char *name = may_loop(&chains[j], &chain)
						   ? shared_name(chains[j].rule, chain.rule)
						   : NULL;

			if (name)
				return name;
		}
		chains[n++] = chain;
	}
	return NULL;
}

void bpf_trial_say(const struct profile *profile, struct emission *emission)
{
	const char *suspect = bpf_trial_suspect(profile);

	if (suspect)
		emission_lose(
			emission, LOSS_NARROWER,
			"libseccomp 2.5 may not come to an end, and nothing start, with rules "
			"that begin with the same comparison and then differ: those for %s",
			suspect);
}

static int try_alone(void (*work)(const void *data), const void *data, unsigned int seconds,
		     const char *message)
{
	time_limit_begin(seconds, message);
	work(data);
	time_limit_end();
	return 0;
}

/* The kernel ends the process when its time is up: the signal must reach it. */
static _noreturn_ void do_work(void (*work)(const void *data), const void *data,
			       unsigned int seconds)
{
	const struct itimerval limit = { .it_value.tv_sec = (time_t)seconds };
	sigset_t set;

	signal(SIGVTALRM, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGVTALRM);
	if (sigprocmask(SIG_UNBLOCK, &set, NULL) == 0 &&
	    setitimer(ITIMER_VIRTUAL, &limit, NULL) == 0)
		work(data);
	_exit(0);
}

static int try_in_child(void (*work)(const void *data), const void *data, unsigned int seconds)
{
	pid_t pid = fork();
	int status = 0, r;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		do_work(work, data, seconds);
	r = child_wait(pid, &status);
	if (r < 0)
		return r;
	return WIFSIGNALED(status) ? -ELOOP : 0;
}

int bpf_trial_run(void (*work)(const void *data), const void *data, unsigned int seconds,
		  const char *message)
{
	return time_limit_kept() ? try_alone(work, data, seconds, message)
				 : try_in_child(work, data, seconds);
}
