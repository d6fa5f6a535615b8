/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that takes memory is done before the fork. From the loading of the filter to the exec
 * the child makes no other call, or it would be recorded as the command's.
 */
#include "target/launch.h"

#include "audit/record.h"
#include "base/child.h"
#include "base/cleanup.h"
#include "target/identity.h"
#include "target/session.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define DEFAULT_PATH "/bin:/usr/bin" /* of execvp(3) without PATH */
#define SHELL	     "/bin/sh"

enum stage {
	STAGE_SESSION,
	STAGE_USER,
	STAGE_SEARCH,
	STAGE_PRIVILEGES,
	STAGE_FILTER,
	STAGE_EXEC,
	STAGE_READY, /* the one that is no failure */
};

/* What the child tells: one when it is ready or has failed, another when the exec fails. */
struct report {
	enum stage stage;
	int error; /* errno */
	uint32_t session;
};

/* What the child needs, made before the fork. */
struct plan {
	char **paths; /* where the program may be, in the order of PATH */
	size_t n_paths;
	const char **shell; /* arguments of the shell for a script without #!; [1] is its path */
	struct identity identity;
	bool has_identity;
};

struct pipe {
	int read, write;
};

static void plan_deinit(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_paths; i++)
		free(plan->paths[i]);
	free(plan->paths);
	free(plan->shell);
	identity_deinit(&plan->identity);
}
#define _cleanup_plan_ _cleanup_(plan_deinit)

static void pipe_deinit(struct pipe *pipe)
{
	cleanup_close(&pipe->read);
	cleanup_close(&pipe->write);
}
#define _cleanup_pipe_ _cleanup_(pipe_deinit)

static int pipe_open(struct pipe *pipe, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, -errno, "cannot make a pipe: %s", strerror(errno));
	*pipe = (struct pipe){ .read = ends[0], .write = ends[1] };
	return 0;
}

/* The same with sockets, on which a write to nobody need not raise SIGPIPE. */
static int pair_open(struct pipe *pipe, struct error *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set(err, -errno, "cannot make a socket pair: %s", strerror(errno));
	*pipe = (struct pipe){ .read = ends[0], .write = ends[1] };
	return 0;
}

static int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

/* The paths to try for a name without a slash; an empty directory in PATH is the current one. */
static int plan_search(struct plan *plan, const char *name)
{
	const char *path = getenv("PATH");
	size_t room = 1;

	if (!path)
		path = DEFAULT_PATH;
	for (const char *c = path; *c; c++)
		room += *c == ':';
	plan->paths = calloc(room, sizeof(*plan->paths));
	if (!plan->paths)
		return -ENOMEM;
	for (const char *at = path;; at++) {
		int length = (int)strcspn(at, ":");
		const char *slash = length > 0 ? "/" : "";

		if (asprintf(&plan->paths[plan->n_paths], "%.*s%s%s", length, at, slash, name) < 0)
			return -ENOMEM;
		plan->n_paths++;
		at += length;
		if (!*at)
			return 0;
	}
}

static int plan_paths(struct plan *plan, const char *name)
{
	if (*name && !strchr(name, '/'))
		return plan_search(plan, name);
	plan->paths = calloc(1, sizeof(*plan->paths));
	if (!plan->paths)
		return -ENOMEM;
	plan->paths[0] = strdup(name);
	if (!plan->paths[0])
		return -ENOMEM;
	plan->n_paths = 1;
	return 0;
}

static int plan_shell(struct plan *plan, char *const *argv)
{
	size_t n = 0;

	while (argv[n])
		n++;
	plan->shell = calloc(n + 2, sizeof(*plan->shell));
	if (!plan->shell)
		return -ENOMEM;
	plan->shell[0] = SHELL;
	for (size_t i = 1; i < n; i++)
		plan->shell[i + 1] = argv[i];
	return 0;
}

static int plan_make(struct plan *plan, const struct launch_options *options, struct error *err)
{
	if (plan_paths(plan, options->argv[0]) < 0 || plan_shell(plan, options->argv) < 0)
		return error_memory(err);
	if (!options->user)
		return 0;
	plan->has_identity = true;
	return identity_find(options->user, &plan->identity, err);
}

