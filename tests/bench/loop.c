/* SPDX-License-Identifier: Apache-2.0 */
/* Makes N getppid() calls and writes the nanoseconds that one took into the file named, or to
 * stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	FILE *stream = argc > 2 ? fopen(argv[2], "w") : stdout;
	double start;

	if (n <= 0 || !stream) {
		fputs("usage: loop N [FILE]\n", stderr);
		return 2;
	}
	start = now_ns();
	for (long i = 0; i < n; i++)
		syscall(SYS_getppid);
	fprintf(stream, "%.1f\n", (now_ns() - start) / (double)n);
	return 0;
}
