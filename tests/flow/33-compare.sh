#!/bin/bash
# Language versions: our notices say the same, a planted difference stops the signature until it is mended or waived; letters become one notice by decisions.
. "$(dirname "$0")/lib.sh"
need jq

cp -R notices/FSN2023-1338 "$RUN/n"
mv "$RUN/n" "$RUN/FSN2023-1338"
n=$RUN/FSN2023-1338
fp key generate "$RUN/key" --no-password --quiet

# ---- the same ----
for ref in FSN2023-1338 FSN2024-1562 FSN2025-1682; do
	tap_exit "$ref: no open difference of grade S1" 0 fp notice compare notices/$ref
done
tap_ok "so it can be signed" fp notice sign "$n" --key="$RUN/key.key" --no-password
rm "$n/notice.minisig"

# ---- a difference ----
sed -i 's/Netzwerkkabel/Netzkabel/' "$n/de.md"
tap_exit "a false friend in one language" 1 fp notice compare "$n"
tap_like "... is said with file and line" "$tap_out" 'false-friend'
id=$(fp notice compare "$n" --format=json 2>/dev/null | jq -r '.findings[] | select(.code == "false-friend") | .id')
tap_like "... has a number" "$id" '^[0-9a-f]{16}$'
tap_exit "it cannot be signed" 1 fp notice sign "$n" --key="$RUN/key.key" --no-password
tap_like "... and the error says what to do" "$tap_out" "waive .*$id"
tap_is "... no signature was written" "$(ls "$n/notice.minisig" 2>/dev/null)" ""

# ---- a waiver ----
tap_exit "a waiver without a reason" 2 fp notice waive "$n" "$id" --name="A. Person" --until=2999-12-31
tap_exit "... with one of three letters" 2 fp notice waive "$n" "$id" --reason=odd --name="A. Person" --until=2999-12-31
tap_exit "... that ended yesterday" 2 fp notice waive "$n" "$id" --reason="known in the field" --name="A. Person" --until=2020-01-01
tap_exit "... of a finding that is not there" 1 fp notice waive "$n" 0123456789abcdef --reason="known in the field" --name="A. Person" --until=2999-12-31
tap_is "none of them was kept" "$(ls "$n/waivers.json" 2>/dev/null)" ""
tap_ok "a waiver with reason, name and end" fp notice waive "$n" "$id" --reason="known in the field" --name="A. Person" --until=2999-12-31
tap_exit "the difference is not open any more" 0 fp notice compare "$n"
tap_ok "and the notice can be signed" fp notice sign "$n" --key="$RUN/key.key" --no-password
sed -i 's/"until": "2999-12-31"/"until": "2020-12-31"/; s/"given": "[^"]*"/"given": "2020-01-01"/' "$n/waivers.json"
tap_exit "behind its end it holds no more" 1 fp notice compare "$n"
sed -i 's/"until": "2020-12-31"/"until": "2999-12-31"/' "$n/waivers.json"
sed -i 's/das Datenkabel/das graue Datenkabel/' "$n/de.md"
tap_exit "nor when the text has changed" 1 fp notice compare "$n"
printf '{"format":"fieldproof-waivers-1","waivers":[{"finding":"x"}]}' >"$n/waivers.json"
tap_exit "a broken waivers.json" 1 fp notice compare "$n"
tap_like "... is named" "$tap_out" 'waivers.json'

# ---- side by side ----
tap_exit "a page with the versions side by side" 1 fp notice compare notices/FSN2023-1338 "$n" --output="$RUN/page.html"
fp notice compare "$n" --waivers=/dev/null --output="$RUN/page.html" >/dev/null 2>&1
tap_like "... the place is marked" "$(cat "$RUN/page.html")" '<strong[^>]*>Netzkabel</strong>'
tap_unlike "... nothing in it is fetched" "$(cat "$RUN/page.html")" 'src="?http'

# ---- letters ----
for lang in de it; do
	fp notice render notices/FSN2023-1338 --lang=$lang --to=html --output="$RUN/$lang.html" --quiet
