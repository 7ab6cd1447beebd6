#!/bin/bash
# Watching: real management controllers that are broken and mended between rounds, a real mail server, the maintenance window, and the unit for systemd.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq nginx openssl
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || {
	tap_skip "the whole of $(basename "$0")" "python3-aiosmtpd is not installed"
	tap_done
}

# ---- a mail server ----

sinks=0
sink() { # [OPTION...]: start one; then $sink_port, $sink_pid. Mails land in $RUN/mail.
	sinks=$((sinks + 1))
	mkdir -p "$RUN/mail"
	bg "sink-$sinks" /usr/bin/python3 -W ignore tests/flow/smtp_sink.py "$RUN/mail" "$@"
	sink_pid=$bg_pid
	wait_until 20 grep -q '^listening' "$RUN/sink-$sinks.out" || {
		tap_fail "the mail server starts" "$(<"$RUN/sink-$sinks.out")"
		return 1
	}
	sink_port=$(sed -n 's/.*://p' "$RUN/sink-$sinks.out")
}
mails() { find "$RUN/mail" -name '*.eml' | wc -l; }
mail_says() { # N JQ: {subject, from, to, tls, text, ...} of the Nth mail, decoded by another program than ours
	/usr/bin/python3 - "$RUN/mail/$1.eml" <<'END' | jq -r "$2"
import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(json.dumps({"subject": m["Subject"], "from": m["From"], "to": m["To"], "sender": m["X-From"], "tls": m["X-TLS"], "id": m["Message-ID"],
    "defects": len(m.defects), "type": m.get_content_type(), "text": m.get_content()}))
END
}
state() { fp case show FSN2025-1682 --format=json 2>/dev/null | jq -r --arg s "${1:-D1}" '.devices[] | select(.serial == $s) | .cells[0].state'; }
asked() { cat "$RUN"/lab/bmc-good.ipmi/requests 2>/dev/null | wc -c; }
watch() { fp check FSN2025-1682 --watch --every=1s --jitter=0s --timeout=500 "$@"; }
mailing=(--mail-to=it@lab.example,chief@lab.example --mail-from=fieldproof@lab.example)

# ---- a site with a controller that is in order ----

lab_up bmc-good bmc-hard || {
	tap_skip "watching" "the laboratory's controllers do not run here"
	tap_done
}
cat >"$RUN/list.csv" <<END
Serial number;Product;REF;BMC;Connectivity
D1;Illumina DRAGEN Server for NextSeq 550Dx;20086130;$(lab_get bmc-good.ipmi target);local
END
fp notice add FSN2025-1682 --quiet
fp device import "$RUN/list.csv" >/dev/null
fp match >/dev/null
fp site set --name="Søndervig Sygehus" --language=da >/dev/null
fp check FSN2025-1682 --timeout=500 >/dev/null 2>&1
tap_is "the controller is verified" "$(state)" verified

# ---- nothing new ----

sink
server=(--smtp="smtp://127.0.0.1:$sink_port")
before=$(asked)
tap_exit "two rounds without news end well" 0 watch --rounds=2 "${mailing[@]}" "${server[@]}"
tap_is "... without a word" "$tap_out" ""
tap_is "... and without a mail" "$(mails)" 0
tap_is "... but they did ask" "$([ "$(asked)" -gt "$before" ] && echo yes)" yes

# ---- outside of the window nothing is asked ----

before=$(asked)
closed=$(date -u -d '+3 hours' +%H:00)-$(date -u -d '+4 hours' +%H:00)
[[ $closed == *-00:00 ]] && closed=${closed%-*}-24:00
bg closed "$B/fieldproof" check FSN2025-1682 --watch --every=1s --window="$closed" --zone=UTC
closed_pid=$bg_pid
sleep 2.5
bg_signal TERM "$closed_pid"
wait "$closed_pid"
tap_is "the end of a watch that waits is no failure" $? 0
tap_is "a closed window: nothing is asked" "$(asked)" "$before"
tap_is "... and nothing said" "$(<"$RUN/closed.out")" ""
tap_exit "an open one: asked" 0 watch --rounds=1 --window="$(date -u -d '-1 hour' +%H:00)-$(date -u -d '+2 hours' +%H:00)" --zone=UTC
tap_is "... really" "$([ "$(asked)" -gt "$before" ] && echo yes)" yes

