/* SPDX-License-Identifier: Apache-2.0 */
#include "command/runtime.h"
#include "arch/syscall.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "command/backlog.h"
#include "command/collector.h"
#include "command/hook_join.h"
#include "command/hook_lock.h"
#include "command/hook_read.h"
#include "command/report.h"
#include "command/runtime_args.h"
#include "model/oci_config_json.h"
#include "target/session.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#define ENVIRONMENT_NAME "IO_CONTAINERS_TRACE_SYSCALL"

struct runtime {
	struct runtime_args args;
	struct hook_conf conf;
	char *all_roots[2]; /* --record-all: the one directory that may be written to */
	char *bundle;	    /* absolute */
	char *text;	    /* of its config.json, as it is */
	size_t len;
	struct oci_config *config;
	char *wanted; /* text of the annotation; NULL: nothing is asked for */
	struct hook_job job;
	uint32_t session;
};

static const char *get_annotation(const void *context, const char *key)
{
	return oci_config_annotation(context, key);
}

/*
 * What is asked for: by our own argument, which is the administrator's, else by annotation, else by
 * the container's environment, which may be the image's.
 */
static int find_request(struct runtime *runtime, struct error *err)
{
	const struct annotation_source source = { get_annotation, runtime->config, false };
	const char *text = hook_job_request(&source);

	if (runtime->args.record_all && !hook_job_is_sandbox(&source)) {
		if (asprintf(&runtime->wanted, "of:%s/%s.json", runtime->args.record_all,
			     runtime->args.id) < 0)
			runtime->wanted = NULL;
		return runtime->wanted ? 0 : error_memory(err);
	}
	if (!text && !hook_job_is_sandbox(&source))
		text = oci_config_environment(runtime->config, ENVIRONMENT_NAME);
	if (!text)
		return 0;
	runtime->wanted = strdup(text);
	return runtime->wanted ? 0 : error_memory(err);
}

static char *config_path(const struct runtime *runtime)
{
	char *path;

	if (runtime->args.config)
		return strdup(runtime->args.config);
	return asprintf(&path, "%s/config.json", runtime->bundle) < 0 ? NULL : path;
}

static int read_config(struct runtime *runtime, struct error *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *path = NULL;
	int r;

	runtime->bundle = realpath(runtime->args.bundle ? runtime->args.bundle : ".", NULL);
	if (!runtime->bundle)
		return error_set(err, -errno, "bundle '%s': %m",
				 runtime->args.bundle ? runtime->args.bundle : ".");
	path = config_path(runtime);
	if (!path)
		return error_memory(err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, -errno, "cannot open '%s': %m", path);
	r = hook_read(fd, &runtime->text, &runtime->len, err);
	return r < 0 ? r
		     : oci_config_read(&runtime->config, runtime->text, runtime->len, path, err);
}

/* An id becomes a file name. */
static int check_id(const char *id, struct error *err)
{
	if (id && oci_id_is_valid(id))
		return 0;
	return error_set(err, -EINVAL, "the container's id is none that an OCI runtime takes");
}

static const char *no_annotation(_unused_ const void *context, _unused_ const char *key)
{
	return NULL;
}

static int load_job(struct runtime *runtime, struct error *err)
{
	struct annotation_source source = { get_annotation, runtime->config, false };
	int r = hook_conf_read(&runtime->conf, HOOK_CONF_PATH, err);
	char **directories = runtime->conf.directories;

	if (r < 0)
		return r;
	if (runtime->args.record_all) {
		source.get = no_annotation;
		runtime->all_roots[0] = (char *)runtime->args.record_all;
		runtime->conf.directories = runtime->all_roots;
	}
	r = hook_job_load_text(&runtime->job, runtime->wanted, &source, &runtime->conf, err);
	runtime->conf.directories = directories;
	return r;
}

