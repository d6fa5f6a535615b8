/* SPDX-License-Identifier: Apache-2.0 */
#include "target/tenants.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "target/cgroup_name.h"
#include "target/process_look.h"
#include "target/tenants_private.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define NAME_SHOWN    180 /* bytes of a name, so that it fits into a file's */
#define ID_PREFIX_MIN 4	  /* of an id that is given by its beginning */
#define DESCRIPTORS   (TENANTS_NAMESPACES_MAX + 64)

struct tenants *tenants_free(struct tenants *tenants)
{
	if (!tenants)
		return NULL;
	fork_events_close(&tenants->events);
	processes_deinit(&tenants->processes);
	for (size_t i = 0; i < tenants->n; i++)
		tenant_deinit(&tenants->items[i]);
	for (size_t i = 0; i < tenants->n_namespaces; i++)
		close(tenants->namespaces[i].fd);
	tenant_index_deinit(&tenants->names);
	tenant_index_deinit(&tenants->keys);
	free(tenants->items);
	free(tenants->vacant);
	free(tenants->namespaces);
	free(tenants->sessions);
	free(tenants->own_cgroup);
	free(tenants);
	return NULL;
}

/* Each pid namespace is held by a descriptor; the usual limit of 1024 is for them, too. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* The control group that our own process is in tells nobody apart, when we are in a container. */
static int know_ourselves(struct tenants *tenants)
{
	char text[PROCESS_CGROUP_MAX];
	struct cgroup_name name;
	ssize_t len = process_cgroup(tenants->options.proc, getpid(), text);

	tenants->host_namespace = process_namespace(tenants->options.proc, getpid(), "pid");
	if (len <= 0)
		return 0;
	cgroup_name_choose((struct slice){ text, (size_t)len }, &name);
	if (name.kind == CGROUP_PLAIN)
		return 0;
	tenants->own_cgroup = slice_copy(name.path);
	return tenants->own_cgroup ? 0 : -ENOMEM;
}

int tenants_new(struct tenants **ret, const struct tenants_options *options, struct error *err)
{
	struct tenants *tenants = calloc(1, sizeof(*tenants));
	int r;

	if (!tenants)
		return error_memory(err);
	tenants->options = *options;
	tenants->events.fd = -1;
	if (!tenants->options.max)
		tenants->options.max = TENANTS_MAX;
	if (!tenants->options.processes_max)
		tenants->options.processes_max = TENANTS_PROCESSES_MAX;
	allow_descriptors();
	r = processes_init(&tenants->processes, tenants->options.processes_max);
	if (r >= 0)
		r = know_ourselves(tenants);
	if (r < 0)
		error_memory(err);
	if (r >= 0)
		r = fork_events_open(&tenants->events, true, err);
	if (r >= 0)
		r = tenants_scan(tenants, err);
	if (r < 0) {
		tenants_free(tenants);
		return r;
	}
	*ret = tenants;
	return 0;
}

int tenants_fd(const struct tenants *tenants)
{
	return tenants->events.fd;
}

struct tenant *tenants_at(const struct tenants *tenants, uint32_t number)
{
	return &tenants->items[number];
}

size_t tenants_processes(const struct tenants *tenants)
{
	return tenants->processes.n;
}

void tenants_losses(const struct tenants *tenants, struct tenants_losses *ret)
{
	*ret = tenants->losses;
	ret->fork_events = fork_events_drops(&tenants->events);
	ret->fork_events_mended = tenants->drops_mended;
}

/* Names */

