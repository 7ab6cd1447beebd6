#!/bin/bash
# The evidence of a real case as one file: verified and judged again in an empty home without the database; everything that somebody could do to it is found and named; XCCDF
# with oscap as the referee, OCSF.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq tar zstd minisign oscap sha256sum xmllint

json() { fp "$@" --format=json 2>/dev/null; }
cell() { json case show "$1" | jq -r --arg s "$2" --arg m "$3" --arg a "$4" ".devices[]|select(.serial==\$s)|.cells[]|select(.mode==\$m and .action==\$a)|$5"; }

# ---- a case: a controller that was mended, one that is good, and an instrument whose facts were brought ----
lab_up bmc-weak bmc-good
lab_status=$?
for ref in FSN2023-1338 FSN2025-1682; do fp notice add $ref --quiet; done
if [ $lab_status = 0 ]; then
	weak=$(lab_get bmc-weak.ipmi target) good=$(lab_get bmc-good.ipmi target)
else
	tap_skip "a real management controller that is mended" "the laboratory is not complete here"
	double bmc_responder --bind=127.0.0.1 --cipher0 || tap_fail "the management controller starts"
	weak=$double_at good=$double_at
fi
cat >"$RUN/list.csv" <<END
Serial number;Product;REF;BMC;IP address;Connectivity;Dx version;RUO version;Current mode
A1;NovaSeq 6000Dx;20068232;$weak;;local;;;
D1;Illumina DRAGEN Server for NextSeq 550Dx;20086130;$good;;local;;;
M1;MiSeqDx;DX-410-1001;;127.0.1.98;local;4.0.1;4.0;Dx
END
fp device import "$RUN/list.csv" >/dev/null && fp match >/dev/null
fp param set ucs-fixed-versions '>=2.6' >/dev/null
fp check FSN2025-1682 --timeout=500 >/dev/null 2>&1
if [ $lab_status = 0 ]; then
	lab_restart bmc-weak good good
	fp check FSN2025-1682 --device=A1 >/dev/null 2>&1
	tap_is "the case has a step that was mended" "$(cell FSN2025-1682 A1 '' bmc-instructions '"\(.state) \(.measured.result)"')" "verified fixed"
fi
bring() { # FACTS COLLECTED
	"$B/tests/doubles/facts_sign" --challenge "$(json evidence challenge | jq -r .code)" --serial M1 --mode Dx --collected "$2" "tests/data/facts/$1.json" >"$RUN/facts.json" &&
		fp evidence import "$RUN/facts.json" >"$RUN/import" 2>&1
}
bring windows-miseqdx-dx-service-localsystem "$(date -u +%FT%TZ)"
sleep 1.1
bring windows-miseqdx-dx-good "$(date -u +%FT%TZ)"
tap_is "facts were brought twice: what failed is fixed" "$(json case show FSN2023-1338 --device=M1 --mode=Dx --action=standard-user | jq -r '.cells[].checks[]|select(.check=="UCS-4")|.result')" fixed

# ---- the bundle ----
made=2026-11-21T12:00:00Z
fp key site --output="$RUN/site.pub" --quiet
for ref in FSN2023-1338 FSN2025-1682; do
	tap_ok "$ref as one file" fp evidence export $ref --made=$made --output="$RUN/$ref.tar.zst"
	fp evidence export $ref --made=$made --output="$RUN/again" --quiet
	tap_ok "... the same evidence and time give the same bytes" cmp "$RUN/$ref.tar.zst" "$RUN/again"
	tap_ok "... it is verified in an empty home, without the database" \
		env -i PATH=/usr/bin:/bin HOME="$RUN/nobody" "$B/fieldproof" evidence verify "$RUN/$ref.tar.zst" --key="$RUN/site.pub"
	tap_is "... and left nothing there" "$(ls -A "$RUN/nobody" 2>/dev/null)" ""
	tap_is "... every verdict of the case is in it and comes out the same" \
		"$(fp evidence verify "$RUN/$ref.tar.zst" --key="$RUN/site.pub" --format=json | jq -r '.verdicts > 0 and .same == .verdicts and .key_checked and .faults_total == 0')" true
	tap_exit "... whose it is nobody knows without a key" 4 fp evidence verify "$RUN/$ref.tar.zst"
	tap_exit "... and another key is found" 5 fp evidence verify "$RUN/$ref.tar.zst" --key=RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3
done
tap_like "a bundle does not go to a terminal" "$(script -qec "$B/fieldproof evidence export FSN2025-1682" /dev/null 2>&1)" 'give --output'

