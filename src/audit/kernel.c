/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/kernel.h"
#include "audit/kernel_private.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/time.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#define REPLY_TIMEOUT_MS 5000
#define ACTIONS_LOGGED	 "/proc/sys/kernel/seccomp/actions_logged"

int audit_explain(struct error *err, int code, const char *what)
{
	switch (code) {
	case -EPERM:
	case -EACCES:
		return error_set(
			err, -EPERM,
			"not allowed to %s: it takes CAP_AUDIT_CONTROL on the host: run it as "
			"root",
			what);
	case -ECONNREFUSED:
		return error_set(
			err, -EPERM,
			"cannot %s from inside a user namespace: run it on the host, not in a "
			"rootless container",
			what);
	case -EPROTONOSUPPORT:
	case -EAFNOSUPPORT:
		return error_set(
			err, -EPROTONOSUPPORT,
			"cannot %s: no audit in this kernel, or this sandbox hides it (it takes "
			"CONFIG_AUDIT=y and no audit=0 on the kernel's command line)",
			what);
	case -ETIMEDOUT:
		return error_set(
			err, code,
			"cannot %s: no answer from the kernel in %d seconds; is the machine "
			"overloaded, or the audit backlog full (auditctl -s)?",
			what, REPLY_TIMEOUT_MS / 1000);
	default:
		return error_set(err, code, "cannot %s: %s", what, strerror(-code));
	}
}

/* libaudit would tell standard error what we say better. */
int audit_open_quietly(void)
{
	int fd;

	set_aumessage_mode(MSG_QUIET, DBG_NO);
	fd = audit_open();
	return fd >= 0 ? fd : -errno;
}

int audit_collect(int fd, audit_reply_handler handler, void *context)
{
	int64_t deadline = time_now_ms() + REPLY_TIMEOUT_MS;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int r = 0;

	while (r == 0) {
		struct audit_reply reply;
		int64_t left = deadline - time_now_ms();

		if (left <= 0 || left > REPLY_TIMEOUT_MS)
			return -ETIMEDOUT;
		r = poll(&poll_fd, 1, (int)left);
		if (r < 0 && errno != EINTR)
			return -errno;
		r = audit_get_reply(fd, &reply, GET_REPLY_NONBLOCKING, 0);
		if (r == -EAGAIN)
			r = 0;
		else if (r >= 0 && reply.type == NLMSG_ERROR && reply.error)
			r = reply.error->error;
		else if (r >= 0)
			r = handler(context, &reply);
	}
	return r < 0 ? r : 0;
}

static int take_status(void *context, const struct audit_reply *reply)
{
	struct audit_state *state = context;
	const struct audit_status *status = reply->status;

	if (reply->type != AUDIT_GET || !status)
		return 0;
	state->enabled = status->enabled;
	state->failure = status->failure;
	state->pid = status->pid;
	state->rate_limit = status->rate_limit;
	state->backlog_limit = status->backlog_limit;
	state->lost = status->lost;
	state->backlog = status->backlog;
	return 1;
}

/* audit_comparator() of kernel/auditfilter.c. */
static bool compare(uint32_t left, uint32_t operator, uint32_t right)
{
	switch (operator) {
	case AUDIT_EQUAL:
		return left == right;
	case AUDIT_NOT_EQUAL:
		return left != right;
	case AUDIT_LESS_THAN:
		return left < right;
	case AUDIT_LESS_THAN_OR_EQUAL:
		return left <= right;
	case AUDIT_GREATER_THAN:
		return left > right;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return left >= right;
	case AUDIT_BIT_MASK:
		return (left & right) != 0;
	case AUDIT_BIT_TEST:
		return (left & right) == right;
	default:
		return true;
	}
}

/*
 * Whether an exclude rule can keep a SECCOMP record back. All its fields must hold for that; those
 * about the process depend on who is recorded, so only the message type can rule it out here.
 */
static bool can_exclude(const struct audit_rule_data *rule)
{
	if ((rule->flags & AUDIT_FILTER_MASK) != AUDIT_FILTER_EXCLUDE)
		return false;
	for (uint32_t i = 0; i < rule->field_count; i++)
		if (rule->fields[i] == AUDIT_MSGTYPE &&
		    !compare(AUDIT_SECCOMP, rule->fieldflags[i], rule->values[i]))
			return false;
	return true;
}