# ---- broken between two rounds ----

bg watching "$B/fieldproof" check FSN2025-1682 --watch --every=1s --jitter=0s --timeout=500 "${mailing[@]}" "${server[@]}"
watching=$bg_pid
sleep 1.5
lab_restart bmc-good anonymous good
tap_ok "broken while it watches: a mail comes" wait_until 30 test -e "$RUN/mail/1.eml"
sleep 2.2
bg_signal TERM "$watching"
wait "$watching"
tap_is "... and the watch ends with 3" $? 3
tap_is "the alarm is told once, in one line" "$(grep -c 'Alarm: D1, FSN2025-1682 ' "$RUN/watching.out")" 1
tap_like "... with what, where, why and state" "$(<"$RUN/watching.out")" 'BMC-2 127\.0\.1\.23:[0-9]+: (passed|fixed) → failed: .*verified → '
tap_is "one mail, although more rounds followed" "$(mails)" 1
tap_is "it goes to whom it shall" "$(mail_says 1 '"\(.sender) \(.from) \(.to) \(.tls) \(.type) \(.defects)"')" \
	"fieldproof@lab.example Fieldproof <fieldproof@lab.example> it@lab.example, chief@lab.example no text/plain 0"
tap_like "its subject names the site" "$(mail_says 1 .subject)" '^Fieldproof: .*1 .*Søndervig Sygehus'
tap_like "its text speaks the language of the site" "$(mail_says 1 .text)" 'D1, FSN2025-1682 .*BMC-2 .* → ikke bestået'
tap_is "the cell lost its proof" "$(state)" in-scope
tap_like "the ledger tells of alarm and mail" "$(fp ledger list --format=json | jq -r '[.entries[].kind | select(startswith("watch"))] | join(" ")')" '^watch-mail watch$'
tap_ok "... and holds" fp ledger verify
tap_exit "a further round has nothing new" 0 watch --rounds=1 "${mailing[@]}" "${server[@]}"
tap_is "... and sends nothing" "$(mails)$tap_out" 1

# ---- mended: told, no alarm ----

lab_restart bmc-good good good
fp check FSN2025-1682 --watch --every=1s --rounds=1 --timeout=500 --format=json "${mailing[@]}" "${server[@]}" >"$RUN/mended.json" 2>"$RUN/mended.err"
tap_is "mended: no failure" $? 0
tap_is "... told as a change, in JSON" "$(jq -r 'select(.check == "BMC-2") | "\(.format) \(.kind) \(.before) \(.after) \(.state_before) \(.state_after)"' "$RUN/mended.json")" \
	"fieldproof-watch-1 change fail fixed in-scope verified"
tap_is "... one object a line" "$(wc -l <"$RUN/mended.json")" "$(jq -s length "$RUN/mended.json")"
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	tap_ok "... as the schema says" /usr/bin/python3 -W ignore tests/flow/validate.py schema output.schema.json "$RUN/mended.json" fieldproof-watch-1
fi
tap_is "... without a mail" "$(mails)" 1

# ---- the mail server is down, and comes back ----

