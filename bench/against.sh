# shellcheck shell=bash disable=SC2154
# For the benches that ask servers: two programs in alternating rounds ($rounds), the time of the whole process, scratch files in $RUN.

ms() { # COMMAND...: hundredths of milliseconds of the whole process; the clock is read without a process of its own
	local t0=${EPOCHREALTIME/[.,]/} t1
	"$@" >/dev/null 2>&1
	t1=${EPOCHREALTIME/[.,]/}
	echo $(((t1 - t0) / 10))
}
median() { sort -n | awk '{ v[NR] = $1 } END { printf "%.1f", v[int((NR + 1) / 2)] / 100 }'; }

# TEXT LIMIT -- OURS... -- PEER...: medians of alternating rounds, and their ratio
against() {
	local text=$1 limit=$2 i own=() peer=() a b
	shift 3
	while [ "$1" != -- ]; do
		own+=("$1")
		shift
	done
	shift
	peer=("$@")
	for ((i = 0; i < rounds; i++)); do
		ms "${own[@]}" >>"$RUN/own"
		ms "${peer[@]}" >>"$RUN/peer"
	done
	a=$(median <"$RUN/own") b=$(median <"$RUN/peer")
	rm -f "$RUN/own" "$RUN/peer"
	awk -v t="$text" -v a="$a" -v b="$b" -v l="$limit" \
		'BEGIN { printf "%s: %s ms, nmap %s ms: 1/%.1f (asked: at most 1/%s)%s\n", t, a, b, b / a, l, a * l <= b ? "" : "  MISSED" }'
	echo "    ${own[*]}"
	echo "    ${peer[*]}"
}
