/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "command/product.h"
#include "model/profile_json.h"
#include "model/recording_json.h"
#include "profile_text.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG   0x7ffc0000
#define ERRNO 0x00050000

struct fixture {
	struct recording recording;
	struct syscall_table names;
	struct options options;
	struct product product;
	char directory[64], path[128];
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const char *base = getenv("TMPDIR");

	if (!fixture)
		return -1;
	snprintf(fixture->directory, sizeof(fixture->directory), "%s/product.XXXXXX",
		 base && strlen(base) < 32 ? base : "/tmp");
	if (!mkdtemp(fixture->directory))
		return -1;
	fixture->options.format = emitter_by_name("oci");
	fixture->product = (struct product){
		.recording = &fixture->recording,
		.names = &fixture->names,
		.options = &fixture->options,
		.policy = { .default_action = ACTION_ERRNO, .default_errno = EPERM, .exact = true },
	};
	*state = fixture;
	return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	product_deinit(&fixture->product);
	recording_deinit(&fixture->recording);
	syscall_table_deinit(&fixture->names);
	nftw(fixture->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(fixture);
	return 0;
}

static void record(struct fixture *fixture, const char *group, int32_t nr, uint32_t code)
{
	const struct actor actor = { .comm = SLICE("x"), .exe = SLICE("/x"), .subject = SLICE("") };
	uint32_t number, index;

	assert_int_equal(recording_group(&fixture->recording, slice_from(group), SLICE(""),
					 RECORD_UNSET, RECORD_UNSET, &index),
			 0);
	assert_int_equal(recording_actor_add(&fixture->recording, &actor, &number), 0);
	assert_int_equal(recording_add(&fixture->recording, index, AUDIT_ARCH_X86_64, nr, code,
				       number, 1000, 2000, 1, NULL),
			 0);
}

/* A name within the fixture's directory. */
static const char *within(struct fixture *fixture, const char *name)
{
	snprintf(fixture->path, sizeof(fixture->path), "%.60s/%.60s", fixture->directory, name);
	return fixture->path;
}

static char *read_text(const char *path)
{
	_cleanup_fclose_ FILE *stream = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!stream)
		return NULL;
	if (getdelim(&text, &size, '\0', stream) < 0) {
		free(text);
		return strdup("");
	}
	return text;
}

static void write_text(const char *path, const char *text)
{
	FILE *stream = fopen(path, "we");

	assert_non_null(stream);
	fputs(text, stream);
	assert_int_equal(fclose(stream), 0);
}

static size_t count_files(const struct fixture *fixture)
{
	_cleanup_closedir_ DIR *dir = opendir(fixture->directory);
	size_t n = 0;

	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	return n;
}

static int publish(struct fixture *fixture, struct error *err)
{
	_cleanup_free_ uint32_t *order = NULL;

	*err = (struct error){ 0 };
	assert_int_equal(recording_order(&fixture->recording, &order), 0);
	return product_publish(&fixture->product, order, err);
}

static void publish_well(struct fixture *fixture)
{
	struct error err;

	if (publish(fixture, &err) < 0)
		fail_msg("%s", err.message);
}