bg_stop "$sink_pid"
lab_restart bmc-good anonymous good
tap_exit "an alarm without mail server" 3 watch --rounds=3 "${mailing[@]}" "${server[@]}"
tap_like "... says that the mail waits, and why" "$tap_out" 'warning: 1 mail could not be sent and waits: the mail server smtp://127.0.0.1:[0-9]+ did not take the mail: .*[Cc]onnect'
tap_is "... and tries again, ever more rarely" "$(grep -c 'could not be sent' <<<"$tap_out" | sed 's/^[2-4]$/few/')" few
tap_exit "the next watch has no alarm, but cannot send it either" 1 watch --rounds=1 "${mailing[@]}" "${server[@]}"
tap_like "... and says so" "$tap_out" 'mails that wait to be sent: 1'
tap_exit "one that knows no mail server says that a mail waits" 0 watch --rounds=1
tap_like "... in a word" "$tap_out" '1 mail\(s\) of an earlier watch wait'
bg later "$B/fieldproof" check FSN2025-1682 --watch --every=1s --jitter=0s --timeout=500 "${mailing[@]}" "${server[@]}"
later=$bg_pid
wait_until 10 grep -q 'could not be sent' "$RUN/later.out"
sink --port="$sink_port"
tap_ok "the server comes back: the mail arrives" wait_until 20 test -e "$RUN/mail/2.eml"
bg_signal TERM "$later"
wait "$later"
tap_is "... and the watch ends well" $? 0
tap_like "... with the alarm in it" "$(mail_says 2 .text)" 'BMC-2'
tap_is "... sent once" "$(mails)" 2
tap_is "... each with an id of its own" "$([ "$(mail_says 1 .id)" != "$(mail_says 2 .id)" ] && echo yes)" yes
bg_stop "$sink_pid"

# ---- TLS ----

for name in server other; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=localhost" -addext "subjectAltName=IP:127.0.0.1" \
		-keyout "$RUN/$name.key" -out "$RUN/$name.crt" 2>/dev/null
done
printf 'a pass word\n' >"$RUN/password"
printf 'another word\n' >"$RUN/wrong"
alarm() { # one more mail that waits
	lab_restart bmc-good good good
	fp check FSN2025-1682 --timeout=500 >/dev/null 2>&1
	lab_restart bmc-good anonymous good
	watch --rounds=1 --mail-to=it@lab.example --mail-from=fp@lab.example --smtp=smtp://127.0.0.1:1 >/dev/null 2>&1
}
deliver() { watch --rounds=1 --mail-to=it@lab.example --mail-from=fp@lab.example "$@"; }
alarm
sink --cert="$RUN/server.crt" --key="$RUN/server.key"
tap_exit "STARTTLS with a certificate that leads to another one: refused, the mail waits" 1 deliver --smtp="smtp://127.0.0.1:$sink_port" --smtp-ca="$RUN/other.crt"
tap_is "... and the server got nothing" "$(mails)" 2
tap_exit "STARTTLS is used when it is offered" 0 deliver --smtp="smtp://127.0.0.1:$sink_port"
tap_is "... and the mail came encrypted" "$(mails) $(mail_says 3 .tls)" "3 yes"
alarm
tap_exit "with the right certificate" 0 deliver --smtp="smtp://127.0.0.1:$sink_port" --smtp-ca="$RUN/server.crt"
tap_is "... encrypted, too" "$(mails) $(mail_says 4 .tls)" "4 yes"
bg_stop "$sink_pid"
alarm
sink --user=fp --password='a pass word'
tap_exit "a password is never sent without encryption" 1 deliver --smtp="smtp://127.0.0.1:$sink_port" --smtp-user=fp --smtp-password-file="$RUN/password"
bg_stop "$sink_pid"
sink --user=fp --password='a pass word' --cert="$RUN/server.crt" --key="$RUN/server.key" --whole
tls=(--smtp="smtps://127.0.0.1:$sink_port" --smtp-ca="$RUN/server.crt" --smtp-user=fp)
tap_exit "a wrong password" 1 deliver "${tls[@]}" --smtp-password-file="$RUN/wrong"
tap_is "... gives no mail" "$(mails)" 4
tap_exit "TLS from the start, with the right one" 0 deliver "${tls[@]}" --smtp-password-file="$RUN/password"
tap_is "... gives the mail" "$(mails) $(mail_says 5 .tls)" "5 yes"
tap_unlike "the password stands in no output" "$tap_out" 'pass word'
bg_stop "$sink_pid"

# ---- silence ----

