#!/bin/bash
# shellcheck disable=SC1111
# The reply on paper: A4, tagged, fonts embedded, its text selectable in every language and in Greek and Bulgarian letters, notice and page on
# every page, a QR code that leads back; a draft can be filled in, a signed one cannot; answers that contradict each other are not signed.
. "$(dirname "$0")/lib.sh"
need pdftotext pdfinfo pdffonts pdftoppm qpdf jq

site() { fp site set --quiet --name="$1" --department="$2" --address="$3" --country="$4" --contact="$5" --contact-title="$6" --customer-number=4711 \
	--contact-email=lab@example.org --contact-phone="+45 12345678" --public-url=https://fieldproof.example.org; }
text() { pdftotext -layout "$RUN/$1.pdf" - | sed 's/\xc2\xa0/ /g'; }
fields() { qpdf --json --json-key=acroform "$RUN/$1.pdf" | jq '.acroform.fields | length'; }
{
	echo "Serial number;Product;REF;UDI-DI;Connectivity;Dx version;RUO version"
	for i in 1 2 3 4 5 6 7 8; do echo "M7000$i;MiSeqDx;15036706;00816270020002;local;4.0.1;4.0"; done
	echo "D1;Illumina DRAGEN Server for NextSeq 550Dx;20086130;;local;;"
} >"$RUN/list.csv"
site "Nordic Molecular Diagnostics A/S" Genetics "Forskerparken 10" DK "Mette Holm Sørensen" Engineer
fp notice add FSN2023-1338 FSN2024-1562 FSN2025-1682 --quiet
fp device import "$RUN/list.csv" --quiet >/dev/null
fp match --quiet >/dev/null
fp case claim FSN2023-1338 --device=M70001 --note="ticket 17" --quiet
fp case not-done FSN2023-1338 --device=M70002 --mode=Dx --reason=planned --date=2099-12-01 --quiet
fp case not-done FSN2023-1338 --device=M70003 --reason=transferred --note="Rigshospitalet" --quiet

# ---- every language ----

declare -A page_words=([en]='page %d of %d' [da]='side %d af %d' [de]='Seite %d von %d' [it]='pagina %d di %d' [es]='página %d de %d')
for lang in en da de it es; do
	tap_ok "$lang: the draft is made" fp reply make FSN2023-1338 --lang=$lang --to=pdf --output="$RUN/$lang.pdf"
	tap_ok "$lang: qpdf finds no fault" qpdf --check "$RUN/$lang.pdf"
	info=$(pdfinfo "$RUN/$lang.pdf")
	tap_like "$lang: A4" "$info" 'Page size: .*\(A4\)'
	tap_like "$lang: tagged" "$info" 'Tagged: +yes'
	tap_is "$lang: every font is embedded, as a part" "$(pdffonts "$RUN/$lang.pdf" | awk 'NR > 2 && !($(NF-4) == "yes" && $(NF-3) == "yes" && $(NF-2) == "yes")')" ""
	pages=$(sed -n 's/^Pages: *//p' <<<"$info")
	lost=
	for ((p = 1; p <= pages; p++)); do
		one=$(pdftotext -layout -f "$p" -l "$p" "$RUN/$lang.pdf" -)
		# shellcheck disable=SC2059
		for words in "FSN2023-1338 · M-AMR-00719" "Nordic Molecular Diagnostics A/S" "$(printf "${page_words[$lang]}" "$p" "$pages")"; do
			grep -qF -- "$words" <<<"$one" || lost+="page $p lacks '$words'; "
		done
	done
	tap_is "$lang: notice, document, site and page number on each of $pages pages" "$lost" ""
	tap_is "$lang: every device is on it, once for each step" "$(text $lang | grep -oE '\bM7000[1-8]\b' | sort | uniq -c | awk '$1 != 2')" ""
done
tap_unlike "no English is left in the others" "$(for l in da de it es; do text $l; done)" 'Verification form|Boot mode|Still open|not checked|not applicable'
tap_like "a draft is a form to fill in" "$(fields en)" '^[1-9][0-9]+$'
if command -v ZXingReader >/dev/null; then
	pdftoppm -r 150 -f 1 -l 1 -png "$RUN/da.pdf" "$RUN/page"
	tap_like "the QR code leads to the case" "$(ZXingReader "$RUN"/page-*1.png 2>&1)" 'https://fieldproof\.example\.org/notice/FSN2023-1338'
else
	tap_skip "the QR code leads to the case" "zxing-cpp-tools is not installed"
fi
for ref in FSN2024-1562 FSN2025-1682; do
	tap_ok "$ref as PDF" fp reply make $ref --lang=da --to=pdf --output="$RUN/$ref.pdf"
	tap_ok "... without fault" qpdf --check "$RUN/$ref.pdf"
done
tap_like "a reply about servers has no boot modes" "$(text FSN2025-1682 | grep -c Opstartstilstand)" '^0$'

# ---- Greek and Bulgarian ----

site "Αττικόν Πανεπιστημιακό Νοσοκομείο" "Εργαστήριο Ιατρικής Γενετικής" "Ρίμινι 1, Χαϊδάρι, 124 62 Αθήνα" GR "Ελένη Παπαδοπούλου" "Βιοϊατρική μηχανικός"
tap_ok "a site in Greek letters" fp reply make FSN2023-1338 --lang=en --to=pdf --output="$RUN/el.pdf"
for words in "Αττικόν Πανεπιστημιακό Νοσοκομείο" "Ρίμινι 1, Χαϊδάρι, 124 62 Αθήνα, GR" "Ελένη Παπαδοπούλου" "Βιοϊατρική μηχανικός"; do
	tap_like "... is selectable: $words" "$(text el)" "$words"
done
site "Университетска болница „Света Екатерина“" "Лаборатория по геномна диагностика" "бул. „Пенчо Славейков“ 52А, 1431 София" BG "Иван Георгиев Димитров" "Ръководител"
tap_ok "a site in Bulgarian letters" fp reply make FSN2023-1338 --lang=en --to=pdf --output="$RUN/bg.pdf"
for words in "Университетска болница „Света Екатерина“" "бул. „Пенчо Славейков“ 52А, 1431 София, BG" "Иван Георгиев Димитров" "Ръководител"; do
	tap_like "... is selectable: $words" "$(text bg)" "$words"
done

# ---- signed ----

sign() { fp reply sign FSN2023-1338 --lang=en --signer="Иван Георгиев" --function="Ръководител" "$@"; }
tap_exit "informed without a date is not signed" 1 sign --statements=received=yes --distributor=yes --identified=yes --informed=yes
tap_like "... and says why" "$tap_out" 'the date is missing'
tap_exit "not applicable together with an answer is not signed" 1 sign --distributor=no --identified=yes
tap_exit "not received, yet done, is not signed" 1 sign --statements=received=no
tap_is "nothing of it was kept" "$(fp reply list --format=json | jq '.replies | length')" 0
tap_ok "a reply with open questions can be signed" sign --statements=received=yes,understood=yes,users-informed=no,both-modes-understood=yes --distributor=no
fp reply get 1 --quiet --to=pdf --output="$RUN/signed.pdf"
tap_ok "the signed PDF has no fault" qpdf --check "$RUN/signed.pdf"
tap_is "it has no fields to fill in" "$(fields signed)" 0
hash=$(fp reply get 1 --to=json | sha256sum | cut -d' ' -f1)
for words in "Иван Георгиев" "Ръководител" "I have read the notice" "UTC" "$hash" "Reply number 1"; do
	tap_like "it says $words" "$(text signed)" "$words"
done
fp reply get 1 --quiet --to=pdf --output="$RUN/again.pdf"
tap_ok "made again it has the same bytes" cmp "$RUN/signed.pdf" "$RUN/again.pdf"
site "Another name" x x DE x x
fp case claim FSN2023-1338 --device=M70004 --quiet
fp reply get 1 --quiet --to=pdf --output="$RUN/later.pdf"
tap_ok "... even after the site and the case have changed" cmp "$RUN/signed.pdf" "$RUN/later.pdf"
tap_done
