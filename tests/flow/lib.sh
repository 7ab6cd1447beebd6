# shellcheck shell=bash disable=SC2034,SC2016
# Helpers of the flow tests. A test is a script tests/flow/NN-name.sh that begins with
#     #!/bin/bash
#     . "$(dirname "$0")/lib.sh"
# says what it finds through tap_*, and ends with tap_done. B is the build folder (tools/run-tests sets it).
# It gets a scratch folder $RUN, a database of its own, and loses all that it started when it ends, however it ends.

set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
B=$(realpath -m "${B:-$root/build}")
export B LC_ALL=C.UTF-8 TZ=UTC PATH=$PATH:/usr/sbin:/sbin # where an ordinary user does not look for smbd, nginx and nft
unset FIELDPROOF_DB LANGUAGE
cd "$root" || exit 1
RUN=$(mktemp -d /tmp/fp-flow.XXXXXX) || exit 1
export RUN
export FIELDPROOF_DB=$RUN/fieldproof.db FIELDPROOF_NOTICES=$root/notices HOME=$RUN/home
mkdir -p "$HOME"

# ---- TAP ----

tap_n=0 tap_failed=0

tap_line() { # "ok"|"not ok" TEXT
	tap_n=$((tap_n + 1))
	[ "$1" = ok ] || tap_failed=$((tap_failed + 1))
	printf '%s %d - %s\n' "$1" "$tap_n" "$2"
}
tap_note() { printf "%s\n" "$*" | sed "s/^/# /"; }

# TEXT COMMAND...: passes when the command succeeds. Its output is shown only when it fails; it stays in $tap_out. The command runs in a
# subshell: what sets variables (double, lab_up) is called outside.
tap_ok() {
	local text=$1 status
	shift
	tap_out=$("$@" 2>&1 </dev/null)
	status=$?
	if [ $status = 0 ]; then
		tap_line ok "$text"
	else
		tap_line "not ok" "$text"
		tap_note "exit $status of: $*"$'\n'"$tap_out"
	fi
}

# TEXT STATUS COMMAND...: passes when the command exits with that status.
tap_exit() {
	local text=$1 want=$2 status
	shift 2
	tap_out=$("$@" 2>&1 </dev/null)
	status=$?
	if [ $status = "$want" ]; then
		tap_line ok "$text"
	else
		tap_line "not ok" "$text"
		tap_note "exit $status instead of $want of: $*"$'\n'"$tap_out"
	fi
}

tap_is() { # TEXT GOT EXPECTED
	if [ "$2" = "$3" ]; then
		tap_line ok "$1"
	else
		tap_line "not ok" "$1"
		tap_note "got:      $2"
		tap_note "expected: $3"
	fi
}

tap_like() { # TEXT GOT EXTENDED-REGEX
	if grep -qE -- "$3" <<<"$2"; then
		tap_line ok "$1"
	else
		tap_line "not ok" "$1"
		tap_note "got:      $2"
		tap_note "expected to match: $3"
	fi
}

tap_unlike() { # TEXT GOT EXTENDED-REGEX
	if grep -qE -- "$3" <<<"$2"; then
		tap_line "not ok" "$1"
		tap_note "got: $2"
		tap_note "expected not to match: $3"
	else
		tap_line ok "$1"
	fi
}

tap_fail() { # TEXT [NOTE]
	tap_line "not ok" "$1"
	[ $# -lt 2 ] || tap_note "$2"
}

tap_skip() { # TEXT WHY
	tap_n=$((tap_n + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_n" "$1" "$2"
}

# Skip the whole file when a program is missing.
need() { # PROGRAM...
	local p
	for p; do
		command -v "$p" >/dev/null && continue
		tap_skip "the whole of $(basename "$0")" "$p is not installed"
		tap_done
	done
}

tap_done() {
	printf '1..%d\n' "$tap_n"
	[ $tap_failed = 0 ]
	exit
}

# ---- what this test started, it ends ----

bg_pids=()

# NAME COMMAND...: in the background, output to $RUN/NAME.out; $bg_pid is its process group: a function (fp, in_b) has children, and a
# signal must reach them all, so use bg_signal and bg_stop rather than kill.
bg() {
	local name=$1
	shift
	set -m
	"$@" >"$RUN/$name.out" 2>&1 </dev/null &
	bg_pid=$!
	set +m
	bg_pids+=("$bg_pid")
}

bg_signal() { # SIGNAL PID: for example bg_signal KILL "$bg_pid"
	kill "-$1" -- "-$2" 2>/dev/null
}

bg_stop() { # PID: end it and wait for it
	bg_signal TERM "$1"
	wait "$1" 2>/dev/null
	return 0
}

flow_cleanup() {
	local p
	trap - EXIT
	for p in "${bg_pids[@]}"; do
		bg_signal TERM "$p"
	done
	[ ! -d "$RUN/lab" ] || demo/lab/down
	netns_down
	for p in "${bg_pids[@]}"; do
		wait "$p"
	done 2>/dev/null
	rm -rf "$RUN"
}
trap flow_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# SECONDS COMMAND...: until it succeeds; fails when the time is over.
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $end ] || return 1
		sleep 0.02
	done
}

port_listens() { # ADDRESS PORT [tcp|udp]
	local a b c d
	IFS=. read -r a b c d <<<"$1"
	awk -v want="$(printf '%02X%02X%02X%02X:%04X' "$d" "$c" "$b" "$a" "$2")" -v udp="$([ "${3:-tcp}" = udp ] && echo 1)" \
		'$2 == want && (udp || $4 == "0A") { found = 1 } END { exit !found }' "/proc/net/${3:-tcp}"
}

wait_port() { # ADDRESS PORT [tcp|udp [SECONDS]]
	wait_until "${4:-10}" port_listens "$1" "$2" "${3:-tcp}"
}

# What a plain client sees at a TCP port, within so many seconds (2): open, refused or silent.
port_state() { # ADDRESS PORT [SECONDS]
	local status
	timeout "${3:-2}" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
	status=$?
	case $status in 0) echo open ;; 124) echo silent ;; *) echo refused ;; esac
}

