#!/bin/bash
# The doubles do what they say: otherwise a test that a hostile server did no harm would prove nothing.
# shellcheck disable=SC2317,SC2154,SC2016 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

ask() { # ADDRESS PORT SECONDS [QUESTION]: how many bytes come back until the server closes or the time is over
	timeout "$3" bash -c 'exec 3<>"/dev/tcp/$0/$1"; printf "%b" "$2" >&3; exec cat <&3' "$1" "$2" "${4-hello}" 2>/dev/null | wc -c
}
# A whole SMB2 NEGOTIATE for 3.1.1 without contexts, as printf writes it.
negotiate='\x00\x00\x00\x66\xFESMB\x40\x00'$(printf '\\x00%.0s' {1..16})$(printf '\\x00%.0s' {1..42})'\x24\x00\x01\x00'$(printf '\\x00%.0s' {1..32})'\x11\x03'

# ---- closing at every byte ----

hostile smb-good --cut 0 --cut-step 1 --seconds 30
got=
for n in 0 1 2 3 4 5 6 7 8; do
	got="$got $(ask 127.0.0.1 "$double_port" 5 "$negotiate")"
done
tap_is "each connection is cut one byte later" "$got" " 0 1 2 3 4 5 6 7 8"
bg_stop "$double_pid"
hostile smb-good --cut 287 --seconds 30
tap_is "a cut at byte 287" "$(ask 127.0.0.1 "$double_port" 5 "$negotiate")" 287
bg_stop "$double_pid"
hostile smb-good --seconds 30
tap_is "the whole answer has 288" "$(ask 127.0.0.1 "$double_port" 1 "$negotiate")" 288
bg_stop "$double_pid"
printf '0123456789' >"$RUN/canned"
hostile answer --answer "$RUN/canned" --cut 7 --seconds 30
tap_is "a canned answer, cut" "$(ask 127.0.0.1 "$double_port" 5)" 7
bg_stop "$double_pid"

# ---- slow, endless, random ----

hostile answer --answer "$RUN/canned" --drip 200 --seconds 30
tap_like "a drip gives 4 to 6 bytes of 200 ms each in a second" "$(ask 127.0.0.1 "$double_port" 1)" '^[456]$'
bg_stop "$double_pid"
hostile endless --seconds 30
tap_like "endless means many megabytes a second" "$(ask 127.0.0.1 "$double_port" 1)" '^[0-9]{7,}$'
bg_stop "$double_pid"
bytes() { # SEED
	hostile random --seed "$1" --seconds 30
	timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0"; echo >&3; exec cat <&3' "$double_port" | sha256sum
	bg_stop "$double_pid"
}
first=$(bytes 1) again=$(bytes 1) second=$(bytes 2)
tap_is "a seed gives the same bytes again" "$again" "$first"
tap_unlike "another seed gives others" "$second" "$first"
hostile silent --seconds 1
tap_is "silent says nothing" "$(ask 127.0.0.1 "$double_port" 3)" 0
gone() { ! kill -0 "$double_pid"; }
tap_ok "a hostile server ends by itself" wait_until 3 gone

# ---- every mode takes a connection, or a datagram, and lives on ----

"$B/tests/doubles/hostile" --list >"$RUN/modes"
tap_like "there are many modes" "$(wc -l <"$RUN/modes")" '^[0-9]{2,}$'
dead='' deaf='' clients=()
declare -A pids
poke() { # PROTO PORT: one question, and whatever comes back for half a second
	if [ "$1" = tcp ]; then
		timeout 0.5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0"; printf "GET / HTTP/1.1\r\n\r\n" >&3; exec head -c 100000 <&3' "$2"
	else
		printf '\x06\x00\xff\x06\x00\x00\x11\xbe\x80\x01\x00\x00' >"/dev/udp/127.0.0.1/$2" # presence ping
	fi
}
while IFS=$'\t' read -r mode proto _; do
	if hostile "$mode" --answer "$RUN/canned" --to http://127.0.0.1:1/ --log "$RUN/asked-$mode" --seconds 60; then
		pids[$mode]=$double_pid
		poke "$proto" "$double_port" >/dev/null 2>&1 &
		clients+=($!)
	else
		dead="$dead $mode"
	fi
done <"$RUN/modes"
wait "${clients[@]}"
for mode in "${!pids[@]}"; do
	wait_until 2 test -s "$RUN/asked-$mode" || deaf="$deaf $mode"
	kill -0 "${pids[$mode]}" 2>/dev/null || dead="$dead $mode"
	bg_stop "${pids[$mode]}"
