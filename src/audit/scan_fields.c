/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a record in the kernel's own form. Nearly every record has them in the order in
 * which today's kernels print them, and is read in one pass; any other is read field by field.
 */
#include "audit/scan_private.h"

/* ---- values ---------------------------------------------------------------------------------- */

static bool take_u32(struct cursor *at, struct slice *raw)
{
	const char *start = at->at;
	uint64_t value;

	if (!cursor_take_number(at, &value) || value > UINT32_MAX)
		return false;
	*raw = (struct slice){ start, (size_t)(at->at - start) };
	return true;
}

static bool take_pid(struct cursor *at, uint32_t *ret)
{
	uint64_t value;

	if (!cursor_take_number(at, &value) || value == 0 || value > INT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

static bool take_nr(struct cursor *at, int32_t *ret)
{
	bool negative = cursor_take(at, "-");
	uint64_t value;

	if (!cursor_take_number(at, &value) || value > INT32_MAX)
		return false;
	*ret = negative ? -(int32_t)value : (int32_t)value;
	return true;
}

const unsigned char scan_hex_values[256] = {
	[0 ... '0' - 1] = 0xff,
	['0'] = 0,
	1,
	2,
	3,
	4,
	5,
	6,
	7,
	8,
	9,
	['9' + 1 ... 'a' - 1] = 0xff,
	['a'] = 10,
	11,
	12,
	13,
	14,
	15,
	['f' + 1 ... 255] = 0xff,
};

/* Up to 16 digits: an instruction pointer. */
static bool take_hex(struct cursor *at, uint64_t *ret)
{
	const char *p = at->at, *start = p;
	uint64_t value = 0;
	unsigned char digit;

	for (; p < at->end && (digit = scan_hex_values[(unsigned char)*p]) < 16; p++)
		value = value << 4 | digit;
	if (p == start || p - start > 16)
		return false;
	at->at = p;
	*ret = value;
	return true;
}

static bool take_hex_u32(struct cursor *at, uint32_t *ret)
{
	uint64_t value;

	if (!take_hex(at, &value) || value > UINT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

/*
 * comm= and exe=: quoted, or else in hex, `(null)` or the like. The kernel never quotes a text with
 * a space, a quote, a control or a non-ASCII byte in it (audit_string_contains_control(),
 * kernel/audit.c), so such a text was written by somebody else.
 */
static bool take_text(struct cursor *at, struct slice *ret)
{
	const char *p = at->at, *start = p;

	if (p == at->end)
		return false;
	if (*p == '"') {
		for (p++; p<at->end && * p> 0x20 && *p < 0x7f && *p != '"'; p++)
			;
		if (p == at->end || *p++ != '"')
			return false;
	} else {
		for (; p<at->end && * p> 0x20 && *p < 0x7f && *p != '"' && *p != '='; p++)
			;
	}
	at->at = p;
	*ret = (struct slice){ start, (size_t)(p - start) };
	return p > start;
}

/* ---- code= ----------------------------------------------------------------------------------- */

/* SECCOMP_RET_* (linux/seccomp.h) */
static const uint32_t known_codes[] = {
	0x7ffc0000, 0x50000, 0x30000, 0x0, 0x80000000, 0x7ff00000, 0x7fc00000, 0x7fff0000,
};

static bool is_known(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_codes); i++)
		if (known_codes[i] == code)
			return true;
	return false;
}

/* At the end of a line an unknown code that is the beginning of one that we know is cut off. */
static bool code_is_cut(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_codes) && !is_known(code); i++)
		for (uint32_t begin = known_codes[i] >> 4; begin; begin >>= 4)
			if (begin == code)
				return true;
	return false;
}

/* What may stand behind the last field: nothing, a space, or an enrichment, with its separator or
 * without. */
static bool ends_record(struct cursor at)
{
	return at.at == at.end || *at.at == ' ' || *at.at == 0x1d || cursor_take(&at, "AUID=");
}

/* Behind "code=". */
static const char *take_code(struct cursor *at, uint32_t *ret)
{
	if (!cursor_take(at, "0x") || !take_hex_u32(at, ret))
		return at->at == at->end ? "code= is cut off" : "code= is not a hexadecimal number";
	if (at->at == at->end && code_is_cut(*ret))
		return "code= is cut off";
	if (!ends_record(*at))
		return "something is stuck to code=";
	/* The low half is the filter's data, which the kernel does not print. */
	if (*ret & 0xffff)
		return "code= is not an action";
	return NULL;
}

