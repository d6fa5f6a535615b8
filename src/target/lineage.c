/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bits for each pid that a kernel can give: `followed` is set when its last fork event had a
 * followed parent, cleared when it had another; the others are what a judge said of it. So exits
 * need not be known, a process that has gone is remembered until its pid is given again, and memory
 * is what it is from the start.
 */
#include "target/lineage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PID_END	       (4 * 1024 * 1024) /* PID_MAX_LIMIT, include/linux/threads.h */
#define RECEIVE_BUFFER (16 * 1024 * 1024)
#define ACK_WAIT_MS    1000
#define DRAIN_SLACK_NS 10000000 /* events of different CPUs are queued only about in order */

struct lineage {
	int fd;
	pid_t self;
	bool adopts;	    /* a child of this very process is followed, and so are its siblings */
	uint64_t overflows; /* for where the socket's own counter cannot be had */
	enum kin (*judge)(const void *context, pid_t pid, pid_t parent); /* or NULL */
	const void *judge_context;
	uint64_t followed[PID_END / 64];
	uint64_t excluded[PID_END / 64];
	uint64_t sealed[PID_END / 64];
	uint64_t entering[PID_END / 64];
};

/* How a connector datagram lies in memory. Its event is not aligned. */
struct datagram {
	struct nlmsghdr header;
	struct cb_id id;
	uint32_t seq, ack;
	uint16_t len, flags; /* up to here struct cn_msg, which cannot be a member */
	unsigned char data[sizeof(struct proc_event)];
} __attribute__((packed));

#define EVENT_AT(member) (offsetof(struct datagram, data) + offsetof(struct proc_event, member))
#define EVENT_SIZE_MIN	 ((ssize_t)(EVENT_AT(event_data) + sizeof(struct fork_proc_event)))

static bool bit_is_set(const uint64_t *bits, pid_t pid)
{
	return pid > 0 && pid < PID_END && (bits[pid / 64] >> (pid % 64) & 1);
}

static void set_bit(uint64_t *bits, pid_t pid, bool value)
{
	const uint64_t bit = 1ULL << (pid % 64);

	if (value)
		bits[pid / 64] |= bit;
	else
		bits[pid / 64] &= ~bit;
}

bool lineage_has(const struct lineage *lineage, pid_t pid)
{
	return bit_is_set(lineage->followed, pid);
}

bool lineage_excludes(const struct lineage *lineage, pid_t pid)
{
	return bit_is_set(lineage->excluded, pid);
}

bool lineage_enters(const struct lineage *lineage, pid_t pid)
{
	return bit_is_set(lineage->entering, pid);
}

void lineage_mark(struct lineage *lineage, pid_t pid, enum kin kin)
{
	if (pid <= 0 || pid >= PID_END)
		return;
	set_bit(lineage->followed, pid, kin == KIN_OURS);
	set_bit(lineage->excluded, pid, kin == KIN_STRANGER || kin == KIN_SEALED);
	set_bit(lineage->sealed, pid, kin == KIN_SEALED);
	set_bit(lineage->entering, pid, kin == KIN_ENTERING);
}

void lineage_set_judge(struct lineage *lineage,
		       enum kin (*judge)(const void *context, pid_t pid, pid_t parent),
		       const void *context)
{
	lineage->judge = judge;
	lineage->judge_context = context;
}

pid_t lineage_next_alive(const struct lineage *lineage, pid_t from)
{
	for (pid_t word = from / 64; word < PID_END / 64; word++) {
		if (!lineage->followed[word])
			continue;
		for (pid_t pid = word * 64; pid < word * 64 + 64; pid++)
			if (pid >= from && lineage_has(lineage, pid) &&
			    (kill(pid, 0) == 0 || errno == EPERM))
				return pid;
	}
	return 0;
}

/* Lets only forks of whole processes (not threads) and answers into the queue. */
static int attach_filter(int fd)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, EVENT_AT(what)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROC_EVENT_NONE, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(PROC_EVENT_FORK), 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, EVENT_AT(event_data.fork.child_pid)),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, EVENT_AT(event_data.fork.child_tgid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog filter = { .len = ARRAY_SIZE(program), .filter = program };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0 ? -errno
											 : 0;
}

static int send_request(int fd, enum proc_cn_mcast_op op)
{
	struct datagram request = {
		.header = { .nlmsg_type = NLMSG_DONE },
		.id = { CN_IDX_PROC, CN_VAL_PROC },
		.len = sizeof(op),
	};

	/* Not a byte more: kernels before 6.6 pass over a request of any other length. */
	request.header.nlmsg_len = offsetof(struct datagram, data) + sizeof(op);
	memcpy(request.data, &op, sizeof(op));
	if (send(fd, &request, request.header.nlmsg_len, 0) < 0)
		return -errno;
	return 0;
}

/* Takes the next event: 1, 0 when nothing waits, or an error. What another process may have sent is
 * passed over. */
static int receive(struct lineage *lineage, struct proc_event *ret)
{
	for (;;) {
		struct datagram datagram = { 0 };
		struct sockaddr_nl sender = { 0 };
		socklen_t size = sizeof(sender);
		ssize_t n = recvfrom(lineage->fd, &datagram, sizeof(datagram), MSG_DONTWAIT,
				     (struct sockaddr *)&sender, &size);

		if (n < 0 && (errno == EINTR || errno == ENOBUFS)) {
			lineage->overflows += errno == ENOBUFS;
			continue;
		}
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (size != sizeof(sender) || sender.nl_pid != 0 || n < EVENT_SIZE_MIN ||
		    datagram.id.idx != CN_IDX_PROC || datagram.id.val != CN_VAL_PROC)
			continue;
		memcpy(ret, datagram.data, sizeof(*ret));
		return 1;
	}
}

