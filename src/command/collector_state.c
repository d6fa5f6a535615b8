/* SPDX-License-Identifier: Apache-2.0 */
#include "command/collector_state.h"
#include "base/cleanup.h"
#include "target/process_look.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

static void append(const struct state_entry *entry)
{
	struct error err = { 0 };
	int r;

	if (mkdir(HOOK_STATE_DIR, 0700) < 0 && errno != EEXIST) {
		syslog(LOG_NOTICE, "cannot make '%s': %s", HOOK_STATE_DIR, strerror(errno));
		return;
	}
	r = state_append(COLLECTOR_STATE_FILE, entry, &err);
	if (r < 0)
		syslog(LOG_NOTICE, "%s", error_message(&err, r));
}

void collector_state_begin(struct state_entry *entry, const char *id, pid_t init, uint32_t session)
{
	_cleanup_close_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct process_look look;

	if (proc < 0 || process_look(proc, init, &look) < 0 || !oci_id_is_valid(id))
		return;
	*entry = (struct state_entry){
		.pid = (uint32_t)init,
		.session = session,
		.started_ms = look.started_ms,
		.ended_ms = TIME_UNKNOWN,
	};
	snprintf(entry->container, sizeof(entry->container), "%s", id);
	state_entry_here(entry);
	append(entry);
}

void collector_state_end(struct state_entry *entry)
{
	if (entry->pid == 0)
		return;
	entry->ended_ms = time_now_ms();
	append(entry);
}
