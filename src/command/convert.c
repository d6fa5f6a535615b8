/* SPDX-License-Identifier: Apache-2.0 */
/* The verb `convert`: a profile of any readable format, or what a recording makes, in another. */
#include "base/cleanup.h"
#include "base/output.h"
#include "command/confine.h"
#include "command/input_profile.h"
#include "command/losses.h"
#include "command/option_values.h"
#include "command/options_verb.h"
#include "command/report.h"
#include "command/verbs.h"
#include "format/emitter.h"
#include "format/proof.h"
#include "model/policy_portable.h"
#include "model/profile_host.h"
#include <errno.h>
#include <string.h>

enum option_id {
	OPTION_FORMAT = 256,
	OPTION_OUTPUT,
	OPTION_ARCH,
	OPTION_EXACT,
	OPTION_RUNTIME_BASE,
	OPTION_PORTABLE,
	OPTION_CAPS,
	OPTION_KERNEL,
	OPTION_NAME,
	OPTION_STRICT,
	OPTION_QUIET,
};

static const struct verb_option facts[] = {
	{ OPTION_FORMAT, "format", 'f', "FORMAT", "what to write; see the program's --help" },
	{ OPTION_OUTPUT, "output", 'o', "FILE",
	  "write here, whole or not at all (default: standard output)" },
	{ OPTION_ARCH, "arch", 0, "ARCH[,ARCH]...",
	  "for these architectures (default: those of the profile)" },
	{ OPTION_EXACT, "exact", 0, NULL, "of a recording: allow what was seen and nothing else" },
	{ OPTION_RUNTIME_BASE, "runtime-base", 0, "WHICH",
	  "of a recording: calls a container runtime needs to start: auto, none, crun, runc or all "
	  "(auto: all for live recordings and formats for containers)" },
	{ OPTION_PORTABLE, "portable", 0, NULL,
	  "allow what another libc, kernel or architecture calls in place of what is allowed" },
	{ OPTION_CAPS, "caps", 0, "CAP[,CAP]...",
	  "what it is for has these capabilities, for the profile's conditions; all, none" },
	{ OPTION_KERNEL, "kernel", 0, "VERSION",
	  "and runs on this kernel or one like it, for the profile's conditions" },
	{ OPTION_NAME, "name", 0, "NAME",
	  "what the profile is of, where the format has a place for it (default: the file's)" },
	{ OPTION_STRICT, "strict", 0, NULL,
	  "write nothing that would allow more than the profile" },
	{ OPTION_QUIET, "quiet", 'q', NULL, "say only what is allowed beyond the profile" },
};

static const char *const usage[] = { "convert -f FORMAT [OPTION]... FILE", NULL };

static const struct verb_syntax syntax = {
	.usage = usage,
	.summary = "Writes FILE, a profile of any format that can be read or a recording of one "
		   "group, in\nanother format. What that cannot say is told.",
	.status = "0; 1 it would be wider (--strict); 2 usage, or a file that cannot be read or "
		  "said in the format; 3 what was read is incomplete",
	.options = facts,
	.n_options = ARRAY_SIZE(facts),
	.confined = true,
};

struct convert {
	const struct emitter *format;
	const char *output, *name;
	struct emit_request request;
	struct host_facts host; /* what --caps and --kernel say of it; the rest is not known */
	char **caps;
	bool exact, portable, strict, quiet;
	enum runtime_base runtime; /* of a recording; RUNTIME_AUTO: as it was made */

	const char *path;
	struct input input;
	struct profile *resolved; /* for that host */
	struct syscall_table names;
	struct emission emission;
};

static int take(void *context, int id, const char *value, struct error *err)
{
	struct convert *convert = context;

	switch (id) {
	case OPTION_FORMAT:
		return value_format(value, &convert->format, err);
	case OPTION_OUTPUT:
		convert->output = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_ARCH:
		return value_arches(value, &convert->request, err);
	case OPTION_EXACT:
		convert->exact = true;
		return 0;
	case OPTION_RUNTIME_BASE:
		return value_runtime(value, &convert->runtime, err);
	case OPTION_PORTABLE:
		convert->portable = true;
		return 0;
	case OPTION_CAPS:
		convert->host.any_caps = false;
		return value_caps(value, &convert->caps, err);
	case OPTION_KERNEL:
		convert->host.any_kernel = false;
		return value_kernel(value, &convert->host.kernel, err);
	case OPTION_NAME:
		convert->name = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_STRICT:
		convert->strict = true;
		return 0;
	default:
		convert->quiet = true;
		return 0;
	}
}

