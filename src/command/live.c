/* SPDX-License-Identifier: Apache-2.0 */
/* --live: everything that is logged on this host, to whomever it belongs, until it is told to end.
 */
#include "command/live.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "command/notify.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#define TICK_MS	   250	 /* for what no descriptor tells */
#define CROWDED_MS 10000 /* between two writings that are to make room for groups */
#define LINGER_MS  3000	 /* what is selected may be about to be started again */

static bool selects(const struct options *options)
{
	const struct selection *selection = &options->selection;

	return options->containers.n > 0 || options->units.n > 0 || selection->pids.n > 0 ||
	       selection->exes.n > 0 || selection->comms.n > 0;
}

/* A group begins, in a place of its own or in that of one that was forgotten. */
static void begin_group(struct live *live, uint32_t number, uint32_t tenant)
{
	const struct tenant *who = tenants_at(live->tenants, tenant);
	struct live_group *group = &live->groups[number];
	struct tenants_losses losses;

	/* Of who came before there was room for it, some were its own, maybe. */
	tenants_losses(live->tenants, &losses);
	*group = (struct live_group){ .tenant = tenant, .refused = losses.tenants };
	/* Who was there before is held to everything. */
	if (!who->before)
		live_samples_before(&live->samples, who->since_ms, &group->before);
	live->run->recording.groups[number].pid =
		who->kind == TENANT_PROCESS ? (uint32_t)who->pid : RECORD_UNSET;
}

/* A group that is there already. */
static void resume_group(struct live *live, uint32_t number, uint32_t tenant)
{
	struct live_group *group = &live->groups[number];

	live->n_released -= group->released;
	if (group->forgotten) {
		live->n_replaced++;
		begin_group(live, number, tenant);
		return;
	}
	/* It is back, if it had gone. */
	group->released = false;
	group->ended = false;
	group->gone_serial = 0;
}

/* The group of a tenant, made when it is met for the first time. */
static int get_group(struct live *live, uint32_t tenant, uint32_t *ret)
{
	struct recording *recording = &live->run->recording;
	size_t had = live->group_of_allocated;
	char number[16];
	int r = array_reserve(&live->group_of, &live->group_of_allocated, tenant + 1,
			      sizeof(*live->group_of));

	if (r < 0)
		return r;
	for (size_t i = had; i < live->group_of_allocated; i++)
		live->group_of[i] = 0;
	if (live->group_of[tenant]) {
		*ret = live->group_of[tenant] - 1;
		resume_group(live, *ret, tenant);
		return 0;
	}
	r = array_reserve(&live->groups, &live->groups_allocated, recording->n_groups + 1,
			  sizeof(*live->groups));
	/* Its name can still change; live_write() knows it. */
	snprintf(number, sizeof(number), "%" PRIu32, tenant);
	if (r >= 0)
		r = recording_group(recording, slice_from(number), SLICE(""), RECORD_UNSET,
				    RECORD_UNSET, ret);
	if (r < 0)
		return r;
	begin_group(live, *ret, tenant);
	live->group_of[tenant] = *ret + 1;
	return 0;
}

static int route(void *context, const struct scan *scan, enum owner *ret_owner, uint32_t *ret_group)
{
	struct live *live = context;
	uint32_t tenant;
	int r;

	*ret_owner = OWNER_OTHER;
	/* Who has logged before our canary may have ended before we looked around. */
	if (!live->listener.first_serial && !live->listener.awaited_serial)
		return 0;
	r = tenants_of(live->tenants, scan, ret_owner, &tenant);
	if (r < 0 || *ret_owner != OWNER_TARGET)
		return r;
	tenants_at(live->tenants, tenant)->recorded = true;
	return live->run->options->group_by == GROUP_BY_TARGET ? get_group(live, tenant, ret_group)
							       : 0;
}

static struct tenant_patterns patterns(const struct text_list *list)
{
	return (struct tenant_patterns){ list->items, list->n };
}

