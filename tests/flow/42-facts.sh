#!/bin/bash
# Fact files of the collector are taken in: each cell of the case comes to what they prove, and nothing that is forged, old, foreign or read twice proves anything.
. "$(dirname "$0")/lib.sh"
need jq
[ -x "$B/tests/doubles/facts_sign" ] || tap_fail "the program that signs facts is built"

good=windows-nextseq550dx-dx-good
n=0
# FACTS OPTIONS...: a signed fact file in $file, each collected a minute after the one before, by a clock that is an hour fast
sign() {
	local facts=$1 when
	shift
	n=$((n + 1))
	when=$(date -u -d "$((60 + n)) minutes" +%FT%TZ)
	file=$RUN/$n-$facts.json
	"$B/tests/doubles/facts_sign" --collected "$when" --serial N1 "$@" "tests/data/facts/$facts.json" >"$file"
}
state() { fp case show "$1" --format=json | jq -r --arg s "$2" --arg m "$3" --arg a "$4" '.devices[] | select(.serial == $s).cells[] | select(.mode == $m and .action == $a) | "\(.state) \(.measured.result) \(.measured.level) \(.measured.reason)"'; }
# CHECK of the last import, in cells of MODE (all when left out)
said() { jq -r --arg c "$1" --arg m "${2-}" '[.files[].checks.rows[] | select(.verdict.check == $c and ($m == "" or .mode == $m)) | "\(.verdict.result) \(.verdict.reason)"] | unique | join(", ")' "$RUN/import.json"; }
bring() { fp evidence import "$@" --format=json >"$RUN/import.json" 2>"$RUN/import.talk" </dev/null; }

double bmc_responder --bind=127.0.0.1 --anonymous || tap_fail "the management controller starts"
cat >"$RUN/list.csv" <<END
Serial number;Product;REF;UDI-DI;IP address;BMC;Storage;Connectivity;Dx version;RUO version;Current mode;UCS version
N1;NextSeq 550Dx;20005715;;192.0.2.1;;\\\\files01\\runs;local;1.3.1;4.0;Dx;2.0
N2;NextSeq 550Dx;20005715;;192.0.2.2;;\\\\files01\\runs;local;1.3.1;4.0;Dx;2.0
D1;Illumina DRAGEN Server for NextSeq 550Dx;20086130;;;$double_at;;local;;;;
END
fp notice add FSN2023-1338 FSN2024-1562 FSN2025-1682 >/dev/null 2>&1
tap_ok "a site" fp device import "$RUN/list.csv"
tap_ok "its devices are affected" fp match
tap_is "nothing is known yet" "$(state FSN2023-1338 N1 Dx patch)" "in-scope notchecked none "

# ---- without a challenge nothing is proven ----

sign $good --mode Dx --challenge ''
bring "$file"
tap_is "a file without a challenge may be old: unknown" "$(said UCS-2)" "unknown facts-undated"
tap_is "... and proves nothing" "$(state FSN2023-1338 N1 Dx patch | cut -d' ' -f1-3)" "pending unknown none"
sign $good --mode Dx --challenge "AAAA-AAAA-AAAA-AAAA-A"
bring "$file"
tap_is "a challenge of somebody else: unknown" "$(said UCS-2)" "unknown facts-undated"

code=$(fp evidence challenge --format=json | jq -r .code)
tap_like "a challenge has four groups and a check letter" "$code" '^([0-9A-Z]{4}-){4}[0-9A-Z*~$=]$'

# ---- a good instrument, mode for mode ----

sign $good --mode Dx --challenge "$code"
dx=$file
bring "$dx"
tap_is "the copy service listens to nobody outside" "$(said UCS-2)" "pass no-network-listener"
tap_is "it runs as a standard user" "$(said UCS-4)" "pass standard-user"
tap_is "the patch: nobody said which version is corrected" "$(said UCS-3 | cut -d' ' -f1)" "unknown"
tap_is "one mode alone" "$(said UCS-5 | cut -d' ' -f1)" "unknown"
tap_is "patch in Dx is verified at host level" "$(state FSN2023-1338 N1 Dx patch | cut -d' ' -f1-3)" "verified pass H"
tap_is "standard user in Dx is verified" "$(state FSN2023-1338 N1 Dx standard-user | cut -d' ' -f1-3)" "verified pass H"
tap_is "Dx does not close RUO" "$(state FSN2023-1338 N1 RUO patch | cut -d' ' -f1)" "in-scope"
tap_is "nor another instrument" "$(state FSN2023-1338 N2 Dx patch | cut -d' ' -f1)" "in-scope"

