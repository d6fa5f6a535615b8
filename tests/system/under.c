/* SPDX-License-Identifier: Apache-2.0 */
/*
 * under log COMMAND [ARG]...: runs the command under a filter that logs every call.
 * under FILE COMMAND [ARG]...: under the filter in FILE, struct sock_filter by struct sock_filter.
 */
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned short read_program(const char *path, struct sock_filter *program, size_t room)
{
	FILE *stream = fopen(path, "re");
	size_t n;

	if (!stream)
		err(99, "%s", path);
	n = fread(program, sizeof(*program), room, stream);
	fclose(stream);
	if (n == 0 || n == room)
		errx(99, "%s: no filter", path);
	return (unsigned short)n;
}

int main(int argc, char **argv)
{
	static struct sock_filter program[65535];
	struct sock_fprog filter = { .len = 1, .filter = program };

	if (argc < 3)
		errx(99, "usage: under log|FILE COMMAND [ARG]...");
	program[0] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG);
	if (strcmp(argv[1], "log") != 0)
		filter.len = read_program(argv[1], program, sizeof(program) / sizeof(*program));
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
		err(99, "seccomp");
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
