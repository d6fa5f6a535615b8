/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running container, known by its first process: which other processes are in it, even those that
 * joined from outside (exec sessions), and whether the last of them has gone.
 *
 * A container with a pid namespace of its own is that namespace with all that are nested in it; one
 * that shares the host's is its cgroup with all below, if it has one, else its mount namespace. Of
 * who is in a pid namespace that several containers share (those of a pod, --pid=container:),
 * cgroup and mounts tell in which of them.
 */
#ifndef ASG_TARGET_CONTAINER_H
#define ASG_TARGET_CONTAINER_H

#include "base/error.h"
#include "base/macro.h"
#include "target/lineage.h"
#include <stdbool.h>
#include <sys/types.h>

#define CONTAINER_NESTING_MAX 33 /* MAX_PID_NS_LEVEL, include/linux/pid_namespace.h, and itself */

struct container {
	pid_t init;
	int pidfd;	  /* of init; becomes readable when it ends */
	int namespace_fd; /* keeps the inode number from being given again */
	dev_t device;
	ino_t namespaces[CONTAINER_NESTING_MAX]; /* the container's, its parent ... the host's */
	size_t n_namespaces;			 /* 0: the container shares the host's */
	bool leads;   /* init is number 1 of its pid namespace, which ends with it */
	bool shared;  /* another container is in its pid namespace */
	char *cgroup; /* NULL: it has none of its own */
};

/*
 * Takes hold of the container of `init`, a pid as this process sees it. -ESRCH when it has gone.
 * `*container` needs container_deinit() in any case once it was handed in.
 */
int container_open(struct container *container, pid_t init, struct error *err) _must_check_;
void container_deinit(struct container *container);

/* What `pid` is to the container, by its namespaces or cgroup. Needs CAP_SYS_PTRACE. */
enum kin container_kin(const struct container *container, pid_t pid);

/* Makes the lineage know the container: its members, and everybody who is not. */
int container_follow(const struct container *container, struct lineage *lineage, struct error *err)
	_must_check_;

/*
 * The first process of a container among those that are followed: the one that is number 1 in a pid
 * namespace below this one. 0: there is none (yet).
 */
pid_t container_find(const struct lineage *lineage);

/* Whether init and everybody who is known to belong to the container have gone. */
bool container_gone(const struct container *container, const struct lineage *lineage);

#endif