# ---- the program ----

fp() { "$B/fieldproof" "$@"; }

fresh_db() { # a new, empty database for what follows
	fresh_db_n=$((${fresh_db_n:-0} + 1))
	FIELDPROOF_DB=$RUN/fieldproof-$fresh_db_n.db
}

# ---- servers ----

# PROGRAM [OPTION...]: a double of tests/doubles on a port that the system chooses; then $double_at is "ADDRESS:PORT", $double_port the port,
# $double_pid its process. Returns 1 when it does not start.
double() {
	local line name
	double_n=$((${double_n:-0} + 1))
	name=double-$double_n
	rm -f "$RUN/$name.out" # a subshell counts for itself: the name may have been used
	bg "$name" "$B/tests/doubles/$1" "${@:2}"
	double_pid=$bg_pid
	wait_until 10 grep -q '^listening' "$RUN/$name.out" || {
		tap_note "$* did not start: $(<"$RUN/$name.out")"
		return 1
	}
	read -r _ _ line <"$RUN/$name.out"
	double_at=$line double_port=${line##*:}
}

# MODE [OPTION...]: a hostile server, as double.
hostile() {
	local mode=$1
	shift
	double hostile --mode "$mode" "$@"
}

# [NAME|HOST|KIND|PATTERN...]: start these servers of the laboratory (all when none is named) on ports that are free; a second call adds to them.
# Returns as demo/lab/up does; 3: some cannot run here (not root, not installed), the rest runs.
lab_up() {
	local try base status=1
	if [ -s "$RUN/lab/base" ]; then
		LAB_OWNER=$$ demo/lab/up "$@"
		return
	fi
	for try in 0 1 2 3 4 5 6 7; do
		base=$((10000 + ($$ + try * 5) % 20 * 1000))
		LAB_OWNER=$$ PORT_BASE=$base demo/lab/up "$@" 2>"$RUN/lab-up"
		status=$?
		[ $status = 1 ] && grep -q 'choose another PORT_BASE' "$RUN/lab-up" && demo/lab/down && continue
		break
	done
	sed 's/^/# /' "$RUN/lab-up"
	return $status
}
lab_down() { demo/lab/down "$@"; }
lab_restart() { demo/lab/restart "$@"; }
lab_get() { demo/lab/table --get "$1" "$2"; } # NAME COLUMN: name kind proto address port posture state target about
lab_fill() { demo/lab/fill; }                 # template on standard input: @NAME@ becomes that server's address

# ---- networks of one's own ----

netns_a='' netns_b=''

# Two namespaces joined by a cable: A (10.98.0.1, where the program runs) and B (10.98.0.2, and every address of 10.99.0.0/16: as many
# devices as one likes). Returns 1 with $netns_why when this machine cannot.
netns_up() {
	netns_why=
	if [ "$(id -u)" != 0 ]; then
		netns_why="network namespaces want root"
	elif ! command -v ip >/dev/null || ! command -v nft >/dev/null; then
		netns_why="ip or nft is not installed"
	elif ! ip netns add "fp$$a" 2>/dev/null; then
		netns_why="this kernel or container gives no network namespaces"
	fi
	[ -z "$netns_why" ] || return 1
	netns_a=fp$$a netns_b=fp$$b
	if ! { ip netns add "$netns_b" && ip link add "fp$$v" netns "$netns_a" type veth peer name "fp$$w" netns "$netns_b" &&
		ip -n "$netns_a" addr add 10.98.0.1/24 dev "fp$$v" && ip -n "$netns_b" addr add 10.98.0.2/24 dev "fp$$w" &&
		ip -n "$netns_a" link set "fp$$v" up && ip -n "$netns_b" link set "fp$$w" up && ip -n "$netns_a" link set lo up &&
		ip -n "$netns_b" link set lo up && ip -n "$netns_b" route add local 10.99.0.0/16 dev lo &&
		ip -n "$netns_a" route add 10.99.0.0/16 via 10.98.0.2; } 2>"$RUN/netns-err"; then
		netns_why=$(<"$RUN/netns-err")
		netns_down
		return 1
	fi
}

in_a() { ip netns exec "$netns_a" "$@"; }
in_b() { ip netns exec "$netns_b" "$@"; }
fp_a() { in_a "$B/fieldproof" "$@"; } # the program, looking from A

# drop|reject SELECTOR...: what the firewall of B does with packets that come in, for example: netns_rule drop ip daddr 10.99.3.0/24
netns_rule() {
	local verdict=$1
	shift
	in_b nft add table inet fp &&
		in_b nft 'add chain inet fp in { type filter hook input priority 0 ; policy accept ; }' &&
		in_b nft add rule inet fp in "$@" "$verdict"
}
netns_open() { in_b nft delete table inet fp; } # no rules any more

netns_down() {
	local n
	for n in $netns_a $netns_b; do
		ip netns del "$n" 2>/dev/null
	done
	netns_a='' netns_b=''
	return 0
}
