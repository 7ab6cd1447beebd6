#!/bin/bash
# notice read: every format, and every kind of bad file. The letters are made here, in words of this test; those of ../shared/letters come at the end.
. "$(dirname "$0")/lib.sh"
need jq qpdf pdftotext pdftoppm gzip base64 curl

W=$RUN/w
mkdir -p "$W"
json() { fp notice read --format=json "$@"; }
# FILE FILTER: from its draft
of() { json "$1" 2>/dev/null | jq -r "$2"; }

# ---- one letter, in every format ----

cat >"$W/letter.txt" <<'END'
Example Diagnostics GmbH
URGENT FIELD SAFETY NOTICE

Date: 14 March 2024
Reference: FSN2024-7731
Document number: D-2024-118

Affected products

Product name	Catalogue number	UDI-DI
AnalyserOne	AO-100-2001	09506000134352

Description of the problem

A file can be changed on its way from the instrument to the server. No patient has been harmed.

Actions to be taken by the customer

1. Disconnect the instrument from the network.
2. Install version 2.4 or later.
3. Return the verification form by 30 April 2024.

Contact: support@example.org
END
{
	echo '# URGENT FIELD SAFETY NOTICE'
	sed -e '1,2d' "$W/letter.txt"
} >"$W/letter.md"
{
	printf '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notice</title></head><body>\n<h1>URGENT FIELD SAFETY NOTICE</h1>\n'
	printf '<p>Date: 14 March 2024</p><p>Reference: FSN2024-7731</p><p>Document number: D-2024-118</p>\n<h2>Affected products</h2>\n'
	printf '<table><tr><th>Product name</th><th>Catalogue number</th><th>UDI-DI</th></tr><tr><td>AnalyserOne</td><td>AO-100-2001</td><td>09506000134352</td></tr></table>\n'
	printf '<h2>Actions to be taken by the customer</h2><ol><li>Disconnect the instrument from the network.</li><li>Install version 2.4 or later.</li></ol>\n</body></html>\n'
} >"$W/letter.html"
# The facts that every format of it must give.
facts='[.reference, .issue_date, (.products[0].catalog_numbers // [] | join(" ")), (.products[0].udi_di // "")] | @csv'
want='"FSN2024-7731","2024-03-14","AO-100-2001","09506000134352"'

for f in txt md html; do
	tap_exit "letter.$f is read" 0 json "$W/letter.$f"
	tap_is "letter.$f: its facts" "$(of "$W/letter.$f" "$facts")" "$want"
	tap_is "letter.$f: one document in one line" "$(json "$W/letter.$f" | wc -l) $(of "$W/letter.$f" .format)" "1 fieldproof-draft-1"
done
tap_is "the draft names file and source" "$(of "$W/letter.html" '"\(.file) \(.source)"')" "$W/letter.html html"
tap_like "each fact has its place" "$(of "$W/letter.txt" '.places["/reference"] | "\(.line) \(.confidence)"')" '^5 [1-9]'
tap_like "the letter says no revision: null, and listed" "$(of "$W/letter.txt" '"\(.revision) \(.missing | index("/revision") != null)"')" '^null true$'
tap_is "with --blocks the letter is there" "$(json --blocks "$W/letter.txt" | jq -r .letter.format)" fieldproof-letter-1
tap_is "... and without it is not" "$(of "$W/letter.txt" .letter)" null

# A PDF made by our own writer: a notice of ours.
fp notice render FSN2023-1338 --lang=de --to=pdf --output="$W/letter.pdf" --quiet
tap_exit "a PDF is read" 0 json "$W/letter.pdf"
tap_is "PDF: reference, date, language" "$(of "$W/letter.pdf" '[.source, .reference, .issue_date, .language] | join(" ")')" "pdf FSN2023-1338 2023-04-05 de"
tap_like "PDF: facts have page and box" "$(of "$W/letter.pdf" '.places["/reference"] | "\(.page) \(.box | length)"')" '^[1-9] 4$'

