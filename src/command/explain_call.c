/* SPDX-License-Identifier: Apache-2.0 */
/* One call: what it can do, what the profile says of it, who was seen to make it. */
#include "base/cleanup.h"
#include "base/time.h"
#include "command/explain.h"
#include "model/recording_arguments.h"
#include "model/rule_text.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SIGHTINGS_SHOWN 8 /* groups that made it */
#define ARGUMENTS_SHOWN 8 /* combinations */

struct call_text {
	FILE *stream;
	const struct style *style;
	struct explain_subject *subject;
	const char *name;
	const struct explained *call; /* NULL: nothing was given, or nothing speaks of it */
	bool verbose;
};

static void put(const struct call_text *text, const char *label, const struct strbuf *line)
{
	explain_put(text->stream, text->style, label,
		    strbuf_text(line) ? strbuf_text(line) : "(out of memory)");
}

static void write_head(const struct call_text *text)
{
	enum area area;
	const struct call_fact *fact = call_fact(text->name, &area);
	const char *look = policy_look_at(text->name);

	fprintf(text->stream, "%s%s%s: %s, risk %s\n", text->style->bold, text->name,
		text->style->off, area_fact(area)->title, risk_name(fact->risk));
	explain_put(text->stream, text->style, "can", fact->does);
	explain_put(text->stream, text->style, "opens", area_fact(area)->surface);
	if (look)
		explain_put(text->stream, text->style, "look at", look);
}

/* Where the profile comes from decides what "not marked" means. */
static void put_ground(const struct call_text *text, struct strbuf *line)
{
	const struct explained *call = text->call;
	enum ground ground = call ? call->ground : GROUND_DEFAULT;

	switch (ground) {
	case GROUND_SEEN:
		strbuf_puts(line, "allowed, and recorded");
		break;
	case GROUND_INFERRED:
		strbuf_printf(line, "allowed, not recorded but inferred (%s): %s",
			      policy_set_name((enum policy_set)call->set),
			      policy_set_reason((enum policy_set)call->set));
		break;
	case GROUND_STATED:
		strbuf_puts(line, text->subject->recorded
					  ? "allowed, but neither recorded nor marked as added"
					  : "allowed; a recording would say whether it was made");
		break;
	case GROUND_LEFT_OUT:
		strbuf_puts(line, "not allowed, though it was recorded that it happened");
		break;
	case GROUND_ANSWERED:
		strbuf_puts(line, "denied by name");
		if (call->set == POLICY_FALLBACK)
			strbuf_printf(line, " (%s): %s", policy_set_name(POLICY_FALLBACK),
				      policy_set_reason(POLICY_FALLBACK));
		break;
	case GROUND_DENIED:
		strbuf_puts(line, "not in the profile; recorded as denied");
		break;
	default:
		strbuf_printf(line, "not spoken of: the default action (%s) decides",
			      action_name(text->subject->profile->default_action));
	}
	if (call && call->conditional)
		strbuf_puts(line, "; under arguments or conditions only, see the rules");
}

/* Every set that would add it, with the reason for this very call. */
static void write_sets(const struct call_text *text)
{
	const char *label =
		text->call && text->call->ground == GROUND_INFERRED ? "because" : "tables";

	if (text->call && text->call->ground == GROUND_SEEN && !text->verbose)
		return;
	for (int set = 0; set < POLICY_SET_COUNT; set++) {
		const char *reason = policy_reason((enum policy_set)set, text->name);
		_cleanup_strbuf_ struct strbuf line = { 0 };

		if (!reason || (text->call && text->call->set >= 0 && text->call->set != set))
			continue;
		strbuf_printf(&line, "%s: %s", policy_set_name((enum policy_set)set), reason);
		put(text, label, &line);
		label = "";
	}
}

static void write_rule(const struct call_text *text, const char *label, const struct rule *rule)
{
	_cleanup_strbuf_ struct strbuf line = { 0 }, body = { 0 };

	rule_put_body(&body, rule);
	strbuf_put_shown(&line, slice_from(strbuf_text(&body)));
	/* What it was added for is said in full elsewhere. */
	if (rule->comment && *rule->comment && rule_policy_set(rule) < 0) {
		strbuf_puts(&line, "; \"");
		strbuf_put_shown(&line, slice_from(rule->comment));
		strbuf_puts(&line, "\"");
	}
	put(text, label, &line);
}

