#!/bin/bash
# Every answer in JSON fits its published schema, and the schemas are strict: each would notice a member too many in any object.
. "$(dirname "$0")/lib.sh"
need tar zstd jq minisign
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || {
	tap_skip "the whole of $(basename "$0")" "python3-jsonschema is not installed"
	tap_done
}
valid() { /usr/bin/python3 -W ignore tests/flow/validate.py "$@"; }

# VERB WORDS... | FORMAT: run with --format=json, keep the answer in $RUN/FORMAT.json, compare. The exit code is the verb's own business.
answers=()
covered=()
answer() { # FORMAT "NOUN VERB" ARGUMENTS...
	local format=$1 words=$2 out=$RUN/answer-${#answers[@]}.json
	shift 2
	answers+=("$out")
	covered+=("$words")
	# shellcheck disable=SC2086
	fp $words "$@" --format=json >"$out" 2>"$RUN/talk" </dev/null
	tap_ok "$words ${*##"$RUN"*} gives $format" valid schema output.schema.json "$out" "$format"
}

# ---- a site with something to say of everything ----

double tcp_listener --bind=127.0.0.1 || tap_fail "the listener starts"
ucs=$double_port
double bmc_responder --bind=127.0.0.1 --cipher0 || tap_fail "the management controller starts"
ipmi=$double_at
cat >"$RUN/list.csv" <<END
Serial number;Product;REF;UDI-DI;IP address;BMC;Storage;Connectivity;Dx version;RUO version;Current mode;Location;Owner;Note;UCS version
M1;MiSeqDx;DX-410-1001;00816270020002;127.0.0.1;;;local;4.0.1;4.0;Dx;Room 1;Genetics;"say ""hello"", æøå";2.0
N1;NextSeq 550Dx;20005715;;127.0.0.1;;smb://127.0.0.1:1/runs;local;1.3.1;4.0;Dx;;;
D1;Illumina DRAGEN Server for NextSeq 550Dx;20086130;;;$ipmi;;local;;;;;;
V1;VeriSeq Onsite Server v2;20047000;;;;;none;;;;;;
X1;Miseq Dx old;;;;;;local;;;;;;
T1;Thermocycler;TC-1;;;;;none;;;;;;
M9;MiSeqDx;15036706;00816270020003;;;;;;;;;;
END
fp notice add FSN2023-1338 FSN2024-1562 FSN2025-1682 >/dev/null 2>&1
answer fieldproof-notices-1 "notice list"
answer fieldproof-lint-1 "notice lint" notices/FSN2025-1682
covered+=("notice read") # drafts are open documents: 30-read.sh holds them against draft.schema.json
cp -R notices/FSN2023-1338 "$RUN/bad-notice"
sed -i 's/"2023-04-05"/"2023-04-06"/' "$RUN/bad-notice/notice.json"
answer fieldproof-lint-1 "notice lint" "$RUN/bad-notice"
tap_like "... of a notice with a fault" "$(jq -r '.findings[].severity' "${answers[-1]}")" '^(error|warning)'
answer fieldproof-parity-1 "notice compare" notices/FSN2023-1338
sed -i 's/Netzwerkkabel/Netzkabel/' "$RUN/bad-notice/de.md"
answer fieldproof-parity-1 "notice compare" "$RUN/bad-notice"
tap_like "... with a difference" "$(jq -c .open "${answers[-1]}")" '"S1":[1-9]'
for lang in de it; do
	fp notice render notices/FSN2023-1338 --lang=$lang --to=html --output="$RUN/letter-$lang.html" --quiet
done
answer fieldproof-parity-1 "notice compare" "$RUN"/letter-*.html
answer fieldproof-merged-1 "notice merge" "$RUN"/letter-*.html --output="$RUN/merged"
answer fieldproof-csaf-files-1 "notice csaf" FSN2023-1338 --output="$RUN/csaf"
answer fieldproof-csaf-changes-1 "notice changes" tests/csaf/data/edition-1.json tests/csaf/data/edition-2.json
answer fieldproof-csaf-changes-1 "notice changes" tests/csaf/data/edition-1.json tests/csaf/data/edition-1.json
answer fieldproof-import-1 "device import" "$RUN/list.csv" --dry-run
answer fieldproof-import-1 "device import" "$RUN/list.csv"
tap_is "... with a bad row" "$(jq '.bad, (.problems | length)' "${answers[-1]}" | paste -sd ' ')" "1 1"
sed -n '1,6p' "$RUN/list.csv" | sed 's/Room 1/Room 2/' >"$RUN/list2.csv"
answer fieldproof-import-1 "device import" "$RUN/list2.csv"
tap_like "... with a change" "$(jq -r .changes "${answers[-1]}")" 'Room 2'
answer fieldproof-devices-1 "device list"
answer fieldproof-devices-1 "device list" --find=nothing-like-it
answer fieldproof-udi-1 "device udi" '(01)00816270020002(21)M00123' '+A123BJC5D6E71G' '=/W2012345678901A' 'no such thing'
answer fieldproof-matches-1 match
answer fieldproof-matches-1 match --all
tap_like "... vulnerability by vulnerability" "$(jq -c '.matches[].vulnerabilities[]?.answer' "${answers[-1]}" | sort -u | paste -sd ' ')" '"affected"'
answer fieldproof-matches-1 match --advisory=tests/csaf/data/freetext.json
fp match decide FSN2023-1338 X1 affected --product=miseqdx --why="label read" >/dev/null 2>&1
answer fieldproof-matches-1 match --all FSN2023-1338
tap_is "... with a decision" "$(jq -r '[.matches[] | select(.decided_by != null)] | length' "${answers[-1]}")" 1
answer fieldproof-params-1 "param list"
fp param set ucs-port "$ucs" >/dev/null 2>&1
answer fieldproof-params-1 "param list"
answer fieldproof-watch-1 check --watch --rounds=1 --every=1s --timeout=300
answer fieldproof-checks-1 check --timeout=300
tap_like "... with answers of several kinds" "$(jq -r '[.rows[].verdict.result] | unique | join(" ")' "${answers[-1]}")" 'fail.*notchecked'
answer fieldproof-checks-1 check FSN2025-1682 --timeout=300

# ---- what people say ----

fp case claim FSN2023-1338 --device=M1 --mode=Dx --action=patch --note="done by J. Olsen" >/dev/null 2>&1
fp case claim FSN2023-1338 --device=N1 --mode=RUO --action=patch >/dev/null 2>&1
fp case claim FSN2023-1338 --action=standard-user --same-devices >/dev/null 2>&1
fp case not-done FSN2023-1338 --device=M1 --mode=RUO --action=patch --reason=planned --date=2099-12-01 >/dev/null 2>&1
fp case not-done FSN2023-1338 --device=X1 --reason=transferred --note="to another site" >/dev/null 2>&1
for ref in FSN2023-1338 FSN2024-1562 FSN2025-1682; do
	answer fieldproof-case-1 "case show" $ref
done
answer fieldproof-cells-1 "case show" FSN2023-1338 --device=M1 --mode=Dx --action=patch
tap_like "... a cell that is disputed, with its history" "$(jq -r '.cells[0] | "\(.cell.state) \(.history | length) \(.checks | length)"' "${answers[-1]}")" '^disputed [2-9] [1-9]'
answer fieldproof-cells-1 "case show" FSN2023-1338 --device=M1
answer fieldproof-cells-1 "case show" FSN2025-1682 --device=D1

# ---- site, people, keys ----

answer fieldproof-site-1 "site show"
fp site set --name="Søndervig Sygehus" --department="Genetik" --address="Vej 1" --country=DK --customer-number=4711 --contact="Ann Østergård" \
	--contact-title="Ingeniør" --contact-email=ann@example.org --contact-phone=+45 --language=da --vantage=lab >/dev/null 2>&1
answer fieldproof-site-1 "site show"
answer fieldproof-keys-1 "key list"
fp key generate "$RUN/maker" --no-password >/dev/null 2>&1
fp key trust "Maker" "$RUN/maker.pub" >/dev/null 2>&1
answer fieldproof-keys-1 "key list"
answer fieldproof-accounts-1 "account list"
fp account add ann --role=signer --display="Ann Østergård" <<<"a long enough pass phrase" >/dev/null 2>&1
answer fieldproof-accounts-1 "account list"
answer fieldproof-doctor-1 doctor

# ---- reply, ledger, evidence ----

reply() { # NAME ARGUMENTS...: a reply as JSON fits its schema
	local name=$1
	shift
	fp reply "$@" >"$RUN/$name.json" 2>"$RUN/talk"
	tap_ok "reply.schema.json fits: $name" valid schema reply.schema.json "$RUN/$name.json" fieldproof-reply-1 statements
}
for ref in FSN2023-1338 FSN2024-1562 FSN2025-1682; do
	reply "draft-$ref" make $ref --to=json --lang=da
done
tap_is "the statements are those of the notice" "$(jq -r '.statements | keys | join(" ")' "$RUN/draft-FSN2023-1338.json")" \
	"$(jq -r '.reply.statements | sort | join(" ")' notices/FSN2023-1338/notice.json)"
covered+=("reply make")
for file in smb-signed smb-encrypted-sll nfs; do
	answer fieldproof-capture-judged-1 "evidence read" tests/fuzz/corpus/capture_read/$file.pcap --output="$RUN/$file.json"
	tap_ok "... and its facts fit capture.schema.json" valid schema capture.schema.json "$RUN/$file.json" fieldproof-capture-1
done
answer fieldproof-capture-judged-1 "evidence read" "$RUN/smb-signed.json"
tap_is "... and judged again from the facts alone" "$(jq -Sc . "${answers[-1]}")" "$(jq -Sc . "${answers[-4]}")"
answer fieldproof-replies-1 "reply list"
answer fieldproof-signed-1 "reply sign" FSN2023-1338 --lang=da --signer="Ann Østergård" --function="Ingeniør" \
	--statements=received=yes,understood=yes,users-informed=no --distributor=yes --identified=yes --informed=yes --informed-on=2026-11-01 --remark="æ"
answer fieldproof-replies-1 "reply list"
covered+=("reply get")
reply signed get 1 --to=json
tap_is "what is signed is what was said" "$(jq -r '"\(.signature.name), \(.signature.function), \(.distributor.informed_on), \(.statements."users-informed")"' "$RUN/signed.json")" \
	"Ann Østergård, Ingeniør, 2026-11-01, false"
tap_is "... and its SHA-256 the one that is kept" "$(sha256sum <"$RUN/signed.json" | cut -d' ' -f1)" "$(jq -r '.replies[0].sha256' "${answers[-1]}")"
answer fieldproof-ledger-1 "ledger verify"
answer fieldproof-history-1 "ledger list"
covered+=("ledger receipt")
for entry in 1 3 "$(fp ledger verify --format=json | jq .entries)"; do
	fp ledger receipt "$entry" --output="$RUN/receipt.json" >/dev/null 2>&1
	tap_ok "receipt.schema.json fits: entry $entry" valid schema receipt.schema.json "$RUN/receipt.json" fieldproof-receipt-1
	tap_is "... its hashes hold, computed without the program" "$(valid receipt "$RUN/receipt.json")" ""
	tap_ok "... and minisign verifies its signature" minisign -V -q -p "$RUN/receipt.json.pub" -m "$RUN/receipt.json.signed" -x "$RUN/receipt.json.minisig"
done
answer fieldproof-receipt-holds-1 "ledger check-receipt" "$RUN/receipt.json"
answer fieldproof-dry-run-1 "check" FSN2025-1682 --dry-run
cp -R notices/FSN2025-1682 "$RUN/signed-notice"
fp key generate "$RUN/key" --no-password
fp notice sign "$RUN/signed-notice" --key="$RUN/key.key" --no-password --quiet
answer fieldproof-genuine-1 "notice verify" "$RUN/signed-notice" --key="$RUN/key.pub"
answer fieldproof-challenge-1 "evidence challenge"
code=$(jq -r .code "${answers[-1]}")
"$B/tests/doubles/facts_sign" --serial N1 --mode Dx --challenge "$code" tests/data/facts/windows-nextseq550dx-dx-good.json >"$RUN/facts.json"
"$B/tests/doubles/facts_sign" --serial N1 --mode RUO --challenge "" tests/data/facts/windows-nextseq550dx-dx-good.json >"$RUN/facts-2.json"
answer fieldproof-imported-1 "evidence import" "$RUN/facts.json"
answer fieldproof-facts-read-1 "evidence read" "$RUN/facts.json"
answer fieldproof-imported-1 "evidence import" "$RUN/facts-2.json"
answer fieldproof-device-events-1 "device events"
covered+=("device event")
fp device event N1 network-change >/dev/null 2>&1
answer fieldproof-device-events-1 "device events" N1
answer fieldproof-case-1 "case show" FSN2023-1338
tap_like "... with findings" "$(jq -c '[.findings[].kind]' "${answers[-1]}")" 'stale'
answer fieldproof-judged-again-1 "evidence verify"
covered+=("evidence export" "evidence show")
fp evidence export FSN2025-1682 --output="$RUN/bundle" >/dev/null 2>&1
mkdir "$RUN/unpacked" && tar --zstd -xf "$RUN/bundle" -C "$RUN/unpacked"
tap_ok "evidence-bundle.schema.json fits the manifest" valid schema evidence-bundle.schema.json "$RUN/unpacked/manifest.json" fieldproof-bundle-1
tap_ok "... the verdicts" valid schema evidence-bundle.schema.json "$RUN/unpacked/verdicts.json" fieldproof-verdicts-1
tap_ok "... the cells" valid schema evidence-bundle.schema.json "$RUN/unpacked/cells.json" fieldproof-cells-1
answer fieldproof-bundle-verified-1 "evidence verify" "$RUN/bundle"
printf x >>"$RUN/unpacked/cells.json"
tar --zstd -cf "$RUN/bundle" -C "$RUN/unpacked" manifest.json manifest.minisig README.txt cells.json verdicts.json
answer fieldproof-bundle-verified-1 "evidence verify" "$RUN/bundle"
mapfile -t ids < <(fp case show FSN2025-1682 --device=D1 --format=json 2>/dev/null | jq -r '.cells[].checks[].observation | select(. != "")' | sort -u)
tap_like "there are observations" "${#ids[@]}" '^[1-9]'
for id in "${ids[@]}"; do
	fp evidence show "$id" --format=json >"$RUN/obs.json" 2>&1
	tap_ok "evidence-observation.schema.json fits: $(jq -r .probe "$RUN/obs.json")" valid schema evidence-observation.schema.json "$RUN/obs.json" - params
done

# ---- the notices themselves ----

for ref in FSN2023-1338 FSN2024-1562 FSN2025-1682; do
	tap_ok "notice.schema.json fits: $ref" valid schema notice.schema.json notices/$ref/notice.json fieldproof-notice-1 versions
done

# ---- the term base ----

cat assets/terms/??.json >"$RUN/terms.json"
tap_ok "terms.schema.json fits every language" valid schema terms.schema.json "$RUN/terms.json" fieldproof-terms-1 months weekdays label section kind obligation verb word concept
tap_ok "terms.schema.json fits the concepts" valid schema terms.schema.json assets/terms/concepts.json fieldproof-concepts-1

# ---- no verb is forgotten ----

# These print no JSON: they do something, or write a file of another kind.
silent="notice add|notice waive|notice render|notice canonical|notice sign|match decide|case report|case claim|case withdraw|case not-done|case reopen|key trust|key site|key generate|param set|site set|account add|serve"
mapfile -t nouns < <(fp --help | sed -n 's/^  \([a-z]*\)   *[a-z].*/\1/p')
forgotten=$(for noun in "${nouns[@]}"; do
	fp help "$noun" | sed -n 's/^  fieldproof \(.*\)/\1/p'
done | awk '{ out = $1; if ($2 ~ /^[a-z-]+$/) out = out " " $2; print out }' | grep -vxE "$silent" | grep -vxF -f <(printf '%s\n' "${covered[@]}"))
tap_is "every verb that answers in JSON was asked" "$forgotten" ""
schema_formats=$(jq -r '."$defs" | keys[] | select(test("-[0-9]+$"))' assets/schema/output.schema.json | sed 's/^/fieldproof-/' | sort)
seen_formats=$(jq -r .format "${answers[@]}" | sort -u)
tap_is "every format of output.schema.json was seen" "$seen_formats" "$schema_formats"
tap_done
