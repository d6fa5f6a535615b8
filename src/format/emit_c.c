/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C source for libseccomp 2.5: one function that loads the filter, and, on request, a program that
 * runs a command under it. It does what runtimes do with the profile on one kind of host.
 */
#include "base/cleanup.h"
#include "format/bpf_numbers.h"
#include "format/emitters.h"
#include "format/plain.h"
#include "format/plain_losses.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char head[] = "//\n"
			   "// Call load_seccomp_profile() when everything is set up; it sets "
			   "no_new_privs and stays for\n"
			   "// good. Link with -lseccomp. With -DSECCOMP_PROFILE_MAIN this is a "
			   "program that runs its\n"
			   "// arguments as a command under the profile.\n"
			   "#include <errno.h>\n"
			   "#include <seccomp.h>\n"
			   "#include <stddef.h>\n"
			   "#include <stdint.h>\n"
			   "\n"
			   "/*\n"
			   " * 0 or a negative errno. -EOPNOTSUPP: this libseccomp does not know a "
			   "call that the\n"
			   " * profile denies, and would let it go on.\n"
			   " */\n"
			   "int load_seccomp_profile(void);\n"
			   "\n"
			   "static const struct {\n"
			   "\tconst char *name;\n"
			   "\tuint32_t action;\n"
			   "\tint needed; /* a call that must be known */\n"
			   "\tunsigned int n_args;\n"
			   "\tstruct scmp_arg_cmp args[6];\n"
			   "} seccomp_rules[] = {\n";

/*
 * Names that the libseccomp of the program does not know are skipped, as runtimes do, but not where
 * that lets more through.
 */
static const char tail[] =
	"\n"
	"int load_seccomp_profile(void)\n"
	"{\n"
	"\tscmp_filter_ctx filter = seccomp_init(SECCOMP_DEFAULT);\n"
	"\tint r = filter ? 0 : -EINVAL;\n"
	"\n"
	"\tfor (size_t i = 0; r == 0 && i < sizeof(seccomp_arches) / sizeof(seccomp_arches[0]); "
	"i++) {\n"
	"\t\tr = seccomp_arch_add(filter, seccomp_arches[i]);\n"
	"\t\tif (r == -EEXIST)\n"
	"\t\t\tr = 0;\n"
	"\t}\n"
	"\tfor (size_t i = 0; r == 0 && seccomp_rules[i].name; i++) {\n"
	"\t\tint call = seccomp_syscall_resolve_name(seccomp_rules[i].name);\n"
	"\n"
	"\t\tif (call != __NR_SCMP_ERROR)\n"
	"\t\t\tr = seccomp_rule_add_array(filter, seccomp_rules[i].action, call,\n"
	"\t\t\t\t\t\t   seccomp_rules[i].n_args, seccomp_rules[i].args);\n"
	"\t\telse if (seccomp_rules[i].needed)\n"
	"\t\t\tr = -EOPNOTSUPP;\n"
	"\t}\n"
	"\tif (r == 0)\n"
	"\t\tr = seccomp_load(filter);\n"
	"\tif (filter)\n"
	"\t\tseccomp_release(filter);\n"
	"\treturn r;\n"
	"}\n"
	"\n"
	"#ifdef SECCOMP_PROFILE_MAIN\n"
	"#include <stdio.h>\n"
	"#include <string.h>\n"
	"#include <unistd.h>\n"
	"\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"\tint r = argc > 1 ? load_seccomp_profile() : -EINVAL;\n"
	"\n"
	"\tif (r < 0) {\n"
	"\t\tfprintf(stderr, \"%s: %s\\n\", argv[0], strerror(-r));\n"
	"\t\treturn 125;\n"
	"\t}\n"
	"\texecvp(argv[1], argv + 1);\n"
	"\tr = errno;\n"
	"\tfprintf(stderr, \"%s: %s: %s\\n\", argv[0], argv[1], strerror(r));\n"
	"\treturn r == ENOENT ? 127 : 126;\n"
	"}\n"
	"#endif\n";