# Mail: words, an attachment, something that is no letter, a mail in the mail.
attach() { # NAME TYPE FILE
	printf -- '--b\nContent-Type: %s; name="%s"\nContent-Disposition: attachment; filename="%s"\nContent-Transfer-Encoding: base64\n\n' "$2" "$1" "$1"
	base64 "$3"
}
{
	printf 'From: =?iso-8859-1?Q?J=F8rgen?= <jo@example.org>\nSubject: Notice\nDate: Thu, 14 Mar 2024 10:00:00 +0100\nMIME-Version: 1.0\n'
	printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nPlease see the attachment.\n\n'
	attach notice.txt text/plain "$W/letter.txt"
	head -c 2000 /dev/urandom >"$W/noise"
	attach noise.bin application/octet-stream "$W/noise"
	printf -- '--b--\n'
} >"$W/mail.eml"
tap_exit "a mail is read" 0 json "$W/mail.eml"
tap_is "mail: the facts are those of the attachment" "$(of "$W/mail.eml" "$facts")" "$want"
tap_is "mail: the file is the attachment in the mail" "$(of "$W/mail.eml" .file)" "$W/mail.eml/notice.txt"
tap_is "mail: all parts are listed" "$(of "$W/mail.eml" '.parts | map("\(.name):\(.read):\(.main)") | join(" ")')" ":true:false notice.txt:true:true noise.bin:false:false"
tap_is "mail: what was not read is a finding" "$(of "$W/mail.eml" '[.findings[] | select(.code == "part-not-read")] | length')" 1
tap_is "mail: who sent it" "$(of "$W/mail.eml" .mail.from)" "Jørgen <jo@example.org>"
{
	printf 'From: a@example.org\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n'
	cat "$W/mail.eml"
	printf -- '--o--\n'
} >"$W/forward.eml"
tap_is "a mail in a mail" "$(of "$W/forward.eml" "$facts")" "$want"

# Our own formats.
tap_is "a notice's folder" "$(of notices/FSN2023-1338 '"\(.source) \(.reference)"')" "notice FSN2023-1338"
json "$W/letter.txt" >"$W/draft.json"
tap_is "a draft is read again as it was" "$(json "$W/draft.json" | jq -S .)" "$(jq -S . "$W/draft.json")"
cat >"$W/csaf.json" <<'END'
{"document":{"category":"csaf_security_advisory","csaf_version":"2.0","publisher":{"category":"vendor","name":"Example","namespace":"https://example.org"},
"title":"Example","tracking":{"id":"EX-1","status":"final","version":"1","initial_release_date":"2024-03-14T00:00:00Z","current_release_date":"2024-03-14T00:00:00Z",
"revision_history":[{"number":"1","date":"2024-03-14T00:00:00Z","summary":"first"}]}},
"product_tree":{"full_product_names":[{"name":"AnalyserOne 1.0","product_id":"p1"}]},
"vulnerabilities":[{"cve":"CVE-2024-99999","product_status":{"known_affected":["p1"]}}]}
END
tap_is "CSAF" "$(of "$W/csaf.json" '[.source, .vulnerabilities[0].cves[0]] | join(" ")')" "csaf CVE-2024-99999"
tap_is "standard input" "$(json - <"$W/letter.txt" | jq -r "$facts")" "$want"

# ---- for people ----

tap_like "text: facts with their places" "$(fp notice read "$W/letter.txt")" 'FSN2024-7731 .*line.5'
tap_like "text: what is missing" "$(fp notice read "$W/letter.txt")" 'Not found in the letter: Reference of the action'
tap_is "text: of a file that is not there nothing is stated" "$(fp notice read "$W/nothing.txt" 2>/dev/null | grep -c '│\|Not found')" 0
tap_is "... not even that it is not urgent" "$(fp notice read --format=json "$W/nothing.txt" 2>/dev/null | jq -c .urgent)" null
tap_exit "an unknown language is usage" 2 fp notice read "$W/letter.txt" --lang-of=xx
tap_exit "a limit that is none is usage" 2 fp notice read "$W/letter.txt" --max-bytes=many
mkdir "$W/drafts"
tap_ok "--output=FILE" fp notice read "$W/letter.txt" "$W/letter.md" --output="$W/two.jsonl"
tap_is "... one a line" "$(jq -r .reference "$W/two.jsonl" | paste -sd ' ')" "FSN2024-7731 FSN2024-7731"
tap_ok "--output=DIR" fp notice read "$W/letter.txt" "$W/letter.md" --output="$W/drafts"
tap_is "... one file for each" "$(cd "$W/drafts" && echo *)" "letter.md.json letter.txt.json"
tap_exit "... and none is overwritten" 1 fp notice read "$W/letter.txt" --output="$W/drafts"

