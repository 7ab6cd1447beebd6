#!/bin/bash
# Advisories in CSAF 2.0: notices written and judged by the reference validator, the way back, foreign advisories read and matched, editions compared.
. "$(dirname "$0")/lib.sh"
need jq

data=tests/csaf/data
refs=(FSN2023-1338 FSN2024-1562 FSN2025-1682)
fp key generate "$RUN/maker" --no-password >/dev/null 2>&1

# ---- writing ----

for ref in "${refs[@]}"; do
	date=()
	[ $ref != FSN2025-1682 ] || date=(--date=2025-03-01)
	tap_ok "$ref is written" fp notice csaf $ref --output="$RUN/csaf" --key="$RUN/maker.key" --no-password "${date[@]}"
done
tap_is "a document per notice and language, side files and signatures" "$(find "$RUN/csaf" -type f | wc -l)" 21
tap_exit "without a date there is none" 2 fp notice csaf FSN2025-1682 --output="$RUN/none"
tap_like "... and it says so" "$tap_out" 'FSN2025-1682 has no date.*--date=YYYY-MM-DD'
tap_is "... and nothing is left" "$(find "$RUN/none" -type f 2>/dev/null | wc -l)" 0
tap_exit "without a folder" 2 fp notice csaf FSN2023-1338
tap_ok "one language" fp notice csaf FSN2023-1338 --lang=it --output="$RUN/one"
tap_is "... is one document" "$(cd "$RUN/one" && echo fsn*)" "fsn2023-1338-it.json"
tap_ok "one language to standard output" fp notice render FSN2023-1338 --to=csaf --lang=da --output="$RUN/da.json"
tap_is "... is the same but for the side file" "$(jq -cS 'del(.document.references)' "$RUN/da.json")" \
	"$(jq -cS 'del(.document.references)' "$RUN/csaf/fsn2023-1338-da.json")"
if grep -rqE '"cve"' "$RUN/csaf"/fsn*; then
	tap_fail "no CVE is made up for notices that name none"
else
	tap_line ok "no CVE is made up for notices that name none"
fi

# The side file: the notice's own bytes, and its maker's signature, for the ordinary programs.
fp notice canonical FSN2023-1338 --output="$RUN/canonical" 2>/dev/null
tap_ok "the side file has the notice's canonical bytes" cmp "$RUN/canonical" "$RUN/csaf/FSN2023-1338.fieldproof.json"
if command -v minisign >/dev/null; then
	tap_ok "minisign verifies it" minisign -V -p "$RUN/maker.pub" -m "$RUN/csaf/FSN2023-1338.fieldproof.json" -x "$RUN/csaf/FSN2023-1338.fieldproof.json.minisig"
else
	tap_skip "minisign verifies the side file" "minisign is not installed"
fi
sum=$(sha256sum "$RUN/csaf/FSN2023-1338.fieldproof.json")
tap_is "every language names it with its hash" "$(jq -r '.document.references[].summary' "$RUN"/csaf/fsn2023-1338*.json | grep -c "${sum%% *}")" 5

# ---- and back ----

for file in "$RUN"/csaf/fsn*.json; do
	ref=$(basename "$file" | sed -E 's/^(fsn[0-9]+-[0-9]+).*/\U\1/')
	fp notice read "$file" --format=json >"$RUN/draft.json" 2>"$RUN/talk"
	tap_is "$(basename "$file") with its side file is the whole notice" \
		"$(jq -cS 'reduce ("places","missing","findings","file","source","language","dates","csaf","notes","links","texts","format") as $k (.; del(.[$k]))' "$RUN/draft.json")" \
		"$(jq -cS 'del(.format)' notices/$ref/notice.json)"
done
cp "$RUN/csaf/fsn2023-1338-de.json" "$RUN/alone.json"
fp notice read "$RUN/alone.json" --format=json >"$RUN/draft.json" 2>/dev/null
tap_is "without it: what CSAF says" "$(jq -r '[.reference, .language, (.products | length), .products[0].udi_di, (.actions | length), .document_number] | join(" ")' "$RUN/draft.json")" \
	"FSN2023-1338 de 2 00816270020002 2 "
