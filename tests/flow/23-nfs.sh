#!/bin/bash
# Every posture of a real NFS server (NFS-Ganesha, in a network namespace of its own) gets the right verdict or an honest unknown: no false pass, no false fail.
# Packets and connections are counted by the server's firewall. The double that offers TLS stands in for what NFS-Ganesha does not have.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq ganesha.nfsd rpcbind

netns_up || {
	tap_skip "NFS postures" "$netns_why"
	tap_done
}
server=10.98.0.2
mkdir -p "$RUN"/nfs/{sys,krb5,krb5i,krb5p,both,recov} "$RUN"/nfs/{sys,krb5p}/below
{
	cat <<END
NFS_CORE_PARAM { Bind_addr = $server; NFS_Port = 2049; MNT_Port = 20048; Protocols = 3, 4; Enable_NLM = false; Enable_RQUOTA = false; }
NFS_KRB5 { Active_krb5 = false; }
NFSv4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = $RUN/nfs/recov; Minor_Versions = 0, 1, 2; }
END
	n=0
	for export in sys:sys krb5:krb5 krb5i:krb5i krb5p:krb5p both:sys,krb5p; do
		n=$((n + 1))
		printf 'EXPORT { Export_Id = %d; Path = %s; Pseudo = /lab/%s; Access_Type = RO; Squash = All; SecType = %s; Protocols = 3, 4; Transports = TCP; FSAL { Name = VFS; } }\n' \
			$n "$RUN/nfs/${export%%:*}" "${export%%:*}" "${export#*:}"
	done
} >"$RUN/ganesha.conf"
# With a /run of their own: there the portmapper keeps its lock and its socket, and NFS-Ganesha must not meet the one of this machine.
cat >"$RUN/serve" <<END
mount -t tmpfs tmpfs /run || exit 1
rpcbind -f -h $server &
echo \$! >"$RUN/rpcbind.pid"
for i in 1 2 3 4 5 6 7 8 9 10; do [ -S /run/rpcbind.sock ] && break; sleep 0.1; done
ganesha.nfsd -F -L "$RUN/ganesha.log" -p "$RUN/ganesha.pid" -f "$RUN/ganesha.conf" &
wait
END
bg servers in_b bash "$RUN/serve"
servers_pid=$bg_pid
b_answers() { in_a bash -c "$(declare -f port_state); [ \$(port_state $1 $2 1) = open ]"; }
wait_until 20 grep -q 'NFS SERVER INITIALIZED' "$RUN/ganesha.log" && wait_until 5 b_answers $server 2049 && wait_until 5 b_answers $server 111 || {
	tap_note "$(cat "$RUN/servers.out"; tail -n 5 "$RUN/ganesha.log" 2>/dev/null)"
	tap_skip "NFS postures" "NFS-Ganesha and rpcbind do not start here"
	tap_done
}
# Stands for a server that offers RPC with TLS; and one that answers nothing but the first call.
bg tls in_b "$B/tests/doubles/hostile" --mode nfs-good --bind $server --port 2050 --seconds 300
bg silent in_b "$B/tests/doubles/hostile" --mode nfs-first-silent --bind $server --port 2051 --seconds 300
wait_until 5 grep -q listening "$RUN/tls.out" && wait_until 5 grep -q listening "$RUN/silent.out"

