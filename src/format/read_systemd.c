/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SystemCallFilter= and its kin in a unit file or drop-in (systemd.exec(5)). The profile is what
 * systemd would make of the lines: they are merged in order, an empty assignment forgets, the first
 * one says whether calls are allowed or denied, and an allow list gets @default.
 * RestrictNamespaces= counts, too; other settings that deny calls are only named. What systemd only
 * warns of and leaves out is an error here.
 */
#include "base/cleanup.h"
#include "format/call_map.h"
#include "format/readers.h"
#include "format/systemd_arch.h"
#include "format/systemd_groups.h"
#include "format/unit_lines.h"
#include "format/unit_namespaces.h"
#include "model/errno_names.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

#define ERRNO_MAX      4095    /* systemd.exec(5) */
#define UNIT_WORDS_MAX 1000000 /* what lines may ask for: a group is some 500 calls in 10 bytes */

/* SystemCallFilter= or SystemCallLog=, merged. */
struct unit_list {
	struct call_map calls;
	bool given;
	bool positive;	/* the first line had no '~' */
	size_t n_words; /* calls that lines spoke of, those in groups counted one by one */
};

/* Settings for which systemd adds filters of its own (systemd.exec(5)), so that calls are denied,
 * all or by their arguments. DynamicUser= implies RestrictSUIDSGID=. */
static const char *const others[] = {
	"DynamicUser",
	"LockPersonality",
	"MemoryDenyWriteExecute",
	"PrivateDevices",
	"ProtectClock",
	"ProtectHostname",
	"ProtectKernelLogs",
	"ProtectKernelModules",
	"ProtectKernelTunables",
	"RestrictAddressFamilies",
	"RestrictRealtime",
	"RestrictSUIDSGID",
};

struct unit_seccomp {
	struct unit_list filter, log;
	struct unit_namespaces namespaces;
	struct outcome denied;		 /* SystemCallErrorNumber= */
	char **architectures;		 /* SCMP_ARCH_*; NULL: not given */
	bool others[ARRAY_SIZE(others)]; /* on */
	bool filters; /* there was a SystemCallFilter= or SystemCallLog=, if an empty one */
};

/* The outcome of a call that is denied without an error of its own: known when all lines are. */
static const struct outcome as_denied = { ACTION_UNKNOWN, 0 };

static const struct outcome killed = { ACTION_KILL_PROCESS, 0 };
static const struct outcome allowed = { ACTION_ALLOW, 0 };
static const struct outcome logged = { ACTION_LOG, 0 };

static void unit_list_reset(struct unit_list *list)
{
	call_map_deinit(&list->calls);
	*list = (struct unit_list){ .n_words = list->n_words };
}

static void unit_seccomp_deinit(struct unit_seccomp *unit)
{
	call_map_deinit(&unit->filter.calls);
	call_map_deinit(&unit->log.calls);
	name_list_free(unit->architectures);
}

/* "EPERM", "1" or "kill". */
static int read_errno(struct slice word, uint32_t least, struct outcome *ret, struct error *err)
{
	_cleanup_free_ char *name = slice_copy(word);
	uint64_t number;
	uint32_t named;

	if (!name)
		return error_memory(err);
	if (slice_is(word, "kill")) {
		*ret = killed;
		return 0;
	}
	if (memchr(word.data, '\0', word.len) == NULL && errno_from_name(name, &named) == 0)
		number = named;
	else if (slice_to_u64(word, 10, &number) < 0 || number < least || number > ERRNO_MAX)
		return text_bad_word(err, "not an error number:", word);
	*ret = (struct outcome){ ACTION_ERRNO, (uint32_t)number };
	return 0;
}

/* Adds a call or takes it away, as systemd does: what the line says against what the first said. */
static int change(struct unit_list *list, struct slice name, bool positive, struct outcome outcome,
		  struct error *err)
{
	if (++list->n_words > UNIT_WORDS_MAX)
		return error_set(err, -EBADMSG, "more than %d calls are named", UNIT_WORDS_MAX);
	if (positive == list->positive)
		return call_map_set(&list->calls, name, outcome, err);
	call_map_remove(&list->calls, name);
	return 0;
}

static int change_group(struct unit_list *list, struct slice name, bool positive,
			struct outcome outcome, struct error *err)
{
	_cleanup_name_set_ struct name_set set = { 0 };
	_cleanup_free_ char *wanted = slice_copy(name);
	const struct systemd_group *group = wanted ? systemd_group_by_name(wanted) : NULL;
	int r = 0;

	if (!wanted)
		return error_memory(err);
	if (!group || strlen(wanted) != name.len)
		return text_bad_word(err, "unknown group", name);
	if (systemd_group_expand(group, &set) < 0)
		return error_memory(err);
	for (size_t i = 0; r == 0 && i < set.n; i++)
		r = change(list, slice_from(set.names[i]), positive, outcome, err);
	return r;
}