lab_restart bmc-good good good
fp check FSN2025-1682 --timeout=500 >/dev/null 2>&1
tap_is "verified again" "$(state)" verified
lab_restart bmc-good off off
sink
server=(--smtp="smtp://127.0.0.1:$sink_port")
tap_exit "a controller that is switched off: could not be determined" 4 watch --rounds=2 "${mailing[@]}" "${server[@]}"
tap_like "... told, once" "$(grep -c 'Could not be determined this time: D1.*BMC-2' <<<"$tap_out")" '^1$'
tap_is "... no mail in the night for a device that sleeps" "$(mails)" 5
tap_is "... the proof stays" "$(state)" verified

# ---- slips ----

slip() { # TEXT WHAT-IT-SAYS ARGUMENTS...
	tap_exit "refused: $1" 2 fp check "${@:3}"
	tap_like "... $2" "$tap_out" "$2"
}
slip "faster than a second" "at least 1s" --watch --every=0s
slip "no time" "like 30s" --watch --every=often
slip "too long a jitter" "shorter than --every" --watch --every=1m --jitter=1m
slip "a window" "cannot be understood at 'Fry" --watch --window="Mon-Fry 01:00-02:00"
slip "a zone" "no time zone 'Mars/Olympus'" --watch --zone=Mars/Olympus
slip "a mail without sender" "needs --mail-from" --watch --mail-to=a@b.example
slip "a sender that smuggles" "no mail address" --watch --mail-to=a@b.example --mail-from=$'a@b\nBcc: c@d'
slip "a server" "mail server is like" --watch --mail-to=a@b.example --mail-from=a@b.example --smtp=http://x
slip "a server without a mail" "needs --mail-to" --watch --smtp=smtp://x
slip "options of watching without it" "needs --watch" --every=1h
tap_exit "an unknown notice" 1 fp check FSN1999-0001 --watch --rounds=1

# ---- systemd ----

if command -v systemd-analyze >/dev/null; then
	unit=$RUN/fieldproof-watch.service
	sed "s|/usr/local/bin/fieldproof|$B/fieldproof|" init/fieldproof-watch.service >"$unit"
	tap_ok "systemd takes the unit" systemd-analyze verify --man=no "$unit"
	tap_is "... without a warning" "$tap_out" ""
	tap_ok "its exposure is at most 2.0 of 10" systemd-analyze security --offline=yes --threshold=20 "$unit"
	# Each system call that a watch with a mail over TLS makes is one that the unit lets pass.
	if command -v strace >/dev/null && strace -o "$RUN/try" true 2>/dev/null; then
		systemd-analyze syscall-filter >"$RUN/filters" 2>/dev/null
		filter() { awk -v want="$1" '/^@/ { on = $1 == want; next } on && /^ +[@a-z_]/ && !/#/ { print $1 }' "$RUN/filters" | while read -r w; do
			case $w in @*) filter "$w" ;; *) echo "$w" ;; esac
		done; }
		comm -23 <(filter @system-service | sort -u) <({ filter @privileged && filter @resources; } | sort -u) >"$RUN/may"
		tap_is "the filter is known" "$(grep -cxE 'openat|connect|reboot' "$RUN/may")" 2
		bg_stop "$sink_pid"
		alarm
		sink --cert="$RUN/server.crt" --key="$RUN/server.key"
		strace -f -qq -o "$RUN/strace" "$B/fieldproof" check FSN2025-1682 --watch --rounds=2 --every=1s --timeout=500 --mail-to=it@lab.example \
			--mail-from=fp@lab.example --smtp="smtp://127.0.0.1:$sink_port" >/dev/null 2>&1
		tap_is "a watch under strace sends its mail" "$(mails)" 6
		sed -nE 's/^[0-9]+ +([a-z_0-9]+)\(.*/\1/p' "$RUN/strace" | sort -u >"$RUN/does"
		# As root SQLite gives its files to the owner of the database; the unit's user is not root.
		[ "$(id -u)" != 0 ] || echo fchown >>"$RUN/may"
		tap_is "no system call that the unit forbids" "$(sort -o "$RUN/may" "$RUN/may" && comm -13 "$RUN/may" "$RUN/does" | paste -sd ' ')" ""
	else
		tap_skip "system calls of a watch" "strace cannot trace here"
	fi
else
	tap_skip "the unit for systemd" "systemd-analyze is not installed (package systemd)"
fi
tap_done