tap_ok "--output=DIR/ makes the folder" fp notice read "$W/letter.txt" --output="$W/new/drafts/"
tap_is "... with the draft" "$(ls "$W/new/drafts")" letter.txt.json

# ---- bad files: a draft that says why, exit code 1, bounded time and memory ----

# TEXT FILE CODE [OPTION...]: not read, with that first finding; 40 s and 1.5 GB at most.
bad() {
	local text=$1 file=$2 code=$3 out status
	shift 3
	out=$(timeout 60 "$B/fieldproof" notice read --format=json "$@" "$file" 2>"$RUN/talk" </dev/null)
	status=$?
	tap_is "$text: exit code, finding" "$status $(jq -r '.findings[0] | "\(.code) \(.severity)"' <<<"$out")" "1 $code error"
	tap_is "... the draft states nothing" "$(jq -r '[.reference, .issue_date, .language] | map(. == null) | all' <<<"$out")" true
	tap_unlike "... without a crash of the program" "$(<"$RUN/talk")" 'Sanitizer|Assertion|core dumped|Segmentation'
}

: >"$W/empty.pdf"
bad "an empty file" "$W/empty.pdf" empty
printf ' \n\t\n' >"$W/blank.txt"
bad "white space only" "$W/blank.txt" empty
bad "a file that is not there" "$W/nowhere.txt" not-found
bad "a folder" "$W" system
head -c 5000 /dev/urandom >"$W/random"
bad "random bytes" "$W/random" unknown-format
gzip -kc "$W/letter.txt" >"$W/letter.txt.gz"
bad "an archive" "$W/letter.txt.gz" unknown-format
truncate -s 500M "$W/huge.txt"
SECONDS=0
bad "500 MB" "$W/huge.txt" too-large
bad "500 MB, when that is allowed: no text in it" "$W/huge.txt" unknown-format --max-bytes=600M
tap_is "... refused at once" "$((SECONDS < 20))" 1
bad "a limit of our own" "$W/letter.txt" too-large --max-bytes=100
bad "... also from a pipe" <(cat "$W/letter.txt") too-large --max-bytes=100
head -c 9000 "$W/letter.pdf" >"$W/cut.pdf"
bad "a PDF cut off" "$W/cut.pdf" cut-off
printf '%%PDF-1.7\nnonsense\n' >"$W/nonsense.pdf"
bad "a PDF of nonsense" "$W/nonsense.pdf" cut-off
qpdf --encrypt secret owner 256 -- "$W/letter.pdf" "$W/encrypted.pdf"
bad "an encrypted PDF" "$W/encrypted.pdf" encrypted
qpdf --encrypt "" owner 256 -- "$W/letter.pdf" "$W/owner.pdf"
tap_is "a PDF that only the owner may change is read" "$(of "$W/owner.pdf" .reference)" FSN2023-1338
{ printf '[%.0s' $(seq 10000); printf '"a":1'; printf ']%.0s' $(seq 10000); } >"$W/deep.json"
bad "JSON 10,000 levels deep" "$W/deep.json" limit
{ printf '{"document":{"csaf_version":"2.0","a":'; printf '[%.0s' $(seq 10000); printf ']%.0s' $(seq 10000); printf '}}'; } >"$W/deepcsaf.json"
bad "CSAF 10,000 levels deep" "$W/deepcsaf.json" limit
echo '{"hello": "world"}' >"$W/other.json"
bad "JSON of somebody else" "$W/other.json" unsupported
head -c 300 "$W/csaf.json" >"$W/cut.json"
bad "JSON cut off" "$W/cut.json" invalid

