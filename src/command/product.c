/* SPDX-License-Identifier: Apache-2.0 */
#include "command/product.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/output.h"
#include "base/unique_names.h"
#include "format/proof.h"
#include "model/recording_arguments.h"
#include "model/recording_json.h"
#include <errno.h>
#include <string.h>

static struct made *made_free(struct made *made)
{
	if (!made)
		return NULL;
	policy_report_deinit(&made->report);
	name_list_free(made->skipped);
	emission_deinit(&made->emission);
	free(made);
	return NULL;
}

void product_deinit(struct product *product)
{
	for (size_t i = 0; i < product->keys.n_keys; i++)
		made_free(product->made[i]);
	made_free(product->last);
	free(product->made);
	intern_deinit(&product->keys);
	emission_deinit(&product->lost);
}

static void arguments_key(const struct group_arch *table, struct strbuf *key)
{
	for (uint32_t i = 0; table->arguments && i < table->arguments->n; i++) {
		const struct arguments *arguments = &table->arguments->items[i];

		strbuf_append(key, &arguments->nr, sizeof(arguments->nr));
		strbuf_append(key, &arguments->covered, sizeof(arguments->covered));
		strbuf_append(key, &arguments->too_many, sizeof(arguments->too_many));
		strbuf_append(key, &arguments->n, sizeof(arguments->n));
		if (arguments->n > 0)
			strbuf_append(key, arguments->values,
				      arguments->n * sizeof(*arguments->values));
	}
}

/*
 * What decides about a group's product: architectures, numbers, answers, and arguments where they
 * were asked for, with the counts that say whether all of them are known; where the format has it,
 * the name.
 */
static void group_key(const struct product *product, const struct group *group, struct strbuf *key)
{
	if (product->options->format->titled)
		strbuf_append(key, group->name, strlen(group->name) + 1);
	for (uint32_t a = 0; a < group->n_arches; a++) {
		const struct group_arch *table = &group->arches[a];

		strbuf_append(key, &table->audit, sizeof(table->audit));
		strbuf_append(key, &table->n, sizeof(table->n));
		for (uint32_t i = 0; i < table->n; i++) {
			uint8_t action = table->observations[i].action;

			strbuf_append(key, &table->observations[i].nr, sizeof(int32_t));
			strbuf_append(key, &action, sizeof(action));
			if (table->arguments) {
				uint64_t count = table->observations[i].count;

				strbuf_append(key, &count, sizeof(count));
			}
		}
		arguments_key(table, key);
	}
}

/* JSON text as a member of an object: every line but the first two spaces in, no newline at the
 * end. */
static int indent(struct strbuf *text, struct error *err)
{
	struct strbuf indented = { 0 };

	for (const char *line = text->failed ? "" : strbuf_text(text); *line;) {
		size_t len = strcspn(line, "\n");

		strbuf_append(&indented, line, len);
		line += len;
		if (*line == '\n' && *++line)
			strbuf_puts(&indented, "\n  ");
	}
	strbuf_deinit(text);
	*text = indented;
	return text->failed ? error_memory(err) : 0;
}

static int emit(struct product *product, const struct group *group, const struct profile *profile,
		struct made *made, struct error *err)
{
	struct emit_request request = product->options->emit;
	int r;

	request.title = group->name;
	request.names = product->names;
	request.keep_form = true;
	request.extended = request.n_arches > 0;
	request.portable = product->policy.portable;
	r = emitter_run(product->options->format, profile, &request, &made->emission, err);

	if (r < 0)
		return r;
	product->lost_more +=
		emission_take_losses(&product->lost, &made->emission, PRODUCT_LOSSES_MAX);
	if (emission_check(&product->lost) < 0)
		return error_memory(err);
	return product->nested ? indent(&made->emission.body, err) : 0;
}

static int make_profile(struct product *product, const struct group *group, struct made *made,
			struct error *err)
{
	_cleanup_profile_ struct profile *profile = NULL;
	int r = policy_profile(product->recording, group, product->names, &product->policy,
			       &profile, &made->report, err);

	if (r < 0)
		return r;
	made->empty = name_list_count(made->report.seen) == 0 && !product->policy.base;
	if (made->empty)
		return 0;
	r = proof_check(profile, product->recording, group, &product->policy, &made->report,
			product->names, &made->skipped, err);
	if (r < 0 && r != -EPROTO)
		return r;
	if (r < 0)
		return error_prefix(
			err, r,
			"%s: not written, because the profile failed its proof; this is a bug in "
			"audit-seccomp-gen, please report it",
			group->name);
	return product->options->format->emit ? emit(product, group, profile, made, err) : 0;
}

