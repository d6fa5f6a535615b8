/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/profile_json.h"
#include "random_profile.h"
#include <errno.h>
#include <stdlib.h>

const char *const random_pool[RANDOM_POOL] = {
	"read",	   "write", "stat",   "fstat",	"umount2", "uname",	  "sendfile", "socket",
	"ioctl",   "prctl", "clone",  "clone3", "openat2", "statx",	  "futex",    "kill",
	"_sysctl", "mmap",  "execve", "fcntl",	"openat",  "futex_waitv",
};

/* xorshift32: reproducible everywhere. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % below;
}

static void draw_args(uint32_t *state, struct rule *rule)
{
	size_t n = draw(state, 3);

	if (n == 0)
		return;
	rule->args = calloc(n + 1, sizeof(*rule->args));
	assert_non_null(rule->args);
	for (size_t i = 0; i < n; i++) {
		struct rule_arg *arg = &rule->args[rule->n_args++];

		/* Each index once, in any order. */
		arg->index = (unsigned int)i * 2 + draw(state, 2);
		arg->op = (enum compare)(COMPARE_NE + draw(state, 7));
		arg->value = draw(state, 6);
		if (draw(state, 12) == 0)
			arg->value = UINT64_C(0x100000000) + draw(state, 3);
		if (arg->op == COMPARE_MASKED_EQ) {
			arg->has_value_two = true;
			arg->value_two = arg->value & draw(state, 8);
		}
	}
}

static void draw_rule(uint32_t *state, struct profile *profile)
{
	static const enum action actions[] = { ACTION_ALLOW, ACTION_ALLOW, ACTION_ALLOW,
					       ACTION_LOG,   ACTION_ERRNO, ACTION_KILL_PROCESS,
					       ACTION_TRAP };
	const char *names[3];
	struct rule *rule;
	size_t n = 1 + draw(state, 3);

	for (size_t i = 0; i < n; i++)
		names[i] = random_pool[draw(state, RANDOM_POOL)];
	assert_int_equal(profile_add_rule(profile, ORIGIN_SEEN,
					  actions[draw(state, ARRAY_SIZE(actions))], names, n, NULL,
					  &rule),
			 0);
	if (rule->action == ACTION_ERRNO) {
		rule->has_errno = true;
		rule->errno_ret = draw(state, 2) ? ENOSYS : EPERM;
	}
	draw_args(state, rule);
}

char *random_profile(uint32_t *state)
{
	static const enum action defaults[] = { ACTION_ERRNO, ACTION_KILL_PROCESS, ACTION_ALLOW,
						ACTION_ERRNO };
	_cleanup_profile_ struct profile *profile = profile_new();
	size_t n = 1 + draw(state, 10);
	char *text;

	assert_non_null(profile);
	profile->default_action = defaults[draw(state, ARRAY_SIZE(defaults))];
	profile->has_default_errno = profile->default_action == ACTION_ERRNO;
	profile->default_errno = profile->has_default_errno ? EPERM : 0;
	assert_int_equal(profile_add_architecture(profile, "SCMP_ARCH_X86_64"), 0);
	for (size_t i = 0; i < n; i++)
		draw_rule(state, profile);
	assert_int_equal(profile_to_json(profile, &text, NULL), 0);
	return text;
}