# ---- by hand, as README.txt in it says ----
ref=FSN2023-1338
box=$RUN/box
mkdir "$box" && tar --zstd -xf "$RUN/$ref.tar.zst" -C "$box"
cd "$box" || exit 1
tap_ok "by hand: minisign" minisign -V -q -p "$RUN/site.pub" -m manifest.json -x manifest.minisig
tap_is "... sha256sum" "$(jq -r '.members[] | "\(.sha256)  \(.name)"' manifest.json | sha256sum --check --quiet 2>&1)" ""
link=$(printf '%064d' 0)
broken=
while read -r name hash want; do
	link=$(printf '%s %s %s\n' "$link" "$name" "$hash" | sha256sum | cut -d' ' -f1)
	[ "$link" = "$want" ] || broken+=" $name"
done < <(jq -r '.members[] | "\(.name) \(.sha256) \(.link)"' manifest.json)
tap_is "... the chain" "$broken" ""
wrong=
for f in observations/*.json; do
	[ "$(jq -cjS 'del(.id)' "$f" | sha256sum | cut -d' ' -f1)" = "$(basename "$f" .json)" ] || wrong+=" $f"
done
tap_is "... each observation's id" "$wrong" ""
tap_is "... the notice's content hash" "$(sha256sum <notice.json | cut -d' ' -f1)" "$(jq -r .notice.sha256 manifest.json)"
tap_ok "... a receipt, by the program" fp ledger check-receipt "$(find receipts -type f | head -n 1)"
tap_is "... each rule that judged is there" "$(jq -r '[.verdicts[]|select(.rule != "")|.check]|unique[]' verdicts.json)" "$(find rules -type f -printf '%f\n' | sed 's/.json$//' | sort)"
cd "$root" || exit 1

# ---- what somebody could do to it ----
key=$RUN/site.pub
pack() { # FOLDER [TAR OPTIONS...]: the members in the order of the manifest, as far as they are there; then what else is there
	local from=$1
	shift
	(cd "$from" && { printf '%s\n' manifest.json manifest.minisig && jq -r '.members[].name' manifest.json && find . -type f -printf '%P\n' | sort; } |
		awk '!seen[$0]++' | while read -r f; do [ -e "$f" ] && echo "$f"; done >"$RUN/names"
	tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=644 --mtime=$made "$@" -cf - -T "$RUN/names" | zstd -q -f -o "$RUN/forged.tar.zst")
}
fresh() { rm -rf "$RUN/forge" && cp -r "$box" "$RUN/forge"; }
found() { # TEXT EXIT WHAT-IT-SAYS
	tap_exit "$1" "$2" fp evidence verify "$RUN/forged.tar.zst" --key="$key"
	tap_like "... and said" "$tap_out" "$3"
}
first=$(jq -r '[.members[].name|select(startswith("observations/"))][0]' "$box/manifest.json")
forge=$RUN/forge

fresh && pack "$forge"
tap_ok "packed again by GNU tar it still holds" fp evidence verify "$RUN/forged.tar.zst" --key="$key"
fresh && sed -i 's/"mode":"Dx"/"mode":"Dy"/' "$forge/$first" && pack "$forge"
found "an observation changed" 5 "$first: it was changed"
fresh && rm "$forge/$first" && pack "$forge"
found "an observation taken out" 5 "$first: it is missing"
fresh && echo '{}' >"$forge/observations/$(printf '%064d' 1).json" && pack "$forge"
found "an observation put in" 5 '0001.json: it was added'
fresh && mv "$forge/$first" "$forge/observations/$(printf '%064d' 1).json" && pack "$forge"
found "an observation renamed" 5 "$first: it was renamed to 'observations/0*1.json'"
fresh && sed -i '0,/"result": "fail"/s//"result": "pass"/' "$forge/verdicts.json" && pack "$forge"
found "a verdict changed" 5 'verdicts.json: it was changed'
tap_like "... and judged again it comes out as it was" "$tap_out" "judged again it comes out differently: 'fail', not 'pass'"
fresh && jq -c '.reasons["runs-as-system"].result = "pass"' "$box/rules/UCS-4.json" >"$forge/rules/UCS-4.json" && pack "$forge"
found "a rule changed" 5 'rules/UCS-4.json: it was changed'
fresh && cp "$box/rules/UCS-3.json" "$forge/rules/UCS-4.json" && pack "$forge"
found "a rule swapped" 5 "rules/UCS-4.json: it holds the rule 'UCS-3'"
fresh && sed -i 's/"made": "2026/"made": "2027/' "$forge/manifest.json" && pack "$forge"
found "the manifest changed" 5 'manifest.minisig: .*changed'
fresh && rm "$forge/manifest.minisig" && pack "$forge"
found "the signature taken out" 5 'it is not signed'
fresh && rm "$forge/manifest.json" && (cd "$forge" && tar --zstd -cf "$RUN/forged.tar.zst" ./*.json 2>/dev/null)
found "no manifest, odd names" 5 'no bundle has such a name'
(cd "$box" && tar --zstd -cf "$RUN/forged.tar.zst" verdicts.json)
found "no manifest" 5 'it has no manifest.json'
(cd "$box" && tar --format=ustar -cf - manifest.json manifest.minisig verdicts.json README.txt | zstd -q -f -o "$RUN/forged.tar.zst")
found "most of it taken out" 5 'is missing'
(cd "$box" && jq -r '.members[].name' manifest.json | tac >"$RUN/names" && tar --format=ustar -cf - manifest.json manifest.minisig -T "$RUN/names" | zstd -q -f -o "$RUN/forged.tar.zst")
found "turned round" 5 'it stands in another place'
(cd "$box" && tar --format=ustar -cf "$RUN/forged.tar" manifest.json manifest.minisig && jq -r '.members[].name' manifest.json | tar --format=ustar -rf "$RUN/forged.tar" -T - &&
	tar --format=ustar -rf "$RUN/forged.tar" verdicts.json && zstd -q -f "$RUN/forged.tar" -o "$RUN/forged.tar.zst")
found "a member twice" 5 "'verdicts.json' is in the bundle twice"
echo x >"$RUN/outside.json"
(cd "$box" && tar -P --zstd -cf "$RUN/forged.tar.zst" manifest.json ../outside.json)
found "a name that leads out" 5 "'../outside.json': no bundle has such a name"
(cd "$box" && tar -P --zstd -cf "$RUN/forged.tar.zst" manifest.json /etc/hostname)
found "a name from the root" 5 "'/etc/hostname': no bundle has such a name"
fresh && rm "$forge/cells.json" && ln -s /etc/passwd "$forge/cells.json" && (cd "$forge" && tar --zstd -cf "$RUN/forged.tar.zst" manifest.json cells.json)
found "a link" 5 "'cells.json' is no plain file"
fresh && rm "$forge/cells.json" && ln "$forge/README.txt" "$forge/cells.json" && (cd "$forge" && tar --zstd -cf "$RUN/forged.tar.zst" README.txt cells.json)
found "a hard link" 5 "'cells.json' is no plain file"
fresh && rm "$forge/cells.json" && mkfifo "$forge/cells.json" && (cd "$forge" && tar --zstd -cf "$RUN/forged.tar.zst" manifest.json cells.json)
found "a pipe" 5 "'cells.json' is no plain file"
truncate -s 100M "$forge/bomb.json" && (cd "$forge" && tar --zstd -cf "$RUN/forged.tar.zst" manifest.json bomb.json)
found "a bomb of one member ($(stat -c %s "$RUN/forged.tar.zst") bytes)" 1 "'bomb.json' is larger than"
mkdir "$RUN/bombs" && for n in 1 2 3 4 5 6; do truncate -s 60M "$RUN/bombs/b$n.json"; done
(cd "$RUN/bombs" && tar --zstd -cf "$RUN/forged.tar.zst" ./b*.json --transform 's,^\./,,')
found "a bomb of many ($(stat -c %s "$RUN/forged.tar.zst") bytes)" 1 'larger than 256 MiB'
rm -rf "$RUN/bombs" "$forge"
head -c 300M /dev/zero | cat <(printf '\x28\xb5\x2f\xfd') - >"$RUN/forged.tar.zst"
found "too large a file" 1 'limit|larger|more than'
tap_exit "plain tar is no bundle" 1 fp evidence verify "$RUN/forged.tar" --key="$key"
tap_exit "nor is anything else" 1 fp evidence verify "$RUN/list.csv" --key="$key"
{ cat "$RUN/$ref.tar.zst" && printf 'hidden' | zstd -q -c; } >"$RUN/forged.tar.zst"
found "something behind its end" 5 'something behind the last member'
{ cat "$RUN/$ref.tar.zst" && printf 'hidden'; } >"$RUN/forged.tar.zst"
tap_exit "... not even compressed" 5 fp evidence verify "$RUN/forged.tar.zst" --key="$key"
zstd -q -d -c "$RUN/$ref.tar.zst" >"$RUN/forged.tar" && printf x | dd of="$RUN/forged.tar" bs=1 seek=$((512 + $(stat -c %s "$box/manifest.json"))) conv=notrunc status=none
zstd -q -f "$RUN/forged.tar" -o "$RUN/forged.tar.zst"
found "something between two members" 5 "something beside the content of 'manifest.json'"
head -c 3G /dev/zero | zstd -q -1 >"$RUN/forged.tar.zst"
found "a bomb of nothing but zeros ($(stat -c %s "$RUN/forged.tar.zst") bytes)" 1 'larger than 256 MiB'
size=$(stat -c %s "$RUN/$ref.tar.zst") passed=''
for ((i = 1; i < 40; i++)); do
	head -c $((size * i / 40)) "$RUN/$ref.tar.zst" >"$RUN/forged.tar.zst"
	fp evidence verify "$RUN/forged.tar.zst" --key="$key" >/dev/null 2>&1
	case $? in 1 | 5) ;; *) passed+=" $i" ;; esac
done
tap_is "cut short at 39 places: never a pass" "$passed" ""
passed=''
for ((i = 1; i < 40; i++)); do
	at=$((size * i / 40)) && cp "$RUN/$ref.tar.zst" "$RUN/forged.tar.zst"
	byte=$(od -An -tu1 -j $at -N 1 "$RUN/$ref.tar.zst")
	printf "$(printf '\\x%02x' $((byte ^ 16)))" | dd of="$RUN/forged.tar.zst" bs=1 seek=$at conv=notrunc status=none
	fp evidence verify "$RUN/forged.tar.zst" --key="$key" >/dev/null 2>&1
	case $? in 1 | 5) ;; *) passed+=" $at" ;; esac
done
tap_is "one bit wrong at 39 places: never a pass" "$passed" ""

# A stranger makes all of it anew, with a key of his own: everything fits, and only the key tells.
fresh
printf '\n\n' | minisign -G -W -f -p "$RUN/own.pub" -s "$RUN/own.key" >/dev/null 2>&1
cp "$RUN/own.pub" "$forge/site.pub" && rm -r "$forge/receipts"
id=$(sed -n '1s/.*minisign public key //p' "$RUN/own.pub")
id=$(printf '%16s' "$id" | tr ' ' 0) # minisign leaves out zeros in front
remake() { # the manifest, chain and signature of what is in the folder
	(cd "$forge" && link=$(printf '%064d' 0) && find . -type f ! -name 'manifest.*' -printf '%P\n' | LC_ALL=C sort | while read -r f; do
		hash=$(sha256sum <"$f" | cut -d' ' -f1) link=$(printf '%s %s %s\n' "$link" "$f" "$hash" | sha256sum | cut -d' ' -f1)
		jq -nc --arg n "$f" --arg h "$hash" --arg l "$link" --argjson s "$(stat -c %s "$f")" '{name:$n,size:$s,sha256:$h,link:$l}'
	done | jq -s --slurpfile m "$box/manifest.json" --arg k "$id" '. as $all | $m[0] | .key = $k | .members = $all' >manifest.new && mv manifest.new manifest.json &&
		minisign -S -q -W -s "$RUN/own.key" -m manifest.json -x manifest.minisig >/dev/null 2>&1)
	pack "$forge"
}
remake
found "made anew by a stranger" 5 'signed with another key|another key'
tap_exit "... without a key named it is not believed either" 4 fp evidence verify "$RUN/forged.tar.zst"
tap_ok "... it is his" fp evidence verify "$RUN/forged.tar.zst" --key="$RUN/own.pub"
sed -i '0,/"result": "fail"/s//"result": "pass"/' "$forge/verdicts.json" && remake
tap_exit "... and with his own key a verdict that does not follow is found" 5 fp evidence verify "$RUN/forged.tar.zst" --key="$RUN/own.pub"
tap_like "... by judging it again" "$tap_out" "judged again it comes out differently: 'fail', not 'pass'"

# ---- XCCDF ----
for ref in FSN2023-1338 FSN2025-1682; do
	xml=$RUN/$ref.xml
	tap_ok "$ref as XCCDF" fp evidence export $ref --to=xccdf --made=$made --output="$xml"
	tap_ok "... oscap validates it" oscap xccdf validate "$xml"
	tap_is "... with the one warning that it needs" "$(grep -c '^Warning' <<<"$tap_out")" 1
	tap_ok "... and so does its schema alone" oscap xccdf validate --skip-schematron "$xml"
	result=$(xmllint --xpath '(//*[local-name()="TestResult"]/@id)[1]' "$xml" | sed 's/.*"\(.*\)"/\1/')
	tap_ok "... oscap makes a report of it" oscap xccdf generate report --result-id "$result" --output "$RUN/$ref.html" "$xml"
	tap_like "... which tells of the device" "$(xmllint --html --xpath 'string(//body)' "$RUN/$ref.html" 2>/dev/null | tr -s '[:space:]' ' ')" "(A1|D1|M1)"
	tap_is "... a TestResult for each device and boot mode" "$(xmllint --xpath 'count(//*[local-name()="TestResult"])' "$xml")" \
		"$(json case show $ref | jq '[.devices[]|.serial as $s|.cells[]|"\($s)/\(.mode)"]|unique|length')"
	fp evidence verify "$RUN/$ref.tar.zst" --key="$key" --quiet >/dev/null
	missing=$(xmllint --xpath '//*[local-name()="rule-result"]//@href' "$xml" | sed 's/.*"\(.*\)"/\1/' | sort -u | while read -r f; do tar --zstd -tf "$RUN/$ref.tar.zst" "$f" >/dev/null 2>&1 || echo "$f"; done | grep -v '^rules/')
	tap_is "... each observation that it names is in the bundle" "$missing" ""
	tap_unlike "... addresses stand without their ports" "$(xmllint --xpath '//*[local-name()="target-address"]/text()' "$xml" 2>/dev/null)" '[0-9]:[0-9]+$'
done
tap_is "the ways of a check are told apart" "$(for id in FSN2023-1338:UCS-4 FSN2025-1682:BMC-3; do xmllint --xpath '//*[local-name()="Rule"][contains(@id,"'${id#*:}'")]/*[local-name()="title"]/text()' "$RUN/${id%:*}.xml"; done | sort -u | paste -sd '/')" \
	"Copy service runs as a standard user (facts read on the device)/IPMI cipher suite 0 absent"
xml=$RUN/FSN2023-1338.xml
results() { xmllint --xpath "//*[local-name()='rule-result'][contains(@idref,'$1')]/*[local-name()='result']/text()" "$xml" | sort -u | paste -sd ' '; }
tap_is "fixed is said in XCCDF's word" "$(results standard-user.UCS-4.facts | grep -o fixed)" fixed
tap_like "what was never asked is notchecked" "$(results .)" notchecked
tap_like "CCI numbers of the rules" "$(xmllint --xpath '//*[local-name()="ident"]/text()' "$xml" | sort -u | paste -sd ' ')" 'CCI-[0-9]{6}'
tap_exit "no such export" 2 fp evidence export FSN2023-1338 --to=oval

# ---- OCSF ----
fp evidence export FSN2023-1338 --to=ocsf --made=$made --output="$RUN/f.jsonl" --quiet
tap_is "OCSF: a finding for each check of each cell" "$(jq -s length "$RUN/f.jsonl")" "$(json case show FSN2023-1338 --device=M1 | jq '[.cells[].checks|length]|add')"
tap_is "... each with what its class requires" "$(jq -s 'map(select(.class_uid == 2003 and .category_uid == 2 and .type_uid == .class_uid * 100 + .activity_id and (.time|type) == "number" and
	(.severity_id|type) == "number" and .metadata.version == "1.3.0" and .metadata.product.vendor_name != null and .finding_info.uid != null and .finding_info.title != null and
	(.compliance.standards|length) > 0 and .compliance.status_id != null))|length' "$RUN/f.jsonl")" "$(jq -s length "$RUN/f.jsonl")"
tap_is "... unknown is no pass" "$(jq -s '[.[]|select(.compliance.status_id == 1)|.unmapped.result]|unique - ["pass","fixed"]' -c "$RUN/f.jsonl")" "[]"
tap_is "... the fixed one passes" "$(jq -r 'select(.finding_info.uid == "FSN2023-1338/M1/Dx/standard-user/UCS-4")|"\(.compliance.status) \(.unmapped.result)"' "$RUN/f.jsonl")" "Pass fixed"
tap_is "... uids are unique" "$(jq -s 'map(.finding_info.uid)|length == (unique|length)' "$RUN/f.jsonl")" true
tap_done