static void put_plain(struct strbuf *name, struct slice text)
{
	if (text.len == 0 || text.data[0] == '.' || text.data[0] == '-')
		strbuf_putc(name, '_');
	for (size_t i = 0; i < text.len && name->len < NAME_SHOWN; i++) {
		char c = text.data[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || (c != '\0' && strchr("._:@+-", c));

		strbuf_putc(name, plain ? c : '_');
	}
}

/* The name, with a number behind it when another has it. Who changes its name may change it back.
 */
static char *take_name(struct tenants *tenants, struct slice wanted, uint32_t tenant)
{
	for (unsigned int i = 1;; i++) {
		_cleanup_strbuf_ struct strbuf name = { 0 };
		struct slice text;
		uint32_t owner;

		put_plain(&name, wanted);
		if (i > 1)
			strbuf_printf(&name, "+%u", i);
		if (!strbuf_text(&name))
			return NULL;
		text = slice_from(strbuf_text(&name));
		owner = tenants_find(tenants, &tenants->names, text);
		if (owner != TENANT_NONE && owner != tenant)
			continue;
		return tenant_index_put(&tenants->names, text, tenant) < 0 ? NULL
									   : strbuf_steal(&name);
	}
}

int tenants_rename(struct tenants *tenants, uint32_t number, struct slice name)
{
	struct tenant *tenant = &tenants->items[number];
	char *taken = take_name(tenants, name, number);

	if (!taken)
		return -ENOMEM;
	free(tenant->name);
	tenant->name = taken;
	return 0;
}

/* Selection */

static bool matches(const struct tenant_patterns *patterns, const char *text)
{
	for (size_t i = 0; text && i < patterns->n; i++)
		if (fnmatch(patterns->items[i], text, 0) == 0)
			return true;
	return false;
}

static bool is_container(const struct tenants *tenants, const struct tenant *tenant)
{
	const struct tenant_patterns *patterns = &tenants->options.containers;

	if (tenant->kind != TENANT_CONTAINER && tenant->kind != TENANT_NAMESPACE)
		return false;
	for (size_t i = 0; tenant->id && i < patterns->n; i++) {
		size_t len = strlen(patterns->items[i]);

		if (len >= ID_PREFIX_MIN && strncmp(tenant->id, patterns->items[i], len) == 0)
			return true;
	}
	return matches(patterns, tenant->id) || matches(patterns, tenant->title) ||
	       matches(patterns, tenant->name);
}

/* "nginx" is nginx.service, as systemctl(1) has it. */
static bool is_unit(const struct tenants *tenants, const struct tenant *tenant)
{
	const struct tenant_patterns *patterns = &tenants->options.units;

	if (tenant->kind != TENANT_UNIT)
		return false;
	for (size_t i = 0; i < patterns->n; i++) {
		size_t len = strlen(patterns->items[i]);

		if (strncmp(tenant->id, patterns->items[i], len) == 0 &&
		    strcmp(tenant->id + len, ".service") == 0)
			return true;
	}
	return matches(patterns, tenant->id) || matches(patterns, tenant->name);
}

bool tenants_select(const struct tenants *tenants)
{
	return tenants->options.containers.n > 0 || tenants->options.units.n > 0;
}

static bool is_wanted(const struct tenants *tenants, const struct tenant *tenant)
{
	return !tenants_select(tenants) || is_container(tenants, tenant) ||
	       is_unit(tenants, tenant);
}

/* The table */

static char *copy_or_null(struct slice text, int *r)
{
	char *copy = text.len ? slice_copy(text) : NULL;

	if (text.len && !copy)
		*r = -ENOMEM;
	return copy;
}

static int make_tenant(struct tenants *tenants, const struct tenant_facts *facts, uint32_t *ret)
{
	struct tenant tenant = { .kind = facts->kind,
				 .pid = facts->pid,
				 .began_ms = facts->start.ms,
				 .since_ms = facts->start.since_ms,
				 .before = facts->start.before,
				 .alive = true };
	uint32_t number;
	int r = tenants_number(tenants, &number);

	tenant.final = facts->kind == TENANT_CONTAINER || facts->kind == TENANT_UNIT;
	if (r < 0)
		return r;
	tenant.id = copy_or_null(facts->id, &r);
	tenant.title = copy_or_null(facts->title, &r);
	if (r >= 0) {
		tenant.name = take_name(tenants, facts->name, number);
		r = tenant.name ? 0 : -ENOMEM;
	}
	if (r < 0) {
		tenant_deinit(&tenant);
		return r;
	}
	tenant.wanted = is_wanted(tenants, &tenant);
	if (number == tenants->n) {
		tenants->n++;
	} else {
		tenants->n_vacant--;
		tenants->n_released--;
	}
	tenants->items[number] = tenant;
	*ret = number;
	return 0;
}

bool tenants_began_before(const struct tenants *tenants, uint32_t number)
{
	return tenants->items[number].before;
}

int tenants_get(struct tenants *tenants, const struct tenant_facts *facts, uint32_t *ret)
{
	uint32_t known = TENANT_NONE;
	int r;

	if (facts->key.len)
		known = tenants_find(tenants, &tenants->keys, facts->key);
	if (known != TENANT_NONE) {
		*ret = known;
		tenants_revive(tenants, known);
		tenants_note_start(tenants, known, &facts->start);
		return 0;
	}
	if (!tenants_have_room(tenants))
		return -E2BIG;
	r = make_tenant(tenants, facts, ret);
	if (r >= 0 && facts->key.len)
		r = tenant_index_put(&tenants->keys, facts->key, *ret);
	return r;
}

void tenants_assign(struct tenants *tenants, uint32_t number, uint32_t tenant)
{
	struct process *process = processes_get(&tenants->processes, number);

	if (process->pid != 1)
		process->target = tenant;
}

int tenants_own(struct tenants *tenants, uint32_t number, struct slice comm, uint32_t *ret)
{
	const struct process *process = processes_get(&tenants->processes, number);
	_cleanup_strbuf_ struct strbuf name = { 0 };
	struct tenant_facts facts = { .kind = TENANT_PROCESS,
				      .pid = process->pid,
				      .start = tenants_start_of_line(tenants, number) };

	/* No other is asked about more than once. */
	if (process->pid == 1)
		facts.key = SLICE("1");

	strbuf_append(&name, comm.data, comm.len);
	strbuf_printf(&name, "-%d", (int)process->pid);
	if (!strbuf_text(&name))
		return -ENOMEM;
	facts.name = (struct slice){ name.data, name.len };
	return tenants_get(tenants, &facts, ret);
}
