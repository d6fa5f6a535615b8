/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "command/option_values.h"
#include "command/options.h"
#include "command/verbs.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 12

/* Parses the words, up to NULL, behind the program's name. */
static int parse(struct options *options, const char *const *words, struct error *err)
{
	static const char *argv[WORDS_MAX + 2] = { "audit-seccomp-gen" };
	int argc = 1;

	for (; words[argc - 1]; argc++)
		argv[argc] = words[argc - 1];
	argv[argc] = NULL;
	return options_parse(options, argc, (char **)argv, err);
}

static void parse_well(struct options *options, const char *const *words)
{
	struct error err = { 0 };

	if (parse(options, words, &err) < 0)
		fail_msg("%s %s: %s", words[0], words[1] ? words[1] : "", err.message);
}

#define WELL(options, ...) parse_well(options, (const char *const[]){ __VA_ARGS__, NULL })

/* ---- what is read ---------------------------------------------------------------------------- */

static void defaults_of_a_command(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "ls", "-l", "--pid");
	assert_int_equal(options.request, REQUEST_RECORD);
	assert_int_equal(options.source, SOURCE_COMMAND);
	assert_int_equal(options.n_operands, 3);
	assert_string_equal(options.operands[0], "ls");
	assert_string_equal(options.operands[1], "-l");
	assert_string_equal(options.operands[2], "--pid");
	assert_null(options.operands[3]);
	assert_int_equal(options.group_by, GROUP_BY_ALL);
	assert_int_equal(options.policy.runtime, RUNTIME_ALL);
	assert_int_equal(options.policy.default_action, ACTION_ERRNO);
	assert_int_equal(options.policy.default_errno, EPERM);
	assert_false(options.policy.exact);
	assert_false(options.policy.include_denied);
	assert_null(options.output);
	assert_null(options.output_dir);
	assert_null(options.base_path);
	assert_null(options.user);
	assert_string_equal(options.format->name, "oci");
	assert_int_equal(options.verbosity, VERBOSITY_NORMAL);
	assert_int_equal(options.until, UNTIL_ALL);
	assert_int_equal(options.timeout_ms, 0);
	assert_int_equal(options.receive_buffer, 32 << 20);
	assert_int_equal(options.backlog, 8192);
	assert_false(options.arguments);
	assert_null(options.argument_calls);
	assert_true(options.selection.since_ms == TIME_UNKNOWN);
	assert_true(options.selection.until_ms == TIME_UNKNOWN);
	options_deinit(&options);
}

static void defaults_of_logs(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "--from-log", "a.log", "b.log");
	assert_int_equal(options.source, SOURCE_LOG);
	assert_int_equal(options.n_operands, 2);
	assert_string_equal(options.operands[1], "b.log");
	assert_null(options.operands[2]);
	assert_int_equal(options.group_by, GROUP_BY_TARGET);
	assert_int_equal(options.policy.runtime, RUNTIME_NONE);
	options_deinit(&options);
}

