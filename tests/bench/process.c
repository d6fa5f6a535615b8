/* SPDX-License-Identifier: Apache-2.0 */
/* Does one thing N times and prints the nanoseconds that it took once: exec (another program, to
 * its end), fork (a process that ends at once), thread (the same), socket (and its close). */
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int do_exec(void)
{
	char *const argv[] = { "true", NULL };
	pid_t pid;

	if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) != 0)
		return -1;
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static int do_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static void *nothing(void *context)
{
	return context;
}

static int do_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL) ? -1 : 0;
}

static int do_socket(void)
{
	return close(socket(AF_UNIX, SOCK_STREAM, 0));
}

static const struct {
	const char *name;
	int (*once)(void);
} things[] = {
	{ "exec", do_exec },
	{ "fork", do_fork },
	{ "thread", do_thread },
	{ "socket", do_socket },
};

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
	long n = argc > 2 ? strtol(argv[2], NULL, 10) : 0;

	for (size_t i = 0; n > 0 && i < sizeof(things) / sizeof(things[0]); i++) {
		double start = now_ns();

		if (strcmp(things[i].name, argv[1]) != 0)
			continue;
		for (long j = 0; j < n; j++)
			if (things[i].once() != 0)
				return 1;
		printf("%.0f\n", (now_ns() - start) / (double)n);
		return 0;
	}
	fputs("usage: process exec|fork|thread|socket N\n", stderr);
	return 2;
}
