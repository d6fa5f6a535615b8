/* SPDX-License-Identifier: Apache-2.0 */
/* Configs from anywhere: read or refused with a message, and what was changed reads again, allows
 * nothing unlogged that the base does not, and stays the same when it is changed again. */
#include "base/cleanup.h"
#include "model/oci_config_json.h"
#include "model/profile_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base_text[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\",\"write\","
	"\"socketcall\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";

static struct oci_config *read_again(const char *text)
{
	struct oci_config *config = NULL;
	struct error err = { 0 };

	if (oci_config_read(&config, text, strlen(text), "written", &err) < 0) {
		fprintf(stderr, "%s\n%s\n", err.message, text);
		abort();
	}
	return config;
}

static void check_without_base(const struct oci_config *config)
{
	_cleanup_oci_config_ struct oci_config *logged = NULL;
	_cleanup_free_ char *text = NULL, *again = NULL;
	enum oci_seccomp was = oci_config_seccomp(config), is;

	if (oci_config_log(config, NULL, NULL, true, &text, NULL) < 0)
		abort();
	logged = read_again(text);
	is = oci_config_seccomp(logged);
	/* A filter that only denies has nothing to log. */
	if (is == OCI_SECCOMP_NONE || (was != OCI_SECCOMP_NO_LOG && is != OCI_SECCOMP_LOGS))
		abort();
	if (oci_config_log(logged, NULL, NULL, true, &again, NULL) < 0 || strcmp(text, again) != 0)
		abort();
}

static void check_with_base(const struct oci_config *config)
{
	_cleanup_profile_ struct profile *base = NULL;
	_cleanup_oci_config_ struct oci_config *logged = NULL;
	struct syscall_table names = { 0 };
	_cleanup_free_ char *text = NULL;

	if (profile_read_json(&base, base_text, strlen(base_text), "base", NULL) < 0 ||
	    oci_config_log(config, base, &names, true, &text, NULL) < 0)
		abort();
	syscall_table_deinit(&names);
	logged = read_again(text);
	if (oci_config_seccomp(logged) == OCI_SECCOMP_NONE)
		abort();
}

static void check_absolute(const struct oci_config *config)
{
	_cleanup_oci_config_ struct oci_config *absolute = NULL;
	_cleanup_free_ char *text = NULL, *again = NULL;

	if (oci_config_absolute(config, "/b", &text, NULL) < 0)
		abort();
	absolute = read_again(text);
	if (oci_config_absolute(absolute, "/c", &again, NULL) < 0 || strcmp(text, again) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_oci_config_ struct oci_config *config = NULL;
	struct oci_state state = { 0 };
	struct error err = { 0 };

	if (oci_state_read(&state, (const char *)data, size, NULL) == 0)
		oci_state_deinit(&state);
	if (oci_config_read(&config, (const char *)data, size, "input", &err) < 0) {
		if (err.message[0] == '\0')
			abort();
		return 0;
	}
	check_without_base(config);
	check_with_base(config);
	check_absolute(config);
	return 0;
}