# A PDF bomb: 300 kB that unpack to 300 MB of words.
stream() { # deflate as zlib would wrap it; nobody looks at the checksum
	printf '\x78\x9c'
	gzip -9c | tail -c +11 | head -c -8
	printf '\0\0\0\0'
}
pdf_of() { # FILE FILTER: a page with the content of standard input
	cat >"$W/content"
	{
		printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n'
		printf '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>>>endobj\n' "$3"
		printf '4 0 obj<</Length %d%s>>stream\n' "$(wc -c <"$W/content")" "$2"
		cat "$W/content"
		printf '\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n'
		[ -z "${4-}" ] || { printf '6 0 obj<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>stream\n' \
			"$5" "$6" "$(wc -c <"$4")"; cat "$4"; printf '\nendstream endobj\n'; }
		printf 'trailer<</Root 1 0 R/Size 7>>\n'
	} >"$W/raw.pdf"
	qpdf --warning-exit-0 --stream-data=preserve "$W/raw.pdf" "$1" 2>/dev/null
}
yes 'BT /F 9 Tf 1 0 0 1 9 9 Tm (bomb of words) Tj ET' | head -c 300M | stream | pdf_of "$W/bomb.pdf" /Filter/FlateDecode ""
tap_note "the bomb has $(wc -c <"$W/bomb.pdf") bytes"
SECONDS=0
out=$(fp notice read --format=json --max-seconds=5 "$W/bomb.pdf" 2>/dev/null)
tap_is "a PDF bomb: stopped or read, in bounded time" "$? $((SECONDS < 20))" "1 1"
tap_like "... with the reason" "$(jq -r '.findings[0].code' <<<"$out")" '^(timeout|limit)$'

# A scan: the page as a picture.
pdftoppm -r 150 -gray -f 1 -l 1 -jpeg -singlefile "$W/letter.pdf" "$W/page"
printf 'q 595 0 0 842 0 0 cm /I Do Q' | pdf_of "$W/scan.pdf" "" "/XObject<</I 6 0 R>>" "$W/page.jpg" 1241 1754
bad "a scan, when scans are not wanted" "$W/scan.pdf" image-only --no-ocr
bad "a picture, when scans are not wanted" "$W/page.jpg" image-only --no-ocr
if command -v tesseract >/dev/null && tesseract --list-langs | grep -qx deu; then
	tap_exit "a scan is read" 0 json --lang-of=de --max-seconds=120 "$W/scan.pdf"
	out=$(json --lang-of=de --max-seconds=120 "$W/scan.pdf")
	tap_is "... by OCR, which is said; reference; source" "$(jq -r '[.reference, .source, (.findings | map(.code) | index("ocr") != null)] | map(tostring) | join(" ")' <<<"$out")" \
		"FSN2023-1338 pdf true"
	tap_like "... with boxes in points" "$(jq -r '.places["/reference"].box | max' <<<"$out")" '^[1-7]?[0-9]?[0-9](\.|$)'
	tap_is "a picture is read" "$(json --lang-of=de --max-seconds=120 "$W/page.jpg" | jq -r '"\(.reference) \(.source)"')" "FSN2023-1338 picture"
	printf 'q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q' | pdf_of "$W/white.pdf" "" ""
	bad "a scan of a white page" "$W/white.pdf" image-only
else
	tap_skip "a scan is read" "tesseract or its German is not installed"
	tap_like "... and what to install is said" "$(of "$W/scan.pdf" '.findings[0].message')" 'tesseract-ocr'
fi

# Encodings.
printf 'Dato: 8. maj 2024\nReference: FSN2024-7732\nS\370g efter \346ndringer p\345 instrumentet.\n' >"$W/latin1.txt"
tap_is "Latin-1: read, with a finding" "$(of "$W/latin1.txt" '"\(.reference) \([.findings[] | select(.code == "encoding")] | length)"')" "FSN2024-7732 1"
for e in UTF-16LE UTF-16BE; do
	{ [ $e = UTF-16LE ] && printf '\xff\xfe' || printf '\xfe\xff'; iconv -t $e "$W/letter.txt"; } >"$W/$e.txt"
	tap_is "$e with its mark" "$(of "$W/$e.txt" "$facts")" "$want"
done

