#!/bin/bash
# The program opens nothing that is not in the device list: counted outside of it, in a network of its own where every address answers. Servers
# in it say "ask there instead" in each protocol that can say so. Destinations, connections and packets are held against docs/checks.md.
# shellcheck disable=SC2154,SC2016 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft ip
netns_up || {
	tap_skip "only listed addresses are asked" "$netns_why"
	tap_done
}
# Whatever is sent anywhere must be seen: the rest of the world lies behind B.
ip -n "$netns_a" route add default via 10.98.0.2

# ---- the counters: every new connection, every segment with content, every datagram, by address and port ----
in_a nft -f - <<'END'
table inet watch {
	set syns { type ipv4_addr . inet_service; size 65535; flags dynamic; counter; }
	set contents { type ipv4_addr . inet_service; size 65535; flags dynamic; counter; }
	set datagrams { type ipv4_addr . inet_service; size 65535; flags dynamic; counter; }
	set others { type ipv4_addr . inet_proto; size 65535; flags dynamic; counter; }
	chain out {
		type filter hook output priority 0;
		oifname lo counter return
		ip protocol tcp tcp flags & (syn | ack) == syn update @syns { ip daddr . tcp dport counter } return
		ip protocol tcp tcp flags & psh == psh update @contents { ip daddr . tcp dport counter } return
		ip protocol tcp return
		ip protocol udp update @datagrams { ip daddr . udp dport counter } return
		meta nfproto ipv4 update @others { ip daddr . ip protocol counter }
		meta l4proto ipv6-icmp return
		meta nfproto ipv6 counter drop comment "over IPv6"
	}
}
END
seen() { # SET: "ADDRESS PORT COUNT" a line
	in_a nft -j list set inet watch "$1" | jq -r '.nftables[]|select(.set).set.elem//[]|.[]|(.elem//.)|"\(.val.concat[0]) \(.val.concat[1]) \(.counter.packets)"' | sort
}
total() { seen "$1" | awk '{ n += $3 } END { print n + 0 }'; }
clear_counters() {
	for s in syns contents datagrams others; do in_a nft flush set inet watch $s; done
}

# ---- the control: the counters see what they should ----
in_a bash -c 'exec 3<>/dev/tcp/10.99.77.1/9; echo x >/dev/udp/10.99.77.2/53' 2>/dev/null
tap_is "the counters see a stray connection and a stray datagram" "$(seen syns) $(seen datagrams)" "10.99.77.1 9 1 10.99.77.2 53 1"
clear_counters

# ---- servers in B: some as they should be, some that send elsewhere; 10.99.9.9 takes whoever follows ----
start() { # NAME WORD COMMAND...
	local name=$1
	shift
	bg "$name" in_b "$@"
	wait_until 5 grep -q '^listening' "$RUN/$name.out" || tap_fail "$name starts" "$(<"$RUN/$name.out")"
}
doubles=$B/tests/doubles
start smb "$doubles/smb_windows" --bind 10.99.2.1 --port 445 --posture strict --seconds 240
start retarget "$doubles/hostile" --mode smb-retarget --bind 10.99.2.2 --port 445 --seconds 240
start nfs "$doubles/hostile" --mode nfs-good --bind 10.99.2.3 --port 2049 --seconds 240
start ssh "$doubles/hostile" --mode ssh --bind 10.99.2.4 --port 22 --seconds 240
start away "$doubles/hostile" --mode http-redirect-away --tls --to https://10.99.9.9/redfish/v1/ --bind 10.99.2.5 --port 443 --seconds 240
start bmc-udp "$doubles/bmc_responder" --bind 10.99.3.1 --port 623 --seconds 240
start bmc-away "$doubles/hostile" --mode http-redirect-away --tls --to https://10.99.9.9/redfish/v1/ --bind 10.99.3.1 --port 443 --seconds 240
start bmc-other "$doubles/hostile" --mode udp-other-port --bind 10.99.3.2 --port 623 --seconds 240
start ucs "$doubles/tcp_listener" --bind 10.99.1.1 --port 4711 --seconds 240
# A portmapper that sends MOUNT to a port of its choice: the reply to our GETPORT.
printf '\x80\x00\x00\x1c\x66\x70\x00\x06\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x00\x00\x1f\x91' >"$RUN/getport"
start portmapper "$doubles/hostile" --mode answer --answer "$RUN/getport" --bind 10.99.2.3 --port 111 --seconds 240
for p in 443 445 2049 111 53; do
	start "there-$p" "$doubles/tcp_listener" --bind 10.99.9.9 --port $p --seconds 240