/* The same, with standard output in a file; its text. */
static char *publish_to_stdout(struct fixture *fixture)
{
	struct error err;
	int copy, file, r;

	fflush(stdout);
	copy = dup(STDOUT_FILENO);
	file = open(within(fixture, "stdout"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(copy >= 0 && file >= 0);
	dup2(file, STDOUT_FILENO);
	r = publish(fixture, &err);
	fflush(stdout);
	dup2(copy, STDOUT_FILENO);
	close(copy);
	close(file);
	if (r < 0)
		fail_msg("%s", err.message);
	return read_text(within(fixture, "stdout"));
}

static json_t *parse(const char *text)
{
	json_error_t error;
	json_t *json;

	assert_non_null(text);
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("line %d: %s: %s", error.line, error.text, text);
	return json;
}

/* The names that a profile allows, with commas between. */
static void assert_allows(const json_t *profile, const char *names)
{
	const json_t *rule = json_array_get(json_object_get(profile, "syscalls"), 0), *name;
	char all[256] = "";
	size_t i, len = 0;

	assert_string_equal(json_string_value(json_object_get(profile, "defaultAction")),
			    "SCMP_ACT_ERRNO");
	json_array_foreach(json_object_get(rule, "names"), i, name) len += (size_t)snprintf(
		all + len, sizeof(all) - len, "%s%s", i ? "," : "", json_string_value(name));
	assert_string_equal(all, names);
}

static void assert_file_allows(struct fixture *fixture, const char *name, const char *names)
{
	_cleanup_free_ char *text = read_text(within(fixture, name));
	json_t *json;

	if (!text)
		fail_msg("there is no file '%s'", name);
	json = parse(text);
	assert_allows(json, names);
	json_decref(json);
}

/* ---- one text -------------------------------------------------------------------------------- */

static void one_group_to_a_file(void **state)
{
	struct fixture *fixture = *state;
	char *place;

	record(fixture, "ls", 0, LOG);
	record(fixture, "ls", 1, LOG);
	record(fixture, "ls", 2, ERRNO);
	fixture->options.output = strdup(within(fixture, "ls.json"));
	publish_well(fixture);
	assert_file_allows(fixture, "ls.json", "read,write");
	assert_int_equal(count_files(fixture), 1);
	place = product_place(&fixture->product, fixture->recording.groups);
	assert_string_equal(place, fixture->options.output);
	free(place);
	free((void *)fixture->options.output);
}

static void one_group_to_standard_output(void **state)
{
	struct fixture *fixture = *state;
	char *text, *place;
	json_t *json;

	record(fixture, "ls", 0, LOG);
	text = publish_to_stdout(fixture);
	json = parse(text);
	assert_allows(json, "read");
	assert_int_equal(text[strlen(text) - 1], '\n');
	place = product_place(&fixture->product, fixture->recording.groups);
	assert_string_equal(place, "ls");
	free(place);
	json_decref(json);
	free(text);
}

static void several_groups_are_members_of_one_object(void **state)
{
	struct fixture *fixture = *state;

	record(fixture, "pid-10", 0, LOG);
	record(fixture, "pid-9", 1, LOG);
	record(fixture, "pid-11", 0, ERRNO);
	for (int dash = 0; dash < 2; dash++) {
		char *text;
		json_t *json;

		fixture->options.output = dash ? "-" : NULL;
		text = publish_to_stdout(fixture);
		json = parse(text);
		assert_int_equal(json_object_size(json), 2);
		assert_allows(json_object_get(json, "pid-9"), "write");
		assert_allows(json_object_get(json, "pid-10"), "read");
		assert_true(strstr(text, "pid-9") < strstr(text, "pid-10"));
		json_decref(json);
		free(text);
	}
}

static void several_groups_do_not_fit_one_file(void **state)
{
	struct fixture *fixture = *state;
	char output[128], name[16];
	struct error err;

	snprintf(output, sizeof(output), "%s", within(fixture, "all.json"));
	write_text(output, "mine");
	fixture->options.output = output;
	record(fixture, "a", 0, LOG);
	record(fixture, "b\x1b[m", 0, LOG);
	assert_int_equal(publish(fixture, &err), -EINVAL);
	assert_non_null(strstr(err.message, "2 groups (a, b\\x1b[m)"));
	assert_non_null(strstr(err.message, "use --output-dir, --group-by all or"));
	fixture->product.unite = "or --one";
	assert_int_equal(publish(fixture, &err), -EINVAL);
	assert_non_null(strstr(err.message, "use --output-dir, or --one"));
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		record(fixture, name, 0, LOG);
	}
	assert_int_equal(publish(fixture, &err), -EINVAL);
	assert_non_null(strstr(err.message, "12 groups"));
	assert_non_null(strstr(err.message, "c5 and 4 more)"));
	assert_int_equal(count_files(fixture), 1);
}

/* Any byte may be in the name of a program. */
static const char *const odd_names[] = {
	"a\"b", "a\\b", "a\nb",	   "\xff\xfe",	   "\xe2\x80\xae",     "\x7f",	   "ü",
	"",	"{",	"a\\x0ab", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80",
};

static void odd_names_are_members_apart(void **state)
{
	struct fixture *fixture = *state;
	char *text;
	json_t *json;

	for (size_t i = 0; i < ARRAY_SIZE(odd_names); i++)
		record(fixture, odd_names[i], 0, LOG);
	text = publish_to_stdout(fixture);
	json = parse(text);
	assert_int_equal(json_object_size(json), ARRAY_SIZE(odd_names));
	assert_non_null(json_object_get(json, "a\"b"));
	assert_non_null(json_object_get(json, "a\\x0ab"));
	assert_non_null(json_object_get(json, "ü"));
	json_decref(json);
	free(text);
}

/* ---- a file each ----------------------------------------------------------------------------- */

static const struct {
	const char *group, *file;
	int32_t nr;
} files[] = {
	{ "/usr/bin/ls", "usr_bin_ls.json", 0 },
	{ "../../etc/passwd", "_.._.._etc_passwd.json", 0 },
	{ "-rf", "_-rf.json", 0 },
	{ ".hidden", "_.hidden.json", 0 },
	{ "", "_.json", 0 },
	{ "web1:pid-7", "web1:pid-7.json", 0 },
	{ "a b", "a_b.json", 0 },
	{ "a_b", "a_b~2.json", 1 },
	{ "a\nb", NULL, 2 },
	{ "a~b", NULL, 3 },
};

static void names_of_files(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.output_dir = fixture->directory;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		record(fixture, files[i].group, files[i].nr, LOG);
	publish_well(fixture);
	assert_int_equal(count_files(fixture), ARRAY_SIZE(files));
	for (size_t i = 0; i < 6; i++)
		assert_file_allows(fixture, files[i].file, "read");
	/* Which of those that collide gets which name follows the order of groups: "a\nb", "a b" */
	assert_file_allows(fixture, "a_b.json", "open");
	assert_file_allows(fixture, "a_b~2.json", "read");
	assert_file_allows(fixture, "a_b~3.json", "write");
	assert_file_allows(fixture, "a_b~4.json", "close");
}

static void long_names_are_cut_and_told_apart(void **state)
{
	struct fixture *fixture = *state;
	char name[5000];

	fixture->options.output_dir = fixture->directory;
	memset(name, 'x', sizeof(name));
	for (size_t i = 0; i < 3; i++) {
		name[4000 + i] = '\0';
		record(fixture, name, 0, LOG);
		name[4000 + i] = 'x';
	}
	publish_well(fixture);
	assert_int_equal(count_files(fixture), 3);
}

static void groups_that_were_denied_have_no_file(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.output_dir = fixture->directory;
	record(fixture, "a", 0, LOG);
	record(fixture, "b", 1, ERRNO);
	publish_well(fixture);
	assert_file_allows(fixture, "a.json", "read");
	assert_int_equal(count_files(fixture), 1);
}

static void recordings_of_each_group(void **state)
{
	struct fixture *fixture = *state;
	static const char *const names[] = { "a", "b" };

	fixture->options.output_dir = fixture->directory;
	fixture->options.format = emitter_by_name("recording");
	record(fixture, "a", 0, LOG);
	record(fixture, "b", 1, ERRNO);
	publish_well(fixture);
	assert_int_equal(count_files(fixture), 2);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct recording one = { 0 };
		struct error err = { 0 };
		char file[16], *text;

		snprintf(file, sizeof(file), "%s.json", names[i]);
		text = read_text(within(fixture, file));
		assert_non_null(text);
		if (recording_read_json(&one, text, strlen(text), file, &err) < 0)
			fail_msg("%s", err.message);
		assert_int_equal(one.n_groups, 1);
		assert_string_equal(one.groups[0].name, names[i]);
		recording_deinit(&one);
		free(text);
	}
}

