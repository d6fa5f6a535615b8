/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An end for the work of a library that may not come to one. libseccomp (seen in 2.5.4) goes round
 * in seccomp_export_bpf() for ever when an allocation of its own fails while it makes a program,
 * and with rules like those of format/bpf_trial.h. Nothing that it holds can be used, or given
 * back, after that: the process ends, with a message and a status. Products are written under
 * another name first, so that what was there stays.
 */
#ifndef ASG_BASE_TIME_LIMIT_H
#define ASG_BASE_TIME_LIMIT_H

#include "base/macro.h"
#include <stdbool.h>

#define TIME_LIMIT_EXIT_STATUS 2

/* Of processor time, where milliseconds are usual. */
#define TIME_LIMIT_SECONDS 60

/*
 * For a process that is about to give up most system calls: from now on a timer runs that needs
 * none. 0 or -errno.
 */
int time_limit_keep(void) _must_check_;
bool time_limit_kept(void);

/*
 * What comes now ends the process, with `message` (borrowed; NULL: of libseccomp without memory) on
 * standard error, once it has taken `seconds` of processor time. Where no timer can be had there is
 * no limit. Not nested.
 */
void time_limit_begin(unsigned int seconds, const char *message);
void time_limit_end(void);

#endif
