/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter itself, as libseccomp makes it: an array of struct sock_filter for `bwrap --seccomp`,
 * or any other program that hands it to seccomp(2), and the same as pseudo filter code to be read.
 * One kind of host each; architectures that the profile does not list are killed.
 */
#include "format/bpf.h"
#include "format/bpf_numbers.h"
#include "format/emitters.h"
#include "format/plain.h"
#include "format/proof.h"

static void say_losses(const struct profile *profile, const struct targets *targets,
		       char *const *skipped, struct emission *emission)
{
	bpf_say_skipped(profile, targets_host(targets), skipped, emission);
	emission_lose_names(emission, LOSS_NOTE,
			    "flags of the profile are not part of a filter; whoever loads it gives "
			    "them",
			    profile->flags);
}

/* What is lost whatever libseccomp knows. */
static int say_host(const struct profile *profile, const struct targets *targets,
		    const struct emit_request *request, struct emission *emission,
		    struct error *err)
{
	int r = plain_say_conditions(profile, targets, request->names, emission, err);

	return r < 0 ? r : bpf_say_numbers(profile, targets, request->names, emission, err);
}

static int emit_bpf(const struct profile *profile, const struct emit_request *request,
		    struct emission *emission, struct error *err)
{
	struct targets targets;
	struct bpf bpf = { 0 };
	int r;

	targets_of_host(profile, request, emission, &targets);
	r = say_host(profile, &targets, request, emission, err);
	if (r == 0)
		r = bpf_compile_host(profile, &targets, &bpf, err);
	for (size_t i = 0; r == 0 && i < targets.n; i++)
		r = proof_program(profile, targets.arches[i], &bpf, request->names, err);
	if (r == 0) {
		say_losses(profile, &targets, bpf.skipped, emission);
		bpf_put(&bpf, targets.arches[0], &emission->body);
	}
	bpf_deinit(&bpf);
	return r;
}

static int emit_pfc(const struct profile *profile, const struct emit_request *request,
		    struct emission *emission, struct error *err)
{
	struct targets targets;
	char **skipped = NULL;
	int r;

	targets_of_host(profile, request, emission, &targets);
	r = say_host(profile, &targets, request, emission, err);
	if (r == 0)
		r = bpf_describe_host(profile, &targets, &emission->body, &skipped, err);
	if (r == 0)
		say_losses(profile, &targets, skipped, emission);
	name_list_free(skipped);
	return r;
}

const struct emitter emitter_bpf = {
	.name = "bpf",
	.summary = "the filter itself, for one kind of host: bwrap --seccomp",
	.extension = ".bpf",
	.no_runtime = true,
	.shape = PRODUCT_BINARY,
	.emit = emit_bpf,
};

const struct emitter emitter_pfc = {
	.name = "pfc",
	.summary = "the filter as libseccomp's pseudo code, to be read",
	.extension = ".pfc",
	.shape = PRODUCT_TEXT,
	.titled = true,
	.comment = "# ",
	.emit = emit_pfc,
};
