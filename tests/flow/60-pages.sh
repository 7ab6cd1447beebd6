#!/bin/bash
# The pages in a browser: four stories, without JavaScript, axe on every page in five languages, pictures in $B/screenshots.
. "$(dirname "$0")/lib.sh"
need node npm chromium

# The test's two packages, in the exact versions of package-lock.json, beside the build: the source tree stays clean.
work=$B/browser
mkdir -p "$work"
cp tests/browser/package.json tests/browser/package-lock.json tests/browser/*.mjs "$work/"
if ! cmp -s tests/browser/package-lock.json "$work/installed"; then
	if ! (cd "$work" && npm ci --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-timeout=20000) >"$RUN/npm" 2>&1; then
		tap_note "$(tail -n 5 "$RUN/npm")"
		tap_skip "the whole of 60-pages.sh" "the npm registry cannot be reached"
		tap_done
	fi
	cp tests/browser/package-lock.json "$work/installed"
fi

bg serve "$B/fieldproof" serve --listen=127.0.0.1:0
served() { grep -qE '^http://[^ ]*/$' "$RUN/serve.out"; }
if ! wait_until 20 served; then
	tap_fail "the server starts" "$(cat "$RUN/serve.out")"
	tap_done
fi
BASE=$(grep -oE '^http://[^ ]*/$' "$RUN/serve.out" | head -n 1)
CHROMIUM=$(command -v chromium)
export BASE=${BASE%/} SHOTS=$B/screenshots CHROMIUM
setup=$(grep -oE 'http://[^ ]*/setup\?code=[0-9a-f]+' "$RUN/serve.out")
rm -rf "$SHOTS"

# Two programs write their own TAP lines; they are counted on.
story() { # SCRIPT [ARGUMENT...]
	local line failed=0 ended
	node "$@" >"$RUN/story" 2>&1 </dev/null
	ended=$?
	while IFS= read -r line; do
		case $line in
		'ok '* | 'not ok '*) tap_line "${line%% [0-9]*}" "${line#* - }" ;;
		'1..'*) failed=1 ;;
		*) tap_note "${line###}" ;;
		esac
	done <"$RUN/story"
	[ $failed = 1 ] || tap_fail "$1 goes to its end (exit $ended)"
}
story "$work/stories.mjs" "$setup" "$B/tests/doubles/bmc_responder" "$B/tests/doubles/facts_sign" "$root/tests/data/facts"
story "$work/pages.mjs"
tap_done
