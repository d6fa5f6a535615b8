/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"
#include "base/macro.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint32_t wire_draw(uint32_t *seed, uint32_t limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % limit;
}

/* Like names of programs, or like what somebody with ideas calls one. */
static void draw_text(uint32_t *seed, const char *start, char *ret, size_t size)
{
	static const char *const pieces[] = { "a",  "ls",   "-",    " ",     "\"", "\x01",
					      "\n", "\x7f", "=",    " pid=", "\\", "'",
					      "ü",  "\x1d", "\xff", "41",    "(",  "%s" };
	size_t len = (size_t)snprintf(ret, size, "%s", start);

	for (uint32_t n = wire_draw(seed, 8); n > 0; n--) {
		const char *piece = pieces[wire_draw(seed, ARRAY_SIZE(pieces))];

		if (len + strlen(piece) < size)
			len += (size_t)snprintf(ret + len, size - len, "%s", piece);
	}
}

static const struct {
	uint32_t arch;
	const char *word;
	int32_t nr;
	const char *call;
} calls[] = {
	{ 0xc000003e, "x86_64", 0, "read" },
	{ 0xc000003e, "x86_64", 59, "execve" },
	{ 0xc000003e, "x86_64", 1073741828, "unknown-syscall(1073741828)" },
	{ 0xc000003e, "x86_64", -1, "unknown-syscall(-1)" },
	{ 0x40000003, "i386", 102, "socketcall" },
	{ 0xc00000b7, "aarch64", 64, "write" },
	{ 0x40000028, "armeb", 983045, "unknown-syscall(983045)" },
	{ 0x80000016, "s390x", 3, "read" },
	{ 0xc0000015, "ppc64le", 3, "read" },
	{ 0xc00000f3, "unknown-elf-type(c00000f3)", 451, "unknown-syscall(451)" },
};

static const struct {
	uint32_t code;
	const char *word;
} codes[] = {
	{ 0x7ffc0000, "log" },	       { 0x50000, "errno" },
	{ 0x30000, "trap" },	       { 0x7ff00000, "trace" },
	{ 0x0, "kill-thread" },	       { 0x80000000, "kill-process" },
	{ 0x7fc00000, "user-notify" }, { 0x12340000, "unknown-seccomp-code(0x12340000)" },
};

/* Calls and answers, in numbers and in the words of `ausearch -i`. */
void wire_make_call(uint32_t *seed, struct wire *wire)
{
	size_t call = wire_draw(seed, ARRAY_SIZE(calls)), code = wire_draw(seed, ARRAY_SIZE(codes));

	wire->arch = calls[call].word;
	wire->call = calls[call].call;
	wire->word = codes[code].word;
	wire->record.arch = calls[call].arch;
	wire->record.nr = calls[call].nr;
	wire->record.code = codes[code].code;
}

void wire_make(uint32_t *seed, struct wire *ret)
{
	static const char *const subjects[] = { "", "?", "=unconfined", "docker-default (enforce)",
						"system_u:system_r:container_t:s0:c1,c2" };
	static const char *const nodes[] = { "", "", "n1.example", "n2" };
	static const uint32_t ids[] = { 0, 5, 1000, RECORD_UNSET };

	*ret = (struct wire){ 0 };
	ret->record = (struct record){
		.time_ms = 1700000000000 + (int64_t)wire_draw(seed, 100000),
		.serial = 1 + wire_draw(seed, 1000000),
		.pid = 1 + wire_draw(seed, 4194304),
		.actor = { .auid = ids[wire_draw(seed, 4)],
			   .uid = ids[wire_draw(seed, 3)],
			   .gid = ids[wire_draw(seed, 3)],
			   .session = ids[wire_draw(seed, 4)] },
	};
	wire_make_call(seed, ret);
	snprintf(ret->node, sizeof(ret->node), "%s", nodes[wire_draw(seed, ARRAY_SIZE(nodes))]);
	snprintf(ret->subject, sizeof(ret->subject), "%s",
		 subjects[wire_draw(seed, ARRAY_SIZE(subjects))]);
	draw_text(seed, "", ret->comm, sizeof(ret->comm));
	draw_text(seed, "/", ret->exe, sizeof(ret->exe));
}

/* As audit_log_untrustedstring() does. */
static void put_untrusted(FILE *out, const char *text)
{
	bool hex = false;

	for (const char *p = text; *p; p++)
		hex |= *p == '"' || *p < 0x21 || *p > 0x7e;
	if (!hex) {
		fprintf(out, "\"%s\"", text);
		return;
	}
	for (const char *p = text; *p; p++)
		fprintf(out, "%02X", (unsigned char)*p);
}

void wire_put_fields(FILE *out, const struct wire *wire)
{
	const struct record *record = &wire->record;

	fprintf(out, "auid=%u uid=%u gid=%u ses=%u ", record->actor.auid, record->actor.uid,
		record->actor.gid, record->actor.session);
	if (*wire->subject)
		fprintf(out, "subj=%s ", wire->subject);
	fprintf(out, "pid=%u comm=", record->pid);
	put_untrusted(out, wire->comm);
	fprintf(out, " exe=");
	put_untrusted(out, wire->exe);
	fprintf(out, " sig=0 arch=%x syscall=%d compat=0 ip=0x7f12 code=0x%x", record->arch,
		record->nr, record->code);
}

