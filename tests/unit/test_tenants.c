/* SPDX-License-Identifier: Apache-2.0 */
/* With real processes, whose records are made up: see tests/system/live.sh for real ones. */
#include "confine.h"
#include "target/process_look.h"
#include "target/tenants.h"

#include "live.h"
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

static int proc;

static struct tenants *open_tenants(const struct tenants_options *wanted)
{
	struct tenants_options options = *wanted;
	struct tenants *tenants = NULL;
	struct error err = { 0 };
	int r;

	options.proc = proc;
	r = tenants_new(&tenants, &options, &err);
	if (r < 0)
		fail_msg("%s", error_message(&err, r));
	return tenants;
}

static struct scan record_of(pid_t pid, const char *comm)
{
	return (struct scan){
		.time_ms = time_now_ms(),
		.pid = (uint32_t)pid,
		.comm = slice_from(comm),
		.exe = SLICE("\"/bin/x\""),
		.session = SLICE("4294967295"),
	};
}

/* Whose a record of `pid` is, made now. */
static enum owner ask(struct tenants *tenants, pid_t pid, const char *comm, uint32_t *ret)
{
	struct scan scan = record_of(pid, comm);
	enum owner owner;

	assert_int_equal(tenants_drain(tenants, NULL), 0);
	assert_int_equal(tenants_of(tenants, &scan, &owner, ret), 0);
	return owner;
}

