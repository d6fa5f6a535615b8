/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/readers.h"
#include "base/cleanup.h"
#include <inttypes.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <string.h>

static void read_comm(uint32_t pid, char *comm, size_t size)
{
	_cleanup_fclose_ FILE *stream = NULL;
	char path[64];

	comm[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/comm", pid);
	stream = fopen(path, "re");
	if (!stream || !fgets(comm, (int)size, stream))
		return;
	comm[strcspn(comm, "\n")] = '\0';
}

size_t audit_readers(struct audit_reader *readers, size_t size)
{
	_cleanup_fclose_ FILE *stream = fopen("/proc/net/netlink", "re");
	char line[256];
	size_t n = 0;

	while (stream && fgets(line, sizeof(line), stream)) {
		uint32_t port, groups;
		int protocol;

		if (sscanf(line, "%*s %d %" SCNu32 " %" SCNx32, &protocol, &port, &groups) != 3)
			continue;
		if (protocol != NETLINK_AUDIT || !(groups & (1u << (AUDIT_NLGRP_READLOG - 1))) ||
		    port == (uint32_t)getpid())
			continue;
		if (n < size) {
			readers[n].port = port;
			read_comm(port, readers[n].comm, sizeof(readers[n].comm));
		}
		n++;
	}
	return n;
}
