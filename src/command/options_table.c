/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the default verb, as data. */
#include "command/options_private.h"

struct option_heading {
	const char *title;
	enum option_id first;
};

static const struct option_fact facts[] = {
	{ OPTION_FROM_LOG, "from-log", 0, NULL, ONLY_LOG,
	  "read audit logs: files, directories, - for standard input" },
	{ OPTION_LIVE, "live", 0, NULL, ONLY_LIVE,
	  "listen to everything that is logged on this host, until ^C" },
	{ OPTION_OUTPUT, "output", 'o', "FILE", ANY_SOURCE,
	  "write here, whole or not at all (default: standard output)" },
	{ OPTION_OUTPUT_DIR, "output-dir", 0, "DIR", ANY_SOURCE,
	  "write one file a group into this directory" },
	{ OPTION_FORMAT, "format", 'f', "FORMAT", ANY_SOURCE, NULL },
	{ OPTION_QUIET, "quiet", 'q', NULL, ANY_SOURCE,
	  "say only what went wrong, and the verdict if it is incomplete" },
	{ OPTION_VERBOSE, "verbose", 'v', NULL, ANY_SOURCE,
	  "say everything: all groups, all calls" },
	{ OPTION_GROUP_BY, "group-by", 0, "WHAT", ANY_SOURCE,
	  "target (a container, unit or program with all its descendants), pid, exe, comm, "
	  "session, label, node or all (default: all for a command, else target)" },
	{ OPTION_RESOLVE_PROC, "resolve-proc", 0, NULL, ONLY_LOG,
	  "ask /proc for the container or unit of processes that still live" },
	{ OPTION_STATE, "state", 0, "FILE", ONLY_LOG,
	  "what collectors have written down of containers" },
	{ OPTION_PID, "pid", 0, "PID[,PID]...", ANY_SOURCE, "only these processes" },
	{ OPTION_EXE, "exe", 0, "GLOB", ANY_SOURCE, "only this executable; may be repeated" },
	{ OPTION_COMM, "comm", 0, "GLOB", ANY_SOURCE, "only this command name; may be repeated" },
	{ OPTION_UID, "uid", 0, "USER[,USER]...", ANY_SOURCE,
	  "only these users, by name or number" },
	{ OPTION_SESSION, "session", 0, "ID[,ID]...", ANY_SOURCE, "only these audit sessions" },
	{ OPTION_NODE, "node", 0, "NAME", ONLY_LOG, "only this machine (node=); may be repeated" },
	{ OPTION_SINCE, "since", 0, "TIME", ANY_SOURCE,
	  "only from then on: '2026-11-23 10:00', @SECONDS, today, -2h" },
	{ OPTION_UNTIL, "until", 0, "TIME", ANY_SOURCE, "only up to then" },
	{ OPTION_BASE, "base", 0, "PROFILE", ANY_SOURCE,
	  "extend this profile; what it allows is not recorded again" },
	{ OPTION_EXACT, "exact", 0, NULL, ANY_SOURCE, "allow what was seen and nothing else" },
	{ OPTION_PORTABLE, "portable", 0, NULL, ANY_SOURCE,
	  "allow what another libc, kernel or architecture calls in place of what was seen" },
	{ OPTION_ARCH, "arch", 0, "ARCH[,ARCH]...", ANY_SOURCE,
	  "for these architectures, recorded or not (default: the recorded ones)" },
	{ OPTION_DEFAULT_ACTION, "default-action", 0, "ACTION", ANY_SOURCE,
	  "for everything else: errno (default), kill_process, kill_thread, trap, log ..." },
	{ OPTION_ERRNO, "errno", 0, "ERRNO", ANY_SOURCE,
	  "what errno answers: EPERM (default), ENOSYS, a number ..." },
	{ OPTION_RUNTIME_BASE, "runtime-base", 0, "WHICH", ANY_SOURCE,
	  "calls a container runtime needs to start: auto, none, crun, runc or all (auto: all for "
	  "a command, none for logs)" },
	{ OPTION_INCLUDE_DENIED, "include-denied", 0, NULL, ANY_SOURCE,
	  "allow recorded calls that were denied, too" },
	{ OPTION_ARGS, "args", 0, "[=CALL[,CALL]...]", ONLY_LOG | ONLY_COMMAND,
	  "hold calls such as socket to the arguments that were seen; what it costs is in the "
	  "manual" },
	{ OPTION_CONTAINER, "container", 0, "WHICH", ONLY_LIVE,
	  "only this container: its id or the beginning of it, a name, a glob; may be repeated" },
	{ OPTION_UNIT, "unit", 0, "GLOB", ONLY_LIVE, "only this systemd unit; may be repeated" },
	{ OPTION_DURATION, "duration", 0, "DURATION", ONLY_LIVE,
	  "listen that long: 90s, 5m, 1h30m (default: until ^C, or the last selected one is "
	  "gone)" },
	{ OPTION_EVERY, "every", 0, "DURATION", ONLY_LIVE,
	  "write in between, too, each time that long after the last" },
	{ OPTION_MAX_GROUPS, "max-groups", 0, "NUMBER", ONLY_LIVE,
	  "keep so many groups at the most (default: 4096)" },
	{ OPTION_MAX_PROCESSES, "max-processes", 0, "NUMBER", ONLY_LIVE,
	  "remember so many processes of the host at once (default: 262144)" },
	{ OPTION_USER, "user", 'u', "NAME", ONLY_COMMAND, "run the command as this user" },
	{ OPTION_UNTIL_EXIT, "until-exit", 0, "WHOSE", ONLY_COMMAND,
	  "all (default): until the last descendant has gone; main: until the command has" },
	{ OPTION_TIMEOUT, "timeout", 0, "DURATION", ONLY_COMMAND,
	  "end the command after that: 90s, 5m, 1h30m" },
	{ OPTION_RECEIVE_BUFFER, "receive-buffer", 0, "SIZE", ONLY_COMMAND | ONLY_LIVE,
	  "of the audit socket (default: 32M)" },
	{ OPTION_BACKLOG, "backlog", 0, "MESSAGES", ONLY_COMMAND | ONLY_LIVE,
	  "raise the kernel's backlog_limit to this for the time of the recording (default: "
	  "8192)" },
	{ OPTION_HOT, "hot", 0, "CALL[,CALL]...|auto", ONLY_COMMAND,
	  "do not log these calls, which are allowed as assumed; auto: what busy programs make "
	  "most of" },
	{ OPTION_NO_SANDBOX, "no-sandbox", 0, NULL, ONLY_LOG,
	  "read logs with all rights and without a filter on oneself, for debugging" },
	{ OPTION_HELP, "help", 'h', NULL, ANY_SOURCE, "show this" },
	{ OPTION_VERSION, "version", 'V', NULL, ANY_SOURCE, "show the version" },
};

