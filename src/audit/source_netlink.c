/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/source_netlink.h"

#include "base/cleanup.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* A header and MAX_AUDIT_MESSAGE_LENGTH (8970, libaudit.h), rounded up. */
#define MESSAGE_SIZE 9216
/* Messages a recvmmsg(2), and such batches a source_netlink_read(). */
#define BATCH_SIZE 64
#define BATCHES	   16

struct source_netlink {
	int fd;
	size_t buffer;	  /* granted, bytes */
	uint64_t unnamed; /* ENOBUFS that SO_MEMINFO did not count */
	uint32_t drops;	  /* SK_MEMINFO_DROPS as last read */
	struct mmsghdr headers[BATCH_SIZE];
	struct iovec vectors[BATCH_SIZE];
	struct sockaddr_nl senders[BATCH_SIZE];
	char messages[BATCH_SIZE][MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
};

struct source_netlink *source_netlink_close(struct source_netlink *source)
{
	if (!source)
		return NULL;
	if (source->fd >= 0)
		close(source->fd);
	free(source);
	return NULL;
}

static void source_netlink_closep(struct source_netlink **source)
{
	source_netlink_close(*source);
}

/*
 * The kernel multicasts in the first network namespace only, but lets one join in all of them. The
 * file's inode number belongs to the namespace and, unlike /proc/1/ns/net, may be seen by anybody.
 */
static int check_namespace(struct error *err)
{
	struct stat first, own;

	if (stat("/proc/1/net/dev", &first) < 0 || stat("/proc/self/net/dev", &own) < 0)
		return 0;
	if (first.st_ino == own.st_ino && first.st_dev == own.st_dev)
		return 0;
	return error_set(
		err, -ECONNREFUSED,
		"audit records reach only the host's network namespace and this is another "
		"one: run it on the host, or in a container with --network=host");
}

static int open_socket(struct source_netlink *source, struct error *err)
{
	source->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT);
	if (source->fd >= 0)
		return 0;
	if (errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT)
		return error_set(err, -EPROTONOSUPPORT,
				 "no audit in this kernel, or this sandbox hides it (it takes "
				 "CONFIG_AUDIT=y and no audit=0 on the kernel's command line)");
	return error_set(err, -errno, "cannot open an audit socket: %s", strerror(errno));
}

static int join_group(struct source_netlink *source, struct error *err)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int group = AUDIT_NLGRP_READLOG;
	int r = bind(source->fd, (struct sockaddr *)&address, sizeof(address));

	if (r == 0)
		r = setsockopt(source->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			       sizeof(group));
	if (r == 0)
		return 0;
	if (errno == EPERM)
		return error_set(
			err, -EPERM,
			"not allowed to read audit records: it takes CAP_AUDIT_READ on the host "
			"(not only in a user namespace): run it as root");
	return error_set(err, -errno, "cannot join the audit multicast group: %s", strerror(errno));
}

/* Without CAP_NET_ADMIN the limit is net.core.rmem_max. The kernel grants twice what is asked for.
 */
