/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a record is: up the ladder, until somebody can tell. */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "target/process_look.h"
#include "target/tenants_private.h"

#include <errno.h>
#include <string.h>

#define RENAMES_MAX 16 /* a tenant that becomes another program for ever keeps a name at last */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* As the kernel writes a text that a process chose: in quotes, or in hex (kernel/audit.c). */
static struct slice decode_comm(struct slice raw, char buffer[2 * PROCESS_COMM_SIZE])
{
	size_t n = 0;

	if (raw.len >= 2 && raw.data[0] == '"')
		return (struct slice){ raw.data + 1, raw.len - 2 };
	for (size_t i = 0; i + 1 < raw.len && n < 2 * PROCESS_COMM_SIZE; i += 2) {
		int high = hex_value(raw.data[i]), low = hex_value(raw.data[i + 1]);

		if (high < 0 || low < 0)
			break;
		buffer[n++] = (char)(high << 4 | low);
	}
	return (struct slice){ buffer, n };
}

static uint32_t session_of(const struct scan *scan)
{
	uint64_t value;

	if (slice_to_u64(scan->session, 10, &value) < 0 || value > UINT32_MAX)
		return RECORD_UNSET;
	return (uint32_t)value;
}

static uint32_t by_session(const struct tenants *tenants, const struct scan *scan)
{
	uint32_t session = tenants->n_sessions ? session_of(scan) : RECORD_UNSET;

	for (size_t i = 0; session != RECORD_UNSET && i < tenants->n_sessions; i++)
		if (tenants->sessions[i].session == session)
			return tenants->sessions[i].tenant;
	return TENANT_NONE;
}

/* Up the ladder. 0, -E2BIG, -ENOMEM. */
static int find_tenant(struct tenants *tenants, uint32_t number, const struct scan *scan,
		       uint32_t *ret)
{
	char buffer[2 * PROCESS_COMM_SIZE];
	struct slice comm = decode_comm(scan->comm, buffer);
	int r = 0;

	*ret = by_session(tenants, scan);
	if (*ret == TENANT_NONE)
		*ret = processes_inherited(&tenants->processes, number);
	if (*ret == TENANT_NONE) {
		r = tenants_settle(tenants, number, comm, ret);
		if (r == -ESRCH) {
			r = tenants_own(tenants, number, comm, ret);
			if (r >= 0)
				tenants->items[*ret].doubtful = true;
		}
	}
	if (r >= 0)
		tenants_assign(tenants, number, *ret);
	return r;
}

/* The topmost process has become another program: that is what it is known by. */
static int follow_exec(struct tenants *tenants, uint32_t number, const struct scan *scan)
{
	struct tenant *tenant = &tenants->items[number];
	_cleanup_strbuf_ struct strbuf name = { 0 };
	char buffer[2 * PROCESS_COMM_SIZE];
	struct slice comm;
	char *exe;

	if (tenant->renames >= RENAMES_MAX || (tenant->exe && slice_is(scan->exe, tenant->exe)))
		return 0;
	tenant->renames++;
	exe = slice_copy(scan->exe);
	if (!exe)
		return -ENOMEM;
	free(tenant->exe);
	tenant->exe = exe;
	comm = decode_comm(scan->comm, buffer);
	strbuf_append(&name, comm.data, comm.len);
	strbuf_printf(&name, "-%d", (int)tenant->pid);
	if (!strbuf_text(&name))
		return -ENOMEM;
	return tenants_rename(tenants, number, (struct slice){ name.data, name.len });
}

static enum owner judge(const struct tenants *tenants, uint32_t number, uint32_t tenant)
{
	const struct process *process = processes_get(&tenants->processes, number);

	if (tenants->items[tenant].doubtful && tenants_select(tenants))
		return OWNER_UNKNOWN;
	if (tenants->options.n_pids > 0 && !process->selected)
		return OWNER_OTHER;
	return tenants->items[tenant].wanted ? OWNER_TARGET : OWNER_OTHER;
}

/* Whose the record is, is not known; but nobody else's than of these two, if it is known who the
 * other one is. */
static enum owner judge_both(struct tenants *tenants, uint32_t number, uint32_t tenant,
			     uint32_t other, uint32_t other_tenant)
{
	if (other_tenant == PROCESS_NO_TARGET)
		return OWNER_UNKNOWN;
	if (judge(tenants, number, tenant) == OWNER_OTHER &&
	    judge(tenants, other, other_tenant) == OWNER_OTHER)
		return OWNER_OTHER;
	tenants->items[tenant].unsure++;
	tenants->items[other_tenant].unsure++;
	tenants->losses.unsure++;
	return OWNER_OTHER;
}

/* Whether the one who has the pid had not begun: then it was somebody who is not remembered. */
static bool is_too_early(const struct process *process, int64_t time_ms)
{
	return time_ms != TIME_UNKNOWN && process->started_ms != TIME_UNKNOWN &&
	       time_ms < process->started_ms - TENANTS_SLACK_MS;
}

/* The process that made the record. 0; -ESRCH: it is not known; -ENOMEM. */
static int find_process(struct tenants *tenants, const struct scan *scan, uint32_t *ret,
			uint32_t *ret_other)
{
	int64_t time_ms, wall_ms, steady_ms;
	int r = 0;

	time_both_ms(&wall_ms, &steady_ms);
	time_ms = time_steady_of(&tenants->wall, scan->time_ms, wall_ms, steady_ms);
	if (time_ms != TIME_UNKNOWN)
		tenants_heard(tenants, time_ms);
	*ret = processes_at(&tenants->processes, (pid_t)scan->pid, time_ms, ret_other);
	if (*ret == PROCESS_NONE)
		r = tenants_discover(tenants, (pid_t)scan->pid, ret);
	if (r >= 0 && is_too_early(processes_get(&tenants->processes, *ret), time_ms))
		r = -ESRCH;
	return r < 0 && r != -ENOMEM ? -ESRCH : r;
}

int tenants_of(struct tenants *tenants, const struct scan *scan, enum owner *ret_owner,
	       uint32_t *ret_tenant)
{
	uint32_t other, number, tenant, other_tenant;
	int r = find_process(tenants, scan, &number, &other);

	*ret_owner = OWNER_UNKNOWN;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	tenant = processes_get(&tenants->processes, number)->target;
	if (tenant == PROCESS_NO_TARGET)
		r = find_tenant(tenants, number, scan, &tenant);
	if (r == -E2BIG) {
		tenants->losses.tenants++;
		*ret_owner = OWNER_OTHER;
		return 0;
	}
	if (r < 0)
		return r;
	other_tenant =
		other == PROCESS_NONE ? tenant : processes_inherited(&tenants->processes, other);
	if (other_tenant != tenant) {
		*ret_owner = judge_both(tenants, number, tenant, other, other_tenant);
		return 0;
	}
	if (!tenants->items[tenant].final && tenants->items[tenant].pid == (pid_t)scan->pid)
		r = follow_exec(tenants, tenant, scan);
	*ret_owner = judge(tenants, number, tenant);
	if (*ret_owner != OWNER_UNKNOWN)
		tenants->losses.doubtful += tenants->items[tenant].doubtful;
	*ret_tenant = tenant;
	return r;
}
