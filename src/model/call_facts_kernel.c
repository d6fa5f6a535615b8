/* SPDX-License-Identifier: Apache-2.0 */
/* Network, namespaces, sandboxes, keys, tracing, BPF, modules, the host, and what is gone. */
#include "model/call_fact_tables.h"

/* Sorted by name. */
static const struct call_fact network[] = {
	{ "accept", RISK_LOW, "takes the next connection of a listening socket" },
	{ "accept4", RISK_LOW, "takes the next connection of a listening socket, with flags" },
	{ "bind", RISK_MODERATE,
	  "gives a socket an address: a port to serve (below 1024 with CAP_NET_BIND_SERVICE), a "
	  "path, an algorithm of AF_ALG" },
	{ "connect", RISK_MODERATE,
	  "connects a socket to an address, on the network or to a local service's socket" },
	{ "getpeername", RISK_LOW, "tells the address at the other end of a socket" },
	{ "getsockname", RISK_LOW, "tells the address of a socket" },
	{ "getsockopt", RISK_LOW, "reads one of very many options of a socket and its protocol" },
	{ "listen", RISK_LOW, "makes a socket take connections" },
	{ "recv", RISK_LOW, "receives data from a socket" },
	{ "recvfrom", RISK_LOW, "receives data from a socket, with the sender's address" },
	{ "recvmmsg", RISK_LOW, "receives several messages at once" },
	{ "recvmmsg_time64", RISK_LOW, "is recvmmsg with 64-bit time on 32-bit architectures" },
	{ "recvmsg", RISK_LOW,
	  "receives a message with its control data, descriptors of other processes included" },
	{ "send", RISK_MODERATE, "sends data through a connected socket" },
	{ "sendmmsg", RISK_MODERATE, "sends several messages at once" },
	{ "sendmsg", RISK_MODERATE,
	  "sends a message with control data: descriptors and credentials to local peers, requests "
	  "to the kernel by netlink" },
	{ "sendto", RISK_MODERATE,
	  "sends data through a socket, to an address if asked; on netlink sockets a request to "
	  "the kernel" },
	{ "setsockopt", RISK_MODERATE,
	  "sets one of very many options of a socket and its protocol, packet filters included; "
	  "with CAP_NET_ADMIN of any user namespace it reaches firewall code that has had many "
	  "holes" },
	{ "shutdown", RISK_LOW, "ends one or both directions of a connection" },
	{ "socket", RISK_MODERATE,
	  "makes a socket of any address family: beside inet and unix also netlink, packet, vsock, "
	  "AF_ALG, and rare protocols whose modules it loads; its first argument is worth "
	  "restricting" },
	{ "socketcall", RISK_MODERATE,
	  "stands for all socket calls on some 32-bit architectures; its arguments are in memory, "
	  "where a filter cannot see the address family" },
	{ "socketpair", RISK_LOW, "makes two connected sockets, local ones in practice" },
};

/* Sorted by name. */
static const struct call_fact namespaces[] = {
	{ "listns", RISK_MODERATE, "lists namespaces of the host that the caller may see" },
	{ "setdomainname", RISK_HIGH,
	  "sets the NIS domain name of the UTS namespace, with CAP_SYS_ADMIN" },
	{ "sethostname", RISK_HIGH, "sets the host name of the UTS namespace, with CAP_SYS_ADMIN" },
	{ "setns", RISK_CRITICAL,
	  "enters namespaces that a descriptor refers to, with CAP_SYS_ADMIN over them: the way "
	  "from a container into the host, where such a descriptor can be had" },
	{ "unshare", RISK_CRITICAL,
	  "gives the process new namespaces; a user namespace needs no privilege and gives all "
	  "capabilities inside it, which opens mounts, firewall and network configuration code to "
	  "everybody" },
};

