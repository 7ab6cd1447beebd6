#!/bin/bash
# The pages where people bring evidence: challenge, fact files and captures in one form, events of a device, findings of a case; and files that mean no good.
. "$(dirname "$0")/lib.sh"
need curl jq
[ -x "$B/tests/doubles/facts_sign" ] || tap_fail "the program that signs facts is built"

cat >"$RUN/list.csv" <<'END'
Serial number;Product;REF;UDI-DI;IP address;BMC;Storage;Connectivity;Dx version;RUO version;Current mode;UCS version
N1;NextSeq 550Dx;20005715;;10.0.0.1;;\\10.0.0.2\runs;local;1.3.1;4.0;Dx;2.0
N2;NextSeq 550Dx;20005715;;10.0.0.11;;\\10.0.0.2\runs;local;1.3.1;4.0;Dx;2.0
END
fp notice add FSN2023-1338 FSN2024-1562 >/dev/null 2>&1
tap_ok "a site" fp device import "$RUN/list.csv"
tap_ok "its devices are affected" fp match

bg serve "$B/fieldproof" serve --listen=127.0.0.1:0
serve_pid=$bg_pid
served() { grep -qE '^http://[^ ]*/$' "$RUN/serve.out"; }
if ! wait_until 20 served; then
	tap_fail "the server starts" "$(cat "$RUN/serve.out")"
	tap_done
fi
base=$(grep -oE '^http://[^ ]*/$' "$RUN/serve.out")
base=${base%/}
code=$(grep -oE 'code=[0-9a-f]+' "$RUN/serve.out" | cut -d= -f2)
c() { curl -sS --max-time 60 "$@"; }
status() { c -o /dev/null -w '%{http_code}' "$@"; }
jar=$RUN/jar
token() { c -b "$jar" -c "$jar" "$base$1" | grep -oE 'name="csrf" value="[0-9a-f]+"' | head -n 1 | grep -oE '[0-9a-f]{32,64}'; }
c -o /dev/null -b "$jar" -c "$jar" -d "csrf=$(token "/setup?code=$code")" -d "code=$code" -d name=anna -d language=en -d "password=correct horse battery" \
	-d "password2=correct horse battery" "$base/setup"
csrf=$(token /evidence)
c -o /dev/null -b "$jar" -d "csrf=$csrf" -d name=vera -d role=viewer --data-urlencode "password=only for reading" "$base/settings/accounts"
jar_was=$jar jar=$RUN/jar-vera
c -o /dev/null -b "$jar" -c "$jar" -d "csrf=$(token /sign-in)" -d name=vera --data-urlencode "password=only for reading" "$base/sign-in"
vera=$(token /)
jar=$jar_was