static void every_option_of_any_source(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "--output=x.json", "--format", "recording", "--group-by=exe", "--pid=1,22",
	     "--uid", "root,7", "--session=3,4294967295", "ls");
	assert_string_equal(options.output, "x.json");
	assert_string_equal(options.format->name, "recording");
	assert_int_equal(options.group_by, GROUP_BY_EXE);
	assert_int_equal(options.selection.pids.n, 2);
	assert_int_equal(options.selection.pids.items[1], 22);
	assert_int_equal(options.selection.uids.n, 2);
	assert_int_equal(options.selection.uids.items[0], 0);
	assert_int_equal(options.selection.uids.items[1], 7);
	assert_int_equal(options.selection.sessions.items[1], UINT32_MAX);
	options_deinit(&options);
	WELL(&options, "--output-dir", "d", "--exe=/a*", "--exe=/b", "--comm=c", "--since=@5",
	     "--until=@6.5", "--verbose", "ls");
	assert_string_equal(options.output_dir, "d");
	assert_int_equal(options.selection.exes.n, 2);
	assert_string_equal(options.selection.exes.items[0], "/a*");
	assert_string_equal(options.selection.comms.items[0], "c");
	assert_int_equal(options.selection.since_ms, 5000);
	assert_int_equal(options.selection.until_ms, 6500);
	assert_int_equal(options.verbosity, VERBOSITY_VERBOSE);
	options_deinit(&options);
	WELL(&options, "--exact", "--include-denied", "--default-action=kill_process", "--quiet",
	     "ls");
	assert_true(options.policy.exact);
	assert_true(options.policy.include_denied);
	assert_int_equal(options.policy.default_action, ACTION_KILL_PROCESS);
	assert_int_equal(options.verbosity, VERBOSITY_QUIET);
	options_deinit(&options);
	WELL(&options, "--portable", "--arch=aarch64,x86", "--arch", "native", "ls");
	assert_true(options.policy.portable);
	assert_int_equal(options.emit.n_arches, 3);
	assert_string_equal(options.emit.arches[0]->name, "aarch64");
	options_deinit(&options);
	WELL(&options, "--no-sandbox", "--from-log", "x.log");
	assert_true(options.no_sandbox);
	options_deinit(&options);
	WELL(&options, "--errno=ENOSYS", "--runtime-base=crun", "ls");
	assert_int_equal(options.policy.default_errno, ENOSYS);
	assert_int_equal(options.policy.runtime, RUNTIME_CRUN);
	options_deinit(&options);
	/* What may be left out is never the next word. */
	WELL(&options, "--args", "ls");
	assert_true(options.arguments);
	assert_null(options.argument_calls);
	assert_string_equal(options.operands[0], "ls");
	options_deinit(&options);
	WELL(&options, "--args=socket,prctl", "--args=ioctl", "ls");
	assert_true(options.arguments);
	assert_string_equal(options.argument_calls[1], "prctl");
	assert_string_equal(options.argument_calls[2], "ioctl");
	assert_null(options.argument_calls[3]);
	options_deinit(&options);
	WELL(&options, "--base=b.json", "--runtime-base=auto", "ls");
	assert_string_equal(options.base_path, "b.json");
	assert_int_equal(options.policy.runtime, RUNTIME_ALL);
	options_deinit(&options);
}

static void every_option_of_a_command(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "--user=nobody", "--until-exit=main", "--timeout=1m30s",
	     "--receive-buffer=8M", "--backlog=64", "--", "ls");
	assert_string_equal(options.user, "nobody");
	assert_int_equal(options.until, UNTIL_MAIN);
	assert_int_equal(options.timeout_ms, 90000);
	assert_int_equal(options.receive_buffer, 8 << 20);
	assert_int_equal(options.backlog, 64);
	options_deinit(&options);
}

static void every_option_of_logs(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "--from-log", "--node=a", "--node=b", "-");
	assert_int_equal(options.selection.nodes.n, 2);
	assert_string_equal(options.selection.nodes.items[1], "b");
	assert_string_equal(options.operands[0], "-");
	assert_false(options.ask_proc);
	options_deinit(&options);
	WELL(&options, "--resolve-proc", "--state=s", "--from-log", "a");
	assert_true(options.ask_proc);
	assert_string_equal(options.state, "s");
	options_deinit(&options);
}

static void letters(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "-qo", "x", "-frecording", "-u", "nobody", "ls");
	assert_int_equal(options.verbosity, VERBOSITY_QUIET);
	assert_string_equal(options.output, "x");
	assert_string_equal(options.format->name, "recording");
	assert_string_equal(options.user, "nobody");
	options_deinit(&options);
	WELL(&options, "-v", "ls");
	assert_int_equal(options.verbosity, VERBOSITY_VERBOSE);
	options_deinit(&options);
}

static void help_and_version_need_nothing(void **state)
{
	static const char *const words[][3] = {
		{ "-h" }, { "--help" }, { "--from-log", "-h" }, { "-V" }, { "--version" }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct options options;

		parse_well(&options, words[i]);
		assert_int_equal(options.request, i < 3 ? REQUEST_HELP : REQUEST_VERSION);
		options_deinit(&options);
	}
}

