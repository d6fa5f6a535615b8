/* SPDX-License-Identifier: Apache-2.0 */
#include "command/hook_job.h"
#include "base/cleanup.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "model/profile_json.h"
#include "model/recording_json.h"
#include <errno.h>
#include <string.h>

#define MANAGER_NAME "io.container.manager" /* set by podman ("libpod") and CRI-O ("cri-o") */
/* Set by CRI-O and containerd for each container of a pod. */
#define CRIO_TYPE_NAME	  "io.kubernetes.cri-o.ContainerType"
#define CRIO_SANDBOX_NAME "io.kubernetes.cri-o.SandboxID"
#define CRI_TYPE_NAME	  "io.kubernetes.cri.container-type"

#define MOST_SHOWN 256 /* bytes of a path in a message */

#define FORMAT_NAME   ANNOTATION_NAME ".format"
#define RECORD_NAME   ANNOTATION_NAME ".recording"
#define RESIDUAL_NAME ANNOTATION_NAME ".residual"
#define ARGS_NAME     ANNOTATION_NAME ".args"

/*
 * Podman is run by root at a shell, who could write the file without us. CRI-O lets a pod's author
 * set any annotation of the sandbox, this one too, but none of them can take CRI-O's own away.
 */
static bool asked_by_root(const struct annotation_source *source)
{
	const char *manager = source->vouched ? source->get(source->context, MANAGER_NAME) : NULL;

	return manager && strcmp(manager, "libpod") == 0 &&
	       !source->get(source->context, CRIO_TYPE_NAME) &&
	       !source->get(source->context, CRIO_SANDBOX_NAME) &&
	       !source->get(source->context, CRI_TYPE_NAME);
}

bool hook_job_is_sandbox(const struct annotation_source *source)
{
	static const char *const keys[] = { CRIO_TYPE_NAME, CRI_TYPE_NAME };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *type = source->get(source->context, keys[i]);

		if (type && strcmp(type, "sandbox") == 0)
			return true;
	}
	return false;
}

static bool has_hidden_part(const char *path)
{
	for (const char *at = path; (at = strstr(at, "/.")); at++) {
		struct slice part = { at + 1, strcspn(at + 1, "/") };

		/* Those are refused for what they are. */
		if (!slice_is(part, ".") && !slice_is(part, ".."))
			return true;
	}
	return false;
}

/*
 * Even with podman the annotation can be the image's, whose author is anybody: podman copies them.
 * So these need a `directory` in hook.conf: where a file is taken for configuration because it is
 * there, and where images and volumes lie. The same holds for hidden files and directories.
 */