static void write_standing(const struct call_text *text)
{
	_cleanup_strbuf_ struct strbuf line = { 0 };
	const char *label = "rule";

	put_ground(text, &line);
	put(text, "here", &line);
	for (size_t i = 0; text->call && i < text->call->n_rules; i++) {
		write_rule(text, label, text->call->rules[i]);
		label = "";
	}
}

static void write_sighting(const struct call_text *text, const char *label,
			   const struct group *group, const struct group_arch *table,
			   const struct observation *seen)
{
	_cleanup_strbuf_ struct strbuf line = { 0 };
	char first[32], last[32];

	strbuf_printf(&line, "%" PRIu64 " %s", (uint64_t)seen->count,
		      seen->count == 1 ? "time" : "times");
	if (seen->action != ACTION_LOG && seen->action != ACTION_ALLOW)
		strbuf_printf(&line, " DENIED (%s)", action_name((enum action)seen->action));
	strbuf_printf(&line, " on %s in ", table->arch->name);
	strbuf_put_shown(&line, slice_from(group->name));
	if (seen->first_ms != TIME_UNKNOWN) {
		time_format(seen->first_ms, first, sizeof(first));
		time_format(seen->last_ms, last, sizeof(last));
		strbuf_printf(&line, "; first %s, last %s", first, last);
	}
	strbuf_puts(&line, "; by ");
	explain_put_who(&line, &text->subject->recording, seen, text->verbose);
	put(text, label, &line);
}

/* Combinations of arguments that were seen, where they were asked for. */
static void write_arguments(const struct call_text *text, const struct group_arch *table,
			    int32_t nr)
{
	const struct arguments *seen = recording_arguments(table, nr);
	size_t max = text->verbose ? SIZE_MAX : ARGUMENTS_SHOWN;
	_cleanup_strbuf_ struct strbuf line = { 0 };

	if (!seen)
		return;
	for (uint32_t i = 0; i < seen->n && i < max; i++) {
		strbuf_puts(&line, i ? "; " : "");
		for (uint32_t field = 0; field < seen->call->n; field++)
			strbuf_printf(&line, "%s%s 0x%" PRIx64, field ? ", " : "",
				      seen->call->fields[field].name,
				      seen->values[i].fields[field]);
	}
	if (seen->n > max)
		strbuf_printf(&line, " and %zu more", seen->n - max);
	if (seen->too_many)
		strbuf_puts(&line, "too many different ones to be kept");
	strbuf_printf(&line, " (known for %" PRIu64 " %s)", seen->covered,
		      seen->covered == 1 ? "record" : "records");
	put(text, "with", &line);
}

/* A group on one architecture: every answer, then the arguments. Returns how many answers. */
static size_t write_table(const struct call_text *text, const struct group *group,
			  const struct group_arch *table, size_t met, size_t max)
{
	size_t before = met;
	int32_t nr;

	if (!table->arch || syscall_number(&text->subject->names, table->arch, text->name, &nr) < 0)
		return 0;
	for (uint32_t i = 0; i < table->n; i++)
		if (table->observations[i].nr == nr && met++ < max)
			write_sighting(text, met == 1 ? "seen" : "", group, table,
				       &table->observations[i]);
	if (met > before && before < max)
		write_arguments(text, table, nr);
	return met - before;
}

static void write_sightings(const struct call_text *text)
{
	const struct recording *recording = &text->subject->recording;
	size_t met = 0, max = text->verbose ? SIZE_MAX : SIGHTINGS_SHOWN;
	_cleanup_free_ uint32_t *order = NULL;

	if (recording_order(recording, &order) < 0)
		return;
	for (size_t g = 0; g < recording->n_groups; g++) {
		const struct group *group = &recording->groups[order[g]];

		for (uint32_t a = 0; a < group->n_arches; a++)
			met += write_table(text, group, &group->arches[a], met, max);
	}
	if (met > max)
		fprintf(text->stream, "%13sand %zu more, see --verbose\n", "", met - max);
	if (met == 0)
		explain_put(text->stream, text->style, "seen", "never");
}

void explain_call(FILE *stream, const struct style *style, struct explain_subject *subject,
		  const char *name, bool verbose)
{
	const struct call_text text = {
		.stream = stream,
		.style = style,
		.subject = subject,
		.name = name,
		.call = explanation_find(&subject->explanation, name),
		.verbose = verbose,
	};

	write_head(&text);
	if (subject->profile)
		write_standing(&text);
	if (subject->recorded)
		write_sightings(&text);
	write_sets(&text);
}
