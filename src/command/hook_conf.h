/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hook's configuration, /etc/audit-seccomp-gen/hook.conf: "key = value" lines, comment lines
 * start with '#'. It decides what containers may have written as root, so that whatever is not
 * understood is an error.
 */
#ifndef ASG_COMMAND_HOOK_CONF_H
#define ASG_COMMAND_HOOK_CONF_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define HOOK_CONF_SIZE_MAX 65536

struct hook_conf {
	char **directories;    /* NULL-terminated; NULL: the default, which depends on the engine */
	mode_t mode;	       /* of the profiles written */
	int64_t ready_ms;      /* for the recorder to be ready */
	int64_t wait_ms;       /* for the recorder to finish */
	bool write_incomplete; /* a profile whose recording has lost something */
	size_t receive_buffer; /* bytes, of the netlink socket */
	uint32_t processes_max;
	bool log_denials;   /* let the kernel log what the container is denied, too */
	bool arguments;	    /* containers may ask for arguments, which switches audit on */
	char *runtime_path; /* NULL: find crun or runc */
};

/* The defaults; frees nothing. */
void hook_conf_init(struct hook_conf *conf);

/*
 * The defaults and what `text` changes; `name` is for messages. -EINVAL with the line's number for
 * a line that is not understood. `ret` needs no init, is not touched on failure and otherwise to be
 * deinited by the caller.
 */
int hook_conf_parse(struct hook_conf *ret, const char *text, const char *name, struct error *err)
	_must_check_;

/*
 * The same from the file at the absolute `path`; the defaults when there is none. -EPERM for a file
 * that others than root may change, and as guarded_read().
 */
int hook_conf_read(struct hook_conf *ret, const char *path, struct error *err) _must_check_;

void hook_conf_deinit(struct hook_conf *conf);
#define _cleanup_hook_conf_ _cleanup_(hook_conf_deinit)

#endif
