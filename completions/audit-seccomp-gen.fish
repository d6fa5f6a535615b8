# SPDX-License-Identifier: Apache-2.0
# fish completion for audit-seccomp-gen

function __audit_seccomp_gen_first_word
    # The verb or command, when there is one.
    set -l words (commandline -opc)
    set -l with_argument -o --output --output-dir -f --format --group-by --state --pid --exe --comm --uid \
        --session --node --since --until --base --arch --default-action --errno --runtime-base -u --user \
        --until-exit --timeout --receive-buffer --backlog --container --unit --duration --every \
        --max-groups --max-processes --hot
    set -l skip 1
    for word in $words
        if test $skip -gt 0
            set skip 0
        else if contains -- $word $with_argument
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
            return
        end
    end
    return 1
end

function __audit_seccomp_gen_in
    set -l first (__audit_seccomp_gen_first_word)
    and test "$first" = $argv[1]
end

function __audit_seccomp_gen_wants_word
    not __audit_seccomp_gen_first_word >/dev/null
    and not contains -- --from-log (commandline -opc)
end

function __audit_seccomp_gen_has_command
    set -l first (__audit_seccomp_gen_first_word)
    and not contains -- $first check convert diff doctor exec explain hook merge unit
    and not contains -- --from-log (commandline -opc)
end

set -l c complete -c audit-seccomp-gen
set -l formats 'oci docker spo systemd minijail firejail lxc kafel snapd bpf pfc c names table'
set -l no_word 'not __audit_seccomp_gen_first_word >/dev/null; or contains -- --from-log (commandline -opc); and not __audit_seccomp_gen_in explain'
set -l help 'not __audit_seccomp_gen_has_command'