static bool is_text(uint32_t field)
{
	return (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR) || field == AUDIT_EXE ||
	       field == AUDIT_FILTERKEY || field == AUDIT_WATCH || field == AUDIT_DIR;
}

static void put_number(struct strbuf *words, uint32_t field, uint32_t value)
{
	const char *name = field == AUDIT_MSGTYPE ? audit_msg_type_to_name((int)value) : NULL;

	if (name)
		strbuf_puts(words, name);
	else if (value == UINT32_MAX)
		strbuf_puts(words, "-1");
	else
		strbuf_printf(words, "%u", value);
}

/* As auditctl(8) would take it. `text` are the rule's string values, one after the other. */
static void put_rule(struct strbuf *words, const struct audit_rule_data *rule, struct slice text)
{
	const char *action = audit_action_to_name((int)rule->action);

	strbuf_printf(words, "-a %s,exclude", action ? action : "always");
	for (uint32_t i = 0; i < rule->field_count; i++) {
		const char *name = audit_field_to_name((int)rule->fields[i]);
		const char *operator= audit_operator_to_symbol((int)rule->fieldflags[i]);
		uint32_t value = rule->values[i];

		strbuf_printf(words, " -F %s%s", name ? name : "?", operator ? operator : "?");
		if (!is_text(rule->fields[i])) {
			put_number(words, rule->fields[i], value);
			continue;
		}
		if (value > text.len)
			value = (uint32_t)text.len;
		strbuf_put_shown(words, (struct slice){ text.data, value });
		text.data += value;
		text.len -= value;
	}
}

static int take_rule(void *context, const struct audit_reply *reply)
{
	const struct audit_rule_data *rule = reply->ruledata;
	_cleanup_strbuf_ struct strbuf words = { 0 };
	struct audit_state *state = context;
	size_t len;

	if (reply->type == NLMSG_DONE)
		return 1;
	if (reply->type != AUDIT_LIST_RULES || !rule || state->excluded)
		return 0;
	len = NLMSG_PAYLOAD(reply->nlh, 0);
	if (len < sizeof(*rule) || rule->field_count > AUDIT_MAX_FIELDS)
		return 0;
	if (!can_exclude(rule))
		return 0;
	len -= sizeof(*rule);
	put_rule(&words, rule,
		 (struct slice){ rule->buf, rule->buflen < len ? rule->buflen : len });
	if (!strbuf_text(&words))
		return -ENOMEM;
	state->excluded = true;
	strncpy(state->exclude_rule, strbuf_text(&words), sizeof(state->exclude_rule) - 1);
	return 0;
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	while (*text) {
		size_t next = strcspn(text, " \t\n");

		if (next == len && memcmp(text, word, len) == 0)
			return true;
		text += next;
		text += strspn(text, " \t\n");
	}
	return false;
}

/* A kernel without the file (before 4.14) does not know SECCOMP_RET_LOG either. */
static bool reads_log_action(void)
{
	_cleanup_close_ int fd = open(ACTIONS_LOGGED, O_RDONLY | O_CLOEXEC);
	char text[512];
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return has_word(text, "log");
}

int audit_state_read(struct audit_state *ret, struct error *err)
{
	struct audit_state state = { 0 };
	_cleanup_close_ int fd = audit_open_quietly();
	int r;

	if (fd < 0)
		return audit_explain(err, fd, "ask the kernel about audit");
	r = audit_request_status(fd);
	if (r >= 0)
		r = audit_collect(fd, take_status, &state);
	if (r < 0)
		return audit_explain(err, r, "ask the kernel about audit");
	r = audit_request_rules_list_data(fd);
	if (r >= 0)
		r = audit_collect(fd, take_rule, &state);
	if (r < 0)
		return audit_explain(err, r, "list the kernel's audit rules");
	state.logs_allowed = reads_log_action();
	*ret = state;
	return 0;
}

int audit_set_backlog(uint32_t limit, struct error *err)
{
	_cleanup_close_ int fd = audit_open_quietly();
	int r;

	if (fd < 0)
		return audit_explain(err, fd, "set the audit backlog limit");
	r = audit_set_backlog_limit(fd, limit);
	if (r < 0)
		return audit_explain(err, r, "set the audit backlog limit");
	return 0;
}
