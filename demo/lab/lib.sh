# shellcheck shell=bash
# What demo/lab/{up,down,restart,table,fill} share: the table of servers, how each kind is started, how one is found again and ended.
# A server is recorded in $RUN/lab/NAME/: process ("PID STARTTIME"), posture, out, its rendered configuration and its state.

lab_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
B=$(realpath -m "${B:-$lab_here/../../build}")
# A laboratory that runs keeps its base, so that table and restart find it without being told again.
if [ -n "${RUN:-}" ] && [ -s "$RUN/lab/base" ]; then
	PORT_BASE=${PORT_BASE:-$(<"$RUN/lab/base")}
fi
PORT_BASE=${PORT_BASE:-24000}
# An ordinary user of Debian does not look where smbd and nginx lie.
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

lab_say() { echo "lab: $*" >&2; }
lab_die() {
	lab_say "$*"
	exit 2
}

case $PORT_BASE in '' | *[!0-9]*) lab_die "PORT_BASE is a number, not '$PORT_BASE'" ;; esac
if [ "$PORT_BASE" -lt 1024 ] || [ "$PORT_BASE" -gt 64000 ]; then
	lab_die "PORT_BASE must be 1024 to 64000: a lab uses PORT_BASE+445, +623, +624 and +800"
fi

# NAME KIND ADDRESS PORT-OFFSET POSTURE. A host with two services has two rows, HOST.ipmi and HOST.redfish, at one port number (UDP and
# TCP), so that "address:port" says both. A posture is a file conf/KIND/POSTURE.*; "off" means that nothing runs there.
lab_rows() {
	cat <<-END
		ucs-open              ucs      127.0.1.11  800  all
		ucs-open2             ucs      127.0.1.12  800  banner
		ucs-loopback          ucs      127.0.1.13  800  loopback
		ucs-loopback2         ucs      127.0.1.14  800  loopback
		ucs-off               ucs      127.0.1.15  800  off
		ucs-filtered          ucs      127.0.1.16  800  filtered
		ucs-close             ucs      127.0.1.17  800  close
		bmc-weak.ipmi         ipmi     127.0.1.21  623  simweak
		bmc-weak.redfish      redfish  127.0.1.21  623  open
		bmc-hard.ipmi         ipmi     127.0.1.22  623  simhard
		bmc-hard.redfish      redfish  127.0.1.22  623  good
		bmc-good.ipmi         ipmi     127.0.1.23  623  good
		bmc-good.redfish      redfish  127.0.1.23  623  good
		bmc-cipher0.ipmi      ipmi     127.0.1.24  623  cipher0
		bmc-cipher0.redfish   redfish  127.0.1.24  623  good
		bmc-anonymous.ipmi    ipmi     127.0.1.25  623  anonymous
		bmc-anonymous.redfish redfish  127.0.1.25  623  good
		bmc-none.ipmi         ipmi     127.0.1.26  623  none
		bmc-none.redfish      redfish  127.0.1.26  623  oldtls
		bmc-v15.ipmi          ipmi     127.0.1.27  623  v15
		bmc-v15.redfish       redfish  127.0.1.27  623  plain
		bmc-nolan.ipmi        ipmi     127.0.1.28  623  nolan
		bmc-nolan.redfish     redfish  127.0.1.28  623  notfound
		bmc-silent.ipmi       ipmi     127.0.1.29  623  silent
		bmc-silent.redfish    redfish  127.0.1.29  623  busy
		bmc-moved.ipmi        ipmi     127.0.1.30  623  nopong
		bmc-moved.redfish     redfish  127.0.1.30  623  moved
		bmc-webpage.ipmi      ipmi     127.0.1.31  623  manysuites
		bmc-webpage.redfish   redfish  127.0.1.31  623  webpage
		bmc-worst.ipmi        ipmi     127.0.1.32  623  worst
		bmc-worst.redfish     redfish  127.0.1.32  623  open
		bmc-forbidden.ipmi    ipmi     127.0.1.33  623  kgdefault
		bmc-forbidden.redfish redfish  127.0.1.33  623  forbidden
		nas-nt1only           smb      127.0.1.41  445  nt1only
		nas-nosign            smb      127.0.1.42  445  nosign
		nas-signopt           smb      127.0.1.43  445  signopt
		nas-signreq           smb      127.0.1.44  445  signreq
		nas-encdes            smb      127.0.1.45  445  encdes
		nas-encreq            smb      127.0.1.46  445  encreq
		nas-mixed             smb      127.0.1.47  445  mixed
		nas-smb2only          smb      127.0.1.48  445  smb2only
		nas-secure            smb      127.0.1.49  445  secure
	END
}

