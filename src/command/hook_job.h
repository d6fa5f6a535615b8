/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the annotations of a container ask for, checked against what the host allows: where the
 * profile goes, what it extends, in which format. The directories are held open from here on, so
 * that nobody can lead us elsewhere later.
 */
#ifndef ASG_COMMAND_HOOK_JOB_H
#define ASG_COMMAND_HOOK_JOB_H

#include "base/error.h"
#include "base/guarded_path.h"
#include "base/macro.h"
#include "command/hook_conf.h"
#include "format/emitter.h"
#include "model/annotation.h"
#include "model/profile.h"
#include <stdbool.h>

#define HOOK_CONF_PATH "/etc/audit-seccomp-gen/hook.conf"
#define HOOK_STATE_DIR "/var/lib/audit-seccomp-gen" /* for engines whose users are not root */

/* A file that will be written, in a directory that is open. */
struct hook_target {
	char *path;
	const char *name; /* in path */
	int directory;	  /* -1: no such file is wanted */
};

struct hook_job {
	struct annotation annotation;
	const struct emitter *format;
	struct hook_target profile, recording;
	struct profile *base; /* or NULL */
	bool residual;	      /* calls that the base allows need not be logged */
	bool arguments;	      /* are to be recorded, too */
};

/* Says the value of an annotation, or NULL. */
struct annotation_source {
	const char *(*get)(const void *context, const char *key);
	const void *context;
	bool vouched; /* io.container.manager is the engine's own word */
};

/* What HOOK_JOB_NONE means: the container has not asked for anything. */
#define HOOK_JOB_NONE 1

/*
 * Whether what stands at the target may be replaced: nothing, an empty file, or what we would write
 * there ourselves, a profile or a recording. -EEXIST with a message.
 */
int hook_target_check(const struct hook_target *target, bool recording, struct error *err)
	_must_check_;

/* Whether it is the container of a pod that only holds its namespaces: it has the annotations of
 * the others, and is not what they mean. */
bool hook_job_is_sandbox(const struct annotation_source *source);

/* The text of the main annotation; NULL for none, and for the sandbox of a pod. Borrowed. */
const char *hook_job_request(const struct annotation_source *source);

/*
 * Reads the annotations, the base, and looks at what stands at the outputs. HOOK_JOB_NONE, 0, or a
 * negative errno with a message. `*job` needs hook_job_deinit() in any case.
 */
int hook_job_load(struct hook_job *job, const struct annotation_source *source,
		  const struct hook_conf *conf, struct error *err) _must_check_;
/* The same with the text of the main annotation from elsewhere. */
int hook_job_load_text(struct hook_job *job, const char *text,
		       const struct annotation_source *source, const struct hook_conf *conf,
		       struct error *err) _must_check_;
void hook_job_deinit(struct hook_job *job);

#endif
