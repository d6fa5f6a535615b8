/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes an audit log in auditd's own form, the same for the same arguments:
 *
 *     generate RECORDS PIDS CALLS ALIVE
 *
 * ALIVE processes at a time take turns, until each has had its share of the records; each belongs
 * to one of eight programs, and each program has its own set of CALLS numbers out of the first 330
 * of x86_64.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PROGRAMS 8

static const char *const names[PROGRAMS] = { "nginx", "redis-server", "python3", "postgres",
					     "sshd",  "cron",	      "java",	 "node" };

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 10);
}

static void write_record(uint64_t i, uint64_t share, uint64_t calls, uint64_t alive)
{
	uint64_t generation = i / (alive * share);
	uint64_t pid = generation * alive + i % alive, program = pid % PROGRAMS;
	uint64_t nr = (program * 7 + i / alive % calls * 5) % 330;

	printf("type=SECCOMP msg=audit(%" PRIu64 ".%03" PRIu64 ":%" PRIu64
	       "): auid=4294967295 uid=%" PRIu64 " gid=%" PRIu64
	       " ses=4294967295 subj=unconfined pid=%" PRIu64
	       " comm=\"%s\" exe=\"/usr/local/lib/services/bin/%s\" sig=0 arch=c000003e "
	       "syscall=%" PRIu64 " compat=0 ip=0x7f%010" PRIx64 " code=0x7ffc0000\n",
	       UINT64_C(1700000000) + i / 20000, i / 20 % 1000, i + 1, program + 1000,
	       program + 1000, pid + 1000, names[program], names[program], nr,
	       i * UINT64_C(2654435761) % (UINT64_C(1) << 40));
}

int main(int argc, char **argv)
{
	uint64_t records, pids, calls, alive;

	if (argc != 5 || !(records = number(argv[1])) || !(pids = number(argv[2])) ||
	    !(calls = number(argv[3])) || !(alive = number(argv[4])) || alive > pids ||
	    records < pids) {
		fputs("usage: generate RECORDS PIDS CALLS ALIVE\n", stderr);
		return 2;
	}
	for (uint64_t i = 0; i < records; i++)
		write_record(i, records / pids, calls, alive);
	return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