static int keep_made(struct product *product, struct slice key, struct made *made)
{
	uint32_t index;
	int r;

	if (product->keys.n_keys >= PRODUCT_KEPT_MAX) {
		made_free(product->last);
		product->last = made;
		return 0;
	}
	r = array_reserve(&product->made, &product->made_allocated, product->keys.n_keys + 1,
			  sizeof(struct made *));
	if (r >= 0)
		r = intern_add(&product->keys, key, &index);
	if (r < 0)
		return r;
	product->made[index] = made;
	return 0;
}

int product_make(struct product *product, const struct group *group, const struct made **ret,
		 struct error *err)
{
	_cleanup_strbuf_ struct strbuf key = { 0 };
	struct slice slice;
	struct made *made;
	uint32_t index;
	int r;

	group_key(product, group, &key);
	if (!strbuf_text(&key))
		return error_memory(err);
	slice = (struct slice){ strbuf_text(&key), key.len };
	if (intern_find(&product->keys, slice, &index) == 0) {
		*ret = product->made[index];
		return 0;
	}
	made = calloc(1, sizeof(*made));
	if (!made)
		return error_memory(err);
	r = make_profile(product, group, made, err);
	if (r >= 0 && keep_made(product, slice, made) < 0)
		r = error_memory(err);
	if (r < 0) {
		made_free(made);
		return r;
	}
	*ret = made;
	return 0;
}

/* A group's name as a file name: nothing that a path, a shell or a terminal would take as its own.
 */
static void put_file_name(struct strbuf *name, const char *group)
{
	if (*group == '/')
		group++;
	if (*group == '.' || *group == '-' || !*group)
		strbuf_putc(name, '_');
	for (; *group && name->len < 200; group++) {
		bool plain = (*group >= 'a' && *group <= 'z') || (*group >= 'A' && *group <= 'Z') ||
			     (*group >= '0' && *group <= '9') || strchr("._:@+-", *group);

		strbuf_putc(name, plain ? *group : '_');
	}
}

/* Two groups may come out as one file name ("a b", "a_b"): all but the first in order get a number.
 */
static int file_name(struct unique_names *taken, const char *group, const char *extension,
		     struct strbuf *ret)
{
	_cleanup_strbuf_ struct strbuf base = { 0 };
	uint32_t index;
	int r;

	strbuf_clear(ret);
	put_file_name(&base, group);
	if (base.failed)
		return -ENOMEM;
	r = unique_names_take(taken, (struct slice){ base.data, base.len }, "~", extension, &index);
	if (r < 0)
		return r;
	strbuf_append(ret, taken->names.keys[index].data, taken->names.keys[index].len);
	return ret->failed ? -ENOMEM : 0;
}

/* The recording with only one of its groups: a view, not a copy. */
static struct recording view_of(const struct product *product, struct group *group)
{
	struct recording view = *product->recording;

	view.groups = group;
	view.n_groups = 1;
	if (product->evidence)
		view.evidence = product->evidence[group - product->recording->groups];
	return view;
}

/* One group, added to what its file held. The evidence is that of both already. */
static int write_added(const struct product *product, const struct recording *view,
		       const struct recording *prior, FILE *stream, struct error *err)
{
	struct recording whole = { 0 };
	int r = recording_merge(&whole, view);

	if (r >= 0)
		r = recording_merge_as(&whole, prior, view->groups[0].name);
	evidence_deinit(&whole.evidence);
	if (r >= 0) {
		evidence_merge(&whole.evidence, &view->evidence);
		r = recording_write_json(&whole, product->names, stream, err);
	} else {
		r = error_memory(err);
	}
	recording_deinit(&whole);
	return r;
}

static int write_recording(const struct product *product, struct group *group, FILE *stream,
			   struct error *err)
{
	const struct recording *prior = NULL;
	struct recording view;

	if (!group)
		return recording_write_json(product->recording, product->names, stream, err);
	if (product->prior)
		prior = product->prior[group - product->recording->groups];
	view = view_of(product, group);
	return prior ? write_added(product, &view, prior, stream, err)
		     : recording_write_json(&view, product->names, stream, err);
}

/* Whether it was written shows when the stream is closed. */
static void put_product(FILE *stream, const struct made *made)
{
	fwrite(made->emission.body.data, 1, made->emission.body.len, stream);
}

static int write_file(struct product *product, struct group *group, const char *path,
		      struct error *err)
{
	_cleanup_output_ struct output output = { 0 };
	const struct made *made = NULL;
	int r = 0;

	if (product->options->format->emit) {
		r = product_make(product, group, &made, err);
		if (r < 0 || made->empty)
			return r;
	}
	r = output_open(&output, path, err);
	if (r < 0)
		return r;
	if (made)
		put_product(output.stream, made);
	else
		r = write_recording(product, group, output.stream, err);
	return r < 0 ? r : output_commit(&output, err);
}

