/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_groups_ask_proc(): who is in a log and still lives is asked, in /proc, for its container or
 * unit and, where no record says that, for its parent.
 */
#include "base/cleanup.h"
#include "model/log_groups.h"
#include "target/cgroup_name.h"
#include "target/process_look.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

struct asking {
	struct log_groups *groups;
	const struct slice *node_names;
	char host[HOST_NAME_MAX + 1];
	char own_cgroup[PROCESS_CGROUP_MAX];
	struct cgroup_name own; /* of it; tells nobody apart who was started beside us */
	int proc;
};

/* /proc knows this machine's processes: those of records without node=, or with its name. */
static bool is_local(const struct asking *asking, uint32_t node)
{
	struct slice name = asking->node_names[node];

	return name.len == 0 || slice_is(name, asking->host);
}

/*
 * Whether the process that has the pid today is the one that the log speaks of: it was there when
 * the first record was made. A pid that was given again has a later start.
 */
static bool lives(const struct asking *asking, uint32_t number, struct process_look *look)
{
	const struct log_lineage *lineage = &asking->groups->lineage;
	const struct life *life = &lineage->lives[number];

	return life->used && life->met && !life->ended && !life->replaced &&
	       life->boot == lineage->nodes[life->node].boot && life->first_ms != TIME_UNKNOWN &&
	       is_local(asking, life->node) &&
	       process_look(asking->proc, (pid_t)life->pid, look) == 0 &&
	       look->started_ms <= life->first_ms + LOG_LINEAGE_SOON_MS;
}

/* It may have ended, and its pid been given again, while it was asked. */
static bool still_lives(const struct asking *asking, pid_t pid, const struct process_look *before)
{
	struct process_look look;

	return process_look(asking->proc, pid, &look) == 0 && look.ticks == before->ticks;
}

static int ask_name(struct asking *asking, uint32_t number, const struct process_look *look)
{
	pid_t pid = (pid_t)asking->groups->lineage.lives[number].pid;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	char file[PROCESS_CGROUP_MAX];
	struct cgroup_name name;
	ssize_t len = process_cgroup(asking->proc, pid, file);

	if (len < 0 || !still_lives(asking, pid, look))
		return 0;
	cgroup_name_choose((struct slice){ file, (size_t)len }, &name);
	if ((name.kind != CGROUP_CONTAINER && name.kind != CGROUP_UNIT) ||
	    slice_equal(name.path, asking->own.path))
		return 0;
	cgroup_name_put(&name, &text);
	if (text.failed)
		return -ENOMEM;
	return log_groups_name(asking->groups, number, (struct slice){ text.data, text.len });
}

/* Only to somebody who is in the log: who else has it now may have adopted it. */
static void ask_parent(struct asking *asking, uint32_t number, const struct process_look *look)
{
	struct log_lineage *lineage = &asking->groups->lineage;
	struct life *life = &lineage->lives[number];
	uint32_t parent = log_lineage_current(lineage, life->node, (uint32_t)look->parent);
	struct process_look above;

	if (life->linked || parent == LOG_LINEAGE_NONE || parent == number ||
	    !lives(asking, parent, &above) || !still_lives(asking, (pid_t)life->pid, look))
		return;
	life->linked = true;
	life->parent = parent;
	lineage->lives[parent].children++;
	asking->groups->renames = true;
}

int log_groups_ask_proc(struct log_groups *groups, const struct slice *node_names)
{
	_cleanup_close_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct asking asking = { .groups = groups, .node_names = node_names, .proc = proc };
	ssize_t len;
	int r = 0;

	if (proc < 0 || gethostname(asking.host, sizeof(asking.host) - 1) < 0)
		return -errno;
	len = process_cgroup(proc, getpid(), asking.own_cgroup);
	cgroup_name_choose((struct slice){ asking.own_cgroup, len > 0 ? (size_t)len : 0 },
			   &asking.own);
	for (uint32_t i = 0; r >= 0 && i < groups->lineage.n_lives; i++) {
		struct process_look look;

		if (!groups->lineage.lives[i].logged || !lives(&asking, i, &look))
			continue;
		ask_parent(&asking, i, &look);
		r = ask_name(&asking, i, &look);
	}
	return r;
}
