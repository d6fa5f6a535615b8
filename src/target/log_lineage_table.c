/* SPDX-License-Identifier: Apache-2.0 */
/* What a lineage remembers: texts, and the lives that each pid has now. */
#include "audit/record.h"
#include "base/array.h"
#include "target/log_lineage_private.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_LIVES   256 /* powers of two, as is LOG_LINEAGE_LIVES_MAX */
#define FIRST_BUCKETS 512
#define TEXT_MAX      4096 /* PATH_MAX; longer ones are taken for unknown */

void log_lineage_deinit(struct log_lineage *lineage)
{
	free(lineage->lives);
	free(lineage->buckets);
	free(lineage->founders);
	free(lineage->nodes);
	intern_deinit(&lineage->texts);
	intern_deinit(&lineage->sessions);
	*lineage = (struct log_lineage){ 0 };
}

/* ---- texts ----------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The kernel's hexadecimal form, without lower case and of even length. */
static bool unhex(struct slice raw, char *buffer, struct slice *ret)
{
	if (raw.len == 0 || raw.len % 2 != 0)
		return false;
	for (size_t i = 0; i < raw.len; i += 2) {
		int high = hex_digit(raw.data[i]), low = hex_digit(raw.data[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buffer[i / 2] = (char)(high << 4 | low);
	}
	*ret = (struct slice){ buffer, raw.len / 2 };
	return true;
}

int log_lineage_text(struct log_lineage *lineage, struct slice raw, uint32_t *ret)
{
	static const struct slice deleted = { " (deleted)", 10 };
	struct slice text = raw;
	char buffer[TEXT_MAX];
	int r;

	*ret = LOG_LINEAGE_NONE;
	if (raw.len == 0 || raw.len > 2 * TEXT_MAX || slice_is(raw, "(null)"))
		return 0;
	if (raw.len >= 2 && raw.data[0] == '"')
		text = (struct slice){ raw.data + 1, raw.len - 2 };
	else
		unhex(raw, buffer, &text);
	if (text.len > deleted.len &&
	    slice_is((struct slice){ text.data + text.len - deleted.len, deleted.len },
		     deleted.data))
		text.len -= deleted.len;
	if (intern_find(&lineage->texts, text, ret) == 0)
		return 0;
	if (lineage->texts.n_keys >= LOG_LINEAGE_TEXTS_MAX)
		return 0;
	r = intern_add(&lineage->texts, text, ret);
	return r < 0 ? r : 0;
}

struct slice log_lineage_text_of(const struct log_lineage *lineage, uint32_t number)
{
	return number < lineage->texts.n_keys ? lineage->texts.keys[number] : SLICE("");
}

/* ---- lives by pid ---------------------------------------------------------------------------- */

static size_t probe(const struct log_lineage *lineage, uint32_t node, uint32_t pid)
{
	const uint32_t key[] = { node, pid };
	size_t mask = lineage->n_buckets - 1,
	       at = intern_hash((struct slice){ (const char *)key, sizeof(key) }, lineage->seed) &
		    mask;

	for (; lineage->buckets[at] != 0; at = (at + 1) & mask) {
		const struct life *life = &lineage->lives[lineage->buckets[at] - 1];

		if (life->pid == pid && life->node == node)
			break;
	}
	return at;
}

uint32_t log_lineage_current(const struct log_lineage *lineage, uint32_t node, uint32_t pid)
{
	size_t at;

	if (lineage->n_buckets == 0)
		return LOG_LINEAGE_NONE;
	at = probe(lineage, node, pid);
	return lineage->buckets[at] ? lineage->buckets[at] - 1 : LOG_LINEAGE_NONE;
}

/* At most two thirds are in use, so that probes stay short. */
static int rebuild_buckets(struct log_lineage *lineage)
{
	size_t n = lineage->n_buckets ? lineage->n_buckets : FIRST_BUCKETS;
	uint32_t *buckets;

	while (n / 3 * 2 < lineage->allocated)
		n *= 2;
	buckets = calloc(n, sizeof(*buckets));
	if (!buckets)
		return -ENOMEM;
	/* Without entropy at boot the seed is weak, which costs speed under attack and no more. */
	if (lineage->n_buckets == 0 &&
	    getrandom(lineage->seed, sizeof(lineage->seed), GRND_NONBLOCK) < 0)
		lineage->seed[0] = (uintptr_t)lineage;
	free(lineage->buckets);
	lineage->buckets = buckets;
	lineage->n_buckets = n;
	for (uint32_t i = 0; i < lineage->n_lives; i++) {
		const struct life *life = &lineage->lives[i];

		if (life->used && !life->replaced)
			buckets[probe(lineage, life->node, life->pid)] = i + 1;
	}
	return 0;
}

static void let_go(struct log_lineage *lineage, uint32_t number)
{
	if (number != LOG_LINEAGE_NONE)
		lineage->lives[number].children--;
}

static bool is_over(const struct log_lineage *lineage, const struct life *life)
{
	const struct log_lineage_node *node = &lineage->nodes[life->node];

	if (life->replaced || life->boot != node->boot)
		return true;
	return (life->ended || !life->met) &&
	       life->last_known_ms + LOG_LINEAGE_SOON_MS < node->newest_ms;
}

/* Those of which nothing can depend any more. Children come after their parents, mostly. */
static void forget_some(struct log_lineage *lineage)
{
	for (size_t i = lineage->n_lives; i-- > 0;) {
		struct life *life = &lineage->lives[i];

		if (!life->used || life->logged || life->children > 0 || !is_over(lineage, life))
			continue;
		let_go(lineage, life->parent);
		let_go(lineage, life->founder);
		*life = (struct life){ .parent = lineage->forgotten };
		lineage->forgotten = (uint32_t)i + 1;
		lineage->n_forgotten++;
	}
}

static int grow(struct log_lineage *lineage)
{
	size_t wanted = lineage->allocated ? lineage->allocated * 2 : FIRST_LIVES;

	if (lineage->allocated >= LOG_LINEAGE_LIVES_MAX)
		return 0;
	return array_reserve(&lineage->lives, &lineage->allocated, wanted, sizeof(*lineage->lives));
}

/* -E2BIG at the cap; looking for what can be forgotten is worth its time only now and then. */
static int make_room(struct log_lineage *lineage)
{
	int r = 0;

	if (lineage->n_forgotten > 0 || lineage->n_lives < lineage->allocated)
		return 0;
	if (lineage->refuse > 0) {
		lineage->refuse--;
		return -E2BIG;
	}
	forget_some(lineage);
	if (lineage->n_forgotten <= lineage->allocated / 4)
		r = grow(lineage);
	if (r >= 0)
		r = rebuild_buckets(lineage);
	if (r < 0 || lineage->n_forgotten > 0 || lineage->n_lives < lineage->allocated)
		return r;
	lineage->refuse = lineage->allocated / 16;
	return -E2BIG;
}

static int take_life(struct log_lineage *lineage, uint32_t *ret)
{
	int r = make_room(lineage);

	if (r < 0)
		return r;
	if (lineage->n_forgotten > 0) {
		*ret = lineage->forgotten - 1;
		lineage->forgotten = lineage->lives[*ret].parent;
		lineage->n_forgotten--;
	} else {
		*ret = (uint32_t)lineage->n_lives++;
	}
	return 0;
}

int log_lineage_begin(struct log_lineage *lineage, uint32_t node, uint32_t pid, uint32_t *ret)
{
	const struct log_lineage_node *where = &lineage->nodes[node];
	int r = take_life(lineage, ret);
	uint32_t before;

	if (r == -E2BIG) {
		lineage->refused++;
		*ret = LOG_LINEAGE_NONE;
		return 0;
	}
	if (r < 0)
		return r;
	before = log_lineage_current(lineage, node, pid);
	if (before != LOG_LINEAGE_NONE)
		lineage->lives[before].replaced = true;
	lineage->lives[*ret] = (struct life){
		.node = node,
		.pid = pid,
		.parent = LOG_LINEAGE_NONE,
		.founder = LOG_LINEAGE_NONE,
		.exe = LOG_LINEAGE_NONE,
		.comm = LOG_LINEAGE_NONE,
		.session = RECORD_UNSET,
		.value = LOG_LINEAGE_NONE,
		.boot = where->boot,
		.epoch = where->epoch,
		.first_ms = TIME_UNKNOWN,
		.last_known_ms = TIME_UNKNOWN,
		.used = true,
		.whole = where->whole,
	};
	lineage->buckets[probe(lineage, node, pid)] = *ret + 1;
	return 0;
}
