#!/bin/bash
# Captures of real transfers between smbclient and every posture of Samba: encrypted and signed in use, or not. No false pass, no false fail; what
# the capture holds of names and contents is not printed.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need smbd smbclient smbpasswd jq
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

# ---- by the program: in the sandbox, with the file's hash, and again from the facts alone ----

# FILE PORT ARGUMENTS...: "SMB-5 SMB-6" as "result reason result reason"
verdicts() {
	local file=$1 port=$2
	shift 2
	fp evidence read "$file" --smb-port="$port" "$@" --format=json 2>"$RUN/talk" |
		jq -r '[.verdicts[] | select(.check | startswith("SMB")) | .result, .reason] | join(" ")'
}
port_of() { # SERVER
	local target
	target=$(lab_get "$1" target) target=${target##*:}
	printf '%s' "${target%/runs}"
}
plain=$(port_of nas-signopt) secure=$(port_of nas-secure)
secure_at=$(lab_get nas-secure target) secure_at=${secure_at#smb://} secure_at=${secure_at%:*}
plain_at=$(lab_get nas-signopt target) plain_at=${plain_at#smb://} plain_at=${plain_at%:*}
tap_is "the program says the same of a clear transfer" "$(verdicts "$RUN/plain.pcap" "$plain")" "fail clear-transfer fail unsigned-transfer"
tap_is "... and of an encrypted one" "$(verdicts "$RUN/secure.pcap" "$secure")" "pass encrypted-in-use pass encrypted-in-use"
tap_exit "exit code: not encrypted" 3 fp evidence read "$RUN/signed.pcap" --smb-port="$plain"
tap_exit "exit code: asked for signing alone" 0 fp evidence read "$RUN/signed.pcap" --smb-port="$plain" --check=SMB-6
tap_exit "exit code: encrypted" 0 fp evidence read "$RUN/secure.pcap" --smb-port="$secure" --output="$RUN/facts.json"
tap_exit "exit code: cut off" 4 fp evidence read "$RUN/cut.pcap" --smb-port="$secure"
tap_exit "exit code: no capture" 1 fp evidence read "$RUN/PATIENT-0815.fastq"
tap_like "... and why" "$tap_out" 'no evidence that can be read'
tap_exit "exit code: a folder" 1 fp evidence read "$RUN"
tap_exit "exit code: no such file" 1 fp evidence read "$RUN/no-such.pcap"
tap_exit "exit code: nothing comes for a second" 1 bash -c 'sleep 5 | "$0" evidence read - --seconds=1' "$B/fieldproof"
tap_like "... and why" "$tap_out" 'more than 1 seconds'
tap_exit "exit code: an address that is none" 2 fp evidence read "$RUN/secure.pcap" --client=nas.example
tap_is "the hash is that of the file" "$(jq -r '"\(.file.sha256) \(.file.bytes)"' "$RUN/facts.json")" \
	"$(sha256sum <"$RUN/secure.pcap" | cut -d' ' -f1) $(stat -c %s "$RUN/secure.pcap")"
fp evidence read "$RUN/cut.pcap" --smb-port="$secure" --output="$RUN/cut.json" >/dev/null 2>&1
tap_is "... also of a file that is cut off" "$(jq -r .file.sha256 "$RUN/cut.json")" "$(sha256sum <"$RUN/cut.pcap" | cut -d' ' -f1)"
tap_unlike "no name in the facts" "$(cat "$RUN/facts.json")" 'PATIENT|fastq|runs|backup'
tap_is "judged again from the facts alone" "$(verdicts "$RUN/facts.json" "$secure")" "pass encrypted-in-use pass encrypted-in-use"
tap_is "from a pipe with a name" "$(verdicts <(cat "$RUN/secure.pcap") "$secure")" "pass encrypted-in-use pass encrypted-in-use"
tap_is "from standard input" "$(verdicts - "$secure" <"$RUN/secure.pcap")" "pass encrypted-in-use pass encrypted-in-use"
head -c 100 "$RUN/facts.json" >"$RUN/half.json"
tap_exit "damaged facts are refused" 1 fp evidence read "$RUN/half.json"
if command -v strace >/dev/null; then
	strace -f -qq -e trace=openat,open,connect,socket -o "$RUN/trace" "$B/fieldproof" evidence read "$RUN/secure.pcap" --smb-port="$secure" >/dev/null 2>&1
	tap_is "the capture is opened twice by its name, never written" "$(grep -c 'secure.pcap.*O_RDONLY' "$RUN/trace") $(grep -c 'secure.pcap.*O_\(WR\|RDWR\)' "$RUN/trace")" "2 0"
fi

# ---- put together and cut by other programs ----

if ! command -v editcap >/dev/null || ! command -v mergecap >/dev/null; then
	tap_skip "captures of several interfaces, short packets" "editcap and mergecap (tshark) are not installed"
	tap_done
fi
mergecap -w "$RUN/both.pcapng" "$RUN/plain.pcap" "$RUN/secure.pcap" 2>/dev/null
tap_is "pcapng of two interfaces: one in clear is enough" "$(verdicts "$RUN/both.pcapng" "$plain,$secure")" "fail clear-transfer fail unsigned-transfer"
tap_is "... the other server alone" "$(verdicts "$RUN/both.pcapng" "$plain,$secure" --server="$secure_at")" "pass encrypted-in-use pass encrypted-in-use"
fp evidence read "$RUN/both.pcapng" --smb-port="$plain,$secure" --server="$secure_at" --output="$RUN/kept.json" >/dev/null 2>&1
tap_is "... and facts of it alone: the others only counted" "$(jq -r '"\(.kept.server) \(.elsewhere) \([.conversations[].server] | unique | join(","))"' "$RUN/kept.json")" "$secure_at 1 $secure_at"
tap_is "... which give no pass for all" "$(verdicts "$RUN/kept.json" "$secure" --server="$plain_at" 2>&1)" ""
tap_like "... but say so" "$(<"$RUN/talk")" 'read the capture file again'
editcap -T rawip "$RUN/secure.pcap" "$RUN/other-link.pcap" 2>/dev/null
mergecap -w "$RUN/links.pcapng" "$RUN/secure.pcap" "$RUN/other-link.pcap" 2>/dev/null
tap_exit "pcapng of interfaces of two link types: read only up to the second, never a pass" 4 fp evidence read "$RUN/links.pcapng" --smb-port="$secure"
editcap -s 200 "$RUN/secure.pcap" "$RUN/snap.pcap" 2>/dev/null
tap_like "packets cut at 200 bytes: what is missing is said, or was not needed" "$(verdicts "$RUN/snap.pcap" "$secure")" '^(pass encrypted-in-use|unknown capture-gaps) '
tap_note "$(verdicts "$RUN/snap.pcap" "$secure")"
tap_unlike "... in clear they are no pass" "$(editcap -s 200 "$RUN/plain.pcap" "$RUN/snap2.pcap" 2>/dev/null; verdicts "$RUN/snap2.pcap" "$plain")" pass
editcap -s 60 "$RUN/secure.pcap" "$RUN/snap3.pcap" 2>/dev/null
tap_unlike "packets cut at 60 bytes: no pass" "$(verdicts "$RUN/snap3.pcap" "$secure")" pass
frames=$(fp evidence read "$RUN/secure.pcap" --smb-port="$secure" --format=json 2>/dev/null | jq .frames)
editcap "$RUN/secure.pcap" "$RUN/lost.pcap" $((frames / 2))-$((frames / 2 + 30)) 2>/dev/null
tap_unlike "frames are missing in the middle: no pass" "$(verdicts "$RUN/lost.pcap" "$secure")" pass
editcap -r "$RUN/secure.pcap" "$RUN/late.pcap" $((frames / 4))-"$frames" 2>/dev/null
tap_is "the beginning is missing" "$(verdicts "$RUN/late.pcap" "$secure")" "unknown start-missing unknown start-missing"
tap_done