# device; storage; NFS-1; NFS-2
expected() {
	cat <<END
sys;$server:/lab/sys;fail/unprotected-accepted;fail/tls-not-offered
krb5;$server:/lab/krb5;fail/authentication-only;fail/tls-not-offered
krb5i;$server:/lab/krb5i;fail/integrity-only;fail/tls-not-offered
krb5p;$server:/lab/krb5p;pass/privacy-required;fail/tls-not-offered
url;nfs://$server:2049/lab//krb5p/;pass/privacy-required;fail/tls-not-offered
both;$server:/lab/both;fail/unprotected-accepted;fail/tls-not-offered
nested;$server:/lab/sys/below;fail/unprotected-accepted;fail/tls-not-offered
below;$server:/lab/krb5p/below;unknown/parent-protected;fail/tls-not-offered
pseudo;$server:/lab;unknown/perhaps-no-export;fail/tls-not-offered
nowhere;$server:/lab/nothing;unknown/path-not-found;fail/tls-not-offered
realpath;$server:$RUN/nfs/krb5p;unknown/path-not-found;fail/tls-not-offered
realsys;$server:$RUN/nfs/sys;unknown/path-not-found;fail/tls-not-offered
root;nfs://$server;unknown/no-export-path;fail/tls-not-offered
mountd;nfs://$server:20048/lab/krb5p;unknown/no-nfs;unknown/no-nfs
portmapper;nfs://$server:111/lab/krb5p;unknown/no-nfs;unknown/no-nfs
closed;nfs://$server:2999/lab/krb5p;unknown/port-closed;unknown/port-closed
tls;nfs://$server:2050/export;pass/privacy-required;pass/tls-offered
tlsonly;nfs://$server:2050;unknown/no-export-path;pass/tls-offered
silent;nfs://$server:2051/export;unknown/no-reply;unknown/not-asked
dropped;nfs://10.99.3.1/lab/krb5p;unknown/no-answer;unknown/no-answer
END
}
netns_rule drop ip daddr 10.99.3.0/24

{
	echo 'Serial number;Product;REF;Storage;Connectivity'
	while IFS=';' read -r name storage _; do
		printf 'N-%s;MiSeqDx;15036706;%s;local\n' "$name" "$storage"
	done < <(expected)
} >"$RUN/list.csv"
fp notice add FSN2024-1562 --quiet
tap_ok "devices imported" fp device import "$RUN/list.csv"
fp match >/dev/null
tap_out=$(fp check --dry-run --device=N-krb5p --check=NFS-1)
tap_like "the dry run shows the names of the export and sends nothing" "$tap_out" 'krb5p'
fp_a check FSN2024-1562 --all --timeout=600 --format=json >"$RUN/checks.json" 2>"$RUN/err"
tap_is "some do not hold: exit 3" $? 3

said() { # DEVICE CHECK
	jq -r --arg s "N-$1" --arg c "$2" '.rows[]|select(.serial==$s and .verdict.check==$c)|.verdict|"\(.result)/\(.reason)"' "$RUN/checks.json"
}
while IFS=';' read -r name _ nfs1 nfs2; do
	tap_is "$name: NFS-1" "$(said "$name" NFS-1)" "$nfs1"
	tap_is "$name: NFS-2" "$(said "$name" NFS-2)" "$nfs2"
done < <(expected)
tap_is "every unknown names what would settle it" "$(jq -r '[.rows[].verdict|select(.result=="unknown" and .settle=="")]|length' "$RUN/checks.json")" 0
tap_is "offered is no proof: a device of which only TLS is known stays open" "$(said tlsonly NFS-2) $(fp case show FSN2024-1562 --format=json | jq -r '[.devices[]|select(.serial=="N-tlsonly").cells[]|select(.action=="secure-protocol").state]|unique|join(" ")')" "pass/tls-offered pending"

# ---- integrity will do, when the operator says so ----

tap_ok "nfs-level is a setting" fp param set nfs-level integrity
fp_a check FSN2024-1562 --device=N-krb5i --format=json >"$RUN/checks.json" 2>/dev/null
tap_like "krb5i is enough at that level" "$(said krb5i NFS-1)" '^(pass|fixed)/integrity-required$'
for name in krb5 sys both; do
	fp_a check FSN2024-1562 --device=N-$name --format=json >"$RUN/checks.json" 2>/dev/null
	tap_like "$name is not" "$(said $name NFS-1)" '^fail/'
