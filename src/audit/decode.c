/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/decode.h"
#include "audit/decode_line.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include <auparse.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>

struct decoder {
	auparse_state_t *parser;
	struct strbuf line;
	/* What the last event said. */
	struct record record;
	struct strbuf node, subject, comm, exe;
	uint32_t seen; /* bit by enum field */
	bool finished; /* later events of the same line are somebody's forgery */
};

enum field {
	FIELD_AUID,
	FIELD_UID,
	FIELD_GID,
	FIELD_SESSION,
	FIELD_PID,
	FIELD_COMM,
	FIELD_EXE,
	FIELD_ARCH,
	FIELD_SYSCALL,
	FIELD_CODE,
	FIELD_COUNT,
};

static const char *const field_names[FIELD_COUNT] = {
	"auid", "uid", "gid", "ses", "pid", "comm", "exe", "arch", "syscall", "code",
};

#define FIELDS_NEEDED (1u << FIELD_PID | 1u << FIELD_ARCH | 1u << FIELD_SYSCALL | 1u << FIELD_CODE)

/* ---- one field ------------------------------------------------------------------------------- */

static bool read_u32(const char *text, unsigned int base, uint32_t *ret)
{
	uint64_t value;

	if (slice_to_u64(slice_from(text), base, &value) < 0 || value > UINT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

static bool read_nr(const char *text, int32_t *ret)
{
	int64_t value;

	if (slice_to_i64(slice_from(text), &value) < 0 || value < INT32_MIN || value > INT32_MAX)
		return false;
	*ret = (int32_t)value;
	return true;
}

/* Quotes and hex are libauparse's to undo. "(null)" is the kernel's word for none. */
static bool read_text(auparse_state_t *parser, const char *raw, struct strbuf *ret)
{
	const char *text = strcmp(raw, "(null)") == 0 ? "" : auparse_interpret_field(parser);

	if (!text)
		return false;
	strbuf_clear(ret);
	strbuf_puts(ret, text);
	return true;
}

static bool read_field(struct decoder *decoder, enum field field, const char *raw)
{
	struct record *record = &decoder->record;
	uint32_t *const numbers[FIELD_COUNT] = {
		[FIELD_AUID] = &record->actor.auid, [FIELD_UID] = &record->actor.uid,
		[FIELD_GID] = &record->actor.gid,   [FIELD_SESSION] = &record->actor.session,
		[FIELD_PID] = &record->pid,	    [FIELD_ARCH] = &record->arch,
	};

	switch (field) {
	case FIELD_COMM:
		return read_text(decoder->parser, raw, &decoder->comm);
	case FIELD_EXE:
		return read_text(decoder->parser, raw, &decoder->exe);
	case FIELD_SYSCALL:
		return read_nr(raw, &record->nr);
	case FIELD_CODE:
		return strncmp(raw, "0x", 2) == 0 && read_u32(raw + 2, 16, &record->code);
	default:
		return read_u32(raw, field == FIELD_ARCH ? 16 : 10, numbers[field]);
	}
}

/* The first field of a name counts. */
static void read_current(struct decoder *decoder)
{
	const char *name = auparse_get_field_name(decoder->parser);
	const char *raw = auparse_get_field_str(decoder->parser);

	for (size_t i = 0; name && raw && i < FIELD_COUNT; i++)
		if (strcmp(name, field_names[i]) == 0 && !(decoder->seen & 1u << i) &&
		    read_field(decoder, (enum field)i, raw))
			decoder->seen |= 1u << i;
}

/* ---- one event ------------------------------------------------------------------------------- */

static void read_event(struct decoder *decoder)
{
	auparse_state_t *parser = decoder->parser;
	_cleanup_free_ char *node = NULL;

	if (auparse_first_record(parser) <= 0 || auparse_get_type(parser) != AUDIT_SECCOMP)
		return;
	node = (char *)auparse_get_node(parser);
	if (node)
		strbuf_puts(&decoder->node, node);
	decoder->record.time_ms =
		(int64_t)auparse_get_time(parser) * 1000 + (int64_t)auparse_get_milli(parser);
	decoder->record.serial = auparse_get_serial(parser);
	if (auparse_first_field(parser) <= 0)
		return;
	do
		read_current(decoder);
	while (auparse_next_field(parser) > 0);
}

static void on_event(_unused_ auparse_state_t *parser, auparse_cb_event_t type, void *context)
{
	struct decoder *decoder = context;

	if (type != AUPARSE_CB_EVENT_READY || decoder->finished)
		return;
	decoder->finished = true;
	read_event(decoder);
}

/* ---------------------------------------------------------------------------------------------- */

int decoder_new(struct decoder **ret, struct error *err)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return error_memory(err);
	decoder->parser = auparse_init(AUSOURCE_FEED, NULL);
	if (!decoder->parser) {
		decoder_free(decoder);
		return error_set(err, -EIO, "cannot start libauparse");
	}
	auparse_set_escape_mode(decoder->parser, AUPARSE_ESC_RAW);
	auparse_add_callback(decoder->parser, on_event, decoder, NULL);
	*ret = decoder;
	return 0;
}

struct decoder *decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return NULL;
	if (decoder->parser)
		auparse_destroy(decoder->parser);
	strbuf_deinit(&decoder->line);
	strbuf_deinit(&decoder->node);
	strbuf_deinit(&decoder->subject);
	strbuf_deinit(&decoder->comm);
	strbuf_deinit(&decoder->exe);
	free(decoder);
	return NULL;
}

