/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the tenants share: the table, and the ladder that fills it. */
#ifndef ASG_TARGET_TENANTS_PRIVATE_H
#define ASG_TARGET_TENANTS_PRIVATE_H

#include "base/intern.h"
#include "target/cgroup_name.h"
#include "target/fork_events.h"
#include "target/process_look.h"
#include "target/processes.h"
#include "target/tenants.h"

#define TENANTS_CLIMB_MAX 64 /* steps up from a process */
#define TENANTS_SLACK_MS  60 /* between a start by /proc, in steps of 10 ms, and by a fork event */

/* A pid namespace below the host's; the descriptor keeps its number from being given again. */
struct tenant_namespace {
	uint64_t inode;
	int fd;
	uint32_t tenant;
	bool shared; /* others are in it as well */
};

struct tenant_session {
	uint32_t session, tenant;
};

/* Which tenant a text belongs to. */
struct tenant_index {
	struct intern texts;
	uint32_t *tenants; /* by number in `texts` */
	size_t allocated;
};

struct tenants {
	struct tenants_options options;
	struct fork_events events;
	struct processes processes;
	struct tenant *items;
	size_t n, allocated;
	size_t n_released;
	size_t n_early;	    /* `early` and not released: the cap is for the others */
	size_t n_forgotten; /* since their numbers were freed last */
	uint32_t *vacant;   /* numbers that can be given again */
	size_t n_vacant, vacant_allocated;
	struct tenant_index names; /* that are taken */
	struct tenant_index keys;  /* what tells a tenant */
	struct tenant_namespace *namespaces;
	size_t n_namespaces, namespaces_allocated;
	struct tenant_session *sessions;
	size_t n_sessions, sessions_allocated;
	uint64_t host_namespace; /* inode number */
	char *own_cgroup;	 /* the path that our own process is known by; NULL: none */
	struct tenants_losses losses;
	int64_t listening_ms; /* since when every record is heard; 0: not yet */
	int64_t swept_ms;
	uint64_t overflows_seen; /* of fork events, after which it was looked at who is there */
	uint64_t drops_mended;	 /* the same in events */
	int64_t heard_ms;	 /* what was logged before that has been asked about */
	int64_t looked_again_ms;
	struct time_wall wall;
	size_t swept_n; /* processes that were left by the last sweep */
	pid_t witness;	/* of tenants_wanted_alive() */
};

struct tenant_start {
	int64_t ms;	  /* since boot; TIME_UNKNOWN: it has gone, and was not heard of */
	int64_t since_ms; /* nothing of the tenant was there before; TIME_UNKNOWN: not known */
	bool before;	  /* it may have logged before listening began */
};

/* What a tenant is made from. */
struct tenant_facts {
	enum tenant_kind kind;
	struct slice key;  /* unique for the tenant, any bytes; "" : none is like it */
	struct slice name; /* for people, any bytes */
	struct slice id, title;
	pid_t pid;
	struct tenant_start start; /* of its first process */
};

/* From now on the text is the tenant's. 0 or -ENOMEM. */
int tenant_index_put(struct tenant_index *index, struct slice text, uint32_t tenant) _must_check_;

/* Whose the text is; TENANT_NONE: nobody's, or that of one who was forgotten. */
uint32_t tenants_find(const struct tenants *tenants, const struct tenant_index *index,
		      struct slice text);
void tenant_index_deinit(struct tenant_index *index);

/* A number for a new tenant, at which there is room. 0 or -ENOMEM. */
int tenants_number(struct tenants *tenants, uint32_t *ret) _must_check_;

/* Frees names, keys and numbers of those that were forgotten, once they are many: nobody may hold
 * the number of one. */
void tenants_tidy(struct tenants *tenants);

/* What the tenant owns. */
void tenant_deinit(struct tenant *tenant);

/* Whether there may be one more. */
bool tenants_have_room(const struct tenants *tenants);

/* It counts again. */
void tenants_revive(struct tenants *tenants, uint32_t number);

/* It was known before it logged: it counts apart. */
void tenants_set_early(struct tenants *tenants, uint32_t number);

