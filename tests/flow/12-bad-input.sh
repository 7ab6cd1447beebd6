#!/bin/bash
# Bad input: every file that is empty, cut off, huge, hostile or not ours gets a plain error and exit code 1 (or 5), and nothing is lost.
. "$(dirname "$0")/lib.sh"
need jq sqlite3

plain() { # TEXT PATTERN STATUS COMMAND...: the error is one line, says what, and no crash
	local text=$1 pattern=$2 want=$3
	shift 3
	tap_exit "$text" "$want" "$@"
	tap_like "... says what" "$tap_out" "$pattern"
	tap_unlike "... without a crash" "$tap_out" 'Sanitizer|Assertion|core dumped|Segmentation'
}

fp notice add FSN2023-1338 --quiet
printf 'Serial number;Product;REF\nM1;MiSeqDx;15036706\n' >"$RUN/good.csv"
tap_ok "one good device" fp device import "$RUN/good.csv"

# ---- device lists ----
: >"$RUN/empty.csv"
plain "an empty list" 'empty' 1 fp device import "$RUN/empty.csv"
head -c 100000 /dev/urandom >"$RUN/random.csv"
tap_exit "random bytes" 1 fp device import "$RUN/random.csv"
printf 'a;b;c\n1;2;3\n' >"$RUN/nohead.csv"
plain "no column is the serial number" 'map' 1 fp device import "$RUN/nohead.csv"
printf 'Serial number;Product\n"M2;MiSeqDx\nM3;MiSeqDx\n' >"$RUN/quote.csv"
plain "a quote that is never closed" ':2' 1 fp device import "$RUN/quote.csv"
printf 'PK\003\004xxxxxxxxxxxxxxxxxxxxxxxx' >"$RUN/book.csv"
plain "a spreadsheet file under another name" 'CSV|csv' 1 fp device import "$RUN/book.csv"
plain "a list that is not there" 'cannot open' 1 fp device import "$RUN/nowhere.csv"
plain "a folder instead of a list" 'directory|folder' 1 fp device import "$RUN"
printf 'Serial number;Product\nM4;\xff\xfe\x00bad\n' >"$RUN/nul.csv"
tap_exit "a NUL byte in a row" 1 fp device import "$RUN/nul.csv"
{ printf 'Serial number;Product\n'; printf 'M5;'; head -c 3000000 /dev/zero | tr '\0' 'x'; printf '\n'; } >"$RUN/long.csv"
tap_exit "a field of 3 MB" 1 fp device import "$RUN/long.csv"
tap_is "the row behind the open quote was read, nothing else" "$(fp device list --format=json | jq -c '[.devices[].serial]')" '["M1","M3"]'
tap_exit "--strict: one bad row refuses all" 1 fp device import --strict <(printf 'Serial number;Product\nM6;MiSeqDx\n;MiSeqDx\n')
tap_is "... all" "$(fp device list --format=json | jq .total)" 2
printf 'Serial number;Product;Location\nM<script>alert(1)</script>;=cmd|calc!A1;\xe2\x80\xaeevil\n' >"$RUN/hostile.csv"
fp device import "$RUN/hostile.csv" >/dev/null 2>&1
tap_unlike "control and direction characters do not reach the terminal" "$(fp device list)" $'\xe2\x80\xae'

# ---- notices ----
cp -R notices/FSN2023-1338 "$RUN/n"
truncate -s 500 "$RUN/n/notice.json"
plain "a cut-off notice.json" 'notice.json' 1 fp notice lint "$RUN/n"
cp notices/FSN2023-1338/notice.json "$RUN/n/"
sed -i 's/"revision": 1/"revison": 1/' "$RUN/n/notice.json"
plain "a misspelt key" "revison" 1 fp notice lint "$RUN/n"
cp notices/FSN2023-1338/notice.json "$RUN/n/"
sed -i 's/00816270020002/00816270020003/' "$RUN/n/notice.json"
tap_like "a wrong check digit is found by lint" "$(fp notice lint "$RUN/n" 2>&1)" '00816270020003.*'
cp notices/FSN2023-1338/notice.json "$RUN/n/"
printf '\n{{nonsense}}\n' >>"$RUN/n/da.md"
plain "an unknown placeholder names file and line" 'da.md.*[0-9]' 1 fp notice add "$RUN/n"
python=$(printf '%0.s[' $(seq 20000))
printf '%s' "$python" >"$RUN/n/notice.json"
plain "JSON 20,000 levels deep" 'nested|deep' 1 fp notice lint "$RUN/n"