done

# ---- the list, and a copy of the notices whose steps name every check that can be asked ----
cat >"$RUN/list.csv" <<'END'
Serial number;Product;REF;IP address;BMC;Storage;Connectivity;Dx version;RUO version;Current mode
L1;MiSeqDx;15036706;10.99.1.1;;smb://10.99.2.1/runs;local;4.0.1;4.0;Dx
L2;MiSeqDx;15036706;10.99.1.2;;\\10.99.2.2\runs;local;4.0.1;4.0;Dx
L3;MiSeqDx;15036706;10.99.1.3;;nfs://10.99.2.3/export/runs;local;4.0.1;4.0;Dx
L4;MiSeqDx;15036706;10.99.1.4;;sftp://10.99.2.4/runs;local;4.0.1;4.0;Dx
L5;MiSeqDx;15036706;10.99.1.5;;https://10.99.2.5/runs;local;4.0.1;4.0;Dx
B1;Illumina DRAGEN Server for NextSeq 550Dx;20086130;;10.99.3.1;;local;;;
B2;Illumina DRAGEN Server for NextSeq 550Dx;20086130;;10.99.3.2;;local;;;
END
checks=$(sed -n 's/^## \([A-Z]*-[0-9]\).*/\1/p; s/^### \([A-Z]*-[0-9]\).*/\1/p' docs/checks.md | sort -u | jq -Rn '[inputs|{id:.,role:"supporting"}]')
mkdir -p "$RUN/notices"
cp -R notices/FSN* "$RUN/notices/"
rm -f "$RUN"/notices/*/notice.minisig
for f in FSN2023-1338:patch FSN2024-1562:secure-protocol FSN2025-1682:bmc-instructions; do
	jq --arg a "${f#*:}" --argjson c "$checks" '.actions |= map(if .id==$a then .checks = ((.checks + $c)|unique_by(.id)) else . end)' \
		"notices/${f%:*}/notice.json" >"$RUN/notices/${f%:*}/notice.json"
done
refs="FSN2023-1338 FSN2024-1562 FSN2025-1682"

set_up() { # NOTICES
	fresh_db
	FIELDPROOF_NOTICES=$1
	# shellcheck disable=SC2086
	fp notice add $refs --quiet && fp device import "$RUN/list.csv" >/dev/null && fp match >/dev/null &&
		fp param set ucs-port 4711 >/dev/null && fp param set control-port 4712 >/dev/null
}

# What the list and the published ports allow: the clear-text ports at each storage, the firewall's at each instrument, the controller's at each controller.
allowed() { # FURTHER-LINE...
	local i p
	for i in 1 2 3 4 5; do
		for p in 4711 4712 135 139 445 3389 5357 5985 22 80 5900; do echo "10.99.1.$i $p"; done
		for p in 21 23 80 512 513 514 873 5900; do echo "10.99.2.$i $p"; done
	done
	printf '%s\n' "10.99.2.1 445" "10.99.2.2 445" "10.99.2.3 2049" "10.99.2.4 22" "10.99.2.5 443" "$@"
	for i in 1 2; do
		for p in 443 80 22 23 5900 5120 5121 5122 5123 5124 7578; do echo "10.99.3.$i $p"; done
	done
}
outside() { # SET ALLOWED-LINES: destinations that were asked and may not
	seen "$1" | awk '{ print $1, $2 }' | grep -vxF -f "$2"
}

budget() { # PROBE COLUMN (connections 2, packets 3): as docs/checks.md has it
	sed -n "s/^| $1 | the .*(\`[a-z]*\`) | \([0-9]*\)[^|]*| \([0-9]*\)[^|]*|.*/\\$(($2 - 1))/p" docs/checks.md
}