/*
 * The tenant of that key, made when new. 0; -E2BIG beyond the cap; -ENOMEM.
 */
int tenants_get(struct tenants *tenants, const struct tenant_facts *facts, uint32_t *ret)
	_must_check_;

/*
 * Whose `number`, a process that none of its ancestors answers for, is. 0; -ESRCH: nobody can tell;
 * -E2BIG, -ENOMEM. `comm` is decoded.
 */
int tenants_settle(struct tenants *tenants, uint32_t number, struct slice comm, uint32_t *ret)
	_must_check_;

/* Notes whose a process is, and with it all that descend from it: never of the host's first one. */
void tenants_assign(struct tenants *tenants, uint32_t number, uint32_t tenant);

/* Takes in one that no fork event has told of. -ESRCH, -E2BIG, -ENOMEM. */
int tenants_discover(struct tenants *tenants, pid_t pid, uint32_t *ret) _must_check_;

/* When a process began; of whom else its tenant was, nothing is said. */
struct tenant_start tenants_start(const struct tenants *tenants, pid_t pid);

/* The same for one that is known. */
struct tenant_start tenants_start_of(const struct tenants *tenants, const struct process *process);

/* When all that is in the pid namespace began, in which `first` hangs on the host. */
struct tenant_start tenants_start_of_namespace(const struct tenants *tenants, pid_t first);

/* When the unit began of which `pid` is. */
struct tenant_start tenants_start_of_unit(struct tenants *tenants, pid_t pid,
					  const struct cgroup_name *unit);

/* When the process began, or who was above it and has gone. */
struct tenant_start tenants_start_of_line(const struct tenants *tenants, uint32_t number);

/* What was there before, and is started again when all of it has gone, is heard from its start. */
void tenants_note_start(struct tenants *tenants, uint32_t number, const struct tenant_start *start);

/* Whether /proc still tells of this very process. */
bool tenants_is_there(const struct tenants *tenants, const struct process *process,
		      struct process_look *ret);

/* Whether only some are wanted, by what they are. */
bool tenants_select(const struct tenants *tenants);

/* Whether what /proc says is of that very process, and not of one that got its pid since. */
bool tenants_is_same(const struct tenants *tenants, uint32_t number,
		     const struct process_look *look);

/* Where a process is: enough to say whose it is. Slices are of `cgroup_text`. */
struct tenant_place {
	char cgroup_text[PROCESS_CGROUP_MAX];
	struct cgroup_name cgroup;
	uint64_t namespace; /* inode number; 0: not to be seen */
};

void tenants_look_at_place(const struct tenants *tenants, pid_t pid, struct tenant_place *ret);

/* Whether that is a pid namespace below the host's. */
bool tenants_is_elsewhere(const struct tenants *tenants, uint64_t namespace);

/* The one tenant in the namespace; TENANT_NONE: there is none, or more. */
uint32_t tenants_in_namespace(const struct tenants *tenants, uint64_t inode);

/* The tenant of a process which is in a container's control group, in a unit's, or in another pid
 * namespace than the host's. 0; -ESRCH: it has gone; -E2BIG, -ENOMEM. */
int tenants_settle_container(struct tenants *tenants, pid_t pid, const struct tenant_place *place,
			     uint32_t *ret) _must_check_;
int tenants_settle_unit(struct tenants *tenants, pid_t pid, const struct tenant_place *place,
			uint32_t *ret) _must_check_;
int tenants_settle_elsewhere(struct tenants *tenants, pid_t pid, uint64_t inode, uint32_t *ret)
	_must_check_;

/*
 * The container, pid namespace or unit that a process which lives is in, whether it logs or not.
 * -ESRCH: none; -E2BIG, -ENOMEM.
 */
int tenants_settle_place(struct tenants *tenants, uint32_t number, uint32_t *ret) _must_check_;

/* "comm-pid". */
int tenants_own(struct tenants *tenants, uint32_t number, struct slice comm, uint32_t *ret)
	_must_check_;

#endif
