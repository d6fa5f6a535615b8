/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verb `exec`: a command under a profile, enforced, in this process. What can fail is looked at
 * before the filter is there, because behind it nothing may be left that could say so. The profile
 * is read, and the filter made of it, in a process that confines itself, as this one cannot.
 */
#include "arch/simulate.h"
#include "base/cleanup.h"
#include "command/apart.h"
#include "command/confine.h"
#include "command/input_profile.h"
#include "command/losses.h"
#include "command/options_verb.h"
#include "command/report.h"
#include "command/verbs.h"
#include "format/bpf.h"
#include "format/bpf_numbers.h"
#include "format/plain.h"
#include "target/privilege.h"
#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define STATUS_NOT_EXECUTABLE 126 /* as of a shell, env(1), nohup(1) */
#define STATUS_NOT_FOUND      127

enum option_id {
	OPTION_NO_NEW_PRIVS = 256,
	OPTION_VERBOSE,
};

static const struct verb_option facts[] = {
	{ OPTION_NO_NEW_PRIVS, "no-new-privs", 0, NULL,
	  "no program gains privileges (always so without CAP_SYS_ADMIN)" },
	{ OPTION_VERBOSE, "verbose", 'v', NULL,
	  "say how the profile was understood, and not only what it allows beyond itself" },
};

static const char *const usage[] = { "exec [OPTION]... PROFILE -- COMMAND [ARG]...", NULL };

static const struct verb_syntax syntax = {
	.usage = usage,
	.summary = "Runs COMMAND under PROFILE, a profile of any format that can be read or a "
		   "recording of\none group: what it does not allow is denied as it says.",
	.status = "that of the command; 126, 127 it could not be run; 2 usage, or a profile that "
		  "cannot be read or loaded",
	.options = facts,
	.n_options = ARRAY_SIZE(facts),
	.confined = true,
	.takes_command = true,
};

/* Bits of seccomp(2), by the names that profiles have for them. TSYNC is for threads. */
static const struct {
	const char *name;
	unsigned int bit;
} flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
};

struct enforcement {
	bool no_new_privs, verbose;
	bool found; /* there is such a command */
	const struct verb_words *words;
	struct input input;
	struct syscall_table names;
	struct bpf bpf;
	unsigned int flags;
	struct emission emission;
};

static int take(void *context, int id, const char *value _unused_, struct error *err _unused_)
{
	struct enforcement *enforcement = context;

	if (id == OPTION_NO_NEW_PRIVS)
		enforcement->no_new_privs = true;
	else
		enforcement->verbose = true;
	return 0;
}

static int check(const struct verb_words *words, struct error *err)
{
	if (words->n_operands != 1)
		return error_set(err, -EINVAL, "%s; see `exec --help`",
				 words->n_operands ? "one profile, and the command behind '--'"
						   : "which profile?");
	if (!words->command || !*words->command)
		return error_set(err, -EINVAL, "which command? It stands behind '--'");
	return 0;
}

static int try_program(const char *path)
{
	struct stat file;

	if (stat(path, &file) < 0)
		return -errno;
	if (!S_ISREG(file.st_mode))
		return -EACCES;
	return access(path, X_OK) < 0 ? -errno : 0;
}

/* The errno that a search along PATH ends in: EACCES on the way outdoes ENOENT at the end. */
static int search_path(const char *name)
{
	const char *rest = getenv("PATH");
	int r = -ENOENT;

	for (rest = rest ? rest : "/bin:/usr/bin"; rest;) {
		_cleanup_strbuf_ struct strbuf candidate = { 0 };
		size_t len = strcspn(rest, ":");
		int tried;

		strbuf_append(&candidate, rest, len);
		strbuf_printf(&candidate, "%s%s", len ? "/" : "", name);
		if (!strbuf_text(&candidate))
			return -ENOMEM;
		tried = try_program(strbuf_text(&candidate));
		if (tried == 0)
			return 0;
		if (tried == -EACCES)
			r = tried;
		rest = rest[len] ? rest + len + 1 : NULL;
	}
	return r;
}

/* Whether there is such a program, where execvp(3) looks for it. */
static int find_program(const char *name, struct error *err)
{
	int r = *name && !strchr(name, '/') ? search_path(name) : try_program(name);

	return r < 0 ? error_set(err, r, "%.200s: %s", name, strerror(-r)) : 0;
}

