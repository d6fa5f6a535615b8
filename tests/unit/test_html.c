/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/html_assets.h"
#include "format/html_escape.h"
#include "format/html_report.h"
#include "model/profile_json.h"
#include <ctype.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#define LOG 0x7ffc0000

static void escaping(void **state _unused_)
{
	static const struct {
		const char *text;
		size_t len;
		const char *expected;
	} cases[] = {
		{ "plain", 5, "plain" },
		{ "", 0, "" },
		{ "<script>", 8, "&lt;script&gt;" },
		{ "a&b", 3, "a&amp;b" },
		{ "&amp;", 5, "&amp;amp;" },
		{ "\"x' onclick=1", 13, "&quot;x&#39; onclick=1" },
		{ "a\0b", 3, "a\\x00b" },
		{ "\x1b[31m\n", 6, "\\x1b[31m\\x0a" },
		{ "\xff\xfe<", 3, "\\xff\\xfe&lt;" },
		{ "\xe2\x80\xae"
		  "x",
		  4, "\\xe2\\x80\\xaex" },
		{ "\xc3\xa4", 2, "\xc3\xa4" },
		{ "<<>>", 4, "&lt;&lt;&gt;&gt;" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf page = { 0 };

		html_put(&page, (struct slice){ cases[i].text, cases[i].len });
		assert_string_equal(strbuf_text(&page), cases[i].expected);
	}
}

/* Everything that comes from outside is an attempt to be more than text. */
#define EVIL "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&\x1b\xff"

static const char *const evil_profile =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\"],"
	" \"syscalls\": ["
	"{\"names\": [\"read\", \"<script>alert(3)</script>\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"comment\": \"<script>alert(4)</script>\"},"
	"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
	"[\"<script>alert(5)</script>\"], \"minKernel\": \"'><b onload=1>\"}},"
	"{\"names\": [\"exit\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"comment\": \"inferred, survival: x\"},"
	"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}";

static void add(struct recording *recording, int32_t nr, uint32_t code, const char *comm,
		int64_t ms)
{
	const struct actor actor = { .exe = SLICE("/bin/" EVIL),
				     .comm = slice_from(comm),
				     .subject = SLICE("") };
	uint32_t group, number;

	assert_int_equal(recording_group(recording, SLICE(EVIL), SLICE(EVIL), 1, 1, &group), 0);
	assert_int_equal(recording_actor_add(recording, &actor, &number), 0);
	assert_int_equal(recording_add(recording, group, AUDIT_ARCH_X86_64, nr, code, number, ms,
				       ms, 1, NULL),
			 0);
}

struct input {
	const char *profile; /* JSON, or NULL: none */
	bool recorded, times, incomplete;
	uint32_t programs;
};

/* The page of what was merged from `runs`, the last program's start being late; to be freed. */
static char *make_merged(const struct input *input, uint32_t runs, int64_t pause_ms)
{
	char source[] = "\"'><script>alert(6)</script>&\\x1b: recording",
	     *sources[] = { source, NULL };
	_cleanup_(explanation_deinit) struct explanation explanation = { 0 };
	_cleanup_(recording_deinit) struct recording recording = { 0 };
	_cleanup_(syscall_table_deinit) struct syscall_table names = { 0 };
	_cleanup_profile_ struct profile *profile = NULL;
	struct html_report report = {
		.title = EVIL,
		.sources = sources,
		.explanation = &explanation,
		.names = &names,
	};
	struct strbuf page = { 0 };
	struct error err = { 0 };

	for (uint32_t i = 0; i < input->programs; i++) {
		char comm[96];

		snprintf(comm, sizeof(comm), "%u" EVIL, i);
		add(&recording, (int32_t)(i % 3), LOG, comm,
		    input->times
			    ? 1000 + (int64_t)i * 500 + (i + 1 == input->programs ? pause_ms : 0)
			    : TIME_UNKNOWN);
	}
	for (uint32_t i = 0; i < runs; i++) {
		uint32_t run;

		assert_int_equal(incidence_run(&recording.incidence, i, &run), 0);
	}
	if (input->programs > 0)
		add(&recording, 101, 0x50000, EVIL, TIME_UNKNOWN);
	if (input->incomplete)
		evidence_add(&recording.evidence, FINDING_DROPPED, 12, EVIL);
	if (input->profile) {
		assert_int_equal(profile_read_json(&profile, input->profile, strlen(input->profile),
						   "p", &err),
				 0);
	} else {
		report.derived = true;
		assert_int_equal(explanation_profile(&recording, &names, &profile, &err), 0);
	}
	assert_int_equal(explanation_make(&explanation, input->recorded ? &recording : NULL,
					  profile, &names, &err),
			 0);
	assert_int_equal(html_report(&report, &page, &err), 0);
	return strbuf_steal(&page);
}

static char *make(const struct input *input)
{
	return make_merged(input, 0, 0);
}

static void assert_says(const char *page, const char *text)
{
	if (!strstr(page, text))
		fail_msg("the page lacks: %s", text);
}

static void assert_lacks(const char *page, const char *text)
{
	const char *found = strstr(page, text);

	if (found)
		fail_msg("the page has '%s': ...%.200s", text,
			 found - (found - page > 60 ? 60 : 0));
}

static bool is_void(const char *name)
{
	return strcmp(name, "meta") == 0 || strcmp(name, "input") == 0 ||
	       strcmp(name, "path") == 0 || strcmp(name, "wbr") == 0;
}

struct elements {
	char names[64][16];
	size_t depth;
};

/* One tag, from behind its '<'. Returns what is behind its '>'. */
static const char *take_tag(struct elements *open, const char *at)
{
	bool closing = *at == '/';
	char name[16] = "";
	size_t len = 0;

	at += closing;
	while (isalnum((unsigned char)at[len]) && len < sizeof(name) - 1)
		len++;
	memcpy(name, at, len);
	if (len == 0)
		fail_msg("not a tag: <%.40s", at);
	if (closing) {
		if (open->depth == 0 || strcmp(open->names[open->depth - 1], name) != 0)
			fail_msg("</%s> closes <%s>", name,
				 open->depth ? open->names[open->depth - 1] : "nothing");
		open->depth--;
	} else if (!is_void(name)) {
		assert_true(open->depth < 64);
		memcpy(open->names[open->depth++], name, sizeof(name));
	}
	for (bool quoted = false; quoted || *at != '>'; at++) {
		assert_true(*at != '\0');
		quoted = *at == '"' ? !quoted : quoted;
		assert_true(quoted || *at != '<');
	}
	return at + 1;
}

/* Every element is closed where it was opened, and no attribute runs anything. */
static void assert_well_formed(const char *page)
{
	struct elements open = { .depth = 0 };
	const char *at = page + strlen("<!DOCTYPE html>");

	assert_int_equal(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
	while ((at = strchr(at, '<')) != NULL) {
		bool raw = strncmp(at, "<script>", 8) == 0 || strncmp(at, "<style>", 7) == 0;
		const char *end = raw ? strstr(at, at[2] == 'c' ? "</script>" : "</style>") : NULL;

		at = take_tag(&open, at + 1);
		if (raw) {
			assert_non_null(end);
			at = end;
		}
	}
	assert_int_equal(open.depth, 0);
}

/* One script, one style sheet, ours; nothing that is loaded, run or led to from elsewhere. */
static void assert_harmless(const char *page)
{
	static const char *const never[] = {
		"<script>alert",     "<img",   "src=",	"http:",   "https:",
		"onerror=alert(2)>", "url(",   "<link", "<iframe", "@import",
		"javascript:",	     "style=", "\x1b",	"\xff"
	};
	const char *script = strstr(page, "<script>");

	assert_non_null(script);
	assert_null(strstr(script + 1, "<script>"));
	assert_int_equal(strncmp(script + 8, html_script, strlen(html_script)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
		if (strcmp(never[i], "src=") == 0)
			assert_lacks(page, "<img src=");
		else
			assert_lacks(page, never[i]);
	}
	assert_says(page, "default-src 'none'");
	assert_says(page, html_script_hash);
	assert_says(page, html_style_hash);
}

static void hostile_text_is_text(void **state _unused_)
{
	static const struct input inputs[] = {
		{ evil_profile, true, true, false, 3 }, { evil_profile, false, false, false, 0 },
		{ evil_profile, true, false, true, 3 }, { NULL, true, true, true, 60 },
		{ evil_profile, true, true, false, 1 }, { evil_profile, true, true, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		char *page = make(&inputs[i]), *again = make(&inputs[i]);

		assert_harmless(page);
		assert_well_formed(page);
		assert_says(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
		assert_says(page, "&lt;script&gt;alert(6)&lt;/script&gt;&amp;\\x1b: recording");
		assert_lacks(page, "\\x5c");
		if (inputs[i].profile) {
			assert_says(page, "&lt;script&gt;alert(3)&lt;/script&gt;");
			assert_says(page, "\u201c&lt;script&gt;alert(4)&lt;/script&gt;\u201d");
			assert_says(page, "&lt;script&gt;alert(5)&lt;/script&gt;");
			assert_says(page, "&#39;&gt;&lt;b onload=1&gt;");
		}
		assert_string_equal(page, again);
		free(page);
		free(again);
	}
}

static char *make_with(const char *profile, bool recorded, bool incomplete, uint32_t programs)
{
	return make(&(struct input){ profile, recorded, true, incomplete, programs });
}

static void verdicts(void **state _unused_)
{
	static const char stated[] = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
				     "{\"names\": [\"read\", \"write\", \"open\", \"bpf\"],"
				     " \"action\": \"SCMP_ACT_ALLOW\"}]}";
	static const char narrow[] = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
				     "{\"names\": [\"read\", \"write\"],"
				     " \"action\": \"SCMP_ACT_ALLOW\"}]}";
	static const char fallback[] =
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
		"{\"names\": [\"read\", \"write\"], \"action\": \"SCMP_ACT_ALLOW\"},"
		"{\"names\": [\"open\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38,"
		" \"comment\": \"inferred, answered ENOSYS: x\"}]}";
	static const char open[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}";
	static const struct {
		const char *profile;
		bool recorded, incomplete;
		uint32_t programs;
		const char *class, *says;
	} cases[] = {
		{ NULL, true, false, 2, "verdict good", "<strong>Evidence complete</strong>" },
		{ NULL, true, true, 2, "verdict bad",
		  "12 records lost (socket overflow) (first at &quot;" },
		{ stated, false, false, 0, "verdict warn", "No evidence: only a profile" },
		{ stated, true, false, 2, "verdict warn", "2 allowed calls rest on nothing" },
		{ narrow, true, false, 3, "verdict warn", "1 recorded call is not allowed" },
		{ fallback, true, false, 3, "verdict warn", "go on with an older call" },
		{ open, true, false, 3, "verdict bad", "not an allow-list" },
		{ stated, true, true, 3, "verdict bad", "Evidence incomplete: do not enforce" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *page = make_with(cases[i].profile, cases[i].recorded, cases[i].incomplete,
				       cases[i].programs);

		if (!strstr(page, cases[i].class) || !strstr(page, cases[i].says))
			fail_msg("case %zu: %.600s", i, strstr(page, "class=\"verdict"));
		if (cases[i].profile == narrow)
			assert_lacks(page, "go on with an older call");
		free(page);
	}
}

/* Programs 0, 1, 2 ... make read, write, open in turn, half a second apart. */
static void timeline_and_grid(void **state _unused_)
{
	char *page = make_with(NULL, true, false, 5);

	assert_says(page, "the last new one, <code>open</code>, came after 1.000 s, and then "
			  "1.000 s passed without another");
	assert_says(page, "M0 100H0V67H250V34H500V0H1000");
	assert_says(page,
		    "<th scope=\"row\" class=\"call\">write</th><td></td><td>\xe2\x97\x8f</td>"
		    "<td></td><td></td><td>\xe2\x97\x8f</td></tr>");
	free(page);
	page = make_with(NULL, true, false, 60);
	assert_says(page, "20 more made fewer calls and have no column");
	free(page);
	page = make(&(struct input){ NULL, true, false, false, 5 });
	assert_says(page, "The records have no times");
	free(page);
}

/* A day between two runs is a day only where there were two. */
static void pauses_between_runs(void **state _unused_)
{
	static const struct input input = { NULL, true, true, false, 3 };
	static const int64_t day = 24 * 3600 * 1000;
	char *page = make_merged(&input, 2, day);

	assert_says(page, "M0 100H0V67H970V34H1000V0H1000");
	assert_says(page, "<path class=\"fold\" d=\"M970 0H1000V100H970Z\"/>");
	assert_says(page, "came after 24 h, and then 0.000 s passed");
	assert_says(page, "Pauses between the runs count as time; the long ones, shaded");
	free(page);
	page = make_merged(&input, 1, day);
	assert_says(page, "M0 100H0V67H0V34H1000V0H1000");
	assert_lacks(page, "class=\"fold\"");
	assert_lacks(page, "Pauses between");
	free(page);
	page = make_merged(&input, 2, 0);
	assert_says(page, "M0 100H0V67H500V34H1000V0H1000");
	assert_lacks(page, "class=\"fold\"");
	assert_says(page, "Pauses between the runs count as time.<");
	free(page);
}

/* Without evidence the figures are about the architecture that the profile names first. */
static void figures(void **state _unused_)
{
	static const char mapped[] =
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"archMap\": [{\"architecture\": "
		"\"SCMP_ARCH_X86_64\", \"subArchitectures\": [\"SCMP_ARCH_X86\"]}],"
		" \"syscalls\": [{\"names\": [\"read\", \"fchown32\"], \"action\": "
		"\"SCMP_ACT_ALLOW\"}]}";
	char *page = make_with(mapped, false, false, 0);

	assert_says(page, "On x86_64 it may make <b>1</b> of the ");
	assert_lacks(page, "conditions only. Everything");
	assert_says(page, "allowed, neither (2)</option>");
	assert_lacks(page, "allowed, recorded (");
	free(page);
	page = make_with(evil_profile, false, false, 0);
	assert_says(page, "2 of them under arguments or conditions only. Everything else");
	free(page);
	page = make_with(NULL, true, false, 2);
	assert_says(page, "<p>Estimate: none, as one run does not say what the next would show");
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_between_runs),
		cmocka_unit_test(figures),
		cmocka_unit_test(escaping),
		cmocka_unit_test(hostile_text_is_text),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(timeline_and_grid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
