#!/bin/bash
# Every Samba posture gets the right verdict or an honest unknown: no false pass. nmap, where it is installed, is asked the same and must agree.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq smbd

lab_up 'nas-*' || {
	tap_skip "Samba postures" "the laboratory's Samba does not run here"
	tap_done
}

# posture: SMB-1 SMB-2 SMB-3 SMB-4
declare -A expected=(
	[nt1only]="fail fail fail fail"
	[nosign]="pass fail fail fail"
	[signopt]="pass fail pass unknown"
	[signreq]="pass pass pass unknown"
	[encdes]="pass fail pass unknown"
	[encreq]="pass fail pass unknown"
	[mixed]="fail fail pass unknown"
	[smb2only]="pass pass fail fail"
	[secure]="pass pass pass unknown"
)

{
	echo 'Serial number;Product;REF;Storage;Connectivity'
	for p in "${!expected[@]}"; do
		echo "S-$p;MiSeqDx;15036706;$(lab_get "nas-$p" target);local"
	done
} >"$RUN/list.csv"
fp notice add FSN2024-1562 --quiet
tap_ok "devices imported" fp device import "$RUN/list.csv"
fp match >/dev/null
fp check FSN2024-1562 --format=json >"$RUN/checks.json" 2>"$RUN/err"
tap_is "some do not hold: exit 3" $? 3

result() { # POSTURE CHECK FIELD
	jq -r --arg s "S-$1" --arg c "$2" ".rows[]|select(.serial==\$s and .verdict.check==\$c)|.verdict.$3" "$RUN/checks.json"
}
for p in "${!expected[@]}"; do
	tap_is "$p: SMB-1 to SMB-4" "$(echo $(for i in 1 2 3 4; do result "$p" SMB-$i result; done))" "${expected[$p]}"
	for i in 1 2 3 4; do
		[ "$(result "$p" SMB-$i result)" != unknown ] || tap_like "$p: SMB-$i names what would settle it" "$(result "$p" SMB-$i settle)" '^[a-z]'
	done
done

tap_ok "all verdicts come out the same from the stored bytes" fp evidence verify

# ---- SMB-4's second way: only on a yes, and of Samba nothing can be told by it ----
tap_is "without a yes no log-on is begun" "$(jq '[.rows[]|select(.verdict.check=="SMB-4")]|length' "$RUN/checks.json")" "${#expected[@]}"
tap_is "... and the dry run shows none" "$(fp check FSN2024-1562 --dry-run | grep -c SESSION_SETUP)" 0
tap_ok "the site says yes" fp param set smb-session yes
tap_like "the dry run prints it" "$(fp check FSN2024-1562 --dry-run | grep -c SESSION_SETUP)" '^[1-9]'
fp check FSN2024-1562 --check=SMB-4 --format=json >"$RUN/session.json" 2>/dev/null
session() { jq -r --arg s "S-$1" '.rows[]|select(.serial==$s and .verdict.check=="SMB-4")|"\(.verdict.result) \(.verdict.reason)"' "$RUN/session.json" | tail -n 1; }
for p in "${!expected[@]}"; do
	case $p in
	nt1only) want='unknown closed-early' ;;
	nosign) want='unknown session-without-encryption' ;;
	smb2only) want='unknown no-control' ;;
	*) want='unknown challenge-to-all' ;;
	esac
	tap_is "$p: SMB-4 by a log-on of nobody" "$(session "$p")" "$want"
done

