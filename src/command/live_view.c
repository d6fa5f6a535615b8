/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --live shows while it runs: on a terminal a block of lines, one a group, drawn over itself;
 * else a line when a group begins. A loss is said at once.
 */
#include "base/array.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "command/live.h"
#include "command/report.h"
#include "command/style.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DRAW_MS	     1000
#define NAME_WIDTH   36
#define LINES_SPARED 3 /* of the terminal's height */

struct row {
	size_t group;
	uint64_t rate; /* records since it was last drawn */
};

void live_view_init(struct live_view *view, enum verbosity verbosity)
{
	*view = (struct live_view){
		.wanted = verbosity != VERBOSITY_QUIET,
		.terminal = isatty(STDERR_FILENO),
		.drawn_ms = time_steady_ms(),
	};
}

void live_view_deinit(struct live_view *view)
{
	free(view->records);
}

void live_view_clear(struct live *live)
{
	if (live->view.lines > 0)
		fprintf(stderr, "\033[%dA\r\033[J", live->view.lines);
	live->view.lines = 0;
	fflush(stderr);
}

_printf_(2, 0) static void say(struct live *live, const char *format, va_list args)
{
	char message[1024];

	vsnprintf(message, sizeof(message), format, args);
	live_view_clear(live);
	report_note("%s", message);
}

void live_view_say(struct live *live, const char *format, ...)
{
	va_list args;

	if (!live->view.wanted)
		return;
	va_start(args, format);
	say(live, format, args);
	va_end(args);
}

void live_view_warn(struct live *live, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(live, format, args);
	va_end(args);
}

static const char *name_of(const struct live *live, size_t group)
{
	if (live->run->options->group_by != GROUP_BY_TARGET)
		return live->run->recording.groups[group].name;
	return tenants_at(live->tenants, live->groups[group].tenant)->name;
}

/* The call that was seen for the first time last. */
static const struct observation *find_newest(const struct group *group, const struct arch **ret)
{
	const struct observation *newest = NULL;

	for (uint32_t a = 0; a < group->n_arches; a++)
		for (uint32_t i = 0; i < group->arches[a].n; i++) {
			const struct observation *seen = &group->arches[a].observations[i];

			if (newest && seen->first_ms <= newest->first_ms)
				continue;
			newest = seen;
			*ret = group->arches[a].arch;
		}
	return newest;
}

static size_t count_calls(const struct group *group)
{
	size_t n = 0;

	for (uint32_t i = 0; i < group->n_arches; i++)
		n += group->arches[i].n;
	return n;
}

/* "3 s", "12 min", "5 h": how long nothing new has come. */
static void put_age(struct strbuf *line, int64_t ms)
{
	if (ms < 60000)
		strbuf_printf(line, "%" PRId64 " s", ms < 0 ? 0 : ms / 1000);
	else if (ms < 3600000)
		strbuf_printf(line, "%" PRId64 " min", ms / 60000);
	else
		strbuf_printf(line, "%" PRId64 " h", ms / 3600000);
}

static void put_newest(struct live *live, struct strbuf *line, const struct group *group)
{
	const struct arch *arch = NULL;
	const struct observation *newest = find_newest(group, &arch);
	const char *name =
		newest && arch ? syscall_name(&live->run->names, arch, newest->nr) : NULL;

	if (!newest)
		return;
	if (name)
		strbuf_printf(line, "  newest %s, ", name);
	else
		strbuf_printf(line, "  newest number %" PRId32 ", ", newest->nr);
	put_age(line, time_now_ms() - newest->first_ms);
	strbuf_puts(line, " ago");
}

/* Nothing that is longer than the terminal is wide, or it could not be drawn over. */
static void draw_line(struct live *live, const struct style *style, const struct row *row,
		      int64_t passed_ms)
{
	const struct group *group = &live->run->recording.groups[row->group];
	_cleanup_strbuf_ struct strbuf line = { 0 }, name = { 0 };

	strbuf_put_shown(&name, slice_from(name_of(live, row->group)));
	if (!strbuf_text(&name))
		return;
	strbuf_printf(&line, "%-*.*s %8" PRIu64 "/s %4zu calls", NAME_WIDTH, NAME_WIDTH,
		      strbuf_text(&name), row->rate * 1000 / (uint64_t)(passed_ms ? passed_ms : 1),
		      count_calls(group));
	put_newest(live, &line, group);
	if (strbuf_text(&line))
		fprintf(stderr, "%.*s\n", (int)style->width - 1, strbuf_text(&line));
	live->view.lines++;
}

static int by_rate(const void *a, const void *b)
{
	const struct row *left = a, *right = b;

	if (left->rate != right->rate)
		return (left->rate < right->rate) - (left->rate > right->rate);
	return (left->group > right->group) - (left->group < right->group);
}

