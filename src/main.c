/* SPDX-License-Identifier: Apache-2.0 */
#include "command/report.h"
#include "command/runtime.h"
#include "command/verbs.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Descriptors 0 to 2 must exist: a file opened as number 2 would receive our messages. Opened the
 * wrong way round, so that a product for a closed standard output is not lost in silence.
 */
static void ensure_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", (fd == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
}

/* What could not be written is not a success, whatever the verb thought of it. */
static int close_stdout(int status)
{
	int failed = ferror(stdout);

	if (fflush(stdout) == 0 && !failed)
		return status;
	if (errno != EPIPE)
		report_note("cannot write to standard output: %m");
	/* Nor is it a difference that nobody has been told of. */
	return status <= EXIT_DIFFERENT ? EXIT_USAGE : status;
}

/* Installed under a second name as well. */
static bool is_runtime(const char *name)
{
	const char *slash = name ? strrchr(name, '/') : NULL;

	return name && strcmp(slash ? slash + 1 : name, RUNTIME_PROGRAM) == 0;
}

int main(int argc, char **argv)
{
	const struct verb *verb = argc > 1 ? verb_by_name(argv[1]) : NULL;

	ensure_standard_streams();
	setlocale(LC_CTYPE, "");
	if (is_runtime(argv[0]))
		return runtime_main(argc, argv);
	if (verb)
		return close_stdout(verb->run(argc - 1, argv + 1));
	return close_stdout(verb_record(argc, argv));
}
