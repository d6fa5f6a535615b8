/* SPDX-License-Identifier: Apache-2.0 */
/* Writes recordings. What only repeats something that is sorted already is made on the way; nothing
 * is built in memory but the order of groups and actors. */
#include "base/cleanup.h"
#include "config.h"
#include "model/incidence_json.h"
#include "model/json_writer.h"
#include "model/recording_actors.h"
#include "model/recording_arguments_json.h"
#include "model/recording_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define UNUSED		     UINT32_MAX
#define RANKS_MAX	     (ACTION_COUNT * RECORDING_ACTORS_MAX)
#define PUT(writer, literal) json_put_literal(&(writer)->json, literal)

#define ALONE_TEXT_MAX 1024 /* bytes of exe and comm together that are kept as written */

struct writer {
	const struct recording *recording;
	struct syscall_table *names;
	uint32_t *ranks; /* of actors in the file, by number; UNUSED when no observation has it */
	uint32_t *by_rank;
	uint32_t n_ranks;
	bool first_group;
	struct incidence_writer incidence;
	struct json_writer json;
	uint32_t alone_rank; /* whose exe and comm stand in `alone` */
	size_t alone_len;    /* 0: nobody's */
	char alone[8192];
};

/* The actors of one or more observations. */
struct who {
	uint32_t ranks[RANKS_MAX]; /* ascending, each once */
	size_t n;
	bool more;
};

static void mark_used(struct writer *writer, const struct observation *observation)
{
	const uint32_t *numbers;
	size_t n;

	recording_actors(writer->recording, observation, &numbers, &n);
	for (size_t i = 0; i < n; i++)
		writer->ranks[numbers[i]] = 0;
}

static void mark_group(struct writer *writer, const struct group *group, uint32_t *last)
{
	for (size_t i = 0; i < group->n_arches; i++) {
		const struct group_arch *arch = &group->arches[i];

		for (size_t j = 0; j < arch->n; j++) {
			if (arch->observations[j].actors == *last)
				continue;
			*last = arch->observations[j].actors;
			mark_used(writer, &arch->observations[j]);
		}
	}
}

static int by_content(const void *a, const void *b, void *recording)
{
	return actor_compare(recording, *(const uint32_t *)a, *(const uint32_t *)b);
}

/* Numbers the actors that are in use anew, in their order: who came first must not show. */
static int rank_actors(struct writer *writer)
{
	const struct recording *recording = writer->recording;
	size_t n = recording->actors.n_keys;
	uint32_t last = ACTORS_NONE;

	writer->ranks = calloc(n + 1, sizeof(*writer->ranks));
	writer->by_rank = calloc(n + 1, sizeof(*writer->by_rank));
	if (!writer->ranks || !writer->by_rank)
		return -ENOMEM;
	memset(writer->ranks, 0xFF, n * sizeof(*writer->ranks));
	for (size_t i = 0; i < recording->n_groups; i++)
		mark_group(writer, &recording->groups[i], &last);
	for (uint32_t i = 0; i < n; i++)
		if (writer->ranks[i] != UNUSED)
			writer->by_rank[writer->n_ranks++] = i;
	qsort_r(writer->by_rank, writer->n_ranks, sizeof(*writer->by_rank), by_content,
		(void *)recording);
	for (uint32_t i = 0; i < writer->n_ranks; i++)
		writer->ranks[writer->by_rank[i]] = i;
	return 0;
}

static void put_name(struct writer *writer, const char *name)
{
	json_put_text(&writer->json, slice_from(name));
	PUT(writer, ": ");
}

static void put_evidence(struct writer *writer, const struct evidence *evidence)
{
	const char *separator = "";

	PUT(writer, "  \"evidence\": {\n    \"live\": ");
	json_put(&writer->json, evidence->live ? SLICE("true") : SLICE("false"));
	PUT(writer, ",\n    \"records\": ");
	json_put_number(&writer->json, (int64_t)evidence->records);
	for (unsigned int i = 0; i < FINDING_COUNT; i++) {
		const struct finding_fact *fact = finding_fact(i);

		if ((!fact->breaks || fact->rare) && evidence->count[i] == 0)
			continue;
		PUT(writer, ",\n    ");
		put_name(writer, fact->name);
		json_put_number(&writer->json, (int64_t)evidence->count[i]);
	}
	PUT(writer, ",\n    \"first\": {");
	for (unsigned int i = 0; i < FINDING_COUNT; i++) {
		if (!evidence->where[i])
			continue;
		json_put(&writer->json, slice_from(separator));
		put_name(writer, finding_fact(i)->name);
		json_put_text(&writer->json, slice_from(evidence->where[i]));
		separator = ", ";
	}
	PUT(writer, "}\n  },\n");
}

