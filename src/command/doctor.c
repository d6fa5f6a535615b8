/* SPDX-License-Identifier: Apache-2.0 */
/* `doctor`: every check with its outcome and a remedy, and a record that really goes through. */
#include "command/arguments.h"
#include "command/listener.h"
#include "command/preflight.h"
#include "command/report.h"
#include "command/style.h"
#include "command/verbs.h"
#include <errno.h>
#include <string.h>

static void print_line(const struct style *style, int r, bool required, const char *name,
		       const char *text)
{
	const char *word = r >= 0 ? "ok" : required ? "FAIL" : "note";
	const char *colour = r >= 0 ? style->good : required ? style->bad : style->bold;
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	strbuf_put_shown(&shown, slice_from(text));
	printf("%s%-4s%s  %-18s  %s\n", colour, word, style->off, name, strbuf_text(&shown));
}

/* The canary: subscribe, log one record, wait for it. */
static int send_canary(struct strbuf *said, struct error *err)
{
	const struct listener_options options = { .receive_buffer = NETLINK_RECEIVE_BUFFER };
	const struct intake_options intake_options = { .group_by = GROUP_BY_ALL };
	struct recording recording = { 0 };
	struct syscall_table names = { 0 };
	struct listener listener = { 0 };
	struct intake *intake = NULL;
	int r = intake_new(&intake, &recording, &names, &intake_options, err);

	if (r >= 0)
		r = listener_open(&listener, &options, err);
	listener.intake = intake;
	if (r >= 0)
		r = listener_canary(&listener, err);
	if (r >= 0)
		strbuf_printf(said, "sent and received, serial %llu",
			      (unsigned long long)listener.first_serial);
	listener_close(&listener);
	intake_free(intake);
	recording_deinit(&recording);
	syscall_table_deinit(&names);
	return r;
}

static int run_check(const struct style *style, const struct check *check,
		     struct preflight *preflight)
{
	_cleanup_strbuf_ struct strbuf said = { 0 };
	struct error err = { 0 };
	int r = check->run(preflight, &said, &err);

	print_line(style, r, check->required, check->name,
		   r < 0 ? error_message(&err, r) : strbuf_text(&said));
	return check->required ? r : 0;
}

/* Rules of a recording that was killed are not only found but removed: nobody else will. */
static void check_left(const struct style *style)
{
	_cleanup_strbuf_ struct strbuf said = { 0 };
	struct error err = { 0 };
	int r = arguments_sweep(&said, &err);

	if (r >= 0 && said.len == 0)
		print_line(style, 0, false, "left behind",
			   "nothing of a recording that was killed");
	else
		print_line(style, -ENOTRECOVERABLE, false, "left behind",
			   r < 0 ? error_message(&err, r) : strbuf_text(&said));
}

static int check_canary(const struct style *style, int failed)
{
	_cleanup_strbuf_ struct strbuf said = { 0 };
	struct error err = { 0 };
	int r = -ECANCELED;

	if (failed < 0)
		error_set(&err, r, "not sent: mend the above first");
	else
		r = send_canary(&said, &err);
	print_line(style, r, true, "canary record",
		   r < 0 ? error_message(&err, r) : strbuf_text(&said));
	return r;
}

int verb_doctor(int argc, char **argv)
{
	struct preflight preflight = { 0 };
	struct style style = style_for(stdout);
	int failed = 0;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("Usage: audit-seccomp-gen doctor\n"
		     "Checks whether commands can be recorded here. Exit status 0: yes; 1: no.");
		return EXIT_COMPLETE;
	}
	if (argc > 1) {
		report_note("doctor takes no arguments, but got '%s'", argv[1]);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < check_count(); i++) {
		int r = run_check(&style, check_at(i), &preflight);

		failed = failed < 0 ? failed : r;
	}
	check_left(&style);
	failed = check_canary(&style, failed);
	puts(failed < 0 ? "Commands cannot be recorded here. Logs can be read: --from-log FILE."
			: "Commands can be recorded here.");
	return failed < 0 ? EXIT_DIFFERENT : EXIT_COMPLETE;
}
