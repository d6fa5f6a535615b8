/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as `ausearch -i` prints them: a date of the reader's locale, names for numbers, no
 * quotes. comm= and exe= may hold anything, so the fields around them are found from both ends.
 */
#include "arch/syscall.h"
#include "audit/scan_private.h"
#include "base/time.h"
#include <errno.h>
#include <time.h>

/* ---- the date -------------------------------------------------------------------------------- */

/* Three numbers with one separator between them. */
static bool take_date_numbers(struct cursor *at, uint64_t number[3], char *separator)
{
	for (int i = 0; i < 3; i++) {
		if (i > 0 && (at->at == at->end || !strchr("/.-", *at->at) || !*at->at))
			return false;
		if (i == 1)
			*separator = *at->at;
		if (i > 0)
			at->at++;
		if (!cursor_take_number(at, &number[i]) || number[i] > 9999)
			return false;
	}
	return true;
}

/*
 * The year stands first or last. Month and day can be mistaken for each other only between slashes:
 * the C locale and English (US) have the month first.
 */
static bool take_date(struct cursor *at, struct tm *ret)
{
	uint64_t n[3], year, month, day;
	char separator = 0;

	if (!take_date_numbers(at, n, &separator))
		return false;
	year = n[0] > 31 ? n[0] : n[2];
	month = n[1];
	day = n[0] > 31 ? n[2] : n[0];
	if (separator == '/' && n[0] <= 12) {
		month = n[0];
		day = n[1];
	}
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	ret->tm_year = (int)(year < 100 ? year + 100 : year - 1900);
	ret->tm_mon = (int)month - 1;
	ret->tm_mday = (int)day;
	return year < 100 || year >= 1970;
}

/* "11/14/23 22:13:20.123" */
static int64_t parse_time(struct slice text)
{
	struct cursor at = cursor_of(text);
	struct tm tm = { .tm_isdst = -1 };
	uint64_t hour, minute, second, ms;
	time_t seconds;

	if (!take_date(&at, &tm) || !cursor_take(&at, " ") || !cursor_take_number(&at, &hour) ||
	    !cursor_take(&at, ":") || !cursor_take_number(&at, &minute) || !cursor_take(&at, ":") ||
	    !cursor_take_number(&at, &second) || !cursor_take(&at, ".") ||
	    !cursor_take_number(&at, &ms) || at.at != at.end)
		return TIME_UNKNOWN;
	if (hour > 23 || minute > 59 || second > 60 || ms > 999)
		return TIME_UNKNOWN;
	tm.tm_hour = (int)hour;
	tm.tm_min = (int)minute;
	tm.tm_sec = (int)second;
	seconds = mktime(&tm);
	return seconds == (time_t)-1 ? TIME_UNKNOWN : (int64_t)seconds * 1000 + (int64_t)ms;
}

