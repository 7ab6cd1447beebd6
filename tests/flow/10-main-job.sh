#!/bin/bash
# The main job from end to end on the command line: notices, devices, matching, checks against real servers, claims, replies, proofs.
. "$(dirname "$0")/lib.sh"
need jq sqlite3 minisign pdftotext qpdf

json() { fp "$@" --format=json 2>/dev/null; }
cell() { # REF SERIAL MODE ACTION JQ
	json case show "$1" | jq -r --arg s "$2" --arg m "$3" --arg a "$4" ".devices[]|select(.serial==\$s)|.cells[]|select(.mode==\$m and .action==\$a)|$5"
}

lab_up ucs-open ucs-loopback bmc-weak bmc-good bmc-anonymous nas-nt1only nas-signopt nas-encreq nas-secure
lab_status=$?
ucs_port=$(lab_get ucs-open port)

# ---- notices ----
tap_ok "the three notices are taken over" fp notice add FSN2023-1338 FSN2024-1562 FSN2025-1682
tap_ok "taking the same over again changes nothing" fp notice add FSN2023-1338
tap_is "they are listed as unsigned" "$(json notice list | jq -r '[.notices[].genuine]|unique|join(",")')" unsigned
tap_is "any spelling of the reference is understood" "$(json case show 'fsn2023 -1338' | jq -r .reference)" FSN2023-1338
tap_exit "an unknown notice is a plain error" 1 fp case show FSN1999-0001
tap_like "... that names what there is" "$tap_out" 'FSN2023-1338, FSN2024-1562'

# ---- devices ----
cat >"$RUN/list.csv" <<END
Serial number;Product;REF;UDI-DI;IP address;BMC;Storage;Connectivity;Dx version;RUO version;Current mode
M1;MiSeqDx;DX-410-1001;00816270020002;$(lab_get ucs-open target);;$(lab_get nas-nt1only target);local;4.0.1;4.0;Dx
M2;MiSeqDx;20014053;;127.0.1.13;;$(lab_get nas-signopt target);local;4.0.1;4.0;Dx
N1;NextSeq 550Dx;20005715;;127.0.1.99;;$(lab_get nas-encreq target);local;1.3.1;4.0;
A1;NovaSeq 6000Dx;20068232;00816270020637;;$(lab_get bmc-weak.ipmi target);$(lab_get nas-secure target);local;;;
D1;Illumina DRAGEN Server for NextSeq 550Dx;20086130;;;$(lab_get bmc-good.ipmi target);;local;;;
D2;Illumina DRAGEN Server for NextSeq 550Dx;20086130;;;$(lab_get bmc-anonymous.ipmi target);;local;;;
V1;VeriSeq Onsite Server v2;20047000;;;;;none;;;
X1;Miseq Dx old;;;;;;local;;;
T1;Thermocycler;TC-1;;;;;none;;;
;MiSeqDx;15036706;;;;;;;;
M9;MiSeqDx;15036706;00816270020003;;;;;;;
END
tap_exit "a list with two bad rows says so" 1 fp device import "$RUN/list.csv"
tap_like "... with line, column and reason" "$tap_out" 'list.csv:12:4: udi: .*check digit'
tap_is "the good rows are in" "$(json device list | jq .total)" 9
tap_is "the bad rows are kept" "$(grep -c MiSeqDx "$RUN/list.csv.rejected.csv")" 2
sed -n '1p;2,10p' "$RUN/list.csv" >"$RUN/good.csv"
tap_ok "a second import of the good rows" fp device import "$RUN/good.csv"
tap_is "... changes nothing" "$(json device import "$RUN/good.csv" | jq -r '"\(.added) \(.changed) \(.unchanged)"')" "0 0 9"
sed 's/;4.0.1;4.0;Dx$/;4.0.2;4.0;Dx/' "$RUN/good.csv" >"$RUN/newer.csv"
tap_like "a third one says what changed" "$(fp device import "$RUN/newer.csv")" "M1: .*4\.0\.1.*4\.0\.2"
head -3 "$RUN/newer.csv" >"$RUN/short.csv"
fp device import "$RUN/short.csv" >/dev/null 2>&1
tap_is "a shorter list drops no device" "$(json device list | jq .total)" 9
printf 'Serial number;Product;Status\nM2;MiSeqDx;decommissioned\n' >"$RUN/status.csv"
fp device import "$RUN/status.csv" >/dev/null
fp device import "$RUN/short.csv" >/dev/null 2>&1
tap_is "a list without that column leaves the status" "$(json device list --find=M2 | jq -r ".devices[0].status")" decommissioned
sed -i s/decommissioned/in-use/ "$RUN/status.csv" && fp device import "$RUN/status.csv" >/dev/null

