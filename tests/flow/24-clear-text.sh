#!/bin/bash
# What the network itself says about transport: SSH algorithms (SSH-1), TLS versions (TLS-1), protocols in the clear (CLR-1) and the firewall
# (FW-2), against real servers, good and bad.
. "$(dirname "$0")/lib.sh"
need jq openssl

# A copy of a notice whose storage step names these checks.
mkdir -p "$RUN/notices"
cp -R notices/FSN2024-1562 "$RUN/notices/"
rm -f "$RUN"/notices/*/notice.minisig
jq '(.actions[]|select(.id=="secure-protocol").checks) = [("SSH-1","TLS-1","CLR-1","FW-2")|{"id":.,"role":"required"}]' \
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
# Most systems know localhost by two addresses, the one of IPv6 first; what is asked by name is the first.
if grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then
	bg tls-both6 openssl s_server -accept "[::1]:$port" -cert "$RUN/good.pem" -key "$RUN/good.key" -quiet -www -no_tls1 -no_tls1_1
	wait_until 10 grep -q "$(printf ' 0\{24\}01000000:%04X 0\{32\}:0000 0A ' "$port")" /proc/net/tcp6
fi
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

# ---- protocols in the clear: each posture has an address of its own, all the same ports ----

host=0
for name in ftp telnet http exec login shell rsync vnc tftp; do
	port
	declare "p_$name=$port"
	clear_ports=${clear_ports:+$clear_ports,}$name=$port
done
at() { # the next address, into $ip
	host=$((host + 1))
	ip=127.77.$((host / 200)).$((host % 200 + 1))
}
at
device "nothing open" "$ip" CLR-1 pass nothing-clear '9 ports asked, closed by the host itself$'
tcp() { at && double tcp_listener --bind "$ip" --port "$@"; }
own() { at && double clear_responder --bind "$ip" --log "$RUN/clear.log" "$@"; }
tcp "$p_telnet" --mode banner --banner $'\xff\xfd\x18' && device "Telnet" "$ip" CLR-1 fail clear-text-offered "telnet $p_telnet speaks"
tcp "$p_telnet" --mode hold && device "an open port of Telnet that says nothing" "$ip" CLR-1 unknown open-unclear
tcp "$p_telnet" --mode banner --banner $'SSH-2.0-x\r\n' && device "SSH where Telnet was" "$ip" CLR-1 pass nothing-clear 'is SSH'
tcp "$p_telnet" --mode drop && device "a silent port" "$ip" CLR-1 unknown filtered "telnet $p_telnet not seen"
for name in exec login shell; do
	p=p_$name
	tcp "${!p}" --mode hold && device "$name" "$ip" CLR-1 fail clear-text-offered "$name ${!p} is open"
done
own --mode vnc --port "$p_vnc" --types 02 && device "VNC with a password" "$ip" CLR-1 fail clear-text-offered "vnc $p_vnc has"
own --mode vnc --port "$p_vnc" --types 1301 && device "VNC, VeNCrypt and none" "$ip" CLR-1 fail clear-text-offered
own --mode vnc --port "$p_vnc" --types 12 && device "VNC by TLS" "$ip" CLR-1 pass nothing-clear 'only types with encryption'
own --mode vnc --port "$p_vnc" --types 13 && device "VNC, VeNCrypt" "$ip" CLR-1 unknown open-unclear
own --mode vnc --port "$p_vnc" --types 01 --version 003.003 && device "VNC 3.3" "$ip" CLR-1 fail clear-text-offered
own --mode tftp --port "$p_tftp" && device "TFTP" "$ip" CLR-1 fail clear-text-offered "tftp $p_tftp answers"
own --mode tftp-data --port "$p_tftp" && device "TFTP that has every file" "$ip" CLR-1 fail clear-text-offered
own --mode tftp-odd --port "$p_tftp" && device "an answer that is not TFTP's" "$ip" CLR-1 pass nothing-clear 'tftp [0-9]* silent'
own --mode tftp-stranger --port "$p_tftp" && device "TFTP of another host" "$ip" CLR-1 pass nothing-clear 'tftp [0-9]* silent'
for mode in endless random mirror half-close rst-late http-headers-endless; do
	at
	hostile $mode --bind "$ip" --port "$p_http" --seconds 120 && device "hostile HTTP: $mode" "$ip" CLR-1 unknown open-unclear
done
if command -v vsftpd >/dev/null; then
	ftp_server() { # NAME LINES...
		mkdir -p "$RUN/ftp-empty"
		printf '%s\n' listen=YES "listen_address=$ip" "listen_port=$p_ftp" background=NO anonymous_enable=NO local_enable=YES write_enable=NO \
			seccomp_sandbox=NO "secure_chroot_dir=$RUN/ftp-empty" "${@:2}" >"$RUN/vsftpd-$1.conf"
		[ "$(id -u)" = 0 ] || echo run_as_launching_user=YES >>"$RUN/vsftpd-$1.conf"
		bg "vsftpd-$1" vsftpd "$RUN/vsftpd-$1.conf"
		wait_port "$ip" "$p_ftp"
	}
	at
	ftp_server clear ssl_enable=NO && device "vsftpd in the clear" "$ip" CLR-1 fail clear-text-offered "ftp $p_ftp has no TLS"
	at
	ftp_server tls ssl_enable=YES force_local_logins_ssl=YES force_local_data_ssl=YES "rsa_cert_file=$RUN/good.pem" "rsa_private_key_file=$RUN/good.key" &&
		device "vsftpd that demands TLS" "$ip" CLR-1 unknown ftp-tls-offered
else
	tap_skip "FTP servers" "vsftpd is not installed"
fi
if command -v rsync >/dev/null; then
	at
	printf '%s\n' 'use chroot = no' "pid file = $RUN/rsyncd.pid" >"$RUN/rsyncd.conf"
	bg rsync rsync --daemon --no-detach --address "$ip" --port "$p_rsync" --config "$RUN/rsyncd.conf"
	wait_port "$ip" "$p_rsync" && device "rsync daemon" "$ip" CLR-1 fail clear-text-offered "rsync $p_rsync greets"
else
	tap_skip "rsync daemon" "rsync is not installed"
fi
if command -v nginx >/dev/null; then
	at && ip_page=$ip
	at && ip_away=$ip
	at && ip_tls=$ip
	at && ip_other=$ip
	cat >"$RUN/nginx.conf" <<-CONF
		worker_processes 1; daemon off; pid $RUN/nginx.pid; error_log $RUN/nginx.err;
		events { worker_connections 64; }
		http {
			access_log off; client_body_temp_path $RUN/n1; proxy_temp_path $RUN/n2; fastcgi_temp_path $RUN/n3; uwsgi_temp_path $RUN/n4; scgi_temp_path $RUN/n5;
			server { listen $ip_page:$p_http; return 200 x; }
			server { listen $ip_away:$p_http; return 301 https://\$host/; }
			server { listen $ip_other:$p_http; return 302 http://127.0.0.1/; }
			server { listen $ip_tls:$p_http ssl; ssl_certificate $RUN/good.pem; ssl_certificate_key $RUN/good.key; return 200 x; }
		}
	CONF
	bg nginx nginx -c "$RUN/nginx.conf" -e "$RUN/nginx.err"
	wait_port "$ip_page" "$p_http"
	device "a web page" "$ip_page" CLR-1 fail clear-text-offered "http $p_http answers HTTP"
	device "HTTP that sends to https" "$ip_away" CLR-1 pass only-redirect
	device "HTTP that sends to HTTP" "$ip_other" CLR-1 fail clear-text-offered
	device "TLS where HTTP is usual" "$ip_tls" CLR-1 unknown open-unclear
else
	tap_skip "web servers" "nginx is not installed"
fi

# ---- asking ----

judged() { # FILE: what was expected, against the run's rows
	while IFS=$'\t' read -r serial name check result reason detail; do
		got=$(jq -r --arg s "$serial" --arg c "$check" '.rows[]|select(.serial==$s and .verdict.check==$c)|.verdict|"\(.result) \(.reason) \(.detail)"' "$1")
		tap_like "$check, $name: $result $reason" "$got" "^$result $reason .*$detail"
	done <"$expected"
}
tap_ok "$n devices imported" fp device import "$rows"
fp match >/dev/null
tap_exit "a list of ports that cannot be read is told" 4 sh -c "'$B/fieldproof' param set clear-ports ftp=x --quiet && '$B/fieldproof' check --check=CLR-1 --format=json >'$RUN/malformed.json'"
tap_is "... by its reason" "$(jq -r '[.rows[].verdict.reason]|unique|join(" ")' "$RUN/malformed.json" 2>/dev/null)" parameter-malformed
fp param set clear-ports "$clear_ports" --quiet
start=$SECONDS
fp check --all --timeout=800 --format=json >"$RUN/checks.json" 2>"$RUN/err"
status=$?
tap_is "the run ends as 'not corrected'" $status 3
[ $status = 3 ] || tap_note "$(tail -n 5 "$RUN/err")"
tap_is "... in bounded time" "$([ $((SECONDS - start)) -le 60 ] && echo yes)" yes
judged "$RUN/checks.json"
tap_unlike "no log-on was tried by FTP" "$(cat "$RUN"/vsftpd-*.out 2>/dev/null)" 'LOGIN|USER'
tap_is "TFTP was asked for one file, which there is not" "$(grep -h ^request "$RUN/clear.log" | sort -u)" \
	"request 00016669656c6470726f6f662d6e6f2d737563682d66696c65006f6374657400"
tap_ok "what was seen can be judged again with the same result" fp evidence verify
[ -z "${good_ssh:-}" ] || tap_unlike "no log-on was tried" "$(cat "$RUN"/sshd-*.out)" 'user|password|Failed|Invalid'
dry=$(fp check --dry-run --device=C001)
tap_like "a dry run prints the bytes" "$dry" '53 53 48 2d 32 2e 30 2d'

# ---- a firewall, in a network of its own ----

if netns_up; then
	fresh_db
	fp notice add FSN2024-1562 --quiet
	echo 'Serial number;Product;REF;IP address;Storage;Connectivity' >"$rows"
	: >"$expected"
	instrument() { # NAME ADDRESS RESULT REASON [DETAIL]
		n=$((n + 1))
		printf 'F%03d;MiSeqDx;15036706;"%s";;local\n' $n "$2" >>"$rows"
		printf 'F%03d\t%s\tFW-2\t%s\t%s\t%s\n' $n "$1" "$3" "$4" "${5:-}" >>"$expected"
	}
	bg listeners in_b "$B/tests/doubles/tcp_listener" --bind 10.99.1.1 --bind 10.99.1.4 --port 445
	in_b nft add table inet fp
	in_b nft 'add chain inet fp in { type filter hook input priority 0 ; policy accept ; }'
	in_b nft add rule inet fp in ip daddr 10.99.1.1 tcp dport '{ 135, 139 }' drop
	in_b nft add rule inet fp in ip daddr 10.99.1.2 tcp dport '{ 135, 139, 3389 }' drop
	in_b nft add rule inet fp in ip daddr 10.99.1.3 drop
	in_b nft add rule inet fp in ip daddr 10.99.1.5 tcp dport != 3390 drop
	in_b nft add rule inet fp in ip daddr 10.99.1.6 tcp dport != 3390 reject with icmpx admin-prohibited
	in_b nft add rule inet fp in ip daddr 10.99.1.8 reject with icmpx port-unreachable
	in_b nft add rule inet fp in ip daddr 10.99.1.9 reject with icmpx admin-prohibited
	wait_until 5 in_a bash -c 'exec 3<>/dev/tcp/10.99.1.4/445'
	instrument "one port open" 10.99.1.1 fail ports-open 'open: 445$'
	instrument "three of four filtered" 10.99.1.2 pass ports-filtered 'filtered: 135, 139, 3389; refused: 445'
	instrument "a dead host" 10.99.1.3 unknown no-answer 'no port of this host answered'
	instrument "a dead host with a control port" '10.99.1.3;control=3390' unknown no-answer
	instrument "all filtered, nothing known to be open" 10.99.1.5 unknown no-answer
	instrument "all filtered, the control port answers" '10.99.1.5;control=3390' pass ports-filtered 'port 3390 of the same host answered'
	instrument "all rejected by a filter, the control port answers" '10.99.1.6;control=3390' pass ports-filtered
	instrument "nothing listens" 10.99.1.7 pass ports-refused
	instrument "a filter speaks for a host that may be off" 10.99.1.8 unknown rejected
	instrument "... in other words" 10.99.1.9 unknown unreachable
	tap_ok "instruments imported" fp device import "$rows"
	fp match >/dev/null
	fp param set fw-ports 135,139,445,3389 --quiet
	fp_a check --all --mode=Dx --timeout=500 --format=json >"$RUN/firewall.json" 2>"$RUN/err"
	judged "$RUN/firewall.json"
	tap_is "reachability alone verifies no cell" "$(fp case show FSN2024-1562 --format=json | jq .counts.by_state.verified)" 0
else
	tap_skip "FW-2 behind a firewall" "$netns_why"
fi
tap_done
