/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output formats: one const table. Emitters see profiles (or a whole recording), never records.
 *
 * What a format cannot express is never lost in silence: an emitter that has to leave something out
 * says so with emission_lose(), and of the ways there are takes the one that denies more unless
 * that would make the product useless; then it is LOSS_WIDER, which is shown even with --quiet.
 */
#ifndef ASG_FORMAT_EMITTER_H
#define ASG_FORMAT_EMITTER_H

#include "arch/arch.h"
#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "format/emission.h"
#include "model/profile.h"
#include <stdbool.h>
#include <stddef.h>

#define EMIT_ARCHES_MAX 32

/* What an emitter is asked for beside the profile. */
struct emit_request {
	/*
	 * The architectures that the product is to be for, as --arch names them; none: those of
	 * the profile. For a format that is made for one kind of host, the first decides which.
	 */
	const struct arch *arches[EMIT_ARCHES_MAX];
	size_t n_arches;
	/*
	 * The profile was made to cover `arches`, of which some were not recorded: what they do not
	 * have is said.
	 */
	bool extended;
	bool portable; /* what stands for calls that they do not have was added, see --portable */
	const char *title; /* what the profile is of ("redis"), from outside; NULL: no name */
	struct syscall_table *names;
	/*
	 * oci only: conditions and archMap of the containers form stay as they are, so that a base
	 * that was read is written as it was. Else they are worked out.
	 */
	bool keep_form;
};

enum product_shape {
	PRODUCT_TEXT,
	PRODUCT_JSON, /* several profiles can be members of one object */
	PRODUCT_BINARY,
};

struct emitter {
	const char *name;      /* of --format */
	const char *summary;   /* for --help, one line */
	const char *extension; /* of the files in --output-dir, with the dot */
	enum product_shape shape;
	bool titled; /* the request's title is part of the product */
	/* Whoever reads it makes the filter with libseccomp, which hangs with some rules. */
	bool for_libseccomp;
	/* What it is for is started without a container runtime: none of its calls are needed. */
	bool no_runtime;
	/*
	 * What a line of comment begins with. Given it, emitter_run() puts what the product is, and
	 * what it loses, in front of the body. NULL: the format has none, or wants them elsewhere.
	 */
	const char *comment;
	/*
	 * Appends the product to `emission->body` and says what is lost. Text ends in a newline.
	 * NULL: the product is the recording itself, see model/recording_json.h.
	 */
	int (*emit)(const struct profile *profile, const struct emit_request *request,
		    struct emission *emission, struct error *err);
};

size_t emitter_count(void);
const struct emitter *emitter_at(size_t index);

/* NULL: no format of that name. */
const struct emitter *emitter_by_name(const char *name);

/*
 * Makes the product of one profile, in a zero-initialised `*ret`, which needs emission_deinit() in
 * any case.
 */
int emitter_run(const struct emitter *emitter, const struct profile *profile,
		const struct emit_request *request, struct emission *ret, struct error *err)
	_must_check_;

/*
 * Whether the file is what an emitter has made, other than JSON: its comment says so, or it is a
 * filter as the kernel takes it.
 */
bool emitter_made(const char *data, size_t len);

/*
 * Lines of comment, each beginning with `prefix`: what it is, what it is of, and every loss. For
 * emitters whose format wants them elsewhere than at the top.
 */
void emitter_put_comments(struct strbuf *text, const char *prefix, const char *title,
			  const struct emission *emission);

/* The same for what a profile that comes from incomplete evidence says of itself in comments of
 * rules, which these formats do not have. */
void emitter_put_incomplete(struct strbuf *text, const char *prefix, const struct profile *profile);

#endif
