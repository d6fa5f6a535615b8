/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations and configurations from anywhere: taken within their bounds or refused with a
 * message.
 */
#include "base/cleanup.h"
#include "base/slice.h"
#include "command/hook_conf.h"
#include "model/annotation.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_annotation(const char *text)
{
	_cleanup_annotation_ struct annotation annotation = { 0 };
	struct error err = { 0 };

	if (annotation_parse(&annotation, text, &err) < 0) {
		if (err.message[0] == '\0' || annotation.input || annotation.output)
			abort();
		return;
	}
	if (err.message[0] || strlen(text) > ANNOTATION_MAX || annotation.output[0] != '/' ||
	    (annotation.input && annotation.input[0] != '/'))
		abort();
}

static void check_conf(const char *text)
{
	_cleanup_hook_conf_ struct hook_conf conf = { 0 };
	struct error err = { 0 };

	if (hook_conf_parse(&conf, text, "input", &err) < 0) {
		if (err.message[0] == '\0' || conf.directories || conf.runtime_path)
			abort();
		return;
	}
	if ((conf.mode & ~(mode_t)0775) || conf.ready_ms < 1000 || conf.ready_ms > 60000 ||
	    conf.wait_ms < 1000 || conf.wait_ms > 600000 || conf.processes_max == 0 ||
	    conf.receive_buffer < 4096)
		abort();
	for (size_t i = 0; conf.directories && conf.directories[i]; i++)
		if (conf.directories[i][0] != '/' || strstr(conf.directories[i], "/../"))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = slice_copy((struct slice){ (const char *)data, size });

	if (!text)
		return 0;
	check_annotation(text);
	check_conf(text);
	return 0;
}
