/* SPDX-License-Identifier: Apache-2.0 */
#include "command/collector_product.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "format/proof.h"
#include "model/policy.h"
#include "model/recording_json.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <syslog.h>

/* What syslog hears of one recording. */
struct told {
	struct policy_report report;
	char **skipped;
	struct emission emission; /* the product, and what its format could not say */
	struct strbuf reasons;	  /* why it is incomplete; empty: it is complete */
};

static void told_deinit(struct told *told)
{
	policy_report_deinit(&told->report);
	name_list_free(told->skipped);
	emission_deinit(&told->emission);
	strbuf_deinit(&told->reasons);
}

/* In front of the comment of what was seen, where everybody who reads the profile finds it. */
static int put_remark(struct profile *profile, const char *remark, struct error *err)
{
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	struct rule *marked = NULL;
	char *text;

	for (size_t i = 0; i < profile->n_rules; i++)
		if (!marked ||
		    (marked->origin != ORIGIN_SEEN && profile->rules[i].origin == ORIGIN_SEEN))
			marked = &profile->rules[i];
	if (!marked)
		return 0;
	strbuf_puts(&comment, remark);
	if (marked->comment)
		strbuf_printf(&comment, ". %s", marked->comment);
	text = strbuf_steal(&comment);
	if (!text)
		return error_memory(err);
	free(marked->comment);
	marked->comment = text;
	return 0;
}

static int mark_incomplete(struct profile *profile, const char *reasons, struct error *err)
{
	_cleanup_strbuf_ struct strbuf remark = { 0 };

	strbuf_printf(&remark, "INCOMPLETE: %s; do not enforce it", reasons);
	return strbuf_text(&remark) ? put_remark(profile, strbuf_text(&remark), err)
				    : error_memory(err);
}

/* Why a container that has asked for arguments gets a profile without. */
static const char no_arguments[] =
	"without arguments: the container has no audit session of its own, which only "
	"audit-seccomp-gen-runtime can give it";

static bool lacks_arguments(const struct collection *collection)
{
	return collection->job->arguments && !collection_has_arguments(collection);
}

static int make_product(const struct collection *collection, const struct recording *recording,
			struct syscall_table *names, struct told *told, struct error *err)
{
	const struct group *group = &recording->groups[0];
	/* The runtime's own calls were recorded with the container's: no set of them is needed. */
	const struct policy_options policy = {
		.default_action = ACTION_ERRNO,
		.default_errno = EPERM,
		.runtime = RUNTIME_NONE,
		.base = collection->job->base,
	};
	const struct emit_request request = {
		.title = collection->id,
		.names = names,
		.keep_form = true,
	};
	_cleanup_profile_ struct profile *profile = NULL;
	int r = policy_profile(recording, group, names, &policy, &profile, &told->report, err);

	if (r >= 0)
		r = proof_check(profile, recording, group, &policy, &told->report, names,
				&told->skipped, err);
	if (r >= 0 && lacks_arguments(collection))
		r = put_remark(profile, no_arguments, err);
	if (r >= 0 && told->reasons.len)
		r = mark_incomplete(profile, strbuf_text(&told->reasons), err);
	return r < 0 ? r
		     : emitter_run(collection->job->format, profile, &request, &told->emission,
				   err);
}

static int write_recording(const struct hook_target *target, mode_t mode,
			   const struct recording *recording, struct syscall_table *names,
			   struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	FILE *stream;
	int r;

	if (target->directory < 0)
		return 0;
	stream = open_memstream(&text, &len);
	if (!stream)
		return error_memory(err);
	r = recording_write_json(recording, names, stream, err);
	if (fclose(stream) != 0 && r >= 0)
		r = error_memory(err);
	return r < 0 ? r
		     : guarded_write(target->directory, target->name, target->path, mode, text, len,
				     err);
}

static void put_list(struct strbuf *text, const char *what, char *const *names)
{
	if (name_list_count(names) == 0)
		return;
	strbuf_printf(text, "; %s:", what);
	for (size_t i = 0; names[i]; i++)
		strbuf_printf(text, " %s", names[i]);
}

