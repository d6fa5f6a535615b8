/* SPDX-License-Identifier: Apache-2.0 */
#include "target/fork_events.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_BUFFER (16 * 1024 * 1024)
#define ACK_WAIT_MS    1000
#define DRAIN_SLACK_NS 10000000 /* events of different CPUs are queued only about in order */

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

/*
 * Lets only forks of whole processes (not threads) and answers into the queue, and ends: of every
 * thread, because the first one may be survived by others.
 */
static int attach_filter(int fd, bool ends)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, EVENT_AT(what)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROC_EVENT_NONE, 6, 0),
		/* no event has all bits set */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ends ? htonl(PROC_EVENT_EXIT) : UINT32_MAX, 5,
			 0),
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

static int send_request(const struct fork_events *events, enum proc_cn_mcast_op op)
{
	struct datagram request = {
		.header = { .nlmsg_type = NLMSG_DONE },
		.id = { CN_IDX_PROC, CN_VAL_PROC },
		.ack = events->request,
		.len = sizeof(op),
	};

	/* Not a byte more: kernels before 6.6 pass over a request of any other length. */
	request.header.nlmsg_len = offsetof(struct datagram, data) + sizeof(op);
	memcpy(request.data, &op, sizeof(op));
	if (send(events->fd, &request, request.header.nlmsg_len, 0) < 0)
		return -errno;
	return 0;
}

/* Takes the next event: 1, 0 when nothing waits, or an error. What another process may have sent is
 * passed over. */
static int receive(struct fork_events *events, struct proc_event *ret, uint32_t *ret_ack)
{
	for (;;) {
		struct datagram datagram = { 0 };
		struct sockaddr_nl sender = { 0 };
		socklen_t size = sizeof(sender);
		ssize_t n = recvfrom(events->fd, &datagram, sizeof(datagram), MSG_DONTWAIT,
				     (struct sockaddr *)&sender, &size);

		if (n < 0 && (errno == EINTR || errno == ENOBUFS)) {
			events->overflows += errno == ENOBUFS;
			continue;
		}
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (size != sizeof(sender) || sender.nl_pid != 0 || n < EVENT_SIZE_MIN ||
		    datagram.id.idx != CN_IDX_PROC || datagram.id.val != CN_VAL_PROC)
			continue;
		memcpy(ret, datagram.data, sizeof(*ret));
		*ret_ack = datagram.ack;
		return 1;
	}
}

/*
 * The kernel answers a LISTEN with an event that has its `ack` and one more, and all who listen get
 * it (cn_proc_ack(), drivers/connector/cn_proc.c). Outside the init namespaces it is silent.
 */
static int await_answer(struct fork_events *events)
{
	struct pollfd poller = { .fd = events->fd, .events = POLLIN };
	struct proc_event event;
	uint32_t ack;
	int r;

	while ((r = poll(&poller, 1, ACK_WAIT_MS)) != 0) {
		if (r < 0 && errno != EINTR)
			return -errno;
		r = receive(events, &event, &ack);
		if (r < 0)
			return r;
		if (r > 0 && event.what == PROC_EVENT_NONE && ack == events->request + 1)
			return -(int)event.event_data.ack.err;
	}
	return -EPERM;
}

static int listen_to_forks(struct fork_events *events, bool ends)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	const int size = RECEIVE_BUFFER;
	int r;

	events->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
	if (events->fd < 0)
		return -errno;
	if (setsockopt(events->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    bind(events->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	r = attach_filter(events->fd, ends);
	if (r == 0)
		r = send_request(events, PROC_CN_MCAST_LISTEN);
	return r < 0 ? r : await_answer(events);
}

int fork_events_open(struct fork_events *events, bool ends, struct error *err)
{
	int r;

	*events = (struct fork_events){ .fd = -1 };
	if (getrandom(&events->request, sizeof(events->request), 0) < 0)
		return error_set(err, -errno, "no random number is to be had: %m");
	r = listen_to_forks(events, ends);
	/* The connector of another network namespace has no kernel behind it. */
	if (r == -EPERM || r == -ECONNREFUSED)
		return error_set(err, -EPERM,
				 "the kernel tells of forks only to CAP_NET_ADMIN in the "
				 "initial user, pid and network namespaces");
	return r < 0 ? error_set(err, r, "cannot listen to the kernel's fork events: %s",
				 strerror(-r))
		     : 0;
}

void fork_events_close(struct fork_events *events)
{
	if (events->fd < 0)
		return;
	/* Nothing can be done about a failure, and the descriptor goes anyway. */
	(void)send_request(events, PROC_CN_MCAST_IGNORE);
	close(events->fd);
	events->fd = -1;
}

int fork_events_next(struct fork_events *events, struct fork_event *ret)
{
	struct proc_event event;
	uint32_t ack;
	int r;

	do
		r = receive(events, &event, &ack);
	while (r > 0 && event.what != PROC_EVENT_FORK && event.what != PROC_EVENT_EXIT);
	if (r <= 0)
		return r;
	*ret = (struct fork_event){ .time_ns = event.timestamp_ns };
	ret->ended = event.what == PROC_EVENT_EXIT;
	if (ret->ended) {
		ret->pid = event.event_data.exit.process_tgid;
	} else {
		ret->pid = event.event_data.fork.child_tgid;
		ret->parent = event.event_data.fork.parent_tgid;
	}
	return 1;
}

uint64_t fork_events_until(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec + DRAIN_SLACK_NS;
}

uint64_t fork_events_drops(const struct fork_events *events)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof(info);

	if (getsockopt(events->fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0 ||
	    size <= SK_MEMINFO_DROPS * sizeof(info[0]))
		return events->overflows;
	return info[SK_MEMINFO_DROPS];
}
