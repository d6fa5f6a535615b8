/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASG_TARGET_LOG_LINEAGE_PRIVATE_H
#define ASG_TARGET_LOG_LINEAGE_PRIVATE_H

#include "target/log_lineage.h"

/* A new life of the pid, in the place of the one before. `*ret` is LOG_LINEAGE_NONE at the cap. 0
 * or -ENOMEM. (In log_lineage_table.c.) */
int log_lineage_begin(struct log_lineage *lineage, uint32_t node, uint32_t pid, uint32_t *ret)
	_must_check_;

#endif