/* In the child: async-signal-safe from here ... */

static _noreturn_ void child_fail(int status_pipe, enum stage stage, int error)
{
	const struct report report = { .stage = stage, .error = error };

	if (write(status_pipe, &report, sizeof(report)) < 0)
		_exit(125);
	_exit(127);
}

/* 0 when `path` is a file that this user may execute. Asks as the real user, which is the effective
 * one here. */
static int child_probe(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || access(path, X_OK) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? 0 : -EACCES;
}

/* Whether the search goes on behind a path that failed so, as in execvp(3). */
static bool goes_on(int error)
{
	return error == EACCES || error == ENOENT || error == ENOTDIR || error == ESTALE ||
	       error == ENODEV || error == ETIMEDOUT;
}

/* The first path from which the program can be run. EACCES on the way outdoes ENOENT at the end. */
static int child_search(const struct plan *plan, size_t *ret)
{
	int error = ENOENT;

	for (size_t i = 0; i < plan->n_paths; i++) {
		int r = child_probe(plan->paths[i]);

		if (r == 0) {
			*ret = i;
			return 0;
		}
		if (!goes_on(-r) || plan->n_paths == 1)
			return r;
		if (r == -EACCES)
			error = EACCES;
	}
	return -error;
}

/* Returns an errno; when it works it does not return. */
static int child_exec(const struct plan *plan, const struct launch_options *options, size_t chosen)
{
	int error = ENOENT;

	for (size_t i = chosen; i < plan->n_paths; i++) {
		execve(plan->paths[i], options->argv, environ);
		if (errno == ENOEXEC) {
			plan->shell[1] = plan->paths[i];
			execve(SHELL, (char *const *)plan->shell, environ);
		}
		/* Why the one that the search has chosen failed is what matters. */
		if (i == chosen)
			error = errno;
		if (!goes_on(errno))
			return errno;
	}
	return error;
}

/* Session first: it needs a capability that the user may not have. */
static size_t child_prepare(const struct plan *plan, const struct launch_options *options,
			    int status_pipe)
{
	struct report report = { .stage = STAGE_READY, .session = RECORD_UNSET };
	size_t chosen = 0;
	int r = 0;

	if (options->new_session)
		r = session_start(&report.session);
	if (r < 0)
		child_fail(status_pipe, STAGE_SESSION, -r);
	if (plan->has_identity)
		r = identity_assume(&plan->identity);
	if (r < 0)
		child_fail(status_pipe, STAGE_USER, -r);
	r = child_search(plan, &chosen);
	if (r < 0)
		child_fail(status_pipe, STAGE_SEARCH, -r);
	if (options->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		child_fail(status_pipe, STAGE_PRIVILEGES, errno);
	if (write(status_pipe, &report, sizeof(report)) < 0)
		_exit(125);
	return chosen;
}

/* When the pipe closes without a word the recorder has gone: then there is nothing to run for. */
static void child_await_release(int release_pipe)
{
	char word;
	ssize_t n;

	do
		n = read(release_pipe, &word, sizeof(word));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(word))
		_exit(125);
}

static _noreturn_ void child_run(const struct plan *plan, const struct launch_options *options,
				 struct pipe *status, struct pipe *release)
{
	/* With our copy of its write end the release pipe would never end. */
	close(release->write);
	close(status->read);
	size_t chosen = child_prepare(plan, options, status->write);
	child_await_release(release->read);
	if (options->sigchld_ignored)
		signal(SIGCHLD, SIG_IGN);
	if (options->signal_mask)
		sigprocmask(SIG_SETMASK, options->signal_mask, NULL);
	int r = filter_install(options->filter);
	if (r < 0)
		child_fail(status->write, STAGE_FILTER, -r);
	child_fail(status->write, STAGE_EXEC, child_exec(plan, options, chosen));
}

/* ... to here. */

/* 1 with a report, 0 at the end of the pipe. */
static int read_report(int status_pipe, struct report *ret, struct error *err)
{
	ssize_t n;

	do
		n = read(status_pipe, ret, sizeof(*ret));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set(err, -errno, "cannot hear from the command: %s", strerror(errno));
	return n == sizeof(*ret);
}

