/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everybody on this host whose records may come: containers, systemd units, and programs that were
 * started by hand, each known by its processes. Answers whose a record is, by the ladder of
 * target/attribution.h with many targets instead of one: audit session, lineage, then, for the
 * first of a family, its control group and pid namespace; else it is the topmost process that is
 * under the same filters. Nothing is guessed: who had gone before anybody could look, and has no
 * known ancestor, is a tenant of his own and `doubtful`.
 */
#ifndef ASG_TARGET_TENANTS_H
#define ASG_TARGET_TENANTS_H

#include "audit/record.h"
#include "audit/scan.h"
#include "base/error.h"
#include "base/macro.h"
#include "base/time.h"
#include "target/attribution.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TENANT_NONE	       UINT32_MAX
#define TENANTS_MAX	       4096   /* groups at once, unless the options say otherwise */
#define TENANTS_PROCESSES_MAX  262144 /* processes remembered: some 20 MB */
#define TENANTS_NAMESPACES_MAX 2048   /* pid namespaces held at once */
#define TENANTS_SESSIONS_MAX   4096   /* audit sessions remembered */

enum tenant_kind {
	TENANT_PROCESS,	  /* the topmost process and all that descend from it */
	TENANT_NAMESPACE, /* a pid namespace that nobody names */
	TENANT_UNIT,
	TENANT_CONTAINER,
};

struct tenant {
	enum tenant_kind kind;
	char *name;  /* unique; nothing but letters, digits and . _ : @ + - */
	char *id;    /* whole and raw: container, unit; NULL: none */
	char *title; /* what the engine calls it; NULL: not known */
	char *exe;   /* raw, of its topmost process, as long as that gives it its name */
	pid_t pid;   /* its first known process */
	unsigned int renames;
	bool wanted;	  /* passes the selection */
	bool recorded;	  /* for the caller to set: something of it was */
	bool final;	  /* the name does not change any more */
	bool doubtful;	  /* its records could be somebody else's */
	bool alive;	  /* a process of it was there at the last sweep */
	bool released;	  /* it has gone and has no place among TENANTS_MAX any more */
	bool forgotten;	  /* what is more, it does not come back: its number is given again */
	bool early;	  /* it was known before it logged, and counts apart */
	bool before;	  /* its start was not heard */
	int64_t began_ms; /* its first process, as time_steady_ms(); TIME_UNKNOWN: not known */
	int64_t since_ms; /* nothing of it can have logged before; TIME_UNKNOWN: not known */
	uint64_t unsure;  /* records that are its own or another's */
};

/* Globs, glob(7); borrowed. */
struct tenant_patterns {
	const char *const *items;
	size_t n;
};

struct tenants_options {
	size_t max, processes_max;	   /* 0: TENANTS_MAX, TENANTS_PROCESSES_MAX */
	struct tenant_patterns containers; /* ids, their beginnings, names */
	struct tenant_patterns units;
	const uint32_t *pids; /* these and all that descend from them; borrowed */
	size_t n_pids;
	bool forget; /* who has gone, even when something of him was recorded */
	int proc;    /* descriptor of /proc, borrowed */
};

/* What had to be given up. */
struct tenants_losses {
	uint64_t fork_events;	     /* not heard of */
	uint64_t fork_events_mended; /* of these, those after which it was looked at who is there */
	uint64_t processes;	     /* not remembered: more at once than the cap */
	uint64_t tenants;	     /* records of those beyond the cap */
	uint64_t doubtful;	     /* records of doubtful tenants */
	uint64_t unsure;	     /* records of one of two tenants, and nobody knows of which */
};

struct tenants;

/* Listens to fork events; then takes in who is there already. */
int tenants_new(struct tenants **ret, const struct tenants_options *options, struct error *err)
	_must_check_;
struct tenants *tenants_free(struct tenants *tenants);

/* For poll(2). */
int tenants_fd(const struct tenants *tenants);

/* Takes in the fork events that wait: after the audit socket was read, before its records are asked
 * about. */
int tenants_drain(struct tenants *tenants, struct error *err) _must_check_;

/*
 * Whose the record is: OWNER_TARGET with its number; OWNER_OTHER: not selected, or there is no room
 * for its tenant (a loss); OWNER_UNKNOWN: it cannot be told. -ENOMEM.
 */
int tenants_of(struct tenants *tenants, const struct scan *scan, enum owner *ret_owner,
	       uint32_t *ret_tenant) _must_check_;

/* From now on every record is heard: who is under a filter by now may have made some that were not.
 */
void tenants_listening(struct tenants *tenants);

/* Whether the start of a tenant may not have been heard: it was there, and under a filter, before
 * that. A unit or container that is started again
 * afterwards, when all its processes have gone, has been heard. */
bool tenants_began_before(const struct tenants *tenants, uint32_t number);

/* Makes room for another one, once the caller has done with one that has gone (not `alive`). A
 * container or a unit that comes back is the same tenant again, and not released any more. */
void tenants_release(struct tenants *tenants, uint32_t number);

/* The same for good: who comes back, even a container or a unit, is another tenant. Its number is
 * given to somebody else some time after. */
void tenants_forget(struct tenants *tenants, uint32_t number);

/* Gives a tenant whose name is not final another one, or one that begins so. */
int tenants_rename(struct tenants *tenants, uint32_t number, struct slice name) _must_check_;

struct tenant *tenants_at(const struct tenants *tenants, uint32_t number);
size_t tenants_processes(const struct tenants *tenants);
void tenants_losses(const struct tenants *tenants, struct tenants_losses *ret);

/* All that was logged before that time, of time_steady_ms(), has been asked about. */
void tenants_heard(struct tenants *tenants, int64_t time_ms);

/* Forgets who has gone, and of whom no record can come any more, at most every few seconds; says
 * which tenants live. */
void tenants_sweep(struct tenants *tenants);

/* Whether any process of a tenant of whom something was recorded, or one of those that were asked
 * for by pid, lives. */
bool tenants_wanted_alive(struct tenants *tenants);

/* Takes in who is there now, for what was missed. */
int tenants_scan(struct tenants *tenants, struct error *err) _must_check_;

#endif
