/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "model/oci_config_json.h"
#include "model/profile_json.h"
#include <errno.h>
#include <string.h>

#define BASE                                                                                       \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\",\"write\","      \
	"\"mount\",\"socket\",\"socketcall\",\"nosuch\"],\"action\":\"SCMP_ACT_ALLOW\"},"          \
	"{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":1," \
	"\"op\":\"SCMP_CMP_EQ\"}]}]}"
#define FLAGS	       "\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"]"
#define DENY(rules)    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[" rules "]}"
#define DENIED(rules)  "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[" rules "]," FLAGS "}"
#define ALLOW(rules)   "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[" rules "]}"
#define LOGGED(rules)  "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[" rules "]," FLAGS "}"
#define RULE(names, a) "{\"names\":[" names "],\"action\":\"SCMP_ACT_" a "\"}"
#define BIG_ARGS       "\"args\":[{\"index\":1,\"value\":18446744073709551615,\"op\":\"SCMP_CMP_EQ\"}]"

static struct oci_config *read_config(const char *text)
{
	struct oci_config *config = NULL;
	struct error err = { 0 };

	if (oci_config_read(&config, text, strlen(text), "c", &err) < 0)
		fail_msg("%s\n%s", err.message, text);
	return config;
}

static char *log_config(const char *text, const char *base_text)
{
	_cleanup_oci_config_ struct oci_config *config = read_config(text), *again = NULL;
	_cleanup_profile_ struct profile *base = NULL;
	struct syscall_table names = { 0 };
	struct error err = { 0 };
	char *out = NULL;

	if (base_text && profile_read_json(&base, base_text, strlen(base_text), "b", &err) < 0)
		fail_msg("%s", err.message);
	if (oci_config_log(config, base, &names, true, &out, &err) < 0)
		fail_msg("%s", err.message);
	syscall_table_deinit(&names);
	again = read_config(out);
	assert_int_not_equal(oci_config_seccomp(again), OCI_SECCOMP_NONE);
	return out;
}

/* Filters within a config whose other bytes must come out as they are. */
#define BEFORE "{ \"a\\u0041\":1.50,\n\t\"linux\" : {\"x\":[1e3 , \"}\"], \"\\u0073eccomp\" :  "
#define AFTER  "\n,\"y\":18446744073709551615 } , \"z\" : \"\\/\\u00e9\"}\n"

