/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emit.h"
#include "model/profile_json.h"
#include <string.h>

const char emit_usual[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,"
	"\"architectures\":[\"SCMP_ARCH_X86_64\"],\"syscalls\":["
	"{\"names\":[\"write\",\"read\",\"futex\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	"{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
	"\"value\":2114060288,\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]},"
	"{\"names\":[\"openat2\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38}]}";

static void take_arches(struct emit_request *request, const char *arches)
{
	while (arches && *arches) {
		const struct slice part = { arches, strcspn(arches, ",") };

		assert_non_null(arch_by_name(part));
		request->arches[request->n_arches++] = arch_by_name(part);
		arches += part.len + (arches[part.len] == ',');
	}
}

void emit_try(struct emitted *emitted, const char *format, const char *json, const char *arches,
	      enum origin origin)
{
	struct emit_request request = { .title = "test" };

	*emitted = (struct emitted){ 0 };
	request.names = &emitted->names;
	take_arches(&request, arches);
	assert_non_null(emitter_by_name(format));
	if (profile_read_json(&emitted->profile, json, strlen(json), "profile", &emitted->err) < 0)
		fail_msg("%s", emitted->err.message);
	for (size_t i = 0; i < emitted->profile->n_rules; i++)
		emitted->profile->rules[i].origin = origin;
	emitted->r = emitter_run(emitter_by_name(format), emitted->profile, &request,
				 &emitted->emission, &emitted->err);
	emitted->text = strbuf_text(&emitted->emission.body);
}

void emit(struct emitted *emitted, const char *format, const char *json, const char *arches)
{
	emit_try(emitted, format, json, arches, ORIGIN_BASE);
	if (emitted->r < 0)
		fail_msg("%s: %s", format, emitted->err.message);
}

void emit_forget(struct emitted *emitted)
{
	profile_free(emitted->profile);
	syscall_table_deinit(&emitted->names);
	emission_deinit(&emitted->emission);
}

bool emit_said(const struct emitted *emitted, enum loss_kind kind, const char *part)
{
	for (size_t i = 0; i < emitted->emission.n_losses; i++)
		if (emitted->emission.losses[i].kind == kind &&
		    strstr(emitted->emission.losses[i].text, part))
			return true;
	return false;
}

void assert_has(const struct emitted *emitted, const char *part)
{
	if (!strstr(emitted->text, part))
		fail_msg("'%s' is not in\n%s", part, emitted->text);
}

void assert_lacks(const struct emitted *emitted, const char *part)
{
	if (strstr(emitted->text, part))
		fail_msg("'%s' is in\n%s", part, emitted->text);
}

void assert_said(const struct emitted *emitted, enum loss_kind kind, const char *part)
{
	if (emit_said(emitted, kind, part))
		return;
	for (size_t i = 0; i < emitted->emission.n_losses; i++)
		print_message("# %s: %s\n", loss_word(emitted->emission.losses[i].kind),
			      emitted->emission.losses[i].text);
	fail_msg("no %s that says '%s'", loss_word(kind), part);
}
