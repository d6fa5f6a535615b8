/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a log: every line through the scanner, every record that it finds through
 * libauparse. What the two say of a record has to be the same.
 */
#include "arch/syscall.h"
#include "audit/decode.h"
#include "audit/scan.h"
#include "audit/scan_syscall.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_record(struct decoder *decoder, const struct scan *scan)
{
	struct record record;

	if (scan->problem)
		abort();
	/* A field that libauparse cannot find is an error that callers handle. */
	if (decode(decoder, scan, &record, NULL) < 0)
		return;
	if (record.pid != scan->pid || record.arch != scan->arch || record.nr != scan->nr ||
	    record.code != scan->code || !slice_equal(record.actor.subject, scan->subject))
		abort();
}

/* A record with arguments has a process and a call. */
static void check_syscall(const struct scan *scan)
{
	struct syscall_record record;

	if (scan_syscall(scan, &record) && (record.nr < 0 || record.pid > INT32_MAX))
		abort();
}

static void check_line(struct scanner *scanner, struct decoder *decoder, struct slice line)
{
	struct scan_process process;
	struct scan scan;

	switch (scan_line(scanner, line, &scan)) {
	case SCAN_RECORD:
		check_record(decoder, &scan);
		break;
	case SCAN_OTHER:
		check_syscall(&scan);
		if (scan_process(scanner, &scan, &process) && process.pid == 0)
			abort();
		break;
	case SCAN_TORN:
		if (!scan.problem)
			abort();
		break;
	default:
		break;
	}
	if (scan_payload(scanner, 1326, line, &scan) == SCAN_RECORD)
		check_record(decoder, &scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct syscall_table names = { 0 };
	struct scanner scanner;
	struct decoder *decoder;

	if (decoder_new(&decoder, NULL) < 0)
		return 0;
	scanner_init(&scanner, &names);
	while (size > 0) {
		const uint8_t *newline = memchr(data, '\n', size);
		size_t len = newline ? (size_t)(newline - data) : size;
		/* A copy of its own, so that a read beyond the line is seen. */
		char *line = malloc(len ? len : 1);

		if (!line)
			break;
		memcpy(line, data, len);
		check_line(&scanner, decoder, (struct slice){ line, len });
		free(line);
		data += len + (newline != NULL);
		size -= len + (newline != NULL);
	}
	decoder_free(decoder);
	scanner_deinit(&scanner);
	syscall_table_deinit(&names);
	return 0;
}
