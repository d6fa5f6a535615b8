/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of which a busy program makes most of its records, and which every program may make: none
 * of them opens, starts or changes anything that it was not given already. For --hot auto.
 */
#ifndef ASG_MODEL_HOT_CALLS_H
#define ASG_MODEL_HOT_CALLS_H

#include "base/macro.h"

/* Sorted, NULL-terminated. */
extern const char *const hot_calls[];

#endif