static int read_word(struct unit_list *list, struct slice word, bool positive, bool with_errno,
		     struct error *err)
{
	struct slice number, name = slice_cut(word, ':', &number);
	struct outcome outcome = list->positive ? allowed : as_denied;
	int r = 0;

	if (name.len < word.len) {
		if (positive || !with_errno)
			return text_bad_word(err,
					     "only a denied call can have an error number:", word);
		r = read_errno(number, 0, &outcome, err);
		/* A removal from an allow list: what is denied there gets the common error. */
		if (r == 0 && list->positive)
			return text_bad_word(err,
					     "an allow list has one error number for all:", word);
	}
	if (r < 0)
		return r;
	if (name.len > 0 && name.data[0] == '@')
		return change_group(list, name, positive, outcome, err);
	if (!text_is_name(name))
		return text_bad_word(err, "not the name of a call:", word);
	return change(list, name, positive, outcome, err);
}

static int read_list(struct unit_list *list, struct slice value, bool is_filter, struct error *err)
{
	bool positive = value.len == 0 || value.data[0] != '~';
	struct slice word;
	int r = 0;

	if (value.len == 0) {
		unit_list_reset(list);
		return 0;
	}
	if (!positive)
		value = (struct slice){ value.data + 1, value.len - 1 };
	if (!list->given) {
		list->given = true;
		list->positive = positive;
		if (positive && is_filter)
			r = change_group(list, SLICE("@default"), true, allowed, err);
	}
	while (r == 0 && (word = slice_word(&value)).len > 0)
		r = read_word(list, word, positive, is_filter, err);
	return r;
}

static int read_filter(struct unit_seccomp *unit, struct slice value, struct error *err)
{
	unit->filters = true;
	return read_list(&unit->filter, value, true, err);
}

static int read_log(struct unit_seccomp *unit, struct slice value, struct error *err)
{
	unit->filters = true;
	return read_list(&unit->log, value, false, err);
}

static int read_error_number(struct unit_seccomp *unit, struct slice value, struct error *err)
{
	unit->denied = killed;
	return value.len == 0 ? 0 : read_errno(value, 1, &unit->denied, err);
}

static int add_architecture(struct unit_seccomp *unit, const struct arch *arch, struct error *err)
{
	if (name_list_has(unit->architectures, arch->oci))
		return 0;
	return name_list_append(&unit->architectures, arch->oci) < 0 ? error_memory(err) : 0;
}

/* The machine's own is always among them, and x32 brings x86-64 along. */
static int read_architectures(struct unit_seccomp *unit, struct slice value, struct error *err)
{
	const struct arch *native = arch_native(), *arch;
	struct slice word;
	int r = 0;

	if (value.len == 0) {
		name_list_free(unit->architectures);
		unit->architectures = NULL;
		return 0;
	}
	if (native)
		r = add_architecture(unit, native, err);
	while (r == 0 && (word = slice_word(&value)).len > 0) {
		arch = slice_is(word, "native") ? native : systemd_arch_by_name(word);
		if (!arch)
			return text_bad_word(err, "unknown architecture", word);
		r = add_architecture(unit, arch, err);
		if (r == 0 && slice_is(word, "x32"))
			r = add_architecture(unit, systemd_arch_by_name(SLICE("x86-64")), err);
	}
	return r;
}

static int read_namespaces(struct unit_seccomp *unit, struct slice value, struct error *err)
{
	return unit_namespaces_read(&unit->namespaces, value, err);
}

static const struct setting {
	const char *key;
	int (*read)(struct unit_seccomp *unit, struct slice value, struct error *err);
} settings[] = {
	{ "SystemCallFilter", read_filter },
	{ "SystemCallLog", read_log },
	{ "SystemCallErrorNumber", read_error_number },
	{ "SystemCallArchitectures", read_architectures },
	{ "RestrictNamespaces", read_namespaces },
};

static const struct setting *find_setting(struct slice key)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (slice_is(key, settings[i].key))
			return &settings[i];
	return NULL;
}

