/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a control group is, by the path that engines, Kubernetes and systemd give it, on cgroup v1
 * and v2: a container's, a systemd unit's, a login session's. A table of the forms, nothing else:
 * no file is read here.
 *
 * Who may make control groups (a user below user@UID.service, a service with Delegate=) can call
 * them what he likes. So two are the same only when the whole path up to the name is, and what lies
 * below a user's manager carries his number in its name.
 */
#ifndef ASG_TARGET_CGROUP_NAME_H
#define ASG_TARGET_CGROUP_NAME_H

#include "base/macro.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include <stdbool.h>
#include <stdint.h>

/* Ascending: a process that is in several hierarchies is what the last of these says. */
enum cgroup_kind {
	CGROUP_PLAIN,	  /* nothing that has a name */
	CGROUP_SESSION,	  /* session-3.scope: all that a login has started */
	CGROUP_UNIT,	  /* nginx.service */
	CGROUP_CONTAINER, /* the outermost one, where they are nested */
};

#define CGROUP_NO_USER ((uint32_t)-1)

/* Slices are of the text that was parsed. */
struct cgroup_name {
	enum cgroup_kind kind;
	const char *engine; /* "docker", "podman" ...; NULL: no container */
	struct slice id;    /* raw: of the container, the unit, the session; "" for CGROUP_PLAIN */
	struct slice pod;   /* raw uid of the Kubernetes pod, or "" */
	struct slice path;  /* up to what gave the name: tells two of the same name apart */
	uint32_t user;	    /* below whose user-UID.slice it is, or CGROUP_NO_USER */
};

/* One path, as the third field of /proc/PID/cgroup has it. A path relative to another cgroup
 * namespace ("/../../system.slice/...") is taken, too. */
void cgroup_name_parse(struct slice path, struct cgroup_name *ret);

/* The whole text of /proc/PID/cgroup: the hierarchy that says most, the unified one first. */
void cgroup_name_choose(struct slice file, struct cgroup_name *ret);

/*
 * Appends a name for people: "docker-0123456789ab", "pod-UID:cri-o-0123456789ab", "lxc-web",
 * "nginx.service", "user-1000:foo.service". Safe to show.
 */
void cgroup_name_put(const struct cgroup_name *name, struct strbuf *ret);

/* Appends the whole id, with systemd's \xNN escapes of a machine's name undone. Any bytes. */
void cgroup_name_put_id(const struct cgroup_name *name, struct strbuf *ret);

/* Appends the pod's uid in the form of the Kubernetes API (dashes). Nothing where there is none. */
void cgroup_name_put_pod(const struct cgroup_name *name, struct strbuf *ret);

#endif
