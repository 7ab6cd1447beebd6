#!/bin/bash
# Management controllers, weak and strong, by IPMI and Redfish: the right verdict or an honest unknown.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq nginx

lab_up 'bmc-*' || {
	tap_skip "management controllers" "the laboratory's controllers do not all run here"
	tap_done
}

# controller: BMC-1 (by IPMI; by TCP ports) BMC-2 BMC-3 BMC-4, each with its reason
expected() {
	cat <<'END'
weak      informational/answers-here fail/reachable fail/anonymous-log-on unknown/suite0-listed fail/open-without-log-on
hard      informational/answers-here fail/reachable pass/log-on-required unknown/suite0-listed pass/log-on-required
good      informational/answers-here fail/reachable pass/log-on-required pass/suite0-absent pass/log-on-required
cipher0   informational/answers-here fail/reachable pass/log-on-required unknown/suite0-listed pass/log-on-required
anonymous informational/answers-here fail/reachable fail/anonymous-log-on pass/suite0-absent pass/log-on-required
none      informational/answers-here fail/reachable fail/no-authentication pass/suite0-absent pass/log-on-required
v15       informational/answers-here fail/reachable pass/log-on-required unknown/command-refused unknown/tls-failed
nolan     informational/answers-here fail/reachable unknown/command-refused unknown/command-refused unknown/not-found
silent    unknown/no-answer fail/reachable unknown/no-answer unknown/no-answer unknown/busy
moved     informational/answers-here fail/reachable pass/log-on-required pass/suite0-absent unknown/redirected
webpage   informational/answers-here fail/reachable pass/log-on-required pass/suite0-absent unknown/not-redfish
worst     informational/answers-here fail/reachable fail/anonymous-log-on unknown/suite0-listed fail/open-without-log-on
forbidden informational/answers-here fail/reachable pass/log-on-required pass/suite0-absent pass/log-on-required
END
}

{
	echo 'Serial number;Product;REF;BMC;Connectivity'
	while read -r name _; do
		echo "B-$name;Illumina DRAGEN Server for NextSeq 550Dx;20086130;$(lab_get "bmc-$name.ipmi" target);local"
	done < <(expected)
} >"$RUN/list.csv"
fp notice add FSN2025-1682 --quiet
tap_ok "devices imported" fp device import "$RUN/list.csv"
fp match >/dev/null
fp check FSN2025-1682 --vantage=laboratory --timeout=1000 --format=json >"$RUN/checks.json" 2>"$RUN/err"
tap_is "some do not hold: exit 3" $? 3

verdict() { # NAME CHECK: every way of the check that was asked
	jq -r --arg s "B-$1" --arg c "$2" '[.rows[]|select(.serial==$s and .verdict.check==$c)|"\(.verdict.result)/\(.verdict.reason)"]|join(" ")' "$RUN/checks.json"
}
while read -r name want; do
	tap_is "$name" "$(verdict "$name" BMC-1) $(verdict "$name" BMC-2) $(verdict "$name" BMC-3) $(verdict "$name" BMC-4)" "$want"
done < <(expected)
tap_ok "all verdicts come out the same from the stored bytes" fp evidence verify

# ---- nothing but reading was asked ----
cat "$RUN"/lab/bmc-*.ipmi/requests >"$RUN/asked"
reads='^request (0600ff06000011be80|0600ff070{18}(09|0a)2018c881..(38|54))'
tap_is "IPMI: only presence pings and two commands that read, outside any session" "$(grep -cvE "$reads" "$RUN/asked")" 0
tap_like "... and they were asked" "$(grep -cE "$reads" "$RUN/asked")" '^[1-9][0-9]+$'
cat "$RUN"/lab/bmc-*.redfish/access.log >"$RUN/asked"
tap_is "Redfish: only GET of the root and of collections" "$(grep -cvE '"GET /redfish/v1/(Systems|Managers|Chassis)?/? HTTP|"\\x16|" 400 ' "$RUN/asked")" 0
tap_like "... and they were asked" "$(grep -c 'GET /redfish' "$RUN/asked")" '^[1-9][0-9]+$'

# ---- reachable is a finding where the place is none of the controllers' own ----
tap_like "the open port and the vantage are named" "$(jq -r '.rows[]|select(.serial=="B-good" and .verdict.reason=="reachable")|.verdict.detail' "$RUN/checks.json")" \
	"open from vantage 'laboratory': [0-9]+"
fp param set bmc-vantage rack >/dev/null
fp check FSN2025-1682 --device=B-good --check=BMC-1 --vantage=rack --timeout=1000 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "from the controllers' own network it is none" "$(verdict good BMC-1)" "informational/answers-here informational/answers-here"
fp check FSN2025-1682 --device=B-good --check=BMC-1 --timeout=1000 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "from a place without a name it is information" "$(verdict good BMC-1)" "informational/answers-here informational/answers-here"
fp param set bmc-ports 1 >/dev/null
fp check FSN2025-1682 --device=B-good --check=BMC-1 --timeout=1000 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "closed ports are no pass" "$(verdict good BMC-1)" "informational/answers-here unknown/host-there"
fp param set bmc-ports >/dev/null

# ---- mended ----
state() { fp case show FSN2025-1682 --format=json | jq -r --arg s "B-$1" '.devices[]|select(.serial==$s)|.cells[]|select(.action|test("bmc|instr|config";"i"))|"\(.state) \(.measured.result)"'; }
lab_restart bmc-worst.ipmi good >/dev/null
lab_restart bmc-worst.redfish good >/dev/null
fp check FSN2025-1682 --device=B-worst --timeout=1000 --format=json >"$RUN/checks.json" 2>/dev/null
tap_is "mended: fail becomes fixed" "$(verdict worst BMC-2) $(verdict worst BMC-3) $(verdict worst BMC-4)" \
	"fixed/log-on-required pass/suite0-absent fixed/log-on-required"
tap_like "... and the cell is proven" "$(state worst)" 'verified fixed'
tap_done
