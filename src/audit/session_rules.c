/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/session_rules.h"

#include "audit/kernel.h"
#include "audit/kernel_private.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/slice.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct owner {
	uint32_t pid, enabled_before;
	uint64_t start;
};

/* A rule of ours that the kernel has. */
struct found {
	struct audit_rule_data *rule;
	struct owner owner;
	bool alive;
};

struct survey {
	struct found *found;
	size_t n, allocated;
	const char *block;
};

static void survey_deinit(struct survey *survey)
{
	for (size_t i = 0; i < survey->n; i++)
		free(survey->found[i].rule);
	free(survey->found);
}

/* ---- who owns a rule ------------------------------------------------------------------------- */

/* Field 22 of /proc/PID/stat (proc(5)); 0: there is no such process. */
static uint64_t start_of(uint32_t pid)
{
	_cleanup_fclose_ FILE *stream = NULL;
	char path[32], line[1024];
	uint64_t start = 0;
	const char *at;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	stream = fopen(path, "re");
	if (!stream || !fgets(line, sizeof(line), stream))
		return 0;
	/* The name before it may have any byte in it. */
	at = strrchr(line, ')');
	if (!at || sscanf(at + 1,
			  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			  "%*d %*d %" SCNu64,
			  &start) != 1)
		return 0;
	return start;
}

static bool owner_parse(struct slice key, struct owner *ret)
{
	char text[96], end;

	if (key.len >= sizeof(text) || !slice_starts(key, SLICE(SESSION_RULES_KEY ":")))
		return false;
	memcpy(text, key.data, key.len);
	text[key.len] = '\0';
	return sscanf(text + strlen(SESSION_RULES_KEY ":"), "%" SCNu32 ":%" SCNu64 ":%" SCNu32 "%c",
		      &ret->pid, &ret->start, &ret->enabled_before, &end) == 3;
}

static bool owner_alive(const struct owner *owner)
{
	uint64_t start = start_of(owner->pid);

	return start != 0 && start == owner->start;
}

/* ---- what the kernel has --------------------------------------------------------------------- */

/* The key, which lies among the other texts of the rule. */
static struct slice key_of(const struct audit_rule_data *rule, size_t text_len)
{
	struct slice text = { rule->buf, text_len };

	for (uint32_t i = 0; i < rule->field_count; i++) {
		uint32_t field = rule->fields[i], len = rule->values[i];
		bool is_text = (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR) ||
			       (field >= AUDIT_OBJ_USER && field <= AUDIT_OBJ_LEV_HIGH) ||
			       field == AUDIT_EXE || field == AUDIT_WATCH || field == AUDIT_DIR ||
			       field == AUDIT_FILTERKEY;

		if (!is_text)
			continue;
		if (len > text.len)
			break;
		if (field == AUDIT_FILTERKEY)
			return (struct slice){ text.data, len };
		text.data += len;
		text.len -= len;
	}
	return (struct slice){ 0 };
}

/* Rules that leave processes without what SYSCALL records are made of, or drop the records. */
static const char *block_of(const struct audit_rule_data *rule)
{
	uint32_t list = rule->flags & AUDIT_FILTER_MASK;

	if (list == AUDIT_FILTER_TASK && rule->action == AUDIT_NEVER)
		return "-a never,task";
	for (uint32_t i = 0; list == AUDIT_FILTER_EXCLUDE && i < rule->field_count; i++)
		if (rule->fields[i] == AUDIT_MSGTYPE && rule->fieldflags[i] == AUDIT_EQUAL &&
		    rule->values[i] == AUDIT_SYSCALL)
			return "-a always,exclude -F msgtype=SYSCALL";
	return NULL;
}

static int take_rule(void *context, const struct audit_reply *reply)
{
	const struct audit_rule_data *rule = reply->ruledata;
	struct survey *survey = context;
	struct found found = { 0 };
	size_t len;

	if (reply->type == NLMSG_DONE)
		return 1;
	if (reply->type != AUDIT_LIST_RULES || !rule)
		return 0;
	len = NLMSG_PAYLOAD(reply->nlh, 0);
	if (len < sizeof(*rule) || rule->field_count > AUDIT_MAX_FIELDS)
		return 0;
	if (!survey->block)
		survey->block = block_of(rule);
	len -= sizeof(*rule);
	if (rule->buflen < len)
		len = rule->buflen;
	if (!owner_parse(key_of(rule, len), &found.owner))
		return 0;
	if (array_reserve(&survey->found, &survey->allocated, survey->n + 1, sizeof(found)) < 0)
		return -ENOMEM;
	found.rule = calloc(1, sizeof(*rule) + len);
	if (!found.rule)
		return -ENOMEM;
	memcpy(found.rule, rule, sizeof(*rule) + len);
	found.rule->buflen = (uint32_t)len;
	found.alive = owner_alive(&found.owner);
	survey->found[survey->n++] = found;
	return 0;
}