static size_t terminal_lines(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row <= LINES_SPARED + 1)
		return 20;
	return size.ws_row - LINES_SPARED;
}

/* The busiest groups, as many as fit. */
static void draw(struct live *live, int64_t passed_ms)
{
	const struct recording *recording = &live->run->recording;
	const struct style style = style_for(stderr);
	_cleanup_free_ struct row *rows = calloc(recording->n_groups + 1, sizeof(*rows));
	size_t had = live->view.records_allocated, shown = terminal_lines(), n = 0;

	if (!rows || array_reserve(&live->view.records, &live->view.records_allocated,
				   recording->n_groups, sizeof(*live->view.records)) < 0)
		return;
	for (size_t i = had; i < live->view.records_allocated; i++)
		live->view.records[i] = 0;
	for (size_t i = 0; i < recording->n_groups; i++) {
		uint64_t records = group_records(&recording->groups[i]),
			 before = live->view.records[i];

		live->view.records[i] = records;
		/* What has gone, and is in its file, has none. */
		if (records > 0)
			rows[n++] = (struct row){ i, records > before ? records - before : 0 };
	}
	qsort(rows, n, sizeof(*rows), by_rate);
	live_view_clear(live);
	for (size_t i = 0; i < n && i < shown; i++)
		draw_line(live, &style, &rows[i], passed_ms);
	if (n > shown) {
		fprintf(stderr, "and %zu more groups\n", n - shown);
		live->view.lines++;
	}
	fflush(stderr);
}

/* Which call would be worth leaving out: the one with the most records. */
static void put_hottest(struct live *live, struct strbuf *text)
{
	const struct recording *recording = &live->run->recording;
	const struct observation *hottest = NULL;
	const struct arch *arch = NULL;
	const char *name;

	for (size_t g = 0; g < recording->n_groups; g++)
		for (uint32_t a = 0; a < recording->groups[g].n_arches; a++)
			for (uint32_t i = 0; i < recording->groups[g].arches[a].n; i++) {
				const struct group_arch *table = &recording->groups[g].arches[a];

				if (hottest && table->observations[i].count <= hottest->count)
					continue;
				hottest = &table->observations[i];
				arch = table->arch;
			}
	name = hottest && arch ? syscall_name(&live->run->names, arch, hottest->nr) : NULL;
	if (name)
		strbuf_printf(text, ", or leave out the hottest call, %s", name);
}

static void say_drops(struct live *live, uint64_t drops)
{
	_cleanup_strbuf_ struct strbuf hottest = { 0 };

	put_hottest(live, &hottest);
	live_view_warn(live,
		       "LOST: %" PRIu64 " records so far (socket overflow); what helps: a larger "
		       "--receive-buffer, --base for what is known already%s",
		       drops, strbuf_text(&hottest) ? strbuf_text(&hottest) : "");
}

static void say_losses(struct live *live)
{
	struct live_losses *said = &live->view.said;
	uint64_t drops = source_netlink_drops(live->listener.source);
	struct tenants_losses losses;

	tenants_losses(live->tenants, &losses);
	if (drops > said->drops)
		say_drops(live, drops);
	if (losses.fork_events > said->fork_events)
		live_view_warn(live,
			       "LOST: %" PRIu64 " fork events so far; who cannot be attributed is "
			       "on its own",
			       losses.fork_events);
	/* Once: each record that comes is one more. */
	if (losses.processes && !said->processes)
		live_view_warn(live, "LOST: more processes than --max-processes; who they are is "
				     "not remembered");
	if (losses.tenants && !said->tenants)
		live_view_warn(live, "LOST: more groups than --max-groups; further ones are left "
				     "out");
	*said = (struct live_losses){ drops, losses.fork_events, losses.processes, losses.tenants };
}

/* Groups that have begun. One that is grouped by something else stays where it is. */
static void say_new(struct live *live)
{
	const bool targets = live->run->options->group_by == GROUP_BY_TARGET;
	struct live_view *view = &live->view;

	for (size_t i = targets ? 0 : view->groups; i < live->run->recording.n_groups; i++) {
		if (targets && (live->groups[i].said || live->groups[i].released))
			continue;
		live_view_say(live, "%s: first records", name_of(live, i));
		if (targets)
			live->groups[i].said = true;
		else
			view->groups = i + 1;
	}
}

void live_view_tick(struct live *live)
{
	struct live_view *view = &live->view;
	const int64_t passed_ms = time_steady_ms() - view->drawn_ms;

	if (passed_ms < DRAW_MS)
		return;
	say_losses(live);
	if (view->terminal && view->wanted)
		draw(live, passed_ms);
	else
		say_new(live);
	view->drawn_ms = time_steady_ms();
}