static int open_tenants(struct live *live, struct error *err)
{
	const struct options *options = live->run->options;
	const struct tenants_options tenants_options = {
		.max = options->groups_max,
		.processes_max = options->processes_max,
		.containers = patterns(&options->containers),
		.units = patterns(&options->units),
		.pids = options->selection.pids.items,
		.n_pids = options->selection.pids.n,
		.forget = options->group_by != GROUP_BY_TARGET,
		.proc = live->proc,
	};
	int r = tenants_new(&live->tenants, &tenants_options, err);

	if (r < 0)
		return r;
	live->listener.tenants = live->tenants;
	if (options->selection.pids.n > 0 && !tenants_wanted_alive(live->tenants))
		return error_set(err, -ESRCH, "none of the processes that --pid names is there");
	return 0;
}

static int open_intake(struct live *live, struct error *err)
{
	const struct options *options = live->run->options;
	const struct intake_options intake_options = {
		.group_by = options->group_by,
		.selection = &live->selection,
		.router = &live->router,
	};

	/* A process is selected with all that descend from it, which only the tenants know. */
	live->selection = options->selection;
	live->selection.pids = (struct number_list){ 0 };
	live->router = (struct intake_router){ route, live };
	return intake_new(&live->intake, &live->run->recording, &live->run->names, &intake_options,
			  err);
}

static int open_listener(struct live *live, struct error *err)
{
	const struct listener_options options = {
		.receive_buffer = live->run->options->receive_buffer,
		.backlog = live->run->options->backlog,
	};
	int r = listener_open(&live->listener, &options, err);

	live->listener.intake = live->intake;
	return r;
}

static void set_clocks(struct live *live)
{
	const struct options *options = live->run->options;
	const int64_t now = time_steady_ms();

	live->ends_ms = options->duration_ms ? now + options->duration_ms : 0;
	live->next_ms = options->every_ms ? now + options->every_ms : 0;
}

static int begin(struct live *live, struct error *err)
{
	int r = live_check_directory(live->run->options, err);

	if (r >= 0)
		r = preflight_run(&live->preflight, err);
	if (r >= 0)
		r = signals_open(&live->signals, err);
	if (r < 0)
		return r;
	live->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (live->proc < 0)
		return error_set(err, -errno, "cannot open /proc: %m");
	live_view_init(&live->view, live->run->options->verbosity);
	r = open_intake(live, err);
	if (r >= 0)
		r = open_listener(live, err);
	/* After the socket: whose first record is read has been taken in by then. */
	if (r >= 0)
		r = open_tenants(live, err);
	if (r >= 0)
		r = listener_canary(&live->listener, err);
	if (r < 0)
		return r;
	tenants_listening(live->tenants);
	set_clocks(live);
	live_view_say(live, "listening to what is logged on this host%s",
		      live->ends_ms ? "" : "; ^C ends it");
	notify_manager("READY=1");
	return 0;
}

static int wait_for_events(struct live *live, struct error *err)
{
	struct pollfd fds[] = {
		{ .fd = source_netlink_fd(live->listener.source), .events = POLLIN },
		{ .fd = tenants_fd(live->tenants), .events = POLLIN },
		{ .fd = live->signals.fd, .events = POLLIN },
	};

	if (poll(fds, ARRAY_SIZE(fds), TICK_MS) < 0 && errno != EINTR)
		return error_set(err, -errno, "cannot wait for audit records: %m");
	return 0;
}

void live_hold(struct live *live)
{
	if (live->held >= 0)
		live->held = listener_hold(&live->listener, NULL);
}

/* What is written in between may fail, a full disk for one, and be written the next time. */
static void write_between(struct live *live, enum live_writing writing)
{
	struct error err = { 0 };
	int r = live_write(live, writing, &err);

	if (r < 0)
		live_view_warn(live, "not written: %s", error_message(&err, r));
}

static bool has_file(const struct options *options)
{
	return options->output_dir || (options->output && strcmp(options->output, "-") != 0);
}

static void write_on_request(struct live *live, enum live_writing writing)
{
	if (has_file(live->run->options))
		write_between(live, writing);
	else
		live_view_say(live, "written at the end only: there is neither -o nor "
				    "--output-dir");
}