# ---- matching ----
tap_ok "matching" fp match
match() { json match --all | jq -r --arg r "$1" --arg s "$2" '.matches[]|select(.reference==$r and .serial==$s)|"\(.answer) \(.reason) \(.confidence)"'; }
tap_is "UDI-DI" "$(match FSN2023-1338 M1)" "affected udi 100"
tap_like "the alias REF 20014053" "$(match FSN2023-1338 M2)" "^affected alias"
tap_like "a NovaSeq contains the affected server" "$(match FSN2025-1682 A1)" "^affected"
tap_like "a name that is only alike is for a person to decide" "$(match FSN2023-1338 X1)" "^cannot-tell name-alike"
tap_like "what is not affected says why" "$(match FSN2023-1338 T1)" "^not-affected "
tap_is "2 devices x 2 modes x 2 steps are 4 cells each" "$(json case show FSN2023-1338 | jq '[.devices[]|.cells|length]|unique|.[0]')" 4
tap_is "one change covers both modes: one cell per step" "$(json case show FSN2024-1562 | jq '[.devices[]|select(.serial=="M1")|.cells|length]|.[0]')" 2
tap_is "not networked: secure protocol not applicable" "$(cell FSN2024-1562 V1 '' secure-protocol .state)" not-applicable
tap_is "a list can be matched without storing it" "$(fp match --list="$RUN/good.csv" --format=json FSN2025-1682 | jq -r '"\(.affected) \([.matches[].serial]|join(","))"')" "3 A1,D1,D2"
tap_is "... nothing of it is stored" "$(json device list | jq .total)" 9
tap_exit "a decision needs its reason" 2 fp match decide FSN2023-1338 X1 affected --product=miseqdx
tap_ok "a person decides" fp match decide FSN2023-1338 X1 affected --product=miseqdx --why="label read on the device"
tap_is "... and the cells are there" "$(cell FSN2023-1338 X1 RUO patch .state)" in-scope

# ---- checking ----
tap_like "a dry run prints the exact bytes" "$(fp check FSN2024-1562 --device=M2 --dry-run)" 'NT LM 0\.12|4e 54 20 4c 4d'
tap_is "... and asks nothing" "$(cell FSN2024-1562 M2 '' secure-protocol .measured.result)" notchecked
tap_ok "the UCS port is the operator's to set" fp param set ucs-port "$ucs_port"
tap_is "... and stays unconfirmed" "$(json param list | jq -r '.params[]|select(.name=="ucs-port")|.confirmed')" false
if [ $lab_status != 0 ]; then
	tap_skip "checks against real servers" "the laboratory is not complete here (smbd wants root)"
	tap_done
fi
tap_exit "checking: some do not hold" 3 fp check --timeout=500
tap_is "UCS port open: the patch does not hold" "$(cell FSN2023-1338 M1 Dx patch .measured.result)" fail
tap_is "UCS port refused: reachability alone proves nothing" "$(cell FSN2023-1338 M2 Dx patch '"\(.state) \(.measured.result)"')" "pending unknown"
tap_is "what is seen in Dx says nothing of RUO" "$(cell FSN2023-1338 M1 RUO patch .measured.result)" notchecked
tap_is "SMB1 only: fails" "$(cell FSN2024-1562 M1 '' secure-protocol .measured.result)" fail
tap_is "Samba requiring encryption: honestly unknown before log-on" "$(cell FSN2024-1562 N1 '' secure-protocol .measured.result)" unknown
tap_is "BMC without password: fails" "$(cell FSN2025-1682 A1 '' bmc-instructions .measured.result)" fail
tap_is "good BMC: verified by protocol reads" "$(cell FSN2025-1682 D1 '' bmc-instructions '"\(.state) \(.measured.result) \(.measured.level)"')" "verified pass L2"
tap_is "anonymous log-on: fails" "$(cell FSN2025-1682 D2 '' bmc-instructions .measured.reason)" anonymous-log-on

