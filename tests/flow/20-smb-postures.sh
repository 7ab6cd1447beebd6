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