# Send files as the form does; the answer is in $page, its status in $got.
bring() { # CURL-FORM-ARGUMENT...
	page=$(c -b "$jar" -F "csrf=$csrf" "$@" -w '\n%{http_code}' "$base/evidence")
	got=${page##*$'\n'}
}
# Files in the folder of uploads that this very server holds open.
spooled() {
	local folder
	folder=$(readlink "/proc/$serve_pid/fd"/* 2>/dev/null | grep -m 1 '^/tmp/fieldproof-')
	[ -z "$folder" ] || find "$folder" -type f | wc -l
	[ -n "$folder" ] || echo 0
}
good=windows-nextseq550dx-dx-good
sign() { # FACTS OPTIONS...: a signed file in $file, each a minute after the one before
	local facts=$1
	shift
	n=$((${n:-0} + 1))
	file=$RUN/$n-$facts.json
	"$B/tests/doubles/facts_sign" --collected "$(date -u -d "$((60 + n)) minutes" +%FT%TZ)" --serial N1 "$@" "tests/data/facts/$facts.json" >"$file"
}
state() { fp case show "$1" --format=json | jq -r --arg s "$2" --arg m "$3" --arg a "$4" '.devices[] | select(.serial == $s).cells[] | select(.mode == $m and .action == $a) | "\(.state) \(.measured.result) \(.measured.level)"'; }

# ---- who may ----

tap_is "a viewer does not get the page" "$(status -b "$RUN/jar-vera" "$base/evidence")" 403
tap_unlike "nor its entry in the navigation" "$(c -b "$RUN/jar-vera" "$base/")" 'href="/evidence"'
sign $good --mode Dx --challenge ''
tap_is "nor may a viewer send files" "$(status -b "$RUN/jar-vera" -F "csrf=$vera" -F "file=@$file" "$base/evidence")" 403
tap_is "nor print a challenge" "$(status -b "$RUN/jar-vera" -d "csrf=$vera" -d days=7 "$base/evidence/challenge")" 403
tap_is "nor record an event" "$(status -b "$RUN/jar-vera" -d "csrf=$vera" -d kind=re-image "$base/device/1/event")" 403
tap_is "nobody sends files without the session's token" "$(status -b "$jar" -F "file=@$file" "$base/evidence")" 403
tap_is "nor who is not signed in" "$(status -F "csrf=$csrf" -F "file=@$file" "$base/evidence")" 401
tap_is "nothing of all that is left on the disk" "$(spooled)" 0

# ---- a challenge ----

tap_is "days that are none" "$(status -b "$jar" -d "csrf=$csrf" -d days=0 "$base/evidence/challenge")" 422
tap_is "... or too many" "$(status -b "$jar" -d "csrf=$csrf" -d days=366 "$base/evidence/challenge")" 422
to=$(c -b "$jar" -d "csrf=$csrf" -d days=3 -o /dev/null -w '%{redirect_url}' "$base/evidence/challenge")
sheet=$(c -b "$jar" "$to")
challenge=$(grep -oE 'id="challenge"[^>]*>[^<]+' <<<"$sheet" | sed 's/.*>//')
tap_like "a challenge is printed, readable" "$challenge" '^([0-9A-Z]{4}-){4}[0-9A-Z*~$=]$'
tap_like "with the line to type" "$sheet" "fieldproof-collect.exe --serial=... --mode=Dx --challenge=.${challenge//[*$]/.}."
tap_like "and until when it is good" "$sheet" "$(date -u -d '3 days' +%Y)"
tap_is "a code that was not printed is not there" "$(status -b "$jar" "$base/evidence/challenge/AAAA-AAAA-AAAA-AAAA-A")" 404

# ---- several files at once ----

bring -F "file=@$file"
tap_like "a file without a challenge is taken" "$page" 'answers no valid challenge of this site'
tap_is "... but proves nothing" "$(state FSN2023-1338 N1 Dx patch)" "pending unknown none"
sign $good --mode Dx --challenge "$challenge"
dx=$file
sign windows-nextseq550dx-ruo-good --mode RUO --challenge "$challenge"
ruo=$file
printf 'to be or not to be' >"$RUN/letter.txt"
: >"$RUN/empty.json"
sed 's/"enabled":true/"enabled":false/' "$dx" >"$RUN/forged.json"
bring -F "file=@$dx;filename=dx.json" -F "file=@$RUN/empty.json" -F "file=@$RUN/letter.txt" -F "file=@$RUN/forged.json" -F "file=@$ruo;filename=<b>ruo.json"
tap_is "good and bad files in one form" "$got" 200
tap_is "two are taken in" "$(grep -oc 'badge-pass">taken in<' <<<"$page")" 2
tap_is "three are refused" "$(grep -oc 'badge-fail">refused<' <<<"$page")" 3
tap_like "the empty one is named" "$page" 'empty.json is empty'
tap_like "the letter is no fact file" "$page" 'It is no fact file and no capture'
tap_like "the forged one is told as forged" "$page" 'changed after it was written, or forged'
tap_like "the challenge is told as valid" "$page" 'The file answers a challenge of this site'
tap_like "a check is told with its result" "$page" 'Copy service|copy service'
tap_unlike "markup in a file's name is text" "$page" '<b>ruo'
tap_unlike "places on this machine are not told" "$page" '/tmp/fieldproof-'
tap_is "what they prove is proven" "$(state FSN2023-1338 N1 Dx patch), $(state FSN2023-1338 N1 RUO standard-user)" "verified pass H, verified pass H"
tap_is "no file is left" "$(spooled)" 0

bring -F "file=@$dx"
tap_is "the same file again" "$got" 422
tap_like "... is told as taken in before" "$page" 'taken in before'
sign $good --mode '' --serial '' --challenge "$challenge"
bring -F "file=@$file" -F "storage=" -F "serial="
tap_like "a file that does not say whose it is" "$page" 'give its serial number with "Serial number"'
bring -F "file=@$file" -F "serial=N1"
tap_like "... nor its mode" "$page" 'give it with "Boot mode that was running"'
tap_like "what was typed is not lost" "$page" 'value="N1"'
bring -F "file=@$file" -F "serial=N1" -F "mode=Dx"
tap_like "... is taken with both fields" "$page" 'the same system as before'
bring -F "file=@$file" -F "serial=NOSUCH" -F "mode=Dx"
tap_like "no such device" "$page" 'NOSUCH'
head -c 2000 "$dx" >"$RUN/cut.json"
bring -F "file=@$RUN/cut.json"
tap_is "one that is cut off is refused" "$got" 422
head -c 3000000 /dev/zero | tr '\0' '{' >"$RUN/huge.json"
bring -F "file=@$RUN/huge.json"
tap_like "one that is too large for facts" "$page" 'a fact file has less than 1 MB'
bring -F "file="
tap_is "no file at all" "$got" 422
many=()
for _ in {1..25}; do many+=(-F "file=@$RUN/letter.txt"); done
bring "${many[@]}"
tap_is "too many files" "$got" 413
tap_like "... with what to do" "$page" 'fieldproof evidence import'
tap_is "more than the limit is refused by its stated length" \
	"$(status -b "$jar" -H 'Content-Type: multipart/form-data; boundary=x' -H 'Content-Length: 400000000' -H 'Expect:' --data-binary @"$RUN/letter.txt" "$base/evidence" 2>/dev/null)" 413
tap_is "a body that is no form" "$(status -b "$jar" -H 'Content-Type: application/json' --data-binary @"$dx" "$base/evidence")" 415
tap_is "what was proven still is" "$(state FSN2023-1338 N1 Dx patch)" "verified pass H"
tap_is "no file is left" "$(spooled)" 0

# ---- captures ----

pcap=tests/fuzz/corpus/capture_read/smb-signed.pcap
bring -F "file=@$pcap"
tap_like "a capture is recognised" "$page" 'network capture'
tap_like "... and judged for the device whose traffic it is" "$page" 'N1'
cp "$pcap" "$RUN/elsewhere.pcap"
bring -F "file=@$RUN/elsewhere.pcap" -F "serial=N2"
tap_like "not for another one" "$page" 'Nothing in the list of devices fits it'
tap_unlike "... in words without the place" "$page" '/tmp/fieldproof-'
bring -F "file=@$pcap" -F "client=10.0.0.1"
tap_like "addresses without the device" "$page" 'Something must be said'
head -c 100000000 /dev/zero >"$RUN/zeros"
cat "$pcap" "$RUN/zeros" >"$RUN/long.pcap"
bring -F "file=@$RUN/long.pcap"
tap_like "a long one with rubbish behind is answered" "$got" '^(200|422)$'
tap_is "no file is left" "$(spooled)" 0

# ---- what ends evidence ----

device=$(c -b "$jar" "$base/devices?q=N1" | grep -oE '/device/[0-9]+' | head -n 1)
tap_is "an event that there is not" "$(status -b "$jar" -d "csrf=$csrf" -d kind=earthquake "$base$device/event")" 422
lost=$(c -b "$jar" -d "csrf=$csrf" -d kind=service-visit -d day=2099-01-01 -d "note=disk changed" "$base$device/event")
tap_like "a day to come is refused beside its field" "$lost" 'not in the future'
tap_like "... and nothing typed is lost" "$lost" 'value="disk changed"'
tap_is "a day that is none" "$(status -b "$jar" -d "csrf=$csrf" -d kind=service-visit -d day=yesterday "$base$device/event")" 422
matrix=$base/notice/FSN2023-1338/matrix
tap_unlike "no evidence has run out yet" "$(c -b "$jar" "$matrix")" 'id="stale"'
tap_like "a service visit today" "$(c -b "$jar" -d "csrf=$csrf" -d kind=service-visit -d "day=$(date -u +%F)" -d "note=disk changed" -o /dev/null -w '%{redirect_url}' "$base$device/event")" 'said=event'
tap_like "... stands in the list" "$(c -b "$jar" "$base$device")" 'Service visit.*disk changed|disk changed'
found=$(c -b "$jar" "$matrix")
tap_like "the matrix names what it ended" "$found" 'id="stale"'
tap_like "... in words" "$found" 'there was a service visit since'
tap_like "... in the place itself" "$found" 'evidence has run out'
cell=$(sed -n '/id="stale"/,$p' <<<"$found" | grep -oE '/cell/[0-9]+' | head -n 1)
one=$(c -b "$jar" "$base$cell")
tap_like "the cell says so, too" "$one" 'Evidence that no longer holds'
tap_like "... and what to do" "$one" 'evidence no longer holds: see below which, and check again'

# ---- a check that a maker brings along is shown with its words ----

cp -R notices/FSN2023-1338 "$RUN/MAKER"
mkdir "$RUN/MAKER/checks"
cat >"$RUN/MAKER/checks/ACME-1.json" <<'END'
{ "format": "fieldproof-check-1", "id": "ACME-1", "title": "Instrument runs a supported system", "question": "Is the system one that the maker supports?",
  "proves": "A pass shows the name of the system.", "kind": "configuration", "level": "H", "fresh_days": 90, "ends_with": ["re-image"], "needs": ["host", "platform"],
  "rules": [ { "when": ["eq", "platform", "windows"], "then": "supported", "detail": "{host.os}" }, { "when": ["eq", "platform", "linux"], "then": "unsupported" } ],
  "reasons": { "supported": { "result": "pass", "text": "The maker still supports it.", "settle": "" }, "unsupported": { "result": "fail", "text": "The system is not supported.", "settle": "" } },
  "references": [ { "source": "NIST SP 800-53", "id": "CM-7" } ] }
END
sed -i 's/"FSN2023-1338"/"FSN2026-0001"/; s/{ "id": "UCS-3", "role": "[a-z]*" }/&, { "id": "ACME-1", "role": "supporting" }/' "$RUN/MAKER/notice.json"
tap_ok "a notice with a check of its own" fp notice add "$RUN/MAKER"
tap_ok "... is matched" fp match FSN2026-0001
sign windows-nextseq550dx-dx-listener-ipv6-any --mode Dx --challenge "$challenge"
bring -F "file=@$file" -F confirm=yes
tap_like "its title is shown beside the answer" "$page" 'Instrument runs a supported system'
tap_like "... and its reason" "$page" 'The maker still supports it.'
own=$(fp case show FSN2026-0001 --format=json | jq -r '[.devices[] | select(.serial == "N1").cells[] | select(.mode == "Dx" and .action == "patch").id][0]')
tap_like "... and on the cell's own page" "$(c -b "$jar" "$base/cell/$own")" 'The maker still supports it.'
tap_like "how it is known is told" "$(c -b "$jar" "$base/cell/$own")" 'what is set on the device or server'

tap_ok "all of it is judged again with the same result" fp evidence verify
tap_ok "the ledger holds" fp ledger verify
tap_like "the server holds its folder of uploads" "$(readlink "/proc/$serve_pid/fd"/* 2>/dev/null)" '/tmp/fieldproof-'
bg_signal TERM "$serve_pid"
ended() { ! kill -0 "$serve_pid" 2>/dev/null; }
tap_ok "it ends in order" wait_until 12 ended
tap_done