declare -A lab_kind lab_address lab_port lab_default
lab_names=()
while read -r name kind address offset posture; do
	lab_names+=("$name")
	lab_kind[$name]=$kind lab_address[$name]=$address lab_port[$name]=$((PORT_BASE + offset)) lab_default[$name]=$posture
done < <(lab_rows)

# Names, hosts (all their parts), kinds or shell patterns to names, in the order of the table; none: all.
lab_select() { # WORD...
	local name word found
	for word; do
		found=
		for name in "${lab_names[@]}"; do
			# shellcheck disable=SC2053
			[[ $name == $word || ${name%.*} == $word || ${lab_kind[$name]} == "$word" ]] && found=1
		done
		[ -n "$found" ] || lab_die "no server is called '$word'; demo/lab/table lists them"
	done
	for name in "${lab_names[@]}"; do
		[ $# = 0 ] && echo "$name"
		for word; do
			# shellcheck disable=SC2053
			[[ $name == $word || ${name%.*} == $word || ${lab_kind[$name]} == "$word" ]] && echo "$name" && break
		done
	done
	return 0
}

lab_conf() { # KIND POSTURE: its file, or nothing
	local f
	for f in "$lab_here/conf/$1/$2".{conf,args,lan}; do
		[ -f "$f" ] && echo "$f" && return
	done
}

lab_postures() { # KIND
	local f
	for f in "$lab_here/conf/$1"/*.{conf,args,lan}; do
		[ -f "$f" ] && f=${f##*/} && echo "${f%.*}"
	done
	echo off
}

lab_proto() { [ "${lab_kind[$1]}" = ipmi ] && echo udp || echo tcp; }

# Where a program has to ask: what the device list holds in its host, bmc or storage column.
lab_target() { # NAME
	case ${lab_kind[$1]} in
	ucs) echo "${lab_address[$1]}" ;;
	smb) echo "smb://${lab_address[$1]}:${lab_port[$1]}/runs" ;;
	*) echo "${lab_address[$1]}:${lab_port[$1]}" ;;
	esac
}

# The socket that says "ready": "tcp 1501007F:5F7D" as in /proc/net/tcp.
lab_socket() { # NAME POSTURE
	local address=${lab_address[$1]} a b c d
	[ "$2" = loopback ] && address=127.0.0.1
	IFS=. read -r a b c d <<<"$address"
	printf '%s %02X%02X%02X%02X:%04X\n' "$(lab_proto "$1")" "$d" "$c" "$b" "$a" "${lab_port[$1]}"
}

# All sockets of this network namespace that listen, one a line as lab_socket writes them.
lab_listening() {
	awk 'FNR > 1 && (FILENAME ~ /udp/ || $4 == "0A") { print (FILENAME ~ /udp/ ? "udp" : "tcp"), $2 }' /proc/net/tcp /proc/net/udp
}