tap_like "... and a finding says where the rest is" "$(jq -r '.findings[] | select(.code == "side-file") | .message' "$RUN/draft.json")" 'not beside the advisory'
mkdir "$RUN/altered"
cp "$RUN"/csaf/fsn2023-1338.json "$RUN/altered/"
sed 's/M-AMR-00719/M-AMR-00718/' "$RUN/csaf/FSN2023-1338.fieldproof.json" >"$RUN/altered/FSN2023-1338.fieldproof.json"
fp notice read "$RUN/altered/fsn2023-1338.json" --format=json >"$RUN/draft.json" 2>/dev/null
tap_is "an altered side file is not taken" "$(jq -r '.document_number, (.findings[] | select(.code == "side-file") | .severity)' "$RUN/draft.json" | paste -sd ' ')" "null error"

tap_is "the side file itself is read as the notice that it is" \
	"$(fp notice read "$RUN/csaf/FSN2023-1338.fieldproof.json" --format=json 2>/dev/null | jq -r '[.source, .document_number, (.products | length)] | join(" ")')" "notice M-AMR-00719 2"

# ---- foreign advisories ----

for file in identified freetext broken; do
	tap_ok "$file.json is read" fp notice read $data/$file.json --format=json
done
tap_like "what breaks the standard is a finding" "$(fp notice read $data/broken.json --format=json 2>/dev/null | jq -r '.findings[].code' | sort -u | paste -sd ' ')" \
	'duplicate-cve duplicate-group-id duplicate-product-id.*relationship.*wrong-type'
printf '%s' '{"document":{"csaf_version":"2.1"}}' >"$RUN/newer.json"
tap_like "another version of CSAF is refused" "$(fp notice read "$RUN/newer.json" --format=json 2>&1)" 'this program reads CSAF 2.0'
{
	printf '{"document":{"csaf_version":"2.0"},"product_tree":'
	head -c 200000 /dev/zero | sed 's/\x0/{"branches":[/g'
} >"$RUN/deep.json"
tap_like "so is one nested 200,000 deep" "$(fp notice read "$RUN/deep.json" --format=json 2>&1)" 'nested deeper'