/* "SCMP_ACT_ERRNO(EPERM)". */
static void put_action(struct strbuf *text, enum action action, uint32_t data)
{
	const char *name = action == ACTION_ERRNO ? strerrorname_np((int)data) : NULL;

	strbuf_puts(text, action_oci_name(action));
	if (name)
		strbuf_printf(text, "(%s)", name);
	else if (action == ACTION_ERRNO || action == ACTION_TRACE)
		strbuf_printf(text, "(%" PRIu32 ")", data);
}

static bool is_needed(const struct plain_rule *rule, enum action rest)
{
	return plain_answer_loss(rule->action, rest) == LOSS_WIDER;
}

static void put_rule(struct strbuf *text, const struct plain_rule *rule, enum action rest)
{
	strbuf_printf(text, "\t{ \"%s\", ", rule->name);
	put_action(text, rule->action, rule->data);
	strbuf_printf(text, ", %d, %zu, { ", is_needed(rule, rest), rule->n_args);
	for (size_t i = 0; i < rule->n_args; i++)
		strbuf_printf(text, "%s{ %u, %s, %#" PRIx64 ", %#" PRIx64 " }", i ? ", " : "",
			      rule->args[i].index, compare_oci_name(rule->args[i].op),
			      rule->args[i].value, rule->args[i].value_two);
	strbuf_puts(text, rule->n_args ? " } },\n" : "{ 0 } } },\n");
}

/*
 * Rules without arguments come first: with socketcall(2) settled, libseccomp does not try to say
 * rules about the arguments of socket(2) in terms of it, which it then refuses (EEXIST).
 */
static void put_body(struct strbuf *text, const struct plain *plain, const struct targets *targets)
{
	strbuf_puts(text, head);
	for (size_t i = 0; i < plain->n; i++)
		if (plain->rules[i].n_args == 0)
			put_rule(text, &plain->rules[i], plain->default_action);
	for (size_t i = 0; i < plain->n; i++)
		if (plain->rules[i].n_args > 0)
			put_rule(text, &plain->rules[i], plain->default_action);
	strbuf_puts(text, "\t{ NULL, 0, 0, 0, { { 0 } } },\n};\n\n#define SECCOMP_DEFAULT ");
	put_action(text, plain->default_action, plain->default_data);
	strbuf_puts(text, "\n\nstatic const uint32_t seccomp_arches[] = {\n");
	for (size_t i = 0; i < targets->n; i++)
		strbuf_printf(text, "\t%s,\n", targets->arches[i]->oci);
	strbuf_puts(text, "};\n");
	strbuf_puts(text, tail);
}

/* What becomes of the program with a libseccomp such as the one here. */
static void say_unresolved(const struct plain *plain, struct emission *emission)
{
	_cleanup_plain_losses_ struct plain_losses skipped = { 0 };
	_cleanup_name_set_ struct name_set needed = { 0 };

	for (size_t i = 0; i < plain->n; i++) {
		const struct plain_rule *rule = &plain->rules[i];
		enum action rest = plain->default_action;

		if (syscall_in_libseccomp(rule->name))
			continue;
		if (!is_needed(rule, rest))
			plain_lose(&skipped, plain_answer_loss(rule->action, rest), rule->name);
		else if (name_set_add(&needed, rule->name) < 0)
			emission->failed = true;
	}
	emission_lose_names(emission, LOSS_NARROWER,
			    "the libseccomp here does not know these, and with such a one the "
			    "filter is not loaded at all, as it would let them through",
			    needed.names);
	plain_losses_say(&skipped,
			 "the libseccomp here does not know these, and with such a one they are "
			 "answered as what is not listed",
			 emission);
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_plain_ struct plain plain = { 0 };
	struct targets targets;
	int r;

	targets_of_host(profile, request, emission, &targets);
	r = plain_init(&plain, profile, &targets, request->names, emission, err);
	if (r == 0)
		r = bpf_say_numbers(profile, &targets, request->names, emission, err);
	if (r < 0)
		return r;
	emission_lose_names(emission, LOSS_NOTE, "flags of the profile are not set",
			    profile->flags);
	say_unresolved(&plain, emission);
	put_body(&emission->body, &plain, &targets);
	return 0;
}

const struct emitter emitter_c = {
	.name = "c",
	.summary = "C source with libseccomp: a function that loads the filter",
	.extension = ".c",
	.shape = PRODUCT_TEXT,
	.titled = true,
	.comment = "// ",
	.for_libseccomp = true,
	.emit = emit,
};
