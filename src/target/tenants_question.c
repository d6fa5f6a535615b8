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

static enum owner judge(struct tenants *tenants, uint32_t number, uint32_t tenant)
{
	const struct process *process = processes_get(&tenants->processes, number);

	if (tenants->items[tenant].doubtful && tenants_select(tenants))
		return OWNER_UNKNOWN;
	tenants->losses.doubtful += tenants->items[tenant].doubtful;
	if (tenants->options.n_pids > 0 && !process->selected)
		return OWNER_OTHER;
	return tenants->items[tenant].wanted ? OWNER_TARGET : OWNER_OTHER;
}

int tenants_of(struct tenants *tenants, const struct scan *scan, enum owner *ret_owner,
	       uint32_t *ret_tenant)
{
	uint32_t other, number, tenant;
	int r = 0;

	*ret_owner = OWNER_UNKNOWN;
	number = processes_at(&tenants->processes, (pid_t)scan->pid,
			      time_steady_of(&tenants->wall, scan->time_ms, time_now_ms(),
					     time_steady_ms()),
			      &other);
	if (number == PROCESS_NONE)
		r = tenants_discover(tenants, (pid_t)scan->pid, &number);
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
	if (other != PROCESS_NONE && processes_inherited(&tenants->processes, other) != tenant)
		return 0;
	if (!tenants->items[tenant].final && tenants->items[tenant].pid == (pid_t)scan->pid)
		r = follow_exec(tenants, tenant, scan);
	*ret_owner = judge(tenants, number, tenant);
	*ret_tenant = tenant;
	return r;
}