/* The message for a child that has failed. -ENOENT and -EACCES are kept for the program itself. */
static int explain(const struct report *report, const char *program, const char *user,
		   struct error *err)
{
	static const char *const what[] = {
		[STAGE_SESSION] = "start an audit session",
		[STAGE_PRIVILEGES] = "set no_new_privs",
		[STAGE_FILTER] = "load the recording filter",
	};
	const char *why = strerror(report->error);
	int code = report->error;

	if (report->stage == STAGE_SEARCH && code == ENOENT && !strchr(program, '/'))
		return error_set(err, -code, "cannot run '%s': not found in PATH", program);
	if (report->stage == STAGE_EXEC && code == ENOENT)
		return error_set(err, -code,
				 "cannot run '%s': the interpreter that it names is "
				 "missing",
				 program);
	if (report->stage == STAGE_SEARCH || report->stage == STAGE_EXEC)
		return error_set(err, -code, "cannot run '%s': %s", program, why);
	if (code == ENOENT)
		code = EOPNOTSUPP;
	if (code == EACCES)
		code = EPERM;
	if (report->stage == STAGE_USER)
		return error_set(err, -code, "cannot become user '%s': %s", user, why);
	return error_set(err, -code, "cannot %s: %s", what[report->stage], why);
}

/* Waits until the child is ready; takes the descriptors over when it is. */
static int adopt_child(struct launch *launch, const struct launch_options *options, pid_t pid,
		       struct pipe *status, struct pipe *release, struct error *err)
{
	struct report report;
	int r = read_report(status->read, &report, err);

	if (r == 0)
		r = error_set(err, -ECHILD, "the child died before it could start the command");
	else if (r > 0 && report.stage != STAGE_READY)
		r = explain(&report, options->argv[0], options->user, err);
	if (r < 0)
		return r;
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return error_set(err, -errno, "cannot hold the child by descriptor: %s",
				 strerror(errno));
	*launch = (struct launch){
		.pid = pid,
		.pidfd = pidfd,
		.status_pipe = steal_fd(&status->read),
		.release_pipe = steal_fd(&release->write),
		.session = report.session,
		.program = options->argv[0],
	};
	return 0;
}

static pid_t start_child(const struct launch_options *options, struct pipe *status,
			 struct pipe *release, struct error *err)
{
	_cleanup_plan_ struct plan plan = { 0 };
	int r = plan_make(&plan, options, err);

	if (r == 0)
		r = pipe_open(status, err);
	if (r == 0)
		r = pair_open(release, err);
	if (r < 0)
		return r;
	pid_t pid = fork();
	if (pid < 0)
		return error_set(err, -errno, "cannot fork: %s", strerror(errno));
	if (pid == 0)
		child_run(&plan, options, status, release);
	return pid;
}

int launch_start(struct launch *launch, const struct launch_options *options, struct error *err)
{
	_cleanup_pipe_ struct pipe status = { -1, -1 }, release = { -1, -1 };

	*launch = (struct launch){ .pidfd = -1, .status_pipe = -1, .release_pipe = -1 };
	pid_t pid = start_child(options, &status, &release, err);
	if (pid < 0)
		return pid;
	close(steal_fd(&status.write));
	close(steal_fd(&release.read));
	int r = adopt_child(launch, options, pid, &status, &release, err);
	if (r < 0) {
		close(steal_fd(&release.write));
		(void)child_wait(pid, NULL);
	}
	return r;
}

int launch_release(struct launch *launch, struct error *err)
{
	struct report report;
	int r;

	/* A child that was killed meanwhile is found dead by its pidfd, like any command. */
	if (send(launch->release_pipe, "", 1, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		return error_set(err, -errno, "cannot start the command: %s", strerror(errno));
	close(steal_fd(&launch->release_pipe));
	r = read_report(launch->status_pipe, &report, err);
	if (r <= 0)
		return r;
	(void)child_wait(launch->pid, NULL);
	return explain(&report, launch->program, NULL, err);
}

void launch_deinit(struct launch *launch)
{
	cleanup_close(&launch->pidfd);
	cleanup_close(&launch->status_pipe);
	cleanup_close(&launch->release_pipe);
	launch->pidfd = launch->status_pipe = launch->release_pipe = -1;
}