/* Sorted by name. */
static const struct call_fact sandbox[] = {
	{ "landlock_add_rule", RISK_LOW, "adds a path or port to what a Landlock ruleset allows" },
	{ "landlock_create_ruleset", RISK_LOW,
	  "makes a Landlock ruleset, by which a program gives up access to files and ports" },
	{ "landlock_restrict_self", RISK_LOW,
	  "puts the process and its descendants under a Landlock ruleset for good" },
	{ "lsm_get_self_attr", RISK_LOW, "reads the process's own label in a security module" },
	{ "lsm_list_modules", RISK_LOW, "lists the security modules that are active" },
	{ "lsm_set_self_attr", RISK_MODERATE,
	  "sets the process's own label in a security module, as far as its policy lets it" },
	{ "seccomp", RISK_MODERATE,
	  "puts the process under a further filter, which can only take away; can hand calls to a "
	  "supervisor that decides on them" },
};

/* Sorted by name. */
static const struct call_fact keys[] = {
	{ "add_key", RISK_HIGH,
	  "adds a key to a kernel keyring, and runs the parser of its type, certificates among "
	  "them; containers with the same user namespace share keyrings" },
	{ "keyctl", RISK_HIGH,
	  "reads, links, revokes and computes with keys in kernel keyrings, by some thirty "
	  "commands; has had holes that gave root" },
	{ "request_key", RISK_HIGH,
	  "looks a key up and, when it is missing, makes the kernel start a helper program, on the "
	  "host and as root" },
};

/* Sorted by name. */
static const struct call_fact tracing[] = {
	{ "kcmp", RISK_HIGH,
	  "compares kernel objects of two processes that the caller may trace: whether they share "
	  "files or memory, and how their addresses order" },
	{ "lookup_dcookie", RISK_HIGH,
	  "turned a number that a profiler had recorded into a path of any file on the host, with "
	  "CAP_SYS_ADMIN; gone since Linux 5.12" },
	{ "perf_event_open", RISK_HIGH,
	  "counts and samples what the processor, the kernel or another process does; side "
	  "channels, kernel addresses, and a large body of code with holes that gave root" },
	{ "pidfd_getfd", RISK_HIGH,
	  "takes a copy of a descriptor out of another process that the caller may trace: open "
	  "files, sockets, sessions" },
	{ "process_vm_readv", RISK_HIGH,
	  "reads the memory of another process that the caller may trace: keys, passwords" },
	{ "process_vm_writev", RISK_HIGH,
	  "writes the memory of another process that the caller may trace, and so takes it over" },
	{ "ptrace", RISK_HIGH,
	  "controls another process of the same user, or any with CAP_SYS_PTRACE: registers, "
	  "memory, its calls; below Linux 4.8 a tracer also gets past seccomp" },
	{ "uprobe", RISK_LOW,
	  "runs the handlers of a user-space probe; made by code that the kernel put there, and "
	  "refused elsewhere" },
	{ "uretprobe", RISK_LOW,
	  "ends a probed function; made by code that the kernel put there, and refused elsewhere" },
};

/* Sorted by name. */
static const struct call_fact bpf[] = {
	{ "bpf", RISK_CRITICAL,
	  "loads programs that run inside the kernel, and makes the maps they share; with CAP_BPF "
	  "or CAP_SYS_ADMIN they see and change what any process does, and holes in the verifier "
	  "have given the whole kernel away" },
};

/* Sorted by name. */
static const struct call_fact modules[] = {
	{ "create_module", RISK_CRITICAL, "reserved memory for a module in kernels before 2.6" },
	{ "delete_module", RISK_CRITICAL, "unloads a kernel module, with CAP_SYS_MODULE" },
	{ "finit_module", RISK_CRITICAL,
	  "loads a kernel module from an open file, with CAP_SYS_MODULE: any code, with all "
	  "rights" },
	{ "get_kernel_syms", RISK_CRITICAL,
	  "listed the kernel's symbols and their addresses in kernels before 2.6" },
	{ "init_module", RISK_CRITICAL,
	  "loads a kernel module from memory, with CAP_SYS_MODULE: any code, with all rights" },
	{ "kexec_file_load", RISK_CRITICAL,
	  "loads a kernel from a file that replaces the running one, with CAP_SYS_BOOT; signatures "
	  "may be demanded" },
	{ "kexec_load", RISK_CRITICAL,
	  "loads a kernel from memory that replaces the running one, with CAP_SYS_BOOT: past "
	  "secure boot unless lockdown forbids it" },
	{ "query_module", RISK_CRITICAL,
	  "told about modules and their addresses in kernels before 2.6" },
};

