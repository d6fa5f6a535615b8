/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a recording to files: a profile for each group, proven before it is published. Groups that
 * made the same calls share one profile, so that 100,000 processes of one program cost one proof.
 */
#ifndef ASG_COMMAND_PRODUCT_H
#define ASG_COMMAND_PRODUCT_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "command/options.h"
#include "format/emission.h"
#include "model/policy.h"
#include "model/recording.h"

/* What became of one group. */
struct made {
	struct policy_report report;
	char **skipped; /* names newer than this libseccomp: a runtime linked with it ignores them
			 */
	bool empty;	/* nothing was allowed, so there is no profile */
	struct emission emission; /* the product, unless it is the recording or empty */
};

struct product {
	const struct recording *recording;
	const struct evidence *evidence; /* of each group, for files of their own; NULL: that of
					    the recording */
	const struct recording *const *prior; /* of each group, what its file held; or NULL */
	struct syscall_table *names;
	const struct options *options;
	void (*between)(void *context); /* called after each file of --output-dir; or NULL */
	void *between_context;
	struct policy_options policy;
	const char *unite;  /* options that make one group of several; NULL: those of recording */
	bool nested;	    /* several groups in one text: profiles are indented as its members */
	struct intern keys; /* what a group did -> index in made */
	struct made **made;
	size_t made_allocated;
	struct made *last;    /* the one that was not kept, beyond PRODUCT_KEPT_MAX */
	struct emission lost; /* its losses: those of all groups, at most PRODUCT_LOSSES_MAX */
	size_t lost_more;     /* how many more there were */
};

#define PRODUCT_KEPT_MAX   1024 /* distinct profiles remembered */
#define PRODUCT_LOSSES_MAX 100

void product_deinit(struct product *product);

/*
 * What the group's profile is. Borrowed until the next call. -EPROTO: the profile failed its proof,
 * a bug in us.
 */
int product_make(struct product *product, const struct group *group, const struct made **ret,
		 struct error *err) _must_check_;

/*
 * Writes everything to where the options say, in the given order of groups. Nothing is left behind
 * on failure but files of --output-dir that were complete. -ENODATA: no group has a call to allow.
 * -EINVAL: several groups, and -o or a format of which only one goes into a stream.
 */
int product_publish(struct product *product, const uint32_t *order, struct error *err) _must_check_;

/* Where a group's profile went: "ls.json", or the group's name where that does not tell. To be
 * freed; NULL: no memory. */
char *product_place(const struct product *product, const struct group *group);

#endif