# HTML that would run and fetch: nobody knocks.
double tcp_listener --bind=127.0.0.1 --mode=close --log="$RUN/visits" || tap_fail "the listener starts"
port=$double_port
cat >"$W/hostile.html" <<END
<!DOCTYPE html><html><head><title>x</title><link rel=stylesheet href="http://127.0.0.1:$port/a.css"><script src="http://127.0.0.1:$port/a.js"></script>
<script>document.write("Reference: FSN2024-6666")</script><style>@import url(http://127.0.0.1:$port/b.css);</style><meta http-equiv=refresh content="0;url=http://127.0.0.1:$port/">
</head><body onload="fetch('http://127.0.0.1:$port/')"><img src="http://127.0.0.1:$port/a.png"><iframe src="http://127.0.0.1:$port/f"></iframe>
<object data="file:///etc/passwd"></object><p>Reference: FSN2024-7733</p><p>Date: 14 March 2024</p></body></html>
END
cat >"$W/xxe.html" <<END
<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:$port/y">]>
<html><body><p>Reference: FSN2024-7734 &x; &y;</p></body></html>
END
{ printf 'Subject: x\nFrom: a@example.org\nMIME-Version: 1.0\nContent-Type: text/html\n\n'; cat "$W/hostile.html"; } >"$W/hostile.eml"
tap_is "HTML with scripts: what stands there is read, scripts are not" "$(of "$W/hostile.html" .reference)" FSN2024-7733
tap_is "... which is a finding" "$(of "$W/hostile.html" '[.findings[] | select(.code == "scripts-dropped")] | length > 0')" true
tap_is "the same in a mail" "$(of "$W/hostile.eml" .reference)" FSN2024-7733
tap_is "entities from outside are not looked up" "$(of "$W/xxe.html" '"\(.reference) \(tostring | contains("root:"))"')" "FSN2024-7734 false"
tap_is "nobody was asked for anything" "$(cat "$RUN/visits" 2>/dev/null | wc -l)" 0
curl -s -m 2 "http://127.0.0.1:$port/" >/dev/null 2>&1
tap_is "(the listener would have told)" "$(wc -l <"$RUN/visits")" 1

# ---- many at once: in order, one bad file stops nothing ----

for i in $(seq 300); do
	sed "s/FSN2024-7731/FSN2024-8$(printf %03d "$i")/" "$W/letter.txt" >"$W/many-$(printf %03d "$i").txt"
done
: >"$W/many-150.txt"
json "$W"/many-*.txt >"$W/many.jsonl" 2>"$RUN/talk"
tap_is "300 files, one of them bad: exit code 1" "$?" 1
tap_like "... it is said" "$(<"$RUN/talk")" '1 of 300 files'
tap_is "... all in order" "$(jq -r '.reference // "none"' "$W/many.jsonl")" "$(seq -f 'FSN2024-8%03.0f' 300 | sed '150s/.*/none/')"
tap_is "nothing is left behind: processes" "$(pgrep -cf "notice read --format=json $W" || true)" 0
FIELDPROOF_DB=$RUN/none.db json "$W/letter.txt" >/dev/null
tap_is "... and no database" "$(ls "$RUN/none.db" 2>/dev/null)" ""

# ---- the schema ----

if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	{
		json "$W"/letter.* "$W"/*.eml "$W/csaf.json" notices/FSN2023-1338
		json "$W"/*.json "$W/random" "$W/empty.pdf" "$W/cut.pdf" "$W/nowhere.txt" "$W/encrypted.pdf"
	} 2>/dev/null | sort -u >"$RUN/all.jsonl"
	tap_is "every draft fits draft.schema.json" "$(/usr/bin/python3 -W ignore - "$RUN/all.jsonl" 2>&1 <<'END'
import json, sys, jsonschema
check = jsonschema.Draft202012Validator(json.load(open("assets/schema/draft.schema.json")))
n = 0
for line in open(sys.argv[1]):
    draft = json.loads(line)
    n += 1
    for e in check.iter_errors(draft):
        print(draft["file"], "/".join(map(str, e.absolute_path)), e.message[:200])
print("enough" if n > 15 else f"only {n} drafts")
END
)" enough
else
	tap_skip "every draft fits draft.schema.json" "python3-jsonschema is not installed"
fi

# ---- doctor ----

doctor=$(fp doctor --format=json 2>/dev/null)
for what in 'sandbox: Landlock' 'sandbox: files' 'sandbox: network' 'sandbox: time' pdftotext tesseract; do
	tap_like "doctor tells: $what" "$(jq -r --arg w "$what" '.findings[] | select(.what == $w) | "\(.ok) \(.text)"' <<<"$doctor")" '^(true|false) ..*'
done

# ---- letters of the world ----

if [ -d ../shared/letters ]; then
	for f in ../shared/letters/*.txt; do
		name=$(basename "$f" .txt) lang=${f%.txt}
		lang=${lang##*-}
		tap_is "$name: reference, language" "$(of "$f" '"\(.reference) \(.language)"')" "$(cut -d- -f2,3 <<<"$name") $lang"
	done
else
	tap_skip "the letters of ../shared/letters" "they are not here"
fi
tap_done
