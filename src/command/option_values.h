/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind an option, from text. All return 0 or -EINVAL (or -ENOMEM) with a message that
 * says what was expected; the caller puts the option's name in front.
 */
#ifndef ASG_COMMAND_OPTION_VALUES_H
#define ASG_COMMAND_OPTION_VALUES_H

#include "arch/call_version.h"
#include "base/error.h"
#include "base/macro.h"
#include "format/emitter.h"
#include "model/intake.h"
#include "model/policy.h"
#include "model/selection.h"

#define RUNTIME_AUTO ((enum runtime_base) - 1)

/* A decimal number within bounds. */
int value_number(const char *text, uint32_t min, uint32_t max, uint32_t *ret, struct error *err)
	_must_check_;

/* Bytes, with K, M or G (1024) behind it. */
int value_size(const char *text, uint64_t min, uint64_t max, size_t *ret, struct error *err)
	_must_check_;

/* "1,2,3", appended. */
int value_numbers(const char *text, struct number_list *list, struct error *err) _must_check_;

/* The same for process ids: 1 to 4194304 (PID_MAX_LIMIT, linux/threads.h). */
int value_pids(const char *text, struct number_list *list, struct error *err) _must_check_;

/* "root,1000", appended. */
int value_users(const char *text, struct number_list *list, struct error *err) _must_check_;

/* Any text but an empty one, appended (borrowed). */
int value_text(const char *text, struct text_list *list, struct error *err) _must_check_;

int value_format(const char *text, const struct emitter **ret, struct error *err) _must_check_;
/* "x86_64,x86", "native": appended to what the request has, each once. */
int value_arches(const char *text, struct emit_request *request, struct error *err) _must_check_;

int value_group_by(const char *text, enum group_by *ret, struct error *err) _must_check_;
int value_runtime(const char *text, enum runtime_base *ret, struct error *err) _must_check_;

/* Our word or the OCI one; not one that allows. */
int value_default_action(const char *text, enum action *ret, struct error *err) _must_check_;

/* A name (EPERM) or a number up to MAX_ERRNO, 4095 (linux/err.h). */
int value_errno(const char *text, uint32_t *ret, struct error *err) _must_check_;

/* "auto" (hot_calls.h), or "read,write": calls of this kernel, appended (copied). */
int value_hot(const char *text, char ***ret, struct error *err) _must_check_;

/* "socket,prctl": calls that arch/argument.h knows, appended (copied). */
int value_argument_calls(const char *text, char ***ret, struct error *err) _must_check_;

/* "CAP_CHOWN,kill", "all", "none": appended (copied), each once; "none" is none. */
int value_caps(const char *text, char ***ret, struct error *err) _must_check_;

/* "5.10": a version of the kernel. */
int value_kernel(const char *text, struct kernel_version *ret, struct error *err) _must_check_;

#endif
