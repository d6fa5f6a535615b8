/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/slice.h"
#include "command/hook_conf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void is_default(const struct hook_conf *conf)
{
	assert_null(conf->directories);
	assert_int_equal(conf->mode, 0600);
	assert_int_equal(conf->ready_ms, 10000);
	assert_int_equal(conf->wait_ms, 10000);
	assert_true(conf->write_incomplete);
	assert_int_equal(conf->receive_buffer, 64 << 20);
	assert_int_equal(conf->processes_max, 1000000);
	assert_true(conf->arguments);
	assert_null(conf->runtime_path);
}

static void defaults(void **state)
{
	static const char *const texts[] = { "", "\n\n", "# mode = 0777\n  # x\n\t\r\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_hook_conf_ struct hook_conf conf = { 0 };

		assert_int_equal(hook_conf_parse(&conf, texts[i], "conf", NULL), 0);
		is_default(&conf);
	}
}

static void every_key(void **state)
{
	static const char text[] =
		"directory = /var/lib/a/\n  directory=/srv b \r\nmode = 0640\n"
		"ready-timeout = 5\nwait-timeout=600\nincomplete = discard\n"
		"receive-buffer = 1M\nprocesses = 7\narguments = no\nruntime = /usr/bin/crun";
	_cleanup_hook_conf_ struct hook_conf conf = { 0 };

	(void)state;
	assert_int_equal(hook_conf_parse(&conf, text, "conf", NULL), 0);
	assert_string_equal(conf.directories[0], "/var/lib/a");
	assert_string_equal(conf.directories[1], "/srv b");
	assert_null(conf.directories[2]);
	assert_int_equal(conf.mode, 0640);
	assert_int_equal(conf.ready_ms, 5000);
	assert_int_equal(conf.wait_ms, 600000);
	assert_false(conf.write_incomplete);
	assert_int_equal(conf.receive_buffer, 1 << 20);
	assert_int_equal(conf.processes_max, 7);
	assert_false(conf.arguments);
	assert_string_equal(conf.runtime_path, "/usr/bin/crun");
}

static void refused(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "\nmode", "conf: line 2: 'mode' is not of the form" },
		{ "modes = 0600", "line 1: 'modes' is not a key" },
		{ "= 0600", "'' is not a key" },
		{ "Mode = 0600", "is not a key" },
		{ "\033[2J = 1", "'\\x1B[2J' is not a key" },
		{ "mode = 0600\n#\nmode = 0600", "line 3: 'mode' is given for the second time" },
		{ "runtime = /a\nruntime = /a", "line 2: 'runtime' is given" },
		{ "mode =", "line 1: mode: expected" },
		{ "mode = 0602", "everybody" },
		{ "mode = 4600", "0777" },
		{ "mode = 0680", "octal" },
		{ "mode = 00600", "octal" },
		{ "mode = -600", "octal" },
		{ "mode = 0600 # private", "octal" },
		{ "ready-timeout = 0", "1 to 60" },
		{ "ready-timeout = 61", "1 to 60" },
		{ "wait-timeout = 601", "1 to 600" },
		{ "wait-timeout = 18446744073709551617", "1 to 600" },
		{ "incomplete = yes", "write or discard" },
		{ "receive-buffer = 4095", "bytes" },
		{ "receive-buffer = 2G", "bytes" },
		{ "receive-buffer = K", "bytes" },
		{ "processes = 0", "1 to 4194304" },
		{ "arguments = true", "expected 'yes' or 'no'" },
		{ "processes = 4194305", "1 to 4194304" },
		{ "directory = a", "absolute" },
		{ "directory =", "absolute" },
		{ "directory = /a/../b", "absolute" },
		{ "directory = /a/..", "absolute" },
		{ "directory = /a//b", "absolute" },
		{ "directory = /a\ndirectory = b", "line 2: directory" },
		{ "runtime = crun", "absolute" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hook_conf conf = { 0 };
		struct error err = { 0 };
		int r = hook_conf_parse(&conf, cases[i].text, "conf", &err);

		if (r != -EINVAL || !strcasestr(err.message, cases[i].says))
			fail_msg("'%s' gives %d: %s", cases[i].text, r, err.message);
		assert_null(conf.directories);
		assert_null(conf.runtime_path);
	}
}

static void write_file(const char *path, const char *text, size_t len, mode_t mode)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, len, stream), len);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void files(void **state)
{
	char dir[] = "/tmp/test_hook_conf.XXXXXX", path[64], missing[64];
	struct hook_conf conf = { 0 };
	struct error err = { 0 };
	char *large = calloc(1, HOOK_CONF_SIZE_MAX + 1);

	(void)state;
	assert_non_null(large);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/hook.conf", dir);
	snprintf(missing, sizeof(missing), "%s/none/hook.conf", dir);

	assert_int_equal(hook_conf_read(&conf, path, &err), 0);
	is_default(&conf);
	assert_int_equal(hook_conf_read(&conf, missing, &err), 0);
	assert_string_equal(err.message, "");

	write_file(path, "processes = 3", 13, 0644);
	assert_int_equal(hook_conf_read(&conf, path, &err), 0);
	assert_int_equal(conf.processes_max, 3);
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(hook_conf_read(&conf, path, &err), -EPERM);
	assert_non_null(strstr(err.message, "chmod go-w"));
	write_file(path, "mode = 0640\0x", 13, 0600);
	assert_int_equal(hook_conf_read(&conf, path, NULL), -EINVAL);
	memset(large, '\n', HOOK_CONF_SIZE_MAX + 1);
	write_file(path, large, HOOK_CONF_SIZE_MAX, 0600);
	assert_int_equal(hook_conf_read(&conf, path, NULL), 0);
	write_file(path, large, HOOK_CONF_SIZE_MAX + 1, 0600);
	assert_int_equal(hook_conf_read(&conf, path, NULL), -EFBIG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(hook_conf_read(&conf, path, NULL), -EPERM);

	free(large);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_key),
		cmocka_unit_test(refused),
		cmocka_unit_test(files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
