#!/bin/bash
# The published schemas of fact files and of checks that are data fit what the program reads: every recorded posture, signed, and every check.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || {
	tap_skip "the whole of $(basename "$0")" "python3-jsonschema is not installed"
	tap_done
}
valid() { /usr/bin/python3 -W ignore tests/flow/validate.py "$@"; }

for f in checks/*.json tests/unit/data/maker/checks/*.json; do
	tap_ok "${f##*/} fits check.schema.json" valid schema check.schema.json "$f" fieldproof-check-1
done
jq '.rules[0].when = ["conains", "host", 1]' checks/UCS-4.json >"$RUN/slip.json"
tap_exit "an operator that does not exist is noticed" 1 valid schema check.schema.json "$RUN/slip.json" fieldproof-check-1

for f in tests/data/facts/windows-nextseq550dx-dx-offline-ruo-good.json tests/data/facts/windows-miseqdx-dx-not-elevated.json tests/data/facts/linux-*.json; do
	name=${f##*/}
	tap_ok "$name can be signed" sh -c '"$1" --challenge K7QF-2M9X-4RTB-0ZWD-5 "$2" >"$3"' sh "$B/tests/doubles/facts_sign" "$f" "$RUN/$name"
	tap_ok "$name fits facts.schema.json" valid schema facts.schema.json "$RUN/$name" fieldproof-facts-1 options
done
tap_done