/* ---- in the kernel's order ------------------------------------------------------------------- */

/* A label may hold spaces: it ends where pid= and comm= follow. */
static bool take_subject(struct cursor *at, struct slice *ret)
{
	const char *start = at->at, *p = start;

	for (; (p = memchr(p, ' ', (size_t)(at->end - p))); p++) {
		struct cursor behind = { p, at->end };
		uint64_t pid;

		if (!cursor_take(&behind, " pid=") || !cursor_take_number(&behind, &pid) ||
		    !cursor_take(&behind, " comm="))
			continue;
		*ret = (struct slice){ start, (size_t)(p - start) };
		at->at = p;
		/* No label, but a record that was cut off, and another behind it. */
		return !memchr(start, '\0', ret->len) && !memmem(start, ret->len, "audit(", 6);
	}
	return false;
}

static bool take_who(struct cursor *at, struct scan *ret)
{
	if (!cursor_take(at, "auid=") || !take_u32(at, &ret->auid) || !cursor_take(at, " uid=") ||
	    !take_u32(at, &ret->uid) || !cursor_take(at, " gid=") || !take_u32(at, &ret->gid) ||
	    !cursor_take(at, " ses=") || !take_u32(at, &ret->session))
		return false;
	if (cursor_take(at, " subj=") && !take_subject(at, &ret->subject))
		return false;
	return cursor_take(at, " pid=") && take_pid(at, &ret->pid) && cursor_take(at, " comm=") &&
	       take_text(at, &ret->comm) && cursor_take(at, " exe=") && take_text(at, &ret->exe);
}

static bool take_what(struct cursor *at, struct scan *ret)
{
	uint64_t skipped;

	return cursor_take(at, " sig=") && cursor_take_number(at, &skipped) &&
	       cursor_take(at, " arch=") && take_hex_u32(at, &ret->arch) &&
	       cursor_take(at, " syscall=") && take_nr(at, &ret->nr) &&
	       cursor_take(at, " compat=") && cursor_take_number(at, &skipped) &&
	       cursor_take(at, " ip=0x") && take_hex(at, &skipped) && cursor_take(at, " code=");
}

/* ---- by name --------------------------------------------------------------------------------- */

enum field {
	FIELD_AUID,
	FIELD_UID,
	FIELD_GID,
	FIELD_SESSION,
	FIELD_SUBJECT,
	FIELD_PID,
	FIELD_COMM,
	FIELD_EXE,
	FIELD_SIG,
	FIELD_ARCH,
	FIELD_SYSCALL,
	FIELD_COMPAT,
	FIELD_IP,
	FIELD_CODE,
	FIELD_COUNT,
};

static const char *const field_names[FIELD_COUNT] = {
	"auid=", "uid=", "gid=",  "ses=",     "subj=",	 "pid=", "comm=",
	"exe=",	 "sig=", "arch=", "syscall=", "compat=", "ip=",	 "code=",
};

static bool take_field_name(struct cursor *at, enum field *ret)
{
	struct slice left = { at->at, cursor_left(at) };

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		struct slice name = slice_from(field_names[i]);

		if (slice_starts(left, name)) {
			at->at += name.len;
			*ret = (enum field)i;
			return true;
		}
	}
	return false;
}

static void skip_token(struct cursor *at)
{
	while (at->at < at->end && *at->at != ' ' && *at->at != 0x1d)
		at->at++;
}

static void skip_spaces(struct cursor *at)
{
	while (at->at < at->end && *at->at == ' ')
		at->at++;
}

/* Up to the next field that we know. */
static void skip_label(struct cursor *at)
{
	struct cursor ahead;
	enum field field;

	do {
		skip_token(at);
		ahead = *at;
		skip_spaces(&ahead);
		if (ahead.at == ahead.end || *ahead.at == 0x1d || take_field_name(&ahead, &field))
			return;
		at->at = ahead.at;
	} while (true);
}

static const char another_record[] = "another record begins within it";

