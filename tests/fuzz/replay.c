/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A main for a fuzz target without libFuzzer: feeds it every file of each directory named on the
 * command line. TAP on stdout, one test point an input; the plan comes last, so that a target that
 * aborts is seen.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (1 << 20)

/* 0 when the whole file was read and taken. */
static int replay(const char *path, uint8_t *buffer)
{
	FILE *file = fopen(path, "rb");
	size_t size;
	int failed;

	if (!file)
		return -errno;
	size = fread(buffer, 1, INPUT_MAX, file);
	failed = ferror(file) || !feof(file);
	fclose(file);
	if (failed)
		return -EIO;
	LLVMFuzzerTestOneInput(buffer, size);
	return 0;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Returns how many inputs could not be replayed; `*number` counts the test points. */
static int replay_directory(const char *directory, uint8_t *buffer, int *number)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, visible, alphasort);
	int bad = 0;

	if (n < 0) {
		fprintf(stderr, "%s: %s\n", directory, strerror(errno));
		return 1;
	}
	for (int i = 0; i < n; i++) {
		char path[4096];
		int r;

		snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		/* Said first, so that the input that kills is known. */
		printf("# %s\n", path);
		fflush(stdout);
		r = replay(path, buffer);
		printf("%sok %d - %s\n", r ? "not " : "", ++*number, entries[i]->d_name);
		bad += r != 0;
		free(entries[i]);
	}
	free(entries);
	return bad;
}

int main(int argc, char **argv)
{
	uint8_t *buffer = malloc(INPUT_MAX);
	int number = 0;
	int bad = 0;

	if (!buffer)
		return 99;
	for (int i = 1; i < argc; i++)
		bad += replay_directory(argv[i], buffer, &number);
	printf("1..%d\n", number);
	free(buffer);
	return bad ? 1 : 0;
}
