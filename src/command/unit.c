/* SPDX-License-Identifier: Apache-2.0 */
/* The verb `unit`: what makes systemd log every call of a unit, and how to take it away again. */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "command/options_verb.h"
#include "command/report.h"
#include "command/verbs.h"
#include <errno.h>
#include <string.h>

#define UNIT_NAME_MAX 255 /* UNIT_NAME_MAX, systemd's src/basic/unit-name.h */
#define DIRECTORY     "/etc/systemd/system"
#define FILE_NAME     "50-audit-seccomp-gen.conf"

/*
 * systemd takes what to log as a list, and "all but" a list that must not be empty. This call
 * stands in the tables of x86 and has never been implemented by any kernel (syscalls(2),
 * unimplemented(2)).
 */
#define NOBODY_S_CALL "tuxcall"

/* The units whose processes systemd starts itself, and the section that has their environment. */
static const struct {
	const char *suffix, *section;
} kinds[] = {
	{ ".service", "Service" },
	{ ".socket", "Socket" },
	{ ".mount", "Mount" },
	{ ".swap", "Swap" },
};

static const char *const usage[] = { "unit NAME > FILE", NULL };

static const struct verb_syntax syntax = {
	.usage = usage,
	.summary = "Prints the drop-in file that makes systemd log every system call of the unit "
		   "NAME, for\n--live to record. Its comments say where it goes and how to take it "
		   "away again.",
	.status = "0 printed; 2 usage",
};

static bool ends_in(const char *name, const char *suffix)
{
	const size_t all = strlen(name), len = strlen(suffix);

	return all > len && strcmp(name + all - len, suffix) == 0;
}

static const char *find_section(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (ends_in(name, kinds[i].suffix))
			return kinds[i].section;
	return NULL;
}

/* systemd.unit(5): letters, digits and : - _ . \ and @. It becomes a part of a path. */
static int check_name(const char *name, struct error *err)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  ":-_.\\@");

	if (*name == '.' || *name == '@' || len == 0 || name[len] != '\0' || len > UNIT_NAME_MAX)
		return error_set(err, -EINVAL, "'%.300s' is no name of a systemd unit", name);
	if (!find_section(name))
		return error_set(err, -EINVAL,
				 "'%.300s' is no unit whose processes systemd starts: expected a "
				 ".service, .socket, .mount or .swap",
				 name);
	return 0;
}

/* Of systemd.unit(5). */
static bool has_type(const char *name)
{
	static const char *const types[] = { ".service", ".socket",    ".device", ".mount",
					     ".swap",	 ".automount", ".target", ".path",
					     ".timer",	 ".slice",     ".scope" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (ends_in(name, types[i]))
			return true;
	return false;
}

/* "nginx" is nginx.service and "php7.4-fpm" is php7.4-fpm.service, as systemctl(1) has it. */
static char *full_name(const char *name)
{
	_cleanup_strbuf_ struct strbuf full = { 0 };

	strbuf_puts(&full, name);
	if (!has_type(name))
		strbuf_puts(&full, ".service");
	return strbuf_steal(&full);
}

static void print(const char *name)
{
	const char *section = find_section(name);

	printf("# Logs every system call of %s, for audit-seccomp-gen --live.\n"
	       "# Put it in place:\n"
	       "#   mkdir -p '" DIRECTORY "/%s.d'\n"
	       "#   audit-seccomp-gen unit '%s' >'" DIRECTORY "/%s.d/" FILE_NAME "'\n"
	       "#   systemctl daemon-reload && systemctl restart '%s'\n"
	       "# Record it:\n"
	       "#   audit-seccomp-gen --live --unit '%s' --output-dir DIRECTORY\n"
	       "# Take it away again:\n"
	       "#   rm '" DIRECTORY "/%s.d/" FILE_NAME "'\n"
	       "#   systemctl daemon-reload && systemctl restart '%s'\n",
	       name, name, name, name, name, name, name, name);
	printf("# What SystemCallFilter= denies stays denied. A unit with User= gains no new "
	       "privileges by it.\n"
	       "[%s]\n"
	       "# All but one that no kernel has: a list to leave out must not be empty.\n"
	       "SystemCallLog=\n"
	       "SystemCallLog=~" NOBODY_S_CALL "\n",
	       section);
}

static int take(void *context _unused_, int id _unused_, const char *value _unused_,
		struct error *err)
{
	return error_set(err, -EINVAL, "there is no such option");
}

int verb_unit(int argc, char **argv)
{
	_cleanup_(verb_words_deinit) struct verb_words words = { 0 };
	_cleanup_free_ char *name = NULL;
	struct error err = { 0 };
	int r = verb_options_parse(&syntax, argc, argv, take, NULL, &words, &err);

	if (r >= 0 && words.help) {
		verb_options_help(&syntax, stdout);
		return EXIT_COMPLETE;
	}
	if (r >= 0 && words.n_operands != 1)
		r = error_set(&err, -EINVAL, "expected the name of one unit; see --help");
	if (r >= 0) {
		name = full_name(words.operands[0]);
		r = name ? check_name(name, &err) : error_memory(&err);
	}
	if (r < 0)
		return report_failure(&err, r, EXIT_USAGE);
	print(name);
	return EXIT_COMPLETE;
}