/* "DATE:SERIAL) : " */
static bool take_stamp(struct cursor *at, struct scan *ret)
{
	const char *close = memmem(at->at, cursor_left(at), ") : ", 4), *colon;
	struct cursor number;

	if (!close || close - at->at > 64)
		return false;
	colon = memrchr(at->at, ':', (size_t)(close - at->at));
	if (!colon)
		return false;
	number = (struct cursor){ colon + 1, close };
	if (!cursor_take_number(&number, &ret->serial) || number.at != close)
		return false;
	ret->time_ms = parse_time((struct slice){ at->at, (size_t)(colon - at->at) });
	at->at = close + 4;
	return true;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* What ausearch calls them; "kill" is both kills to it. */
static const struct code_word {
	const char *word;
	uint32_t code;
} code_words[] = {
	{ "log", 0x7ffc0000 },
	{ "errno", 0x50000 },
	{ "trap", 0x30000 },
	{ "trace", 0x7ff00000 },
	{ "allow", 0x7fff0000 },
	{ "user-notify", 0x7fc00000 },
	{ "kill", 0 },
	{ "kill-thread", 0 },
	{ "kill-process", 0x80000000 },
	{ "user_notif", 0x7fc00000 },
	{ "kill_thread", 0 },
	{ "kill_process", 0x80000000 },
};

/* "unknown-syscall(451)": the number within. */
static bool number_within(struct slice word, const char *name, unsigned int base, uint64_t *ret)
{
	struct slice start = slice_from(name), number;

	if (!slice_starts(word, start) || word.data[word.len - 1] != ')')
		return false;
	number = (struct slice){ word.data + start.len, word.len - start.len - 1 };
	return slice_to_u64(number, base, ret) == 0 && *ret <= UINT32_MAX;
}

static const char *read_code(struct slice word, struct scan *ret)
{
	uint64_t code;

	for (size_t i = 0; i < ARRAY_SIZE(code_words); i++)
		if (slice_is(word, code_words[i].word)) {
			ret->code = code_words[i].code;
			return NULL;
		}
	if (!number_within(word, "unknown-seccomp-code(0x", 16, &code) || code & 0xffff)
		return "code= is not a word that ausearch prints";
	ret->code = (uint32_t)code;
	return NULL;
}

/* `*named` tells whether ausearch had a table for it. */
static const char *read_arch(struct slice word, struct scan *ret, bool *named)
{
	const struct arch *arch = arch_by_name(word);
	uint64_t number;

	*named = true;
	if (arch) {
		ret->arch = arch->audit;
	} else if (slice_is(word, "armeb")) { /* its word for the little-endian one */
		ret->arch = 0x40000028;
	} else if (number_within(word, "unknown-elf-type(", 16, &number)) {
		ret->arch = (uint32_t)number;
		*named = false;
	} else {
		return "arch= is not a name that we know";
	}
	return NULL;
}

/* Where the names of ausearch (libaudit 3.0.9) are not the kernel's. */
static const char *const renamed[][2] = {
	{ "fadvise64_64", "arm_fadvise64_64" },
	{ "fstatat64", "newfstatat" },
	{ "getdents", "getdents64" },
	{ "llseek", "_llseek" },
	{ "newfstat", "fstat" },
	{ "newselect", "_newselect" },
	{ "perf_counter_open", "perf_event_open" },
	{ "pread", "pread64" },
	{ "pwrite", "pwrite64" },
	{ "sched_rr_get_interval64", "sched_rr_get_interval_time64" },
	{ "sync_file_range", "arm_sync_file_range" },
	{ "sys_kexec_load", "kexec_load" },
	{ "sysctl", "_sysctl" },
	{ "timerfd", "timerfd_create" },
};

/* 0 or a negative errno. The kernel's own names go first: i386 has getdents and getdents64. */
static int number_of(struct syscall_table *names, const struct arch *arch, const char *name,
		     int32_t *ret)
{
	int r = syscall_number(names, arch, name, ret);

	for (size_t i = 0; i < ARRAY_SIZE(renamed) && r == -ENOENT; i++)
		if (strcmp(renamed[i][0], name) == 0)
			r = syscall_number(names, arch, renamed[i][1], ret);
	return r;
}

static const char *read_syscall_name(struct scanner *scanner, struct slice word, struct scan *ret)
{
	static const char problem[] = "syscall= is a name that nobody can number";
	const struct arch *arch = arch_by_audit(ret->arch, 0);
	char name[64];

	if (!arch || !scanner->names || word.len == 0 || word.len >= sizeof(name))
		return problem;
	memcpy(name, word.data, word.len);
	name[word.len] = '\0';
	return number_of(scanner->names, arch, name, &ret->nr) < 0 ? problem : NULL;
}

static const char *read_syscall(struct scanner *scanner, struct slice word, bool arch_named,
				struct scan *ret)
{
	uint64_t number;
	int64_t nr;

	if (slice_is(word, "unknown-syscall(-1)")) {
		ret->nr = -1;
		return NULL;
	}
	if (number_within(word, "unknown-syscall(", 10, &number) && number <= INT32_MAX) {
		ret->nr = (int32_t)number;
		return NULL;
	}
	if (slice_to_i64(word, &nr) == 0 && nr >= -1 && nr <= INT32_MAX) {
		ret->nr = (int32_t)nr;
		return NULL;
	}
	/* It looks the number up in another architecture's table then. */
	if (!arch_named)
		return "ausearch did not know the architecture: its syscall name is wrong";
	return read_syscall_name(scanner, word, ret);
}

/* ---- fields ---------------------------------------------------------------------------------- */

static struct slice between(const char *start, const char *end)
{
	return (struct slice){ start, (size_t)(end - start) };
}

/* The last place of `needle` in `text`. */
static const char *find_last(struct slice text, const char *needle)
{
	const char *found = NULL, *at = text.data;

	while ((at = scan_find(text, at, needle)))
		found = at++;
	return found;
}

/* The word behind "NAME=", which stands at the start of `text` or behind a space. */
static struct slice word_of(struct slice text, const char *name)
{
	size_t len = strlen(name);
	const char *at = text.data, *end;

	for (; (at = scan_find(text, at, name)); at++) {
		if (at > text.data && at[-1] != ' ')
			continue;
		end = memchr(at + len, ' ', (size_t)(text.data + text.len - at) - len);
		return between(at + len, end ? end : text.data + text.len);
	}
	return (struct slice){ 0 };
}

/* "auid=root uid=root gid=root ses=3 subj=docker-default (enforce) pid=1234" */
static const char *read_who(struct slice who, struct scan *ret)
{
	const char *subject = scan_find(who, who.data, " subj="), *pid = find_last(who, " pid=");
	uint64_t number;

	if (!pid)
		return "no pid= field";
	if (slice_to_u64(between(pid + 5, who.data + who.len), 10, &number) < 0 || number == 0 ||
	    number > INT32_MAX)
		return "pid= is not a process id";
	ret->pid = (uint32_t)number;
	if (subject && subject < pid) {
		ret->subject = between(subject + 6, pid);
		who.len = (size_t)(subject - who.data);
	}
	ret->auid = word_of(who, "auid=");
	ret->uid = word_of(who, "uid=");
	ret->gid = word_of(who, "gid=");
	ret->session = word_of(who, "ses=");
	return NULL;
}

/* " sig=SIG0 arch=x86_64 syscall=close compat=0 ip=0x7f6d5c0ed4c7 code=log" */
static const char *read_what(struct scanner *scanner, struct slice what, struct scan *ret)
{
	struct slice arch = word_of(what, "arch="), nr = word_of(what, "syscall="),
		     code = word_of(what, "code=");
	const char *problem;
	bool named = false;

	if (!arch.data || !nr.data || !code.data)
		return !arch.data ? "no arch= field"
		       : !nr.data ? "no syscall= field"
				  : "no code= field";
	/* ausearch hides an enrichment, unless it lost its separator and was read as digits. */
	if (scan_find(what, code.data, " UID="))
		return "code= was misread by ausearch, with AUID= stuck to it";
	problem = read_arch(arch, ret, &named);
	if (!problem)
		problem = read_syscall(scanner, nr, named, ret);
	return problem ? problem : read_code(code, ret);
}

/* Where " sig=" stands, or what older kernels have in its place. */
static const char *find_what(struct slice text)
{
	const char *sig = find_last(text, " sig=");

	return sig ? sig : find_last(text, " arch=");
}

/* The fields up to code= and its word. */
static struct slice without_tail(struct slice text)
{
	const char *code = find_last(text, " code="), *end;

	if (!code)
		return text;
	end = memchr(code + 1, ' ', (size_t)(text.data + text.len - code) - 1);
	return between(text.data, end ? end : text.data + text.len);
}

const char *scan_interpreted(struct scanner *scanner, struct cursor at, struct scan *ret)
{
	struct slice text;
	const char *comm, *exe, *what, *problem;

	if (!take_stamp(&at, ret))
		return "no time and serial number";
	ret->interpreted = true;
	text = between(at.at, at.end);
	ret->fields = text;
	if (ret->type != TYPE_SECCOMP)
		return NULL;
	ret->fields = without_tail(text);
	if (memchr(ret->fields.data, '\0', ret->fields.len))
		return "NUL bytes within it";
	what = find_what(text);
	if (!what)
		return "no arch= field";
	comm = scan_find(between(text.data, what), text.data, " comm=");
	if (!comm)
		return "no comm= field";
	exe = find_last(between(comm, what), " exe=");
	ret->comm = between(comm + 6, exe ? exe : what);
	if (exe)
		ret->exe = between(exe + 5, what);
	problem = read_who(between(text.data, comm), ret);
	return problem ? problem : read_what(scanner, between(what, text.data + text.len), ret);
}
