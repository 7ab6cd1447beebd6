#!/bin/bash
# What make install puts in place works from there, says the truth, and goes away again whole: program, man page, completion, notices.
. "$(dirname "$0")/lib.sh"

dest=$RUN/dest
prefix=/opt/fp-test
installed() { # [PROGRAM ARGUMENTS]: the installed one, without help from this folder
	env -u FIELDPROOF_NOTICES FIELDPROOF_DB="$RUN/installed.db" "$dest$prefix/bin/fieldproof" "$@"
}
# The variant folder is a part of B: build/asan is VARIANT=asan of build.
case $B in */asan | */coverage) run_make() { make --no-print-directory B="${B%/*}" VARIANT="${B##*/}" "$@"; } ;;
*) run_make() { make --no-print-directory B="$B" "$@"; } ;; esac
# The program is built already: what is installed is that file, with the prefix that it was built for.
run_make=(run_make FP_READY=1 DESTDIR="$dest" PREFIX="$prefix" -o "$B/fieldproof" -o "$B/fieldproof-collect")

# ---- what is put in place ----

mkdir -p "$dest$prefix/share/man/man1"
echo other >"$dest$prefix/share/man/man1/other.1"
tap_ok "make install into a folder of its own" "${run_make[@]}" install
tap_is "the files that are put in place" "$(cd "$dest$prefix" && find . -type f ! -path './share/fieldproof/notices/*' | LC_ALL=C sort)" \
	"./bin/fieldproof
./bin/fieldproof-collect
./lib/systemd/system/fieldproof-watch.service
./share/bash-completion/completions/fieldproof$([ ! -f "$B/fieldproof-collect.exe" ] || printf '\n./share/fieldproof/fieldproof-collect.exe')
./share/man/man1/fieldproof-collect.1
./share/man/man1/fieldproof.1
./share/man/man1/other.1"
tap_ok "the notices are all there, unchanged" diff -r notices "$dest$prefix/share/fieldproof/notices"
tap_is "everyone may read them, nobody else write" "$(find "$dest$prefix" -perm /022 ! -type l ! -name other.1 ! -path "$dest$prefix/share/man*"; find "$dest$prefix/share/fieldproof" ! -perm -a+r)" ""
tap_is "the installed program says its version" "$(installed --version)" "fieldproof $(<VERSION)"
tap_ok "the program runs" installed doctor
tap_ok "it finds the notices that were installed with it, wherever that is" installed notice add FSN2023-1338
tap_like "and renders it" "$(installed notice render FSN2023-1338 --lang=da)" "FSN2023-1338"

# ---- the man page says what the program says ----

page=$dest$prefix/share/man/man1/fieldproof.1
if command -v man >/dev/null; then
	tap_is "the man page has no fault" "$(LC_ALL=C.UTF-8 man -l --warnings -E UTF-8 -Tutf8 "$page" 2>&1 >/dev/null)" ""
	MANWIDTH=400 man -l --nh --nj -E UTF-8 -Tutf8 "$page" 2>/dev/null | col -bx >"$RUN/man.txt"
else
	tap_skip "the man page has no fault" "man is not installed"
	# Without man: the macros off, enough to find words.
	sed -e 's/\\f[BIRP]//g' -e 's/\\-/-/g' -e 's/^\.[A-Z]* *//' "$page" >"$RUN/man.txt"
fi
tap_like "the man page is of this version" "$(head -n 3 "$page")" "fieldproof $(<VERSION)"

# The collector's page names each of its options, and no other.
collect_page=$dest$prefix/share/man/man1/fieldproof-collect.1
tap_is "the installed collector says its version" "$("$dest$prefix/bin/fieldproof-collect" --version)" "fieldproof-collect $(<VERSION)"
tap_like "its man page is of this version" "$(head -n 1 "$collect_page")" "fieldproof $(<VERSION)"
if command -v man >/dev/null; then
	tap_is "its man page has no fault" "$(LC_ALL=C.UTF-8 man -l --warnings -E UTF-8 -Tutf8 "$collect_page" 2>&1 >/dev/null)" ""
fi
tap_is "the options of the collector are those of its man page" \
	"$("$dest$prefix/bin/fieldproof-collect" --help | sed -n '/^  --/p' | grep -o -- '--[a-z]*' | LC_ALL=C sort -u)" \
	"$(sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$collect_page" | sed 's/\\-/-/g' | grep -o -- '--[a-z]*' | LC_ALL=C sort -u)"

mapfile -t nouns < <(fp --help | sed -n 's/^  \([a-z]*\)   *[a-z].*/\1/p')
for noun in "${nouns[@]}"; do
	fp help "$noun"
done >"$RUN/verbs.txt"
tap_like "the program names its verbs" "$(grep -c '^  fieldproof' "$RUN/verbs.txt")" '^[3-9][0-9]$'

# Each usage line of the program stands in the man page, and the other way round.
sed -n 's/^  \(fieldproof .*[^ ]\) *$/\1/p' "$RUN/verbs.txt" | LC_ALL=C sort -u >"$RUN/said"
sed -n '/^COMMANDS/,/^DEVICE LISTS/s/^ *\(fieldproof [a-z].*[^ ]\) *$/\1/p' "$RUN/man.txt" | LC_ALL=C sort -u >"$RUN/paged"
if command -v man >/dev/null; then
	tap_is "the man page has every verb with its arguments, and no other" "$(diff "$RUN/said" "$RUN/paged")" ""
fi

