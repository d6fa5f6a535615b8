/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/scan_syscall.h"
#include "audit/scan_private.h"

/* Behind "NAME=": the digits up to the next space. */
static bool take_value(struct cursor *at, unsigned int base, uint64_t *ret)
{
	const char *start = at->at;

	while (at->at < at->end && *at->at != ' ')
		at->at++;
	/* A number at the very end may have been longer. */
	return cursor_left(at) > 0 &&
	       slice_to_u64((struct slice){ start, (size_t)(at->at - start) }, base, ret) == 0 &&
	       cursor_take(at, " ");
}

static void skip_value(struct cursor *at)
{
	while (at->at < at->end && *at->at != ' ')
		at->at++;
	cursor_take(at, " ");
}

/* What is there only for some: the personality, and the result of calls that have come back. */
static void skip_optional(struct cursor *at)
{
	static const struct slice names[] = { { "per=", 4 }, { "success=", 8 }, { "exit=", 5 } };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (cursor_take_bytes(at, names[i].data, names[i].len))
			skip_value(at);
}

static bool take_pid(struct cursor *at, uint32_t *ret)
{
	uint64_t value;

	if (!take_value(at, 10, &value) || value > INT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* Behind ids and the terminal, and in front of the names that somebody has chosen. */
static uint32_t find_session(struct slice fields, const char *from)
{
	const char *comm = scan_find(fields, from, " comm="), *found;
	uint64_t value;
	struct cursor at;

	found = scan_find(fields, from, " ses=");
	if (!found || (comm && comm < found))
		return RECORD_UNSET;
	at = (struct cursor){ found + strlen(" ses="), fields.data + fields.len };
	return take_value(&at, 10, &value) && value <= UINT32_MAX ? (uint32_t)value : RECORD_UNSET;
}

bool scan_syscall(const struct scan *scan, struct syscall_record *ret)
{
	static const char names[4][4] = { "a0=", "a1=", "a2=", "a3=" };
	struct cursor at = cursor_of(scan->fields);
	uint64_t arch, nr, items;

	if (scan->type != TYPE_SYSCALL || !scan->fields.data)
		return false;
	if (!cursor_take(&at, "arch=") || !take_value(&at, 16, &arch) || arch > UINT32_MAX ||
	    !cursor_take(&at, "syscall=") || !take_value(&at, 10, &nr) || nr > INT32_MAX)
		return false;
	skip_optional(&at);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!cursor_take_bytes(&at, names[i], 3) ||
		    !take_value(&at, 16, &ret->arguments[i]))
			return false;
	ret->arch = (uint32_t)arch;
	ret->nr = (int32_t)nr;
	if (!cursor_take(&at, "items=") || !take_value(&at, 10, &items) ||
	    !cursor_take(&at, "ppid=") || !take_pid(&at, &ret->ppid) || !cursor_take(&at, "pid=") ||
	    !take_pid(&at, &ret->pid))
		return false;
	ret->session = find_session(scan->fields, at.at);
	return true;
}
