/* SPDX-License-Identifier: Apache-2.0 */
#include "format/emission.h"
#include "base/array.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void emission_deinit(struct emission *emission)
{
	for (size_t i = 0; i < emission->n_losses; i++)
		free(emission->losses[i].text);
	free(emission->losses);
	strbuf_deinit(&emission->body);
	*emission = (struct emission){ 0 };
}

static bool is_known(const struct emission *emission, enum loss_kind kind, const char *text)
{
	for (size_t i = 0; i < emission->n_losses; i++)
		if (emission->losses[i].kind == kind && strcmp(emission->losses[i].text, text) == 0)
			return true;
	return false;
}

/* Takes the text. */
static void keep(struct emission *emission, enum loss_kind kind, char *text)
{
	if (text && is_known(emission, kind, text)) {
		free(text);
	} else if (!text || array_reserve(&emission->losses, &emission->losses_allocated,
					  emission->n_losses + 1, sizeof(*emission->losses)) < 0) {
		emission->failed = true;
		free(text);
	} else {
		emission->losses[emission->n_losses++] = (struct loss){ kind, text };
	}
}

static void take(struct emission *emission, enum loss_kind kind, const char *sentence)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	if (sentence)
		strbuf_put_shown(&shown, slice_from(sentence));
	keep(emission, kind, sentence ? strbuf_steal(&shown) : NULL);
}

void emission_lose(struct emission *emission, enum loss_kind kind, const char *format, ...)
{
	char *sentence = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&sentence, format, args) < 0)
		sentence = NULL;
	va_end(args);
	take(emission, kind, sentence);
	free(sentence);
}

void emission_lose_names(struct emission *emission, enum loss_kind kind, const char *sentence,
			 char *const *names)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (!names || !*names)
		return;
	strbuf_printf(&text, "%s:", sentence);
	for (size_t i = 0; i <= EMISSION_NAMES_MAX && names[i]; i++)
		strbuf_printf(&text, " %s", i < EMISSION_NAMES_MAX ? names[i] : "and more");
	take(emission, kind, strbuf_text(&text));
}

/* Removes the last loss of the mildest kind that is milder than `kind`; false: there is none. */
static bool make_room(struct emission *emission, enum loss_kind kind)
{
	size_t chosen = emission->n_losses;

	for (size_t i = 0; i < emission->n_losses; i++) {
		enum loss_kind other = emission->losses[i].kind;

		if (other < kind &&
		    (chosen == emission->n_losses || other <= emission->losses[chosen].kind))
			chosen = i;
	}
	if (chosen == emission->n_losses)
		return false;
	free(emission->losses[chosen].text);
	emission->n_losses--;
	memmove(&emission->losses[chosen], &emission->losses[chosen + 1],
		(emission->n_losses - chosen) * sizeof(*emission->losses));
	return true;
}

size_t emission_take_losses(struct emission *emission, const struct emission *from, size_t max)
{
	size_t left_out = 0;

	for (size_t i = 0; i < from->n_losses; i++) {
		const struct loss *loss = &from->losses[i];

		if (is_known(emission, loss->kind, loss->text))
			continue;
		if (emission->n_losses >= max) {
			left_out++;
			if (!make_room(emission, loss->kind))
				continue;
		}
		keep(emission, loss->kind, strdup(loss->text));
	}
	return left_out;
}

const char *loss_word(enum loss_kind kind)
{
	static const char *const words[] = {
		[LOSS_NOTE] = "note",
		[LOSS_NARROWER] = "narrower",
		[LOSS_WIDER] = "WIDER",
	};

	return words[kind];
}

bool emission_lost(const struct emission *emission, enum loss_kind kind)
{
	for (size_t i = 0; i < emission->n_losses; i++)
		if (emission->losses[i].kind == kind)
			return true;
	return false;
}

int emission_check(const struct emission *emission)
{
	return emission->failed || emission->body.failed ? -ENOMEM : 0;
}
