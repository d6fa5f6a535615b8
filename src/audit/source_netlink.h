/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's audit records, live: the multicast group AUDIT_NLGRP_READLOG (linux/audit.h), which
 * any number of readers may join beside auditd. Never registers as the audit daemon.
 */
#ifndef ASG_AUDIT_SOURCE_NETLINK_H
#define ASG_AUDIT_SOURCE_NETLINK_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes asked for with SO_RCVBUFFORCE. 4 MB lost none of 1,000,000 records; a record takes about
 * 832 bytes. */
#define NETLINK_RECEIVE_BUFFER (32 * 1024 * 1024)

struct source_netlink;

/*
 * Joins the group. -EPERM (no CAP_AUDIT_READ, or not in the init user namespace), -EPROTONOSUPPORT
 * (no audit in this kernel), -ECONNREFUSED (not in the init network namespace) with a message that
 * says what is missing. `receive_buffer` in bytes; a smaller one than asked for is accepted (see
 * source_netlink_buffer()).
 */
int source_netlink_open(struct source_netlink **ret, size_t receive_buffer, struct error *err)
	_must_check_;
struct source_netlink *source_netlink_close(struct source_netlink *source);

/* For poll(2): readable when messages wait. */
int source_netlink_fd(const struct source_netlink *source);

/* What the kernel granted, in bytes. */
size_t source_netlink_buffer(const struct source_netlink *source);

/* One message; `payload` lives until the next call to source_netlink_read(). Only messages from the
 * kernel (pid 0). */
typedef int (*source_netlink_handler)(void *context, uint32_t type, struct slice payload,
				      struct error *err);

/*
 * Reads what waits, without blocking, and hands each message to `handler`, whose negative result
 * ends the reading and is returned. 0 when nothing is left to read, 1 when the batch limit was
 * reached and there may be more. ENOBUFS is not an error here: drops are counted.
 */
int source_netlink_read(struct source_netlink *source, source_netlink_handler handler,
			void *context, struct error *err) _must_check_;

/* Messages that the socket dropped since it was opened (SO_MEMINFO, SK_MEMINFO_DROPS), plus ENOBUFS
 * seen without. */
uint64_t source_netlink_drops(const struct source_netlink *source);

#endif
