/* SPDX-License-Identifier: Apache-2.0 */
/* The options of --live. */
#include "command/option_values.h"
#include "command/options_private.h"
#include "target/processes.h"
#include <errno.h>
#include <string.h>

#define GROUPS_MAX    1000000
#define PROCESSES_MIN 64 /* fewer than a machine has at rest would only lose */

int option_take_live(struct options *options, enum option_id id, const char *value,
		     struct error *err)
{
	switch (id) {
	case OPTION_CONTAINER:
		return value_text(value, &options->containers, err);
	case OPTION_UNIT:
		return value_text(value, &options->units, err);
	case OPTION_DURATION:
		return time_parse_duration(value, &options->duration_ms, err);
	case OPTION_EVERY:
		return time_parse_duration(value, &options->every_ms, err);
	case OPTION_MAX_GROUPS:
		return value_number(value, 1, GROUPS_MAX, &options->groups_max, err);
	default:
		return value_number(value, PROCESSES_MIN, PROCESSES_PID_END,
				    &options->processes_max, err);
	}
}

/* What would only be refused at the end, when all is recorded, is refused at once. */
int option_check_live(const struct options *options, struct error *err)
{
	bool file = options->output && strcmp(options->output, "-") != 0;

	if (options->source != SOURCE_LIVE) {
		if (options->group_by == GROUP_BY_TARGET && options->source == SOURCE_COMMAND)
			return error_set(err, -EINVAL, "--group-by target means nothing %s",
					 option_source_words(options->source));
		return 0;
	}
	if (file && options->format->emit && options->group_by != GROUP_BY_ALL)
		return error_set(err, -EINVAL,
				 "one file cannot hold the profiles of all who may come: use "
				 "--output-dir, --format recording or --group-by all");
	if (options->every_ms && !file && !options->output_dir)
		return error_set(err, -EINVAL,
				 "--every needs --output-dir or -o: what is on standard output "
				 "cannot be replaced");
	return 0;
}
