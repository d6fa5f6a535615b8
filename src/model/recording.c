/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recording.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "model/recording_actors.h"
#include "model/recording_arguments.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

static void group_deinit(struct group *group)
{
	for (size_t i = 0; i < group->n_arches; i++) {
		free(group->arches[i].observations);
		argument_list_free(group->arches[i].arguments);
	}
	free(group->arches);
}

void recording_clear_group(struct recording *recording, uint32_t number)
{
	struct group *group = &recording->groups[number];

	group_deinit(group);
	group->arches = NULL;
	group->n_arches = 0;
}

void recording_deinit(struct recording *recording)
{
	for (size_t i = 0; i < recording->n_groups; i++)
		group_deinit(&recording->groups[i]);
	free(recording->groups);
	actor_sets_deinit(recording);
	intern_deinit(&recording->names);
	intern_deinit(&recording->nodes);
	intern_deinit(&recording->actors);
	incidence_deinit(&recording->incidence);
	evidence_deinit(&recording->evidence);
	*recording = (struct recording){ 0 };
}

const char *recording_node(const struct recording *recording, uint32_t number)
{
	return recording->nodes.keys[number].data;
}

static int keep_node(struct recording *recording, struct slice node, uint32_t *ret)
{
	int r = intern_add(&recording->nodes, node, ret);

	return r < 0 ? r : 0;
}

/* Forgets what no longer holds of the whole group. */
static int blur_group(struct recording *recording, struct group *group, struct slice node,
		      uint32_t pid, uint32_t session)
{
	if (!slice_equal(recording->nodes.keys[group->node], node)) {
		int r = keep_node(recording, SLICE(""), &group->node);

		if (r < 0)
			return r;
	}
	if (group->pid != pid)
		group->pid = RECORD_UNSET;
	if (group->session != session)
		group->session = RECORD_UNSET;
	return 0;
}

int recording_group(struct recording *recording, struct slice name, struct slice node, uint32_t pid,
		    uint32_t session, uint32_t *ret_index)
{
	struct group group = { .pid = pid, .session = session };
	uint32_t index;
	int r;

	if (intern_find(&recording->names, name, &index) == 0) {
		*ret_index = index;
		return blur_group(recording, &recording->groups[index], node, pid, session);
	}
	if (recording->n_groups >= RECORDING_GROUPS_MAX)
		return -E2BIG;
	if ((name.len > 0 && memchr(name.data, '\0', name.len)) ||
	    (node.len > 0 && memchr(node.data, '\0', node.len)))
		return -EINVAL;
	r = array_reserve(&recording->groups, &recording->groups_allocated, recording->n_groups + 1,
			  sizeof(group));
	if (r < 0)
		return r;
	r = keep_node(recording, node, &group.node);
	if (r < 0)
		return r;
	r = intern_add(&recording->names, name, &index);
	if (r < 0)
		return r;
	group.name = recording->names.keys[index].data;
	recording->groups[recording->n_groups++] = group;
	*ret_index = index;
	return 0;
}

/* bit 30 of a negative number is its sign's, not the ABI's */
static bool is_x32(uint32_t audit, int32_t nr)
{
	return audit == AUDIT_ARCH_X86_64 && nr >= ARCH_X32_BIT;
}

static int insert_arch(struct group *group, size_t at, uint32_t audit, bool x32, int32_t nr)
{
	struct group_arch *arches;

	if (group->n_arches >= RECORDING_ARCHES_MAX)
		return -E2BIG;
	arches = reallocarray(group->arches, group->n_arches + 1, sizeof(*arches));
	if (!arches)
		return -ENOMEM;
	group->arches = arches;
	memmove(arches + at + 1, arches + at, (group->n_arches - at) * sizeof(*arches));
	arches[at] =
		(struct group_arch){ .arch = arch_by_audit(audit, nr), .audit = audit, .x32 = x32 };
	group->n_arches++;
	return 0;
}

/* Where the architecture is, or where it belongs. */
static size_t find_arch(const struct group *group, uint32_t audit, bool x32)
{
	size_t i = 0;

	for (; i < group->n_arches; i++) {
		const struct group_arch *arch = &group->arches[i];

		if (arch->audit > audit || (arch->audit == audit && arch->x32 <= x32))
			break;
	}
	return i;
}

static bool has_arch(const struct group *group, size_t at, uint32_t audit, bool x32)
{
	return at < group->n_arches && group->arches[at].audit == audit &&
	       group->arches[at].x32 == x32;
}

struct group_arch *recording_group_arch(struct recording *recording, uint32_t group,
					uint32_t audit_arch, int32_t nr)
{
	struct group *of = &recording->groups[group];
	bool x32 = is_x32(audit_arch, nr);
	size_t at = find_arch(of, audit_arch, x32);

	return has_arch(of, at, audit_arch, x32) ? &of->arches[at] : NULL;
}

static int get_arch(struct group *group, uint32_t audit, int32_t nr, struct group_arch **ret)
{
	bool x32 = is_x32(audit, nr);
	size_t i = find_arch(group, audit, x32);

	if (!has_arch(group, i, audit, x32)) {
		int r = insert_arch(group, i, audit, x32, nr);

		if (r < 0)
			return r;
	}
	*ret = &group->arches[i];
	return 0;
}

/* Number and action as one number that sorts like the two. */
static inline uint64_t call_key(int32_t nr, unsigned int action)
{
	return (uint64_t)((int64_t)nr - INT32_MIN) << 8 | action;
}

