#!/bin/bash
# Servers that answer badly in every way that tests/doubles/hostile knows: no check hangs, none crashes, none passes that may not.
. "$(dirname "$0")/lib.sh"
need jq

# Where a pass is right, because all that the check reads came whole and unspoiled: mode -> checks. The SMB modes spoil what is answered
# to SMB2, so that the refusal of SMB1 (SMB-1) stands, and some only the 3.1.1 answer, so that encryption (SMB-3) shows in 3.0.
allowed() {
	case $1 in
	smb-good | smb-repeat) echo SMB-1 SMB-2 SMB-3 ;;
	smb-cipher-zero) echo SMB-1 SMB-2 SMB-3 ;;
	smb-ctx-* | smb-ciphers* | smb-cipher-* | smb-salt) echo SMB-1 SMB-3 ;;
	smb-*) echo SMB-1 ;;
	ssh-good) echo SSH-1 ;;
	nfs-good | nfs-fragments | nfs-starttls-always | nfs-one-close) echo NFS-1 NFS-2 ;;
	nfs-c-*) echo NFS-2 ;; # only the answer about flavours is spoiled
	ipmi-good | udp-twice | udp-flood | udp-stale) echo BMC-2 BMC-3 ;;
	ipmi-suites-endless) echo BMC-2 ;;
	esac
}

rows=$RUN/list.csv modes=$RUN/modes
echo 'Serial number;Product;REF;BMC;Storage;Connectivity' >"$rows"
: >"$modes"
n=0
while IFS=$'\t' read -r mode proto _; do
	case $mode in answer | smtp) continue ;; esac
	n=$((n + 1))
	tls=
	case $mode in http-*) tls=--tls ;; esac
	# An address each: a host is asked one question after the other.
	address=127.0.2.$n
	hostile "$mode" $tls --bind $address --seconds 120 --to "https://127.0.0.1:9/" --seed 7 || continue
	serial=$(printf 'H%03d-%s' $n "$mode")
	if [ "$proto" = udp ]; then
		printf '%s;DRAGEN Server for NextSeq 550Dx;20086130;%s;;local\n' "$serial" "$double_at" >>"$rows"
	elif [ -n "$tls" ]; then
		printf '%s;DRAGEN Server for NextSeq 550Dx;20086130;%s;;local\n' "$serial" "$double_at" >>"$rows"
	else
		# One address, every protocol of a storage: all its probes meet this server.
		printf '%s;MiSeqDx;15036706;;"nfs://%s/export;smb=%s;ssh=%s;tls=%s";local\n' "$serial" "$double_at" "$double_port" "$double_port" "$double_port" >>"$rows"
	fi
	echo "$serial $mode" >>"$modes"
done < <("$B/tests/doubles/hostile" --list)

# Answers of SSH and TLS, spoiled: what lies behind the version string is a packet of length, padding, type, cookie (16), and ten lists.
spoiled() { # NAME FILE [OFFSET:HEX...]
	local name=$1 file=$2 patches=() p
	shift 2
	for p; do patches+=(--patch "$p"); done
	n=$((n + 1))
	hostile answer --answer "$file" "${patches[@]}" --bind 127.0.2.$n --seconds 120 || return
	printf 'H%03d-%s;MiSeqDx;15036706;;"sftp://%s/runs;tls=%s";local\n' $n "$name" "$double_at" "$double_port" >>"$rows"
	printf 'H%03d-%s %s\n' $n "$name" "$name" >>"$modes"
}
kex=tests/fuzz/corpus/check_ssh/good
at=$(head -n 1 $kex | wc -c)
spoiled ssh-good $kex
spoiled ssh-length-huge $kex "$at:FFFFFFFF"
spoiled ssh-length-zero $kex "$at:00000000"
spoiled ssh-length-less $kex "$((at + 3)):10"
spoiled ssh-padding $kex "$((at + 4)):FF"
spoiled ssh-type $kex "$((at + 5)):15"
spoiled ssh-list-huge $kex "$((at + 22)):FFFFFFFF"
spoiled ssh-list-over $kex "$((at + 22)):00007FFF"
spoiled ssh-list-empty $kex "$((at + 22)):00000000"
spoiled ssh-name-control $kex "$((at + 26)):00"
spoiled ssh-version $kex '4:39'
bytes() { printf '%b' "$2" >"$RUN/$1.bytes" && echo "$RUN/$1.bytes"; } # NAME BYTES
spoiled tls-alert-always "$(bytes alert '\x15\x03\x03\x00\x02\x02\x46')" # protocol_version, whatever was offered
spoiled tls-alert-warning "$(bytes warning '\x15\x03\x03\x00\x02\x01\x70')"
spoiled tls-record-huge "$(bytes huge '\x16\x03\x03\xff\xff\x02\x00\x00\x02\x03\x03')"
spoiled tls-record-empty "$(bytes empty '\x16\x03\x03\x00\x00')"
spoiled tls-hello-short "$(bytes short '\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03')"
spoiled tls-hello-length "$(bytes length '\x16\x03\x03\x00\x06\x02\xff\xff\xff\x03\x03')"
spoiled tls-hello-request "$(bytes request '\x16\x03\x03\x00\x04\x00\x00\x00\x00')"

