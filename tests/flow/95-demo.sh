#!/bin/bash
# The demonstration runs to its end, says of each notice what is proven and what is refuted, leaves nothing running, and needs no root for what does not.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq minisign iconv
[ -x "$B/tests/doubles/facts_sign" ] || tap_fail "the program that signs facts is built"

# A folder of its own beside the programs: the results of somebody's own demonstration stay.
mkdir -p "$RUN/b/tests"
cp "$B/fieldproof" "$B/fieldproof-collect" "$RUN/b/"
cp -R "$B/tests/doubles" "$RUN/b/tests/"
tap_ok "the demonstration ends well" env -u RUN -u FIELDPROOF_DB -u FIELDPROOF_NOTICES B="$RUN/b" CI=1 demo/run
said=$tap_out
export FIELDPROOF_DB=$RUN/b/demo/fieldproof.db
cell() { fp case show "$1" --format=json | jq -r --arg s "$2" --arg m "$3" --arg a "$4" '.devices[] | select(.serial == $s).cells[] | select(.mode == $m and .action == $a) | "\(.state) \(.measured.result)"'; }
while read -r serial mode action want; do
	tap_is "FSN2023-1338 $serial $mode $action" "$(cell FSN2023-1338 "$serial" "$mode" "$action")" "$want"
done <<END
M01377 Dx patch verified pass
M01377 Dx standard-user verified pass
M01377 RUO patch verified pass
M01377 RUO standard-user verified pass
M00942 RUO standard-user in-scope fail
M01203 Dx patch disputed fail
NDX550131 Dx standard-user pending unknown
NDX550140 Dx standard-user verified pass
NDX550140 RUO standard-user pending unknown
END
tap_like "a changed file is refused" "$said" 'signature does not hold'
if [ "$(id -u)" = 0 ] && command -v smbd >/dev/null && ! grep -q '^  left out: ' <<<"$said"; then
	tap_is "FSN2024-1562: a file server that demands encryption, by its settings" "$(cell FSN2024-1562 NDX550140 "" secure-protocol)" "verified pass"
	tap_is "... one that does not" "$(cell FSN2024-1562 DRG0460 "" secure-protocol)" "in-scope fail"
	tap_is "... a transfer that was encrypted" "$(cell FSN2024-1562 NDX550112 "" secure-protocol)" "verified pass"
else
	tap_like "what is left out is said" "$said" '  left out: .*root'
fi
tap_is "FSN2025-1682: a good controller, from the network and from inside" "$(cell FSN2025-1682 DRG0452 "" bmc-instructions)" "verified pass"
tap_is "... the network did not know, the controller's settings do" "$(cell FSN2025-1682 DRG0451 "" bmc-instructions)" "in-scope fail"
tap_is "... mended" "$(cell FSN2025-1682 A01555 "" bmc-instructions)" "verified fixed"
tap_like "the summary counts them" "$said" 'FSN2025-1682: 5 cells: 2 proven, 2 refuted, 1 not known'
if command -v oscap >/dev/null; then
	tap_ok "other people's program takes its XCCDF" oscap xccdf validate "$RUN/b/demo/FSN2025-1682-xccdf.xml"
else
	tap_skip "XCCDF as oscap reads it" "openscap-scanner is not installed"
fi
tap_is "nothing is left running" "$(ps -e -o args= | awk -v dir="$RUN/b/tests/doubles" 'index($0, dir) == 1')" ""
tap_done