/* ---- where options end ----------------------------------------------------------------------- */

static void a_command_ends_options(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "-q", "ls", "--from-log", "-h");
	assert_int_equal(options.source, SOURCE_COMMAND);
	assert_int_equal(options.n_operands, 3);
	options_deinit(&options);
	WELL(&options, "-q", "--", "-ls", "--", "-q");
	assert_string_equal(options.operands[0], "-ls");
	assert_string_equal(options.operands[1], "--");
	assert_int_equal(options.n_operands, 3);
	options_deinit(&options);
}

static void files_stand_among_options(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "--from-log", "a", "-q", "b", "-o", "x", "c", "--", "-d", "--", "-v");
	assert_int_equal(options.n_operands, 6);
	assert_string_equal(options.operands[0], "a");
	assert_string_equal(options.operands[1], "b");
	assert_string_equal(options.operands[2], "c");
	assert_string_equal(options.operands[3], "-d");
	assert_string_equal(options.operands[4], "--");
	assert_string_equal(options.operands[5], "-v");
	assert_null(options.operands[6]);
	assert_int_equal(options.verbosity, VERBOSITY_QUIET);
	assert_string_equal(options.output, "x");
	options_deinit(&options);
}

static void the_last_one_counts(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "-o", "a", "--until-exit=main", "-o", "b", "--until-exit=all", "ls");
	assert_string_equal(options.output, "b");
	assert_int_equal(options.until, UNTIL_ALL);
	options_deinit(&options);
}

/* ---- what is refused ------------------------------------------------------------------------- */

struct refusal {
	const char *words[6];
	const char *says; /* part of the message */
};

static void refuse(const struct refusal *refusal)
{
	struct options options;
	struct error err = { 0 };
	int r = parse(&options, refusal->words, &err);

	options_deinit(&options);
	if (r != -EINVAL)
		fail_msg("%s %s: result %d", refusal->words[0],
			 refusal->words[1] ? refusal->words[1] : "", r);
	if (!strstr(err.message, refusal->says) || strchr(err.message, '\n') ||
	    strstr(err.message, "(null)"))
		fail_msg("%s %s: '%s' does not say '%s'", refusal->words[0],
			 refusal->words[1] ? refusal->words[1] : "", err.message, refusal->says);
}