lab_start_time() { # PID: field 22 of /proc/PID/stat, counted behind the command name, which may hold anything
	local line
	read -r line 2>/dev/null <"/proc/$1/stat" || return 1
	# shellcheck disable=SC2086
	set -- ${line##*) }
	[ "$1" != Z ] && echo "${20}"
}

# The pid when the recorded process is still that very process (numbers are used again).
lab_pid() { # NAME
	local pid born
	[ -f "$RUN/lab/$1/process" ] && read -r pid born <"$RUN/lab/$1/process" && [ "$(lab_start_time "$pid")" = "$born" ] && echo "$pid"
}

lab_posture() { # NAME: of the running server, or "off", or the default when nothing is known of it
	if [ -n "${RUN:-}" ] && [ -f "$RUN/lab/$1/posture" ]; then
		[ -n "$(lab_pid "$1")" ] && cat "$RUN/lab/$1/posture" || echo off
	else
		echo "${lab_default[$1]}"
	fi
}

lab_about() { # KIND POSTURE: the first line of its configuration
	local line=
	[ "$2" = off ] && echo "Nothing runs." && return
	read -r line <"$(lab_conf "$1" "$2")"
	echo "${line#\# }"
}

lab_render() { # NAME FILE...: fill in the words
	local name=$1 host
	shift
	host=${name%%.*}
	sed -e '/^#/d' -e "s|@DIR@|$RUN/lab/$name|g" -e "s|@RUN@|$RUN|g" -e "s|@ADDRESS@|${lab_address[$name]}|g" \
		-e "s|@PORT@|${lab_port[$name]}|g" -e "s|@INBAND@|$((lab_port[$name] + 1))|g" -e "s|@NETBIOS@|${host^^}|g" "$@"
}

# Why this server cannot run here; nothing when it can.
lab_hindrance() { # KIND POSTURE
	local program package
	case $1:$2 in
	*:off) return ;;
	smb:*) program=smbd package=samba ;;
	redfish:*) program=nginx package=nginx-light ;;
	ipmi:sim*) program=ipmi_sim package=openipmi ;;
	ipmi:*) program=$B/tests/doubles/bmc_responder ;;
	ucs:*) program=$B/tests/doubles/tcp_listener ;;
	esac
	if ! command -v "$program" >/dev/null; then
		[ -n "${package:-}" ] && echo "$program is not installed (package $package)" || echo "$program is not built: run make demo or make check"
	elif [ "$1" = smb ] && [ "$(id -u)" != 0 ]; then
		echo "smbd wants root"
	fi
}

lab_spawn() { # NAME COMMAND...: in a session of its own, so that its children can be found and ended with it
	local name=$1 dir=$RUN/lab/$1 pid
	shift
	setsid "$@" </dev/null >"$dir/out" 2>&1 &
	pid=$!
	echo "$pid $(lab_start_time $pid)" >"$dir/process" || {
		kill -TERM -- "-$pid"
		lab_die "cannot record process $pid of $name: ended it"
	}
}

# smbd lives in a host of its own as far as the system lets us make one: its own name (in /etc/hosts too: smbd looks it up for every answer), its own
# machine id, its own processes, and its configuration where Debian has it. So a collector that is started there (demo/lab/inside) finds what it would
# find on a file server. Where that is not allowed, it gets at least a name that is not looked up, or does not wait long for a name server.
lab_house() { # NAME DIR
	local host=${1%%.*}
	lab_house=(env RES_OPTIONS='timeout:1 attempts:1' smbd -F --no-process-group -s "$2/smb.conf")
	printf '127.0.0.1 localhost %s\n' "$host" >"$2/hosts"
	printf '%s' "$RUN $host" | md5sum | cut -d' ' -f1 >"$2/machine-id"
	# shellcheck disable=SC2016
	local move_in='hostname "$1" && mount --bind "$2/hosts" /etc/hosts && mount --bind "$2/machine-id" /etc/machine-id && mount --bind "$2/smb.conf" /etc/samba/smb.conf && shift 2 && exec "$@"'
	if unshare --uts --mount --pid --fork --mount-proc sh -c "$move_in" sh "$host" "$2" true 2>/dev/null; then
		lab_house=(unshare --uts --mount --pid --fork --mount-proc sh -c "$move_in" sh "$host" "$2" smbd -F --no-process-group)
	elif unshare --uts hostname localhost 2>/dev/null; then
		# shellcheck disable=SC2016
		lab_house=(unshare --uts sh -c 'hostname localhost && exec "$@"' sh smbd -F --no-process-group -s "$2/smb.conf")
	fi
}

lab_start() { # NAME POSTURE
	local name=$1 posture=$2 kind=${lab_kind[$1]} dir=$RUN/lab/$1 conf words
	mkdir -p "$dir"
	echo "$posture" >"$dir/posture"
	rm -f "$dir/process"
	[ "$posture" = off ] && return
	conf=$(lab_conf "$kind" "$posture")
	case $kind:$posture in
	smb:*)
		mkdir -p "$dir"/{private,lock,state,cache,ncalrpc,pid,share}
		chmod 700 "$dir/private"
		lab_render "$name" "$lab_here/conf/smb/common.inc" "$conf" >"$dir/smb.conf"
		lab_house "$name" "$dir"
		lab_spawn "$name" "${lab_house[@]}"
		;;
	redfish:*)
		lab_render "$name" "$lab_here/conf/redfish/common.inc" "$conf" >"$dir/nginx.conf"
		lab_spawn "$name" nginx -p "$dir" -e "$dir/error.log" -c "$dir/nginx.conf"
		;;
	ipmi:sim*)
		mkdir -p "$dir/state"
		lab_render "$name" "$conf" >"$dir/lan.conf"
		lab_spawn "$name" ipmi_sim -n -c "$dir/lan.conf" -f "$lab_here/conf/ipmi/bmc.emu" -s "$dir/state"
		;;
	*)
		words=$(lab_render "$name" "$conf")
		case $kind in ipmi) words="bmc_responder --bind ${lab_address[$name]} --port ${lab_port[$name]} --inband $((lab_port[$name] + 1)) $words" ;; *) words="tcp_listener $words" ;; esac
		# shellcheck disable=SC2086
		lab_spawn "$name" "$B"/tests/doubles/$words --log "$dir/requests"
		;;
	esac
}