# Servers that answer as MS-SMB2 3.3.5.5 says, and some that a check might take for them.
windows() { # POSTURE [OPTION...]: SMB-4 by both ways, and its cell's measured result
	double smb_windows --posture "$@" --seconds 60 --log "$RUN/session-log" || return
	fresh_db
	fp notice add FSN2024-1562 --quiet
	printf 'Serial number;Product;REF;Storage;Connectivity\nW-1;MiSeqDx;15036706;smb://%s/runs;local\n' "$double_at" >"$RUN/one.csv"
	fp device import "$RUN/one.csv" >/dev/null 2>&1
	fp match >/dev/null
	fp param set smb-session yes >/dev/null
	fp check FSN2024-1562 --check=SMB-4 --format=json 2>/dev/null | jq -r '[.rows[].verdict|"\(.result) \(.reason)"]|join(", ")'
	bg_stop "$double_pid"
}
kept_db=$FIELDPROOF_DB
claim='unknown older-dialect-accepted, '
tap_is "Windows, both settings on: proven" "$(windows strict)" "${claim}pass unencrypted-refused"
tap_is "... only 3.1.1" "$(windows strict --min 0x311)" "unknown required-not-provable, pass unencrypted-refused"
tap_is "... at most 3.0" "$(windows strict --max 0x300)" "${claim}pass unencrypted-refused"
tap_is "... version 1 beside it: not proven" "$(windows strict --smb1)" "${claim}unknown smb1-beside"
for p in off encrypt reject; do
	tap_is "Windows, $p: unknown, no fail" "$(windows $p)" "${claim}unknown challenge-to-all"
done
tap_is "who refuses everybody proves nothing" "$(windows deny-all)" "${claim}unknown denied-to-all"
tap_is "who refuses only old versions proves nothing" "$(windows deny-old)" "${claim}unknown challenge-to-all"
tap_is "who refuses only new versions proves nothing" "$(windows deny-new)" "${claim}unknown challenge-to-all"
tap_is "who hangs up proves nothing" "$(windows close)" "${claim}unknown closed-early"
tap_is "who answers another message proves nothing" "$(windows wrong-message)" "${claim}unknown not-the-protocol"
tap_is "half a challenge is none" "$(windows half-challenge)" "${claim}unknown not-the-protocol"
# SESSION_SETUP with an NTLM NEGOTIATE_MESSAGE of 16 zero bytes for domain and workstation is all that was ever sent beside NEGOTIATE.
tap_is "nothing but NEGOTIATE and the nameless first leg was sent" "$(grep ^request "$RUN/session-log" |
	grep -cvE '^request 000000..(ff534d4272|fe534d424000.{12}0000)|^request 0000009afe534d424000.{12}0100.*4e544c4d535350000100000001820820(00){16}$')" 0
tap_like "... and it was sent" "$(grep -c 4e544c4d53535000 "$RUN/session-log")" '^[1-9][0-9]'
FIELDPROOF_DB=$kept_db

# ---- the same questions by nmap ----
if command -v nmap >/dev/null; then
	for p in "${!expected[@]}"; do
		target=$(lab_get "nas-$p" target)
		address=${target#smb://} address=${address%%/*}
		nmap -n -Pn -p "${address##*:}" --script smb-protocols,smb2-security-mode,smb2-capabilities --script-args "smbport=${address##*:}" \
			"${address%%:*}" >"$RUN/nmap" 2>/dev/null
		oracle="pass fail"
		grep -q 'NT LM 0.12' "$RUN/nmap" && oracle="fail fail"
		# nmap looks at the dialects one by one: required means that none says otherwise
		if grep -q 'enabled and required' "$RUN/nmap" && ! grep -qE 'not required|disabled' "$RUN/nmap" && ! grep -q 'NT LM 0.12' "$RUN/nmap"; then
			oracle="pass pass"
		fi
		tap_is "$p: nmap agrees on SMB-1 and SMB-2" "$(result "$p" SMB-1 result) $(result "$p" SMB-2 result)" "$oracle"
	done
else
	tap_skip "agreement with nmap" "nmap is not installed"
fi

# ---- mended ----
lab_restart nas-nosign secure >/dev/null
tap_note "$(lab_get nas-nosign target) now requires signing and encryption"
fp check FSN2024-1562 --device=S-nosign --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "mended: SMB-2 goes from fail to fixed, SMB-1 stays" "$(result nosign SMB-1 result) $(result nosign SMB-2 result)" "pass fixed"
lab_restart nas-nosign off >/dev/null
fp check FSN2024-1562 --device=S-nosign --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "switched off: unknown, not a pass" "$(result nosign SMB-2 result) $(result nosign SMB-2 reason)" "unknown port-closed"
tap_done
