#!/bin/bash
# The laboratory comes up, each server answers as its posture says (asked by programs of other people), a server can be mended, two
# laboratories live side by side, and nothing is left behind.
# shellcheck disable=SC2015,SC2119,SC2317 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

have() { command -v "$1" >/dev/null; }
processes() { # of sessions that the laboratory in $1 began; the dead do not count
	local sid
	for f in "$1"/lab/*/process "$1"/lab/.keeper/process; do
		[ -f "$f" ] && read -r sid _ <"$f" && ps -o pid=,stat=,args= -s "$sid"
	done | awk '$2 !~ /^Z/'
}

# ---- up ----

began=$(date +%s%N)
lab_up
status=$?
tap_note "up in $((($(date +%s%N) - began) / 1000000)) ms, exit $status"
if [ $status = 3 ] && [ "$(id -u)" != 0 ]; then
	tap_skip "the whole laboratory runs" "not root: smbd cannot run"
else
	tap_is "the whole laboratory runs" $status 0
fi
tap_is "every server but those that are off is up" \
	"$(demo/lab/table | awk -F'\t' 'NR > 1 && $7 != "up" && $6 != "off" { print $1 }' | { [ "$(id -u)" = 0 ] && cat || grep -v ^nas-; })" ""
before=$(cat "$RUN"/lab/*/process)
tap_exit "up again is nothing new" $status lab_up
tap_is "the same processes run" "$(cat "$RUN"/lab/*/process)" "$before"

# ---- UCS doubles ----

ucs=$(lab_get ucs-open port)
for row in ucs-open=open ucs-open2=open ucs-close=open ucs-loopback=refused ucs-loopback2=refused ucs-off=refused ucs-filtered=silent; do
	tap_is "${row%=*} is ${row#*=}" "$(port_state "$(lab_get "${row%=*}" address)" "$ucs" 1)" "${row#*=}"
done
tap_is "a device's own 127.0.0.1 is open" "$(port_state 127.0.0.1 "$ucs")" open

# ---- SMB ----

# Which dialects smbclient agrees on, as "NT1 SMB2_02 SMB2_10 SMB3_00 SMB3_11" with "-" for a refused one.
dialects() { # NAME
	local d out
	for d in NT1 SMB2_02 SMB2_10 SMB3_00 SMB3_11; do
		out=$(timeout 20 smbclient -N -L "$(lab_get "$1" address)" -p "$(lab_get "$1" port)" -m $d --option='client min protocol=NT1' --option="client min protocol=$d" 2>&1 </dev/null)
		if grep -qE 'negotiation failed|No compatible protocol' <<<"$out"; then echo -; elif grep -qE 'login successful|session setup failed' <<<"$out"; then echo $d; else echo "?$out"; fi
	done | tr '\n' ' '
}

if [ "$(id -u)" != 0 ] || ! have smbd; then
	tap_skip "Samba postures" "not root, or smbd is not installed"
elif ! have smbclient; then
	tap_skip "Samba postures, asked by smbclient" "smbclient is not installed"
else
	while read -r name want; do
		tap_is "$name speaks $want" "$(dialects "$name")" "$want "
	done <<-END
		nas-nt1only NT1 - - - -
		nas-nosign - SMB2_02 SMB2_10 SMB3_00 SMB3_11
		nas-signopt - SMB2_02 SMB2_10 SMB3_00 SMB3_11
		nas-signreq - SMB2_02 SMB2_10 SMB3_00 SMB3_11
		nas-encdes - SMB2_02 SMB2_10 SMB3_00 SMB3_11
		nas-encreq - - - SMB3_00 SMB3_11
		nas-mixed NT1 SMB2_02 SMB2_10 SMB3_00 SMB3_11
		nas-smb2only - SMB2_02 SMB2_10 - -
		nas-secure - - - - SMB3_11
	END
fi

signing() { # NAME: what nmap says of signing in each dialect
	nmap -n -Pn -p "$(lab_get "$1" port)" --script smb2-security-mode --script-args "smbport=$(lab_get "$1" port)" "$(lab_get "$1" address)" | grep -o 'Message signing.*' | sort -u
}
if [ "$(id -u)" != 0 ] || ! have nmap || ! have smbd; then
	tap_skip "signing as nmap sees it" "wants root, smbd and nmap"
else
	for row in nosign=enabled\ but\ not\ required signopt=enabled\ but\ not\ required signreq=enabled\ and\ required encreq=enabled\ but\ not\ required secure=enabled\ and\ required smb2only=enabled\ and\ required; do
		tap_is "nmap: signing of nas-${row%=*} is ${row#*=}" "$(signing "nas-${row%=*}")" "Message signing ${row#*=}"
	done
fi

# ---- Redfish ----

http() { # HOST PATH [SCHEME]: status and where to
	curl -ks -m 5 -o "$RUN/body" -w '%{http_code} %{redirect_url}' "${3:-https}://$(lab_get "$1.redfish" target)$2"
}
if ! have nginx || ! have curl; then
	tap_skip "Redfish postures" "nginx or curl is not installed"
