/* SPDX-License-Identifier: Apache-2.0 */
/* What kernel.c and session_rules.c share: one question to the audit system and its answers. */
#ifndef ASG_AUDIT_KERNEL_PRIVATE_H
#define ASG_AUDIT_KERNEL_PRIVATE_H

#include "base/error.h"
#include "base/macro.h"
#include <libaudit.h>

/* 1: that was all; 0: more to come; or a negative errno. */
typedef int (*audit_reply_handler)(void *context, const struct audit_reply *reply);

/* A socket, or a negative errno; libaudit is told not to write to standard error. */
int audit_open_quietly(void) _must_check_;

/* Hands the answers to `handler` until it has had all. A negative errno, -ETIMEDOUT among them. */
int audit_collect(int fd, audit_reply_handler handler, void *context) _must_check_;

/* The message for a failed question, "cannot WHAT: ...". Returns the code to be returned. */
int audit_explain(struct error *err, int code, const char *what);

#endif
