/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/decode_line.h"
#include "audit/record.h"
#include <inttypes.h>

bool decode_line_has_time(const struct scan *scan)
{
	return scan->time_ms >= 1000; /* TIME_UNKNOWN is below */
}

static void put_head(struct strbuf *line, const struct scan *scan)
{
	int64_t time_ms = decode_line_has_time(scan) ? scan->time_ms : 1000;

	if (scan->node.len > 0) {
		strbuf_puts(line, "node=");
		strbuf_append(line, scan->node.data, scan->node.len);
		strbuf_putc(line, ' ');
	}
	strbuf_printf(line,
		      "type=SECCOMP msg=audit(%" PRId64 ".%03d:%" PRIu64 "): ", time_ms / 1000,
		      (int)(time_ms % 1000), scan->serial);
}

/* The kernel's own text, without its label. */
static void put_fields(struct strbuf *line, const struct scan *scan)
{
	const char *start = scan->fields.data, *end = start + scan->fields.len;

	if (scan->subject.data) {
		const char *name = scan->subject.data - strlen("subj=");

		strbuf_append(line, start, (size_t)(name - start));
		start = scan->subject.data + scan->subject.len;
	}
	strbuf_append(line, start, (size_t)(end - start));
}

/* ---- from words back to what the kernel wrote ------------------------------------------------ */

/* A name cannot be numbered here (whose passwd?), but for root, "unset" and "unknown(1000)". */
static uint32_t id_of(struct slice word)
{
	struct slice unknown = SLICE("unknown(");
	uint64_t id;

	if (slice_is(word, "root"))
		return 0;
	if (slice_starts(word, unknown) && word.data[word.len - 1] == ')')
		word = (struct slice){ word.data + unknown.len, word.len - unknown.len - 1 };
	return slice_to_u64(word, 10, &id) == 0 && id <= UINT32_MAX ? (uint32_t)id : RECORD_UNSET;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* A control character that was made visible: "\012". The value, or -1. */
static int escaped_byte(const char *p, const char *end)
{
	int value;

	if (end - p < 4 || p[0] != '\\' || !is_octal(p[1]) || !is_octal(p[2]) || !is_octal(p[3]))
		return -1;
	value = (p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0');
	return (value > 0 && value < 0x20) || value == 0x7f ? value : -1;
}

static void put_hex(struct strbuf *line, struct slice text)
{
	const char *end = text.data + text.len;

	if (text.len == 0)
		strbuf_puts(line, "\"\"");
	for (const char *p = text.data; p < end; p++) {
		int escaped = escaped_byte(p, end);

		strbuf_printf(line, "%02X",
			      escaped >= 0 ? (unsigned int)escaped : (unsigned char)*p);
		if (escaped >= 0)
			p += 3;
	}
}

static void put_exe(struct strbuf *line, struct slice exe)
{
	strbuf_puts(line, " exe=");
	if (slice_is(exe, "(null)"))
		strbuf_puts(line, "(null)");
	else
		put_hex(line, exe);
}

static void put_interpreted(struct strbuf *line, const struct scan *scan)
{
	strbuf_printf(line, "auid=%u uid=%u gid=%u ses=%u pid=%u comm=", id_of(scan->auid),
		      id_of(scan->uid), id_of(scan->gid), id_of(scan->session), scan->pid);
	put_hex(line, scan->comm);
	if (scan->exe.data)
		put_exe(line, scan->exe);
	strbuf_printf(line, " arch=%x syscall=%d code=0x%x", scan->arch, scan->nr, scan->code);
}

/* ---------------------------------------------------------------------------------------------- */

void decode_line(struct strbuf *line, const struct scan *scan)
{
	put_head(line, scan);
	if (scan->interpreted)
		put_interpreted(line, scan);
	else
		put_fields(line, scan);
	strbuf_putc(line, '\n');
}