static const struct refusal refusals[] = {
	{ { NULL }, "nothing to record" },
	{ { "-q" }, "nothing to record" },
	{ { "--" }, "nothing to record" },
	{ { "--from-log" }, "--from-log needs" },
	{ { "--from-log", "--" }, "--from-log needs" },
	{ { "--from-log=a.log" }, "'--from-log' takes no argument" },
	{ { "--quiet=1", "ls" }, "'--quiet' takes no argument" },
	{ { "--nosuch", "ls" }, "'--nosuch'" },
	{ { "--nosuch=5", "ls" }, "'--nosuch=5'" },
	{ { "--out", "ls" }, "'--out'" }, /* --output or --output-dir */
	{ { "-x", "ls" }, "'-x'" },
	{ { "-xq", "ls" }, "'-x'" },
	{ { "-qx", "ls" }, "'-x'" },
	{ { "--from-log", "a", "-x" }, "'-x'" },
	{ { "-o" }, "'-o' needs an argument" },
	{ { "--pid" }, "'--pid' needs an argument" },
	/* What excludes each other. */
	{ { "-o", "x", "--output-dir", "d", "ls" }, "--output and --output-dir exclude" },
	{ { "-q", "-v", "ls" }, "--quiet and --verbose exclude" },
	{ { "--exact", "--runtime-base", "none", "ls" }, "--exact and --runtime-base exclude" },
	{ { "--args=", "ls" }, "--args '': arguments decide nothing of ''" },
	{ { "--args=socket,read", "ls" },
	  "--args 'socket,read': arguments decide nothing of 'read'; they do of: arch_prctl, bpf" },
	{ { "--args=socket,", "ls" }, "decide nothing of ''" },
	{ { "--node", "n", "ls" }, "--node means nothing for a command" },
	{ { "--state", "s", "ls" }, "--state means nothing for a command" },
	{ { "--from-log", "a", "--state=" }, "--state '': the name is empty" },
	{ { "--from-log", "a", "--resolve-proc", "--group-by=pid" },
	  "--resolve-proc means nothing with --group-by pid" },
	{ { "--from-log", "a", "--user", "nobody" }, "--user means nothing with --from-log" },
	{ { "--from-log", "a", "--until-exit=main" }, "--until-exit means nothing" },
	{ { "--from-log", "a", "--timeout=5" }, "--timeout means nothing" },
	{ { "--from-log", "a", "--receive-buffer=1M" }, "--receive-buffer means nothing" },
	{ { "--from-log", "a", "--backlog=5" }, "--backlog means nothing" },
	{ { "--errno=5", "--default-action=log", "ls" },
	  "--errno means nothing with --default-action log" },
	{ { "--since=@6", "--until=@5", "ls" }, "--since is later than --until" },
	{ { "--base=b", "--errno=5", "ls" }, "--errno come from the profile" },
	{ { "--base=b", "--default-action=log", "ls" }, "--default-action and" },
	/* What would be refused only after the recording. */
	{ { "--exact", "--hot=read", "ls" }, "--exact and --hot exclude" },
	{ { "--hot=read", "-f", "recording", "ls" },
	  "--hot means nothing with --format recording" },
	{ { "--hot=read", "--from-log", "a" }, "--hot means nothing with --from-log" },
	{ { "--live", "ls" }, "--live records no command of its own ('ls')" },
	{ { "--live", "--from-log", "a" }, "--from-log and --live exclude" },
	{ { "--live", "--user=root" }, "--user means nothing with --live" },
	{ { "--live", "--timeout=5" }, "--timeout means nothing with --live" },
	{ { "--live", "-o", "x" }, "one file cannot hold" },
	{ { "--live", "--every=5s" }, "--every needs --output-dir or -o" },
	{ { "--live", "--every=5s", "-o", "-" }, "--every needs --output-dir or -o" },
	{ { "--duration=5", "ls" }, "--duration means nothing for a command" },
	{ { "--unit=x", "--from-log", "a" }, "--unit means nothing with --from-log" },
	{ { "--group-by=target", "ls" }, "--group-by target means nothing for a command" },
};

static void options_of_live(void **state)
{
	struct options options;

	(void)state;
	WELL(&options, "--live", "--unit=a", "--unit", "b", "--container=c", "--duration=1m",
	     "--every=5", "--output-dir=d");
	assert_int_equal(options.source, SOURCE_LIVE);
	assert_int_equal(options.n_operands, 0);
	assert_int_equal(options.group_by, GROUP_BY_TARGET);
	assert_int_equal(options.policy.runtime, RUNTIME_NONE);
	assert_int_equal(options.units.n, 2);
	assert_string_equal(options.units.items[1], "b");
	assert_string_equal(options.containers.items[0], "c");
	assert_int_equal(options.duration_ms, 60000);
	assert_int_equal(options.every_ms, 5000);
	options_deinit(&options);
	WELL(&options, "--live", "-o", "x", "-f", "recording");
	options_deinit(&options);
	WELL(&options, "--live", "-o", "x", "--group-by=all");
	assert_int_equal(options.group_by, GROUP_BY_ALL);
	options_deinit(&options);
}

static void each_conflict_says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		refuse(&refusals[i]);
}

/* Values that no option takes, and for each option some of its own. */
static const char *const absurd[] = { "",   " ",  "-1",	 "x",	"1x",	"1 ",
				      " 1", "+1", "0x1", "1e3", "1.5.", "99999999999999999999999",
				      ",",  "1,", ",1",	 "1,,2" };