static int publish_directory(struct product *product, const uint32_t *order, struct error *err)
{
	_cleanup_unique_names_ struct unique_names taken = { 0 };
	_cleanup_strbuf_ struct strbuf name = { 0 };
	const struct options *options = product->options;

	for (size_t i = 0; i < product->recording->n_groups; i++) {
		struct group *group = &product->recording->groups[order[i]];
		_cleanup_strbuf_ struct strbuf path = { 0 };
		int r = file_name(&taken, group->name, options->format->extension, &name);

		strbuf_printf(&path, "%s/%s", options->output_dir, name.data ? name.data : "");
		if (r < 0 || !strbuf_text(&path))
			return error_memory(err);
		r = write_file(product, group, strbuf_text(&path), err);
		if (r < 0)
			return r;
		if (product->between)
			product->between(product->between_context);
	}
	return 0;
}

/* Group names may hold any byte; JSON has to be UTF-8 and quoted. */
static void put_json_name(FILE *stream, const char *name)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	strbuf_put_shown(&shown, slice_from(name));
	putc('"', stream);
	for (const char *c = strbuf_text(&shown); c && *c; c++) {
		if (*c == '"' || *c == '\\')
			putc('\\', stream);
		putc(*c, stream);
	}
	putc('"', stream);
}

/* Several groups: one object whose members are the groups' profiles. */
static int write_object(struct product *product, const uint32_t *order, FILE *stream,
			struct error *err)
{
	bool any = false;

	putc('{', stream);
	for (size_t i = 0; i < product->recording->n_groups; i++) {
		const struct group *group = &product->recording->groups[order[i]];
		const struct made *made;
		int r = product_make(product, group, &made, err);

		if (r < 0)
			return r;
		if (made->empty)
			continue;
		fputs(any ? ",\n  " : "\n  ", stream);
		put_json_name(stream, group->name);
		fputs(": ", stream);
		put_product(stream, made);
		any = true;
	}
	fputs("\n}\n", stream);
	return 0;
}

static int publish_stream(struct product *product, const uint32_t *order, struct error *err)
{
	_cleanup_output_ struct output output = { 0 };
	const struct options *options = product->options;
	int r;

	if (product->recording->n_groups == 1)
		return write_file(product, &product->recording->groups[0], options->output, err);
	r = output_open(&output, options->output, err);
	if (r < 0)
		return r;
	if (options->format->emit)
		r = write_object(product, order, output.stream, err);
	else
		r = write_recording(product, NULL, output.stream, err);
	return r < 0 ? r : output_commit(&output, err);
}

static int refuse_several(const struct product *product, const uint32_t *order, struct error *err)
{
	const struct recording *recording = product->recording;
	_cleanup_strbuf_ struct strbuf names = { 0 };
	size_t shown = recording->n_groups < 8 ? recording->n_groups : 8;

	for (size_t i = 0; i < shown; i++) {
		strbuf_puts(&names, i ? ", " : "");
		strbuf_put_shown(&names, slice_from(recording->groups[order[i]].name));
	}
	if (shown < recording->n_groups)
		strbuf_printf(&names, " and %zu more", recording->n_groups - shown);
	return error_set(
		err, -EINVAL,
		"one file cannot hold the profiles of %zu groups (%s): use --output-dir, %s",
		recording->n_groups, strbuf_text(&names) ? strbuf_text(&names) : "",
		product->unite ? product->unite : "--group-by all or a selection such as --pid");
}

/* Whether at least one group has something to allow. */
static int check_any(struct product *product, struct error *err)
{
	const struct recording *recording = product->recording;

	for (size_t i = 0; i < recording->n_groups; i++) {
		const struct made *made;
		int r = product_make(product, &recording->groups[i], &made, err);

		if (r < 0)
			return r;
		if (!made->empty)
			return 0;
	}
	return error_set(
		err, -ENODATA,
		"every record is of a call that was denied (see `code=`), so there is nothing to "
		"allow; --include-denied makes a profile of them all the same");
}

static bool has_one_file(const struct options *options)
{
	return options->output && strcmp(options->output, "-") != 0;
}

int product_publish(struct product *product, const uint32_t *order, struct error *err)
{
	const struct options *options = product->options;

	product->policy.arches = options->emit.arches;
	product->policy.n_arches = options->emit.n_arches;
	product->nested = product->recording->n_groups > 1 && !options->output_dir;
	if (options->format->emit) {
		int r;

		if (product->recording->n_groups > 1 && !options->output_dir &&
		    (has_one_file(options) || options->format->shape != PRODUCT_JSON))
			return refuse_several(product, order, err);
		r = check_any(product, err);
		if (r < 0)
			return r;
	}
	return options->output_dir ? publish_directory(product, order, err)
				   : publish_stream(product, order, err);
}

char *product_place(const struct product *product, const struct group *group)
{
	const struct options *options = product->options;
	bool alone = has_one_file(options) && product->recording->n_groups == 1;
	_cleanup_strbuf_ struct strbuf place = { 0 };

	strbuf_put_shown(&place, slice_from(alone ? options->output : group->name));
	return strbuf_steal(&place);
}
