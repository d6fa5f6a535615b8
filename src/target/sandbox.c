/* SPDX-License-Identifier: Apache-2.0 */
#include "target/sandbox.h"
#include "target/privilege.h"
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#define MESSAGE_MAX 512

struct message {
	char text[MESSAGE_MAX];
	size_t len;
};

static void put(struct message *message, const char *text)
{
	while (*text && message->len < MESSAGE_MAX)
		message->text[message->len++] = *text++;
}

static void put_number(struct message *message, unsigned int number)
{
	char digits[16], *first = digits + sizeof(digits) - 1;

	*first = '\0';
	do
		*--first = (char)('0' + number % 10);
	while (number /= 10);
	put(message, first);
}

/* SIGSYS: the call was not made. Nothing that could be trusted is left to be done. */
static void end_at_violation(int signal _unused_, siginfo_t *info, void *context _unused_)
{
	struct message message = { .len = 0 };

	put(&message, "audit-seccomp-gen: ended by its own sandbox at system call ");
	put_number(&message, (unsigned int)info->si_syscall);
	put(&message,
	    ", which it is not known to make: a bug of this program, or an input that "
	    "exploits one. The product was not completed. --no-sandbox goes on without\n");
	(void)!write(STDERR_FILENO, message.text, message.len);
	_exit(SANDBOX_EXIT_STATUS);
}

static int catch_violations(void)
{
	struct sigaction action = { .sa_sigaction = end_at_violation, .sa_flags = SA_SIGINFO };
	sigset_t violations;

	sigemptyset(&action.sa_mask);
	sigemptyset(&violations);
	sigaddset(&violations, SIGSYS);
	if (sigaction(SIGSYS, &action, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &violations, NULL) < 0)
		return -errno;
	return 0;
}

static int install(const struct sandbox_calls *calls, struct error *err)
{
	struct filter filter = { 0 };
	int r = sandbox_filter(calls, &filter);

	if (r == 0)
		r = catch_violations();
	if (r == 0)
		r = filter_install(&filter);
	filter_deinit(&filter);
	if (r == -EINVAL || r == -ENOSYS)
		return error_set(err, -ENOSYS, "the kernel has no seccomp filters");
	return r < 0 ? error_set(err, r, "cannot install the seccomp filter: %s", strerror(-r)) : 0;
}

int sandbox_enter(const struct sandbox_calls *calls, const struct landlock *landlock,
		  uint64_t capabilities, struct error *err)
{
	int r;

	if (SANITIZED)
		return error_set(err, -ENOSYS, "a build with sanitizers cannot be confined");
	r = privilege_keep(capabilities);
	if (r < 0)
		return error_set(err, r, "cannot give up privileges: %s", strerror(-r));
	r = landlock_restrict(landlock);
	if (r < 0)
		return error_set(err, r, "cannot give up access to files: %s", strerror(-r));
	return install(calls, err);
}
