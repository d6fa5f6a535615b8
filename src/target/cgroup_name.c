/* SPDX-License-Identifier: Apache-2.0 */
#include "target/cgroup_name.h"

#define ID_LENGTH	64 /* SHA-256 in hex: what engines generate */
#define ID_SHOWN	12 /* as `docker ps` and `podman ps` show it */
#define POD_LENGTH_MIN	32 /* a static pod's uid is a bare MD5, others have four dashes */
#define POD_LENGTH_MAX	36
#define POD_PREFIX_SIZE 3

/* One component that names a container: PREFIX id SUFFIX, with an id of 64 hex digits. */
static const struct {
	const char *prefix, *suffix, *engine;
} scopes[] = {
	{ "docker-", ".scope", "docker" }, /* --cgroup-manager systemd, the default on v2 */
	{ "libpod-", ".scope", "podman" },
	{ "libpod-payload-", "", "podman" }, /* --cgroups=split: below the unit's own */
	{ "libpod-", "", "podman" },	     /* --cgroup-manager=cgroupfs */
	{ "crio-", ".scope", "cri-o" },
	{ "crio-", "", "cri-o" },
	{ "cri-containerd-", ".scope", "containerd" },
	{ "nerdctl-", ".scope", "containerd" },
};

/* SLICE:PREFIX:ID, the systemd form of an OCI runtime, where it was taken for a path. */
static const struct {
	const char *prefix, *engine;
} triples[] = {
	{ "docker", "docker" },	     { "libpod", "podman" },
	{ "crio", "cri-o" },	     { "cri-containerd", "containerd" },
	{ "nerdctl", "containerd" },
};

/* A component of 64 hex digits alone: whose it is stands in the one before it. */
static const struct {
	const char *parent, *engine;
} parents[] = {
	{ "docker", "docker" },	     { "libpod_parent", "podman" },
	{ "default", "containerd" }, /* containerd's namespaces: ctr and nerdctl, Kubernetes */
	{ "k8s.io", "containerd" },  { "moby", "containerd" },
};

static const char *const unit_suffixes[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

/* The walk along a path. */
struct walk {
	struct slice path;
	size_t end;	     /* of the component */
	struct slice parent; /* the component before it, "" at first */
	struct slice pod;    /* found on the way */
	struct cgroup_name
		unit; /* the innermost unit that may be the one, kind CGROUP_PLAIN: none */
	bool kubernetes;
	bool relative; /* to a cgroup namespace: what stands above is not seen */
	bool settled;  /* `unit` is the one */
	uint32_t user;
};

static bool ends_with(struct slice text, const char *end)
{
	size_t len = strlen(end);

	return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* What is between prefix and suffix; data NULL when they are not there. */
static struct slice between(struct slice text, const char *prefix, const char *suffix)
{
	size_t front = strlen(prefix), back = strlen(suffix);

	if (text.len < front + back || !slice_starts(text, slice_from(prefix)) ||
	    !ends_with(text, suffix))
		return (struct slice){ NULL, 0 };
	return (struct slice){ text.data + front, text.len - front - back };
}

static bool is_hex(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!((text.data[i] >= '0' && text.data[i] <= '9') ||
		      (text.data[i] >= 'a' && text.data[i] <= 'f')))
			return false;
	return true;
}

static bool is_id(struct slice text)
{
	return text.data && text.len == ID_LENGTH && is_hex(text);
}

static bool is_pod_uid(struct slice text)
{
	if (!text.data || text.len < POD_LENGTH_MIN || text.len > POD_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '-' && text.data[i] != '_' &&
		    !is_hex((struct slice){ text.data + i, 1 }))
			return false;
	return true;
}

/*
 * A path from one pod to another one, as a listener in a pod sees it, has no "kubepods" where the
 * kubelet makes control groups itself: "/../../pod<uid>/<id>", "/../../../burstable/pod<uid>/<id>".
 */
static bool is_beside_a_pod(const struct walk *walk, struct slice component)
{
	return walk->relative &&
	       (walk->parent.len == 0 || slice_is(walk->parent, "burstable") ||
		slice_is(walk->parent, "besteffort")) &&
	       is_pod_uid(between(component, "pod", ""));
}

/* "pod<uid>" and "kubepods-burstable-pod<uid>.slice", where "kubepods" stood or stands. */
static void look_for_pod(struct walk *walk, struct slice component)
{
	struct slice rest = component;

	if (memmem(component.data, component.len, "kubepods", strlen("kubepods")) ||
	    is_beside_a_pod(walk, component))
		walk->kubernetes = true;
	if (!walk->kubernetes)
		return;
	if (ends_with(rest, ".slice"))
		rest.len -= strlen(".slice");
	for (size_t i = 0; i + POD_PREFIX_SIZE < rest.len; i++) {
		struct slice uid = { rest.data + i + POD_PREFIX_SIZE,
				     rest.len - i - POD_PREFIX_SIZE };

		if ((i == 0 || rest.data[i - 1] == '-') &&
		    memcmp(rest.data + i, "pod", POD_PREFIX_SIZE) == 0 && is_pod_uid(uid))
			walk->pod = uid;
	}
}

static const char *find_scope(struct slice component, struct slice *ret_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
		*ret_id = between(component, scopes[i].prefix, scopes[i].suffix);
		if (is_id(*ret_id))
			return scopes[i].engine;
	}
	return NULL;
}