static int look(int fd, struct survey *survey, struct error *err)
{
	int r = audit_request_rules_list_data(fd);

	if (r >= 0)
		r = audit_collect(fd, take_rule, survey);
	return r < 0 ? audit_explain(err, r, "list the kernel's audit rules") : 0;
}

/* ---- changing it ----------------------------------------------------------------------------- */

static int delete_rule(int fd, struct audit_rule_data *rule)
{
	int r = audit_delete_rule_data(fd, rule, (int)(rule->flags & AUDIT_FILTER_MASK),
				       (int)rule->action);

	/* Somebody else has removed it (auditctl -D). */
	return r == -ENOENT ? 0 : r;
}

static int set_enabled(int fd, uint32_t enabled, struct error *err)
{
	int r = audit_set_enabled(fd, enabled);

	return r < 0 ? audit_explain(err, r, "switch audit on or off") : 0;
}

/* Once nobody needs it any more. An audit daemon that has come meanwhile wants it on. */
static int restore_enabled(int fd, uint32_t enabled_before, uint32_t daemon_before,
			   bool *ret_changed, struct error *err)
{
	struct audit_state now;
	int r = audit_state_read(&now, err);

	*ret_changed = false;
	if (r < 0 || enabled_before != 0 || now.enabled != 1 ||
	    (now.pid != 0 && now.pid != daemon_before))
		return r;
	r = set_enabled(fd, 0, err);
	*ret_changed = r >= 0;
	return r;
}

static bool anybody_alive(const struct survey *survey, uint32_t but)
{
	for (size_t i = 0; i < survey->n; i++)
		if (survey->found[i].alive && survey->found[i].owner.pid != but)
			return true;
	return false;
}

static int delete_dead(int fd, const struct survey *survey, struct session_rules_left *ret,
		       struct error *err)
{
	for (size_t i = 0; i < survey->n; i++) {
		const struct found *found = &survey->found[i];
		int r;

		if (found->alive)
			continue;
		r = delete_rule(fd, found->rule);
		if (r < 0)
			return audit_explain(err, r, "remove an audit rule that was left behind");
		ret->rules++;
		ret->pid = found->owner.pid;
	}
	return 0;
}

/* The rules go last: they are what says how `enabled` was, should this be interrupted, too. */
static int sweep(int fd, const struct survey *survey, struct session_rules_left *ret,
		 struct error *err)
{
	const struct found *dead = NULL;
	int r = 0;

	for (size_t i = 0; i < survey->n; i++)
		if (!survey->found[i].alive)
			dead = &survey->found[i];
	if (dead && !anybody_alive(survey, 0))
		r = restore_enabled(fd, dead->owner.enabled_before, 0, &ret->enabled, err);
	return r < 0 ? r : delete_dead(fd, survey, ret, err);
}

int session_rules_sweep(struct session_rules_left *ret, struct error *err)
{
	_cleanup_(survey_deinit) struct survey survey = { 0 };
	_cleanup_close_ int fd = audit_open_quietly();
	int r;

	*ret = (struct session_rules_left){ 0 };
	if (fd < 0)
		return audit_explain(err, fd, "list the kernel's audit rules");
	r = look(fd, &survey, err);
	return r < 0 ? r : sweep(fd, &survey, ret, err);
}

/* ---- the rules of one recording -------------------------------------------------------------- */

static void add_field(struct audit_rule_data *rule, uint32_t field, uint32_t operator,
		      uint32_t value)
{
	rule->fields[rule->field_count] = field;
	rule->fieldflags[rule->field_count] = operator;
	rule->values[rule->field_count] = value;
	rule->field_count++;
}

/* A rule with our key; NULL: no memory. */
static struct audit_rule_data *new_rule(const struct session_rules *rules)
{
	size_t len = strlen(rules->key);
	struct audit_rule_data *rule = calloc(1, sizeof(*rule) + len);

	if (!rule)
		return NULL;
	add_field(rule, AUDIT_FILTERKEY, AUDIT_EQUAL, (uint32_t)len);
	memcpy(rule->buf, rules->key, len);
	rule->buflen = (uint32_t)len;
	return rule;
}

/* Takes the rule. In front of the host's: the first that matches decides. */
static int send_rule(struct session_rules *rules, int fd, struct audit_rule_data *rule, int action,
		     struct error *err)
{
	int r;

	if (!rule)
		return error_memory(err);
	r = audit_add_rule_data(fd, rule, AUDIT_FILTER_EXIT | AUDIT_FILTER_PREPEND, action);
	if (r < 0) {
		free(rule);
		return audit_explain(err, r, "add an audit rule");
	}
	rule->flags = AUDIT_FILTER_EXIT;
	rules->rules[rules->n++] = rule;
	return 0;
}