judge_run() { # NAME FURTHER-LINE...
	local name=$1 over='' id probe target connections packets more
	shift
	allowed "$@" | sort -u >"$RUN/allowed"
	tap_is "$name: no connection to any address or port that is not listed" "$(outside syns "$RUN/allowed")" ""
	printf '%s\n' "10.99.3.1 623" "10.99.3.2 623" 10.99.2.{1..5}" 69" >"$RUN/allowed-udp"
	tap_is "$name: no datagram anywhere else, no name asked of any server" "$(outside datagrams "$RUN/allowed-udp")" ""
	# ICMP: our own system's word to whoever sends us datagrams that we do not take.
	tap_is "$name: no other protocol" "$(seen others | awk '{ print $1, $2 }' | grep -vxE '10\.99\.(2\.[1-5]|3\.[12]) icmp')" ""
	tap_is "$name: nobody was sent elsewhere" "$(seen syns | grep -c '^10\.99\.9\.9 ')" 0
	tap_is "$name: as many connections as it says" "$(total syns)" "$(jq .connections "$RUN/checks.json")"
	# docs/checks.md: the alert that closes an encrypted connection is not counted.
	more=$(($(total contents) + $(total datagrams) - $(jq .packets "$RUN/checks.json")))
	tap_ok "$name: as many packets with content as it says ($more closing alerts)" [ $more -ge 0 -a $more -le "$(seen syns | awk '/ 443 / { n += $3 } END { print n + 0 }')" ]
	: >"$RUN/observed"
	for id in $(jq -r '[.rows[].verdict.observation//empty]|unique|.[]' "$RUN/checks.json"); do
		fp evidence show "$id" --format=json | jq -r '"\(.probe) \(.target) \(.connections) \(.packets)"' >>"$RUN/observed"
	done
	while read -r probe target connections packets; do
		[ "$connections" -le "$(budget "$probe" 2)" ] && [ "$packets" -le "$(budget "$probe" 3)" ] ||
			over+=" $probe $target: $connections connections, $packets packets;"
	done <"$RUN/observed"
	tap_is "$name: no probe went over its published budget" "$over" ""
	tap_like "$name: ... and they were looked at" "$(wc -l <"$RUN/observed")" '^[1-9][0-9]*$'
	tap_is "$name: no server got more connections than all its probes' budgets" "$(over_budget)" ""
	awk '{ n[$1]++; c[$1] += $3; p[$1] += $4 } END { for (k in n) printf "# %s: %d asked, %d connections, %d packets\n", k, n[k], c[k], p[k] }' "$RUN/observed" | sort
}
# By address: the connections that the counters saw against the sum of what may be opened there.
over_budget() {
	local address count most
	while read -r address count; do
		most=0
		for p in $(grep -F "$address:" "$RUN/observed" | awk '{ print $1 }'); do
			most=$((most + $(budget "$p" 2)))
		done
		[ "$count" -le $most ] || echo "$address: $count connections, at most $most"
	done < <(seen syns | awk '{ n[$1] += $3 } END { for (a in n) print a, n[a] }')
}

run_check() { # OPTION...
	fp_a check --mode=Dx --vantage=laboratory --timeout=1000 --format=json "$@" >"$RUN/checks.json" 2>"$RUN/err"
	case $? in 3 | 4) ;; *) tap_fail "the run ends as it should" "$(<"$RUN/err")" ;; esac
}

# ---- the dry run, the notices as they are, and every check there is ----
set_up "$root/notices"
clear_counters
tap_ok "the dry run" fp_a check --dry-run
tap_is "... sends nothing" "$(total syns) $(total datagrams) $(total others)" "0 0 0"
run_check
judge_run "the notices"

set_up "$RUN/notices"
clear_counters
run_check
judge_run "every check"
tap_is "every probe that can be asked was" "$(awk '{ print $1 }' "$RUN/observed" | sort -u | grep -c .)" \
	"$(sed -n '/^| probe /,/^$/s/^| \([a-z-]*\) | the .*/\1/p' docs/checks.md | grep -cvx smb-session)"
clear_counters
fp param set smb-session yes >/dev/null
fp param set nfs-v3-mnt yes >/dev/null
clear_counters
run_check
judge_run "with all that has to be asked for" "10.99.2.3 111" "10.99.2.3 8081"
tap_like "the portmapper was believed about a port of its own host, and no further" "$(seen syns | grep '^10\.99\.2\.3 8081 ')" ' 8081 1$'

# ---- hosts that are not listed any more are not asked ----
fp param set smb-session >/dev/null
printf 'Serial number;Product;Status\nL2;MiSeqDx;decommissioned\nB2;DRAGEN Server for NextSeq 550Dx;decommissioned\n' >"$RUN/status.csv"
clear_counters
run_check --device=L1
tap_is "one device: nobody else is asked" "$(seen syns | awk '{ print $1 }' | sort -u | xargs)" "10.99.1.1 10.99.2.1"
tap_done
