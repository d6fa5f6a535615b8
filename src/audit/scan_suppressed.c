/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages about messages that were dropped. Anybody who may write to the log can write one, too;
 * that can only turn a verdict to the careful side.
 */
#include "audit/scan_private.h"

enum where {
	UNSAID, /* no number, or a running total that would be counted again and again */
	BEFORE, /* "12 callbacks suppressed" */
	BEHIND, /* "Missed 12 kernel messages" */
};

/*
 * audit_printk_skb() and audit_log_lost() (kernel/audit.c), journald's dev_kmsg_record() and
 * journal_ratelimit(), rsyslog's imuxsock and imjournal, auditd's dispatcher.
 */
static const struct phrase {
	const char *text, *also; /* `also` stands somewhere in the same line; NULL: nothing more */
	enum where where;
} phrases[] = {
	{ " callbacks suppressed", "audit", BEFORE },
	{ "audit: audit_lost=", NULL, UNSAID },
	{ "audit_lost=", "audit_backlog_limit=", UNSAID },
	{ "audit: backlog limit exceeded", NULL, UNSAID },
	{ "audit: rate limit exceeded", NULL, UNSAID },
	{ "audit: kauditd hold queue overflow", NULL, UNSAID },
	{ "Missed ", " kernel messages", BEHIND },
	{ "Suppressed ", " messages from", BEHIND },
	{ " messages lost due to rate-limiting", NULL, BEFORE },
	{ "imuxsock lost ", " due to rate-limiting", BEHIND },
	{ "begin to drop messages due to rate-limiting", NULL, UNSAID },
	{ "queue is full - dropping event", NULL, UNSAID },
};

/* Every phrase has one of these, and few lines do. */
static bool worth_a_look(struct slice text)
{
	return scan_find(text, text.data, "audit") || scan_find(text, text.data, "messages") ||
	       scan_find(text, text.data, "dropping event");
}

static uint64_t number_before(struct slice text, const char *end)
{
	const char *start = end;
	struct cursor at;
	uint64_t value;

	while (start > text.data && (unsigned char)(start[-1] - '0') <= 9)
		start--;
	at = (struct cursor){ start, end };
	return cursor_take_number(&at, &value) ? value : 0;
}

static uint64_t number_behind(struct slice text, const char *start)
{
	struct cursor at = { start, text.data + text.len };
	uint64_t value;

	return cursor_take_number(&at, &value) ? value : 0;
}

bool scan_suppressed(struct slice text, uint64_t *ret_count)
{
	if (!worth_a_look(text))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		const struct phrase *phrase = &phrases[i];
		const char *at = scan_find(text, text.data, phrase->text);

		if (!at || (phrase->also && !scan_find(text, text.data, phrase->also)))
			continue;
		*ret_count = 0;
		if (phrase->where == BEFORE)
			*ret_count = number_before(text, at);
		else if (phrase->where == BEHIND)
			*ret_count = number_behind(text, at + strlen(phrase->text));
		return true;
	}
	return false;
}
