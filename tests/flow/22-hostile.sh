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
	hostile "$mode" $tls --seconds 120 --to "https://127.0.0.1:9/" --seed 7 || continue
	serial=$(printf 'H%03d-%s' $n "$mode")
	if [ "$proto" = udp ]; then
		printf '%s;DRAGEN Server for NextSeq 550Dx;20086130;127.0.0.1:%s;;local\n' "$serial" "$double_port" >>"$rows"
	elif [ -n "$tls" ]; then
		printf '%s;DRAGEN Server for NextSeq 550Dx;20086130;127.0.0.1:%s;;local\n' "$serial" "$double_port" >>"$rows"
	else
		printf '%s;MiSeqDx;15036706;;smb://127.0.0.1:%s/runs;local\n' "$serial" "$double_port" >>"$rows"
	fi
	echo "$serial $mode" >>"$modes"
done < <("$B/tests/doubles/hostile" --list)

fp notice add FSN2024-1562 FSN2025-1682 --quiet
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
tap_is "the controls do pass" "$(jq -r '[.rows[]|select(.serial|test("-(smb|ipmi)-good$"))|select(.verdict.result=="pass")|.verdict.check]|unique|join(" ")' "$RUN/checks.json")" "BMC-2 BMC-3 SMB-1 SMB-2 SMB-3"
tap_is "no cell is verified" "$(for ref in FSN2024-1562 FSN2025-1682; do fp case show $ref --format=json; done | jq -s '[.[].counts.by_state.verified]|add')" 0
tap_ok "what was seen can be judged again with the same result" fp evidence verify
tap_ok "the ledger is unbroken" fp ledger verify
tap_done