/* Groups that made the same calls share a product unless the format has their name in it. */
static void formats_with_names_in_them(void **state)
{
	struct fixture *fixture = *state;
	static const char *const names[] = { "a", "b" };

	fixture->options.output_dir = fixture->directory;
	fixture->options.format = emitter_by_name("systemd");
	record(fixture, "a", 0, LOG);
	record(fixture, "b", 0, LOG);
	publish_well(fixture);
	assert_int_equal(count_files(fixture), 2);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char file[16], title[32], *text;

		snprintf(file, sizeof(file), "%s.conf", names[i]);
		snprintf(title, sizeof(title), "seccomp profile of %s, ", names[i]);
		text = read_text(within(fixture, file));
		assert_non_null(text);
		assert_non_null(strstr(text, title));
		free(text);
	}
	/* What both lose is told once. */
	for (size_t i = 0; i < fixture->product.lost.n_losses; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(fixture->product.lost.losses[i].text,
						fixture->product.lost.losses[j].text);
	assert_true(fixture->product.lost.n_losses > 0);
}

/* Only members of a JSON object can follow each other. */
static void several_groups_do_not_fit_a_stream(void **state)
{
	struct fixture *fixture = *state;
	struct error err;

	record(fixture, "a", 0, LOG);
	record(fixture, "b", 1, LOG);
	fixture->options.format = emitter_by_name("bpf");
	assert_int_equal(publish(fixture, &err), -EINVAL);
	assert_non_null(strstr(err.message, "--output-dir"));
}