/* A child that runs `body`, then waits to be killed. */
static pid_t start(void (*body)(void))
{
	int told[2];
	char word;
	pid_t pid;

	assert_int_equal(pipe(told), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (body)
			body();
		if (write(told[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(told[0], &word, 1), 1);
	close(told[0]);
	close(told[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* A child that does nothing until its parent ends. */
static void hang(void)
{
	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void apart(void)
{
	if (unshare(CLONE_NEWPID) < 0)
		_exit(1);
	hang();
}

static void two_programs(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	pid_t one = start(NULL), two = start(NULL);
	uint32_t a, b, again;

	assert_int_equal(ask(tenants, one, "\"web\"", &a), OWNER_TARGET);
	assert_int_equal(ask(tenants, two, "6120620A", &b), OWNER_TARGET);
	assert_int_not_equal(a, b);
	assert_int_equal(ask(tenants, one, "\"web\"", &again), OWNER_TARGET);
	assert_int_equal(a, again);
	assert_int_equal(tenants_at(tenants, a)->kind, TENANT_PROCESS);
	assert_false(tenants_at(tenants, a)->doubtful);
	assert_int_equal(strncmp(tenants_at(tenants, a)->name, "web-", 4), 0);
	/* "a b\n": nothing that a path or a terminal would take for its own */
	assert_int_equal(strncmp(tenants_at(tenants, b)->name, "a_b_-", 5), 0);
	end(one);
	end(two);
	tenants_free(tenants);
}

/* A pid of two, each under a filter of its own, below one that was confined before. */
static pid_t children[2];
static int told_children[2];

static void confined_with_two(void)
{
	confine();
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		confine();
		for (;;)
			pause();
	}
	if (write(told_children[1], children, sizeof(children)) != sizeof(children))
		_exit(1);
}

/* Who is there and confined answers for nobody: it may be confined by something else. */
static void below_who_was_confined_before(void **state _unused_)
{
	struct tenants *tenants;
	uint32_t shell_is, is[2];
	pid_t shell;

	assert_int_equal(pipe(told_children), 0);
	shell = start(confined_with_two);
	assert_int_equal(read(told_children[0], children, sizeof(children)), sizeof(children));
	tenants = open_tenants(&(struct tenants_options){ 0 });
	usleep(10000);
	assert_int_equal(ask(tenants, children[0], "\"one\"", &is[0]), OWNER_TARGET);
	assert_int_equal(ask(tenants, children[1], "\"two\"", &is[1]), OWNER_TARGET);
	assert_int_not_equal(is[0], is[1]);
	assert_int_equal(ask(tenants, shell, "\"sh\"", &shell_is), OWNER_TARGET);
	assert_int_not_equal(shell_is, is[0]);
	assert_int_not_equal(shell_is, is[1]);
	for (int i = 0; i < 2; i++)
		assert_false(tenants_at(tenants, is[i])->doubtful);
	end(shell);
	close(told_children[0]);
	close(told_children[1]);
	tenants_free(tenants);
}

/* Everybody descends from it. */
static void the_first_process_leaves_nothing(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	pid_t one = start(NULL);
	uint32_t first_is, again, is;

	assert_int_equal(ask(tenants, 1, "\"init\"", &first_is), OWNER_TARGET);
	assert_int_equal(ask(tenants, 1, "\"init\"", &again), OWNER_TARGET);
	assert_int_equal(first_is, again);
	assert_int_equal(ask(tenants, one, "\"web\"", &is), OWNER_TARGET);
	assert_int_not_equal(is, first_is);
	end(one);
	tenants_free(tenants);
}

/* A process that becomes another program over and over has names, and not one for each. */
static void renamed_without_end(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	pid_t one = start(NULL);
	char exe[32], comm[32] = "", kept[64] = "";
	uint32_t is;

	for (int i = 0; i < 100; i++) {
		struct scan scan = record_of(one, comm);
		enum owner owner;

		snprintf(exe, sizeof(exe), "\"/bin/%d\"", i);
		snprintf(comm, sizeof(comm), "\"name%d\"", i);
		scan.exe = slice_from(exe);
		scan.comm = slice_from(comm);
		assert_int_equal(tenants_drain(tenants, NULL), 0);
		assert_int_equal(tenants_of(tenants, &scan, &owner, &is), 0);
		if (i == 50)
			snprintf(kept, sizeof(kept), "%s", tenants_at(tenants, is)->name);
	}
	assert_string_equal(tenants_at(tenants, is)->name, kept);
	end(one);
	tenants_free(tenants);
}

/* A child of exactly that pid; 0: the kernel gives none. */
static pid_t start_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&pid,
		.set_tid_size = 1,
	};
	long r = syscall(SYS_clone3, &args, sizeof(args));

	if (r == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return r < 0 ? 0 : (pid_t)r;
}

/* As after lost fork events: that a pid was given again is seen when it is looked who is there. */
static void given_again_unheard_of(void **state _unused_)
{
	struct tenants *tenants;
	pid_t one = start(NULL);
	uint32_t is, again;
	struct scan scan;
	enum owner owner;

	tenants = open_tenants(&(struct tenants_options){ 0 });
	assert_int_equal(ask(tenants, one, "\"a\"", &is), OWNER_TARGET);
	usleep(100000);
	end(one);
	if (start_as(one) != one) {
		tenants_free(tenants);
		print_message("no pid can be asked for\n");
		return;
	}
	assert_int_equal(tenants_scan(tenants, NULL), 0);
	scan = record_of(one, "\"b\"");
	assert_int_equal(tenants_of(tenants, &scan, &owner, &again), 0);
	assert_int_equal(owner, OWNER_TARGET);
	assert_int_not_equal(is, again);
	end(one);
	tenants_free(tenants);
}

/* A pid that changes hands within a tick: whose the record is, is one of two, and said of both. */
static void given_again_at_once(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	struct tenants_losses losses = { 0 };
	uint32_t old_is, new_is, is;

	for (int tries = 0; tries < 50 && losses.unsure == 0; tries++) {
		pid_t one = start(NULL);
		struct scan scan;
		enum owner owner;

		assert_int_equal(ask(tenants, one, "\"a\"", &old_is), OWNER_TARGET);
		usleep(30000);
		scan = record_of(one, "\"a\"");
		end(one);
		if (start_as(one) != one) {
			print_message("no pid can be asked for\n");
			break;
		}
		usleep(30000);
		assert_int_equal(ask(tenants, one, "\"b\"", &new_is), OWNER_TARGET);
		assert_int_not_equal(old_is, new_is);
		assert_int_equal(tenants_of(tenants, &scan, &owner, &is), 0);
		tenants_losses(tenants, &losses);
		end(one);
		if (losses.unsure == 0)
			continue;
		assert_int_equal(owner, OWNER_OTHER);
		assert_int_equal(tenants_at(tenants, old_is)->unsure, 1);
		assert_int_equal(tenants_at(tenants, new_is)->unsure, 1);
	}
	tenants_free(tenants);
}

/* Somebody who is not remembered has made it. */
static void from_before_its_process(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	pid_t one = start(NULL);
	struct scan scan = record_of(one, "\"a\"");
	enum owner owner;
	uint32_t is;

	scan.time_ms -= 5000;
	assert_int_equal(tenants_drain(tenants, NULL), 0);
	assert_int_equal(tenants_of(tenants, &scan, &owner, &is), 0);
	assert_int_equal(owner, OWNER_UNKNOWN);
	assert_int_equal(ask(tenants, one, "\"a\"", &is), OWNER_TARGET);
	end(one);
	tenants_free(tenants);
}

/* Under a filter since just before every record was heard. */
static int told_late[2];

static void confined_late(void)
{
	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		char word;

		if (read(told_late[0], &word, 1) != 1)
			_exit(1);
		confine();
	}
}

static pid_t child_of(pid_t parent)
{
	struct process_look look;

	for (pid_t pid = parent + 1; pid < parent + 1000; pid++)
		if (process_look(proc, pid, &look) == 0 && look.parent == parent)
			return pid;
	fail_msg("%d has no child", (int)parent);
	return 0;
}

static void who_was_confined_just_before(void **state _unused_)
{
	struct tenants *tenants;
	pid_t parent, late;
	uint32_t is;

	assert_int_equal(pipe(told_late), 0);
	parent = start(confined_late);
	late = child_of(parent);
	tenants = open_tenants(&(struct tenants_options){ 0 });
	assert_int_equal(write(told_late[1], "x", 1), 1);
	while (process_filters(proc, late) == 0)
		usleep(1000);
	tenants_listening(tenants);
	usleep(20000);
	assert_int_equal(ask(tenants, late, "\"a\"", &is), OWNER_TARGET);
	assert_true(tenants_began_before(tenants, is));
	end(parent);
	close(told_late[0]);
	close(told_late[1]);
	tenants_free(tenants);
}

/* A daemon's first process has gone: what it has logged, and was lost, was the daemon's. */
static void since_who_has_gone(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	pid_t parent, daemon = 0;
	int told[2], ends[2];
	uint32_t is;

	tenants_listening(tenants);
	assert_int_equal(pipe(told), 0);
	assert_int_equal(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		usleep(100000);
		daemon = fork();
		if (daemon == 0) {
			char word;

			close(ends[1]);
			_exit(read(ends[0], &word, 1) != 0);
		}
		_exit(write(told[1], &daemon, sizeof(daemon)) != sizeof(daemon));
	}
	assert_int_equal(read(told[0], &daemon, sizeof(daemon)), sizeof(daemon));
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(ask(tenants, daemon, "\"web\"", &is), OWNER_TARGET);
	assert_int_not_equal(tenants_at(tenants, is)->since_ms, TIME_UNKNOWN);
	assert_true(tenants_at(tenants, is)->since_ms <= tenants_at(tenants, is)->began_ms - 90);
	for (int i = 0; i < 2; i++) {
		close(told[i]);
		close(ends[i]);
	}
	tenants_free(tenants);
}

/* The start of who was there before, under a filter, was not heard; of who comes later, it was. */
static void who_began_before(void **state _unused_)
{
	pid_t before = start(confine), bare = start(NULL);
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	uint32_t before_is, bare_is, after_is;
	pid_t after;

	usleep(20000);
	tenants_listening(tenants);
	usleep(20000);
	after = start(NULL);
	assert_int_equal(ask(tenants, before, "\"a\"", &before_is), OWNER_TARGET);
	assert_int_equal(ask(tenants, after, "\"b\"", &after_is), OWNER_TARGET);
	assert_int_equal(ask(tenants, bare, "\"c\"", &bare_is), OWNER_TARGET);
	assert_true(tenants_began_before(tenants, before_is));
	assert_false(tenants_began_before(tenants, bare_is));
	assert_false(tenants_began_before(tenants, after_is));
	end(before);
	end(bare);
	end(after);
	tenants_free(tenants);
}

static void fork_and_end(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

/* By descent alone: everybody has gone when it is asked. */
static void a_descendant_that_has_gone(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	uint32_t parent_is, child_is;
	pid_t parent, child = 0;
	int told[2];

	assert_int_equal(pipe(told), 0);
	parent = fork();
	if (parent == 0) {
		char word;

		if (read(told[0], &word, 1) != 1)
			_exit(1);
		child = fork();
		if (child == 0)
			_exit(0);
		waitpid(child, NULL, 0);
		_exit(write(told[1], &child, sizeof(child)) != sizeof(child));
	}
	assert_int_equal(ask(tenants, parent, "\"web\"", &parent_is), OWNER_TARGET);
	assert_int_equal(write(told[1], "x", 1), 1);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(read(told[0], &child, sizeof(child)), sizeof(child));
	assert_int_equal(ask(tenants, child, "\"web\"", &child_is), OWNER_TARGET);
	assert_int_equal(child_is, parent_is);
	close(told[0]);
	close(told[1]);
	tenants_free(tenants);
}

static void a_pid_namespace(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	pid_t parent = start(apart), first = 0, late;
	struct process_look look;
	uint32_t is, late_is;

	/* The one process in there. */
	for (pid_t pid = parent + 1; first == 0 && pid < parent + 1000; pid++)
		if (process_look(proc, pid, &look) == 0 && look.parent == parent)
			first = pid;
	if (first == 0) {
		end(parent);
		tenants_free(tenants);
		print_message("no namespace could be made\n");
		return;
	}
	assert_int_equal(ask(tenants, first, "\"init\"", &is), OWNER_TARGET);
	assert_int_equal(tenants_at(tenants, is)->kind, TENANT_NAMESPACE);
	/* It is the first in there, so that nothing was before. */
	assert_int_equal(tenants_at(tenants, is)->since_ms, tenants_at(tenants, is)->began_ms);
	/* Who comes by setns() is no descendant, and in it all the same. */
	late = fork();
	if (late == 0) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)first);
		fd = open(path, O_RDONLY);
		if (fd < 0 || setns(fd, CLONE_NEWPID) < 0)
			_exit(1);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		hang();
		for (;;)
			pause();
	}
	for (int i = 0; i < 100; i++)
		usleep(1000);
	for (pid_t pid = late + 1; pid < late + 1000; pid++)
		if (process_look(proc, pid, &look) == 0 && look.parent == late) {
			assert_int_equal(ask(tenants, pid, "\"sh\"", &late_is), OWNER_TARGET);
			assert_int_equal(late_is, is);
		}
	tenants_free(tenants);
	/* When it is met first, it is not the beginning of who is there. */
	tenants = open_tenants(&(struct tenants_options){ 0 });
	assert_int_equal(ask(tenants, child_of(late), "\"sh\"", &late_is), OWNER_TARGET);
	assert_int_equal(tenants_at(tenants, late_is)->since_ms, TIME_UNKNOWN);
	end(late);
	end(parent);
	tenants_free(tenants);
}

static void a_process_that_nobody_knows(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	uint32_t is;

	/* A pid beyond all that are given (PID_MAX_LIMIT). */
	assert_int_equal(ask(tenants, 4194303, "\"ghost\"", &is), OWNER_UNKNOWN);
	tenants_free(tenants);
}

static void selected_by_pid(void **state _unused_)
{
	pid_t one = start(NULL), two = start(NULL);
	const uint32_t pids[] = { (uint32_t)one };
	struct tenants *tenants =
		open_tenants(&(struct tenants_options){ .pids = pids, .n_pids = 1 });
	uint32_t is;

	assert_true(tenants_wanted_alive(tenants));
	assert_int_equal(ask(tenants, one, "\"a\"", &is), OWNER_TARGET);
	assert_int_equal(ask(tenants, two, "\"b\"", &is), OWNER_OTHER);
	end(one);
	assert_false(tenants_wanted_alive(tenants));
	end(two);
	tenants_free(tenants);
}

static void selected_by_unit(void **state _unused_)
{
	static const char *const units[] = { "no-such-unit" };
	struct tenants *tenants = open_tenants(&(struct tenants_options){ .units = { units, 1 } });
	pid_t one = start(NULL);
	uint32_t is;

	assert_int_equal(ask(tenants, one, "\"a\"", &is), OWNER_OTHER);
	end(one);
	tenants_free(tenants);
}

static void there_is_a_cap(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ .max = 1 });
	pid_t one = start(NULL), two = start(NULL);
	struct tenants_losses losses;
	uint32_t is;

	assert_int_equal(ask(tenants, one, "\"a\"", &is), OWNER_TARGET);
	assert_int_equal(ask(tenants, two, "\"b\"", &is), OWNER_OTHER);
	tenants_losses(tenants, &losses);
	assert_int_equal(losses.tenants, 1);
	assert_int_equal(losses.doubtful, 0);
	end(one);
	end(two);
	tenants_free(tenants);
}