done
tap_is "every mode starts and lives on" "$dead" ""
tap_is "every mode logs what it was asked" "$deaf" ""

# ---- the controls are what others call good ----

if command -v smbclient >/dev/null; then
	hostile smb-good --seconds 30
	tap_unlike "smbclient agrees with smb-good on a dialect" "$(timeout 2 smbclient -N -L 127.0.0.1 -p "$double_port" 2>&1)" 'negotiation failed|No compatible'
	bg_stop "$double_pid"
	hostile smb-ctx-outside --seconds 30
	tap_like "and not with contexts that lie outside" "$(timeout 5 smbclient -N -L 127.0.0.1 -p "$double_port" -m SMB3_11 2>&1)" 'negotiation failed'
	bg_stop "$double_pid"
else
	tap_skip "smb-good as smbclient sees it" "smbclient is not installed"
fi
if command -v curl >/dev/null; then
	hostile http-good --tls --seconds 30
	tap_is "curl gets 401 of http-good, over TLS" "$(curl -ks -m 5 -o /dev/null -w '%{http_code}' "https://$double_at/redfish/v1/Systems")" 401
	bg_stop "$double_pid"
	hostile http-length-negative --tls --seconds 30
	tap_exit "and refuses a negative length" 8 curl -ks -m 5 "https://$double_at/"
	bg_stop "$double_pid"
	hostile http-redirect-loop --seconds 30 --log "$RUN/loop"
	tap_exit "a redirect loop goes round until curl has enough" 47 curl -sL --max-redirs 5 -m 5 "http://$double_at/"
	tap_is "it was asked six times" "$(grep -c ^request "$RUN/loop")" 6
	bg_stop "$double_pid"
else
	tap_skip "http modes as curl sees them" "curl is not installed"
fi
if command -v ipmitool >/dev/null; then
	authcap() { timeout 10 ipmitool -vvvv -I lan -N 1 -R 1 -H 127.0.0.1 -p "$double_port" -U nobody -P - session info active 2>&1; }
	hostile ipmi-good --seconds 30
	tap_like "ipmitool reads ipmi-good" "$(authcap)" 'Auth Types *: MD5'
	bg_stop "$double_pid"
	hostile udp-other-port --seconds 30
	tap_unlike "and takes no answer from another port" "$(authcap)" 'Auth Types'
	bg_stop "$double_pid"
else
	tap_skip "ipmi-good as ipmitool sees it" "ipmitool is not installed"
fi

# ---- never beyond loopback ----

if awk '$2 == "00000000" { found = 1 } END { exit !found }' /proc/net/route; then
	tap_exit "no double binds every address of the machine" 2 "$B/tests/doubles/tcp_listener" --bind 0.0.0.0 --port 0 --seconds 1
else
	tap_skip "no double binds every address of the machine" "this network has no default route, so it may"
fi
if netns_up; then
	bg all in_b "$B/tests/doubles/tcp_listener" --bind 0.0.0.0 --port 4455 --seconds 60
	bg ipmi in_b "$B/tests/doubles/bmc_responder" --bind 0.0.0.0 --port 623 --seconds 60
	wait_until 5 grep -q listening "$RUN/all.out" "$RUN/ipmi.out"
	a_state() { in_a bash -c "$(declare -f port_state); port_state $1 $2 1"; }
	tap_is "in a namespace of its own it does: any address of B answers" "$(a_state 10.99.3.7 4455) $(a_state 10.99.200.1 4455)" "open open"
	tap_is "a closed port refuses" "$(a_state 10.99.3.7 4456)" refused
	netns_rule drop ip daddr 10.99.3.0/24
	tap_is "a firewall that drops makes them silent, and no others" "$(a_state 10.99.3.7 4455) $(a_state 10.99.4.7 4455)" "silent open"
	netns_open
	tap_is "until it is taken away" "$(a_state 10.99.3.7 4455)" open
	if command -v ipmitool >/dev/null; then
		tap_like "a controller answers from the address that was asked" \
			"$(in_a timeout 10 ipmitool -vvvv -I lan -N 1 -R 1 -H 10.99.7.7 -U nobody -P - session info active 2>&1)" 'Auth Types *: MD5'
	fi
	tap_like "they run in B" "$(ip netns pids "$netns_b" | wc -l)" '^[2-9]'
	for p in "${bg_pids[@]}"; do
		bg_stop "$p"
	done
	tap_is "and end with all their children" "$(ip netns pids "$netns_b")" ""
	netns_down
	tap_unlike "the namespaces are gone" "$(ip netns list)" "fp$$"
else
	tap_skip "devices in namespaces" "$netns_why"
fi
tap_done