/* The kernel answers a LISTEN with an event of its own; outside the init namespaces it is silent.
 */
static int await_answer(struct lineage *lineage)
{
	struct pollfd poller = { .fd = lineage->fd, .events = POLLIN };
	struct proc_event event;
	int r;

	while ((r = poll(&poller, 1, ACK_WAIT_MS)) != 0) {
		if (r < 0 && errno != EINTR)
			return -errno;
		r = receive(lineage, &event);
		if (r < 0)
			return r;
		if (r > 0 && event.what == PROC_EVENT_NONE)
			return -(int)event.event_data.ack.err;
	}
	return -EPERM;
}

static int listen_to_forks(struct lineage *lineage)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	const int size = RECEIVE_BUFFER;
	int r;

	lineage->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
	if (lineage->fd < 0)
		return -errno;
	if (setsockopt(lineage->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    bind(lineage->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	r = attach_filter(lineage->fd);
	if (r == 0)
		r = send_request(lineage->fd, PROC_CN_MCAST_LISTEN);
	return r < 0 ? r : await_answer(lineage);
}

int lineage_open(struct lineage **ret, struct error *err)
{
	struct lineage *lineage = calloc(1, sizeof(*lineage));
	int r;

	if (!lineage)
		return error_memory(err);
	lineage->self = getpid();
	r = listen_to_forks(lineage);
	if (r < 0) {
		lineage_close(lineage);
		/* The connector of another network namespace has no kernel behind it. */
		if (r == -EPERM || r == -ECONNREFUSED)
			return error_set(err, -EPERM,
					 "the kernel tells of forks only to CAP_NET_ADMIN in the "
					 "initial user, pid and network namespaces");
		return error_set(err, r, "cannot listen to the kernel's fork events: %s",
				 strerror(-r));
	}
	*ret = lineage;
	return 0;
}

struct lineage *lineage_close(struct lineage *lineage)
{
	if (!lineage)
		return NULL;
	if (lineage->fd >= 0) {
		/* Nothing can be done about a failure, and the descriptor goes anyway. */
		(void)send_request(lineage->fd, PROC_CN_MCAST_IGNORE);
		close(lineage->fd);
	}
	free(lineage);
	return NULL;
}

/* Who was on its way when it was born may have arrived before it forked. */
static void look_again(struct lineage *lineage, pid_t pid)
{
	enum kin kin = lineage->judge ? lineage->judge(lineage->judge_context, pid, 0) : KIN_GONE;

	if (kin != KIN_GONE)
		lineage_mark(lineage, pid, kin);
}

static enum kin kin_of_child(const struct lineage *lineage, pid_t child, pid_t parent)
{
	enum kin kin = KIN_GONE;

	if (lineage_has(lineage, parent))
		return KIN_OURS;
	if (bit_is_set(lineage->sealed, parent))
		return KIN_SEALED;
	if (lineage->judge)
		kin = lineage->judge(lineage->judge_context, child, parent);
	return kin == KIN_GONE && lineage_enters(lineage, parent) ? KIN_ENTERING : kin;
}

static void take_fork(struct lineage *lineage, const struct fork_proc_event *event)
{
	enum kin kin;

	if (lineage_enters(lineage, event->parent_tgid))
		look_again(lineage, event->parent_tgid);
	/* CLONE_PARENT gives a command's child to us, as far as the event goes. */
	if (event->parent_tgid == lineage->self)
		kin = lineage->adopts ? KIN_OURS : KIN_STRANGER;
	else
		kin = kin_of_child(lineage, event->child_tgid, event->parent_tgid);
	lineage_mark(lineage, event->child_tgid, kin);
}

int lineage_drain(struct lineage *lineage, struct error *err)
{
	struct proc_event event;
	struct timespec now;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &now);
	const uint64_t until =
		(uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec + DRAIN_SLACK_NS;
	/* Who forks without end must not keep us here: what is younger than the call can wait. */
	while ((r = receive(lineage, &event)) > 0) {
		if (event.what == PROC_EVENT_FORK)
			take_fork(lineage, &event.event_data.fork);
		if (event.timestamp_ns > until)
			break;
	}
	return r < 0 ? error_set(err, r, "cannot read fork events: %s", strerror(-r)) : 0;
}

static bool is_child(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int lineage_follow(struct lineage *lineage, pid_t pid)
{
	int r;

	if (pid <= 0 || pid >= PID_END)
		return -EINVAL;
	/* The event of its own birth may still wait and would take the mark away again. */
	r = lineage_drain(lineage, NULL);
	if (r < 0)
		return r;
	lineage->adopts |= is_child(pid);
	lineage_mark(lineage, pid, KIN_OURS);
	return 0;
}

uint64_t lineage_drops(const struct lineage *lineage)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof(info);

	if (getsockopt(lineage->fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0 ||
	    size <= SK_MEMINFO_DROPS * sizeof(info[0]))
		return lineage->overflows;
	return info[SK_MEMINFO_DROPS];
}

int lineage_fd(const struct lineage *lineage)
{
	return lineage->fd;
}