static const char *find_triple(struct slice component, struct slice *ret_id)
{
	const char *last = memrchr(component.data, ':', component.len);
	struct slice front;

	if (!last)
		return NULL;
	front = (struct slice){ component.data, (size_t)(last - component.data) };
	*ret_id = (struct slice){ last + 1, component.len - front.len - 1 };
	if (!is_id(*ret_id))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(triples); i++) {
		size_t len = strlen(triples[i].prefix);

		if (front.len > len && ends_with(front, triples[i].prefix) &&
		    front.data[front.len - len - 1] == ':')
			return triples[i].engine;
	}
	return NULL;
}

static const char *find_bare(const struct walk *walk, struct slice component, struct slice *ret_id)
{
	*ret_id = component;
	if (!is_id(component))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(parents); i++)
		if (slice_is(walk->parent, parents[i].parent))
			return parents[i].engine;
	return walk->pod.len ? "cri" : "oci";
}

/* LXC and systemd-nspawn, whose containers have names. */
static const char *find_named(const struct walk *walk, struct slice component, struct slice *ret_id)
{
	*ret_id = component;
	if (slice_is(walk->parent, "lxc") || slice_is(walk->parent, "lxc.payload"))
		return "lxc";
	*ret_id = between(component, "lxc.payload.", "");
	if (ret_id->len)
		return "lxc";
	*ret_id = between(component, "machine-", ".scope");
	if (ret_id->len && slice_starts(*ret_id, SLICE("lxc\\x2d")))
		return "libvirt-lxc";
	/* libvirt's virtual machines are registered, too, but the process is qemu. */
	if (ret_id->len && !slice_starts(*ret_id, SLICE("qemu\\x2d")))
		return "nspawn";
	*ret_id = between(walk->parent, "systemd-nspawn@", ".service");
	return ret_id->len && slice_is(component, "payload") ? "nspawn" : NULL;
}

static const char *find_container(const struct walk *walk, struct slice component,
				  struct slice *ret_id)
{
	const char *engine = find_scope(component, ret_id);

	if (!engine)
		engine = find_triple(component, ret_id);
	if (!engine)
		engine = find_bare(walk, component, ret_id);
	return engine ? engine : find_named(walk, component, ret_id);
}

static bool is_unit(struct slice component)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_suffixes); i++)
		if (component.len > strlen(unit_suffixes[i]) &&
		    ends_with(component, unit_suffixes[i]))
			return true;
	return false;
}

/* Slices, then a unit, then what the unit itself made. Below a user's manager it begins again. */
static void look_for_unit(struct walk *walk, struct slice component)
{
	struct slice user = between(component, "user-", ".slice");
	bool manager = between(component, "user@", ".service").len > 0;
	uint64_t number;

	if (user.len && slice_to_u64(user, 10, &number) == 0 && number < CGROUP_NO_USER)
		walk->user = (uint32_t)number;
	if (walk->settled || ends_with(component, ".slice"))
		return;
	/* The manager's own process: it stays with the manager's unit. */
	if (walk->unit.kind == CGROUP_UNIT && slice_is(component, "init.scope"))
		walk->settled = true;
	/* cgroups that would look like a file of the kernel's are escaped (systemd's
	 * CGROUP_DELEGATION) */
	if (component.len && component.data[0] == '_')
		component = (struct slice){ component.data + 1, component.len - 1 };
	if (walk->settled || !is_unit(component)) {
		walk->settled = true;
		return;
	}
	walk->unit = (struct cgroup_name){
		.kind = between(component, "session-", ".scope").len && walk->user != CGROUP_NO_USER
				? CGROUP_SESSION
				: CGROUP_UNIT,
		.id = component,
		.path = { walk->path.data, walk->end },
		.user = walk->user,
	};
	walk->settled = !manager;
}