else
	while read -r host root_status status; do
		tap_is "$host: service root" "$(http "$host" /redfish/v1/)" "$root_status "
		tap_is "$host: Systems" "$(http "$host" /redfish/v1/Systems)" "$status "
	done <<-END
		bmc-good 200 401
		bmc-weak 200 200
		bmc-none 200 401
		bmc-nolan 404 404
		bmc-silent 503 503
		bmc-webpage 200 200
		bmc-forbidden 200 403
		bmc-v15 000 000
	END
	tap_is "bmc-v15 speaks clear text" "$(http bmc-v15 /redfish/v1/Systems http)" "401 "
	tap_is "bmc-moved sends elsewhere" "$(http bmc-moved /redfish/v1/Systems)" "301 https://$(lab_get bmc-moved target)/elsewhere/redfish/v1/Systems"
	tap_like "bmc-good says how to log on" "$(curl -ksi -m 5 "https://$(lab_get bmc-good.redfish target)/redfish/v1/Systems")" '^WWW-Authenticate: Basic realm="bmc"'
	http bmc-weak /redfish/v1/Systems >/dev/null
	tap_like "bmc-weak gives its members to anybody" "$(<"$RUN/body")" '"Members@odata.count":1'
	old_tls() { openssl s_client -tls1_1 -cipher 'DEFAULT@SECLEVEL=0' -connect "$(lab_get "$1.redfish" target)" </dev/null; }
	tap_ok "bmc-none takes TLS 1.1" old_tls bmc-none
	tap_exit "bmc-good does not" 1 old_tls bmc-good
fi

# ---- IPMI ----

authcap() { # HOST: what ipmitool reads out of Get Channel Authentication Capabilities, on one line
	timeout 20 ipmitool -vvvv -I lan -N 1 -R 1 -H "$(lab_get "$1.ipmi" address)" -p "$(lab_get "$1.ipmi" port)" -U nobody -P - session info active 2>&1 |
		grep -aE '^ +(Auth Types|Per-msg auth|User level auth|Non-null users|Null users|Anonymous login)|IPMI (NOT )?Supported' | sed 's/ *: */:/;s/^ *//;s/ *$//' | tr '\n' ';'
}
if ! have ipmitool; then
	tap_skip "IPMI postures, asked by ipmitool" "ipmitool is not installed"
else
	while read -r host want; do
		tap_like "$host: $want" "$(authcap "$host")" "$want"
	done <<-END
		bmc-weak IPMI Supported;.*Auth Types:NONE MD2 MD5 PASSWORD;.*Anonymous login:enabled
		bmc-hard IPMI Supported;.*Auth Types:MD5;
		bmc-good IPMI Supported;.*Auth Types:MD5;.*Non-null users:enabled;Null users:disabled;Anonymous login:disabled
		bmc-anonymous Null users:enabled;Anonymous login:enabled
		bmc-none Auth Types:NONE MD5;
		bmc-worst Auth Types:NONE MD5;.*Null users:enabled;Anonymous login:enabled
		bmc-nolan IPMI NOT Supported;$
	END
	tap_is "bmc-silent says nothing" "$(authcap bmc-silent)" ""
	suite() { timeout 20 ipmitool -v -I lanplus -N 1 -R 1 -H "$(lab_get "$1.ipmi" address)" -p "$(lab_get "$1.ipmi" port)" -U nobody -P - session info active 2>&1 | grep -ao 'best available cipher suite.*'; }
	tap_is "bmc-good: ipmitool finds suite 17 in the second block" "$(suite bmc-good)" "best available cipher suite 17"
	tap_like "bmc-good was asked for blocks 0 and 1 of its suites" "$(<"$RUN/lab/bmc-good.ipmi/requests")" '54\w*0e0080\w\w'
fi
if ! have nmap || [ "$(id -u)" != 0 ]; then
	tap_skip "IPMI postures, asked by nmap" "nmap is not installed, or not root"
else
	ports=$(lab_get bmc-good.ipmi port)
	tap_out=$(nmap -n -Pn -sU -p "$ports" --script +ipmi-version,+ipmi-cipher-zero 127.0.1.23,24,27)
	part() { awk -v want="$(lab_get "$1.ipmi" address)" '/^Nmap scan report/ { on = $NF == want } on' <<<"$tap_out"; }
	tap_like "nmap: bmc-good is IPMI 2.0" "$(part bmc-good)" 'IPMI-2.0'
	tap_unlike "nmap: bmc-good is not open to cipher suite 0" "$(part bmc-good)" 'VULNERABLE'
	tap_like "nmap: bmc-cipher0 is" "$(part bmc-cipher0)" 'State: VULNERABLE'
	tap_like "nmap: bmc-v15 is IPMI 1.5" "$(part bmc-v15)" 'IPMI-1.5'
fi

# ---- mending ----

