/* SPDX-License-Identifier: Apache-2.0 */
/* Who else reads the audit multicast group: every record lands there, too. */
#ifndef ASG_AUDIT_READERS_H
#define ASG_AUDIT_READERS_H

#include "base/macro.h"
#include <stddef.h>
#include <stdint.h>

struct audit_reader {
	uint32_t port; /* netlink port: the process id, as a rule */
	char comm[32]; /* of the process of that id, or "" */
};

/*
 * The members of AUDIT_NLGRP_READLOG (/proc/net/netlink, protocol 9, group bit 0) but this process:
 * at most `size` of them are stored, all are counted. 0 when the file cannot be read.
 */
size_t audit_readers(struct audit_reader *readers, size_t size);

#endif