static void put_text_member(struct writer *writer, const char *name, struct slice text,
			    const char **separator)
{
	if (text.len == 0)
		return;
	json_put(&writer->json, slice_from(*separator));
	put_name(writer, name);
	json_put_text(&writer->json, text);
	*separator = ", ";
}

static void put_id_member(struct writer *writer, const char *name, uint32_t id,
			  const char **separator)
{
	if (id == RECORD_UNSET)
		return;
	json_put(&writer->json, slice_from(*separator));
	put_name(writer, name);
	json_put_number(&writer->json, id);
	*separator = ", ";
}

static void put_actor(struct writer *writer, uint32_t number)
{
	struct actor actor = recording_actor(writer->recording, number);
	const char *separator = "";

	PUT(writer, "{");
	put_text_member(writer, "exe", actor.exe, &separator);
	put_text_member(writer, "comm", actor.comm, &separator);
	put_text_member(writer, "subject", actor.subject, &separator);
	put_id_member(writer, "auid", actor.auid, &separator);
	put_id_member(writer, "uid", actor.uid, &separator);
	put_id_member(writer, "gid", actor.gid, &separator);
	put_id_member(writer, "session", actor.session, &separator);
	PUT(writer, "}");
}

static void put_actors(struct writer *writer)
{
	PUT(writer, "  \"actors\": [");
	for (uint32_t i = 0; i < writer->n_ranks; i++) {
		json_put(&writer->json, i > 0 ? SLICE(",\n    ") : SLICE("\n    "));
		put_actor(writer, writer->by_rank[i]);
	}
	json_put(&writer->json, writer->n_ranks > 0 ? SLICE("\n  ],\n") : SLICE("],\n"));
}

static int compare_ranks(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static void get_who(const struct writer *writer, const struct observation *calls, size_t n,
		    struct who *ret)
{
	size_t kept = 0;

	ret->n = 0;
	ret->more = false;
	for (size_t i = 0; i < n; i++) {
		const uint32_t *numbers;
		size_t n_numbers;

		ret->more |= recording_actors(writer->recording, &calls[i], &numbers, &n_numbers);
		for (size_t j = 0; j < n_numbers; j++)
			ret->ranks[ret->n++] = writer->ranks[numbers[j]];
	}
	if (ret->n > 1)
		qsort(ret->ranks, ret->n, sizeof(*ret->ranks), compare_ranks);
	for (size_t i = 0; i < ret->n; i++)
		if (kept == 0 || ret->ranks[kept - 1] != ret->ranks[i])
			ret->ranks[kept++] = ret->ranks[i];
	ret->n = kept;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(((const struct slice *)a)->data, ((const struct slice *)b)->data);
}

static void put_texts(struct writer *writer, struct slice *texts, size_t n)
{
	bool first = true;

	if (n > 1)
		qsort(texts, n, sizeof(*texts), compare_texts);
	for (size_t i = 0; i < n; i++) {
		if (texts[i].len == 0 || (i > 0 && slice_equal(texts[i - 1], texts[i])))
			continue;
		if (!first)
			PUT(writer, ", ");
		json_put_text(&writer->json, texts[i]);
		first = false;
	}
}

static void put_who(struct writer *writer, const struct who *who)
{
	struct slice exes[RANKS_MAX], comms[RANKS_MAX];

	for (size_t i = 0; i < who->n; i++) {
		struct actor actor =
			recording_actor(writer->recording, writer->by_rank[who->ranks[i]]);

		exes[i] = actor.exe;
		comms[i] = actor.comm;
	}
	PUT(writer, ", \"exe\": [");
	put_texts(writer, exes, who->n);
	PUT(writer, "], \"comm\": [");
	put_texts(writer, comms, who->n);
	PUT(writer, "]");
}

/*
 * The same for one actor, as most calls have it: what was written for it is written again from a
 * copy, because the calls of a process stand together.
 */
static void put_who_alone(struct writer *writer, const struct who *who)
{
	struct actor actor = recording_actor(writer->recording, writer->by_rank[who->ranks[0]]);

	if (writer->alone_len == 0 || writer->alone_rank != who->ranks[0]) {
		/* Escaped it is six times as long at most, and fits the buffer. */
		if (actor.exe.len + actor.comm.len > ALONE_TEXT_MAX) {
			put_who(writer, who);
			return;
		}
		json_writer_flush(&writer->json);
		put_who(writer, who);
		writer->alone_rank = who->ranks[0];
		writer->alone_len = writer->json.used;
		memcpy(writer->alone, writer->json.buffer, writer->alone_len);
		return;
	}
	json_put(&writer->json, (struct slice){ writer->alone, writer->alone_len });
}

static void put_actor_list(struct writer *writer, const struct who *who)
{
	PUT(writer, ", \"actors\": [");
	for (size_t i = 0; i < who->n; i++) {
		if (i > 0)
			PUT(writer, ", ");
		json_put_number(&writer->json, who->ranks[i]);
	}
	PUT(writer, "]");
	if (who->more)
		PUT(writer, ", \"more_actors\": true");
}

static void put_times(struct writer *writer, int64_t first_ms, int64_t last_ms)
{
	if (first_ms != TIME_UNKNOWN) {
		PUT(writer, ", \"first\": ");
		json_put_time(&writer->json, first_ms);
	}
	if (last_ms != TIME_UNKNOWN) {
		PUT(writer, ", \"last\": ");
		json_put_time(&writer->json, last_ms);
	}
}

/* What one entry says of all answers to a call: the sum, and the first and last time. */
static struct observation sum_up(const struct observation *calls, size_t n, uint64_t *ret_count)
{
	struct observation sum = calls[0];

	*ret_count = calls[0].count;
	for (size_t i = 1; i < n; i++) {
		*ret_count += calls[i].count;
		if (sum.first_ms == TIME_UNKNOWN ||
		    (calls[i].first_ms != TIME_UNKNOWN && calls[i].first_ms < sum.first_ms))
			sum.first_ms = calls[i].first_ms;
		if (calls[i].last_ms > sum.last_ms)
			sum.last_ms = calls[i].last_ms;
	}
	return sum;
}

static void put_actions(struct writer *writer, const struct observation *calls, size_t n)
{
	PUT(writer, ", \"actions\": {");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			PUT(writer, ", ");
		put_name(writer, action_name(calls[i].action));
		json_put_number(&writer->json, (int64_t)calls[i].count);
	}
	PUT(writer, "}");
}