if [ -d ../shared/data/cisa-icsma ]; then
	fp notice read ../shared/data/cisa-icsma/*.json --format=json >"$RUN/all.json" 2>"$RUN/talk"
	tap_is "all 144 advisories become drafts" "$(jq -s 'map(select(.source == "csaf" and .reference != null and (.products | length) > 0 and (.actions | length) > 0)) | length' "$RUN/all.json")" 144
	tap_is "... each version that cannot be decided with its reason" \
		"$(jq -s '[.[].products[].versions[] | select(.range == null and (.undecidable != true or .why == null))] | length' "$RUN/all.json")" 0
else
	tap_skip "all 144 advisories become drafts" "../shared/data/cisa-icsma is not here"
fi

# ---- matching ----

cat >"$RUN/list.csv" <<END
Serial number;Product;Software version;UDC version
A1;Reader;2.4;1.9
A2;Reader;2.4;v2.0
A3;Reader;2.4;
A4;Reader;2.5;2.0
A5;Cart;1.0;2.0
A6;Thermocycler;;
END
tap_ok "a list is matched with an advisory" fp match --advisory=$data/freetext.json --list="$RUN/list.csv" --format=json
fp match --advisory=$data/freetext.json --list="$RUN/list.csv" --format=json >"$RUN/matches.json" 2>/dev/null
tap_is "... vulnerability by vulnerability" \
	"$(jq -r '.matches[] | [.serial, .answer, (.vulnerabilities[] | .cves, .answer)] | join(" ")' "$RUN/matches.json")" \
	"A1 affected CVE-2024-20001 not-affected CVE-2024-20002 affected
A2 affected CVE-2024-20001 affected CVE-2024-20002 affected
A3 cannot-tell CVE-2024-20001 cannot-tell CVE-2024-20002 cannot-tell
A5 cannot-tell CVE-2024-20001 cannot-tell CVE-2024-20002 cannot-tell"
tap_is "... and counted" "$(jq -r '[.affected, .cannot_tell, .not_affected] | join(" ")' "$RUN/matches.json")" "2 2 2"
fp device import "$RUN/list.csv" >/dev/null 2>&1
tap_is "the stored devices give the same" "$(fp match --advisory=$data/freetext.json --format=json 2>/dev/null | jq -c '[.matches[] | [.serial, .answer, .vulnerabilities[].answer]]')" \
	"$(jq -c '[.matches[] | [.serial, .answer, .vulnerabilities[].answer]]' "$RUN/matches.json")"
tap_is "... and keep the version of what stands on them" "$(fp device list --format=json 2>/dev/null | jq -r '.devices[] | select(.serial == "A2") | .components[0] | .name + " " + .version')" "UDC v2.0"
tap_exit "a letter is no advisory" 2 fp match --advisory=notices/FSN2023-1338/en.md --list="$RUN/list.csv"

# ---- editions ----

tap_exit "a silent edit" 3 fp notice changes $data/edition-1.json $data/edition-2.json
tap_like "... is told in words" "$tap_out" 'Silent edit'
fp notice changes $data/edition-1.json $data/edition-2.json --format=json >"$RUN/changes.json"
tap_is "... and for programs" "$(jq -r '.answer, (.changes[] | [.what, .kind, .field] | join(" "))' "$RUN/changes.json" | paste -sd ,)" \
	"silent-edit,product changed version,remediation changed details"
tap_exit "nothing changed" 0 fp notice changes $data/edition-1.json $data/edition-1.json
jq -c . $data/edition-1.json >"$RUN/compact.json"
tap_exit "only the form changed" 0 fp notice changes $data/edition-1.json "$RUN/compact.json"
tap_like "... which is told" "$tap_out" 'Only the form'
tap_exit "two advisories" 1 fp notice changes $data/edition-1.json $data/identified.json

# ---- the judge ----

judge_why=
judge() {
	local work=$B/csaf-judge
	command -v node >/dev/null && command -v npm >/dev/null || {
		judge_why="node or npm is not installed"
		return 1
	}
	mkdir -p "$work"
	cp tests/csaf/package.json tests/csaf/package-lock.json tests/csaf/judge.mjs "$work/"
	if ! cmp -s tests/csaf/package-lock.json "$work/installed"; then
		if ! (cd "$work" && npm ci --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-timeout=20000) >"$RUN/npm" 2>&1; then
			tap_note "$(tail -n 5 "$RUN/npm")"
			judge_why="the npm registry cannot be reached"
			return 1
		fi
		cp tests/csaf/package-lock.json "$work/installed"
	fi
	node "$work/judge.mjs" "$RUN"/csaf/fsn*.json $data/identified.json $data/freetext.json $data/edition-[12].json >"$RUN/judged" 2>&1
}
if judge; then
	tap_is "the reference validator finds all 15 documents valid, by the strict schema" "$(grep -cE '^fsn[^ ]* valid$' "$RUN/judged")" 15
	tap_is "... and says no error" "$(grep -E '^fsn[^ ]* [^ ]+ errors' "$RUN/judged")" ""
	# Without a CVE there is no score, and nobody makes one up (6.2.3): the only warning.
	tap_is "... and no warning that we could avoid" "$(grep -E '^fsn[^ ]* [^ ]+ warnings' "$RUN/judged" | grep -vE '^[^ ]+ 6\.2\.3 ')" ""
	# Nor a CVE (6.3.3) or CWE (6.3.4) that the notice does not name; "all versions" is a range (6.3.9, 6.3.10).
	tap_is "... nor remark" "$(grep -E '^fsn[^ ]* [^ ]+ infos' "$RUN/judged" | grep -vE '^[^ ]+ 6\.3\.(3|4|9|10) ')" ""
	tap_is "the advisories of these tests are valid, too" "$(grep -cE '^(identified|freetext|edition-[12])\.json valid$' "$RUN/judged")" 4
else
	tap_skip "the reference validator judges what we write" "$judge_why"
fi
tap_done