sign windows-nextseq550dx-ruo-admin-nested --mode RUO --challenge "$code"
bring "$file"
tap_is "administrator through a nested group: fails" "$(said UCS-4)" "fail administrator"
tap_is "both modes were read, and they are two" "$(said UCS-5)" "pass two-systems"
tap_is "RUO: the patch holds" "$(state FSN2023-1338 N1 RUO patch | cut -d' ' -f1-3)" "verified pass H"
tap_like "RUO: the account does not" "$(state FSN2023-1338 N1 RUO standard-user)" '^(in-scope|pending) fail H administrator$'
sign windows-nextseq550dx-ruo-good --mode RUO --challenge "$code"
bring "$file"
tap_is "corrected and collected again: fixed" "$(state FSN2023-1338 N1 RUO standard-user | cut -d' ' -f1-2)" "verified fixed"

# ---- the operator's list ----

fp param set ucs-fixed-versions '>=2.6' >/dev/null 2>&1
sign $good --mode Dx --challenge "$code"
bring "$file"
tap_is "with the list of corrected versions the patch can be told" "$(said UCS-3)" "pass version-listed"

# ---- bad input ----

bring "$dx"
tap_like "the same file again is refused" "$(<"$RUN/import.talk")" "taken in before"
"$B/tests/doubles/facts_sign" --collected "$(date -u +%FT%TZ)" --serial N1 --mode Dx --challenge "$code" tests/data/facts/$good.json >"$RUN/older.json"
tap_exit "one that is older than the last is refused" 1 fp evidence import "$RUN/older.json"
tap_like "... with its reason" "$tap_out" "older than those"
sed 's/"enabled":true/"enabled":false/' "$dx" >"$RUN/forged.json"
tap_exit "one that was changed is refused" 5 fp evidence import "$RUN/forged.json"
tap_like "... with its reason" "$tap_out" "signature|changed"
tap_exit "another serial number than the file says" 1 fp evidence import "$RUN/older.json" --device=N2
tap_like "... with its reason" "$tap_out" "right file"
sign $good --mode '' --challenge "$code"
tap_exit "no boot mode" 2 fp evidence import "$file"
tap_like "... says what to do" "$tap_out" "--mode"
head -c 2000 "$dx" >"$RUN/cut.json"
tap_exit "one that is cut off" 1 fp evidence import "$RUN/cut.json"
: >"$RUN/empty.json"
tap_exit "an empty one" 1 fp evidence import "$RUN/empty.json"
head -c 2000000 /dev/zero | tr '\0' '{' >"$RUN/huge.json"
tap_exit "a huge one" 1 fp evidence import "$RUN/huge.json"
tap_is "none of them changed anything" "$(state FSN2023-1338 N1 Dx patch | cut -d' ' -f1-3)" "verified pass H"

sign $good --serial N2 --mode Dx --challenge "$code"
bring "$file"
tap_is "the system of another device: unknown" "$(said UCS-2)" "unknown facts-other-device"
tap_is "... and verifies nothing" "$(state FSN2023-1338 N2 Dx patch | cut -d' ' -f1-3)" "pending unknown none"
sign windows-nextseq550dx-dx-same-mode-twice --serial N1 --mode RUO --challenge "$code"
bring "$file"
tap_is "the same mode twice is found" "$(said UCS-2 RUO)" "unknown same-mode-twice"
tap_like "... in words for people" "$(jq -r '.files[].parts[].identity' "$RUN/import.json")" "other-mode"
tap_is "... and does not undo what was proven" "$(state FSN2023-1338 N1 RUO patch | cut -d' ' -f1)" "verified"
sign windows-nextseq550dx-dx-other-device --mode Dx --challenge "$code"
bring "$file"
tap_is "another system than before: unknown" "$(said UCS-2)" "unknown facts-other-device"
sign windows-nextseq550dx-dx-other-device --mode Dx --challenge "$code"
bring "$file" --confirm
tap_is "... until a person vouches for it" "$(said UCS-2)" "pass no-network-listener"
tap_like "... and that is recorded" "$(fp device events N1 --format=json | jq -r '.events[].kind')" "re-image"

# ---- a verified cell that no longer is ----

sign windows-nextseq550dx-dx-listener-ipv6-any --mode Dx --challenge "$code"
bring "$file" --confirm
tap_is "a listener on :: fails" "$(said UCS-2)" "fail listens-on-network"
tap_like "... and the cell is open again" "$(state FSN2023-1338 N1 Dx patch)" '^in-scope fail'

# ---- what ends evidence ----

