# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # work, why: lib.sh's
# An audit daemon of our own for the system tests: in the foreground, with a configuration of its own,
# in a mount namespace where that is the host's. Source it behind lib.sh, with private mounts.
conf=$work/etc
log=$work/log/audit.log
auditd=

# need_auditd: nobody else's daemon, and a place for ours. What it trusts must not be in a place that
# others can write to.
need_auditd() {
	need auditd
	[ "$(setting pid)" -eq 0 ] || skip_all 'an audit daemon runs already'
	[ -d /etc/audit ] || skip_all 'there is no /etc/audit'
	mkdir -m 750 "$conf" "$conf/plugins.d" "$work/log"
	mount --bind "$conf" /etc/audit || skip_all 'nothing can be mounted'
}

# configure [LINE]...: what does not differ from one start to the next, and then LINEs.
configure() {
	cat >"$conf/auditd.conf" <<END
local_events = yes
write_logs = yes
log_file = $log
flush = INCREMENTAL_ASYNC
freq = 50
num_logs = 3
max_log_file = 2
priority_boost = 0
space_left = 2
space_left_action = IGNORE
admin_space_left = 1
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
q_depth = 90000
plugin_dir = /etc/audit/plugins.d
END
	for configure_line; do
		echo "$configure_line" >>"$conf/auditd.conf"
	done
	chmod 640 "$conf/auditd.conf"
}

registered() {
	[ "$(setting pid)" = "$auditd" ]
}

# By default the daemon switches auditing on as it starts, for every process of the host.
start_auditd() {
	rm -f "$log"*
	auditd -n -c /etc/audit -s nochange >"$work/auditd.out" 2>&1 9>&- &
	auditd=$!
	note_pid "$auditd"
	if ! wait_for 10 registered; then
		{
			echo "auditd did not start:"
			cat "$work/auditd.out"
		} >"$why"
		not_ok 'auditd runs'
		finish
	fi
}

stop_auditd() {
	[ -n "$auditd" ] || return 0
	kill -TERM "$auditd" 2>/dev/null
	wait "$auditd" 2>/dev/null
	auditd=
}

# load_rules FILE...: and switches auditing on, for every process of the host, until drop_rules.
load_rules() {
	rules_loaded=yes
	for load_rules_file; do
		auditctl -R "$load_rules_file" >"$work/auditctl.out" 2>&1 || return
	done
	auditctl -e 1 >>"$work/auditctl.out" 2>&1
}

drop_rules() {
	[ -n "${rules_loaded:-}" ] || return 0
	rules_loaded=
	auditctl -D -k asg-lineage >/dev/null 2>&1
	auditctl -D -k asg-arguments >/dev/null 2>&1
	auditctl -e 0 >/dev/null 2>&1
}
