/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person is told after a run, on stderr: groups, what was seen and inferred, what was
 * denied, what deserves a second look, and the verdict. An incomplete recording says so in its
 * first line.
 */
#ifndef ASG_COMMAND_SUMMARY_H
#define ASG_COMMAND_SUMMARY_H

#include "base/error.h"
#include "base/macro.h"
#include "command/product.h"
#include <stdbool.h>
#include <stdio.h>

struct summary_facts {
	uint64_t processes;   /* distinct pids of a command; 0: not counted */
	uint64_t records;     /* that were selected */
	bool serials;	      /* records had serial numbers */
	uint64_t other_bytes; /* about so many bytes went to the logs of other readers, too */
	const char *readers;  /* who they are; NULL: none */
	const char *ended;    /* why a recording ended before its target did, or NULL */
};

/* Writes the summary. `order` as for product_publish(). */
int summary_write(FILE *stream, struct product *product, const uint32_t *order,
		  const struct summary_facts *facts, struct error *err) _must_check_;

#endif