static const struct {
	const char *option;
	const char *values[8];
	bool own; /* takes some of the above */
} wrong[] = {
	{ "--output", { NULL }, true },
	{ "--base", { NULL }, true },
	{ "--output-dir", { NULL }, true },
	{ "--exe", { NULL }, true },
	{ "--comm", { NULL }, true },
	{ "--user", { NULL }, true },
	{ "--format", { "OCI", "oci ", "1" }, false },
	{ "--group-by", { "pids", "PID", "1" }, false },
	{ "--pid", { "0", "4194305", "1,0", "4294967297", "1-2" }, false },
	{ "--uid", { "4294967296", "no such user", "root,", "root,-1" }, false },
	{ "--session", { "4294967296", "1,-1", "unset" }, false },
	{ "--since", { "2026-13-01", "-2x", "25:00", "1", "+1", "-", "-1e3" }, true },
	{ "--until",
	  { "2026-02-30", "tomorrowish", "@", "@x", "now ", "99999999999999999999" },
	  true },
	{ "--default-action", { "allow", "notify", "SCMP_ACT_ALLOW", "EPERM", "1" }, false },
	{ "--errno", { "0", "4096", "EPERMISSION", "eperm", "EPERM," }, false },
	{ "--arch", { "x87", "x86,", ",x86", "X86_64" }, false },
	{ "--runtime-base", { "docker", "crun,runc", "1" }, false },
	{ "--until-exit", { "Main", "child", "1" }, false },
	{ "--timeout", { "0", "0s", "5y", "1h-1m", "999999999999d" }, false },
	{ "--receive-buffer",
	  { "0", "4095", "2G", "1048577K", "99999999999999999999G", "K", "1KK", "1k" },
	  false },
	{ "--backlog", { "0", "1000001", "4294967296" }, false },
	{ "--hot", { "no_such_call", "read,", ",read", "read,no_such", "AUTO" }, false },
	{ "--container", { NULL }, true },
	{ "--unit", { NULL }, true },
	{ "--duration", { "0", "0s", "5y", "1h-1m" }, false },
	{ "--every", { "0", "-1s", "1x" }, false },
	{ "--max-groups", { "0", "1000001" }, false },
	{ "--max-processes", { "0", "63", "4194305" }, false },
};

static void refuse_value(const char *option, const char *value)
{
	struct options options;
	struct error err = { 0 };
	const char *const words[] = { option, value, "ls", NULL };
	char name[64];
	int r = parse(&options, words, &err);

	options_deinit(&options);
	if (r != -EINVAL)
		fail_msg("%s '%s': result %d", option, value, r);
	snprintf(name, sizeof(name), "%s '%s': ", option, value);
	if (strncmp(err.message, name, strlen(name)) != 0 ||
	    strlen(err.message) < strlen(name) + 10 || strchr(err.message, '\n'))
		fail_msg("%s '%s': the message is '%s'", option, value, err.message);
}

static void absurd_values_name_their_option(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		refuse_value(wrong[i].option, "");
		for (size_t j = 0; j < ARRAY_SIZE(absurd) && !wrong[i].own; j++)
			refuse_value(wrong[i].option, absurd[j]);
		for (size_t j = 0; j < ARRAY_SIZE(wrong[i].values) && wrong[i].values[j]; j++)
			refuse_value(wrong[i].option, wrong[i].values[j]);
	}
}