# Copies of the notices whose steps name every check that a server can be asked.
mkdir -p "$RUN/notices"
cp -R notices/FSN2024-1562 notices/FSN2025-1682 "$RUN/notices/"
rm -f "$RUN"/notices/*/notice.minisig
with_checks() { # NOTICE ACTION CHECK...
	local ref=$1 action=$2
	shift 2
	jq --arg a "$action" --argjson c "$(printf '%s\n' "$@" | jq -Rn '[inputs|{id:.,role:"required"}]')" \
		'.actions |= map(if .id==$a then .checks = $c else . end)' "notices/$ref/notice.json" >"$RUN/notices/$ref/notice.json"
}
with_checks FSN2024-1562 secure-protocol SMB-1 SMB-2 SMB-3 SMB-4 NFS-1 NFS-2 SSH-1 TLS-1
with_checks FSN2025-1682 bmc-instructions BMC-1 BMC-2 BMC-3 BMC-4 BMC-6
export FIELDPROOF_NOTICES=$RUN/notices
fp notice add FSN2024-1562 FSN2025-1682 --quiet
fp param set smb-session yes >/dev/null
tap_ok "$n hostile devices imported" fp device import "$rows"
fp match >/dev/null
start=$SECONDS
fp check --timeout=400 --format=json >"$RUN/checks.json" 2>"$RUN/err"
status=$?
tap_is "the run ends as 'not corrected' or 'not determined'" "$([ $status = 3 ] || [ $status = 4 ] && echo yes)" yes
[ $status = 3 ] || [ $status = 4 ] || tap_note "exit $status: $(tail -n 5 "$RUN/err")"
tap_is "... in bounded time" "$([ $((SECONDS - start)) -le 60 ] && echo yes)" yes
tap_note "$((SECONDS - start)) s for $n hostile servers"
while read -r serial mode; do
	may=" $(allowed "$mode") " wrong=
	for check in $(jq -r --arg s "$serial" '.rows[]|select(.serial==$s and (.verdict.result=="pass" or .verdict.result=="fixed"))|.verdict.check' "$RUN/checks.json"); do
		[[ $may == *" $check "* ]] || wrong+=" $check"
	done
	if [ -z "$wrong" ]; then
		tap_ok "$mode: nothing passes that may not" true
	else
		tap_fail "$mode: nothing passes that may not" "passed:$wrong $(jq -c --arg s "$serial" '[.rows[]|select(.serial==$s)|.verdict|{check,result,reason,detail}]' "$RUN/checks.json")"
	fi
done <"$modes"
tap_is "the controls do pass" "$(jq -r '[.rows[]|select(.serial|test("-(smb|ipmi|nfs|ssh)-good$"))|select(.verdict.result=="pass")|.verdict.check]|unique|join(" ")' "$RUN/checks.json")" "BMC-2 BMC-3 NFS-1 NFS-2 SMB-1 SMB-2 SMB-3 SSH-1"
tap_is "no cell is verified" "$(for ref in FSN2024-1562 FSN2025-1682; do fp case show $ref --format=json; done | jq -s '[.[].counts.by_state.verified]|add')" 0
tap_ok "what was seen can be judged again with the same result" fp evidence verify
tap_ok "the ledger is unbroken" fp ledger verify
tap_done
