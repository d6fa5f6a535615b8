/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recording_actors.h"
#include "base/array.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SET_BIT 0x80000000

/*
 * An actor is kept as its three texts, each with its NUL, and four big-endian numbers: bytes that
 * sort, with memcmp(), by one member after the other on any machine.
 */
enum { TEXTS = 3, NUMBERS = 4 };

static char *put_text(char *at, struct slice text)
{
	if (text.len > 0)
		memcpy(at, text.data, text.len);
	at[text.len] = '\0';
	return at + text.len + 1;
}

static bool has_nul(struct slice text)
{
	return text.len > 0 && memchr(text.data, '\0', text.len);
}

int recording_actor_add(struct recording *recording, const struct actor *actor,
			uint32_t *ret_number)
{
	const uint32_t numbers[NUMBERS] = { htonl(actor->auid), htonl(actor->uid),
					    htonl(actor->gid), htonl(actor->session) };
	size_t texts = actor->exe.len + actor->comm.len + actor->subject.len + TEXTS;
	struct slice key = { .len = texts + sizeof(numbers) };
	char *bytes, *end;
	int r;

	if (has_nul(actor->exe) || has_nul(actor->comm) || has_nul(actor->subject))
		return -EINVAL;
	bytes = malloc(key.len);
	if (!bytes)
		return -ENOMEM;
	end = put_text(put_text(put_text(bytes, actor->exe), actor->comm), actor->subject);
	memcpy(end, numbers, sizeof(numbers));
	key.data = bytes;
	if (recording->actors.n_keys < RECORDING_ACTORS_ALL) {
		r = intern_add(&recording->actors, key, ret_number);
	} else {
		r = intern_find(&recording->actors, key, ret_number);
		if (r == -ENOENT) {
			*ret_number = RECORDING_ACTOR_OMITTED;
			r = 0;
		}
	}
	free(bytes);
	return r < 0 ? r : 0;
}

static struct slice take_text(const char **at)
{
	struct slice text = slice_from(*at);

	*at += text.len + 1;
	return text;
}

struct actor recording_actor(const struct recording *recording, uint32_t number)
{
	const char *at = recording->actors.keys[number].data;
	struct actor actor;
	uint32_t numbers[NUMBERS];

	actor.exe = take_text(&at);
	actor.comm = take_text(&at);
	actor.subject = take_text(&at);
	memcpy(numbers, at, sizeof(numbers));
	actor.auid = ntohl(numbers[0]);
	actor.uid = ntohl(numbers[1]);
	actor.gid = ntohl(numbers[2]);
	actor.session = ntohl(numbers[3]);
	return actor;
}

int actor_compare(const struct recording *recording, uint32_t a, uint32_t b)
{
	struct slice left = recording->actors.keys[a], right = recording->actors.keys[b];
	int order = memcmp(left.data, right.data, left.len < right.len ? left.len : right.len);

	if (order != 0)
		return order;
	return (left.len > right.len) - (left.len < right.len);
}

void actor_sets_deinit(struct recording *recording)
{
	for (size_t i = 0; i < recording->n_sets; i++)
		free(recording->sets[i].numbers);
	free(recording->sets);
	intern_deinit(&recording->set_index);
}

/* A handle as a set; `number` lends its room to a set of one. */
static struct actor_set get_set(const struct recording *recording, const uint32_t *handle)
{
	if (*handle == ACTORS_NONE || *handle == ACTORS_OMITTED)
		return (struct actor_set){ .more = *handle == ACTORS_OMITTED };
	if (*handle & SET_BIT)
		return recording->sets[*handle & ~SET_BIT];
	return (struct actor_set){ (uint32_t *)handle, 1, *handle, false };
}

bool recording_actors(const struct recording *recording, const struct observation *observation,
		      const uint32_t **ret, size_t *ret_n)
{
	struct actor_set set = get_set(recording, &observation->actors);

	*ret = set.numbers;
	*ret_n = set.n;
	return set.more;
}

static uint32_t find_outmost(const struct recording *recording, const uint32_t *numbers, size_t n)
{
	uint32_t outmost = n > 0 ? numbers[0] : 0;

	for (size_t i = 1; i < n; i++)
		if (actor_compare(recording, numbers[i], outmost) > 0)
			outmost = numbers[i];
	return outmost;
}

