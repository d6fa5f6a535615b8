/* SPDX-License-Identifier: Apache-2.0 */
/*
 * behave SHAPE NUMBER [COUNT]: makes the calls whose bits NUMBER has, in processes and threads of
 * that shape. What shape "plain" makes in one process, the others make in those that are hard to
 * follow.
 */
#define _GNU_SOURCE 1
#include <err.h>
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Calls without effect that no libc makes by itself. */
static const long calls[] = {
	SYS_getsid,
	SYS_getpriority,
	SYS_sched_getparam,
	SYS_sched_getscheduler,
	SYS_sched_get_priority_max,
	SYS_times,
	SYS_getrusage,
	SYS_capget,
	SYS_getitimer,
	SYS_mincore,
};

static unsigned long number, count;

static void behave(void)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (number >> i & 1)
			syscall(calls[i], 0, 0, 0);
}

static void rest(long milliseconds)
{
	const struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static pid_t fork_or_die(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(99, "fork");
	return pid;
}

static void wait_for_all(void)
{
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static void plain(void)
{
	behave();
	rest(50);
}

/* So short that nobody can look. */
static void quick(void)
{
	behave();
}

static void in_child(void)
{
	if (fork_or_die() == 0) {
		behave();
		_exit(0);
	}
	wait_for_all();
}

/* As a service does it: the first two have gone when the third begins. */
static void in_daemon(void)
{
	if (fork_or_die() > 0)
		_exit(0);
	setsid();
	if (fork_or_die() > 0)
		_exit(0);
	rest(100);
	behave();
	rest(100);
}

/* A sibling instead of a child: our parent is its parent. */
static void in_sibling(void)
{
	if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL) == 0) {
		behave();
		rest(50);
		_exit(0);
	}
	rest(100);
}

static void *thread(void *name)
{
	prctl(PR_SET_NAME, name, 0, 0, 0);
	behave();
	rest(50);
	return NULL;
}

static void in_threads(void)
{
	static char *const names[] = { "a b", "\033[2J", "x\" pid=1", "\n\xff", "" };
	pthread_t threads[sizeof(names) / sizeof(*names)];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (pthread_create(&threads[i], NULL, thread, names[i]) != 0)
			errx(99, "pthread_create");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		pthread_join(threads[i], NULL);
}

static void *outlive(void *unused)
{
	(void)unused;
	rest(50);
	behave();
	rest(20);
	_exit(0);
}

/* The first thread ends, another one goes on. */
static void without_leader(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, outlive, NULL) != 0)
		errx(99, "pthread_create");
	syscall(SYS_exit, 0);
}

static void *become_plain(void *unused)
{
	char word[32];

	(void)unused;
	snprintf(word, sizeof(word), "%lu", number);
	execl("./behave", "behave", "plain", word, NULL);
	err(99, "./behave");
}

/* A program that another thread than the first one starts: it gets that one's pid. */
static void in_place_of_leader(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, become_plain, NULL) != 0)
		errx(99, "pthread_create");
	for (;;)
		pause();
}

/* Two pid namespaces, one in the other. */
static void nested(void)
{
	for (int depth = 0; depth < 2; depth++) {
		if (unshare(CLONE_NEWPID) < 0)
			err(99, "unshare");
		if (fork_or_die() > 0) {
			wait_for_all();
			_exit(0);
		}
	}
	in_child();
}

/* `count` processes of a millisecond, eight at a time. */
static void bomb(void)
{
	unsigned long running = 0;

	for (unsigned long i = 0; i < count; i++) {
		if (running == 8 && wait(NULL) > 0)
			running--;
		if (fork_or_die() == 0) {
			behave();
			rest(1);
			_exit(0);
		}
		running++;
	}
	wait_for_all();
}

/* Somebody who takes a pid, and says nothing. */
static void take_pids(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t pid = fork_or_die();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

/* `count` programs of all kinds under a filter that logs, four at a time, and pids run by. */
static void kinds(void)
{
	const size_t n = sizeof(calls) / sizeof(*calls);
	unsigned long running = 0;
	char word[32];

	for (unsigned long i = 0; i < count; i++) {
		if (running == 4 && wait(NULL) > 0)
			running--;
		if (fork_or_die() == 0) {
			snprintf(word, sizeof(word), "%lu", 1UL << i % n);
			execl("./under", "under", "log", "./behave", "quick", word, NULL);
			err(99, "./under");
		}
		running++;
		take_pids(8);
	}
	wait_for_all();
}

/* A program that is given the pid that `count` names, where it is free. */
static void as_pid(void)
{
	pid_t pid = (pid_t)count;
	struct clone_args arguments = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&pid,
		.set_tid_size = 1,
	};
	long child = syscall(SYS_clone3, &arguments, sizeof(arguments));
	char word[32];

	if (child < 0)
		err(99, "clone3 with pid %d", (int)pid);
	if (child == 0) {
		snprintf(word, sizeof(word), "%lu", number);
		execl("./under", "under", "log", "./behave", "plain", word, NULL);
		err(99, "./under");
	}
	wait_for_all();
}

static const struct {
	const char *name;
	void (*run)(void);
} shapes[] = {
	{ "plain", plain },
	{ "quick", quick },
	{ "leaderless", without_leader },
	{ "exec", in_place_of_leader },
	{ "kinds", kinds },
	{ "child", in_child },
	{ "daemon", in_daemon },
	{ "sibling", in_sibling },
	{ "threads", in_threads },
	{ "nested", nested },
	{ "bomb", bomb },
	{ "pid", as_pid },
};

int main(int argc, char **argv)
{
	number = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	count = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	for (size_t i = 0; argc > 1 && i < sizeof(shapes) / sizeof(*shapes); i++)
		if (strcmp(argv[1], shapes[i].name) == 0) {
			shapes[i].run();
			return 0;
		}
	errx(99, "usage: behave SHAPE NUMBER [COUNT]");
}