/* A section of --help begins at the option named. */
static const struct option_heading sections[] = {
	{ "Source and product", OPTION_FROM_LOG },
	{ "Grouping and selection", OPTION_GROUP_BY },
	{ "Profile", OPTION_BASE },
	{ "Listening", OPTION_CONTAINER },
	{ "Recording a command", OPTION_USER },
	{ "Other", OPTION_NO_SANDBOX },
};

static const struct option_pair exclusive[] = {
	{ OPTION_OUTPUT, OPTION_OUTPUT_DIR },  { OPTION_QUIET, OPTION_VERBOSE },
	{ OPTION_EXACT, OPTION_RUNTIME_BASE }, { OPTION_EXACT, OPTION_PORTABLE },
	{ OPTION_FROM_LOG, OPTION_LIVE },      { OPTION_EXACT, OPTION_HOT },
};

size_t option_count(void)
{
	return ARRAY_SIZE(facts);
}

const struct option_fact *option_at(size_t index)
{
	return &facts[index];
}

const struct option_fact *option_find(int id)
{
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (facts[i].id == (enum option_id)id || (facts[i].letter && facts[i].letter == id))
			return &facts[i];
	return NULL;
}

const char *option_section(enum option_id id)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (sections[i].first == id)
			return sections[i].title;
	return NULL;
}

size_t option_pair_count(void)
{
	return ARRAY_SIZE(exclusive);
}

const struct option_pair *option_pair_at(size_t index)
{
	return &exclusive[index];
}

const char *option_source_words(enum source source)
{
	return source == SOURCE_LOG    ? "with --from-log"
	       : source == SOURCE_LIVE ? "with --live"
				       : "for a command";
}
