/* SPDX-License-Identifier: Apache-2.0 */
/* The formats oci and docker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emit.h"
#include "model/profile_json.h"
#include <jansson.h>
#include <string.h>

static const char conditions[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrno\":\"ENOSYS\",\"archMap\":["
	"{\"architecture\":\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\"]},"
	"{\"architecture\":\"SCMP_ARCH_AARCH64\",\"subArchitectures\":[\"SCMP_ARCH_ARM\"]}],"
	"\"syscalls\":["
	"{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"why\"},"
	"{\"names\":[\"chroot\"],\"action\":\"SCMP_ACT_ALLOW\","
	"\"includes\":{\"caps\":[\"CAP_SYS_CHROOT\"]}},"
	"{\"names\":[\"chroot\"],\"action\":\"SCMP_ACT_ERRNO\",\"errno\":\"EPERM\",\"errnoRet\":1,"
	"\"excludes\":{\"caps\":[\"CAP_SYS_CHROOT\"]}},"
	"{\"names\":[\"arm_sync_file_range\"],\"action\":\"SCMP_ACT_ALLOW\","
	"\"includes\":{\"arches\":[\"arm\",\"arm64\"]}}]}";

static json_t *parse(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		fail_msg("line %d: %s: %s", error.line, error.text, text);
	return json;
}

static void oci_has_no_conditions(void **state)
{
	struct emitted emitted;
	json_t *json;

	(void)state;
	emit(&emitted, "oci", conditions, "x86_64,x86");
	json = parse(emitted.text);
	assert_null(json_object_get(json, "archMap"));
	assert_null(json_object_get(json, "defaultErrno"));
	assert_int_equal(json_integer_value(json_object_get(json, "defaultErrnoRet")), 38);
	assert_int_equal(json_array_size(json_object_get(json, "architectures")), 2);
	assert_int_equal(json_array_size(json_object_get(json, "syscalls")), 2);
	assert_lacks(&emitted, "caps");
	assert_lacks(&emitted, "arm");
	assert_lacks(&emitted, "\"errno\"");
	assert_said(&emitted, LOSS_NARROWER, "allows more to others: chroot");
	json_decref(json);
	emit_forget(&emitted);
	emit(&emitted, "oci", conditions, "arm");
	assert_has(&emitted, "arm_sync_file_range");
	assert_has(&emitted, "\"SCMP_ARCH_ARM\"\n");
	emit_forget(&emitted);
}

/* runc refuses it. */
static void actions_without_errno_have_none(void **state)
{
	static const char *const formats[] = { "oci", "docker" };
	struct emitted emitted;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i],
		     "{\"defaultAction\":\"SCMP_ACT_KILL\",\"defaultErrnoRet\":1,\"syscalls\":["
		     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"errnoRet\":1}]}",
		     NULL);
		assert_lacks(&emitted, "rrnoRet");
		emit_forget(&emitted);
	}
}

static void docker_maps_architectures(void **state)
{
	struct emitted emitted;
	json_t *json, *map;

	(void)state;
	emit(&emitted, "docker",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\","
	     "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X32\",\"SCMP_ARCH_AARCH64\"],\"syscalls\":["
	     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	     NULL);
	json = parse(emitted.text);
	map = json_object_get(json, "archMap");
	assert_null(json_object_get(json, "architectures"));
	assert_int_equal(json_array_size(map), 2);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(map, 0), "architecture")),
		"SCMP_ARCH_X86_64");
	assert_int_equal(
		json_array_size(json_object_get(json_array_get(map, 0), "subArchitectures")), 2);
	assert_int_equal(emitted.emission.n_losses, 0);
	json_decref(json);
	emit_forget(&emitted);
	emit(&emitted, "docker", emit_usual, "riscv64");
	assert_has(&emitted, "SCMP_ARCH_RISCV64");
	assert_lacks(&emitted, "X86");
	emit_forget(&emitted);
}

static void docker_keeps_conditions(void **state)
{
	struct emitted emitted, again;

	(void)state;
	emit(&emitted, "docker", conditions, NULL);
	assert_has(&emitted, "CAP_SYS_CHROOT");
	assert_has(&emitted, "\"arm64\"");
	assert_has(&emitted, "\"defaultErrnoRet\": 38");
	assert_lacks(&emitted, "\"defaultErrno\"");
	assert_int_equal(emitted.emission.n_losses, 0);
	emit(&again, "docker", emitted.text, NULL);
	assert_string_equal(again.text, emitted.text);
	emit_forget(&again);
	emit_forget(&emitted);
}

static void no_architecture_stays_none(void **state)
{
	static const char *const formats[] = { "oci", "docker" };
	struct emitted emitted;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i],
		     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		     "\"action\":\"SCMP_ACT_ALLOW\"}]}",
		     NULL);
		assert_lacks(&emitted, "rch");
		emit_forget(&emitted);
	}
}

static void foreign_calls_are_told(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "oci",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	     "\"syscalls\":[{\"names\":[\"open\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	     "x86_64,aarch64");
	assert_said(&emitted, LOSS_NOTE,
		    "left out on aarch64, which does not have them; --portable would add what "
		    "programs call there instead: open");
	assert_has(&emitted, "SCMP_ARCH_AARCH64");
	assert_has(&emitted, "\"open\"");
	emit_forget(&emitted);
	emit(&emitted, "oci",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	     "\"syscalls\":[{\"names\":[\"open\",\"read\",\"nobody\"],\"action\":"
	     "\"SCMP_ACT_ALLOW\"},{\"names\":[\"open\"],\"action\":\"SCMP_ACT_LOG\"}]}",
	     "aarch64");
	assert_lacks(&emitted, "\"open\"");
	assert_lacks(&emitted, "SCMP_ACT_LOG");
	assert_has(&emitted, "\"nobody\"");
	emit_forget(&emitted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oci_has_no_conditions),
		cmocka_unit_test(actions_without_errno_have_none),
		cmocka_unit_test(docker_maps_architectures),
		cmocka_unit_test(docker_keeps_conditions),
		cmocka_unit_test(no_architecture_stays_none),
		cmocka_unit_test(foreign_calls_are_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_json", tests, NULL, NULL);
}