/* The reason is still there. */
static void an_endless_value(void **state)
{
	char value[4096];
	const struct refusal refusal = { { "--pid", value, "ls" }, "expected process ids" };

	(void)state;
	memset(value, '1', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	refuse(&refusal);
}

static void an_empty_node(void **state)
{
	const struct refusal refusal = { { "--from-log", "a", "--node=" }, "--node ''" };

	(void)state;
	refuse(&refusal);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void bounds_belong_to_the_range(void **state)
{
	uint32_t number = 7;
	size_t size = 7;

	(void)state;
	assert_int_equal(value_number("1", 1, 3, &number, NULL), 0);
	assert_int_equal(value_number("3", 1, 3, &number, NULL), 0);
	assert_int_equal(value_number("0", 1, 3, &number, NULL), -EINVAL);
	assert_int_equal(value_number("4", 1, 3, &number, NULL), -EINVAL);
	assert_int_equal(number, 3);
	assert_int_equal(value_size("4096", 4096, 1 << 30, &size, NULL), 0);
	assert_int_equal(size, 4096);
	assert_int_equal(value_size("4K", 4096, 1 << 30, &size, NULL), 0);
	assert_int_equal(size, 4096);
	assert_int_equal(value_size("1G", 4096, 1 << 30, &size, NULL), 0);
	assert_int_equal(size, 1 << 30);
	assert_int_equal(value_size("18446744073709551615G", 4096, 1 << 30, &size, NULL), -EINVAL);
	assert_int_equal(size, 1 << 30);
}

static void words_of_actions_and_errnos(void **state)
{
	enum action action;
	uint32_t number;

	(void)state;
	assert_int_equal(value_default_action("trap", &action, NULL), 0);
	assert_int_equal(action, ACTION_TRAP);
	assert_int_equal(value_default_action("SCMP_ACT_KILL_PROCESS", &action, NULL), 0);
	assert_int_equal(action, ACTION_KILL_PROCESS);
	assert_int_equal(value_errno("EPERM", &number, NULL), 0);
	assert_int_equal(number, EPERM);
	assert_int_equal(value_errno("4095", &number, NULL), 0);
	assert_int_equal(number, 4095);
}

static void a_refused_format_lists_those_there_are(void **state)
{
	const struct emitter *emitter;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(value_format("json", &emitter, &err), -EINVAL);
	for (size_t i = 0; i < emitter_count(); i++)
		assert_non_null(strstr(err.message, emitter_at(i)->name));
}

/* ---- --help ---------------------------------------------------------------------------------- */

static char *help_text(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	options_help(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void help_has_every_option(void **state)
{
	static const char *const others[] = {
		"    --from-log ",	"-q, --quiet ",
		"-v, --verbose ",	"    --node=",
		"    --exact ",		"-h, --help ",
		"-V, --version ",	"    --include-denied ",
		"-o, --output=",	"-f, --format=",
		"-u, --user=",		"doctor",
		"    --output-dir=DIR", "    --args[=CALL[,CALL]...]",
		"    --live ",		"    --portable ",
		"    --resolve-proc ",	"    --arch=ARCH",
		"    --no-sandbox ",
	};
	char *text = help_text(), option[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(option, sizeof(option), "%s=", wrong[i].option);
		if (!strstr(text, option))
			fail_msg("%s is not in --help", wrong[i].option);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strstr(text, others[i]))
			fail_msg("'%s' is not in --help", others[i]);
	for (size_t i = 0; i < emitter_count(); i++)
		assert_non_null(strstr(text, emitter_at(i)->summary));
	for (size_t i = 0; i < verb_count(); i++)
		assert_non_null(strstr(text, verb_at(i)->summary));
	free(text);
}

/* Options that take no value are eleven; --node and --state are for logs, and --args need not have
 * one. */
static void every_option_of_help_is_tested(void **state)
{
	char *text = help_text();
	size_t n = 0;

	(void)state;
	for (const char *line = text; (line = strchr(line, '\n')); line++)
		n += strncmp(line, "\n      --", 9) == 0 || strncmp(line, "\n  -", 4) == 0;
	assert_int_equal(n, ARRAY_SIZE(wrong) + 3 + 11);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_of_a_command),
		cmocka_unit_test(defaults_of_logs),
		cmocka_unit_test(options_of_live),
		cmocka_unit_test(every_option_of_any_source),
		cmocka_unit_test(every_option_of_a_command),
		cmocka_unit_test(every_option_of_logs),
		cmocka_unit_test(letters),
		cmocka_unit_test(help_and_version_need_nothing),
		cmocka_unit_test(a_command_ends_options),
		cmocka_unit_test(files_stand_among_options),
		cmocka_unit_test(the_last_one_counts),
		cmocka_unit_test(each_conflict_says_why),
		cmocka_unit_test(absurd_values_name_their_option),
		cmocka_unit_test(an_endless_value),
		cmocka_unit_test(an_empty_node),
		cmocka_unit_test(bounds_belong_to_the_range),
		cmocka_unit_test(words_of_actions_and_errnos),
		cmocka_unit_test(a_refused_format_lists_those_there_are),
		cmocka_unit_test(help_has_every_option),
		cmocka_unit_test(every_option_of_help_is_tested),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
