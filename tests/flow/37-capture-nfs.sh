#!/bin/bash
# Captures of real NFS: NFS-Ganesha in a namespace, files read and written by libnfs over versions 3 and 4. In clear is a fail with the frame of the first transfer;
# listing without a transfer is no verdict; what a server demands (krb5p) and a client cannot give is no transfer.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq ganesha.nfsd rpcbind nfs-cp nfs-cat nfs-ls
netns_up || {
	tap_skip "captures of NFS" "$netns_why"
	tap_done
}
server=10.98.0.2 tool=$B/tests/doubles/capture_tool
mkdir -p "$RUN"/nfs/{sys,krb5p,recov}
chmod 711 "$RUN" "$RUN/nfs"
chmod 777 "$RUN"/nfs/{sys,krb5p}
cat >"$RUN/ganesha.conf" <<END
NFS_CORE_PARAM { Bind_addr = $server; NFS_Port = 2049; MNT_Port = 20048; Protocols = 3, 4; Enable_NLM = false; Enable_RQUOTA = false; }
NFS_KRB5 { Active_krb5 = false; }
NFSv4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = $RUN/nfs/recov; Minor_Versions = 0, 1, 2; }
EXPORT { Export_Id = 1; Path = $RUN/nfs/sys; Pseudo = /lab/sys; Access_Type = RW; Squash = None; SecType = sys; Protocols = 3, 4; Transports = TCP; FSAL { Name = VFS; } }
EXPORT { Export_Id = 2; Path = $RUN/nfs/krb5p; Pseudo = /lab/krb5p; Access_Type = RW; Squash = None; SecType = krb5p; Protocols = 3, 4; Transports = TCP; FSAL { Name = VFS; } }
END
bg rpcbind in_b rpcbind -f -h $server
rpcbind_pid=$bg_pid
bg ganesha in_b ganesha.nfsd -F -L "$RUN/ganesha.log" -p "$RUN/ganesha.pid" -f "$RUN/ganesha.conf"
ganesha_pid=$bg_pid
wait_until 20 grep -q 'NFS SERVER INITIALIZED' "$RUN/ganesha.log" || {
	tap_note "$(tail -n 5 "$RUN/ganesha.log" 2>/dev/null)"
	tap_skip "captures of NFS" "NFS-Ganesha does not start here"
	tap_done
}
head -c 300000 /dev/urandom | base64 >"$RUN/PATIENT-0815.fastq"

# NAME COMMAND...: run it in A while its traffic is captured as $RUN/NAME.pcap
captured() {
	local name=$1 pid
	shift
	rm -f "$RUN/recorder.out"
	bg recorder in_a "$tool" record "$RUN/$name.pcap" 2049 any
	pid=$bg_pid
	wait_until 10 grep -q '^listening' "$RUN/recorder.out" || tap_fail "the recorder runs" "$(<"$RUN/recorder.out")"
	in_a "$@" >"$RUN/client" 2>&1
	client=$?
	sleep 0.3
	bg_stop "$pid"
}

# FILE WORDS...: "result reason" of a check, by the program
verdict() { # FILE CHECK ARGUMENTS...
	local file=$1 check=$2
	shift 2
	fp evidence read "$file" "$@" --format=json 2>"$RUN/talk" | jq -r --arg c "$check" '.verdicts[] | select(.check == $c) | "\(.result) \(.reason)"'
}

for version in 3 4; do
	path=/lab/sys
	[ $version = 4 ] || path=$RUN/nfs/sys
	how="version=$version&uid=0&gid=0&nfsport=2049&mountport=20048"
	if [ $version = 3 ]; then # nfs-cp of libnfs 4 cannot write by version 4
		captured write3 nfs-cp "$RUN/PATIENT-0815.fastq" "nfs://$server$path/PATIENT-0815.fastq?$how"
		cmp -s "$RUN/PATIENT-0815.fastq" "$RUN/nfs/sys/PATIENT-0815.fastq" || tap_fail "the file was written" "$(<"$RUN/client")"
		tap_is "NFSv3, written in clear" "$(verdict "$RUN/write3.pcap" NFS-3)" "fail clear-transfer"
	fi
	captured read$version nfs-cat "nfs://$server$path/PATIENT-0815.fastq?$how"
	cmp -s "$RUN/PATIENT-0815.fastq" "$RUN/client" || tap_fail "the file was read by version $version" "$(head -c 300 "$RUN/client")"
	tap_is "NFSv$version, read in clear" "$(verdict "$RUN/read$version.pcap" NFS-3)" "fail clear-transfer"
	tap_is "... and integrity was missing as well" "$(verdict "$RUN/read$version.pcap" NFS-3 --nfs-level=integrity)" "fail unsigned-transfer"
	captured list$version nfs-ls "nfs://$server$path?$how"
	tap_like "the folder was listed by version $version" "$(<"$RUN/client")" PATIENT
	tap_like "NFSv$version, only listed: no verdict" "$(verdict "$RUN/list$version.pcap" NFS-3)" '^unknown (little-traffic|only-handshake|transfer-undecided)$'
	tap_exit "... and the exit code says so" 4 fp evidence read "$RUN/list$version.pcap"
done
captured refused nfs-cp "$RUN/PATIENT-0815.fastq" "nfs://$server/lab/krb5p/PATIENT-0815.fastq?version=4"
tap_ok "the client without a ticket gets nothing from the export with krb5p" test "$client" != 0
tap_like "... and that is neither pass nor fail" "$(verdict "$RUN/refused.pcap" NFS-3)" '^unknown '

# ---- what is told ----

tap_exit "a clear transfer: exit code 3" 3 fp evidence read "$RUN/read4.pcap"
tap_like "the first frame of a transfer is named" "$(fp evidence read "$RUN/read4.pcap")" 'first at'
frame=$(fp evidence read "$RUN/write3.pcap" --output="$RUN/facts.json" >/dev/null 2>&1; jq '.conversations[].nfs.transfers[0].frame // empty' "$RUN/facts.json" | head -n 1)
if command -v tshark >/dev/null; then
	tap_is "... and it is the one that tshark calls the first WRITE" \
		"$frame" "$(tshark -o rpc.desegment_rpc_over_tcp:FALSE -o rpc.defragment_rpc_over_tcp:FALSE -r "$RUN/write3.pcap" -Y 'nfs.procedure_v3 == 7' \
			-T fields -e frame.number 2>/dev/null | head -n 1)"
else
	tap_skip "the frame beside tshark" "tshark is not installed"
fi
tap_unlike "no name in the facts" "$(cat "$RUN/facts.json")" 'PATIENT|fastq|lab|sys'
tap_is "judged again from the facts alone" "$(verdict "$RUN/facts.json" NFS-3)" "fail clear-transfer"
tap_is "asked for another client: nothing seen" "$(verdict "$RUN/read4.pcap" NFS-3 --client=10.98.0.77)" "unknown nothing-seen"
tap_is "asked for this one: the same" "$(verdict "$RUN/read4.pcap" NFS-3 --client=10.98.0.1 --server=$server --port=2049)" "fail clear-transfer"
bg_stop "$ganesha_pid"
bg_stop "$rpcbind_pid"
tap_done
