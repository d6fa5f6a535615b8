/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoder with records that no scanner has vouched for: fields of any bytes, numbers of any
 * size. It takes or refuses them, and what it takes says what it was given.
 */
#include "audit/decode.h"
#include "audit/scan.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXTS	   8
#define ENRICHMENT 0x1d /* what auditd puts in front of what it adds */

/* What is left of the input. */
struct input {
	const uint8_t *data;
	size_t size;
};

static uint64_t take_number(struct input *input, size_t bytes)
{
	uint64_t number = 0;

	for (; bytes > 0 && input->size > 0; bytes--, input->size--)
		number = number << 8 | *input->data++;
	return number;
}

/* Up to a newline. A copy of its own, so that a read beyond it is seen; NULL: no memory. */
static char *take_text(struct input *input, struct slice *ret)
{
	const uint8_t *end = memchr(input->data, '\n', input->size);
	size_t len = end ? (size_t)(end - input->data) : input->size;
	char *text = malloc(len ? len : 1);

	if (!text)
		return NULL;
	memcpy(text, input->data, len);
	*ret = (struct slice){ text, len };
	len += end != NULL;
	input->data += len;
	input->size -= len;
	return text;
}

/* Numbers that were scanned from words come back as they were, whatever the texts hold. */
static void check(struct decoder *decoder, const struct scan *scan)
{
	struct record record = { 0 };
	struct error err = { 0 };

	if (decode(decoder, scan, &record, &err) < 0) {
		if (err.message[0] == '\0')
			abort();
		return;
	}
	if (scan->interpreted && (record.pid != scan->pid || record.arch != scan->arch ||
				  record.nr != scan->nr || record.code != scan->code))
		abort();
	if (memchr(record.actor.comm.data, '\0', record.actor.comm.len) ||
	    memchr(record.actor.exe.data, '\0', record.actor.exe.len))
		abort();
}

/* What the scanner takes for a node and for fields: it ends both at control characters. */
static bool is_possible(const struct scan *scan)
{
	for (size_t i = 0; i < scan->node.len; i++)
		if ((unsigned char)scan->node.data[i] <= ' ')
			return false;
	return !scan->fields.data || !memchr(scan->fields.data, ENRICHMENT, scan->fields.len);
}

/* Texts of one record: false when there is no memory for them. */
static bool take_scan(struct input *input, struct scan *scan, char *texts[])
{
	struct slice *const slices[TEXTS] = {
		&scan->node, &scan->fields,  &scan->auid, &scan->uid,
		&scan->gid,  &scan->session, &scan->comm, &scan->exe
	};

	scan->interpreted = take_number(input, 1) & 1;
	scan->pid = (uint32_t)take_number(input, 4);
	scan->arch = (uint32_t)take_number(input, 4);
	scan->nr = (int32_t)take_number(input, 4);
	scan->code = (uint32_t)take_number(input, 4);
	scan->time_ms = (int64_t)(take_number(input, 8) >> 11);
	scan->serial = take_number(input, 8) & UINT32_MAX;
	for (size_t i = 0; i < TEXTS; i++) {
		if (i >= 2 && !scan->interpreted)
			break;
		texts[i] = take_text(input, slices[i]);
		if (!texts[i])
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct decoder *decoder;
	bool more = true;

	if (decoder_new(&decoder, NULL) < 0)
		return 0;
	while (more && input.size > 0) {
		char *texts[TEXTS] = { NULL };
		struct scan scan = { .type = 1326 };

		more = take_scan(&input, &scan, texts);
		if (more && is_possible(&scan))
			check(decoder, &scan);
		for (size_t i = 0; i < TEXTS; i++)
			free(texts[i]);
	}
	decoder_free(decoder);
	return 0;
}