static void take_flags(struct enforcement *enforcement, const struct profile *profile)
{
	for (char *const *name = profile->flags; name && *name; name++) {
		size_t i = 0;

		while (i < ARRAY_SIZE(flags) && strcmp(flags[i].name, *name) != 0)
			i++;
		if (i < ARRAY_SIZE(flags))
			enforcement->flags |= flags[i].bit;
		else
			emission_lose(&enforcement->emission, LOSS_NARROWER,
				      "this flag of the profile is not known, and not set: %s",
				      *name);
	}
}

static int compile(struct enforcement *enforcement, const struct profile *profile,
		   struct error *err)
{
	const struct emit_request request = { .names = &enforcement->names };
	struct emission *emission = &enforcement->emission;
	struct targets targets;
	int r;

	targets_of_host(profile, &request, emission, &targets);
	if (!profile_covers(profile, arch_native()))
		return error_set(err, -EINVAL, "the profile is not for %s", arch_native()->name);
	emission_lose_names(emission, LOSS_WIDER,
			    "what these settings of the unit deny is not in it", profile->settings);
	r = plain_say_conditions(profile, &targets, request.names, emission, err);
	if (r == 0)
		r = bpf_say_numbers(profile, &targets, request.names, emission, err);
	if (r == 0)
		r = bpf_compile_host(profile, &targets, &enforcement->bpf, err);
	if (r < 0)
		return r;
	if (enforcement->bpf.n > BPF_MAXINSNS)
		return error_set(err, -E2BIG,
				 "its filter has %zu instructions, and the kernel takes %d",
				 enforcement->bpf.n, BPF_MAXINSNS);
	take_flags(enforcement, profile);
	bpf_say_skipped(profile, targets_host(&targets), enforcement->bpf.skipped, emission);
	return emission_check(emission) < 0 ? error_memory(err) : 0;
}

/* The exec itself is the first call that the filter judges. */
static int check_exec(struct enforcement *enforcement, struct error *err)
{
	static const uint64_t none[6] = { 0 };
	const struct seccomp_data data = bpf_call(arch_native(), SYS_execve, none);
	uint32_t answer;
	int r = simulate(enforcement->bpf.program, enforcement->bpf.n, &data, &answer);

	if (r < 0)
		return error_set(err, r, "the filter is not valid");
	if (!action_denies(action_from_code(answer)))
		return 0;
	return error_set(err, -EPERM,
			 "the profile denies execve (%s), so no command can be started under it",
			 action_name(action_from_code(answer)));
}

static int prepare(struct enforcement *enforcement, const char *path, struct error *err)
{
	_cleanup_profile_ struct profile *made = NULL;
	struct policy_options policy;
	const struct profile *profile;
	int r = input_read(&enforcement->input, path, err);

	if (r < 0)
		return r;
	policy = input_policy(&enforcement->input, false);
	r = input_profile(&enforcement->input, &policy, &enforcement->names, &made, &profile, err);
	if (r == 0)
		r = compile(enforcement, profile, err);
	if (r == 0)
		r = check_exec(enforcement, err);
	if (r < 0) {
		_cleanup_strbuf_ struct strbuf name = { 0 };

		input_put_name(&name, path);
		return error_prefix(err, r, "%s", strbuf_text(&name));
	}
	return 0;
}

/* Notes are for whoever writes a profile, less so for whoever runs something under it. */
static void tell(const struct enforcement *enforcement, const char *path)
{
	_cleanup_strbuf_ struct strbuf reasons = { 0 }, name = { 0 };

	input_put_name(&name, path);
	for (size_t i = 0; i < enforcement->emission.n_losses; i++) {
		const struct loss *loss = &enforcement->emission.losses[i];

		if (enforcement->verbose || loss->kind == LOSS_WIDER)
			report_note("%s: %s: %s", strbuf_text(&name), loss_word(loss->kind),
				    loss->text);
	}
	input_incomplete(&enforcement->input, &reasons);
	if (reasons.len)
		report_note("%s is INCOMPLETE: %s; what is missing is denied", strbuf_text(&name),
			    strbuf_text(&reasons));
}

/* Behind it, in the answer of who reads the profile, the instructions. */
struct answer_head {
	unsigned int flags;
};