static int check(const struct convert *convert, const struct verb_words *words, struct error *err)
{
	if (!convert->format)
		return error_set(err, -EINVAL,
				 "which format? give -f FORMAT; see `convert --help`");
	if (!convert->format->emit)
		return error_set(
			err, -EINVAL,
			"-f %s: a recording is made by recording, and not out of a profile",
			convert->format->name);
	if (convert->exact && (convert->portable || convert->runtime != RUNTIME_AUTO))
		return error_set(err, -EINVAL, "--exact and --%s exclude each other",
				 convert->portable ? "portable" : "runtime-base");
	if (words->n_operands != 1)
		return error_set(err, -EINVAL, "%s; see `convert --help`",
				 words->n_operands ? "more than one file" : "no file");
	return 0;
}

/* "redis" of "/x/redis.json": what the profile is of, as far as anybody can tell. */
static char *name_of_file(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strchr(base + (*base == '.'), '.');

	return strndup(base, dot ? (size_t)(dot - base) : strlen(base));
}

/* All that the profile is to cover: its own architectures, and those of --arch. */
static int cover_arches(const struct convert *convert, struct profile *profile)
{
	bool any = name_list_count(profile->architectures) > 0 || profile->n_arch_map > 0;
	int r = 0;

	if (!any && convert->request.n_arches > 0)
		r = profile_add_arch(profile, arch_native());
	for (size_t i = 0; r == 0 && i < convert->request.n_arches; i++)
		r = profile_add_arch(profile, convert->request.arches[i]);
	return r;
}

static int clone_flags_of(const struct profile *profile)
{
	const struct arch *covered[EMIT_ARCHES_MAX];
	size_t n = 0;

	if (name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0)
		covered[n++] = arch_native();
	else
		for (size_t i = 0; i < arch_count() && n < ARRAY_SIZE(covered); i++)
			if (profile_covers(profile, arch_at(i)))
				covered[n++] = arch_at(i);
	return portable_clone_flags(covered, n);
}

/* The profile with what stands for its calls elsewhere; proven, as every profile that we make. */
static int extend_profile(struct convert *convert, struct profile **ret, struct error *err)
{
	_cleanup_profile_ struct profile *profile = profile_copy(convert->input.profile);
	_cleanup_name_set_ struct name_set added = { 0 };
	int r = profile ? cover_arches(convert, profile) : -ENOMEM;

	if (r == 0)
		r = portable_extend(profile, &convert->names, NULL, clone_flags_of(profile),
				    &added);
	if (r < 0)
		return error_memory(err);
	r = proof_check(profile, NULL, NULL, NULL, NULL, &convert->names, NULL, err);
	if (r < 0)
		return r;
	*ret = profile;
	profile = NULL;
	return 0;
}

/* The profile for the host that the options speak of, as far as they do. */
static int resolve(struct convert *convert, const struct profile **profile, struct error *err)
{
	if (convert->host.any_caps && convert->host.any_kernel)
		return 0;
	convert->host.caps = convert->caps;
	convert->resolved = profile_on_host(*profile, &convert->host);
	if (!convert->resolved)
		return error_memory(err);
	*profile = convert->resolved;
	return 0;
}