static const struct log_case {
	const char *label, *base, *in, *out;
} log_cases[] = {
	{ "plain", NULL, DENY(RULE("\"read\"", "ALLOW") "," RULE("\"mount\"", "ERRNO")),
	  DENIED(RULE("\"read\"", "LOG") "," RULE("\"mount\"", "ERRNO")) },
	{ "default", NULL, ALLOW(RULE("\"mount\"", "KILL")), LOGGED(RULE("\"mount\"", "KILL")) },
	{ "unknown action, members and flags stay", NULL,
	  "{\"defaultAction\":\"SCMP_ACT_NEW\",\"listenerPath\":\"/l\",\"flags\":[\"A\"],"
	  "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_ODD\",\"errnoRet\":5}]}",
	  "{\"defaultAction\":\"SCMP_ACT_NEW\",\"listenerPath\":\"/l\",\"flags\":[\"A\","
	  "\"SECCOMP_FILTER_FLAG_LOG\"],\"syscalls\":[{\"names\":[\"a\"],\"action\":"
	  "\"SCMP_ACT_ODD\",\"errnoRet\":5}]}" },
	{ "flag is there", NULL, "{\"defaultAction\":\"SCMP_ACT_LOG\"," FLAGS "}",
	  "{\"defaultAction\":\"SCMP_ACT_LOG\"," FLAGS "}" },
	{ "big integer", BASE,
	  DENY("{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"," BIG_ARGS "}"),
	  DENIED("{\"names\":[\"read\"],\"action\":\"SCMP_ACT_LOG\"," BIG_ARGS "}") },
	{ "split", BASE,
	  DENY("{\"names\":[\"read\",\"clone\",\"write\",\"nosuch\"],\"action\":"
	       "\"SCMP_ACT_ALLOW\",\"args\":[],\"k\":1}"),
	  DENIED("{\"names\":[\"read\",\"write\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[],"
		 "\"k\":1},{\"names\":[\"clone\",\"nosuch\"],\"action\":\"SCMP_ACT_LOG\","
		 "\"args\":[],\"k\":1}") },
	{ "split, nothing to log", BASE, DENY(RULE("\"read\"", "ALLOW")),
	  DENIED(RULE("\"read\"", "ALLOW")) },
	{ "old name", BASE,
	  DENY("{\"name\":\"read\",\"action\":\"SCMP_ACT_ALLOW\"},{\"name\":\"clone\","
	       "\"action\":\"SCMP_ACT_ALLOW\",\"args\":null}"),
	  DENIED("{\"name\":\"read\",\"action\":\"SCMP_ACT_ALLOW\"},{\"name\":\"clone\","
		 "\"action\":\"SCMP_ACT_LOG\",\"args\":null}") },
	{ "denied elsewhere", BASE,
	  DENY(RULE("\"read\",\"mount\"", "ALLOW") "," RULE("\"mount\"", "ERRNO")),
	  DENIED(RULE("\"read\"", "ALLOW") "," RULE("\"mount\"", "LOG") "," RULE("\"mount\"",
										 "ERRNO")) },
	{ "with arguments elsewhere", BASE,
	  DENY(RULE("\"read\"",
		    "ALLOW") ",{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"," BIG_ARGS "}"),
	  DENIED(RULE("\"read\"",
		      "LOG") ",{\"names\":[\"read\"],\"action\":\"SCMP_ACT_LOG\"," BIG_ARGS "}") },
	{ "default and base, one denied", BASE, ALLOW(RULE("\"mount\"", "ERRNO")),
	  LOGGED(RULE("\"mount\"", "ERRNO") "," RULE("\"read\",\"socket\",\"socketcall\",\"write\"",
						     "ALLOW")) },
	{ "a denied socket keeps socketcall out", BASE, ALLOW(RULE("\"socket\"", "ERRNO")),
	  LOGGED(RULE("\"socket\"", "ERRNO") "," RULE("\"mount\",\"read\",\"write\"", "ALLOW")) },
};

static void test_log(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(log_cases); i++) {
		const struct log_case *c = &log_cases[i];
		char in[2048], expected[2048];
		_cleanup_free_ char *out = NULL;

		snprintf(in, sizeof(in), "%s%s%s", BEFORE, c->in, AFTER);
		snprintf(expected, sizeof(expected), "%s%s%s", BEFORE, c->out, AFTER);
		out = log_config(in, c->base);
		/* Without a 32-bit compatible architecture there is no socketcall to name. */
		if (strcmp(out, expected) != 0 &&
		    !(strstr(expected, "socketcall") && !strstr(out, "socketcall")))
			fail_msg("%s:\n%s\nis not\n%s", c->label, out, expected);
	}
}