# ---- signatures ----
cp -R notices/FSN2025-1682 "$RUN/s"
fp key generate "$RUN/maker" --no-password && fp key generate "$RUN/other" --no-password
fp notice sign "$RUN/s" --key="$RUN/maker.key" --no-password --quiet
tap_ok "the maker's signature holds" fp notice verify "$RUN/s" --key="$RUN/maker.pub"
plain "another key's does not" 'key' 5 fp notice verify "$RUN/s" --key="$RUN/other.pub"
sed -i 's/BMC/BMX/' "$RUN/s/de.md"
plain "a changed byte is found, the file named" 'de\.md' 5 fp notice verify "$RUN/s" --key="$RUN/maker.pub"
cp notices/FSN2025-1682/de.md "$RUN/s/"
rm "$RUN/s/it.md"
plain "a missing language file is found, by name" 'it\.md' 5 fp notice verify "$RUN/s" --key="$RUN/maker.pub"
cp notices/FSN2025-1682/it.md "$RUN/s/"
head -c 60 "$RUN/s/notice.minisig" >"$RUN/cut" && cp "$RUN/cut" "$RUN/s/notice.minisig"
tap_exit "a cut-off signature is refused" 5 fp notice verify "$RUN/s" --key="$RUN/maker.pub"
fp key trust maker "$RUN/maker.pub" >/dev/null
plain "... and such a notice is not taken over" 'not taken over' 5 fp notice add "$RUN/s"

# ---- databases ----
head -c 5000 /dev/urandom >"$RUN/not.db"
plain "a file that is no database" 'database' 5 fp device list --db="$RUN/not.db"

sqlite3 "$FIELDPROOF_DB" ".backup '$RUN/new.db'"
sqlite3 "$RUN/new.db" "PRAGMA user_version = 9999"
plain "a database of a newer program" 'newer' 1 fp device list --db="$RUN/new.db"
plain "a folder that is not there" 'nowhere' 1 fp device list --db="$RUN/nowhere/x.db"
if [ "$(id -u)" = 0 ] && mkdir "$RUN/small" && mount -t tmpfs -o size=600k tmpfs "$RUN/small" 2>/dev/null; then
	fp notice add FSN2023-1338 --quiet --db="$RUN/small/x.db"
	fp device import "$RUN/good.csv" --db="$RUN/small/x.db" >/dev/null
	{ echo 'Serial number;Product;REF'; seq -f 'S%06.0f;MiSeqDx with a long name to fill the disk;15036706' 1 20000; } >"$RUN/many.csv"
	plain "disk full" 'full|space' 1 fp device import "$RUN/many.csv" --db="$RUN/small/x.db"
	tap_is "... nothing is lost" "$(fp device list --format=json --db="$RUN/small/x.db" | jq .total)" 1
	tap_ok "... and the ledger holds" fp ledger verify --db="$RUN/small/x.db"
	umount "$RUN/small"
else
	tap_skip "disk full" "cannot mount a small tmpfs here"
fi

# ---- the command line ----
tap_exit "an unknown verb is usage" 2 fp device explode
tap_exit "an unknown option is usage" 2 fp device list --colour
tap_exit "an option without its value is usage" 2 fp device list --find
tap_exit "a parameter that no check knows" 2 fp param set speed 9
tap_exit "a port out of range" 2 fp param set ucs-port 70000
tap_exit "no word at all" 2 fp
tap_ok "help is there" fp --help
for noun in notice device match check case evidence reply ledger key param site account serve doctor; do
	tap_like "fieldproof $noun --help" "$(fp $noun --help 2>&1)" "fieldproof $noun"
done
tap_ok "the good device is still there, the ledger unbroken" fp ledger verify
tap_done