void wire_put_stamp(FILE *out, const struct wire *wire)
{
	fprintf(out, "audit(%" PRId64 ".%03d:%" PRIu64 "): ", wire->record.time_ms / 1000,
		(int)(wire->record.time_ms % 1000), wire->record.serial);
}

static void put_auditd(FILE *out, struct wire *wire)
{
	if (*wire->node)
		fprintf(out, "node=%s ", wire->node);
	fprintf(out, "type=SECCOMP msg=");
	wire_put_stamp(out, wire);
	wire_put_fields(out, wire);
}

static void put_enriched(FILE *out, struct wire *wire)
{
	put_auditd(out, wire);
	fprintf(out, "\x1d"
		     "AUID=\"x\" UID=\"y\" SYSCALL=read pid=7");
}

static void put_unseparated(FILE *out, struct wire *wire)
{
	put_auditd(out, wire);
	fprintf(out, "AUID=\"x\" UID=\"y\" SYSCALL=read pid=7");
}

static void put_kernel(FILE *out, struct wire *wire)
{
	wire->node[0] = '\0';
	fprintf(out, "<5>[   12.345678] audit: type=1326 ");
	wire_put_stamp(out, wire);
	wire_put_fields(out, wire);
}

static void put_journal_text(FILE *out, struct wire *wire)
{
	wire->node[0] = '\0';
	wire->record.time_ms = TIME_UNKNOWN;
	wire->record.serial = 0;
	fprintf(out, "Nov 23 10:00:00 h audit[%u]: SECCOMP ", wire->record.pid);
	wire_put_fields(out, wire);
}

static void put_message(FILE *out, const struct wire *wire, bool bytes)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		abort();
	fprintf(stream, "SECCOMP ");
	wire_put_fields(stream, wire);
	fclose(stream);
	fputc(bytes ? '[' : '"', out);
	for (size_t i = 0; i < size; i++)
		if (bytes)
			fprintf(out, "%s%u", i ? "," : "", (unsigned char)text[i]);
		else if (text[i] == '"' || text[i] == '\\')
			fprintf(out, "\\%c", text[i]);
		else if (text[i] == 'e')
			fputs("\\u0065", out);
		else
			fputc(text[i], out);
	fputc(bytes ? ']' : '"', out);
	free(text);
}

static void put_journal_json(FILE *out, struct wire *wire)
{
	wire->node[0] = '\0';
	fprintf(out, "{\"_AUDIT_ID\":\"%" PRIu64 "\",\"x\":[\"]\",{\"y\":null}], \"MESSAGE\" : ",
		wire->record.serial);
	put_message(out, wire, wire->record.serial % 2);
	fprintf(out, ",\"_SOURCE_REALTIME_TIMESTAMP\":\"%" PRId64 "123\",\"_AUDIT_TYPE\":\"1326\"}",
		wire->record.time_ms);
}

/* Controls come in octal, as ausearch shows them. */
static void put_shown(FILE *out, const char *text)
{
	for (const char *p = text; *p; p++)
		if ((*p > 0 && *p < 0x20) || *p == 0x7f)
			fprintf(out, "\\%03o", *p);
		else
			fputc(*p, out);
}

static void put_id(FILE *out, const char *name, uint32_t id)
{
	static const char *const words[] = { "1000", "unknown(5)" };

	if (id == 0)
		fprintf(out, "%s=root ", name);
	else if (id == RECORD_UNSET)
		fprintf(out, "%s=unset ", name);
	else
		fprintf(out, "%s=%s ", name, words[id == 5]);
}

static void put_interpreted(FILE *out, struct wire *wire)
{
	const struct actor *actor = &wire->record.actor;
	time_t seconds = (time_t)(wire->record.time_ms / 1000);
	struct tm tm;
	char date[64];

	if (!gmtime_r(&seconds, &tm))
		abort();
	strftime(date, sizeof(date), "%m/%d/%Y %T", &tm);
	if (*wire->node)
		fprintf(out, "node=%s ", wire->node);
	fprintf(out, "type=SECCOMP msg=audit(%s.%03d:%" PRIu64 ") : ", date,
		(int)(wire->record.time_ms % 1000), wire->record.serial);
	put_id(out, "auid", actor->auid);
	put_id(out, "uid", actor->uid);
	put_id(out, "gid", actor->gid);
	put_id(out, "ses", actor->session);
	if (*wire->subject)
		fprintf(out, "subj=%s ", wire->subject);
	fprintf(out, "pid=%u comm=", wire->record.pid);
	put_shown(out, wire->comm);
	fprintf(out, " exe=");
	put_shown(out, wire->exe);
	fprintf(out, " sig=SIG0 arch=%s syscall=%s compat=0 ip=0x7f12 code=%s ", wire->arch,
		wire->call, wire->word);
}

const struct wire_form wire_forms[WIRE_FORMS] = {
	{ "auditd", put_auditd },
	{ "enriched", put_enriched },
	{ "enriched without separator", put_unseparated },
	{ "kernel log", put_kernel },
	{ "journald text", put_journal_text },
	{ "journald JSON", put_journal_json },
	{ "ausearch -i", put_interpreted },
};