/* Sorted by name. */
static const struct call_fact host[] = {
	{ "acct", RISK_CRITICAL,
	  "makes the kernel append a line to a file for each process that ends, with "
	  "CAP_SYS_PACCT" },
	{ "getrandom", RISK_LOW, "reads random bytes; waits until the generator is seeded" },
	{ "oldolduname", RISK_LOW,
	  "is uname of the first kernels, with names cut at eight characters" },
	{ "olduname", RISK_LOW, "is uname with a structure that has no domain name" },
	{ "reboot", RISK_CRITICAL,
	  "restarts or halts the host, with CAP_SYS_BOOT; inside a pid namespace it ends that "
	  "namespace's init" },
	{ "sysinfo", RISK_LOW, "tells uptime, load and memory of the host" },
	{ "syslog", RISK_HIGH,
	  "reads and, with CAP_SYSLOG, clears the kernel log, which holds addresses and what other "
	  "containers did" },
	{ "uname", RISK_LOW, "tells the host name and the version of the kernel" },
};

/* Sorted by name. */
static const struct call_fact obsolete[] = {
	{ "_sysctl", RISK_LOW,
	  "read and set kernel parameters by number; gone since Linux 5.5, see /proc/sys" },
	{ "afs_syscall", RISK_LOW, "is a number reserved for AFS, never implemented" },
	{ "bdflush", RISK_LOW,
	  "tuned the writing of buffers; without effect since Linux 2.6 and gone since 5.15" },
	{ "break", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "epoll_ctl_old", RISK_LOW,
	  "is a number reserved for a draft of epoll, never implemented" },
	{ "epoll_wait_old", RISK_LOW,
	  "is a number reserved for a draft of epoll, never implemented" },
	{ "ftime", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "getpmsg", RISK_LOW, "is a number reserved for STREAMS, never implemented" },
	{ "gtty", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "idle", RISK_LOW, "made process 0 the idle process in the first kernels; gone" },
	{ "lock", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "mpx", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "multiplexer", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "nfsservctl", RISK_HIGH, "steered the kernel's NFS server; gone since Linux 3.1" },
	{ "prof", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "profil", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "putpmsg", RISK_LOW, "is a number reserved for STREAMS, never implemented" },
	{ "security", RISK_LOW, "is a number reserved for security modules, never implemented" },
	{ "stty", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "timerfd", RISK_LOW, "was the first form of timerfd_create in Linux 2.6.22; gone" },
	{ "tuxcall", RISK_LOW,
	  "is a number reserved for a web server inside the kernel, never implemented" },
	{ "ulimit", RISK_LOW, "is a number reserved from old Unix, never implemented" },
	{ "vserver", RISK_LOW, "is a number reserved for Linux-VServer, never implemented" },
};

const struct call_table calls_network = { network, ARRAY_SIZE(network) };
const struct call_table calls_namespaces = { namespaces, ARRAY_SIZE(namespaces) };
const struct call_table calls_sandbox = { sandbox, ARRAY_SIZE(sandbox) };
const struct call_table calls_keys = { keys, ARRAY_SIZE(keys) };
const struct call_table calls_tracing = { tracing, ARRAY_SIZE(tracing) };
const struct call_table calls_bpf = { bpf, ARRAY_SIZE(bpf) };
const struct call_table calls_modules = { modules, ARRAY_SIZE(modules) };
const struct call_table calls_host = { host, ARRAY_SIZE(host) };
const struct call_table calls_obsolete = { obsolete, ARRAY_SIZE(obsolete) };
