/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI runtime-spec config.json and a container's state JSON as runtimes exchange them with
 * hooks: read, and the config changed so that its seccomp filter LOGs what it ALLOWs. What is not
 * changed stays byte for byte as it was.
 */
#ifndef ASG_MODEL_OCI_CONFIG_JSON_H
#define ASG_MODEL_OCI_CONFIG_JSON_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OCI_CONFIG_SIZE_MAX (16 * 1024 * 1024) /* bytes of a config or state that we read */
#define OCI_ID_LENGTH_MAX   128

struct oci_config; /* has its own copy of the text */

enum oci_seccomp {
	OCI_SECCOMP_NONE,
	OCI_SECCOMP_LOGS, /* some rule or the default is SCMP_ACT_LOG */
	OCI_SECCOMP_NO_LOG,
};

/*
 * Parses; copies `text`. `name` is for messages. -EBADMSG with line and reason when it is not a
 * JSON object, has a NUL, a member twice, a member of ours of the wrong type, or one that differs
 * from ours only in case (runtimes written in Go take it for ours).
 */
int oci_config_read(struct oci_config **ret, const char *text, size_t len, const char *name,
		    struct error *err) _must_check_;
struct oci_config *oci_config_free(struct oci_config *config);
void oci_config_freep(struct oci_config **config);
#define _cleanup_oci_config_ _cleanup_(oci_config_freep)

/* The annotation, borrowed; NULL: none. */
const char *oci_config_annotation(const struct oci_config *config, const char *key);

/* The value of the last `variable=` in process.env, borrowed; NULL: none. */
const char *oci_config_environment(const struct oci_config *config, const char *variable);

/* Whether the container gets a pid namespace of its own, and joins none that is there. */
bool oci_config_new_pid_namespace(const struct oci_config *config);

enum oci_seccomp oci_config_seccomp(const struct oci_config *config);

/* CAP_SYS_ADMIN, CAP_SYS_MODULE and CAP_SYS_RAWIO in the bounding set, and no seccomp. */
bool oci_config_privileged(const struct oci_config *config);

/*
 * The config with a filter that logs, owned by the caller. With `base` (else NULL, and `names` too)
 * what it allows everywhere is not logged. What the filter denied stays denied.
 */
int oci_config_log(const struct oci_config *config, const struct profile *base,
		   struct syscall_table *names, bool denials, char **ret, struct error *err)
	_must_check_;

/*
 * A config that no runtime starts, and whose refusal names the reason: the default action of its
 * filter is that text. Engines do not pass on what a precreate hook says (podman 4.3), but they do
 * pass on what the runtime says. Text is the caller's.
 */
int oci_config_refuse(const struct oci_config *config, const char *reason, char **ret,
		      struct error *err) _must_check_;

/* Whether the config is one that oci_config_refuse() made. */
bool oci_config_refused(const struct oci_config *config);

/*
 * The config for a copy of the bundle elsewhere, owned by the caller: relative root.path and
 * sources of bind mounts get `bundle` and a slash in front.
 */
int oci_config_absolute(const struct oci_config *config, const char *bundle, char **ret,
			struct error *err) _must_check_;

/* Whether a container's id can be a part of a path: plain characters, no '.' or '-' in front, at
 * most OCI_ID_LENGTH_MAX of them. */
bool oci_id_is_valid(const char *id);

struct oci_state {
	char *id;
	char *bundle;	    /* absolute, or NULL */
	int32_t pid;	    /* 0: none (poststop) */
	char **annotations; /* key, value, key, value, NULL; or NULL */
};

/*
 * Copies what it needs; `*ret` is untouched on failure. -EBADMSG when the id is not 1 to 128 of
 * [A-Za-z0-9_.+-] or starts with '.' or '-', when pid or bundle make no sense.
 */
int oci_state_read(struct oci_state *ret, const char *text, size_t len, struct error *err)
	_must_check_;
const char *oci_state_annotation(const struct oci_state *state, const char *key);
void oci_state_deinit(struct oci_state *state);

#endif
