#!/bin/bash
# kill -9 at any moment of an import or a check run: the database opens again, nothing half-done is visible, and the run can be repeated.
. "$(dirname "$0")/lib.sh"
need jq sqlite3

fp notice add FSN2024-1562 FSN2025-1682 --quiet
{ echo 'Serial number;Product;REF;BMC;Storage;Connectivity'; seq -f 'S%06.0f;DRAGEN Server;20086130;;;local' 1 60000; } >"$RUN/a.csv"
sed 's/DRAGEN Server;/DRAGEN Server renamed;/' "$RUN/a.csv" >"$RUN/b.csv"
head -n 2001 "$RUN/a.csv" >"$RUN/first.csv"
fp device import "$RUN/first.csv" >/dev/null
total() { fp device list --format=json | jq .total; }
renamed() { sqlite3 "$FIELDPROOF_DB" "SELECT count(*) FROM device WHERE product LIKE '%renamed%'" 2>/dev/null; }

whole=0 broken=0 killed=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	cp "$FIELDPROOF_DB" "$RUN/before.db" && rm -f "$RUN"/before.db-*
	before=$(total)
	bg import "$B/fieldproof" device import "$RUN/$([ $((i % 2)) = 0 ] && echo a || echo b).csv"
	sleep "0.$(printf '%02d' $((i * 3)))"
	bg_signal KILL "$bg_pid" 2>/dev/null && killed=$((killed + 1))
	wait "$bg_pid" 2>/dev/null
	after=$(total)
	# All of it or nothing of it.
	if { [ "$after" = "$before" ] || [ "$after" = 60000 ]; } && fp ledger verify >/dev/null && [ "$(sqlite3 "$FIELDPROOF_DB" 'PRAGMA integrity_check')" = ok ]; then
		whole=$((whole + 1))
	else
		broken=$((broken + 1))
		tap_note "round $i: $before devices before, $after after"
	fi
done
tap_is "after each of 12 kills during an import all is whole" "$broken" 0
tap_note "$killed killed while running"
tap_ok "the import can be repeated" fp device import "$RUN/a.csv"
tap_is "... and is complete" "$(total)" 60000

# A check run against servers that never answer, killed on its way.
hostile silent --seconds 60
storage=$double_port
{
	echo 'Serial number;Product;REF;BMC;Storage;Connectivity'
	for i in $(seq 1 40); do
		echo "K$i;VeriSeq Onsite Server v2;20047000;;smb://127.0.0.$i:$storage/runs;local"
	done
} >"$RUN/k.csv"
fresh_db
fp notice add FSN2024-1562 --quiet
fp device import "$RUN/k.csv" >/dev/null
fp match >/dev/null
entries=$(fp ledger verify --format=json | jq .entries)
for i in 1 2 3 4 5; do
	bg check "$B/fieldproof" check FSN2024-1562 --timeout=3000
	sleep "0.$((i * 17 % 90 + 10))"
	bg_signal KILL "$bg_pid" 2>/dev/null
	wait "$bg_pid" 2>/dev/null
done
tap_ok "after five kills during a check run the ledger is unbroken" fp ledger verify
tap_is "... nothing half-done is visible" "$(fp ledger verify --format=json | jq .entries)" "$entries"
tap_is "... no verdict without its run" "$(sqlite3 "$FIELDPROOF_DB" 'SELECT count(*) FROM verdict' 2>/dev/null || echo 0)" 0
tap_exit "the run can be repeated" 4 fp check FSN2024-1562 --timeout=200
tap_ok "... and its evidence holds" fp evidence verify
tap_done
