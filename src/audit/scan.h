/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds SECCOMP records in any wire form, at memory speed, and yields slices of the line: no copies
 * (a journald JSON message, which is escaped, is unescaped into the scanner's own buffer), no
 * allocation per line. Only what stands in front of an enrichment is looked at, and only fields
 * found by name.
 *
 * The wire forms are listed in audit-seccomp-gen(5).
 *
 * pid=, arch=, syscall= and code= make a record, and one that lacks any of them is torn: a line cut
 * off in front of code= looks the same, and every kernel that prints arch= also prints code=. The
 * other fields may be missing. A comm= or exe= in quotes that the kernel would have written in hex
 * is somebody else's text, and torn. In journald's JSON, records are taken only from what journald
 * itself received from the kernel. A date of `ausearch -i` between slashes is read month first, as
 * the C locale has it.
 */
#ifndef ASG_AUDIT_SCAN_H
#define ASG_AUDIT_SCAN_H

#include "base/macro.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include <stdbool.h>
#include <stdint.h>

enum scan_result {
	SCAN_NOTHING,	 /* no audit record */
	SCAN_OTHER,	 /* an audit record of another type: `type`, `node`, `time_ms`, `serial` are
			  * set, and `fields` is all that stands behind them */
	SCAN_RECORD,	 /* a SECCOMP record, whole */
	SCAN_TORN,	 /* looks like a SECCOMP record but cannot be read; `problem` says why */
	SCAN_SUPPRESSED, /* the kernel or journald says that it dropped messages; `count` how many
			    (0: unsaid) */
};

/* Where the fields of a record were found. Texts are raw: quoted or hex, as they stand in the line.
 */
struct scan {
	struct slice node; /* "" without node= */
	int64_t time_ms;   /* TIME_UNKNOWN: journald text has none of its own */
	uint64_t serial;   /* 0: none */
	uint32_t type; /* AUDIT_SECCOMP (1326) or another record type; 0 when a name is not known */
	bool interpreted; /* `ausearch -i` form: auid/uid/gid are names, arch/syscall/code words */
	struct slice
		fields; /* the record's text from "auid=" on, without enrichment or trailing junk;
			   of a record of another type all that stands behind its stamp */
	struct slice auid, uid, gid, session, subject, comm, exe; /* raw; data NULL when absent */
	uint32_t pid;
	uint32_t arch; /* AUDIT_ARCH_* */
	int32_t nr;
	uint32_t code;	     /* SECCOMP_RET_* */
	uint64_t count;	     /* SCAN_SUPPRESSED; a running total (audit_lost=) counts as unsaid */
	const char *problem; /* SCAN_TORN: static text, such as "no code= field" */
};

struct scanner {
	struct strbuf unescaped;     /* of the last JSON message */
	struct syscall_table *names; /* borrowed; to number the names in `ausearch -i` text */
};

/* `names` is borrowed for the scanner's life. */
void scanner_init(struct scanner *scanner, struct syscall_table *names);
void scanner_deinit(struct scanner *scanner);

/* Looks at one line without its newline. What `*ret` points to lives as long as the line and until
 * the next call. */
enum scan_result scan_line(struct scanner *scanner, struct slice line, struct scan *ret);

/*
 * Looks at one netlink message: `type` from its header, `payload` the bytes behind it
 * ("audit(1700000000.123:45): auid=0 ..."), without trailing NUL.
 */
enum scan_result scan_payload(struct scanner *scanner, uint32_t type, struct slice payload,
			      struct scan *ret);

/* What a record of another type says of a process. */
enum process_event {
	PROCESS_OTHER, /* that it was there */
	PROCESS_EXEC,  /* it runs another program from now on */
	PROCESS_END,   /* it ends; of its threads a last record may still come */
	PROCESS_LOGIN, /* it has begun the audit session that it has now */
};

struct scan_process {
	enum process_event event;
	uint32_t pid;	  /* thread group id, init pid namespace, as in SECCOMP records */
	uint32_t parent;  /* its parent at that time; 0: not said */
	uint32_t session; /* RECORD_UNSET: none, or not said */
	struct slice comm, exe, key; /* raw, as in struct scan */
};

/*
 * Reads a SYSCALL, LOGIN or ANOM_ABEND record, for which scan_line() or scan_payload() has just
 * said SCAN_OTHER. False: `scan` is of another type or does not say whose it is. What `*ret` points
 * to lives as long as what `scan` points to. (In scan_process.c.)
 */
bool scan_process(const struct scanner *scanner, const struct scan *scan, struct scan_process *ret);

#endif
