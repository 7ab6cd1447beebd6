#!/bin/bash
# The web server against clients that mean no good: forged forms, foreign names, sizes, slowness, floods, markup in device names.
. "$(dirname "$0")/lib.sh"
need curl

# ---- start ----

bg serve "$B/fieldproof" serve --listen=127.0.0.1:0
serve_pid=$bg_pid
served() { grep -qE '^http://[^ ]*/$' "$RUN/serve.out"; }
if ! wait_until 20 served; then
	tap_fail "the server starts" "$(cat "$RUN/serve.out")"
	tap_done
fi
base=$(grep -oE '^http://[^ ]*/$' "$RUN/serve.out")
base=${base%/}
port=${base##*:}
code=$(grep -oE 'code=[0-9a-f]+' "$RUN/serve.out" | cut -d= -f2)

c() { curl -sS --max-time 20 "$@"; }
status() { c -o /dev/null -w '%{http_code}' "$@"; }
jar=$RUN/jar
# The token that the forms of a page carry.
token() { c -b "$jar" -c "$jar" "$base$1" | grep -oE 'name="csrf" value="[0-9a-f]+"' | head -n 1 | grep -oE '[0-9a-f]{32,64}'; }

# ---- before there is an account ----

tap_is "without an account every page leads to the first start" "$(c -o /dev/null -w '%{redirect_url}' "$base/devices")" "$base/setup"
tap_is "the first start needs the code from the terminal" "$(status "$base/setup")" 403
tap_is "a wrong code is refused" "$(status "$base/setup?code=00000000000000000000000000000000")" 403
csrf=$(token "/setup?code=$code")
account=(-d "code=$code" -d name=anna --data-urlencode "display=Anna Holm" -d language=en -d "password=correct horse battery" -d "password2=correct horse battery")
tap_is "the first account without a form's token is refused" "$(status -b "$jar" "${account[@]}" "$base/setup")" 403
tap_is "passwords that differ are told, with status 422" \
	"$(status -b "$jar" -d "csrf=$csrf" -d "code=$code" -d name=anna -d "password=correct horse battery" -d password2=another "$base/setup")" 422
made=$(c -i -b "$jar" -c "$jar" -d "csrf=$csrf" "${account[@]}" "$base/setup")
tap_like "the first account is made" "$made" '^HTTP/1.1 303'
tap_like "its cookie is closed to scripts and to other sites" "$made" "Set-Cookie: fieldproof-$port=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict"
tap_is "the code is good once" "$(c -o /dev/null -w '%{redirect_url}' "$base/setup?code=$code")" "$base/sign-in"

# ---- headers ----

page=$(c -i -b "$jar" "$base/")
tap_like "a page forbids everything but its own style, script and pictures" "$page" "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; .*form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
tap_like "types are not guessed" "$page" 'X-Content-Type-Options: nosniff'
tap_like "pages are not kept" "$page" 'Cache-Control: no-store'
tap_like "addresses stay here" "$page" 'Referrer-Policy: same-origin'
tap_unlike "no script, style or event stands inside a page" "$page" '<script>|<style|style="| on[a-z]+="'
css=$(grep -oE '/static/[0-9a-f]+-app.css' <<<"$page" | head -n 1)
tap_like "a style sheet may be kept, its address names its content" "$(c -i "$base$css")" 'immutable'

# ---- forged forms ----

csrf=$(token /settings/site)
tap_is "a form without token is refused" "$(status -b "$jar" -d name=Evil "$base/settings/site")" 403
tap_is "a form with a wrong token is refused" "$(status -b "$jar" -d name=Evil -d "csrf=${csrf//[0-9]/f}" "$base/settings/site")" 403
tap_is "a form from another origin is refused" "$(status -b "$jar" -H 'Origin: http://evil.example' -d name=Evil -d "csrf=$csrf" "$base/settings/site")" 403
tap_is "a form that the browser calls foreign is refused" "$(status -b "$jar" -H 'Sec-Fetch-Site: cross-site' -d name=Evil -d "csrf=$csrf" "$base/settings/site")" 403
tap_is "the token of one session does not serve another" "$(status -d name=Evil -d "csrf=$csrf" "$base/settings/site")" 401
tap_is "the right form is taken" "$(status -b "$jar" -H "Origin: $base" -d "name=Holm Lab" -d "csrf=$csrf" "$base/settings/site")" 303
tap_like "and kept" "$(c -b "$jar" "$base/settings/site")" 'value="Holm Lab"'

long=$(printf 'æ%.0s' {1..200})
refused=$(c -b "$jar" -d "name=$long" -d "csrf=$csrf" -w '%{http_code}' "$base/settings/site")
tap_like "a name that does not fit is told, not cut silently" "$refused" 'This is too long'
tap_like "with status 422" "$refused" '422$'
tap_like "and changes nothing" "$(c -b "$jar" "$base/settings/site")" 'value="Holm Lab"'

# ---- sessions ----

fixed=$(printf 'a%.0s' {1..64})
jar2=$RUN/jar2
jar_was=$jar jar=$jar2
csrf2=$(token /sign-in)
signed=$(c -i -b "fieldproof-$port=$fixed; $(awk -v p="fieldproof-pre-$port" '$6 == p { print $6 "=" $7 }' "$jar2")" -c "$jar2" -d "csrf=$csrf2" -d name=anna \
	--data-urlencode "password=correct horse battery" -d to=//evil.example/x "$base/sign-in")
jar=$jar_was
tap_like "signing in works" "$signed" '^HTTP/1.1 303'
tap_unlike "a session that the browser brought is never taken over" "$signed" "fieldproof-$port=$fixed"
tap_is "and does not open a page" "$(status -b "fieldproof-$port=$fixed" "$base/devices")" 303
tap_like "signing in leads to no other site" "$signed" '^Location: /.?$'
jar_was=$jar jar=$RUN/jar3
csrf3=$(token /sign-in)
wrong=$(c -b "$jar" -d "csrf=$csrf3" -d name=anna -d password=wrong-password "$base/sign-in" | grep -c 'callout-fail')
nobody=$(c -b "$jar" -d "csrf=$csrf3" -d name=nobody -d password=wrong-password "$base/sign-in" | grep -c 'callout-fail')
tap_is "a wrong password and an unknown account are told alike" "$wrong $nobody" "1 1"
tap_is "with status 401" "$(status -b "$jar" -d "csrf=$csrf3" -d name=anna -d password=wrong-password "$base/sign-in")" 401
jar=$jar2
csrf2=$(token /)
old=$(awk -v p="fieldproof-$port" '$6 == p { print $6 "=" $7 }' "$jar2")
tap_is "a session is good" "$(status -b "$old" "$base/devices")" 200
c -o /dev/null -b "$jar2" -c "$jar2" -d "csrf=$csrf2" "$base/sign-out"
tap_is "until it is signed out" "$(status -b "$old" "$base/devices")" 303
jar=$jar_was

# ---- rights ----

csrf=$(token /settings/accounts)
tap_is "the administrator makes an account" \
	"$(status -b "$jar" -d "csrf=$csrf" -d name=vera -d role=viewer --data-urlencode "password=only for reading" "$base/settings/accounts")" 303
jar_was=$jar jar=$RUN/jar4
csrf4=$(token /sign-in)
c -o /dev/null -b "$jar" -c "$jar" -d "csrf=$csrf4" -d name=vera --data-urlencode "password=only for reading" "$base/sign-in"
csrf4=$(token /)
tap_is "a viewer reads" "$(status -b "$jar" "$base/devices")" 200
tap_is "a viewer sees no accounts" "$(status -b "$jar" "$base/settings/accounts")" 403
tap_is "a viewer changes nothing" "$(status -b "$jar" -d "csrf=$csrf4" -d note=x "$base/cell/1/claim")" 403
tap_is "a viewer sends no file" "$(status -b "$jar" -F "csrf=$csrf4" -F "file=@$root/VERSION" "$base/devices/import")" 403
jar=$jar_was

# ---- names and paths ----

tap_is "a foreign name for this server is refused" "$(status -H 'Host: evil.example' -b "$jar" "$base/")" 421
tap_is "the same with the right port" "$(status -H "Host: evil.example:$port" -b "$jar" "$base/")" 421
tap_is "localhost is this server" "$(status -H "Host: localhost:$port" "$base/sign-in")" 200
tap_like "no name at all is refused" "$(status --http1.0 -H 'Host:' "$base/")" '^4'
for path in /static/../../etc/passwd /static/%2e%2e%2f%2e%2e%2fetc%2fpasswd /static/app.css%00 /../../../etc/passwd /devices/rejected/../../../etc/passwd \
	/devices/rejected/%2e%2e%2f%2e%2e%2fetc%2fpasswd /reply/1/..%2f..%2fetc%2fpasswd /notice/..%2f..%2f /cell/-1 /cell/1e3 /cell/99999999999999999999 /device/0x1 /observation/%ff%fe; do
	tap_is "there is nothing at $path" "$(status --path-as-is -b "$jar" "$base$path")" 404
done
tap_like "an unknown page says so in its own words" "$(c -b "$jar" "$base/nowhere")" 'There is nothing here'
tap_is "HEAD answers without a body" "$(c -I -b "$jar" "$base/devices" | head -n 1 | tr -d '\r')" "HTTP/1.1 200 OK"
tap_like "OPTIONS tells the methods" "$(c -i -X OPTIONS "$base/sign-in")" '^Allow: GET, HEAD, POST'
for method in PUT DELETE TRACE PATCH NONSENSE; do
	tap_is "$method is not allowed" "$(status -X $method "$base/sign-in")" 405
done
tap_is "a page is not a form" "$(status -b "$jar" -d x=y "$base/ledger")" 405

# ---- sizes ----

big() { head -c "$1" /dev/zero | tr '\0' x; }
big 60000 >"$RUN/60k"
{ printf name= && big 200000; } >"$RUN/200k"
tap_is "60 kB of headers are refused" "$(status -H "X-Long: $(cat "$RUN/60k")" "$base/sign-in")" 431
tap_like "60 kB of address are refused" "$(status "$base/sign-in?x=$(cat "$RUN/60k")")" '^(414|431)$'
tap_is "a body over its limit by length is refused" "$(status -b "$jar" -H Expect: --data-binary "@$RUN/200k" "$base/sign-in")" 413
tap_is "a body over its limit by count is refused" "$(status -b "$jar" -H Expect: -H 'Transfer-Encoding: chunked' --data-binary "@$RUN/200k" "$base/sign-in")" 413
tap_like "an endless body is ended" "$(big 40000000 | status -H Expect: -H 'Transfer-Encoding: chunked' -T - -X POST "$base/sign-in" 2>&1)" '000|413'
tap_is "a file over its limit by length is refused" "$(status -b "$jar" -H 'Content-Type: multipart/form-data; boundary=x' -H 'Content-Length: 99000000' -H Expect: -d x "$base/devices/import")" 413
tap_is "a file from nobody is refused before it is read" "$(status -H "Expect: 100-continue" --expect100-timeout 10 -F "file=@$RUN/200k" "$base/devices/import")" 401
tap_is "nothing of it lies around" "$(find /tmp -maxdepth 1 -name 'fieldproof-??????' -newer "$RUN/serve.out" 2>/dev/null | wc -l)" 0
tap_is "text that is no UTF-8 is refused" "$(status -b "$jar" -d "csrf=$(token /)&name=%ff%fe" "$base/settings/site")" 400
tap_is "a NUL in a field is refused" "$(status -b "$jar" -d "csrf=$(token /)&name=a%00b" "$base/settings/site")" 400
tap_is "JSON is no form" "$(status -b "$jar" -H 'Content-Type: application/json' -d '{}' "$base/settings/site")" 415

# ---- markup in names ----

cat >"$RUN/evil.csv" <<'CSV'
Serial number;Product;Location;Owner;Note
"<script>alert(1)</script>";MiSeqDx;"""><img src=x onerror=alert(1)>";"javascript:alert(1)";"</textarea></title><svg onload=alert(1)>"
CSV
preview=$(c -b "$jar" -F "csrf=$(token /devices/import)" -F "map=" -F "file=@$RUN/evil.csv;filename=\"<b>evil</b>.csv\"" "$base/devices/import")
tap_like "the list is read" "$preview" 'name="upload" value="[0-9a-f]{32}"'
tap_like "a file's name is text" "$preview" '&lt;b&gt;evil'
upload=$(grep -oE 'name="upload" value="[0-9a-f]{32}"' <<<"$preview" | grep -oE '[0-9a-f]{32}')
tap_is "somebody else's upload is not there" "$(status -b "$RUN/jar4" -d "csrf=$csrf4" -d "upload=$upload" "$base/devices/import/apply")" 403
taken=$(c -b "$jar" -d "csrf=$(token /)" -d "upload=$upload" "$base/devices/import/apply")
tap_like "the list is taken" "$taken" 'callout-pass'
list=$(c -b "$jar" "$base/devices")
tap_like "markup in a device's name is shown as text" "$list" '&lt;script&gt;alert\(1\)&lt;/script&gt;'
tap_unlike "and never is markup" "$list" '<script>alert|<img|<svg onload'
device=$(grep -oE '/device/[0-9]+' <<<"$list" | head -n 1)
one=$(c -b "$jar" "$base$device")
tap_unlike "nor on the device's own page" "$one" '<script>alert|<img|<svg onload|</textarea></title>'
tap_unlike "nor in what is searched for" "$(c -b "$jar" -G --data-urlencode 'q="><script>alert(2)</script>' "$base/devices")" '<script>alert'
tap_unlike "nor in a message of the address" "$(c -b "$jar" -G --data-urlencode 'said=<script>alert(3)</script>' "$base/")" '<script>alert'

# ---- languages ----

for lang in da de en es it; do
	tap_like "the browser's wish $lang is heard" "$(c -H "Accept-Language: $lang-XX, en;q=0.5" "$base/sign-in")" "<html lang=\"$lang\""
done
tap_like "an unknown language becomes English" "$(c -H 'Accept-Language: xx' "$base/sign-in")" '<html lang="en"'

# ---- floods and slowness ----

many=$(curl -sS --max-time 100 --parallel --parallel-max 16 -o /dev/null -w '%{http_code}\n' -H 'Connection: close' "$base/sign-in?[1-1000]" 2>/dev/null | grep -c 200)
tap_is "1000 quick connections are answered" "$many" 1000

# Sends a byte a second after what it got; prints after how many seconds the server ended the connection.
drip() { # FIRST-PART
	local began=$SECONDS byte rc
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	printf '%b' "$1" >&3
	while [ $((SECONDS - began)) -lt 40 ]; do
		printf x >&3 2>/dev/null || break
		read -r -t 1 -n 1 -u 3 byte
		rc=$?
		[ $rc -le 128 ] && break
	done
	echo $((SECONDS - began))
}
trap '' PIPE
drip "GET / HTTP/1.1\r\nHost: 127.0.0.1:$port\r\nX-Slow: " >"$RUN/drip-header" 2>/dev/null &
drips=$!
drip "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:$port\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n" >"$RUN/drip-body" 2>/dev/null &
drips="$drips $!"
idle() { # hold forty connections that never say anything
	local i fd
	for i in {1..40}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port" || return
	done 2>/dev/null
	sleep 20
}
idle &
idle_pid=$!
sleep 1
answers() { [ "$(curl -sS --max-time 2 -o /dev/null -w '%{http_code}' "$base/sign-in" 2>/dev/null)" = 200 ]; }
tap_ok "after a flood of silent connections the server answers again" wait_until 16 answers
# shellcheck disable=SC2086
wait $drips
kill $idle_pid 2>/dev/null
wait $idle_pid 2>/dev/null
for what in header body; do
	took=$(cat "$RUN/drip-$what")
	if [ "$took" -ge 5 ] && [ "$took" -le 16 ]; then
		tap_line ok "a $what that drips is ended after its deadline ($took s)"
	else
		tap_fail "a $what that drips is ended after its deadline" "$took s"
	fi
done

# ---- the end ----

tap_is "the server still answers" "$(status "$base/sign-in")" 200
spool=$(readlink "/proc/$serve_pid/fd"/* 2>/dev/null | grep -m 1 '^/tmp/fieldproof-')
tap_ok "it has a folder of uploads" [ -d "$spool" ]
bg_signal TERM "$serve_pid"
ended() { ! kill -0 "$serve_pid" 2>/dev/null; }
tap_ok "it ends in order when asked to" wait_until 12 ended
wait "$serve_pid"
tap_is "with exit code 0" $? 0
tap_ok "and leaves no folder of uploads" [ ! -e "$spool" ]
tap_done