tap_exit "a posture that there is not is refused" 2 lab_restart bmc-good nothing
tap_is "and the server still runs" "$(lab_get bmc-good.ipmi state)" up
tap_ok "a weak controller is mended" lab_restart bmc-cipher0 good
tap_is "its posture is good now" "$(demo/lab/table bmc-cipher0 | cut -f6 | tr '\n' ' ')" "posture good good "
tap_ok "a service is bound to this machine only" lab_restart ucs-open loopback
tap_is "its address refuses now" "$(port_state 127.0.1.11 "$ucs")" refused
tap_ok "a service is stopped" lab_restart ucs-open2 off
tap_is "its address refuses now too" "$(port_state 127.0.1.12 "$ucs")" refused
if [ "$(id -u)" = 0 ] && have smbd && have smbclient; then
	tap_ok "a store is mended" lab_restart nas-nt1only secure
	tap_is "it speaks only SMB 3.1.1 now" "$(dialects nas-nt1only)" "- - - - SMB3_11 "
fi

# ---- tools for other tests and the demonstration ----

tap_is "a template is filled in" "$(lab_fill <<<'x;@ucs-open@;@bmc-weak@;@nas-encreq@;@ucs-port@')" "x;127.0.1.11;$(lab_get bmc-weak.ipmi target);$(lab_get nas-encreq target);$ucs"
tap_exit "a name that there is not is refused" 2 bash -c 'echo @nas-nothing@ | demo/lab/fill'
tap_is "the table of demo/lab/README.md is right" "$(sed -n '/^| name/,/^$/p' demo/lab/README.md | sed '/^$/d')" "$(env -u RUN -u PORT_BASE demo/lab/table --markdown)"

# ---- side by side, owners, ordinary users ----

other=$RUN/o
mkdir "$other"
base=$((10000 + ($(<"$RUN/lab/base") / 1000) % 20 * 1000)) # ten places away from ours: it tries 10000 to 29000
tap_ok "a second laboratory runs beside" env RUN="$other" PORT_BASE=$base demo/lab/up ucs bmc-good
tap_is "on ports of its own" "$(port_state 127.0.1.11 $((base + 800)))" open
tap_exit "its ports cannot be taken by a third" 1 env RUN="$HOME" PORT_BASE=$base demo/lab/up bmc-good
tap_ok "it ends" env RUN="$other" demo/lab/down
tap_is "without a trace" "$(port_state 127.0.1.11 $((base + 800)))$(RUN=$other processes "$other")" refused
tap_is "the first one is still there" "$(lab_get bmc-good.redfish state)" up

sleep 300 &
owner=$!
RUN=$other PORT_BASE=$base LAB_OWNER=$owner demo/lab/up ucs-open bmc-good
found=$(processes "$other")
kill -KILL $owner
wait $owner 2>/dev/null
nothing_left() { [ -z "$(processes "$other")" ]; }
tap_like "an owner has a laboratory" "$found" tcp_listener
tap_ok "a laboratory ends with its owner, even by kill -9" wait_until 10 nothing_left

if [ "$(id -u)" != 0 ] || ! setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null; then
	tap_skip "as an ordinary user" "cannot become one here"
else
	# A copy, because the project may lie where only root can look.
	mkdir -m 777 "$RUN/u"
	chmod 711 "$RUN"
	mkdir -p "$RUN/tree/demo" "$RUN/tree/b/tests"
	cp -R demo/lab "$RUN/tree/demo/"
	cp -R "$B/tests/doubles" "$RUN/tree/b/tests/"
	chmod -R u=rwX,go=rX "$RUN/tree"
	as_user() {
		setpriv --reuid=65534 --regid=65534 --clear-groups env -C "$RUN/tree" RUN="$RUN/u" B="$RUN/tree/b" PORT_BASE=$base "$@"
	}
	tap_exit "an ordinary user gets all but Samba" 3 as_user demo/lab/up
	tap_like "and is told why" "$tap_out" 'nas-signopt not started: smbd wants root'
	tap_is "the rest runs" "$(as_user demo/lab/table | awk -F'\t' 'NR > 1 && $7 != "up" && $6 != "off" && $2 != "smb"')" ""
	tap_ok "and ends" as_user demo/lab/down
fi

# ---- down ----

sessions=$(cat "$RUN"/lab/*/process "$RUN"/lab/.keeper/process | cut -d' ' -f1)
tap_ok "down" lab_down
tap_is "no process is left" "$(for s in $sessions; do ps -o pid=,stat=,args= -s "$s"; done | awk '$2 !~ /^Z/')" ""
base=$((ucs - 800))
tap_is "no port is open" "$(awk -v a="$(printf ':%04X|:%04X|:%04X' $((base + 445)) $((base + 623)) $((base + 800)))" 'FNR > 1 && $2 ~ "(" a ")$" && ($4 == "0A" || FILENAME ~ /udp/)' /proc/net/tcp /proc/net/udp)" ""
tap_ok "down again is nothing new" lab_down
tap_done
