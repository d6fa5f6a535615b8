/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SECCOMP record of our own: a child with a LOG filter makes one call that only a sentinel makes.
 * The first one, before the command starts, proves that records reach us at all (a canary) and
 * where the serial numbers begin; the last one, after the command has gone, that everything before
 * it has been read.
 */
#ifndef ASG_TARGET_SENTINEL_H
#define ASG_TARGET_SENTINEL_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Logs one record and says which pid and number it carries; pid and number together tell it from
 * any other record. The child is reaped before this returns. Outside the init pid namespace the
 * record has another pid than the one said here (privilege_init_pid_namespace()).
 */
int sentinel_send(pid_t *ret_pid, int32_t *ret_nr, struct error *err) _must_check_;

/*
 * Whether a record in a log is a sentinel of a recording that went on at the time: its call does
 * nothing, whoever makes it. `comm` as it stands in the record, with quotes or without.
 */
bool sentinel_is(int32_t nr, struct slice comm);

#endif
