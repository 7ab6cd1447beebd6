#!/bin/bash
# Captures of real transfers between smbclient and every posture of Samba: encrypted and signed in use, or not. No false pass, no false fail; what
# the capture holds of names and contents is not printed.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need smbd smbclient smbpasswd
if [ "$(id -u)" != 0 ]; then
	tap_skip "captures of Samba" "capturing wants root"
	tap_done
fi
tool=$B/tests/doubles/capture_tool
lab_up 'nas-*' || {
	tap_skip "captures of Samba" "the laboratory's Samba does not run here"
	tap_done
}
chmod 711 "$RUN" "$RUN/lab" "$RUN"/lab/nas-* # the server reads and writes as this user
user=backup password=capture-of-the-lab
head -c 400000 /dev/urandom | base64 >"$RUN/PATIENT-0815.fastq"

# SERVER FILE PROTECTION [OPTION...]: a file there and back while FILE is captured; sets $judged.
transfer() {
	local server=$1 file=$RUN/$2.pcap protection=$3 address port pid target
	shift 3
	target=$(lab_get "$server" target) target=${target#smb://} target=${target%/runs}
	address=${target%:*} port=${target##*:}
	printf '%s\n%s\n' $password $password | smbpasswd -c "$RUN/lab/$server/smb.conf" -a -s $user >/dev/null 2>&1
	chown $user "$RUN/lab/$server/share"
	rm -f "$RUN/recorder.out"
	bg recorder "$tool" record "$file" "$port"
	pid=$bg_pid
	wait_until 10 grep -q '^listening' "$RUN/recorder.out" || tap_fail "the recorder runs" "$(<"$RUN/recorder.out")"
	smbclient "//$address/runs" -p "$port" -U "$user%$password" --client-protection="$protection" "$@" \
		-c "put $RUN/PATIENT-0815.fastq PATIENT-0815.fastq; get PATIENT-0815.fastq $RUN/back" >"$RUN/smbclient" 2>&1
	sleep 0.3
	bg_stop "$pid"
	cmp -s "$RUN/PATIENT-0815.fastq" "$RUN/back" || tap_note "no transfer: $(<"$RUN/smbclient")"
	rm -f "$RUN/back"
	judged=$("$tool" judge "$file" "$port")
	tap_note "$judged"
	tap_unlike "$server, $protection: no name in what is told" "$judged" 'PATIENT|fastq|runs|backup'
}

# SERVER FILE PROTECTION SMB-5 SMB-6 [OPTION...]
expect() {
	local server=$1 file=$2 protection=$3 five=$4 six=$5
	shift 5
	transfer "$server" "$file" "$protection" "$@"
	tap_is "$server, client $protection $*: SMB-5 and SMB-6" "$(sed -n 's/^SMB-[56] \(.*\) L0$/\1/p' <<<"$judged" | paste -sd ' ')" "$five $six"
}

expect nas-signopt plain off "fail clear-transfer" "fail unsigned-transfer" -m SMB3
expect nas-signopt signed sign "fail clear-transfer" "pass signed-in-use" -m SMB3
expect nas-signopt encrypted encrypt "pass encrypted-in-use" "pass encrypted-in-use" -m SMB3
expect nas-nosign nosign off "fail clear-transfer" "fail unsigned-transfer" -m SMB3
expect nas-signreq signreq sign "fail clear-transfer" "pass signed-in-use" -m SMB3
expect nas-encreq forced sign "pass encrypted-in-use" "pass encrypted-in-use" -m SMB3
expect nas-secure secure encrypt "pass encrypted-in-use" "pass encrypted-in-use" -m SMB3
expect nas-smb2only smb210 sign "fail clear-transfer" "pass signed-in-use" -m SMB2_10
expect nas-nt1only smb1 off "fail smb1-transfer" "fail unsigned-transfer" --option=clientminprotocol=NT1 -m NT1

# ---- the same captures, spoiled ----
port=$(lab_get nas-secure target) port=${port##*:} port=${port%/runs}
size=$(stat -c %s "$RUN/secure.pcap")
head -c $((size - 7)) "$RUN/secure.pcap" >"$RUN/cut.pcap"
tap_like "cut off: unknown" "$("$tool" judge "$RUN/cut.pcap" "$port")" '^SMB-5 unknown capture-cut-off L0$'
head -c 24 "$RUN/secure.pcap" >"$RUN/none.pcap"
tap_like "nothing in it: unknown" "$("$tool" judge "$RUN/none.pcap" "$port")" '^SMB-5 unknown nothing-seen L0$'
tap_like "another port: unknown" "$("$tool" judge "$RUN/secure.pcap" 9)" '^SMB-6 unknown nothing-seen L0$'
tap_exit "no capture at all: refused" 1 "$tool" judge "$RUN/PATIENT-0815.fastq" "$port"
tap_done