/* runc before crun: the engines that need us speak its dialect. NULL: there is none. */
static const char *find_runtime(const struct runtime *runtime)
{
	static const char *const found[] = { "/usr/bin/runc",	    "/usr/sbin/runc",
					     "/usr/local/bin/runc", "/usr/local/sbin/runc",
					     "/usr/bin/crun",	    "/usr/local/bin/crun" };

	if (runtime->args.runtime_path)
		return runtime->args.runtime_path;
	if (runtime->conf.runtime_path)
		return runtime->conf.runtime_path;
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		if (access(found[i], X_OK) == 0)
			return found[i];
	return NULL;
}

/* runc before 1.1.5 refuses filters with flags; what it denies is not seen, then. */
static bool knows_flags(const struct runtime *runtime)
{
	const char *path = find_runtime(runtime), *slash = path ? strrchr(path, '/') : NULL;

	return runtime->conf.log_denials && slash && strcmp(slash + 1, "crun") == 0;
}

static int become(const struct runtime *runtime, char **argv, struct error *err)
{
	const char *path = find_runtime(runtime);

	if (!path)
		return error_set(err, -ENOENT,
				 "neither runc nor crun was found: name one with --runtime-path or "
				 "in hook.conf");
	argv[0] = (char *)path;
	execv(path, argv);
	return error_set(err, -errno, "cannot run '%s': %m", path);
}

/*
 * The changed config, in a bundle of our own whose paths lead to the original; or alone, where the
 * runtime takes a config apart from its bundle.
 */
static int changed_config(struct runtime *runtime, char **ret, struct error *err)
{
	struct syscall_table names = { 0 };
	_cleanup_free_ char *logging = NULL;
	_cleanup_oci_config_ struct oci_config *changed = NULL;
	int r = oci_config_log(runtime->config, runtime->job.residual ? runtime->job.base : NULL,
			       &names, knows_flags(runtime), &logging, err);

	syscall_table_deinit(&names);
	if (r >= 0)
		r = oci_config_read(&changed, logging, strlen(logging), "config.json", err);
	return r < 0 ? r : oci_config_absolute(changed, runtime->bundle, ret, err);
}

static int write_bundle(struct runtime *runtime, char **ret, struct error *err)
{
	_cleanup_free_ char *text = NULL, *directory = NULL;
	_cleanup_close_ int fd = -1;
	int r = changed_config(runtime, &text, err);

	if (r < 0)
		return r;
	directory = hook_lock_scratch(runtime->args.id, err);
	if (!directory)
		return -EIO;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_set(err, -errno, "cannot open '%s': %m", directory);
	r = guarded_write(fd, "config.json", directory, 0600, text, strlen(text), err);
	if (r < 0)
		return r;
	*ret = directory;
	directory = NULL;
	return 0;
}

static int start_collector(struct runtime *runtime, int lock, struct error *err)
{
	struct collection collection = {
		.id = runtime->args.id,
		.conf = &runtime->conf,
		.job = &runtime->job,
		.ancestor = getpid(),
		.new_namespace = oci_config_new_pid_namespace(runtime->config),
		.session = RECORD_UNSET,
		.lock = lock,
	};

	/* Where none can be started, descent and the container's namespace tell. */
	if (session_start(&collection.session) < 0)
		collection.session = RECORD_UNSET;
	return collector_start(&collection, err);
}

/* With the lock of the container's id, which an earlier container may have had a moment ago. */
static int record_locked(struct runtime *runtime, int lock, char ***ret_argv, char **ret_word,
			 struct error *err)
{
	_cleanup_free_ char *bundle = NULL;
	int r = write_bundle(runtime, &bundle, err);

	if (r >= 0)
		r = runtime_args_replace(&runtime->args, bundle, ret_argv, ret_word, err);
	if (r >= 0)
		r = start_collector(runtime, lock, err);
	if (r < 0)
		hook_lock_done(runtime->args.id);
	return r;
}

static int record(struct runtime *runtime, struct error *err)
{
	_cleanup_free_ char **argv = NULL;
	_cleanup_free_ char *word = NULL;
	_cleanup_close_ int lock = -1;
	int r = load_job(runtime, err);

	if (r < 0)
		return r;
	lock = hook_lock_take(runtime->args.id, runtime->conf.wait_ms, err);
	if (lock < 0)
		return lock;
	r = record_locked(runtime, lock, &argv, &word, err);
	return r < 0 ? r : become(runtime, argv, err);
}

