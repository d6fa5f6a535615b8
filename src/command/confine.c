/* SPDX-License-Identifier: Apache-2.0 */
#include "command/confine.h"
#include "base/cleanup.h"
#include "base/output.h"
#include "base/time_limit.h"
#include "model/checked_json.h"
#include "target/sandbox.h"
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <time.h>

/* Root reads and replaces the files of others, as it could before. */
#define READING (1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_DAC_READ_SEARCH)
#define WRITING (1ULL << CAP_CHOWN | 1ULL << CAP_FOWNER)

static bool is_standard(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

static void note(struct confinement *confinement, int r)
{
	if (r < 0 && confinement->failed == 0)
		confinement->failed = r;
}

void confinement_init(struct confinement *confinement)
{
	*confinement = (struct confinement){ .writes = false };
	note(confinement, landlock_init(&confinement->landlock));
	/* Local time is told from now on by what is read here. */
	tzset();
	checked_json_seed();
	note(confinement, landlock_allow_write(&confinement->landlock, "/dev/null"));
	filter_probe();
}

void confinement_input(struct confinement *confinement, const char *path)
{
	if (!is_standard(path))
		note(confinement, landlock_allow_read(&confinement->landlock, path));
}

void confinement_output(struct confinement *confinement, const char *path)
{
	_cleanup_free_ char *directory = NULL;
	int r;

	if (is_standard(path))
		return;
	confinement->writes = true;
	r = output_directory(path, &directory);
	if (r > 0)
		r = landlock_allow_write(&confinement->landlock, path);
	else if (r == 0)
		r = landlock_allow_make(&confinement->landlock, directory);
	/* What is wrong with the path is told when it is opened. */
	note(confinement, r == -ELOOP ? 0 : r);
}

void confinement_directory(struct confinement *confinement, const char *path)
{
	if (!path)
		return;
	confinement->writes = true;
	note(confinement, landlock_allow_make(&confinement->landlock, path));
}

int confine(struct confinement *confinement, struct error *err)
{
	_cleanup_landlock_ struct landlock landlock = confinement->landlock;
	struct error why = { 0 };
	int r = confinement->failed;

	confinement->landlock.fd = -1;
	if (r == -ENOMEM)
		return error_memory(err);
	if (r == 0)
		r = time_limit_keep();
	if (r < 0)
		return error_set(err, r,
				 "cannot prepare the sandbox: %s (--no-sandbox goes without)",
				 strerror(-r));
	r = sandbox_enter(&sandbox_offline, &landlock,
			  confinement->writes ? READING | WRITING : READING, &why);
	if (r == 0 || r == -ENOSYS)
		return 0;
	return error_set(err, r, "cannot enter the sandbox: %s (--no-sandbox goes without)",
			 error_message(&why, r));
}

int confine_verb(const struct verb_words *words, const char *output, struct error *err)
{
	struct confinement confinement;

	if (words->no_sandbox)
		return 0;
	confinement_init(&confinement);
	for (size_t i = 0; i < words->n_operands; i++)
		confinement_input(&confinement, words->operands[i]);
	confinement_output(&confinement, output);
	return confine(&confinement, err);
}