static void test_no_seccomp(void **state _unused_)
{
	static const struct {
		const char *in, *start, *end;
	} cases[] = {
		{ " {\"a\": 1 }\n",
		  " {\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_LOG\","
		  "\"architectures\":[\"SCMP_ARCH_",
		  "],\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],\"syscalls\":[]}},\"a\": 1 }\n" },
		{ "{ }", "{\"linux\":{\"seccomp\":{", "\"syscalls\":[]}} }" },
		{ "{\"linux\": {}}", "{\"linux\": {\"seccomp\":{", "\"syscalls\":[]}}}" },
		{ "{\"linux\": {\"b\":{}}}", "{\"linux\": {\"seccomp\":{",
		  "\"syscalls\":[]},\"b\":{}}}" },
		{ "{\"linux\": null , \"b\":2}", "{\"linux\": {\"seccomp\":{",
		  "\"syscalls\":[]}} , \"b\":2}" },
		{ "{\"linux\": {\"seccomp\" : null\n}}", "{\"linux\": {\"seccomp\" : {\"default",
		  "\"syscalls\":[]}\n}}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_oci_config_ struct oci_config *config = read_config(cases[i].in);
		_cleanup_free_ char *out = log_config(cases[i].in, NULL);
		size_t end = strlen(cases[i].end);

		assert_int_equal(oci_config_seccomp(config), OCI_SECCOMP_NONE);
		if (strncmp(out, cases[i].start, strlen(cases[i].start)) != 0 ||
		    strlen(out) < end || strcmp(out + strlen(out) - end, cases[i].end) != 0)
			fail_msg("%s\nbecame\n%s", cases[i].in, out);
		assert_non_null(strstr(out, arch_native()->oci));
	}
}

static void test_no_seccomp_base(void **state _unused_)
{
	_cleanup_free_ char *out = log_config("{}", BASE);

	assert_non_null(strstr(out, "\"syscalls\":[{\"names\":[\"mount\",\"read\",\"socket\","));
	assert_null(strstr(out, "clone"));
	assert_null(strstr(out, "nosuch"));
}

static void test_refused(void **state _unused_)
{
	static const struct {
		const char *in, *message;
	} cases[] = {
		{ "", "c: line 1" },
		{ "[]", "c: not a JSON object" },
		{ "{\n\"a\":}", "c: line 2: not JSON" },
		{ "{\"linux\":{},\"linux\":{}}", "duplicate" },
		{ "{\"linux\":{\"seccomp\":null,\"\\u0073eccomp\":null}}", "duplicate" },
		{ "{\"annotations\":{\"a\":\"b\",\"a\":\"c\"}}", "duplicate" },
		{ "{\"annotations\":{\"a\":1}}", "annotations" },
		{ "{\"Linux\":{}}", "misspelled member 'Linux'" },
		{ "{\"linux\":{\"\xc5\xbf"
		  "eccomp\":{}}}",
		  "linux: misspelled member" },
		{ "{\"linux\":[]}", "'linux' is not an object" },
		{ "{\"linux\":{\"seccomp\":1}}", "linux: 'seccomp' is not an object" },
		{ "{\"linux\":{\"seccomp\":{}}}", "linux.seccomp: no 'defaultAction'" },
		{ "{\"linux\":{\"seccomp\":" DENY("{\"names\":[\"a\"]}") "}}",
		  "linux.seccomp: syscalls[0]: no 'action'" },
		{ "{\"linux\":{\"seccomp\":" DENY("{\"Action\":\"a\"}") "}}", "misspelled" },
		{ "{\"linux\":{\"seccomp\":{\"defaultAction\":\"\\u0001\\u007564:1\"}}}",
		  "control character" },
		{ "{\"process\":{\"env\":[1]}}", "process: 'env'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oci_config *config = NULL;
		struct error err = { 0 };

		assert_int_equal(oci_config_read(&config, cases[i].in, strlen(cases[i].in), "c",
						 &err),
				 -EBADMSG);
		assert_null(config);
		if (!strstr(err.message, cases[i].message))
			fail_msg("%s: %s", cases[i].in, err.message);
	}
	assert_int_equal(oci_config_read(&(struct oci_config *){ NULL }, "{}\0", 3, "c", NULL),
			 -EBADMSG);
}

static void test_questions(void **state _unused_)
{
	_cleanup_oci_config_ struct oci_config *config = read_config(
		"{\"annotations\":{\"k\":\"v\"},\"process\":{\"env\":[\"A=1\",\"AB=2\",\"A=3=4\"],"
		"\"capabilities\":{\"bounding\":[\"CAP_SYS_RAWIO\",\"CAP_SYS_ADMIN\","
		"\"CAP_SYS_MODULE\"]}}}");
	_cleanup_oci_config_ struct oci_config *logs =
		read_config("{\"linux\":{\"seccomp\":" DENY(RULE("\"a\"", "LOG")) "}}");
	_cleanup_oci_config_ struct oci_config *none =
		read_config("{\"linux\":{\"seccomp\":" DENY(RULE("\"a\"", "ALLOW")) "}}");

	assert_string_equal(oci_config_annotation(config, "k"), "v");
	assert_null(oci_config_annotation(config, "x"));
	assert_string_equal(oci_config_environment(config, "A"), "3=4");
	assert_null(oci_config_environment(config, "B"));
	assert_null(oci_config_environment(logs, "A"));
	assert_true(oci_config_privileged(config));
	assert_false(oci_config_privileged(logs));
	assert_int_equal(oci_config_seccomp(logs), OCI_SECCOMP_LOGS);
	assert_int_equal(oci_config_seccomp(none), OCI_SECCOMP_NO_LOG);
}

static void test_absolute(void **state _unused_)
{
	_cleanup_oci_config_ struct oci_config *config = read_config(
		"{\"mounts\": [ {\"source\":\"a b\" ,\"type\":\"bind\"},{\"type\":\"bind\","
		"\"source\":\"/x\"},{\"type\":\"tmpfs\",\"source\":\"tmpfs\"},{\"source\":\"c\","
		"\"options\":[\"rbind\"]} ] , \"root\" : { \"p\":1.0, \"path\" : \"rootfs\"\n} }");
	_cleanup_free_ char *out = NULL;

	assert_int_equal(oci_config_absolute(config, "/b\"", &out, NULL), 0);
	assert_string_equal(
		out,
		"{\"mounts\": [ {\"source\":\"/b\\\"/a b\" ,\"type\":\"bind\"},{\"type\":\"bind\","
		"\"source\":\"/x\"},{\"type\":\"tmpfs\",\"source\":\"tmpfs\"},"
		"{\"source\":\"/b\\\"/c\",\"options\":[\"rbind\"]} ] , \"root\" : { \"p\":1.0, "
		"\"path\" : \"/b\\\"/rootfs\"\n} }");
	assert_int_equal(oci_config_absolute(config, "/\xff", &out, NULL), -EBADMSG);
}

static void test_state(void **state _unused_)
{
	static const char good[] = "{\"id\":\"a_.+-9\",\"pid\":7,\"bundlePath\":\"/b\","
				   "\"annotations\":{\"k\":\"v\",\"v\":\"w\"}}";
	static const char *const bad[] = {
		"{}",
		"{\"id\":\"\"}",
		"{\"id\":\".a\"}",
		"{\"id\":\"-a\"}",
		"{\"id\":\"a/b\"}",
		"{\"id\":\"a\",\"pid\":-1}",
		"{\"id\":\"a\",\"pid\":2147483648}",
		"{\"id\":\"a\",\"bundle\":\"b\"}",
		"{\"id\":\"a\",\"annotations\":{\"k\":null}}",
		"{\"id\":\"a\",\"id\":\"b\"}",
	};
	struct oci_state got = { 0 };

	assert_int_equal(oci_state_read(&got, good, strlen(good), NULL), 0);
	assert_string_equal(got.id, "a_.+-9");
	assert_string_equal(got.bundle, "/b");
	assert_int_equal(got.pid, 7);
	assert_string_equal(oci_state_annotation(&got, "v"), "w");
	assert_null(oci_state_annotation(&got, "w"));
	oci_state_deinit(&got);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error err = { 0 };

		if (oci_state_read(&got, bad[i], strlen(bad[i]), &err) != -EBADMSG)
			fail_msg("%s was read", bad[i]);
		assert_non_null(strstr(err.message, "container state: "));
		assert_null(got.id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_no_seccomp),
		cmocka_unit_test(test_no_seccomp_base),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_absolute),
		cmocka_unit_test(test_state),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
