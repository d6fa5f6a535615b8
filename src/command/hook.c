/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hook STAGE`: what an engine calls for a container with our annotation. precreate makes the
 * container's filter log, createRuntime starts the collector, poststop waits until it has written.
 */
#include "arch/syscall.h"
#include "audit/kernel.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "command/arguments.h"
#include "command/backlog.h"
#include "command/collector.h"
#include "command/hook_lock.h"
#include "command/hook_read.h"
#include "command/report.h"
#include "command/verbs.h"
#include "model/oci_config_json.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

struct hook_stage {
	const char *name, *summary;
	int (*run)(const struct hook_conf *conf, const char *text, size_t len, struct error *err);
	/* After a failure: 0 when the person will hear of it in a better way than by our exit
	 * status, which is all that engines pass on. May be NULL. */
	int (*refuse)(const char *text, size_t len, int code, struct error *err);
};

static const char *get_from_config(const void *context, const char *key)
{
	return oci_config_annotation(context, key);
}

static const char *get_from_state(const void *context, const char *key)
{
	return oci_state_annotation(context, key);
}

static void note(const char *text)
{
	syslog(LOG_NOTICE, "%s", text);
}

static int print_config(const struct oci_config *config, const struct hook_job *job,
			const struct hook_conf *conf, struct error *err)
{
	struct syscall_table names = { 0 };
	_cleanup_free_ char *text = NULL;
	int r = oci_config_log(config, job->residual ? job->base : NULL, &names, conf->log_denials,
			       &text, err);

	syscall_table_deinit(&names);
	if (r < 0)
		return r;
	if (oci_config_privileged(config))
		note("a privileged container without seccomp is recorded: while it is, each of its "
		     "calls is logged");
	return fputs(text, stdout) < 0 ? error_set(err, -EIO, "cannot print the config") : 0;
}

/* An engine may call the hook for every container: without the annotation nothing is changed. */
static int precreate(const struct hook_conf *conf, const char *text, size_t len, struct error *err)
{
	struct oci_config *config = NULL;
	struct hook_job job = { .profile.directory = -1, .recording.directory = -1 };
	int r = oci_config_read(&config, text, len, "config.json", err);

	if (r >= 0) {
		const struct annotation_source source = { get_from_config, config, true };

		r = hook_job_load(&job, &source, conf, err);
	}
	if (r == HOOK_JOB_NONE)
		r = fwrite(text, 1, len, stdout) == len ? 0 : -EIO;
	else if (r >= 0)
		r = print_config(config, &job, conf, err);
	hook_job_deinit(&job);
	oci_config_free(config);
	return r;
}

/* The container must not start, and the runtime's message has to say why. */
static int refuse_config(const char *text, size_t len, int code, struct error *err)
{
	_cleanup_strbuf_ struct strbuf reason = { 0 };
	_cleanup_oci_config_ struct oci_config *config = NULL;
	_cleanup_free_ char *refusal = NULL;

	strbuf_put_shown(&reason, slice_from(error_message(err, code)));
	if (!strbuf_text(&reason) || oci_config_read(&config, text, len, "config.json", NULL) < 0 ||
	    oci_config_refuse(config, strbuf_text(&reason), &refusal, NULL) < 0 ||
	    fputs(refusal, stdout) < 0)
		return code;
	return 0;
}

/* The config that the runtime has got. Where it cannot be found there is none. */
static int read_bundle(const struct oci_state *state, struct oci_config **ret, struct error *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *path = NULL, *text = NULL;
	size_t len;
	int r;

	if (!state->bundle)
		return 0;
	if (asprintf(&path, "%s/config.json", state->bundle) < 0) {
		path = NULL;
		return error_memory(err);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	r = hook_read(fd, &text, &len, err);
	return r < 0 ? r : oci_config_read(ret, text, len, path, err);
}

/* A filter that logs nothing makes a profile of nothing: say so before the container runs. */
static int check_logs(const struct oci_config *config, const struct hook_job *job,
		      struct error *err)
{
	/* A base may allow all that the filter allows. */
	if (!config || job->base || oci_config_seccomp(config) == OCI_SECCOMP_LOGS)
		return 0;
	return error_set(err, -ENODATA,
			 "the container's seccomp filter logs nothing, so nothing would be "
			 "recorded: install the precreate hook as well, or run the container "
			 "under " PKGDATA_DIR "/log-all.json");
}

static int start_collector(const struct hook_conf *conf, const struct oci_state *state,
			   const struct hook_job *job, struct error *err)
{
	struct collection collection = {
		.id = state->id,
		.conf = conf,
		.job = job,
		.init = state->pid,
		.session = RECORD_UNSET,
	};
	int r;

	if (state->pid <= 0)
		return error_set(err, -EINVAL, "the container's state names no process");
	collection.lock = hook_lock_take(state->id, conf->wait_ms, err);
	if (collection.lock < 0)
		return collection.lock;
	r = collector_start(&collection, err);
	close(collection.lock);
	return r;
}

static int create_runtime(const struct hook_conf *conf, const char *text, size_t len,
			  struct error *err)
{
	struct oci_state state = { 0 };
	struct hook_job job = { .profile.directory = -1, .recording.directory = -1 };
	const struct annotation_source source = { get_from_state, &state, true };
	_cleanup_oci_config_ struct oci_config *config = NULL;
	int r = oci_state_read(&state, text, len, err);

	if (r >= 0)
		r = read_bundle(&state, &config, err);
	if (r >= 0)
		r = hook_job_load(&job, &source, conf, err);
	if (r == 0)
		r = check_logs(config, &job, err);
	if (r == 0)
		r = start_collector(conf, &state, &job, err);
	hook_job_deinit(&job);
	oci_state_deinit(&state);
	return r < 0 ? r : 0;
}

/* What precreate has refused the runtime is about to refuse, in words that reach the person. */
static int refuse_start(const char *text, size_t len, int code, _unused_ struct error *err)
{
	_cleanup_oci_config_ struct oci_config *config = NULL;
	struct oci_state state = { 0 };
	bool refused = oci_state_read(&state, text, len, NULL) >= 0 &&
		       read_bundle(&state, &config, NULL) >= 0 && config &&
		       oci_config_refused(config);

	oci_state_deinit(&state);
	return refused ? 0 : code;
}

/* Who died could not put back what it had changed in the kernel. */
static void heal(void)
{
	_cleanup_strbuf_ struct strbuf said = { 0 };

	backlog_heal();
	if (arguments_sweep(&said, NULL) >= 0 && said.len && strbuf_text(&said))
		note(strbuf_text(&said));
}

static int poststop(const struct hook_conf *conf, const char *text, size_t len, struct error *err)
{
	struct oci_state state = { 0 };
	int r = oci_state_read(&state, text, len, err);

	if (r >= 0)
		r = hook_lock_wait(state.id, conf->wait_ms, err);
	if (r == -EOWNERDEAD)
		heal();
	oci_state_deinit(&state);
	return r;
}

static const struct hook_stage stages[] = {
	{ "precreate", "config.json in, config.json whose filter logs out", precreate,
	  refuse_config },
	{ "createRuntime", "state in: starts the collector", create_runtime, refuse_start },
	{ "prestart", "the same, for engines that know no createRuntime", create_runtime,
	  refuse_start },
	{ "poststop", "state in: waits until the profile is written", poststop, NULL },
};

static const struct hook_stage *stage_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		if (strcmp(stages[i].name, name) == 0)
			return &stages[i];
	return NULL;
}

static void print_help(void)
{
	puts("Usage: audit-seccomp-gen hook STAGE <JSON\n"
	     "Called by an engine for containers with the annotation " ANNOTATION_NAME ".\n");
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		printf("  %-14s %s\n", stages[i].name, stages[i].summary);
	puts("\nSettings: " HOOK_CONF_PATH ". See audit-seccomp-gen-hook(8).");
}

static int run_stage(const struct hook_stage *stage, struct error *err)
{
	struct hook_conf conf;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	hook_conf_init(&conf);
	r = hook_read(STDIN_FILENO, &text, &len, err);
	if (r < 0)
		return r;
	r = hook_conf_read(&conf, HOOK_CONF_PATH, err);
	if (r >= 0)
		r = stage->run(&conf, text, len, err);
	hook_conf_deinit(&conf);
	if (r >= 0)
		return r;
	syslog(LOG_ERR, "hook %s: %s", stage->name, error_message(err, r));
	return stage->refuse ? stage->refuse(text, len, r, err) : r;
}

int verb_hook(int argc, char **argv)
{
	const struct hook_stage *stage = argc == 2 ? stage_by_name(argv[1]) : NULL;
	struct error err = { 0 };
	int r;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_help();
		return EXIT_COMPLETE;
	}
	if (!stage) {
		report_note("hook takes one stage: precreate, createRuntime, prestart or poststop; "
			    "see `audit-seccomp-gen hook --help`");
		return EXIT_USAGE;
	}
	openlog("audit-seccomp-gen", LOG_PID, LOG_DAEMON);
	r = run_stage(stage, &err);
	if (r >= 0)
		return EXIT_COMPLETE;
	return report_failure(&err, r, EXIT_DIFFERENT);
}
