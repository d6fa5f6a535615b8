/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who descends from whom in a log: from ppid= in SYSCALL records, which the rules in rules/ make
 * the kernel write, and from LOGIN records, which say who has begun an audit session.
 *
 * A log names processes by pid, and pids are given again. So each pid has lives, told apart by what
 * the log says in its order: a life is over after exit_group or a core dump; and another one has
 * begun where the executable changed without an execve, the session without a LOGIN, or the parent
 * although it lives. Where that cannot be told, two lives are made of one rather than one of two. A
 * process that was killed leaves no record of its end: if the next owner of its pid has the same
 * executable and session, and starts no program, they are taken for one.
 *
 * A parent of which no record was met is a life, too, but nothing that comes later under its pid is
 * taken for it, unless it comes at once. Nothing is ever guessed: a life has the parent that its
 * first record names, or none.
 *
 * Memory is bounded: lives that are over, made no SECCOMP record and have no children are
 * forgotten, and beyond LOG_LINEAGE_LIVES_MAX nothing new is remembered, which is counted.
 */
#ifndef ASG_TARGET_LOG_LINEAGE_H
#define ASG_TARGET_LOG_LINEAGE_H

#include "audit/scan.h"
#include "base/intern.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>

#define LOG_LINEAGE_LIVES_MAX (1u << 20) /* of 80 bytes */
#define LOG_LINEAGE_TEXTS_MAX (1u << 18) /* executables and names; others are taken for unknown */

/*
 * No pid is given again that soon, in ms: within it 32768 (the least pid_max of a kernel that is
 * left alone) would take more than a million forks a second.
 */
#define LOG_LINEAGE_SOON_MS 20

#define LOG_LINEAGE_NONE UINT32_MAX

/* The key of the rules in rules/: where it is met, each execve of the machine is in the log. */
#define LOG_LINEAGE_KEY "asg-lineage"

/* One life of a pid. */
struct life {
	uint32_t node, pid;
	uint32_t parent;       /* life, or LOG_LINEAGE_NONE */
	uint32_t parent_pid;   /* the last that a record named; 0: none did */
	uint32_t founder;      /* the life that began its session, or LOG_LINEAGE_NONE */
	uint32_t exe, comm;    /* texts, or LOG_LINEAGE_NONE */
	uint32_t session;      /* RECORD_UNSET: none */
	uint32_t founds;       /* the session that it began; 0: none */
	uint32_t value;	       /* the caller's; LOG_LINEAGE_NONE at first */
	uint32_t children;     /* lives that name it parent or founder */
	uint32_t boot, epoch;  /* of its node, when it was met last */
	int64_t first_ms;      /* of its first record; TIME_UNKNOWN: it has none, or without time */
	int64_t last_known_ms; /* when it ended; of a parent without records: when it was named */
	bool used : 1;
	bool met : 1;	   /* has records of its own */
	bool logged : 1;   /* SECCOMP records among them */
	bool ended : 1;	   /* by exit_group or a signal that dumps core */
	bool linked : 1;   /* a record said who its parent is */
	bool replaced : 1; /* its pid has a later life */
	bool whole : 1;	   /* began while everything was logged */
	bool moves : 1;	   /* changes its session */
};

struct log_lineage_node {
	uint32_t boot, epoch;
	uint64_t newest_serial;
	int64_t newest_ms;
	bool tells;	 /* a record with ppid= was met */
	bool whole;	 /* rules with LOG_LINEAGE_KEY are loaded */
	bool disordered; /* older records came behind newer ones */
};

struct log_lineage {
	struct life *lives;
	size_t n_lives, allocated;
	uint32_t forgotten; /* a life that can be taken again, chained by `parent` */
	size_t n_forgotten;
	uint32_t *buckets; /* life + 1 by node and pid, 0: free */
	size_t n_buckets;  /* a power of two, or 0 */
	uint64_t seed[2];
	struct intern texts;
	struct intern sessions; /* node and session -> index in founders */
	uint32_t *founders;
	size_t founders_allocated;
	struct log_lineage_node *nodes;
	size_t n_nodes, nodes_allocated;
	uint64_t refused; /* lives beyond the cap */
	size_t refuse;	  /* so many more before it is looked for room again */
};

/* Zero-initialise. (This and what texts and pids are, in log_lineage_table.c.) */
void log_lineage_deinit(struct log_lineage *lineage);

/*
 * The number of a raw text (comm=, exe=): the same for quoted and hexadecimal forms and for a file
 * that was deleted meanwhile. LOG_LINEAGE_NONE for none and beyond the cap. 0 or -ENOMEM.
 */
int log_lineage_text(struct log_lineage *lineage, struct slice raw, uint32_t *ret) _must_check_;

/* The text of that number; "" for LOG_LINEAGE_NONE. */
struct slice log_lineage_text_of(const struct log_lineage *lineage, uint32_t number);

/*
 * The life that made a SECCOMP record. `exe` is a number of log_lineage_text(). LOG_LINEAGE_NONE
 * beyond the cap. Lives keep their number; pointers to them live until the next call.
 */
int log_lineage_record(struct log_lineage *lineage, uint32_t node, const struct scan *scan,
		       uint32_t exe, uint32_t session, uint32_t *ret) _must_check_;

/* Takes in a record of another type. */
int log_lineage_event(struct log_lineage *lineage, uint32_t node, const struct scan *scan,
		      const struct scan_process *process) _must_check_;

/* Rules or settings of the node were changed: until LOG_LINEAGE_KEY is met again, not every execve
 * needs to be in the log. */
void log_lineage_changed(struct log_lineage *lineage, uint32_t node);

/* What is known of a machine; borrowed until another one is asked for. 0 or -ENOMEM. */
int log_lineage_get_node(struct log_lineage *lineage, uint32_t node, struct log_lineage_node **ret)
	_must_check_;

/*
 * Has to be told of each record of the node before anything else is asked for it: serial numbers
 * that start again are those of a reboot, after which every pid is another process. Returns whether
 * this is one.
 */
bool log_lineage_order(struct log_lineage_node *node, const struct scan *scan);

/* The life that has the pid now, or LOG_LINEAGE_NONE. */
uint32_t log_lineage_current(const struct log_lineage *lineage, uint32_t node, uint32_t pid);

/*
 * The heads of all lives, into `ret` (n_lives items): the topmost ancestor with SECCOMP records, or
 * the nearest for which `is_head` says so (NULL: none does). LOG_LINEAGE_NONE for a life that has
 * none and made no SECCOMP record itself. 0 or -ENOMEM. (In log_lineage_heads.c.)
 */
int log_lineage_heads(const struct log_lineage *lineage, const bool *is_head, uint32_t *ret)
	_must_check_;

#endif