# ---- claims ----
tap_ok "a claim" fp case claim FSN2023-1338 --device=M1 --mode=Dx --action=patch --note="done on Monday"
tap_is "... against a failed check is disputed" "$(cell FSN2023-1338 M1 Dx patch .state)" disputed
tap_is "Dx does not close RUO" "$(cell FSN2023-1338 M1 RUO patch .state)" in-scope
tap_ok "the same devices for step 2" fp case claim FSN2023-1338 --action=standard-user --same-devices
tap_is "... recorded as such" "$(cell FSN2023-1338 M1 Dx standard-user .claim_note)" "same devices and boot modes as for step 1"
tap_exit "no slip claims a whole site" 2 fp case claim FSN2023-1338
tap_exit "planned needs a date" 1 fp case not-done FSN2023-1338 --device=M2 --mode=RUO --reason=planned
tap_ok "planned, the date as people write it" fp case not-done FSN2023-1338 --device=M2 --mode=RUO --reason=planned --date="5. december 2026" --lang=da
tap_is "... is kept" "$(cell FSN2023-1338 M2 RUO patch '"\(.state) \(.reason) \(.planned)"')" "not-done planned 2026-12-05"
tap_ok "claim without any check" fp case claim FSN2024-1562 --action=read-guidance --all-devices
tap_is "... stays a claim" "$(cell FSN2024-1562 M1 '' read-guidance .state)" claimed
counts=$(json case show FSN2023-1338 | jq -r '.counts|"\(.cells) \([.by_state[]]|add) \([.by_result[]]|add)"')
tap_is "the counts add up" "$(awk '{print $1 == $2 && $1 == $3}' <<<"$counts")" 1

# ---- mending ----
lab_restart bmc-weak good good
lab_restart nas-nt1only secure
tap_ok "the mended controller" fp check FSN2025-1682 --device=A1
tap_is "... that IPMI over LAN is still on (BMC-6, supporting) is said and decides nothing" "$(json check FSN2025-1682 --device=A1 | jq -r '[.rows[].verdict|select(.result=="fail").check]|join(" ")')" BMC-6
tap_is "... is fixed and verified" "$(cell FSN2025-1682 A1 '' bmc-instructions '"\(.state) \(.measured.result)"')" "verified fixed"
fp check FSN2024-1562 --device=M1 >/dev/null 2>&1
tap_is "the mended store: SMB-1 fixed" "$(json case show FSN2024-1562 --device=M1 --action=secure-protocol | jq -r '.cells[].checks[]|select(.check=="SMB-1")|.result')" fixed
tap_is "... and the cell, with one question left open, has no fail any more" "$(cell FSN2024-1562 M1 '' secure-protocol '"\(.state) \(.measured.result)"')" "pending unknown"
lab_restart nas-nt1only off
fp check FSN2024-1562 --device=M1 --timeout=300 >/dev/null 2>&1
lab_restart nas-nt1only nt1only
fp check FSN2024-1562 --device=M1 >/dev/null 2>&1
tap_is "the store is weak again: fails again" "$(cell FSN2024-1562 M1 '' secure-protocol .measured.result)" fail
lab_restart nas-nt1only off
fp check FSN2024-1562 --device=M1 --timeout=300 >/dev/null 2>&1
tap_is "... and silence does not take the fail away" "$(cell FSN2024-1562 M1 '' secure-protocol .measured.result)" fail
demo/lab/restart bmc-weak off off
fp check FSN2025-1682 --device=A1 --timeout=300 >/dev/null 2>&1
tap_is "a controller that is switched off does not undo the proof" "$(cell FSN2025-1682 A1 '' bmc-instructions .state)" verified

# ---- replies ----
say="--statements=received=yes,understood=yes,users-informed=yes"
for lang in en da de es it; do
	tap_ok "reply in $lang" fp reply make FSN2023-1338 --lang=$lang --to=pdf --output="$RUN/$lang.pdf" $say --distributor=no
	tap_ok "... is sound PDF" qpdf --check "$RUN/$lang.pdf"
	tap_like "... with its serial numbers" "$(pdftotext "$RUN/$lang.pdf" -)" "M1"