static int enlarge_buffer(struct source_netlink *source, size_t wanted, struct error *err)
{
	int size = wanted < INT32_MAX / 2 ? (int)wanted : INT32_MAX / 2;
	socklen_t len = sizeof(size);

	if (setsockopt(source->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(source->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (getsockopt(source->fd, SOL_SOCKET, SO_RCVBUF, &size, &len) < 0)
		return error_set(err, -errno, "cannot read the size of the receive buffer: %s",
				 strerror(errno));
	source->buffer = (size_t)size;
	return 0;
}

static void prepare_batch(struct source_netlink *source)
{
	for (size_t i = 0; i < BATCH_SIZE; i++) {
		source->vectors[i] = (struct iovec){ source->messages[i], MESSAGE_SIZE };
		source->headers[i].msg_hdr = (struct msghdr){
			.msg_name = &source->senders[i],
			.msg_namelen = sizeof(source->senders[i]),
			.msg_iov = &source->vectors[i],
			.msg_iovlen = 1,
		};
	}
}

int source_netlink_open(struct source_netlink **ret, size_t receive_buffer, struct error *err)
{
	_cleanup_(source_netlink_closep) struct source_netlink *source = calloc(1, sizeof(*source));
	int r;

	if (!source)
		return error_memory(err);
	source->fd = -1;
	r = open_socket(source, err);
	if (r == 0)
		r = check_namespace(err);
	if (r == 0)
		r = enlarge_buffer(source, receive_buffer, err);
	if (r == 0)
		r = join_group(source, err);
	if (r < 0)
		return r;
	prepare_batch(source);
	*ret = source;
	source = NULL;
	return 0;
}

int source_netlink_fd(const struct source_netlink *source)
{
	return source->fd;
}

size_t source_netlink_buffer(const struct source_netlink *source)
{
	return source->buffer;
}

static struct slice trim(const char *data, size_t len)
{
	while (len > 0 && (data[len - 1] == '\0' || data[len - 1] == '\n'))
		len--;
	return (struct slice){ data, len };
}

/*
 * The audit system counts a message's length with or without its header, depending on the kernel
 * and on the kind of socket; a datagram holds one message. Only what was received bounds the
 * payload.
 */
static int deliver(const char *data, size_t received, source_netlink_handler handler, void *context,
		   struct error *err)
{
	struct nlmsghdr header;
	size_t len;

	if (received < NLMSG_HDRLEN)
		return 0;
	memcpy(&header, data, sizeof(header));
	if (header.nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	len = received - NLMSG_HDRLEN;
	/* Less than that is padding, more is the header that was counted or not. */
	if (header.nlmsg_len >= NLMSG_HDRLEN &&
	    NLMSG_ALIGN(header.nlmsg_len) == NLMSG_ALIGN(received) && header.nlmsg_len < received)
		len = header.nlmsg_len - NLMSG_HDRLEN;
	return handler(context, header.nlmsg_type, trim(data + NLMSG_HDRLEN, len), err);
}

static bool from_kernel(const struct source_netlink *source, size_t i)
{
	return source->headers[i].msg_hdr.msg_namelen == sizeof(struct sockaddr_nl) &&
	       source->senders[i].nl_family == AF_NETLINK && source->senders[i].nl_pid == 0;
}

static int deliver_batch(struct source_netlink *source, size_t n, source_netlink_handler handler,
			 void *context, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		int r;

		if (!from_kernel(source, i))
			continue;
		r = deliver(source->messages[i], source->headers[i].msg_len, handler, context, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* SK_MEMINFO_DROPS, or what it was when last heard of. */
static uint32_t read_drops(const struct source_netlink *source)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(source->fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0 ||
	    len < (SK_MEMINFO_DROPS + 1) * sizeof(info[0]))
		return source->drops;
	return info[SK_MEMINFO_DROPS];
}

static void overflowed(struct source_netlink *source)
{
	uint32_t drops = read_drops(source);

	if (drops == source->drops)
		source->unnamed++;
	source->drops = drops;
}

/* One message into the first place of the batch, 1, or what recvmmsg(2) would say. */
static int receive_one(struct source_netlink *source)
{
	ssize_t n = recvmsg(source->fd, &source->headers[0].msg_hdr, MSG_DONTWAIT);

	if (n < 0)
		return -1;
	source->headers[0].msg_len = (unsigned int)n;
	return 1;
}

/* How many messages, 0 when none waits, or a negative errno. */
static int receive(struct source_netlink *source)
{
	int n;

	for (size_t i = 0; i < BATCH_SIZE; i++)
		source->headers[i].msg_hdr.msg_namelen = sizeof(source->senders[i]);
	n = recvmmsg(source->fd, source->headers, BATCH_SIZE, MSG_DONTWAIT, NULL);
	/* After an overflow recvmmsg() would not start again by itself; a plain receive does it. */
	while (n < 0 && (errno == ENOBUFS || errno == EINTR)) {
		if (errno == ENOBUFS)
			overflowed(source);
		n = receive_one(source);
	}
	if (n >= 0)
		return n;
	return errno == EAGAIN ? 0 : -errno;
}

int source_netlink_read(struct source_netlink *source, source_netlink_handler handler,
			void *context, struct error *err)
{
	for (size_t i = 0; i < BATCHES; i++) {
		int n = receive(source);
		int r;

		if (n == 0)
			return 0;
		if (n < 0)
			return error_set(err, n, "cannot read audit records: %s", strerror(-n));
		r = deliver_batch(source, (size_t)n, handler, context, err);
		if (r < 0)
			return r;
	}
	return 1;
}

uint64_t source_netlink_drops(const struct source_netlink *source)
{
	return read_drops(source) + source->unnamed;
}