static void one_recording_of_all_groups(void **state)
{
	struct fixture *fixture = *state;
	struct recording all = { 0 };
	char output[128], *text;
	struct error err = { 0 };

	snprintf(output, sizeof(output), "%s", within(fixture, "all.json"));
	fixture->options.output = output;
	fixture->options.format = emitter_by_name("recording");
	record(fixture, "a", 0, LOG);
	record(fixture, "b", 1, ERRNO);
	publish_well(fixture);
	text = read_text(output);
	assert_non_null(text);
	if (recording_read_json(&all, text, strlen(text), output, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(all.n_groups, 2);
	recording_deinit(&all);
	free(text);
}

/* ---- failure --------------------------------------------------------------------------------- */

static void nothing_to_allow(void **state)
{
	struct fixture *fixture = *state;
	char output[128], *text;
	struct error err;

	snprintf(output, sizeof(output), "%s", within(fixture, "x.json"));
	write_text(output, "mine");
	fixture->options.output = output;
	record(fixture, "a", 0, ERRNO);
	assert_int_equal(publish(fixture, &err), -ENODATA);
	assert_non_null(strstr(err.message, "--include-denied"));
	text = read_text(output);
	assert_string_equal(text, "mine");
	free(text);
	fixture->options.output = NULL;
	fixture->options.output_dir = fixture->directory;
	record(fixture, "b", 0, ERRNO);
	assert_int_equal(publish(fixture, &err), -ENODATA);
	assert_int_equal(count_files(fixture), 1);
}

static void denied_calls_that_were_asked_for(void **state)
{
	struct fixture *fixture = *state;

	fixture->product.policy.include_denied = true;
	fixture->options.output_dir = fixture->directory;
	record(fixture, "a", 0, ERRNO);
	publish_well(fixture);
	assert_file_allows(fixture, "a.json", "read");
}

static void places_that_cannot_be_written(void **state)
{
	struct fixture *fixture = *state;
	struct error err;

	record(fixture, "a", 0, LOG);
	fixture->options.output = "/dev/full";
	assert_true(publish(fixture, &err) < 0);
	assert_non_null(strstr(err.message, "/dev/full"));
	fixture->options.output = "/nosuchdirectory/a.json";
	assert_true(publish(fixture, &err) < 0);
	assert_non_null(strstr(err.message, "/nosuchdirectory/a.json"));
	fixture->options.output = NULL;
	fixture->options.output_dir = "/nosuchdirectory";
	assert_true(publish(fixture, &err) < 0);
	assert_non_null(strstr(err.message, "/nosuchdirectory/a.json"));
	assert_int_equal(count_files(fixture), 0);
}

/* ---- making ---------------------------------------------------------------------------------- */

/* The proof costs milliseconds: groups that did the same share it. */
static void equal_groups_share_what_was_made(void **state)
{
	struct fixture *fixture = *state;
	const struct made *a, *b, *c, *d;

	record(fixture, "a", 0, LOG);
	record(fixture, "b", 0, LOG);
	record(fixture, "b", 0, LOG);
	record(fixture, "c", 1, LOG);
	record(fixture, "d", 0, ERRNO);
	assert_int_equal(product_make(&fixture->product, &fixture->recording.groups[0], &a, NULL),
			 0);
	assert_int_equal(product_make(&fixture->product, &fixture->recording.groups[1], &b, NULL),
			 0);
	assert_int_equal(product_make(&fixture->product, &fixture->recording.groups[2], &c, NULL),
			 0);
	assert_int_equal(product_make(&fixture->product, &fixture->recording.groups[3], &d, NULL),
			 0);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_false(a->empty);
	assert_non_null(strstr(strbuf_text(&a->emission.body), "read"));
	assert_true(d->empty);
	assert_int_equal(d->emission.body.len, 0);
}

/* With a base there is a profile even where nothing new was seen. */
static void a_base_goes_on(void **state)
{
	static const char text[] = "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":"
				   "[\"close\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
	struct fixture *fixture = *state;
	struct profile *base;

	write_text(within(fixture, "base"), text);
	base = from_file(within(fixture, "base"));
	fixture->product.policy.base = base;
	fixture->options.output_dir = fixture->directory;
	record(fixture, "a", 0, ERRNO);
	publish_well(fixture);
	assert_file_allows(fixture, "a.json", "close");
	profile_free(base);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_group_to_a_file),
		TEST(one_group_to_standard_output),
		TEST(several_groups_are_members_of_one_object),
		TEST(several_groups_do_not_fit_one_file),
		TEST(odd_names_are_members_apart),
		TEST(names_of_files),
		TEST(long_names_are_cut_and_told_apart),
		TEST(groups_that_were_denied_have_no_file),
		TEST(recordings_of_each_group),
		TEST(one_recording_of_all_groups),
		TEST(formats_with_names_in_them),
		TEST(several_groups_do_not_fit_a_stream),
		TEST(nothing_to_allow),
		TEST(denied_calls_that_were_asked_for),
		TEST(places_that_cannot_be_written),
		TEST(equal_groups_share_what_was_made),
		TEST(a_base_goes_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("product", tests, NULL, NULL);
}