sign windows-nextseq550dx-ruo-good --mode RUO --challenge "$code"
bring "$file"
tap_ok "a service visit" fp device event N1 service-visit --note='hard disk changed'
tap_is "what it ended is named" "$(fp case show FSN2023-1338 --format=json | jq -r '[.findings[] | select(.kind == "stale" and .serial == "N1" and .mode == "RUO") | "\(.check) \(.stale)"] | unique | join(", ")')" "FW-1 service-visit, UCS-2 service-visit, UCS-3 service-visit, UCS-4 service-visit"
tap_like "... in words" "$(fp case show FSN2023-1338)" "Evidence that no longer holds"
sign windows-nextseq550dx-ruo-good --mode RUO --challenge ''
bring "$file"
tap_like "... and an answer that says nothing does not hide it" "$(fp case show FSN2023-1338 --format=json | jq -r '[.findings[] | select(.kind == "stale" and .mode == "RUO").check] | join(" ")')" "UCS-2.*UCS-4"
tap_exit "an event that there is not" 2 fp device event N1 earthquake

# ---- one boot, both modes: the other one read from its disk ----

cat >"$RUN/more.csv" <<'END'
Serial number;Product;REF;IP address;Connectivity;Dx version;RUO version;Current mode;UCS version
N3;NextSeq 550Dx;20005715;192.0.2.13;local;1.3.1;4.0;Dx;2.0
END
fp device import "$RUN/more.csv" >/dev/null 2>&1
fp match >/dev/null 2>&1
fresh() { sed 's/8a0d5b7c-63b4-47a4-a0b1-2f6f1f0c9d02/8a0d5b7c-63b4-47a4-a0b1-2f6f1f0c9d99/; s/e45b9a31-0c77/e45b9a99-0c77/; s/"serial": "NDX550123"/"serial": "N3"/' "tests/data/facts/$1.json"; }
both() { # FACTS: as of N3, read in Dx with RUO beside it
	fresh "$1" >"$RUN/raw.json"
	n=$((n + 1))
	"$B/tests/doubles/facts_sign" --collected "$(date -u -d "$((60 + n)) minutes" +%FT%TZ)" --serial N3 --mode Dx --challenge "$code" "$RUN/raw.json" >"$RUN/both.json"
}
both windows-nextseq550dx-dx-offline-ruo-localsystem
bring "$RUN/both.json"
tap_is "nobody said which mode the other system is: left out, and said" "$(jq -r '.files[].parts[1] | .skipped != null and .observation == null' "$RUN/import.json")" "true"
both windows-nextseq550dx-dx-offline-ruo-localsystem
bring "$RUN/both.json" --other-mode=RUO
tap_is "the running mode is proven" "$(said UCS-4 Dx | grep -o 'pass standard-user')" "pass standard-user"
tap_is "the other one, from its disk, is refuted" "$(said UCS-4 RUO | grep -o 'fail runs-as-system')" "fail runs-as-system"
tap_like "... what only the running system shows stays unknown" "$(said UCS-2 RUO)" "unknown not-running"
tap_is "one boot shows both modes" "$(said UCS-5 RUO)" "pass two-systems"
both windows-nextseq550dx-dx-offline-ruo-good
bring "$RUN/both.json" --other-mode=RUO
tap_like "memberships that cannot be read from a disk stay unknown" "$(said UCS-4 RUO)" "^unknown "
tap_unlike "... and verify nothing" "$(state FSN2023-1338 N3 RUO standard-user)" "^verified"

# ---- the storage server, and the management controller from inside ----

"$B/tests/doubles/facts_sign" --collected "$(date -u -d "5 hours" +%FT%TZ)" --serial '' --mode '' --challenge "$code" tests/data/facts/linux-dragen-good.json >"$RUN/server.json"
bring "$RUN/server.json" --storage=files01
tap_like "facts of the storage answer for every device that uses it" "$(jq -r '[.files[].checks.rows[] | select(.verdict.check == "SMB-4") | .serial] | unique | join(" ")' "$RUN/import.json")" '^N1 N2$'
tap_is "... and only by what is about storage" "$(jq -r '[.files[].checks.rows[].verdict.check] | unique | join(" ")' "$RUN/import.json")" "SMB-1 SMB-2 SMB-4"
"$B/tests/doubles/facts_sign" --collected "$(date -u -d "5 hours" +%FT%TZ)" --serial D1 --mode '' --challenge "$code" tests/data/facts/linux-dragen-good.json >"$RUN/dragen.json"
bring "$RUN/dragen.json" --confirm
tap_like "the controller's settings, read on the server" "$(said BMC-3) $(said BMC-6)" '^pass .* (pass|fail) '

# ---- two ways, two answers ----

fp check FSN2025-1682 --device=D1 >/dev/null 2>&1
findings() { fp case show FSN2025-1682 --format=json | jq -r '[.findings[] | select(.kind == "contradiction") | "\(.check) \(.verdict.result) \(.verdict.level) against \(.against.result) \(.against.level)"] | unique | join(", ")'; }
tap_is "what the network shows later contradicts the facts, and that is a finding" "$(findings)" "BMC-2 fail L2 against pass H, BMC-6 fail L2 against pass H"
tap_is "... a newer refutation counts, a listed suite that is off does not" "$(fp case show FSN2025-1682 --device=D1 --format=json | jq -r '[.cells[].checks[] | select(.check == "BMC-2" or .check == "BMC-3") | "\(.check) \(.result) \(.level)"] | join(", ")')" "BMC-2 fail L2, BMC-3 pass H"
tap_like "... in words" "$(fp case show FSN2025-1682)" "contradict each other"

