/* SPDX-License-Identifier: Apache-2.0 */
#include "command/progress.h"
#include "base/time.h"
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define QUIET_MS 500 /* short input needs no progress */
#define EVERY_MS 200

void progress_init(struct progress *progress, enum verbosity verbosity)
{
	*progress = (struct progress){
		.wanted = verbosity != VERBOSITY_QUIET && isatty(STDERR_FILENO),
		.started_ms = time_now_ms(),
	};
}

void progress_show(struct progress *progress, const struct source_file *source,
		   const struct intake_progress *intake, size_t groups)
{
	uint64_t done, total;
	int64_t now;

	if (!progress->wanted)
		return;
	now = time_now_ms();
	if (now - progress->started_ms < QUIET_MS || now - progress->last_ms < EVERY_MS)
		return;
	progress->last_ms = now;
	progress->shown = true;
	source_file_progress(source, &done, &total);
	fprintf(stderr, "\r\033[K%" PRIu64 " MB", done >> 20);
	if (total)
		fprintf(stderr, " of %" PRIu64 " (%" PRIu64 "%%)", total >> 20, done * 100 / total);
	fprintf(stderr, ", %" PRIu64 " records, %zu groups, %" PRIu64 " calls", intake->records,
		groups, intake->calls);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
