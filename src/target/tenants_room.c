/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Room for tenants. On a host that starts containers all day long, most have gone, and what they
 * took is for others: their numbers, and their names and keys, which are freed many at once.
 */
#include "base/array.h"
#include "target/tenants_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TIDY_MIN 64 /* forgotten tenants for which it is worth while */

void tenant_index_deinit(struct tenant_index *index)
{
	intern_deinit(&index->texts);
	free(index->tenants);
	*index = (struct tenant_index){ 0 };
}

uint32_t tenants_find(const struct tenants *tenants, const struct tenant_index *index,
		      struct slice text)
{
	uint32_t number, tenant;

	if (intern_find(&index->texts, text, &number) < 0)
		return TENANT_NONE;
	tenant = index->tenants[number];
	return tenants->items[tenant].forgotten ? TENANT_NONE : tenant;
}

int tenant_index_put(struct tenant_index *index, struct slice text, uint32_t tenant)
{
	uint32_t number;
	int r = array_reserve(&index->tenants, &index->allocated, index->texts.n_keys + 1,
			      sizeof(*index->tenants));

	if (r >= 0)
		r = intern_add(&index->texts, text, &number);
	if (r < 0)
		return r;
	index->tenants[number] = tenant;
	return 0;
}

/* Without the texts of those that were forgotten. Out of memory leaves it as it is. */
static int shrink_index(const struct tenants *tenants, struct tenant_index *index)
{
	struct tenant_index kept = { 0 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < index->texts.n_keys; i++) {
		const uint32_t tenant = index->tenants[i];

		if (!tenants->items[tenant].forgotten)
			r = tenant_index_put(&kept, index->texts.keys[i], tenant);
	}
	if (r < 0) {
		tenant_index_deinit(&kept);
		return r;
	}
	tenant_index_deinit(index);
	*index = kept;
	return 0;
}

void tenant_deinit(struct tenant *tenant)
{
	free(tenant->name);
	free(tenant->id);
	free(tenant->title);
	free(tenant->exe);
}

bool tenants_have_room(const struct tenants *tenants)
{
	return tenants->n - tenants->n_released < tenants->options.max + tenants->n_early;
}

void tenants_revive(struct tenants *tenants, uint32_t number)
{
	struct tenant *tenant = &tenants->items[number];

	tenant->alive = true;
	tenants->n_released -= tenant->released;
	tenant->released = false;
}

void tenants_set_early(struct tenants *tenants, uint32_t number)
{
	struct tenant *tenant = &tenants->items[number];

	tenants->n_early += !tenant->early;
	tenant->early = true;
}

void tenants_release(struct tenants *tenants, uint32_t number)
{
	struct tenant *tenant = &tenants->items[number];

	tenants->n_released += !tenant->released;
	tenants->n_early -= tenant->early;
	tenant->released = true;
	tenant->early = false;
	free(tenant->exe);
	tenant->exe = NULL;
}

void tenants_forget(struct tenants *tenants, uint32_t number)
{
	struct tenant *tenant = &tenants->items[number];

	if (tenant->forgotten)
		return;
	tenants_release(tenants, number);
	tenant_deinit(tenant);
	*tenant = (struct tenant){ .released = true, .forgotten = true };
	tenants->n_forgotten++;
}

int tenants_number(struct tenants *tenants, uint32_t *ret)
{
	int r;

	if (tenants->n_vacant > 0) {
		*ret = tenants->vacant[tenants->n_vacant - 1];
		return 0;
	}
	r = array_reserve(&tenants->items, &tenants->allocated, tenants->n + 1,
			  sizeof(*tenants->items));
	*ret = (uint32_t)tenants->n;
	return r;
}

void tenants_tidy(struct tenants *tenants)
{
	if (tenants->n_forgotten < TIDY_MIN || tenants->n_forgotten < tenants->n / 4)
		return;
	if (array_reserve(&tenants->vacant, &tenants->vacant_allocated, tenants->n,
			  sizeof(*tenants->vacant)) < 0 ||
	    shrink_index(tenants, &tenants->names) < 0 || shrink_index(tenants, &tenants->keys) < 0)
		return;
	tenants->n_vacant = 0;
	for (size_t i = tenants->n; i-- > 0;)
		if (tenants->items[i].forgotten)
			tenants->vacant[tenants->n_vacant++] = (uint32_t)i;
	tenants->n_forgotten = 0;
}