done
tap_exit "a reply that contradicts itself cannot be signed" 1 fp reply sign FSN2023-1338 --signer=Eva --function=Head --statements=received=no --distributor=no
tap_like "... and says why" "$tap_out" "contradicts itself"
number=$(fp reply sign FSN2023-1338 --lang=da --signer="Jens Ørsted" --function="IT-chef" $say,both-modes-understood=yes --distributor=no 2>/dev/null)
tap_is "a signed reply has a number" "$number" 1
fp reply get 1 --to=pdf --output="$RUN/a.pdf" --quiet
sleep 1.1
fp reply get 1 --to=pdf --output="$RUN/b.pdf" --quiet
tap_ok "... and is made again byte for byte" cmp "$RUN/a.pdf" "$RUN/b.pdf"
tap_like "... with the name of who signed" "$(pdftotext "$RUN/a.pdf" -)" "Jens Ørsted"

# ---- proofs ----
tap_ok "the ledger is unbroken" fp ledger verify
tap_like "... and that is said in the reader's language, counted" "$(fp ledger verify --lang=de)" '^Das Journal ist vollständig: [0-9]+ Einträge, keiner verändert'
tap_like "the matrix names steps and boot modes" "$(fp case show FSN2023-1338 --lang=da)" 'Trin 1 · Dx .*Trin 2 · RUO'
tap_ok "every verdict follows again from the stored bytes" fp evidence verify
tap_is "... the same" "$(json evidence verify | jq '.same == .verdicts and .verdicts > 0')" true
seq=$(json reply list | jq '.replies[0].ledger_entry')
tap_ok "a receipt" fp ledger receipt "$seq" --output="$RUN/receipt.json"
tap_ok "... holds" fp ledger check-receipt "$RUN/receipt.json" --db="$RUN/none.db"
tap_like "... and says so in Spanish" "$(fp ledger check-receipt "$RUN/receipt.json" --lang=es)" '^El justificante es válido: el asiento [0-9]+ de [0-9]+'
sed 's/Jens/Jans/' "$RUN/receipt.json" >"$RUN/forged.json"
tap_exit "a changed receipt is found" 5 fp ledger check-receipt "$RUN/forged.json"
tap_ok "the evidence as one file" fp evidence export FSN2025-1682 --output="$RUN/case.evidence.tar.zst"
fp key site --output="$RUN/site.pub" --quiet
tap_ok "... is judged again without the database" fp evidence verify "$RUN/case.evidence.tar.zst" --key="$RUN/site.pub" --db=/nonexistent/x
head -c 9000 "$RUN/case.evidence.tar.zst" >"$RUN/forged-bundle"
tap_exit "a bundle cut short is found" 5 fp evidence verify "$RUN/forged-bundle" --key="$RUN/site.pub"
cp "$FIELDPROOF_DB" "$RUN/copy.db" 2>/dev/null
sqlite3 "$FIELDPROOF_DB" ".backup '$RUN/copy.db'"
sqlite3 "$RUN/copy.db" "UPDATE ledger SET body = replace(body, 'Monday', 'Sunday') WHERE body LIKE '%Monday%'" 2>"$RUN/sql.err"
if [ -s "$RUN/sql.err" ]; then
	tap_like "the database itself refuses to change the ledger" "$(cat "$RUN/sql.err")" "."
else
	tap_exit "a changed ledger is found and the entry named" 5 fp ledger verify --db="$RUN/copy.db"
	tap_like "... by number" "$tap_out" "entry [0-9]+"
fi
# ---- long words in other letters ----
umlauts=$(printf 'ø%.0s' $(seq 200))
printf 'Serial number;Product;REF\n%s;MiSeqDx;15036706\n' "x$umlauts" >"$RUN/long.csv"
fp device import "$RUN/long.csv" >/dev/null && fp match >/dev/null
tap_ok "a serial number of 201 letters can be claimed for" fp case claim FSN2023-1338 --device="x$umlauts" --mode=Dx --note="x$umlauts"
tap_is "... and the ledger tells of it whole" "$(json ledger list | jq -r --arg u "x$umlauts" '[.entries[]|select(.kind=="cell-claim" and (.text|contains($u)))]|length')" 2
tap_is "... no entry without its text" "$(json ledger list | jq '[.entries[]|select(.text == null)]|length')" 0
tap_done