# Wait until each named server listens. Says which did not, with the end of what it said.
lab_wait() { # NAME...
	local name listening deadline=$((SECONDS + ${LAB_SECONDS_TO_START:-20})) left=("$@") still
	while [ ${#left[@]} -gt 0 ]; do
		listening=$'\n'$(lab_listening)$'\n'
		still=()
		for name in "${left[@]}"; do
			if [ -z "$(lab_pid "$name")" ] || [ $SECONDS -gt $deadline ]; then
				lab_say "$name (${lab_kind[$name]} on ${lab_address[$name]}:${lab_port[$name]}) did not start:"
				tail -n 8 "$RUN/lab/$name"/{out,log.smbd,error.log} 2>/dev/null | sed 's/^/     /' >&2
				return 1
			fi
			[[ $listening == *$'\n'"$(lab_socket "$name" "$(<"$RUN/lab/$name/posture")")"$'\n'* ]] || still+=("$name")
		done
		left=("${still[@]}")
		[ ${#left[@]} = 0 ] || sleep 0.03
	done
}

# A foreign process at one of our ports would be taken for a server of the laboratory.
lab_taken() { # NAME POSTURE
	[ "$2" = loopback ] && return 1 # shared by several devices
	lab_listening | grep -qxF "$(lab_socket "$1" "$2")"
}

# Live processes of these sessions; the dead that nobody has fetched yet do not count.
lab_alive() { # SESSION...
	local list=" $* "
	ps -e -o sid=,pid=,stat= | while read -r sid pid stat; do
		[[ $list == *" $sid "* && $stat != Z* ]] && echo "$pid"
	done
}

# End servers and all their children: asked first, then made to.
lab_stop() { # NAME...
	local name pid pids=() tries=0
	for name; do
		pid=$(lab_pid "$name")
		[ -n "$pid" ] && pids+=("$pid") && kill -TERM -- "-$pid" 2>/dev/null
	done
	while [ ${#pids[@]} -gt 0 ] && [ -n "$(lab_alive "${pids[@]}")" ]; do
		tries=$((tries + 1))
		if [ $tries = 60 ]; then
			# shellcheck disable=SC2046
			kill -KILL $(lab_alive "${pids[@]}") 2>/dev/null
		elif [ $tries -gt 120 ]; then
			lab_say "these processes do not end: $(lab_alive "${pids[@]}" | tr '\n' ' ')"
			return 1
		fi
		sleep 0.03
	done
	for name; do
		rm -f "$RUN/lab/$name/process"
	done
}

lab_need_run() {
	[ -d "${RUN:-}" ] || lab_die 'set RUN to a scratch folder, made with mktemp -d'
	# Samba's sockets lie below it, and a socket's path is at most 107 bytes long.
	[ ${#RUN} -le 50 ] || lab_die "RUN is ${#RUN} bytes long, more than the 50 that leave room for socket paths"
	case $RUN in *[!A-Za-z0-9/._-]* | [!/]*) lab_die "RUN must be an absolute path of letters, digits and . _ - /" ;; esac
	mkdir -p "$RUN/lab"
	exec 9>"$RUN/lab/lock"
	flock 9
	if [ -s "$RUN/lab/base" ] && [ "$(<"$RUN/lab/base")" != "$PORT_BASE" ]; then
		lab_die "the laboratory in $RUN runs at PORT_BASE $(<"$RUN/lab/base"), not $PORT_BASE: take it down first, or use another RUN"
	fi
}