/* Reads the value of one field; what it means is left at `at`. NULL, or what is wrong with it. */
static const char *take_value(struct cursor *at, enum field field, struct scan *ret)
{
	struct slice *const ids[FIELD_SUBJECT] = { &ret->auid, &ret->uid, &ret->gid,
						   &ret->session };
	const char *start = at->at;

	switch (field) {
	case FIELD_AUID:
	case FIELD_UID:
	case FIELD_GID:
	case FIELD_SESSION:
		return take_u32(at, ids[field]) ? NULL : "an id is not a number";
	case FIELD_SUBJECT:
		skip_label(at);
		ret->subject = (struct slice){ start, (size_t)(at->at - start) };
		return memmem(start, ret->subject.len, "audit(", 6) ? another_record : NULL;
	case FIELD_PID:
		return take_pid(at, &ret->pid) ? NULL : "pid= is not a process id";
	case FIELD_COMM:
		return take_text(at, &ret->comm) ? NULL : "comm= is not as the kernel writes it";
	case FIELD_EXE:
		return take_text(at, &ret->exe) ? NULL : "exe= is not as the kernel writes it";
	case FIELD_ARCH:
		return take_hex_u32(at, &ret->arch) ? NULL : "arch= is not a hexadecimal number";
	case FIELD_SYSCALL:
		return take_nr(at, &ret->nr) ? NULL : "syscall= is not a number";
	case FIELD_CODE:
		return take_code(at, &ret->code);
	default:
		skip_token(at);
		return NULL;
	}
}

static const char *missing_field(uint32_t seen)
{
	if (!(seen & 1u << FIELD_PID))
		return "no pid= field";
	if (!(seen & 1u << FIELD_ARCH))
		return "no arch= field";
	if (!(seen & 1u << FIELD_SYSCALL))
		return "no syscall= field";
	return seen & 1u << FIELD_CODE ? NULL : "no code= field";
}

/* A field ends at a space, at the enrichment, or with the record. */
static bool ends_field(struct cursor at, enum field field)
{
	return field == FIELD_CODE ? ends_record(at)
				   : at.at == at.end || *at.at == ' ' || *at.at == 0x1d;
}

/* Neither the kernel nor libauparse knows of any in a record. */
static bool has_control(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ')
			return true;
	return false;
}

static const char *fields_by_name(struct cursor at, struct scan *ret)
{
	const char *start = at.at, *end = at.at;
	uint32_t seen = 0;

	for (skip_spaces(&at); at.at < at.end; skip_spaces(&at)) {
		const char *problem;
		enum field field;

		/* Upper case names and whatever comes behind 0x1D were added by auditd. */
		if (*at.at == 0x1d || (*at.at >= 'A' && *at.at <= 'Z'))
			break;
		if (!take_field_name(&at, &field)) {
			const char *token = at.at;

			/* libauparse takes it for part of no name, the kernel writes none. */
			if (*token == '(')
				return "a field is not as the kernel writes it";
			skip_token(&at);
			if (memmem(token, (size_t)(at.at - token), "audit(", 6))
				return another_record;
			continue;
		}
		/* The record is over where one comes again: somebody appended something. */
		if (seen & 1u << field)
			break;
		problem = take_value(&at, field, ret);
		if (!problem && !ends_field(at, field))
			problem = "a field is not as the kernel writes it";
		if (problem)
			return problem;
		seen |= 1u << field;
		end = at.at;
	}
	ret->fields = (struct slice){ start, (size_t)(end - start) };
	return has_control(ret->fields) ? "control characters within it" : missing_field(seen);
}

/* ---------------------------------------------------------------------------------------------- */

static void forget_fields(struct scan *ret)
{
	ret->auid = ret->uid = ret->gid = ret->session = (struct slice){ 0 };
	ret->subject = ret->comm = ret->exe = (struct slice){ 0 };
}

const char *scan_fields(struct cursor at, struct scan *ret)
{
	struct cursor ordered = at;

	if (take_who(&ordered, ret) && take_what(&ordered, ret) &&
	    !take_code(&ordered, &ret->code)) {
		ret->fields = (struct slice){ at.at, (size_t)(ordered.at - at.at) };
		return NULL;
	}
	forget_fields(ret);
	return fields_by_name(at, ret);
}
