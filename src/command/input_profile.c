/* SPDX-License-Identifier: Apache-2.0 */
#include "command/input_profile.h"
#include "format/proof.h"
#include "model/profile_merge.h"
#include <errno.h>
#include <string.h>

struct policy_options input_policy(const struct input *input, bool container)
{
	return (struct policy_options){
		.default_action = ACTION_ERRNO,
		.default_errno = EPERM,
		.runtime = container && input->recording.evidence.live ? RUNTIME_ALL : RUNTIME_NONE,
	};
}

int input_profile(const struct input *input, const struct policy_options *policy,
		  struct syscall_table *names, struct profile **made, const struct profile **ret,
		  struct error *err)
{
	const struct recording *recording = &input->recording;
	struct policy_report report = { 0 };
	int r;

	*ret = input->profile;
	if (input->kind == INPUT_PROFILE)
		return 0;
	if (recording->n_groups == 0)
		return error_set(err, -EINVAL, "nothing was recorded in it");
	if (recording->n_groups > 1)
		return error_set(err, -EINVAL,
				 "the recording has %zu groups, and a profile is of one: make them "
				 "one with 'merge --as NAME', or a profile of each with 'merge -f "
				 "FORMAT --output-dir DIR'",
				 recording->n_groups);
	r = policy_profile(recording, &recording->groups[0], names, policy, made, &report, err);
	if (r == 0)
		r = proof_check(*made, recording, &recording->groups[0], policy, &report, names,
				NULL, err);
	policy_report_deinit(&report);
	*ret = *made;
	return r;
}

/* "INCOMPLETE: 12 records lost; do not enforce it. More": the part between. */
static void put_reasons(struct strbuf *ret, const char *comment)
{
	const char *start = comment + strcspn(comment, ":"), *end;

	start += strspn(start, ": ");
	end = strstr(start, "; do not enforce it");
	if (*start)
		strbuf_append(ret, start, end ? (size_t)(end - start) : strlen(start));
	else
		strbuf_puts(ret, "it does not say why");
}

void input_incomplete(const struct input *input, struct strbuf *ret)
{
	const char *comment =
		input->kind == INPUT_PROFILE ? profile_incomplete(input->profile) : NULL;

	if (comment)
		put_reasons(ret, comment);
	if (input->kind == INPUT_RECORDING && !evidence_complete(&input->recording.evidence))
		evidence_reasons(&input->recording.evidence, ret);
}
