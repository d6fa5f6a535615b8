/* SPDX-License-Identifier: Apache-2.0 */
#include "model/argument_intake.h"
#include "arch/action.h"
#include "audit/scan_syscall.h"
#include "model/recording_arguments.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

/* SECCOMP records of one call of one process whose SYSCALL records are still to come. */
struct pending {
	uint32_t node, session, pid, arch;
	int32_t nr;
	uint32_t group, count;
	bool mixed; /* of several groups: nobody can tell whose arguments come next */
};

struct argument_intake {
	struct recording *recording;
	struct syscall_table *names;
	char *const *calls;
	void *pending; /* a tree, see tsearch(3) */
	size_t n_pending;
};

struct argument_intake *argument_intake_new(struct recording *recording,
					    struct syscall_table *names, char *const *calls)
{
	struct argument_intake *intake = calloc(1, sizeof(*intake));

	if (!intake)
		return NULL;
	intake->recording = recording;
	intake->names = names;
	intake->calls = calls;
	return intake;
}

struct argument_intake *argument_intake_free(struct argument_intake *intake)
{
	if (intake)
		tdestroy(intake->pending, free);
	free(intake);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	/* A pid that is given out again may be somebody else's. */
	if (x->session != y->session)
		return x->session < y->session ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* The call whose arguments are wanted and can be told, or NULL. */
static const struct argument_call *wanted(const struct argument_intake *intake, uint32_t audit,
					  int32_t nr)
{
	const struct arch *arch = arch_by_audit(audit, nr);
	const char *name = arch ? syscall_name(intake->names, arch, nr) : NULL;
	const struct argument_call *call = name ? argument_call_by_name(name) : NULL;

	return call && (!intake->calls || name_list_has(intake->calls, name)) ? call : NULL;
}

static int await(struct argument_intake *intake, const struct pending *key)
{
	struct pending **found = tfind(key, &intake->pending, compare), *added;

	if (found) {
		(*found)->mixed |= (*found)->group != key->group;
		(*found)->count++;
		return 0;
	}
	if (intake->n_pending >= ARGUMENT_PENDING_MAX)
		return 0;
	added = malloc(sizeof(*added));
	if (!added)
		return -ENOMEM;
	*added = *key;
	if (!tsearch(added, &intake->pending, compare)) {
		free(added);
		return -ENOMEM;
	}
	intake->n_pending++;
	return 0;
}

static uint32_t session_of(const struct scan *scan)
{
	uint64_t value;

	if (slice_to_u64(scan->session, 10, &value) < 0 || value > UINT32_MAX)
		return RECORD_UNSET;
	return (uint32_t)value;
}

int argument_intake_seccomp(struct argument_intake *intake, const struct scan *scan, uint32_t node,
			    uint32_t group)
{
	const struct pending key = {
		.node = node,
		.session = session_of(scan),
		.pid = scan->pid,
		.arch = scan->arch,
		.nr = scan->nr,
		.group = group,
		.count = 1,
	};
	const struct argument_call *call = wanted(intake, scan->arch, scan->nr);
	int r;

	/* What was denied did not come as far as the audit of calls. */
	if (!call || action_from_code(scan->code) != ACTION_LOG)
		return 0;
	r = recording_expect_arguments(intake->recording, group, scan->arch, scan->nr, call);
	if (r < 0 || !argument_call_plain(call, arch_by_audit(scan->arch, scan->nr)))
		return r;
	return await(intake, &key);
}

/* Takes one off what is waited for: 1 with the group whose call it was; 0: nobody's. */
static int settle(struct argument_intake *intake, const struct pending *key, uint32_t *ret_group)
{
	struct pending **found = tfind(key, &intake->pending, compare), *pending;
	bool mixed;

	if (!found)
		return 0;
	pending = *found;
	mixed = pending->mixed;
	*ret_group = pending->group;
	if (--pending->count == 0) {
		tdelete(pending, &intake->pending, compare);
		free(pending);
		intake->n_pending--;
	}
	return !mixed;
}

int argument_intake_other(struct argument_intake *intake, const struct scan *scan, uint32_t node)
{
	struct argument_values values = { 0 };
	struct syscall_record record;
	const struct argument_call *call;
	struct pending key;
	uint32_t group;

	if (scan->type != TYPE_SYSCALL || !scan_syscall(scan, &record))
		return 0;
	key = (struct pending){
		.node = node,
		.session = record.session,
		.pid = record.pid,
		.arch = record.arch,
		.nr = record.nr,
	};
	call = wanted(intake, record.arch, record.nr);
	if (!call || settle(intake, &key, &group) == 0)
		return 0;
	argument_read(call, arch_by_audit(record.arch, record.nr), record.arguments, values.fields);
	return recording_add_arguments(intake->recording, group, record.arch, record.nr, call,
				       &values, 1);
}