static void forget(struct decoder *decoder)
{
	decoder->record = (struct record){
		.actor = { .auid = RECORD_UNSET,
			   .uid = RECORD_UNSET,
			   .gid = RECORD_UNSET,
			   .session = RECORD_UNSET },
	};
	decoder->seen = 0;
	decoder->finished = false;
	strbuf_clear(&decoder->line);
	strbuf_clear(&decoder->node);
	strbuf_clear(&decoder->subject);
	strbuf_clear(&decoder->comm);
	strbuf_clear(&decoder->exe);
}

static int feed(struct decoder *decoder, struct error *err)
{
	struct strbuf *line = &decoder->line;

	if (line->failed)
		return error_memory(err);
	if (auparse_feed(decoder->parser, line->data, line->len) < 0 ||
	    auparse_flush_feed(decoder->parser) < 0)
		return error_set(err, -EBADMSG, "libauparse does not take the record");
	if ((decoder->seen & FIELDS_NEEDED) != FIELDS_NEEDED)
		return error_set(
			err, -EBADMSG,
			"libauparse does not find pid, arch, syscall and code in the record");
	return 0;
}

/* A name that stands in the record and that libauparse does not give is not a record without one.
 */
static int check_texts(const struct decoder *decoder, const struct scan *scan, struct error *err)
{
	if ((scan->comm.data && !(decoder->seen & 1u << FIELD_COMM)) ||
	    (scan->exe.data && !(decoder->seen & 1u << FIELD_EXE)))
		return error_set(err, -EBADMSG,
				 "libauparse does not give comm and exe of the record");
	return 0;
}

static struct slice slice_of(const struct strbuf *buf)
{
	return (struct slice){ buf->len > 0 ? buf->data : "", buf->len };
}

int decode(struct decoder *decoder, const struct scan *scan, struct record *ret, struct error *err)
{
	int r;

	forget(decoder);
	decode_line(&decoder->line, scan);
	strbuf_append(&decoder->subject, scan->subject.data, scan->subject.len);
	r = feed(decoder, err);
	if (r == 0)
		r = check_texts(decoder, scan, err);
	if (r < 0)
		return r;
	if (decoder->node.failed || decoder->subject.failed || decoder->comm.failed ||
	    decoder->exe.failed)
		return error_memory(err);
	if (!decode_line_has_time(scan))
		decoder->record.time_ms = scan->time_ms;
	*ret = decoder->record;
	ret->node = slice_of(&decoder->node);
	ret->actor.subject = slice_of(&decoder->subject);
	ret->actor.comm = slice_of(&decoder->comm);
	ret->actor.exe = slice_of(&decoder->exe);
	return 0;
}
