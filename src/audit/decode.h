/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From scanned text to a struct record, with libauparse, the only place that knows it.
 *
 * libauparse reads only auditd's own line form, so a scan is written out in that form first; and it
 * interprets arch= and syscall= by position and wrongly, so those are taken raw (see FACTS in
 * audit-seccomp-gen(5)). Decoding costs microseconds: intake asks once per distinct actor.
 */
#ifndef ASG_AUDIT_DECODE_H
#define ASG_AUDIT_DECODE_H

#include "audit/record.h"
#include "audit/scan.h"
#include "base/error.h"

struct decoder;

int decoder_new(struct decoder **ret, struct error *err) _must_check_;
struct decoder *decoder_free(struct decoder *decoder);

/*
 * Decodes a record whole: every member of `*ret` from libauparse, but for the label, which it ends
 * at a space, and for a time or serial number that the form does not have. The texts live until the
 * next call. Names of users in `ausearch -i` text are RECORD_UNSET but for root. A bare exe=(null)
 * is none: "". -EBADMSG with a message when libauparse does not find a SECCOMP record with the
 * fields it needs.
 */
int decode(struct decoder *decoder, const struct scan *scan, struct record *ret, struct error *err)
	_must_check_;

#endif