done
for lang in da de en es it; do
	for kind in html pdf; do
		fp notice render notices/FSN2023-1338 --lang=$lang --to=$kind --output="$RUN/all-$lang.$kind" --quiet
	done
done
tap_exit "our own letters as HTML in five languages say the same" 0 fp notice compare "$RUN"/all-*.html
if command -v pdftotext >/dev/null; then
	tap_exit "... and as PDF" 0 fp notice compare "$RUN"/all-*.pdf
else
	tap_skip "... and as PDF" "pdftotext (poppler-utils) is not installed"
fi
tap_exit "one letter alone cannot be compared" 1 fp notice compare "$RUN/de.html"
tap_exit "letters of two notices" 1 fp notice compare "$RUN/de.html" <(fp notice render notices/FSN2025-1682 --lang=it --to=html)
tap_exit "a letter that is not there" 1 fp notice compare "$RUN/de.html" "$RUN/nowhere.html"

# ---- letters into one notice ----
tap_ok "two letters are merged" fp notice merge "$RUN/de.html" "$RUN/it.html" --output="$RUN/merged"
tap_like "... facts once" "$(jq -r .reference "$RUN/merged/notice.json")" '^FSN2023-1338$'
tap_ok "... a text for each language" test -s "$RUN/merged/de.md" -a -s "$RUN/merged/it.md"
tap_like "... facts by placeholder" "$(cat "$RUN/merged/de.md")" '\{\{contact\.technical\}\}'
open=$(sed -n 's/ = ?$//p' "$RUN/merged/decisions.txt")
tap_like "... and what a person must decide" "$open" 'products.modes'
sed -i 's/^products.modes = ?/products.modes = Dx, RUO/' "$RUN/merged/decisions.txt"
fp notice merge "$RUN/de.html" "$RUN/it.html" --output="$RUN/merged" >/dev/null 2>&1
tap_is "the answer was taken" "$(jq -c '.products[0].modes' "$RUN/merged/notice.json")" '["Dx","RUO"]'
tap_like "... and stays in the file" "$(cat "$RUN/merged/decisions.txt")" 'products.modes = Dx, RUO'
tap_is "... for every product the numbers of the notice" \
	"$(jq -c '[.products[] | .catalog_numbers | sort] | sort' "$RUN/merged/notice.json")" \
	"$(jq -c '[.products[] | .catalog_numbers | sort] | sort' notices/FSN2023-1338/notice.json)"
printf 'products.mode = Dx\n' >>"$RUN/merged/decisions.txt"
tap_exit "a mistyped answer" 1 fp notice merge "$RUN/de.html" "$RUN/it.html" --output="$RUN/merged"
tap_like "... is named with its line" "$tap_out" 'decisions.txt line [0-9]+'
tap_exit "a notice that merging did not write is not overwritten" 1 fp notice merge "$RUN/de.html" "$RUN/it.html" --output="$n"
tap_exit "two letters in one language" 1 fp notice merge "$RUN/de.html" "$RUN/de.html" --output="$RUN/twice"
sed 's/20005715/20005716/g' "$RUN/it.html" >"$RUN/it2.html"
tap_ok "letters that differ in a number" fp notice merge "$RUN/de.html" "$RUN/it2.html" --output="$RUN/new/differ"
tap_like "... make a question with both places" "$(cat "$RUN/new/differ/decisions.txt")" '20005716'

# ---- the real letters ----
if [ -r ../shared/letters/001-FSN2023-1338-de.txt ]; then
	tap_exit "the three letters of FSN2023-1338 differ" 1 fp notice compare ../shared/letters/00[124]-*.txt --format=json
	fp notice compare ../shared/letters/00[124]-*.txt --format=json >"$RUN/real.json" 2>/dev/null
	tap_is "... by missing pages, verbs, false friends, terms and obligations" \
		"$(jq -r '[.findings[] | select(.severity == "S1") | .code] | unique | join(" ")' "$RUN/real.json")" \
		"concept-missing copy-incomplete false-friend obligation step-verb term"
	tap_ok "... and become one notice" fp notice merge ../shared/letters/00[124]-*.txt --output="$RUN/real"
else
	tap_skip "the real letters" "../shared/letters is not here"
fi
tap_done