static bool is_harmless(const char *path)
{
	static const char *const trees[] = { "/bin",   "/boot",	  "/dev", "/etc",  "/lib", "/lib32",
					     "/lib64", "/libx32", "/opt", "/proc", "/run", "/sbin",
					     "/snap",  "/sys",	  "/usr", "/var" };
	static const char *const allowed[] = { HOOK_STATE_DIR, "/var/tmp" };

	if (has_hidden_part(path))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (path_is_below(path, allowed[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		if (path_is_below(path, trees[i]))
			return false;
	return true;
}

static int check_harmless(const char *path, struct error *err)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	if (is_harmless(path))
		return 0;
	strbuf_put_shown(&shown, (struct slice){ path, strnlen(path, MOST_SHOWN) });
	return error_set(err, -EPERM,
			 "'%s' is in a place where files have a meaning, and the annotation may be "
			 "the image's: choose another, or permit it with 'directory' "
			 "in " HOOK_CONF_PATH,
			 shown.failed ? "" : strbuf_text(&shown));
}

static int load_base(struct hook_job *job, const struct path_guard *guard, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (!job->annotation.input)
		return 0;
	r = guarded_read(guard, job->annotation.input, PROFILE_SIZE_MAX, &text, &len, err);
	if (r >= 0)
		r = profile_read_json(&job->base, text, len, job->annotation.input, err);
	return r < 0 ? error_prefix(err, r, "cannot use the base profile of 'if:'") : 0;
}

int hook_target_check(const struct hook_target *target, bool recording, struct error *err)
{
	struct recording present = { 0 };
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int r = guarded_present(target->directory, target->name, target->path, PROFILE_SIZE_MAX,
				&text, &len, err);

	if (r < 0 || !text || len == 0)
		return r;
	if (!recording && emitter_made(text, len))
		return 0;
	if (recording)
		r = recording_read_json(&present, text, len, target->path, err);
	else
		r = profile_read_json(&profile, text, len, target->path, err);
	recording_deinit(&present);
	return r < 0 ? error_prefix(err, -EEXIST,
				    "'%s' is not overwritten, because it is there and is no %s",
				    target->path, recording ? "recording" : "profile")
		     : 0;
}

static int open_target(struct hook_target *target, const struct path_guard *guard, const char *path,
		       bool recording, struct error *err)
{
	int r;

	target->path = strdup(path);
	if (!target->path)
		return error_memory(err);
	r = guarded_parent(guard, target->path, &target->directory, &target->name, err);
	return r < 0 ? r : hook_target_check(target, recording, err);
}

static int take_switch(const struct annotation_source *source, const char *key, bool *ret,
		       struct error *err)
{
	const char *value = source->get(source->context, key);

	if (!value)
		return 0;
	if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return error_set(err, -EINVAL, "annotation %s: neither 'true' nor 'false'", key);
	*ret = strcmp(value, "true") == 0;
	return 0;
}

static int take_format(struct hook_job *job, const struct annotation_source *source,
		       struct error *err)
{
	const char *name = source->get(source->context, FORMAT_NAME);
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	job->format = emitter_by_name(name ? name : "oci");
	if (job->format && job->format->emit)
		return 0;
	strbuf_put_shown(&shown, (struct slice){ name, strnlen(name, 64) });
	return error_set(err, -EINVAL, "annotation " FORMAT_NAME ": '%s' is no format of profiles",
			 strbuf_text(&shown));
}

static int take_options(struct hook_job *job, const struct annotation_source *source,
			const struct hook_conf *conf, struct error *err)
{
	int r = take_format(job, source, err);

	job->residual = true;
	if (r >= 0)
		r = take_switch(source, RESIDUAL_NAME, &job->residual, err);
	if (r >= 0)
		r = take_switch(source, ARGS_NAME, &job->arguments, err);
	if (r >= 0 && job->arguments && !conf->arguments)
		return error_set(err, -EPERM,
				 "annotation " ARGS_NAME ": this host records no arguments "
				 "(arguments = no in hook.conf)");
	return r;
}

static int check_paths(const struct hook_job *job, const char *recording, bool anywhere,
		       struct error *err)
{
	const char *const paths[] = { job->annotation.input, job->annotation.output, recording };
	int r = 0;

	for (size_t i = 0; r == 0 && anywhere && i < ARRAY_SIZE(paths); i++)
		r = paths[i] ? check_harmless(paths[i], err) : 0;
	if (r == 0 && recording && strcmp(recording, job->annotation.output) == 0)
		r = error_set(err, -EINVAL, "profile and recording cannot be the same file");
	return r;
}

int hook_job_load_text(struct hook_job *job, const char *text,
		       const struct annotation_source *source, const struct hook_conf *conf,
		       struct error *err)
{
	static const char *const state_dir[] = { HOOK_STATE_DIR, NULL };
	const char *recording = source->get(source->context, RECORD_NAME);
	struct path_guard guard = { (const char *const *)conf->directories };
	int r;

	*job = (struct hook_job){ .profile.directory = -1, .recording.directory = -1 };
	if (!guard.roots && !asked_by_root(source))
		guard.roots = state_dir;
	r = annotation_parse(&job->annotation, text, err);
	if (r >= 0 && recording)
		r = annotation_check_path(recording, err);
	if (r >= 0)
		r = check_paths(job, recording, !guard.roots, err);
	if (r >= 0)
		r = take_options(job, source, conf, err);
	if (r >= 0)
		r = load_base(job, &guard, err);
	if (r >= 0)
		r = open_target(&job->profile, &guard, job->annotation.output, false, err);
	if (r >= 0 && recording)
		r = open_target(&job->recording, &guard, recording, true, err);
	return r < 0 ? error_prefix(err, r, "annotation " ANNOTATION_NAME) : 0;
}

const char *hook_job_request(const struct annotation_source *source)
{
	return hook_job_is_sandbox(source) ? NULL : source->get(source->context, ANNOTATION_NAME);
}

int hook_job_load(struct hook_job *job, const struct annotation_source *source,
		  const struct hook_conf *conf, struct error *err)
{
	const char *text = hook_job_request(source);

	*job = (struct hook_job){ .profile.directory = -1, .recording.directory = -1 };
	return text ? hook_job_load_text(job, text, source, conf, err) : HOOK_JOB_NONE;
}

static void target_deinit(struct hook_target *target)
{
	if (target->directory >= 0)
		close(target->directory);
	free(target->path);
}

void hook_job_deinit(struct hook_job *job)
{
	annotation_deinit(&job->annotation);
	target_deinit(&job->profile);
	target_deinit(&job->recording);
	profile_free(job->base);
}
