/* SPDX-License-Identifier: Apache-2.0 */
/* What a service tells its manager: the protocol of sd_notify(3), a datagram to $NOTIFY_SOCKET. */
#ifndef ASG_COMMAND_NOTIFY_H
#define ASG_COMMAND_NOTIFY_H

#include "base/macro.h"

/* "READY=1", "STATUS=...": nothing where nobody wants to know, and no failure is worth a word. */
void notify_manager(const char *message);

#endif
