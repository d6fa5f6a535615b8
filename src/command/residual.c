/* SPDX-License-Identifier: Apache-2.0 */
#include "command/residual.h"
#include "model/name_list.h"
#include <errno.h>
#include <stdlib.h>

#define ARCHES_MAX 4 /* architectures that one kernel runs: x86_64, i386, x32 */

/* The numbers of `arch` that need not be logged; owned by the caller. */
static int allowed_numbers(const struct profile *base, char *const *hot,
			   struct syscall_table *names, const struct arch *arch,
			   struct filter_allow *ret)
{
	const int32_t *all;
	int32_t *numbers;
	size_t n_all, n = 0;
	int r = syscall_numbers(names, arch, &all, &n_all);

	if (r < 0)
		return r;
	numbers = calloc(n_all ? n_all : 1, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	for (size_t i = 0; i < n_all; i++) {
		const char *name = syscall_name(names, arch, all[i]);

		if ((hot && name_list_has(hot, name)) ||
		    (base && profile_covers(base, arch) && profile_allows(base, arch, name)))
			numbers[n++] = all[i];
	}
	*ret = (struct filter_allow){ arch, numbers, n };
	return 0;
}

static int collect(const struct profile *base, char *const *hot, struct syscall_table *names,
		   struct filter_allow *allow, size_t *n)
{
	for (size_t i = 0; i < arch_count() && *n < ARCHES_MAX; i++) {
		const struct arch *arch = arch_at(i);
		int r;

		if (arch != arch_native() && arch->native != arch_native()->token)
			continue;
		r = allowed_numbers(base, hot, names, arch, &allow[*n]);
		if (r < 0)
			return r;
		if (allow[*n].n > 0)
			(*n)++;
		else
			free((void *)allow[*n].numbers);
	}
	return 0;
}

int residual_filter(const struct profile *base, char *const *hot, struct syscall_table *names,
		    struct filter *ret, struct error *err)
{
	struct filter_allow allow[ARCHES_MAX] = { 0 };
	size_t n = 0;
	int r = 0;

	if ((base || hot) && collect(base, hot, names, allow, &n) < 0)
		r = error_memory(err);
	if (r >= 0)
		r = filter_compile(allow, n, ret, err);
	for (size_t i = 0; i < n; i++)
		free((void *)allow[i].numbers);
	return r;
}
