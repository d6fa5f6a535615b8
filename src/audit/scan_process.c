/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What records of other types say of processes: SYSCALL (audit_log_exit(), kernel/auditsc.c), LOGIN
 * (audit_log_set_loginuid(), kernel/audit.c), ANOM_ABEND (audit_core_dumps(), kernel/auditsc.c).
 */
#include "arch/syscall.h"
#include "audit/record.h"
#include "audit/scan_private.h"
#include <linux/audit.h>

enum field {
	FIELD_PID,
	FIELD_PPID,
	FIELD_SESSION,
	FIELD_COMM,
	FIELD_EXE,
	FIELD_ARCH,
	FIELD_SYSCALL,
	FIELD_SUCCESS,
	FIELD_RESULT,
	FIELD_KEY,
	FIELD_COUNT,
};

static const struct slice field_names[FIELD_COUNT] = {
	[FIELD_PID] = SLICE("pid="),	     [FIELD_PPID] = SLICE("ppid="),
	[FIELD_SESSION] = SLICE("ses="),     [FIELD_COMM] = SLICE("comm="),
	[FIELD_EXE] = SLICE("exe="),	     [FIELD_ARCH] = SLICE("arch="),
	[FIELD_SYSCALL] = SLICE("syscall="), [FIELD_SUCCESS] = SLICE("success="),
	[FIELD_RESULT] = SLICE("res="),	     [FIELD_KEY] = SLICE("key="),
};

/* In the text of `ausearch -i` a name may hold spaces: it ends where what follows it begins. */
static const char *spaced_end(struct slice text, const char *start, enum field field)
{
	static const char *const followers[] = { " exe=", " subj=", " key=", " sig=" };
	const char *end = text.data + text.len;

	for (size_t i = field == FIELD_COMM ? 0 : 1; i < ARRAY_SIZE(followers); i++) {
		const char *next = scan_find(text, start, followers[i]);

		if (next && next < end)
			end = next;
	}
	return end;
}

static const char *plain_end(struct slice text, const char *start)
{
	const char *end = text.data + text.len, *p = start;

	if (p < end && *p == '"') {
		p = memchr(p + 1, '"', (size_t)(end - p) - 1);
		return p ? p + 1 : end;
	}
	while (p < end && (unsigned char)*p > ' ')
		p++;
	return p;
}

/* The raw value of each field, the first one of a name. */
static void find_values(struct slice text, bool interpreted, struct slice *values)
{
	const char *p = text.data, *end = text.data + text.len;

	while (p < end) {
		struct slice left = { p, (size_t)(end - p) };
		size_t field = 0;

		while (field < FIELD_COUNT && (*p != field_names[field].data[0] ||
					       !slice_starts(left, field_names[field])))
			field++;
		if (field < FIELD_COUNT && !values[field].data) {
			const char *start = p + field_names[field].len;
			bool spaced = interpreted && (field == FIELD_COMM || field == FIELD_EXE);

			p = spaced ? spaced_end(text, start, (enum field)field)
				   : plain_end(text, start);
			values[field] = (struct slice){ start, (size_t)(p - start) };
		} else {
			p = plain_end(text, p);
		}
		while (p < end && (unsigned char)*p <= ' ')
			p++;
	}
}

/* Behind 0x1D stands what auditd has added. */
static struct slice without_enrichment(struct slice text)
{
	const char *mark = memchr(text.data, 0x1d, text.len);

	return mark ? (struct slice){ text.data, (size_t)(mark - text.data) } : text;
}

static uint32_t number_or(struct slice value, unsigned int base, uint32_t otherwise)
{
	uint64_t number;

	if (!value.data || slice_to_u64(value, base, &number) < 0 || number > UINT32_MAX)
		return otherwise;
	return (uint32_t)number;
}

static bool is_pid(uint32_t pid)
{
	return pid > 0 && pid <= INT32_MAX;
}

/* ---- what it means --------------------------------------------------------------------------- */

/* The name of the call of a SYSCALL record; NULL: nobody knows it. */
static const char *call_name(const struct scanner *scanner, struct slice arch, struct slice nr)
{
	uint32_t audit = number_or(arch, 16, 0);
	const struct arch *table;
	int64_t number;

	if (slice_to_i64(nr, &number) < 0)
		return NULL;
	table = arch_by_audit(audit, number);
	return table ? syscall_name(scanner->names, table, number) : NULL;
}

/* `exit` ends a thread; of a process only exit_group is known to be the end. */
static enum process_event event_of_call(struct slice name, struct slice success)
{
	if (slice_is(name, "exit_group"))
		return PROCESS_END;
	if (slice_is(success, "yes") && (slice_is(name, "execve") || slice_is(name, "execveat")))
		return PROCESS_EXEC;
	return PROCESS_OTHER;
}

static enum process_event event_of(const struct scanner *scanner, const struct scan *scan,
				   const struct slice *values)
{
	struct slice name = values[FIELD_SYSCALL];

	if (scan->type == AUDIT_LOGIN)
		return slice_is(values[FIELD_RESULT], "1") || slice_is(values[FIELD_RESULT], "yes")
			       ? PROCESS_LOGIN
			       : PROCESS_OTHER;
	if (scan->type == AUDIT_ANOM_ABEND)
		return PROCESS_END;
	if (!scan->interpreted && name.data)
		name = slice_from(call_name(scanner, values[FIELD_ARCH], name));
	return event_of_call(name, values[FIELD_SUCCESS]);
}

bool scan_process(const struct scanner *scanner, const struct scan *scan, struct scan_process *ret)
{
	struct slice values[FIELD_COUNT] = { 0 };
	uint32_t pid;

	if (scan->type != AUDIT_SYSCALL && scan->type != AUDIT_LOGIN &&
	    scan->type != AUDIT_ANOM_ABEND)
		return false;
	find_values(without_enrichment(scan->fields), scan->interpreted, values);
	pid = number_or(values[FIELD_PID], 10, 0);
	if (!is_pid(pid))
		return false;
	*ret = (struct scan_process){
		.event = event_of(scanner, scan, values),
		.pid = pid,
		.parent = number_or(values[FIELD_PPID], 10, 0),
		.session = number_or(values[FIELD_SESSION], 10, RECORD_UNSET),
		.comm = values[FIELD_COMM],
		.exe = values[FIELD_EXE],
		.key = values[FIELD_KEY],
	};
	return true;
}