static void put_detail(struct writer *writer, const struct observation *calls, size_t n)
{
	PUT(writer, ", \"detail\": {");
	for (size_t i = 0; i < n; i++) {
		struct who who;

		get_who(writer, &calls[i], 1, &who);
		if (i > 0)
			PUT(writer, ", ");
		put_name(writer, action_name(calls[i].action));
		PUT(writer, "{\"count\": ");
		json_put_number(&writer->json, (int64_t)calls[i].count);
		put_times(writer, calls[i].first_ms, calls[i].last_ms);
		put_actor_list(writer, &who);
		PUT(writer, "}");
	}
	PUT(writer, "}");
}

/* One call and all its answers. */
static void put_call(struct writer *writer, const struct group_arch *table,
		     const struct observation *calls, size_t n)
{
	const struct arguments *arguments = recording_arguments(table, calls[0].nr);
	const struct arch *arch = table->arch;
	const char *name = arch ? syscall_name(writer->names, arch, calls[0].nr) : NULL;
	const char *separator = "";
	struct observation sum;
	struct who who;
	uint64_t count;

	sum = sum_up(calls, n, &count);
	get_who(writer, calls, n, &who);
	PUT(writer, "{");
	put_text_member(writer, "name", slice_from(name), &separator);
	json_put(&writer->json, slice_from(separator));
	PUT(writer, "\"nr\": ");
	json_put_number(&writer->json, calls[0].nr);
	PUT(writer, ", \"count\": ");
	json_put_number(&writer->json, (int64_t)count);
	put_times(writer, sum.first_ms, sum.last_ms);
	put_actions(writer, calls, n);
	if (who.n == 1)
		put_who_alone(writer, &who);
	else
		put_who(writer, &who);
	if (n > 1)
		put_detail(writer, calls, n);
	else
		put_actor_list(writer, &who);
	incidence_put_call(&writer->incidence, &writer->json, table->audit, calls[0].nr);
	if (arguments) {
		PUT(writer, ", \"arguments\": ");
		arguments_put_json(&writer->json, arguments);
	}
	PUT(writer, "}");
}