/* No call is in its mask, so that it never matches. */
static int add_marker(struct session_rules *rules, int fd, struct error *err)
{
	struct audit_rule_data *rule = new_rule(rules);

	if (rule)
		add_field(rule, AUDIT_PID, AUDIT_EQUAL, 0);
	return send_rule(rules, fd, rule, AUDIT_NEVER, err);
}

/* What it was before the first recording that still goes on. */
static uint32_t enabled_before(const struct survey *survey, const struct audit_state *now)
{
	for (size_t i = 0; i < survey->n; i++)
		if (survey->found[i].alive)
			return survey->found[i].owner.enabled_before;
	return now->enabled;
}

static int begin(struct session_rules *rules, int fd, struct error *err)
{
	_cleanup_(survey_deinit) struct survey survey = { 0 };
	struct session_rules_left left = { 0 };
	struct audit_state now;
	int r = look(fd, &survey, err);

	if (r >= 0)
		r = sweep(fd, &survey, &left, err);
	if (r >= 0)
		r = audit_state_read(&now, err);
	if (r < 0)
		return r;
	if (now.enabled == 2)
		return error_set(
			err, -EPERM,
			"the audit configuration is locked until the host is started again "
			"(auditctl -s: enabled 2), so that no rule can be added");
	if (survey.block)
		return error_set(err, -ENOTSUP,
				 "a rule of this host (%s) keeps the kernel from writing SYSCALL "
				 "records; see auditctl -l",
				 survey.block);
	rules->enabled_before = enabled_before(&survey, &now);
	rules->daemon_before = now.pid;
	snprintf(rules->key, sizeof(rules->key), SESSION_RULES_KEY ":%d:%" PRIu64 ":%" PRIu32,
		 (int)getpid(), start_of((uint32_t)getpid()), rules->enabled_before);
	r = add_marker(rules, fd, err);
	if (r < 0 || now.enabled != 0)
		return r;
	return set_enabled(fd, 1, err);
}

int session_rules_begin(struct session_rules *rules, struct error *err)
{
	_cleanup_close_ int fd = audit_open_quietly();

	if (fd < 0)
		return audit_explain(err, fd, "add audit rules");
	return begin(rules, fd, err);
}

int session_rules_add(struct session_rules *rules, uint32_t session, uint32_t audit_arch,
		      const int32_t *numbers, size_t n, struct error *err)
{
	_cleanup_close_ int fd = audit_open_quietly();
	struct audit_rule_data *rule;

	if (fd < 0)
		return audit_explain(err, fd, "add audit rules");
	if (rules->n >= SESSION_RULES_MAX)
		return error_set(err, -E2BIG, "more architectures than audit rules");
	rule = new_rule(rules);
	if (!rule)
		return error_memory(err);
	add_field(rule, AUDIT_ARCH, AUDIT_EQUAL, audit_arch);
	add_field(rule, AUDIT_SESSIONID, AUDIT_EQUAL, session);
	add_field(rule, AUDIT_PID, AUDIT_NOT_EQUAL, (uint32_t)getpid());
	for (size_t i = 0; i < n; i++)
		if (numbers[i] >= 0 && numbers[i] < AUDIT_BITMASK_SIZE * 32)
			rule->mask[AUDIT_WORD(numbers[i])] |= AUDIT_BIT(numbers[i]);
	return send_rule(rules, fd, rule, AUDIT_ALWAYS, err);
}

static int end(struct session_rules *rules, int fd, struct error *err)
{
	_cleanup_(survey_deinit) struct survey survey = { 0 };
	bool changed;
	int r = 0;

	/* The marker, which is the first, goes last. */
	for (size_t i = rules->n; i-- > 1;) {
		int deleted = delete_rule(fd, rules->rules[i]);

		r = deleted < 0 ? deleted : r;
	}
	if (r < 0)
		return audit_explain(err, r, "remove an audit rule");
	r = look(fd, &survey, err);
	if (r >= 0 && !anybody_alive(&survey, (uint32_t)getpid()))
		r = restore_enabled(fd, rules->enabled_before, rules->daemon_before, &changed, err);
	if (r < 0)
		return r;
	r = delete_rule(fd, rules->rules[0]);
	return r < 0 ? audit_explain(err, r, "remove an audit rule") : 0;
}

int session_rules_end(struct session_rules *rules, struct error *err)
{
	_cleanup_close_ int fd = -1;
	int r = 0;

	if (rules->n > 0) {
		fd = audit_open_quietly();
		r = fd < 0 ? audit_explain(err, fd, "remove audit rules") : end(rules, fd, err);
	}
	for (size_t i = 0; i < rules->n; i++)
		free(rules->rules[i]);
	*rules = (struct session_rules){ 0 };
	return r;
}
