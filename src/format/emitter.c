/* SPDX-License-Identifier: Apache-2.0 */
#include "format/emitter.h"
#include "arch/simulate.h"
#include "format/bpf_trial.h"
#include "format/emitters.h"
#include "format/targets.h"
#include "model/merge_rules.h"
#include "model/profile_merge.h"
#include <string.h>

#define WRITTEN_BY "written by audit-seccomp-gen.\n"
#define HEAD_MAX   1024

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
	if (title && *title) {
		strbuf_puts(text, "seccomp profile of ");
		strbuf_put_shown(text, slice_from(title));
		strbuf_puts(text, ", " WRITTEN_BY);
	} else {
		strbuf_puts(text, "seccomp profile, " WRITTEN_BY);
	}
	for (size_t i = 0; i < emission->n_losses; i++)
		strbuf_printf(text, "%s%s: %s.\n", prefix, loss_word(emission->losses[i].kind),
			      emission->losses[i].text);
}

/* Near the top, as some formats begin with something else. */
static bool has_comment(struct slice text)
{
	static const char *const mark = WRITTEN_BY;
	struct slice head = { text.data, text.len < HEAD_MAX ? text.len : HEAD_MAX };

	return memchr(head.data, '\0', head.len) == NULL &&
	       memmem(head.data, head.len, mark, strlen(mark)) != NULL;
}

static bool is_filter(const char *data, size_t len)
{
	struct sock_filter program[BPF_MAXINSNS];
	const struct seccomp_data call = { .arch = arch_native()->audit };
	uint32_t answer;

	if (len == 0 || len % sizeof(*program) != 0 || len > sizeof(program))
		return false;
	memcpy(program, data, len);
	return simulate(program, len / sizeof(*program), &call, &answer) == 0;
}

bool emitter_made(const char *data, size_t len)
{
	return has_comment((struct slice){ data, len }) || is_filter(data, len);
}

void emitter_put_incomplete(struct strbuf *text, const char *prefix, const struct profile *profile)
{
	const char *mark = profile_incomplete(profile);

	if (!mark)
		return;
	strbuf_puts(text, prefix);
	strbuf_put_shown(text, (struct slice){ mark, merge_mark_length(mark) });
	strbuf_puts(text, "\n");
}

/* In front of the body, which only now is known to be all. */
static void put_head(const struct emitter *emitter, const char *title,
		     const struct profile *profile, struct emission *emission)
{
	struct strbuf whole = { 0 };

	emitter_put_comments(&whole, emitter->comment, title, emission);
	emitter_put_incomplete(&whole, emitter->comment, profile);
	strbuf_append(&whole, emission->body.data, emission->body.len);
	strbuf_deinit(&emission->body);
	emission->body = whole;
}

/* Without the calls that none of the architectures has which --arch names. */
static int emit(const struct emitter *emitter, const struct profile *profile,
		const struct emit_request *request, struct emission *ret, struct error *err)
{
	_cleanup_profile_ struct profile *there = NULL;

	if (request->n_arches > 0) {
		there = profile_copy(profile);
		if (!there || targets_drop_absent(there, request) < 0)
			return error_memory(err);
	}
	return emitter->emit(there ? there : profile, request, ret, err);
}

int emitter_run(const struct emitter *emitter, const struct profile *profile,
		const struct emit_request *request, struct emission *ret, struct error *err)
{
	int r;

	emission_lose_names(ret, LOSS_WIDER, "what these settings of the unit deny is not in it",
			    profile->settings);
	targets_say_new(profile, request, ret);
	if (emitter->for_libseccomp)
		bpf_trial_say(profile, ret);
	r = emit(emitter, profile, request, ret, err);

	if (r < 0)
		return error_prefix(err, r, "format %s", emitter->name);
	if (emission_check(ret) < 0)
		return error_memory(err);
	if (emitter->comment)
		put_head(emitter, request->title, profile, ret);
	return emission_check(ret) < 0 ? error_memory(err) : 0;
}