/* Who was missed when fork events were lost is there now; files that were moved away are back. */
static void reopen(struct live *live)
{
	struct error err = { 0 };
	int r;

	notify_manager("RELOADING=1");
	r = tenants_scan(live->tenants, &err);
	if (r < 0)
		live_view_warn(live, "%s", error_message(&err, r));
	write_on_request(live, LIVE_ALL);
	notify_manager("READY=1");
}

static void take_signals(struct live *live)
{
	struct signalfd_siginfo info;

	while (signals_next(&live->signals, &info))
		switch (info.ssi_signo) {
		case SIGINT:
		case SIGTERM:
		case SIGQUIT:
			live->over = true;
			break;
		case SIGHUP:
			reopen(live);
			break;
		case SIGUSR1:
			write_on_request(live, LIVE_CHANGED);
			break;
		default:
			break;
		}
}

/* Whether everybody who was selected, and came, has gone. */
static bool is_lonely(struct live *live, int64_t now)
{
	bool came = live->run->recording.n_groups > 0 || live->run->options->selection.pids.n > 0;

	if (!selects(live->run->options) || !came || tenants_wanted_alive(live->tenants)) {
		live->lonely_ms = 0;
		return false;
	}
	if (!live->lonely_ms)
		live->lonely_ms = now;
	/* A pid does not come back. */
	return live->run->options->selection.pids.n > 0 || now - live->lonely_ms >= LINGER_MS;
}

/* Whether there is soon no room for more groups, and writing makes some. */
static bool is_crowded(struct live *live, int64_t now)
{
	const size_t asked = live->run->options->groups_max, max = asked ? asked : TENANTS_MAX;

	if (!live_adds(live->run->options) || now < live->crowded_ms ||
	    (live->run->recording.n_groups - live->n_released) * 4 < max * 3)
		return false;
	live->crowded_ms = now + CROWDED_MS;
	return true;
}

static void look_at_clocks(struct live *live)
{
	const int64_t now = time_steady_ms();

	if (live->ends_ms && now >= live->ends_ms)
		live->over = true;
	if (is_lonely(live, now)) {
		live->over = true;
		live->run->facts.ended = "everybody who was selected has gone";
	}
	if (live->over)
		return;
	if (is_crowded(live, now))
		write_between(live, LIVE_CHANGED);
	if (!live->next_ms || now < live->next_ms)
		return;
	write_between(live, LIVE_CHANGED);
	live->next_ms = time_steady_ms() + live->run->options->every_ms;
}

static int follow(struct live *live, struct error *err)
{
	int r = 0;

	while (r >= 0 && !live->over) {
		r = wait_for_events(live, err);
		if (r >= 0)
			r = listener_pump(&live->listener, err);
		if (r < 0)
			return r;
		take_signals(live);
		tenants_sweep(live->tenants);
		listener_look(&live->listener, &live->run->recording.evidence);
		live_evidence_look(live);
		look_at_clocks(live);
		live_view_tick(live);
		if (live->held < 0)
			return error_set(err, live->held, "cannot read audit records: %s",
					 strerror(-live->held));
	}
	return r;
}

/* What was recorded before it had to stop is worth keeping, as incomplete. */
static void keep_following(struct live *live)
{
	struct error err = { 0 };
	int r = follow(live, &err);

	if (r < 0)
		evidence_add(&live->run->recording.evidence, FINDING_INTERRUPTED, 1,
			     error_message(&err, r));
	live_view_clear(live);
	notify_manager("STOPPING=1");
}

int record_live(struct run *run, struct error *err)
{
	struct live live = { .run = run, .signals = { .fd = -1 }, .proc = -1 };
	int r;

	live.listener.backlog.fd = -1;
	r = begin(&live, err);
	if (r >= 0) {
		keep_following(&live);
		r = live_write(&live, LIVE_FINAL, err);
	}
	listener_close(&live.listener);
	signals_close(&live.signals);
	intake_free(live.intake);
	tenants_free(live.tenants);
	live_view_deinit(&live.view);
	for (size_t i = 0; live.groups && i < run->recording.n_groups; i++)
		live_prior_free(&live.groups[i]);
	evidence_deinit(&live.forgotten);
	free(live.groups);
	free(live.group_of);
	if (live.proc >= 0)
		close(live.proc);
	return r;
}