/* The next component, "" at the end. */
static struct slice next_component(struct walk *walk)
{
	size_t start = walk->end;

	while (start < walk->path.len && walk->path.data[start] == '/')
		start++;
	walk->end = start;
	while (walk->end < walk->path.len && walk->path.data[walk->end] != '/')
		walk->end++;
	return (struct slice){ walk->path.data + start, walk->end - start };
}

void cgroup_name_parse(struct slice path, struct cgroup_name *ret)
{
	struct walk walk = { .path = path, .user = CGROUP_NO_USER };
	struct slice component;

	while ((component = next_component(&walk)).len) {
		const char *engine;
		struct slice id;

		if (slice_is(component, "..")) {
			walk.relative = true;
			continue;
		}
		look_for_pod(&walk, component);
		engine = find_container(&walk, component, &id);
		if (engine) {
			*ret = (struct cgroup_name){
				.kind = CGROUP_CONTAINER,
				.engine = engine,
				.id = id,
				.pod = walk.pod,
				.path = { path.data, walk.end },
				.user = walk.user,
			};
			return;
		}
		look_for_unit(&walk, component);
		walk.parent = component;
	}
	*ret = walk.unit;
	if (ret->kind == CGROUP_PLAIN)
		*ret = (struct cgroup_name){ .path = path, .user = walk.user };
}

/* How much a hierarchy counts among those that say the same. */
static int weight(struct slice controllers)
{
	return controllers.len == 0 ? 2 : slice_is(controllers, "name=systemd") ? 1 : 0;
}

void cgroup_name_choose(struct slice file, struct cgroup_name *ret)
{
	int best = -1;

	*ret = (struct cgroup_name){ .user = CGROUP_NO_USER };
	while (file.len) {
		const char *end = memchr(file.data, '\n', file.len);
		size_t len = end ? (size_t)(end - file.data) : file.len;
		const char *first = memchr(file.data, ':', len);
		const char *second =
			first ? memchr(first + 1, ':', len - (size_t)(first + 1 - file.data))
			      : NULL;
		struct cgroup_name name;
		int w;

		if (second) {
			w = weight((struct slice){ first + 1, (size_t)(second - first - 1) });
			cgroup_name_parse((struct slice){ second + 1,
							  (size_t)(file.data + len - second - 1) },
					  &name);
			if (best < 0 || name.kind > ret->kind ||
			    (name.kind == ret->kind && w > best)) {
				*ret = name;
				best = w;
			}
		}
		len += end ? 1 : 0;
		file = (struct slice){ file.data + len, file.len - len };
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void cgroup_name_put_id(const struct cgroup_name *name, struct strbuf *ret)
{
	bool escaped = name->engine && !is_id(name->id);

	for (size_t i = 0; i < name->id.len; i++) {
		const char *c = name->id.data + i;

		if (escaped && name->id.len - i >= 4 && c[0] == '\\' && c[1] == 'x' &&
		    hex_digit(c[2]) >= 0 && hex_digit(c[3]) >= 0) {
			strbuf_putc(ret, (char)(hex_digit(c[2]) << 4 | hex_digit(c[3])));
			i += 3;
		} else {
			strbuf_putc(ret, *c);
		}
	}
}

void cgroup_name_put_pod(const struct cgroup_name *name, struct strbuf *ret)
{
	for (size_t i = 0; i < name->pod.len; i++)
		strbuf_putc(ret, name->pod.data[i] == '_' ? '-' : name->pod.data[i]);
}

void cgroup_name_put(const struct cgroup_name *name, struct strbuf *ret)
{
	_cleanup_strbuf_ struct strbuf id = { 0 };

	if (name->kind == CGROUP_PLAIN)
		return;
	/* user@1000.service itself is the system's, and so is a session, but their slice is the
	 * user's. */
	if (name->user != CGROUP_NO_USER)
		strbuf_printf(ret, "user-%lu:", (unsigned long)name->user);
	if (name->pod.len) {
		strbuf_puts(ret, "pod-");
		cgroup_name_put_pod(name, ret);
		strbuf_putc(ret, ':');
	}
	if (name->engine)
		strbuf_printf(ret, "%s-", name->engine);
	cgroup_name_put_id(name, &id);
	if (!strbuf_text(&id)) {
		ret->failed = true;
		return;
	}
	strbuf_put_shown(ret, (struct slice){ id.data, is_id(name->id) ? ID_SHOWN : id.len });
}
