/* SPDX-License-Identifier: Apache-2.0 */
#include "model/hot_calls.h"

const char *const hot_calls[] = {
	"clock_gettime", "clock_nanosleep", "close",	    "epoll_pwait", "epoll_wait",
	"fstat",	 "futex",	    "getpid",	    "gettid",	   "lseek",
	"nanosleep",	 "newfstatat",	    "poll",	    "ppoll",	   "pread64",
	"pselect6",	 "pwrite64",	    "read",	    "readv",	   "recvfrom",
	"recvmsg",	 "rt_sigprocmask",  "rt_sigreturn", "sched_yield", "select",
	"sendmsg",	 "sendto",	    "write",	    "writev",	   NULL,
};
