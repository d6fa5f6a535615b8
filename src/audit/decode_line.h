/* SPDX-License-Identifier: Apache-2.0 */
/* A scanned record, written in the one form that libauparse reads. */
#ifndef ASG_AUDIT_DECODE_LINE_H
#define ASG_AUDIT_DECODE_LINE_H

#include "audit/scan.h"
#include "base/strbuf.h"

/*
 * Appends "[node=H ]type=SECCOMP msg=audit(S.mmm:N): auid=... code=0x...\n". Left out is the label,
 * which libauparse ends at its first space. A time that is unknown, or that libauparse cannot cope
 * with (the first second of 1970), becomes the second after that.
 */
void decode_line(struct strbuf *line, const struct scan *scan);

/* Whether the record's own time is in that line. */
bool decode_line_has_time(const struct scan *scan);

#endif
