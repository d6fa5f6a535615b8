/* SPDX-License-Identifier: Apache-2.0 */
#include "format/emitter.h"
#include "format/emitters.h"
#include "format/targets.h"
#include <string.h>

static const struct emitter recording = {
	.name = "recording",
	.summary = "what was seen, with provenance and evidence; can be merged",
	.extension = ".json",
	.shape = PRODUCT_JSON,
};

/* In the order of --help. */
/* clang-format off */
static const struct emitter *const emitters[] = {
	&emitter_oci,
	&emitter_docker,
	&emitter_spo,
	&emitter_systemd,
	&emitter_minijail,
	&emitter_firejail,
	&emitter_lxc,
	&emitter_kafel,
	&emitter_snapd,
	&emitter_bpf,
	&emitter_pfc,
	&emitter_c,
	&emitter_names,
	&emitter_table,
	&recording,
};
/* clang-format on */

size_t emitter_count(void)
{
	return ARRAY_SIZE(emitters);
}

const struct emitter *emitter_at(size_t index)
{
	return emitters[index];
}

const struct emitter *emitter_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(emitters); i++)
		if (strcmp(emitters[i]->name, name) == 0)
			return emitters[i];
	return NULL;
}

void emitter_put_comments(struct strbuf *text, const char *prefix, const char *title,
			  const struct emission *emission)
{
	strbuf_puts(text, prefix);
	if (title) {
		strbuf_puts(text, "seccomp profile of ");
		strbuf_put_shown(text, slice_from(title));
		strbuf_puts(text, ", written by audit-seccomp-gen.\n");
	} else {
		strbuf_puts(text, "seccomp profile, written by audit-seccomp-gen.\n");
	}
	for (size_t i = 0; i < emission->n_losses; i++)
		strbuf_printf(text, "%s%s: %s.\n", prefix, loss_word(emission->losses[i].kind),
			      emission->losses[i].text);
}

/* In front of the body, which only now is known to be all. */
static void put_head(const struct emitter *emitter, const char *title, struct emission *emission)
{
	struct strbuf whole = { 0 };

	emitter_put_comments(&whole, emitter->comment, title, emission);
	strbuf_append(&whole, emission->body.data, emission->body.len);
	strbuf_deinit(&emission->body);
	emission->body = whole;
}

int emitter_run(const struct emitter *emitter, const struct profile *profile,
		const struct emit_request *request, struct emission *ret, struct error *err)
{
	int r;

	targets_say_new(profile, request, ret);
	r = emitter->emit(profile, request, ret, err);

	if (r < 0)
		return error_prefix(err, r, "format %s", emitter->name);
	if (emission_check(ret) < 0)
		return error_memory(err);
	if (emitter->comment)
		put_head(emitter, request->title, ret);
	return emission_check(ret) < 0 ? error_memory(err) : 0;
}
