/* SPDX-License-Identifier: Apache-2.0 */
/* `explain --json`: the same facts for programs, a line for each call. */
#include "base/cleanup.h"
#include "base/time.h"
#include "command/explain.h"
#include "model/json_writer.h"
#include "model/rule_text.h"
#include <errno.h>

struct call_json {
	struct json_writer *json;
	struct explain_subject *subject;
};

static void put_name(struct json_writer *json, const char *before, const char *name)
{
	json_put(json, slice_from(before));
	json_put_text(json, slice_from(name));
	json_put_literal(json, ": ");
}

/* NULL is null. */
static void put_member(struct json_writer *json, const char *before, const char *name,
		       const char *text)
{
	put_name(json, before, name);
	if (text)
		json_put_text(json, slice_from(text));
	else
		json_put_literal(json, "null");
}

static void put_bool(struct json_writer *json, const char *before, const char *name, bool value)
{
	put_name(json, before, name);
	json_put(json, value ? SLICE("true") : SLICE("false"));
}

static void put_count(struct json_writer *json, const char *name, uint64_t count)
{
	put_name(json, ", ", name);
	json_put_number(json, (int64_t)count);
}

static void put_time(struct json_writer *json, const char *name, int64_t ms)
{
	if (ms == TIME_UNKNOWN)
		return;
	put_name(json, ", ", name);
	json_put_time(json, ms);
}

/* What the call can do, whoever makes it. */
static void put_fact(struct json_writer *json, const char *name)
{
	enum area area;
	const struct call_fact *fact = call_fact(name, &area);

	put_member(json, "", "call", name);
	put_member(json, ", ", "area", fact ? area_fact(area)->name : NULL);
	put_member(json, ", ", "risk", fact ? risk_name(fact->risk) : NULL);
	put_member(json, ", ", "can", fact ? fact->does : NULL);
}

static int put_rules(struct json_writer *json, const struct explained *call)
{
	put_name(json, ", ", "rules");
	for (size_t i = 0; i < call->n_rules; i++) {
		_cleanup_strbuf_ struct strbuf body = { 0 };

		rule_put_body(&body, call->rules[i]);
		if (!strbuf_text(&body))
			return -ENOMEM;
		json_put(json, i ? SLICE(", ") : SLICE("["));
		json_put_text(json, slice_from(strbuf_text(&body)));
	}
	json_put(json, call->n_rules ? SLICE("]") : SLICE("[]"));
	return 0;
}

/* Those that are known, each once: they are sorted by it. */
static void put_executables(struct json_writer *json, const struct explanation *explanation,
			    const struct explained *call)
{
	const struct slice *last = NULL;

	put_name(json, ", ", "exe");
	json_put_literal(json, "[");
	for (size_t i = 0; i < call->n_processes; i++) {
		const struct slice *exe = &explanation->processes[call->processes[i]].exe;

		if (exe->len == 0 || (last && slice_equal(*last, *exe)))
			continue;
		json_put(json, last ? SLICE(", ") : SLICE(""));
		json_put_text(json, *exe);
		last = exe;
	}
	json_put_literal(json, "]");
}

static void put_sightings(struct json_writer *json, const struct explanation *explanation,
			  const struct explained *call)
{
	put_count(json, "count", call->happened);
	put_count(json, "denied", call->denied);
	put_time(json, "first", call->first_ms);
	put_time(json, "last", call->last_ms);
	put_executables(json, explanation, call);
}

/* `call` is NULL when neither the profile nor the recording speaks of it. */
static int put_call(const struct call_json *out, const char *name, const struct explained *call)
{
	struct json_writer *json = out->json;
	const struct explain_subject *subject = out->subject;
	int r = 0;

	json_put_literal(json, "{");
	put_fact(json, name);
	if (subject->profile)
		put_member(json, ", ", "ground", ground_name(call ? call->ground : GROUND_DEFAULT));
	if (subject->profile && call) {
		put_bool(json, ", ", "conditional", call->conditional);
		if (call->set >= 0) {
			enum policy_set set = (enum policy_set)call->set;

			put_member(json, ", ", "set", policy_set_name(set));
			put_member(json, ", ", "because", policy_reason(set, name));
		}
		r = put_rules(json, call);
	}
	if (subject->recorded && call)
		put_sightings(json, &subject->explanation, call);
	json_put_literal(json, "}");
	return r;
}

static int put_calls(const struct call_json *out, const struct explain_options *options)
{
	const struct explanation *explanation = &out->subject->explanation;
	const char *before = "\n    ";
	bool all = true;
	int r = 0;

	for (size_t i = 0; r == 0 && i < options->words.n_operands; i++) {
		const char *name = options->words.operands[i];

		if (!explain_is_call(name))
			continue;
		all = false;
		json_put(out->json, slice_from(before));
		before = ",\n    ";
		r = put_call(out, name, explanation_find(explanation, name));
	}
	for (size_t i = 0; all && r == 0 && i < explanation->n_calls; i++) {
		json_put(out->json, slice_from(before));
		before = ",\n    ";
		r = put_call(out, explanation->calls[i].name, &explanation->calls[i]);
	}
	return r;
}

static int put_evidence(struct json_writer *json, const struct explain_subject *subject)
{
	const struct evidence *evidence = &subject->recording.evidence;
	_cleanup_strbuf_ struct strbuf reasons = { 0 };

	if (!subject->recorded) {
		put_member(json, ",\n  ", "complete", NULL);
		return 0;
	}
	strbuf_puts(&reasons, "");
	evidence_reasons(evidence, &reasons);
	if (!strbuf_text(&reasons))
		return -ENOMEM;
	put_bool(json, ",\n  ", "complete", evidence_complete(evidence));
	put_member(json, ",\n  ", "reasons", strbuf_text(&reasons));
	put_member(json, ",\n  ", "estimate", subject->explanation.estimate);
	return 0;
}

static int put_profile(struct json_writer *json, const struct explain_subject *subject)
{
	const struct profile *profile = subject->profile;
	_cleanup_strbuf_ struct strbuf other = { 0 };

	if (!profile)
		return 0;
	answer_put(&other, profile->default_action, profile->has_default_errno,
		   profile->default_errno);
	if (!strbuf_text(&other))
		return -ENOMEM;
	put_bool(json, ",\n  ", "derived", subject->derived);
	put_member(json, ",\n  ", "default", strbuf_text(&other));
	return 0;
}

int explain_json(FILE *stream, struct explain_subject *subject,
		 const struct explain_options *options)
{
	struct json_writer json;
	const struct call_json out = { &json, subject };
	int r;

	json_writer_init(&json, stream);
	json_put_literal(&json, "{\n  \"read\": [");
	for (size_t i = 0; subject->sources && subject->sources[i]; i++) {
		json_put(&json, i ? SLICE(", ") : SLICE(""));
		json_put_text(&json, slice_from(subject->sources[i]));
	}
	json_put_literal(&json, "]");
	r = put_evidence(&json, subject);
	if (r == 0)
		r = put_profile(&json, subject);
	json_put_literal(&json, ",\n  \"calls\": [");
	if (r == 0)
		r = put_calls(&out, options);
	json_put_literal(&json, "\n  ]\n}\n");
	json_writer_flush(&json);
	return r;
}
