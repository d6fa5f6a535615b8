/* SPDX-License-Identifier: Apache-2.0 */
#include "model/actor_index.h"
#include "base/array.h"
#include <stdlib.h>
#include <string.h>

void actor_index_deinit(struct actor_index *index)
{
	intern_deinit(&index->keys);
	free(index->actors);
}

struct slice actor_index_key(const struct scan *scan, char *buffer)
{
	const struct slice parts[] = { scan->auid,    scan->uid,  scan->gid, scan->session,
				       scan->subject, scan->comm, scan->exe };
	size_t len = 0;

	buffer[len++] = scan->interpreted ? 'i' : 'r';
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (len + parts[i].len + 2 > ACTOR_KEY_MAX)
			return (struct slice){ NULL, 0 };
		buffer[len++] = parts[i].data ? '=' : '-';
		if (parts[i].len)
			memcpy(buffer + len, parts[i].data, parts[i].len);
		len += parts[i].len;
		buffer[len++] = '\0';
	}
	return (struct slice){ buffer, len };
}

/*
 * Where an actor is remembered as met lately: uid, comm and the end of exe are what differs. A bad
 * spread costs a hash of the whole key, no more.
 */
static size_t recent_slot(struct slice key)
{
	uint64_t head = 0, middle = 0, tail = 0;

	if (key.len >= 32) {
		memcpy(&head, key.data + 13, sizeof(head));
		memcpy(&middle, key.data + key.len / 2, sizeof(middle));
		memcpy(&tail, key.data + key.len - sizeof(tail), sizeof(tail));
	}
	head = (head ^ middle * 3 ^ tail * 5 ^ key.len) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(head >> 32) % ACTOR_INDEX_RECENT;
}

const struct known_actor *actor_index_find(struct actor_index *index, struct slice key)
{
	uint32_t *recent = &index->recent[recent_slot(key)];
	uint32_t found;

	if (*recent && slice_equal(index->keys.keys[*recent - 1], key))
		return &index->actors[*recent - 1];
	if (intern_find(&index->keys, key, &found) < 0)
		return NULL;
	*recent = found + 1;
	return &index->actors[found];
}

int actor_index_add(struct actor_index *index, struct slice key, const struct known_actor *actor)
{
	uint32_t number;
	int r = array_reserve(&index->actors, &index->allocated, index->keys.n_keys + 1,
			      sizeof(*index->actors));

	if (r >= 0)
		r = intern_add(&index->keys, key, &number);
	if (r < 0)
		return r;
	index->actors[number] = *actor;
	return 0;
}