# The options of each verb stand behind it.
usage_of() { # WORDS: its words before the arguments
	sed -n 's/^  fieldproof \(.*\)/\1/p' "$RUN/verbs.txt" | awk '{ out = $1; if ($2 ~ /^[a-z-]+$/) out = out " " $2; print out }'
}
missing='' extra=''
while read -r words; do
	# shellcheck disable=SC2086
	fp $words --help | awk '/^Options of every verb/ { exit } /^  --/ { sub(/[= ].*/, "", $1); sub(/=.*/, "", $1); print $1 }' | LC_ALL=C sort >"$RUN/opts-said"
	awk -v verb="fieldproof $words" '
		/^COMMANDS/ { commands = 1 }
		/^DEVICE LISTS/ { exit }
		!commands { next }
		/^ *fieldproof / { line = $0; sub(/^ */, "", line); here = line == verb || index(line, verb " ") == 1 && substr(line, length(verb) + 2) !~ /^[a-z-]+( |$)/ }
		here && $1 ~ /^--[a-z-]+(=|$)/ { w = $1; sub(/=.*/, "", w); print w }' "$RUN/man.txt" | LC_ALL=C sort >"$RUN/opts-paged"
	missing+=$(comm -23 "$RUN/opts-said" "$RUN/opts-paged" | sed "s/^/ $words /")
	extra+=$(comm -13 "$RUN/opts-said" "$RUN/opts-paged" | sed "s/^/ $words /")
done < <(usage_of)
if command -v man >/dev/null; then
	tap_is "every option of every verb is in the man page" "$missing" ""
	tap_is "no option that the program does not have" "$extra" ""
fi
common_said=$(fp doctor --help | awk '/^Options of every verb/ { on = 1 } on && /^  --/ { sub(/=.*/, "", $1); print $1 }')
common_missing=
for option in $common_said; do
	sed -n '/^OPTIONS OF EVERY VERB/,/^COMMANDS/p' "$RUN/man.txt" | grep -q -- "^ *$option\b" || common_missing+=" $option"
done
tap_is "the options of every verb are in the man page" "$common_missing" ""
tap_like "the exit codes are explained" "$(sed -n '/^EXIT STATUS/,/^ENVIRONMENT/p' "$RUN/man.txt" | tr -s ' \n' ' ')" \
	' 0 .* 1 .* 2 .* 3 .* 4 .* 5 '
reasons=$(fp case not-done FSN2023-1338 --device=X --reason=none-such 2>&1 | sed -n 's/.*codes: //p' | tr -d ' ' | tr ',' '\n')
reasons_missing=
for reason in $reasons; do
	sed -n '/^REASONS/,/^EXIT STATUS/p' "$RUN/man.txt" | grep -q -- "$reason" || reasons_missing+=" $reason"
done
tap_like "the program names its reasons" "$reasons" planned
tap_is "every reason is in the man page" "$reasons_missing" ""

# ---- completion ----

complete_line() { # WORDS...: the candidates for the last one, sorted, in one line
	env -u FIELDPROOF_NOTICES PATH="$dest$prefix/bin:$PATH" bash -c '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		_fieldproof fieldproof
		[ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd " "
	' "$dest$prefix/share/bash-completion/completions/fieldproof" "$@"
}
tap_is "completion: the nouns" "$(complete_line fieldproof '')" \
	"$(printf '%s\n' --help --version help "${nouns[@]}" | LC_ALL=C sort | paste -sd ' ')"
for noun in "${nouns[@]}"; do
	tap_is "completion: the verbs of $noun" "$(complete_line fieldproof "$noun" '' | tr ' ' '\n' | grep -v '^FSN')" \
		"$(fp help "$noun" | sed -n "s/^  fieldproof $noun \([a-z][a-z-]*\).*/\1/p" | LC_ALL=C sort)"
done
tap_is "completion: a beginning" "$(complete_line fieldproof notice ca)" canonical
tap_is "completion: references of the notices" "$(complete_line fieldproof case show FSN)" "$(cd notices && LC_ALL=C ls | paste -sd ' ')"
tap_is "completion: the second of several arguments" "$(complete_line fieldproof notice add FSN2023-1338 FSN2024)" FSN2024-1562
tap_is "completion: words of a choice" "$(complete_line fieldproof match decide FSN2023-1338 X '')" "affected not-affected"
tap_is "completion: nothing behind the last argument" "$(complete_line fieldproof ledger check-receipt Makefile M)" ""
tap_is "completion: an option with a value, and one without" "$(complete_line fieldproof check --d)" "--db= --device= --dry-run"
tap_is "completion: values, divided at the equal sign" "$(complete_line fieldproof reply make FSN2023-1338 --to = p)" pdf
tap_is "completion: values in a word of their own" "$(complete_line fieldproof reply make FSN2023-1338 --to '')" "html json pdf text"
tap_is "completion: languages" "$(complete_line fieldproof device list --lang = '')" "da de en es it"
tap_is "completion: files" "$(complete_line fieldproof device import Make)" Makefile
tap_is "completion: folders, no files" "$(complete_line fieldproof notice sign notices/FSN2023-1338/)" ""
touch "$RUN/a b.csv"
tap_is "completion: a file with a space" "$(complete_line fieldproof device import "$RUN/a")" "$RUN/a b.csv"
tap_is "completion touches no database" "$(ls "$HOME" "$dest$prefix/bin")" "$dest$prefix/bin:
fieldproof
fieldproof-collect

$HOME:"

# ---- and away ----

tap_ok "make uninstall" "${run_make[@]}" uninstall
tap_is "nothing of it is left" "$(find "$dest$prefix" -type f -o -type l)" "$dest$prefix/share/man/man1/other.1"
tap_ok "a second make uninstall does no harm" "${run_make[@]}" uninstall
tap_done
