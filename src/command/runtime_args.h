/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of an OCI runtime, as crun and runc have it: options of the program, a command,
 * its options, the container's id. Only as much as is needed to find the container and to replace
 * the bundle.
 */
#ifndef ASG_COMMAND_RUNTIME_ARGS_H
#define ASG_COMMAND_RUNTIME_ARGS_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>

/* All strings are borrowed from argv. */
struct runtime_args {
	const char *runtime_path; /* ours: --runtime-path, or NULL */
	const char *record_all;	  /* ours: --record-all, or NULL */
	const char *command;	  /* "create", "run" ..., or NULL */
	const char *bundle;	  /* as given; NULL: the working directory */
	const char *config;	  /* crun's --config: it is not the bundle's; or NULL */
	const char *id;		  /* or NULL */
	const char *log;	  /* where the engine wants to find errors, or NULL */
	char **argv;		  /* without what is ours; NULL-terminated, owned */
	int argc;
	int replace_at;	    /* index in argv of the word of the config, else the bundle; -1: none */
	int replace_prefix; /* its first bytes that are the option's ("--bundle=") */
	int command_at;	    /* index in argv of the command, -1: none */
};

int runtime_args_parse(struct runtime_args *ret, int argc, char **argv, struct error *err)
	_must_check_;
void runtime_args_deinit(struct runtime_args *args);

/* Whether the command makes a container. */
bool runtime_args_create(const struct runtime_args *args);

/* Whether the command is this one. */
bool runtime_args_is(const struct runtime_args *args, const char *command);

/*
 * The same command line with another bundle, or with the config of that bundle where a config was
 * named, for execv(): NULL-terminated, its strings borrowed but for the one that is new, which
 * `*ret_word` owns.
 */
int runtime_args_replace(const struct runtime_args *args, const char *bundle, char ***ret,
			 char **ret_word, struct error *err) _must_check_;

#endif