done
fp param set nfs-level all
fp_a check FSN2024-1562 --device=N-krb5i --all --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "another word is refused, not taken for the weaker" "$(said krb5i NFS-1)" notchecked/parameter-malformed
fp param set nfs-level >/dev/null

# ---- counted by the server's firewall ----

counters() { # of this namespace: connections and packets with content to NFS, MOUNT and the portmapper, and all that goes elsewhere
	in_b nft 'add table inet count; add chain inet count in { type filter hook input priority -10 ; }' || return 1
	local port
	for port in 2049 20048 111; do
		in_b nft "add rule inet count in tcp dport $port tcp flags & (syn|ack) == syn counter comment \"connections-$port\"" &&
			in_b nft "add rule inet count in tcp dport $port tcp flags & (syn|fin|rst) == 0 ip length > 52 counter comment \"packets-$port\"" || return 1
	done
	in_b nft 'add rule inet count in ip saddr 10.98.0.1 tcp dport != { 2049, 20048, 111 } counter comment "elsewhere"; add rule inet count in ip saddr 10.98.0.1 meta l4proto udp counter comment "udp"'
}
counted() { in_b nft -j list table inet count | jq -r --arg c "$1" '.nftables[].rule|select(.comment==$c).expr[]|select(.counter).counter.packets'; }
all_counted() { echo "$(counted connections-2049) $(counted packets-2049) $(counted connections-20048) $(counted packets-20048) $(counted connections-111) $(counted packets-111) $(counted elsewhere) $(counted udp)"; }
if counters; then
	fp_a check FSN2024-1562 --device=N-krb5p --check=NFS-1 --format=json >"$RUN/checks.json" 2>/dev/null
	tap_is "one export: 1 connection and 4 packets to port 2049, nothing to any other" "$(all_counted)" "1 4 0 0 0 0 0 0"
	tap_note "budget: $(fp check --dry-run --device=N-krb5p --check=NFS-1 | sed -n 's/^nfs .*: \(at most.*\)/\1/p')"
	in_b nft delete table inet count
else
	tap_skip "packets counted" "nft cannot count here"
fi

# ---- version 3, where the operator allows it ----

fp param set nfs-v3-mnt yes
counters
fp_a check FSN2024-1562 --device=N-realsys --check=NFS-1 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "version 3 refutes" "$(said realsys NFS-1)" fail/v3-unprotected
tap_is "one question to the portmapper, MNT and UMNT, nothing else" "$(all_counted | cut -d' ' -f3-)" "1 2 1 1 0 0"
in_b nft delete table inet count
fp_a check FSN2024-1562 --device=N-realpath --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "an empty list of version 3 makes no pass" "$(said realpath NFS-1)" unknown/path-not-found
fp_a check FSN2024-1562 --device=N-krb5p --check=NFS-1 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "what version 4 says stands where version 3 knows no such path" "$(said krb5p NFS-1)" pass/privacy-required
if command -v showmount >/dev/null; then
	tap_unlike "the server keeps no note of us" "$(in_a timeout 10 showmount --no-headers -a $server)" 10.98.0.1
else
	tap_skip "the server keeps no note of us" "showmount is not installed"
fi
kill "$(<"$RUN/rpcbind.pid")"
fp_a check FSN2024-1562 --device=N-krb5p --timeout=600 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "without a portmapper version 4 stands alone" "$(said krb5p NFS-1)" pass/privacy-required
fp param set nfs-v3-mnt >/dev/null

# ---- switched off ----

bg_stop "$servers_pid"
wait_until 5 eval '! b_answers $server 2049'
fp_a check FSN2024-1562 --device=N-krb5p --timeout=600 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "switched off: unknown, not a pass" "$(said krb5p NFS-1)" unknown/port-closed
tap_ok "all verdicts come out the same from the stored bytes" fp evidence verify
tap_ok "the ledger is unbroken" fp ledger verify
tap_done
