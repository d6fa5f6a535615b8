/* SPDX-License-Identifier: Apache-2.0 */
/* For summary*.c only. */
#ifndef ASG_COMMAND_SUMMARY_PRIVATE_H
#define ASG_COMMAND_SUMMARY_PRIVATE_H

#include "base/error.h"
#include "command/style.h"
#include "command/summary.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct summary {
	FILE *stream;
	struct style style;
	struct product *product;
	const uint32_t *order;
	const struct summary_facts *facts;
	bool verbose;
};

/* The label of a line, in the first column. */
void summary_label(const struct summary *summary, const char *text);

/* "1 process", "2 processes": English has two forms, and `many` is the second. */
void summary_amount(FILE *stream, uint64_t n, const char *one, const char *many);

/* What came of one group. */
int summary_group(const struct summary *summary, const struct group *group, struct error *err)
	_must_check_;

#endif