/* Done apart: an answer is the filter, ready to be loaded. */
static int read_profile(void *context, struct strbuf *answer, struct error *err)
{
	struct enforcement *enforcement = context;
	const char *path = enforcement->words->operands[0];
	struct answer_head head;
	int r = confine_verb(enforcement->words, NULL, err);

	if (r == 0)
		r = prepare(enforcement, path, err);
	if (r < 0)
		return r;
	/* That there is no such command is said alone. */
	if (enforcement->found)
		tell(enforcement, path);
	head.flags = enforcement->flags;
	strbuf_append(answer, &head, sizeof(head));
	strbuf_append(answer, enforcement->bpf.program,
		      enforcement->bpf.n * sizeof(*enforcement->bpf.program));
	return 0;
}

/* The kernel judges the instructions themselves. */
static int take_filter(struct enforcement *enforcement, struct slice answer, struct error *err)
{
	struct bpf *bpf = &enforcement->bpf;
	struct answer_head head;
	size_t size;

	if (answer.len < sizeof(head) || (answer.len - sizeof(head)) % sizeof(*bpf->program) != 0)
		return error_set(err, -EBADMSG, "the process that reads it did not answer");
	memcpy(&head, answer.data, sizeof(head));
	size = answer.len - sizeof(head);
	enforcement->flags = head.flags;
	bpf->program = malloc(size + 1);
	if (!bpf->program)
		return error_memory(err);
	memcpy(bpf->program, answer.data + sizeof(head), size);
	bpf->n = size / sizeof(*bpf->program);
	return 0;
}

static int get_filter(struct enforcement *enforcement, struct error *err)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	int r = apart_run(read_profile, enforcement,
			  sizeof(struct answer_head) + BPF_MAXINSNS * sizeof(struct sock_filter),
			  &answer, err);

	if (r == 0)
		r = take_filter(enforcement, (struct slice){ answer.data, answer.len }, err);
	if (r == -ETIME)
		*err = (struct error){ 0 };
	/* Every other message names the profile. */
	return r == -ECHILD ? error_prefix(err, r, "%.200s", enforcement->words->operands[0]) : r;
}

/*
 * Privileges that programs gain by an exec would go round the filter's author, so the kernel wants
 * them given up, or CAP_SYS_ADMIN; setuid programs go on to work with that.
 */
static int load(const struct enforcement *enforcement, struct error *err)
{
	const struct sock_fprog program = {
		.len = (unsigned short)enforcement->bpf.n,
		.filter = enforcement->bpf.program,
	};

	if ((enforcement->no_new_privs || !privilege_has(CAP_SYS_ADMIN)) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, -errno, "cannot set no_new_privs: %s", strerror(errno));
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, enforcement->flags, &program) < 0)
		return error_set(err, -errno, "the kernel does not take the filter: %s",
				 strerror(errno));
	return 0;
}

/* Only returns when it failed; then a status. */
static int run(struct enforcement *enforcement, struct error *err)
{
	char *const *command = enforcement->words->command;
	struct error missing = { 0 };
	int found = find_program(command[0], &missing), r;

	enforcement->found = found == 0;
	if (get_filter(enforcement, err) < 0)
		return EXIT_USAGE;
	if (found < 0) {
		error_set(err, found, "%s", error_message(&missing, found));
		return found == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
	}
	if (load(enforcement, err) < 0)
		return EXIT_USAGE;
	execvp(command[0], command);
	r = errno;
	error_set(err, -r, "%.200s: %s", command[0], strerror(r));
	return r == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static int execute(void *context, const struct verb_words *words)
{
	struct enforcement *enforcement = context;
	struct error err = { 0 };
	int status = EXIT_USAGE;
	int r = check(words, &err);

	enforcement->words = words;
	if (r >= 0)
		status = run(enforcement, &err);
	/* Who read the profile may have said it already. */
	return *err.message ? report_failure(&err, r, status) : status;
}

int verb_exec(int argc, char **argv)
{
	struct enforcement enforcement = { 0 };
	int status = verb_run(&syntax, argc, argv, take, execute, &enforcement);

	bpf_deinit(&enforcement.bpf);
	input_deinit(&enforcement.input);
	emission_deinit(&enforcement.emission);
	syscall_table_deinit(&enforcement.names);
	return status;
}