$c -f
$c -n __audit_seccomp_gen_wants_word -a convert -d 'Write a profile in another format'
set -l convert '__audit_seccomp_gen_in convert'
$c -n $convert -l no-sandbox -d 'Read with all rights, for debugging'
$c -n $convert -s f -l format -x -a $formats -d 'Format to write'
$c -n $convert -s o -l output -r -F -d 'Write here, whole or not at all'
$c -n $convert -l arch -x -a 'native x86_64 x86 x32 aarch64 arm riscv64 s390x ppc64le' -d 'For these architectures'
$c -n $convert -l exact -d 'Allow what was seen and nothing else'
$c -n $convert -l runtime-base -x -a 'auto none crun runc all' -d 'Calls a container runtime needs'
$c -n $convert -l portable -d 'Allow what is called elsewhere in its place'
$c -n $convert -l caps -x -a 'all none' -d 'What it is for has these capabilities'
$c -n $convert -l kernel -x -d 'And runs on this kernel'
$c -n $convert -l name -x -d 'What the profile is of'
$c -n $convert -l strict -d 'Write nothing that would allow more'
$c -n $convert -s q -l quiet -d 'Say only what is allowed beyond the profile'
$c -n $convert -F
$c -n __audit_seccomp_gen_wants_word -a doctor -d 'Check what recording needs'
$c -n __audit_seccomp_gen_wants_word -a exec -d 'Run a command under a profile'
set -l exec '__audit_seccomp_gen_in exec; and not contains -- -- (commandline -opc)'
$c -n $exec -l no-new-privs -d 'No program gains privileges'
$c -n $exec -l no-sandbox -d 'Read with all rights, for debugging'
$c -n $exec -s v -l verbose -d 'Say how the profile was understood'
$c -n $exec -F
$c -n '__audit_seccomp_gen_in exec; and contains -- -- (commandline -opc)' -a '(__fish_complete_command)'
$c -n __audit_seccomp_gen_wants_word -a explain -d 'Why a call is in a profile'
set -l explain '__audit_seccomp_gen_in explain'
$c -n $explain -l no-sandbox -d 'Read with all rights, for debugging'
$c -n $explain -l html -d 'Write a report for a browser'
$c -n $explain -l json -d 'As one JSON object'
$c -n $explain -l denied -d 'Explain the denials of a log'
$c -n $explain -l from-log -d 'The operands are audit logs'
$c -n $explain -l group-by -x -a 'pid exe comm session label node all' -d 'One section for each'
$c -n $explain -l pid -x -a '(__fish_complete_pids)' -d 'Only these processes'
$c -n $explain -l exe -r -F -d 'Only this executable'
$c -n $explain -l comm -x -d 'Only this command name'
$c -n $explain -l since -x -a 'today yesterday now' -d 'Only from then on'
$c -n $explain -l until -x -a 'today yesterday now' -d 'Only up to then'
$c -n $explain -s f -l format -x -a $formats -d 'Format of the proposed additions'
$c -n $explain -s o -l output -r -F -d 'Write here, whole or not at all'
$c -n $explain -s v -l verbose -d 'Every call and every group'
$c -n $explain -F
$c -n __audit_seccomp_gen_wants_word -a check -d 'Hold what happened against a profile'
set -l check '__audit_seccomp_gen_in check'
$c -n $check -l no-sandbox -d 'Read with all rights, for debugging'
$c -n $check -l from-log -d 'The files are audit logs'
$c -n $check -l unused -d 'Also what nobody used'
$c -n $check -l include-denied -d 'Denied calls have to be within, too'
$c -n $check -l caps -x -a 'all none' -d 'Capabilities of the container'
$c -n $check -l kernel -x -d 'Version of the host'
$c -n $check -l against -x -a 'libseccomp kernel' -d 'Names that this target does not know'
$c -n $check -s o -l output -r -F -d 'Write the answer here'
$c -n $check -l json -d 'As one JSON object'
$c -n $check -l markdown -d 'As a table for a pull request'
$c -n $check -s q -l quiet -d 'Only exit with the status'
$c -n $check -l pid -x -a '(__fish_complete_pids)' -d 'Only these processes'
$c -n $check -l exe -r -F -d 'Only this executable'
$c -n $check -l comm -x -d 'Only this command name'
$c -n $check -l since -x -a 'today yesterday now' -d 'Only from then on'
$c -n $check -l until -x -a 'today yesterday now' -d 'Only up to then'
$c -n $check -l args -d 'Record arguments'
$c -n $check -s u -l user -x -a '(__fish_complete_users)' -d 'Run the command as this user'
$c -n $check -l timeout -x -d 'End the command after that'
$c -n $check -F
$c -n __audit_seccomp_gen_wants_word -a diff -d 'Compare two profiles, or recordings'
set -l diff '__audit_seccomp_gen_in diff'
$c -n $diff -l no-sandbox -d 'Read with all rights, for debugging'
$c -n $diff -l json -d 'As one JSON object'
$c -n $diff -l markdown -d 'As a table for a pull request'
$c -n $diff -s q -l quiet -d 'Only exit with the status'
$c -n $diff -F
$c -n __audit_seccomp_gen_wants_word -a unit -d 'Make systemd log a unit'
$c -n __audit_seccomp_gen_wants_word -a merge -d 'Unite recordings, or profiles'
set -l merge '__audit_seccomp_gen_in merge'
$c -n $merge -l no-sandbox -d 'Read with all rights, for debugging'
$c -n $merge -s f -l format -x -a "$formats recording" -d 'Format of the product'
$c -n $merge -s o -l output -r -F -d 'Write here, whole or not at all'
$c -n $merge -l output-dir -x -a '(__fish_complete_directories)' -d 'Write one file a group'
$c -n $merge -l as -x -d 'Put all groups into one of this name'
$c -n $merge -l intersect -d 'Keep what all have'
$c -n $merge -l files-from -r -F -d 'More inputs, named in this file'
$c -n $merge -l exact -d 'Allow what was seen and nothing else'
$c -n $merge -l portable -d 'Allow what is called elsewhere in its place'
$c -n $merge -l arch -x -a 'native x86_64 x86 x32 aarch64 arm riscv64 s390x ppc64le' -d 'For these architectures'
$c -n $merge -l runtime-base -x -a 'auto none crun runc all' -d 'Calls a container runtime needs'
$c -n $merge -l include-denied -d 'Allow calls that were denied, too'
$c -n $merge -s q -l quiet -d 'Say only what went wrong'
$c -n $merge -s v -l verbose -d 'Say everything'
$c -n $merge -F
$c -n __audit_seccomp_gen_wants_word -a hook -d 'One stage of an OCI hook'
$c -n 'contains -- hook (commandline -opc)' -a 'precreate createRuntime prestart poststop'
$c -n __audit_seccomp_gen_wants_word -a '(__fish_complete_command)'
$c -n __audit_seccomp_gen_has_command -a '(__fish_complete_subcommand --fcs-skip=0)'
$c -n 'contains -- --from-log (commandline -opc)' -F