static void put_calls(struct writer *writer, const struct group_arch *arch)
{
	size_t i = 0, n;

	for (; i < arch->n; i += n) {
		for (n = 1; i + n < arch->n; n++)
			if (arch->observations[i + n].nr != arch->observations[i].nr)
				break;
		json_put(&writer->json, i > 0 ? SLICE(",\n        ") : SLICE("\n        "));
		put_call(writer, arch, &arch->observations[i], n);
	}
}

static void put_arch_name(struct writer *writer, const struct group_arch *arch)
{
	char text[16];

	if (!arch) {
		PUT(writer, "null");
		return;
	}
	snprintf(text, sizeof(text), "0x%08x", arch->audit);
	json_put_text(&writer->json, slice_from(arch->arch ? arch->arch->name : text));
}

/* A group on one architecture; `arch` is NULL for a group that has not made any call. */
static void put_group(struct writer *writer, const struct group *group,
		      const struct group_arch *arch)
{
	const char *separator = ", ";

	json_put(&writer->json, writer->first_group ? SLICE("\n    {") : SLICE(",\n    {"));
	writer->first_group = false;
	put_name(writer, "name");
	json_put_text(&writer->json, slice_from(group->name));
	put_text_member(writer, "node", slice_from(recording_node(writer->recording, group->node)),
			&separator);
	put_id_member(writer, "pid", group->pid, &separator);
	put_id_member(writer, "session", group->session, &separator);
	PUT(writer, ", \"arch\": ");
	put_arch_name(writer, arch);
	incidence_put_group(&writer->incidence, &writer->json, group);
	PUT(writer, ", \"syscalls\": [");
	if (arch)
		put_calls(writer, arch);
	json_put(&writer->json, arch ? SLICE("\n    ]}") : SLICE("]}"));
}

static void put_group_arches(struct writer *writer, const struct group *group)
{
	bool empty = true;

	for (size_t i = 0; i < group->n_arches; i++) {
		if (group->arches[i].n == 0)
			continue;
		put_group(writer, group, &group->arches[i]);
		empty = false;
	}
	if (empty)
		put_group(writer, group, NULL);
}

/* The first version that has all that is in it: programs that know only that can read it, too. */
static int version_of(const struct recording *recording)
{
	if (recording->incidence.n > 0)
		return RECORDING_VERSION;
	for (size_t i = 0; i < recording->n_groups; i++)
		for (uint32_t j = 0; j < recording->groups[i].n_arches; j++)
			if (recording->groups[i].arches[j].arguments)
				return RECORDING_VERSION;
	return RECORDING_VERSION_FIRST;
}

static void put_recording(struct writer *writer, const uint32_t *order)
{
	const struct recording *recording = writer->recording;

	PUT(writer, "{\n  \"version\": ");
	json_put_number(&writer->json, version_of(recording));
	PUT(writer, ",\n  \"tool\": \"audit-seccomp-gen " PACKAGE_VERSION "\",\n  \"complete\": ");
	json_put(&writer->json,
		 evidence_complete(&recording->evidence) ? SLICE("true") : SLICE("false"));
	PUT(writer, ",\n");
	put_evidence(writer, &recording->evidence);
	put_actors(writer);
	incidence_put_runs(&writer->incidence, &writer->json);
	PUT(writer, "  \"groups\": [");
	for (size_t i = 0; i < recording->n_groups; i++)
		put_group_arches(writer, &recording->groups[order[i]]);
	json_put(&writer->json, recording->n_groups > 0 ? SLICE("\n  ]\n}\n") : SLICE("]\n}\n"));
	json_writer_flush(&writer->json);
}

int recording_write_json(const struct recording *recording, struct syscall_table *names,
			 FILE *stream, struct error *err)
{
	struct writer writer = { .recording = recording, .names = names, .first_group = true };
	_cleanup_free_ uint32_t *order = NULL;
	int r = recording_prepare_names(recording, names);

	if (r == 0)
		r = recording_order(recording, &order);
	json_writer_init(&writer.json, stream);
	if (r == 0)
		r = rank_actors(&writer);
	if (r == 0)
		r = incidence_writer_init(&writer.incidence, recording);
	if (r == 0)
		put_recording(&writer, order);
	free(writer.ranks);
	free(writer.by_rank);
	incidence_writer_deinit(&writer.incidence);
	return r < 0 ? error_memory(err) : 0;
}
