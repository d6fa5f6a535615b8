/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files this process can open from now on: Linux's Landlock, where the kernel has it
 * (landlock(7)). What is not allowed here is refused with EACCES, whoever the user is. Files that
 * are open already, and pipes, are not concerned.
 */
#ifndef ASG_TARGET_LANDLOCK_H
#define ASG_TARGET_LANDLOCK_H

#include "base/macro.h"

/* A set of rules under construction. */
struct landlock {
	int fd;	 /* -1: the kernel has no Landlock, and everything here does nothing */
	int abi; /* landlock_create_ruleset(2), LANDLOCK_CREATE_RULESET_VERSION */
};

/* 0, also where the kernel has none; else negative errno. Needs landlock_deinit() in any case. */
int landlock_init(struct landlock *landlock) _must_check_;
void landlock_deinit(struct landlock *landlock);
#define _cleanup_landlock_ _cleanup_(landlock_deinit)

/*
 * What stays possible: to read a file, or the files below a directory; to make, write, rename and
 * remove files in a directory; to write to one thing that is there, such as a FIFO. A path that
 * leads nowhere is no error: opening it will tell.
 */
int landlock_allow_read(struct landlock *landlock, const char *path) _must_check_;
int landlock_allow_make(struct landlock *landlock, const char *directory) _must_check_;
int landlock_allow_write(struct landlock *landlock, const char *path) _must_check_;

/* Holds the calling thread to it, for good. Needs no_new_privs or CAP_SYS_ADMIN. */
int landlock_restrict(const struct landlock *landlock) _must_check_;

#endif