/* Where the call is, or where it belongs. */
static size_t find_call(const struct group_arch *arch, uint64_t key)
{
	const struct observation *base = arch->observations;
	size_t n = arch->n;

	if (n == 0)
		return 0;
	while (n > 1) {
		size_t half = n / 2;

		base += call_key(base[half].nr, base[half].action) <= key ? half : 0;
		n -= half;
	}
	return (size_t)(base - arch->observations) + (call_key(base->nr, base->action) < key);
}

/* A hundred thousand groups of 40 calls each are the measure: small steps that fit that, and later
 * steps that keep the copying in proportion. */
static size_t next_size(size_t size)
{
	if (size < 8)
		return size + 4;
	return size < 64 ? size + 8 : size + size / 4;
}

static int grow_calls(struct group_arch *arch)
{
	size_t wanted = next_size(arch->allocated);
	struct observation *observations;

	if (arch->n >= RECORDING_CALLS_MAX)
		return -E2BIG;
	if (arch->n < arch->allocated)
		return 0;
	observations = reallocarray(arch->observations, wanted, sizeof(*observations));
	if (!observations)
		return -ENOMEM;
	arch->observations = observations;
	arch->allocated = (uint32_t)wanted;
	return 0;
}

static int insert_call(struct group_arch *arch, size_t at, const struct observation *seen)
{
	int r = grow_calls(arch);

	if (r < 0)
		return r;
	memmove(arch->observations + at + 1, arch->observations + at,
		(arch->n - at) * sizeof(*arch->observations));
	arch->observations[at] = *seen;
	arch->n++;
	return 0;
}

int recording_reserve(struct recording *recording, uint32_t group, uint32_t audit_arch, int32_t nr,
		      size_t n)
{
	struct group_arch *arch;
	int r;

	if (n == 0 || n > RECORDING_CALLS_MAX)
		return 0;
	r = get_arch(&recording->groups[group], audit_arch, nr, &arch);
	if (r < 0 || arch->allocated > 0)
		return r == -E2BIG ? 0 : r; /* too many: told when a call is observed */
	arch->observations = calloc(n, sizeof(*arch->observations));
	if (!arch->observations)
		return -ENOMEM;
	arch->allocated = (uint32_t)n;
	return 0;
}

static int64_t checked_time(int64_t ms)
{
	return ms >= 0 && ms <= RECORDING_TIME_MAX ? ms : TIME_UNKNOWN;
}

static int join_call(struct recording *recording, struct observation *call,
		     const struct observation *seen)
{
	if (call->actors != seen->actors) {
		uint32_t actors;
		int r = actors_join(recording, call->actors, seen->actors, &actors);

		if (r < 0)
			return r;
		call->actors = actors;
	}
	call->count = seen->count > RECORDING_COUNT_MAX - call->count ? RECORDING_COUNT_MAX
								      : call->count + seen->count;
	if (seen->first_ms != TIME_UNKNOWN &&
	    (call->first_ms == TIME_UNKNOWN || seen->first_ms < call->first_ms))
		call->first_ms = seen->first_ms;
	/* TIME_UNKNOWN is below every time. */
	if (seen->last_ms > call->last_ms)
		call->last_ms = seen->last_ms;
	return 0;
}

static int observe(struct recording *recording, struct group *group, uint32_t audit,
		   const struct observation *seen, bool *ret_new)
{
	uint64_t key = call_key(seen->nr, seen->action);
	struct group_arch *arch;
	size_t at;
	int r = get_arch(group, audit, seen->nr, &arch);

	if (r < 0)
		return r;
	at = find_call(arch, key);
	*ret_new = at == arch->n ||
		   call_key(arch->observations[at].nr, arch->observations[at].action) != key;
	if (*ret_new)
		return insert_call(arch, at, seen);
	return join_call(recording, &arch->observations[at], seen);
}

int recording_observe(struct recording *recording, uint32_t group, uint32_t audit_arch,
		      const struct observation *seen, bool *ret_new)
{
	bool is_new = false;
	int r = observe(recording, &recording->groups[group], audit_arch, seen, &is_new);

	if (r == -E2BIG) {
		evidence_add(&recording->evidence, FINDING_CAPPED, seen->count, NULL);
		is_new = false;
		r = 0;
	}
	if (r == 0 && ret_new)
		*ret_new = is_new;
	return r;
}

int recording_add(struct recording *recording, uint32_t group, uint32_t audit_arch, int32_t nr,
		  uint32_t code, uint32_t actor, int64_t first_ms, int64_t last_ms, uint64_t count,
		  bool *ret_new)
{
	const struct observation seen = {
		.nr = nr,
		.actors = actor == RECORDING_ACTOR_OMITTED ? ACTORS_OMITTED : actor,
		.count = count < RECORDING_COUNT_MAX ? count : RECORDING_COUNT_MAX,
		.action = action_from_code(code),
		.first_ms = checked_time(first_ms),
		.last_ms = checked_time(last_ms),
	};

	return recording_observe(recording, group, audit_arch, &seen, ret_new);
}

uint64_t group_records(const struct group *group)
{
	uint64_t records = 0;

	for (size_t i = 0; i < group->n_arches; i++)
		for (size_t j = 0; j < group->arches[i].n; j++)
			if (__builtin_add_overflow(records, group->arches[i].observations[j].count,
						   &records))
				return UINT64_MAX;
	return records;
}

int recording_prepare_names(const struct recording *recording, struct syscall_table *names)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < recording->n_groups; i++) {
		const struct group *group = &recording->groups[i];

		for (uint32_t j = 0; r == 0 && j < group->n_arches; j++)
			if (group->arches[j].arch)
				r = syscall_prepare(names, group->arches[j].arch);
	}
	return r;
}
