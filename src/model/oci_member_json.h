/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes that members of OCI JSON must have. 0, or -EBADMSG with a message. */
#ifndef ASG_MODEL_OCI_MEMBER_JSON_H
#define ASG_MODEL_OCI_MEMBER_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include <jansson.h>
#include <stddef.h>

/* Parses an object; `*ret` is owned by the caller. -ENOMEM too. */
int oci_parse(const char *text, size_t len, json_t **ret, struct error *err) _must_check_;

/* No member may differ from one of `names` (NULL-terminated) only in case, as Go folds it. */
int oci_check_case(const json_t *object, const char *const *names, struct error *err) _must_check_;

/* Missing or null is fine with these. */
int oci_check_object(const json_t *object, const char *key, struct error *err) _must_check_;
int oci_check_array(const json_t *object, const char *key, struct error *err) _must_check_;
int oci_check_strings(const json_t *object, const char *key, struct error *err) _must_check_;
int oci_check_string(const json_t *object, const char *key, struct error *err) _must_check_;

/* An object of strings. */
int oci_check_map(const json_t *object, const char *key, struct error *err) _must_check_;

#endif