/* Sections of units that run programs. */
static bool section_runs_programs(struct slice section)
{
	static const char *const names[] = { "Service", "Socket", "Mount", "Swap" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (slice_is(section, names[i]))
			return true;
	return false;
}

/* All but the addresses' are yes or no, and the last line counts; an empty one is the default. */
static bool is_on(struct slice value)
{
	static const char *const off[] = { "0", "no", "n", "false", "f", "off" };
	_cleanup_free_ char *word = slice_copy(value);

	for (size_t i = 0; word && i < ARRAY_SIZE(off); i++)
		if (strcasecmp(word, off[i]) == 0)
			return false;
	return value.len > 0;
}

static void read_other(struct unit_seccomp *unit, const struct unit_line *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (slice_is(line->key, others[i]) && section_runs_programs(line->section))
			unit->others[i] = is_on(line->value);
}

static int read_line(struct unit_seccomp *unit, const struct unit_line *line, struct error *err)
{
	const struct setting *setting = find_setting(line->key);
	int r;

	if (!setting) {
		read_other(unit, line);
		return 0;
	}
	if (section_runs_programs(line->section))
		r = setting->read(unit, line->value, err);
	else if (line->section.len == 0)
		r = error_set(err, -EBADMSG, "in front of the first section");
	else
		r = text_bad_word(err, "has no effect in section", line->section);
	if (r < 0)
		r = error_prefix(err, r, "line %zu: %s=", line->number, setting->key);
	return r;
}

static int read_unit(struct unit_seccomp *unit, struct slice text, struct error *err)
{
	_cleanup_unit_lines_ struct unit_lines lines = { .lines.rest = text };
	struct unit_line line;
	int r;

	while ((r = unit_lines_next(&lines, &line, err)) > 0) {
		r = read_line(unit, &line, err);
		if (r < 0)
			return r;
	}
	if (r == 0 && !unit->filters)
		r = error_set(err, -EBADMSG, "no SystemCallFilter= or SystemCallLog=");
	return r;
}

/* Whether SystemCallLog= speaks of the call. */
static bool is_logged(const struct unit_list *log, struct slice name)
{
	return log->given && (call_map_find(&log->calls, name) != NULL) == log->positive;
}

/* What the filter says of its calls. */
static int combine_filter(const struct unit_seccomp *unit, struct call_map *ret, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < unit->filter.calls.n; i++) {
		const struct call_entry *entry = &unit->filter.calls.entries[i];
		struct slice name = slice_from(entry->name);
		struct outcome outcome = entry->outcome;

		if (outcome.action == ACTION_ALLOW && is_logged(&unit->log, name))
			outcome = logged;
		if (outcome.action == as_denied.action)
			outcome = unit->denied;
		r = call_map_set(ret, name, outcome, err);
	}
	return r;
}

/* On a deny list, what the log says of the calls that are not denied. */
static int combine_log(const struct unit_seccomp *unit, struct call_map *ret, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < unit->log.calls.n; i++) {
		struct slice name = slice_from(unit->log.calls.entries[i].name);

		if (!call_map_find(&unit->filter.calls, name))
			r = call_map_set(ret, name, unit->log.positive ? logged : allowed, err);
	}
	return r;
}

static int make_profile(struct unit_seccomp *unit, struct profile *profile, struct error *err)
{
	_cleanup_call_map_ struct call_map calls = { 0 };
	struct outcome rest = unit->denied;
	int r = combine_filter(unit, &calls, err);

	if (!unit->filter.positive) {
		rest = unit->log.given && !unit->log.positive ? logged : allowed;
		if (r == 0)
			r = combine_log(unit, &calls, err);
	}
	profile->default_action = rest.action;
	profile->has_default_errno = rest.action == ACTION_ERRNO;
	profile->default_errno = rest.errno_ret;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(others); i++)
		if (unit->others[i] && name_list_append(&profile->settings, others[i]) < 0)
			r = error_memory(err);
	profile->architectures = unit->architectures;
	unit->architectures = NULL;
	if (r == 0)
		r = unit_namespaces_apply(&unit->namespaces, &calls, profile, err);
	return r < 0 ? r : call_map_add_rules(&calls, profile, err);
}

static int read_systemd(struct slice text, const char *name, struct profile **ret,
			struct error *err)
{
	_cleanup_profile_ struct profile *profile = profile_new();
	struct unit_seccomp unit = { .denied = killed };
	int r = profile ? text_check_size(text, err) : error_memory(err);

	if (r == 0)
		r = read_unit(&unit, text, err);
	if (r == 0)
		r = make_profile(&unit, profile, err);
	unit_seccomp_deinit(&unit);
	if (r < 0)
		return error_prefix(err, r, "%s", name);
	*ret = profile;
	profile = NULL;
	return 0;
}

static bool detect_systemd(struct slice text)
{
	struct text_lines lines = { .rest = text };
	struct slice line, value;

	while (text_lines_next(&lines, &line))
		if (find_setting(slice_trim(slice_cut(line, '=', &value))))
			return true;
	return false;
}

const struct reader reader_systemd = {
	.name = "systemd",
	.summary = "unit file or drop-in with SystemCallFilter=",
	.detect = detect_systemd,
	.read = read_systemd,
};