static int keep_set(struct recording *recording, struct slice key, const uint32_t *numbers,
		    size_t n, bool more, uint32_t *ret)
{
	struct actor_set set = { .n = (uint32_t)n, .more = more };
	int r = array_reserve(&recording->sets, &recording->sets_allocated, recording->n_sets + 1,
			      sizeof(*recording->sets));

	if (r < 0)
		return r;
	set.numbers = malloc(n * sizeof(*numbers));
	if (!set.numbers)
		return -ENOMEM;
	memcpy(set.numbers, numbers, n * sizeof(*numbers));
	set.outmost = find_outmost(recording, numbers, n);
	r = intern_add(&recording->set_index, key, ret);
	if (r < 0) {
		free(set.numbers);
		return r;
	}
	recording->sets[recording->n_sets++] = set;
	*ret |= SET_BIT;
	return 0;
}

int actors_make(struct recording *recording, const uint32_t *numbers, size_t n, bool more,
		uint32_t *ret)
{
	uint32_t words[RECORDING_ACTORS_MAX + 1];
	struct slice key = { (const char *)words, (n + 1) * sizeof(*words) };

	if (n == 0 || (n == 1 && !more)) {
		*ret = n == 1 ? numbers[0] : more ? ACTORS_OMITTED : ACTORS_NONE;
		return 0;
	}
	words[0] = more;
	memcpy(words + 1, numbers, n * sizeof(*words));
	if (intern_find(&recording->set_index, key, ret) == 0) {
		*ret |= SET_BIT;
		return 0;
	}
	if (recording->n_sets >= RECORDING_SETS_MAX) {
		*ret = ACTORS_OMITTED;
		return 0;
	}
	return keep_set(recording, key, numbers, n, more, ret);
}

static int by_content(const void *a, const void *b, void *recording)
{
	return actor_compare(recording, *(const uint32_t *)a, *(const uint32_t *)b);
}

static int by_number(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* Both in ascending order, each number once. */
static size_t unite(const struct actor_set *a, const struct actor_set *b, uint32_t *ret)
{
	size_t i = 0, j = 0, n = 0;

	while (i < a->n && j < b->n) {
		uint32_t left = a->numbers[i], right = b->numbers[j];

		i += left <= right;
		j += right <= left;
		ret[n++] = left < right ? left : right;
	}
	while (i < a->n)
		ret[n++] = a->numbers[i++];
	while (j < b->n)
		ret[n++] = b->numbers[j++];
	return n;
}

static bool set_has(const struct actor_set *set, uint32_t number)
{
	return set->n > 0 &&
	       bsearch(&number, set->numbers, set->n, sizeof(number), by_number) != NULL;
}

/* Whether joining `b` changes nothing in `a`, as far as that is quickly said. */
static bool holds(const struct recording *recording, const struct actor_set *a,
		  const struct actor_set *b)
{
	if (b->n == 0)
		return a->more || !b->more;
	if (b->n != 1 || (b->more && !a->more))
		return false;
	if (set_has(a, b->numbers[0]))
		return true;
	return a->more && a->n == RECORDING_ACTORS_MAX &&
	       actor_compare(recording, b->numbers[0], a->outmost) > 0;
}

int actors_join(struct recording *recording, uint32_t a, uint32_t b, uint32_t *ret)
{
	struct actor_set left = get_set(recording, &a), right = get_set(recording, &b);
	uint32_t numbers[2 * RECORDING_ACTORS_MAX];
	bool more = left.more || right.more;
	size_t n;

	if (a == b || holds(recording, &left, &right)) {
		*ret = a;
		return 0;
	}
	n = unite(&left, &right, numbers);
	if (n > RECORDING_ACTORS_MAX) {
		/* Which ones stay must not depend on who came first, or merging would have an
		 * order. */
		qsort_r(numbers, n, sizeof(*numbers), by_content, recording);
		n = RECORDING_ACTORS_MAX;
		qsort(numbers, n, sizeof(*numbers), by_number);
		more = true;
	}
	return actors_make(recording, numbers, n, more, ret);
}