/* What was done with makes room. */
static void who_was_released_makes_room(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ .max = 1 });
	pid_t one = start(NULL), two = start(NULL);
	uint32_t is, other;

	assert_int_equal(ask(tenants, one, "\"a\"", &is), OWNER_TARGET);
	assert_int_equal(ask(tenants, two, "\"b\"", &other), OWNER_OTHER);
	tenants_at(tenants, is)->recorded = true;
	tenants_release(tenants, is);
	tenants_release(tenants, is);
	assert_int_equal(ask(tenants, two, "\"b\"", &other), OWNER_TARGET);
	assert_int_not_equal(is, other);
	end(one);
	end(two);
	tenants_free(tenants);
}

/* What has gone is forgotten, and what it was stays. */
static void the_gone_are_swept(void **state _unused_)
{
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	size_t before;
	uint32_t is;
	pid_t one = start(NULL);

	assert_int_equal(ask(tenants, one, "\"a\"", &is), OWNER_TARGET);
	for (int i = 0; i < 500; i++)
		fork_and_end();
	assert_int_equal(tenants_drain(tenants, NULL), 0);
	before = tenants_processes(tenants);
	assert_true(before >= 500);
	tenants_sweep(tenants);
	assert_true(tenants_at(tenants, is)->alive);
	end(one);
	/* Not as long as records of theirs may wait to be read. */
	for (int i = 0; i < 10; i++) {
		sleep(1);
		tenants_sweep(tenants);
	}
	assert_true(tenants_processes(tenants) >= before);
	for (int i = 0; i < 15 && tenants_at(tenants, is)->alive; i++) {
		tenants_heard(tenants, time_steady_ms());
		tenants_sweep(tenants);
		sleep(1);
	}
	assert_true(tenants_processes(tenants) <= before - 400);
	assert_false(tenants_at(tenants, is)->alive);
	tenants_free(tenants);
}