static void tell(const struct collection *collection, const struct told *told,
		 const struct intake_progress *progress, bool written)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	const bool complete = told->reasons.len == 0;

	strbuf_printf(
		&text,
		"container %s: %s: %s%s%s, %zu calls seen, from %" PRIu64 " records of %" PRIu64
		" processes",
		collection->id, collection->job->profile.path,
		complete ? "complete" : "INCOMPLETE: ", complete ? "" : strbuf_text(&told->reasons),
		written ? "" : ", not written (incomplete = discard in hook.conf)",
		name_list_count(told->report.seen), progress->selected, progress->processes);
	put_list(&text, "denied by the base, and still denied", told->report.still_denied);
	put_list(&text, "left to the base's conditions", told->report.conditional);
	put_list(&text, "unknown to this libseccomp", told->skipped);
	put_list(&text, "held to the arguments that were seen", told->report.by_args);
	put_list(&text, "not held to them", told->report.any_args);
	if (lacks_arguments(collection))
		strbuf_printf(&text, "; %s", no_arguments);
	if (strbuf_text(&text))
		syslog(complete ? LOG_NOTICE : LOG_WARNING, "%s", strbuf_text(&text));
}

/* A line for each: what the format could not say. */
static void tell_losses(const struct collection *collection, const struct emission *emission)
{
	for (size_t i = 0; i < emission->n_losses; i++)
		syslog(emission->losses[i].kind == LOSS_NOTE ? LOG_NOTICE : LOG_WARNING,
		       "container %s: %s: format %s, %s: %s", collection->id,
		       collection->job->profile.path, collection->job->format->name,
		       loss_word(emission->losses[i].kind), emission->losses[i].text);
}

/* A container that needed nothing beyond its base has a profile all the same: the base. */
static int ensure_group(const struct collection *collection, struct recording *recording,
			struct error *err)
{
	uint32_t index;

	if (recording->n_groups > 0)
		return 0;
	if (!collection->job->base)
		return error_set(err, -ENODATA,
				 "'%s' is not written: not one call of the container was recorded; "
				 "was its filter one that logs?",
				 collection->job->profile.path);
	if (recording_group(recording, slice_from(collection->id), slice_from(""), RECORD_UNSET,
			    RECORD_UNSET, &index) < 0)
		return error_memory(err);
	return 0;
}

static int write_files(const struct collection *collection, struct recording *recording,
		       struct syscall_table *names, const struct intake_progress *progress,
		       struct told *told, struct error *err)
{
	const struct hook_target *target = &collection->job->profile;
	const mode_t mode = collection->conf->mode;
	const struct strbuf *product = &told->emission.body;
	bool written;
	int r = make_product(collection, recording, names, told, err);

	if (r < 0)
		return error_prefix(err, r, "'%s' is not written", target->path);
	written = told->reasons.len == 0 || collection->conf->write_incomplete;
	/* It was looked at when the container started, which may be long ago. */
	r = written ? hook_target_check(target, false, err) : 0;
	if (r >= 0 && collection->job->recording.directory >= 0)
		r = hook_target_check(&collection->job->recording, true, err);
	if (r >= 0)
		r = write_recording(&collection->job->recording, mode, recording, names, err);
	if (r >= 0 && written)
		r = guarded_write(target->directory, target->name, target->path, mode,
				  product->data, product->len, err);
	if (r >= 0)
		tell(collection, told, progress, written);
	if (r >= 0 && written)
		tell_losses(collection, &told->emission);
	return r;
}

int collector_write(const struct collection *collection, struct recording *recording,
		    struct syscall_table *names, const struct intake_progress *progress,
		    struct error *err)
{
	struct told told = { 0 };
	int r = ensure_group(collection, recording, err);

	if (r >= 0) {
		recording->groups[0].pid =
			collection->init ? (uint32_t)collection->init : RECORD_UNSET;
		recording->groups[0].session = collection->session;
		evidence_reasons(&recording->evidence, &told.reasons);
		r = told.reasons.failed
			    ? error_memory(err)
			    : write_files(collection, recording, names, progress, &told, err);
	}
	told_deinit(&told);
	return r;
}