/* A container must not be harmed by that it is recorded: exec goes on in any case. */
static void join_recording(const char *id)
{
	struct error err = { 0 };

	if (id && oci_id_is_valid(id) && hook_join(id, &err) < 0)
		syslog(LOG_WARNING, "container %s: %s", id, err.message);
}

/* What poststop is to an engine with hooks: the profile is there, or it is said why it is not. */
static void await_collector(struct runtime *runtime)
{
	const char *id = runtime->args.id;
	struct error err = { 0 };
	int r;

	if (!id || !oci_id_is_valid(id))
		return;
	r = hook_lock_wait(id, runtime->conf.wait_ms, &err);
	if (r == -EOWNERDEAD)
		backlog_heal();
	if (r < 0)
		syslog(LOG_ERR, "container %s: %s", id, err.message);
}

static int look_at_container(struct runtime *runtime, struct error *err)
{
	int r = check_id(runtime->args.id, err);

	if (r >= 0)
		r = read_config(runtime, err);
	return r < 0 ? r : find_request(runtime, err);
}

/* Whether the config, which may be no JSON at all, may ask for something. */
static bool may_ask(const struct runtime *runtime)
{
	return runtime->args.record_all ||
	       (runtime->text &&
		(memmem(runtime->text, runtime->len, ANNOTATION_NAME, strlen(ANNOTATION_NAME)) ||
		 memmem(runtime->text, runtime->len, ENVIRONMENT_NAME, strlen(ENVIRONMENT_NAME))));
}

/* A command that is none of ours, or for a container that asks for nothing, is the runtime's alone,
 * and so is what is wrong with it. */
static int pass_through(struct runtime *runtime, struct error *err)
{
	/* Of hook.conf only a path and a time matter here; what is wrong with the file is said when
	 * something is to be recorded. */
	(void)!hook_conf_read(&runtime->conf, HOOK_CONF_PATH, NULL);
	if (runtime_args_is(&runtime->args, "exec"))
		join_recording(runtime->args.id);
	if (runtime_args_is(&runtime->args, "delete"))
		await_collector(runtime);
	return become(runtime, runtime->args.argv, err);
}

static int run(struct runtime *runtime, int argc, char **argv, struct error *err)
{
	int r = runtime_args_parse(&runtime->args, argc, argv, err);

	if (r < 0)
		return r;
	if (runtime_args_create(&runtime->args)) {
		r = look_at_container(runtime, err);
		if (r < 0 && may_ask(runtime))
			return r;
		if (r >= 0 && runtime->wanted)
			return record(runtime, err);
	}
	return pass_through(runtime, err);
}

/* In the form that containerd and podman look for (logrus' JSON, as runc and crun write it). */
static void put_log(const char *path, const char *message)
{
	_cleanup_fclose_ FILE *stream = path ? fopen(path, "ae") : NULL;
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	if (!stream)
		return;
	strbuf_put_shown(&shown, slice_from(message));
	fputs("{\"level\":\"error\",\"msg\":\"" RUNTIME_PROGRAM ": ", stream);
	for (const char *c = strbuf_text(&shown); c && *c; c++)
		fprintf(stream, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	fputs("\"}\n", stream);
}

int runtime_main(int argc, char **argv)
{
	struct runtime runtime = {
		.job = { .profile.directory = -1, .recording.directory = -1 },
	};
	struct error err = { 0 };
	int r;

	hook_conf_init(&runtime.conf);
	openlog(RUNTIME_PROGRAM, LOG_PID, LOG_DAEMON);
	r = run(&runtime, argc, argv, &err);
	syslog(LOG_ERR, "%s", error_message(&err, r));
	put_log(runtime.args.log, error_message(&err, r));
	hook_job_deinit(&runtime.job);
	hook_conf_deinit(&runtime.conf);
	oci_config_free(runtime.config);
	runtime_args_deinit(&runtime.args);
	free(runtime.bundle);
	free(runtime.text);
	free(runtime.wanted);
	return report_failure(&err, r, EXIT_DIFFERENT);
}