$c -n $no_word -l from-log -d 'Read audit logs' -F
$c -n $no_word -l live -d 'Listen to everything that is logged'
$c -n $no_word -l container -x -d 'Only this container'
$c -n $no_word -l unit -x -d 'Only this systemd unit'
$c -n $no_word -l hot -x -a auto -d 'Do not log these calls'
$c -n $no_word -l duration -x -d 'Listen that long'
$c -n $no_word -l every -x -d 'Write in between, too'
$c -n $no_word -l max-groups -x -d 'Keep so many groups at the most'
$c -n $no_word -l max-processes -x -d 'Remember so many processes at once'
$c -n $no_word -s o -l output -r -F -d 'Write here, whole or not at all'
$c -n $no_word -l output-dir -x -a '(__fish_complete_directories)' -d 'Write one file a group'
$c -n $no_word -s f -l format -x -a "$formats recording" -d 'Format of the product'
$c -n $no_word -s q -l quiet -d 'Say only what went wrong'
$c -n $no_word -s v -l verbose -d 'Say everything'
$c -n $no_word -l group-by -x -a 'pid exe comm session label node target all' -d 'One profile for each'
$c -n $no_word -l resolve-proc -d 'Ask /proc about processes that still live'
$c -n $no_word -l state -r -F -d 'What collectors have written down'
$c -n $no_word -l pid -x -a '(__fish_complete_pids)' -d 'Only these processes'
$c -n $no_word -l exe -r -F -d 'Only this executable'
$c -n $no_word -l comm -x -d 'Only this command name'
$c -n $no_word -l uid -x -a '(__fish_complete_users)' -d 'Only these users'
$c -n $no_word -l session -x -d 'Only these audit sessions'
$c -n $no_word -l node -x -d 'Only this machine'
$c -n $no_word -l since -x -a 'today yesterday now' -d 'Only from then on'
$c -n $no_word -l until -x -a 'today yesterday now' -d 'Only up to then'
$c -n $no_word -l no-sandbox -d 'Read with all rights, for debugging'
$c -n $no_word -l base -r -F -d 'Extend this profile'
$c -n $no_word -l exact -d 'Allow what was seen and nothing else'
$c -n $no_word -l portable -d 'Allow what is called elsewhere in its place'
$c -n $no_word -l arch -x -a 'native x86_64 x86 x32 aarch64 arm riscv64 s390x ppc64le' -d 'For these architectures'
$c -n $no_word -l default-action -x -a 'errno kill_process kill_thread trap log' -d 'For everything else'
$c -n $no_word -l errno -x -a 'EPERM EACCES ENOSYS' -d 'What errno answers'
$c -n $no_word -l runtime-base -x -a 'auto none crun runc all' -d 'Calls a container runtime needs'
$c -n $no_word -l include-denied -d 'Allow calls that were denied, too'
$c -n $no_word -l args -d 'Hold calls to the arguments that were seen'
$c -n $no_word -s u -l user -x -a '(__fish_complete_users)' -d 'Run the command as this user'
$c -n $no_word -l until-exit -x -a 'all main' -d 'When the recording ends'
$c -n $no_word -l timeout -x -d 'End the command after that'
$c -n $no_word -l receive-buffer -x -d 'Of the audit socket'
$c -n $no_word -l backlog -x -d 'Backlog limit during the recording'
$c -n $help -s h -l help -d 'Show help'
$c -n $no_word -s V -l version -d 'Show the version'