# ---- judged again, kept, told ----

tap_ok "all of it is judged again with the same result" fp evidence verify
tap_ok "the ledger holds" fp ledger verify
tap_like "the ledger tells of files" "$(fp ledger list --format=json | jq -r '[.entries[].kind] | unique | join(" ")')" 'challenge.*device-event.*facts'
tap_like "people read it" "$(fp evidence import "$dx" 2>&1)" "taken in before"

# ---- a check that a maker brings along ----

cp -R notices/FSN2025-1682 "$RUN/MAKER"
mkdir "$RUN/MAKER/checks"
cat >"$RUN/MAKER/checks/ACME-1.json" <<'END'
{ "format": "fieldproof-check-1", "id": "ACME-1", "title": "Rack server runs a supported system", "question": "Is the system one that the maker supports?",
  "proves": "A pass shows the name of the system.", "kind": "configuration", "level": "H", "fresh_days": 90, "ends_with": ["re-image"], "needs": ["host", "platform"],
  "rules": [ { "when": ["eq", "platform", "linux"], "then": "supported", "detail": "{host.os}" }, { "when": ["eq", "platform", "windows"], "then": "unsupported" } ],
  "reasons": { "supported": { "result": "pass", "text": "The system is supported.", "settle": "" }, "unsupported": { "result": "fail", "text": "The system is not supported.", "settle": "" } },
  "references": [ { "source": "NIST SP 800-53", "id": "CM-7" } ] }
END
sed -i 's/"FSN2025-1682"/"FSN2026-0001"/; s/{ "id": "BMC-2", "role": "required" }/{ "id": "BMC-2", "role": "supporting" }, { "id": "ACME-1", "role": "required" }/; s/{ "id": "BMC-3", "role": "required" }/{ "id": "BMC-3", "role": "supporting" }/; s/{ "id": "BMC-4", "role": "required" }/{ "id": "BMC-4", "role": "supporting" }/' "$RUN/MAKER/notice.json"
tap_ok "a notice with a check of its own" fp notice add "$RUN/MAKER"
tap_ok "... is matched" fp match FSN2026-0001
"$B/tests/doubles/facts_sign" --collected "$(date -u -d "6 hours" +%FT%TZ)" --serial D1 --mode '' --challenge "$code" tests/data/facts/linux-dragen-good.json >"$RUN/maker.json"
bring "$RUN/maker.json"
tap_is "the maker's check is judged" "$(said ACME-1)" "pass supported"
tap_is "... and proves its cell" "$(state FSN2026-0001 D1 "" bmc-instructions | cut -d' ' -f1-3)" "verified pass H"
tap_like "... shown with its words" "$(fp case show FSN2026-0001 --device=D1)" "Rack server runs a supported system"
tap_ok "... and judged again" fp evidence verify
sed -i 's/"revision": 1/"revision": 2/' "$RUN/MAKER/notice.json"
sed -i 's/"linux"\], "then": "supported"/"linux"], "then": "unsupported"/; s/"windows"\], "then": "unsupported"/"windows"], "then": "supported"/' "$RUN/MAKER/checks/ACME-1.json"
tap_ok "a revision words the check otherwise" fp notice add "$RUN/MAKER"
tap_ok "... and what was judged by the old wording still comes out as it did" fp evidence verify
tap_ok "... exported" fp evidence export FSN2026-0001 --output="$RUN/older.tar.zst"
fp key site --output="$RUN/site.pub" --quiet
tap_exit "... in a bundle, too, where nobody signed that wording: not determined" 4 fp evidence verify "$RUN/older.tar.zst" --key="$RUN/site.pub"
tap_like "... and said" "$tap_out" "older wording of a check"
sed -i 's/"revision": 2/"revision": 3/' "$RUN/MAKER/notice.json"
sed -i 's/"id": "ACME-1", "title"/"id": "UCS-2", "title"/' "$RUN/MAKER/checks/ACME-1.json"
tap_exit "a check with the id of one of the program's is refused" 1 fp notice add "$RUN/MAKER"
tap_like "... with its reason" "$tap_out" "another id"
printf '{ "format": "fieldproof-check-1", "id": "ACME-1", "rules": 5 }' >"$RUN/MAKER/checks/ACME-1.json"
tap_exit "one that cannot be read is refused" 1 fp notice add "$RUN/MAKER"
tap_like "... with the file's name" "$tap_out" "ACME-1"
tap_done