static int make(struct convert *convert, struct error *err)
{
	struct policy_options policy = input_policy(&convert->input, !convert->format->no_runtime);
	_cleanup_profile_ struct profile *made = NULL;
	_cleanup_free_ char *name = NULL;
	const struct profile *profile;
	int r;

	if (convert->input.kind == INPUT_PROFILE &&
	    (convert->exact || convert->runtime != RUNTIME_AUTO))
		return error_set(err, -EINVAL,
				 "a profile: --exact and --runtime-base are for recordings");
	policy.exact = convert->exact;
	if (convert->runtime != RUNTIME_AUTO)
		policy.runtime = convert->runtime;
	policy.portable = convert->portable;
	policy.arches = convert->request.arches;
	policy.n_arches = convert->portable ? convert->request.n_arches : 0;
	r = input_profile(&convert->input, &policy, &convert->names, &made, &profile, err);
	if (r == 0 && convert->portable && convert->input.kind == INPUT_PROFILE) {
		r = extend_profile(convert, &made, err);
		profile = made;
	}
	if (r == 0)
		r = resolve(convert, &profile, err);
	if (r < 0)
		return r;
	convert->request.extended = convert->request.portable = convert->portable;
	convert->request.names = &convert->names;
	convert->request.title = convert->name;
	if (!convert->name && strcmp(convert->path, "-") != 0) {
		name = name_of_file(convert->path);
		if (!name)
			return error_memory(err);
		convert->request.title = *name ? name : NULL;
	}
	return emitter_run(convert->format, profile, &convert->request, &convert->emission, err);
}

static int write_product(const struct convert *convert, struct error *err)
{
	const struct strbuf *body = &convert->emission.body;
	_cleanup_output_ struct output output = { 0 };
	int r = output_open(&output, convert->output, err);

	if (r < 0)
		return r;
	fwrite(body->data, 1, body->len, output.stream);
	return output_commit(&output, err);
}

/* What it was given, what came of it, and what is lost. */
static void tell(const struct convert *convert)
{
	const struct style style = style_for(stderr);
	_cleanup_strbuf_ struct strbuf line = { 0 };

	input_put_name(&line, convert->path);
	strbuf_puts(&line, ": ");
	input_describe(&convert->input, &line);
	if (!convert->quiet && strbuf_text(&line))
		fprintf(stderr, "%s, as %s\n", strbuf_text(&line), convert->format->name);
	losses_write(stderr, &style, convert->format, &convert->emission, convert->quiet);
}

static int status_of(const struct convert *convert)
{
	_cleanup_strbuf_ struct strbuf reasons = { 0 };

	input_incomplete(&convert->input, &reasons);
	if (!reasons.len)
		return EXIT_COMPLETE;
	report_note("the %s is INCOMPLETE: %s; do not enforce the %s",
		    convert->input.kind == INPUT_PROFILE ? "profile" : "recording",
		    strbuf_text(&reasons),
		    convert->input.kind == INPUT_PROFILE ? "product" : "profile");
	return EXIT_INCOMPLETE;
}

static int convert_file(struct convert *convert, int *ret_status, struct error *err)
{
	int r = input_read(&convert->input, convert->path, err);

	if (r < 0)
		return r;
	r = make(convert, err);
	if (r < 0) {
		_cleanup_strbuf_ struct strbuf name = { 0 };

		input_put_name(&name, convert->path);
		return error_prefix(err, r, "%s", strbuf_text(&name));
	}
	if (convert->strict && emission_lost(&convert->emission, LOSS_WIDER)) {
		tell(convert);
		report_note("nothing is written, as it would allow more than the profile");
		*ret_status = EXIT_DIFFERENT;
		return 0;
	}
	r = write_product(convert, err);
	if (r < 0)
		return r;
	tell(convert);
	*ret_status = status_of(convert);
	return 0;
}

int verb_convert(int argc, char **argv)
{
	struct convert convert = {
		.host = { .any_caps = true, .any_kernel = true },
		.runtime = RUNTIME_AUTO,
	};
	struct verb_words words = { 0 };
	struct error err = { 0 };
	int status = EXIT_COMPLETE;
	int r = verb_options_parse(&syntax, argc, argv, take, &convert, &words, &err);

	if (r >= 0 && words.help) {
		verb_options_help(&syntax, stdout);
	} else if (r >= 0) {
		r = check(&convert, &words, &err);
		convert.path = r < 0 ? NULL : words.operands[0];
		if (r >= 0)
			r = confine_verb(&words, convert.output, &err);
		if (r >= 0)
			r = convert_file(&convert, &status, &err);
	}
	if (r < 0)
		status = report_failure(&err, r, EXIT_USAGE);
	input_deinit(&convert.input);
	profile_free(convert.resolved);
	name_list_free(convert.caps);
	emission_deinit(&convert.emission);
	syscall_table_deinit(&convert.names);
	verb_words_deinit(&words);
	return status;
}
