/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/gzip_check.h"

/* CRC-32 with the reflected polynomial of RFC 1952, section 8. */
#define POLYNOMIAL 0xedb88320U

void gzip_check_init(struct gzip_check *check)
{
	*check = (struct gzip_check){ .checksum = UINT32_MAX };
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;

		for (int bit = 0; bit < 8; bit++)
			value = value & 1 ? value >> 1 ^ POLYNOMIAL : value >> 1;
		check->table[i] = value;
	}
}

/* Magic, deflate, no reserved flag, any time, a known level, a known system. */
static bool is_header(const unsigned char *bytes)
{
	return bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8 && (bytes[3] & 0xe0) == 0 &&
	       (bytes[8] == 0 || bytes[8] == 2 || bytes[8] == 4) &&
	       (bytes[9] <= 13 || bytes[9] == 255);
}

void gzip_check_packed(struct gzip_check *check, struct slice data)
{
	for (size_t i = 0; i < data.len; i++) {
		memmove(check->last, check->last + 1, GZIP_HEADER_SIZE - 1);
		check->last[GZIP_HEADER_SIZE - 1] = (unsigned char)data.data[i];
		check->packed++;
		if (check->last[0] == 0x1f && check->packed > GZIP_HEADER_SIZE &&
		    is_header(check->last))
			check->several = true;
	}
}

void gzip_check_plain(struct gzip_check *check, struct slice data)
{
	uint32_t checksum = check->checksum;

	for (size_t i = 0; i < data.len; i++)
		checksum = checksum >> 8 ^
			   check->table[(checksum ^ (unsigned char)data.data[i]) & 0xff];
	check->checksum = checksum;
	check->length += (uint32_t)data.len;
}

static uint32_t little_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

bool gzip_check_passes(const struct gzip_check *check)
{
	const unsigned char *trailer = check->last + GZIP_HEADER_SIZE - GZIP_TRAILER_SIZE;

	return check->several || (little_endian(trailer) == ~check->checksum &&
				  little_endian(trailer + 4) == check->length);
}