/* One who has gone leaves its number to another one; a name that was taken is free. */
static void numbers_are_given_again(void **state _unused_)
{
	enum { MANY = 200 };
	struct tenants *tenants = open_tenants(&(struct tenants_options){ 0 });
	pid_t kept = start(NULL), pids[MANY];
	uint32_t kept_is, is[MANY], highest = 0, again;
	char name[64];

	assert_int_equal(ask(tenants, kept, "\"kept\"", &kept_is), OWNER_TARGET);
	tenants_at(tenants, kept_is)->recorded = true;
	for (int i = 0; i < MANY; i++) {
		pids[i] = start(NULL);
		assert_int_equal(ask(tenants, pids[i], "\"a\"", &is[i]), OWNER_TARGET);
		highest = is[i] > highest ? is[i] : highest;
	}
	snprintf(name, sizeof(name), "%s", tenants_at(tenants, is[0])->name);
	for (int i = 0; i < MANY; i++)
		end(pids[i]);
	for (int i = 0; i < 25 && !tenants_at(tenants, is[MANY - 1])->forgotten; i++) {
		assert_int_equal(tenants_drain(tenants, NULL), 0);
		tenants_heard(tenants, time_steady_ms());
		tenants_sweep(tenants);
		sleep(1);
	}
	for (int i = 0; i < MANY; i++)
		assert_true(tenants_at(tenants, is[i])->forgotten);
	for (int i = 0; i < MANY; i++) {
		pids[i] = start(NULL);
		assert_int_equal(ask(tenants, pids[i], "\"b\"", &is[i]), OWNER_TARGET);
		assert_in_range(is[i], 0, highest);
		assert_int_not_equal(is[i], kept_is);
		assert_false(tenants_at(tenants, is[i])->recorded);
	}
	assert_int_equal(tenants_rename(tenants, is[0], slice_from(name)), 0);
	assert_string_equal(tenants_at(tenants, is[0])->name, name);
	assert_int_equal(tenants_rename(tenants, is[1], slice_from(name)), 0);
	assert_string_not_equal(tenants_at(tenants, is[1])->name, name);
	assert_int_equal(ask(tenants, kept, "\"kept\"", &again), OWNER_TARGET);
	assert_int_equal(again, kept_is);
	assert_int_equal(strncmp(tenants_at(tenants, again)->name, "kept-", 5), 0);
	for (int i = 0; i < MANY; i++)
		end(pids[i]);
	end(kept);
	tenants_free(tenants);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_programs),
		cmocka_unit_test(a_descendant_that_has_gone),
		cmocka_unit_test(a_pid_namespace),
		cmocka_unit_test(a_process_that_nobody_knows),
		cmocka_unit_test(selected_by_pid),
		cmocka_unit_test(selected_by_unit),
		cmocka_unit_test(below_who_was_confined_before),
		cmocka_unit_test(the_first_process_leaves_nothing),
		cmocka_unit_test(renamed_without_end),
		cmocka_unit_test(given_again_unheard_of),
		cmocka_unit_test(given_again_at_once),
		cmocka_unit_test(from_before_its_process),
		cmocka_unit_test(who_was_confined_just_before),
		cmocka_unit_test(since_who_has_gone),
		cmocka_unit_test(who_began_before),
		cmocka_unit_test(who_was_released_makes_room),
		cmocka_unit_test(there_is_a_cap),
		cmocka_unit_test(the_gone_are_swept),
		cmocka_unit_test(numbers_are_given_again),
	};
	struct tenants *tenants = NULL;
	struct tenants_options options = { 0 };
	int r;

	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return live_skip("/proc cannot be read");
	options.proc = proc;
	r = tenants_new(&tenants, &options, NULL);
	if (r < 0)
		return live_skip("the kernel tells of no forks here");
	tenants_free(tenants);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("tenants", tests, NULL, NULL);
}
