#!/bin/bash
# What the network itself says about transport: SSH algorithms (SSH-1) and TLS versions (TLS-1), against real servers, good and bad.
. "$(dirname "$0")/lib.sh"
need jq openssl

# A copy of a notice whose storage step names these checks.
mkdir -p "$RUN/notices"
cp -R notices/FSN2024-1562 "$RUN/notices/"
rm -f "$RUN"/notices/*/notice.minisig
jq '(.actions[]|select(.id=="secure-protocol").checks) = [{"id":"SSH-1","role":"required"},{"id":"TLS-1","role":"required"}]' \
	notices/FSN2024-1562/notice.json >"$RUN/notices/FSN2024-1562/notice.json"
export FIELDPROOF_NOTICES=$RUN/notices
tap_ok "a notice whose step names these checks" fp notice add FSN2024-1562 --quiet

rows=$RUN/list.csv expected=$RUN/expected
echo 'Serial number;Product;REF;Storage;Connectivity' >"$rows"
: >"$expected"
n=0
# NAME ADDRESS CHECK RESULT REASON [DETAIL-REGEX]: one more device, and what is expected of it.
device() {
	n=$((n + 1))
	local serial
	serial=$(printf 'C%03d' $n)
	printf '%s;MiSeqDx;15036706;"%s";local\n' "$serial" "$2" >>"$rows"
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$serial" "$1" "$3" "$4" "$5" "${6:-}" >>"$expected"
}
base=$((21000 + $$ % 500 * 20))
port() { # the next free one of ours, into $port
	base=$((base + 1))
	while port_listens 127.0.0.1 $base; do base=$((base + 1)); done
	port=$base
}

# ---- SSH ----

ssh_server() { # NAME LINES...: sshd with these settings; sets $port
	local name=$1
	shift
	port
	[ -f "$RUN/ssh-ed25519" ] || ssh-keygen -q -t ed25519 -N '' -f "$RUN/ssh-ed25519"
	[ -f "$RUN/ssh-rsa" ] || ssh-keygen -q -t rsa -b 2048 -N '' -f "$RUN/ssh-rsa"
	printf '%s\n' "ListenAddress 127.0.0.1:$port" 'PidFile none' 'UsePAM no' 'PermitRootLogin no' 'PasswordAuthentication no' "$@" >"$RUN/sshd-$name.conf"
	bg "sshd-$name" "$(command -v sshd)" -D -e -f "$RUN/sshd-$name.conf"
	wait_port 127.0.0.1 "$port"
}
if command -v sshd >/dev/null && command -v ssh-keygen >/dev/null && { [ -d /run/sshd ] || mkdir -p /run/sshd 2>/dev/null; }; then
	ssh_server good "HostKey $RUN/ssh-ed25519" 'KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256' \
		'Ciphers aes256-gcm@openssh.com,aes128-gcm@openssh.com' 'MACs hmac-sha2-512-etm@openssh.com'
	device "sshd, strict" "sftp://127.0.0.1:$port/runs" SSH-1 pass allowed-only 'policy ssh-'
	device "sshd, strict, by ;ssh=" "\\\\127.0.0.1\\runs;ssh=$port" SSH-1 pass allowed-only
	good_ssh=$port
	ssh_server default "HostKey $RUN/ssh-ed25519"
	device "sshd as Debian ships it" "sftp://127.0.0.1:$port/" SSH-1 pass discouraged-offered 'hmac-sha1'
	ssh_server weak "HostKey $RUN/ssh-rsa" 'HostKeyAlgorithms +ssh-rsa' 'KexAlgorithms +diffie-hellman-group1-sha1' \
		'Ciphers +aes128-cbc,3des-cbc' 'MACs +hmac-md5'
	device "sshd, weak" "sftp://127.0.0.1:$port/" SSH-1 fail banned-offered \
		'diffie-hellman-group1-sha1.*ssh-rsa.*3des-cbc.*hmac-md5'
else
	tap_skip "SSH servers" "sshd is not installed"
fi

# ---- TLS ----

certificate() { # NAME DAYS [OPTION...]
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=lab -keyout "$RUN/$1.key" -out "$RUN/$1.pem" -days "$2" "${@:3}" 2>/dev/null
}
certificate good 30
# A certificate that ended yesterday: by a small authority, because "req -x509" knows no past.
expired() {
	mkdir -p "$RUN/ca"
	: >"$RUN/ca/index"
	echo 01 >"$RUN/ca/serial"
	openssl req -new -newkey rsa:2048 -nodes -subj /CN=old -keyout "$RUN/old.key" -out "$RUN/old.csr" 2>/dev/null
	printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$RUN/ca/index" "serial=$RUN/ca/serial" "new_certs_dir=$RUN/ca" 'default_md=sha256' 'policy=p' \
		'[p]' 'commonName=supplied' >"$RUN/ca.conf"
	openssl ca -batch -config "$RUN/ca.conf" -selfsign -keyfile "$RUN/old.key" -in "$RUN/old.csr" -out "$RUN/old.pem" -notext \
		-startdate "$1" -enddate "$2" 2>"$RUN/ca.err"
}
expired "$(date -u -d '-40 days' +%y%m%d%H%M%SZ)" "$(date -u -d '-1 day' +%y%m%d%H%M%SZ)"
mv "$RUN/old.pem" "$RUN/over.pem" && cp "$RUN/old.key" "$RUN/over.key"
expired "$(date -u -d '+10 days' +%y%m%d%H%M%SZ)" "$(date -u -d '+40 days' +%y%m%d%H%M%SZ)"
mv "$RUN/old.pem" "$RUN/early.pem" && cp "$RUN/old.key" "$RUN/early.key"

tls_server() { # NAME CERTIFICATE OPTION...: openssl s_server; sets $port
	local name=$1 cert=$2
	shift 2
	port
	bg "tls-$name" openssl s_server -accept "127.0.0.1:$port" -cert "$RUN/$cert.pem" -key "$RUN/$cert.key" -quiet -www "$@"
	wait_port 127.0.0.1 "$port"
}
tls_server both good -no_tls1 -no_tls1_1
device "TLS 1.2 and 1.3" "https://127.0.0.1:$port/" TLS-1 pass old-refused 'TLS 1.2, TLS 1.3; certificate .*self-issued, SHA-256'
device "TLS 1.2 and 1.3 by name" "https://localhost:$port/" TLS-1 pass old-refused
good_tls=$port
device "... as ftps" "ftps://127.0.0.1:$port/" TLS-1 pass old-refused
device "... by ;tls= of another protocol" "smb://127.0.0.1/runs;tls=$port" TLS-1 pass old-refused
tls_server only12 good -tls1_2
device "only TLS 1.2" "https://127.0.0.1:$port/" TLS-1 pass old-refused 'accepted: TLS 1.2; cert'
for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
	tls_server "13-$suite" good -tls1_3 -ciphersuites $suite
	device "only TLS 1.3 with $suite, its certificate read" "https://127.0.0.1:$port/" TLS-1 pass old-refused 'accepted: TLS 1.3; certificate 20'
done
tls_server p256 good -tls1_3 -groups P-256
device "only TLS 1.3 with another group: no certificate to see" "https://127.0.0.1:$port/" TLS-1 unknown certificate-not-seen
tls_server p256-both good -groups P-256 -no_tls1 -no_tls1_1
device "TLS 1.3 with another group: the certificate of 1.2" "https://127.0.0.1:$port/" TLS-1 pass old-refused 'certificate 20'
tls_server old good -cipher 'ALL:@SECLEVEL=0'
device "TLS 1.0 to 1.3" "https://127.0.0.1:$port/" TLS-1 fail old-accepted 'TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3'
tls_server only10 good -tls1 -cipher 'ALL:@SECLEVEL=0'
device "only TLS 1.0" "https://127.0.0.1:$port/" TLS-1 fail old-accepted 'accepted: TLS 1.0;'
tls_server only11 good -tls1_1 -cipher 'ALL:@SECLEVEL=0'
device "only TLS 1.1" "https://127.0.0.1:$port/" TLS-1 fail old-accepted 'accepted: TLS 1.1;'
tls_server over over -no_tls1 -no_tls1_1
device "a certificate that has ended" "https://127.0.0.1:$port/" TLS-1 fail certificate-expired
tls_server over13 over -tls1_3
device "... under TLS 1.3 alone" "https://127.0.0.1:$port/" TLS-1 fail certificate-expired
tls_server early early -no_tls1 -no_tls1_1
device "a certificate whose time has not come" "https://127.0.0.1:$port/" TLS-1 fail certificate-not-yet-valid
double tcp_listener --mode close && device "a port that hangs up" "https://127.0.0.1:$double_port/" TLS-1 unknown closed-early
double tcp_listener --mode hold && device "a port that says nothing" "https://127.0.0.1:$double_port/" TLS-1 unknown no-reply
double tcp_listener --mode banner && device "another protocol" "https://127.0.0.1:$double_port/" TLS-1 unknown not-the-protocol
hostile http-good && device "HTTP where TLS should be" "https://127.0.0.1:$double_port/" TLS-1 unknown not-the-protocol
double tcp_listener --mode banner --banner $'SSH-1.99-old\r\n' && device "SSH 1.99" "sftp://127.0.0.1:$double_port/" SSH-1 fail protocol-1
double tcp_listener --mode banner && device "not SSH" "sftp://127.0.0.1:$double_port/" SSH-1 unknown cut-off
port
device "nobody there" "https://127.0.0.1:$port/" TLS-1 unknown port-closed
device "nobody there" "sftp://127.0.0.1:$port/" SSH-1 unknown port-closed
device "SMB is no SSH" "smb://127.0.0.1/runs" SSH-1 notchecked other-protocol

# ---- asking ----

tap_ok "$n devices imported" fp device import "$rows"
fp match >/dev/null
fp check --all --timeout=800 --format=json >"$RUN/checks.json" 2>"$RUN/err"
status=$?
tap_is "the run ends as 'not corrected'" $status 3
[ $status = 3 ] || tap_note "$(tail -n 5 "$RUN/err")"
while IFS=$'\t' read -r serial name check result reason detail; do
	got=$(jq -r --arg s "$serial" --arg c "$check" '.rows[]|select(.serial==$s and .verdict.check==$c)|.verdict|"\(.result) \(.reason) \(.detail)"' "$RUN/checks.json")
	tap_like "$check, $name: $result $reason" "$got" "^$result $reason .*$detail"
done <"$expected"
tap_ok "what was seen can be judged again with the same result" fp evidence verify
[ -z "${good_ssh:-}" ] || tap_unlike "no log-on was tried" "$(cat "$RUN"/sshd-*.out)" 'user|password|Failed|Invalid'
dry=$(fp check --dry-run --device=C001)
tap_like "a dry run prints the bytes" "$dry" '53 53 48 2d 32 2e 30 2d'
tap_done
