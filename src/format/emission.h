/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an emitter makes: the product, which may be binary, and what the format could not say. Like
 * a strbuf it remembers that it failed: write at will, ask at the end.
 */
#ifndef ASG_FORMAT_EMISSION_H
#define ASG_FORMAT_EMISSION_H

#include "base/macro.h"
#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>

/* What a loss means to a process under the product, as against the profile. */
enum loss_kind {
	LOSS_NOTE,     /* nothing: something was worked out, or is said elsewhere */
	LOSS_NARROWER, /* something that the profile allows is denied, or denied in a harder way */
	LOSS_WIDER,    /* something that the profile denies is allowed, or denied in a softer way */
	LOSS_KINDS,
};

struct loss {
	enum loss_kind kind;
	char *text; /* one sentence without a full stop, safe to show */
};

struct emission {
	struct strbuf body;  /* the product; its length counts, text or not */
	struct loss *losses; /* in the order they were met, each once */
	size_t n_losses, losses_allocated;
	bool failed; /* out of memory */
};

void emission_deinit(struct emission *emission);
#define _cleanup_emission_ _cleanup_(emission_deinit)

/*
 * Adds a loss: one sentence without a full stop. What is not printable in it comes out as \xNN.
 * Nothing is done when the same was said before.
 */
void emission_lose(struct emission *emission, enum loss_kind kind, const char *format, ...)
	_printf_(3, 4);

/* More names than there are calls: whoever collects them need not go on. */
#define EMISSION_NAMES_MAX 1000

/* The same for a list of names: they are put behind the sentence, a colon between. An empty list
 * loses nothing; of a list that is too long "and more" is said. */
void emission_lose_names(struct emission *emission, enum loss_kind kind, const char *sentence,
			 char *const *names);

/* Adds the losses of another emission; at most `max` there are then, the gravest. How many were
 * left out. */
size_t emission_take_losses(struct emission *emission, const struct emission *from, size_t max);

/* "note", "narrower" or "WIDER": the word in front of a loss wherever one is shown. */
const char *loss_word(enum loss_kind kind);

/* Whether something was said of that kind. */
bool emission_lost(const struct emission *emission, enum loss_kind kind);

/* 0, or -ENOMEM when the product or a loss is incomplete for want of memory. */
int emission_check(const struct emission *emission) _must_check_;

#endif
