#!/bin/bash
# The collector for Windows, run by Wine in a Windows of its own: registry, services, listeners, key, signature, the other boot mode's hives.
# What Wine only pretends to have (groups, other users' tokens, access rights) is tested in tests/unit/collect_windows.c.
. "$(dirname "$0")/lib.sh"
need x86_64-w64-mingw32-gcc wine wineserver jq openssl hivexsh

exe=$B/fieldproof-collect.exe
[ -s "$exe" ] || {
	tap_fail "the program for Windows is built" "there is no $exe; run make"
	tap_done
}

# ---- the file itself ----

tap_ok "it is smaller than 300 KB" test "$(stat -c %s "$exe")" -lt 300000
tap_note "$(stat -c %s "$exe") bytes"
dlls=$(x86_64-w64-mingw32-objdump -p "$exe" | sed -n 's/.*DLL Name: //p' | tr 'A-Z' 'a-z' | sort | tr '\n' ' ')
known=' advapi32.dll authz.dll bcrypt.dll iphlpapi.dll kernel32.dll msvcrt.dll netapi32.dll version.dll ws2_32.dll '
for d in $dlls; do
	tap_like "Windows 7 has $d" "$known" " $d "
done
flags=$(x86_64-w64-mingw32-objdump -p "$exe" | sed -n '/DllCharacteristics/,/SizeOfStackReserve/p')
for f in HIGH_ENTROPY_VA DYNAMIC_BASE NX_COMPAT; do
	tap_like "linked with $f" "$flags" "$f"
done
tap_is "it asks for Windows 6.1 at most" \
	"$(x86_64-w64-mingw32-objdump -p "$exe" | awk '/MajorSubsystemVersion/ { a = $2 } /MinorSubsystemVersion/ { b = $2 } END { print(a < 6 || (a == 6 && b < 2)) }')" 1
tap_ok "built again" make -s B="$RUN/again" FP_READY=1 "$RUN/again/fieldproof-collect.exe"
tap_ok "the same bytes" cmp "$exe" "$RUN/again/fieldproof-collect.exe"

# ---- a Windows ----

export WINEPREFIX=$RUN/prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml='
unset DISPLAY WAYLAND_DISPLAY
# Where its server keeps a folder that it never takes away.
export TMPDIR=$RUN/wine
mkdir "$TMPDIR"
end_wine() { wineserver -k >/dev/null 2>&1; }
trap 'end_wine; flow_cleanup' EXIT
if ! timeout 100 wineboot -i >"$RUN/boot" 2>&1 || ! timeout 60 wineserver -w; then
	tap_skip "facts of a Windows" "wine makes no Windows here: $(tail -n 1 "$RUN/boot")"
	tap_done
fi
# One server for the whole test, since each start of it costs seconds. What the first command starts besides stays, and must not hold the test's output.
wineserver -p >/dev/null 2>&1 </dev/null
wine cmd /c exit >/dev/null 2>&1 </dev/null
services='HKLM\SYSTEM\CurrentControlSet\Services'
iconv -f UTF-8 -t UTF-16 >"$WINEPREFIX/drive_c/settings.reg" <<'END'
Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
"CurrentBuild"="14393"
"UBR"=dword:00000a30
"EditionID"="EnterpriseS"
"ProductName"="Windows 10 Enterprise 2016 LTSB"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{A}]
"DisplayName"="Universal Copy Service"
"DisplayVersion"="2.6.0.14"

[HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall\{B}]
"DisplayName"="Gerät für Läufe 日本"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile]
"EnableFirewall"=dword:00000001

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\PublicProfile]
"EnableFirewall"=dword:00000000

[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\WindowsFirewall\PrivateProfile]
"EnableFirewall"=dword:00000000

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters]
"EncryptData"=dword:00000001

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\LanmanWorkstation\Parameters]
"RequireSecuritySignature"=dword:00000001
"EnablePlainTextPassword"="wrong"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\mrxsmb10]
"Start"=dword:00000004

[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\NetworkProvider\HardenedPaths]
"\\\\labstore\\runs"="RequireMutualAuthentication=1, RequirePrivacy=1"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\UrlAclInfo]
"http://+:29644/ucs/"=hex:00
END
tap_ok "the settings of an instrument" wine reg import 'C:\settings.reg'
mkdir -p "$WINEPREFIX/drive_c/Illumina"
cp "$exe" "$WINEPREFIX/drive_c/Illumina/ucs.exe"
tap_ok "a service as the instrument has it" wine sc create UCS binPath= '"C:\Illumina\ucs.exe" --secret-argument' obj= '.\sbsuser' \
	DisplayName= 'Illumina Universal Copy Service' start= auto

# Listeners, which Wine shows as Windows would, but for the process.
listen() { # FAMILY ADDRESS: prints its port
	python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_INET6 if sys.argv[1] == "6" else socket.AF_INET)
if sys.argv[1] == "6": s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
s.bind((sys.argv[2], 0)); s.listen()
print(s.getsockname()[1], flush=True)
time.sleep(300)' "$@"
}
for l in '4 127.0.0.1' '4 0.0.0.0' '6 ::1' '6 ::'; do
	bg "listen-${l// /-}" listen ${l}
	wait_until 5 test -s "$RUN/listen-${l// /-}.out"
done

# The other boot mode: hives that libhivex wrote, not we.
hive() { # NAME, commands of hivexsh on standard input
	mkdir -p "$RUN/other/windows/system32/CONFIG"
	{
		cat
		echo commit
	} >"$RUN/hivexsh"
	cp tests/data/hives/minimal.hive "$RUN/other/windows/system32/CONFIG/$1"
	hivexsh -w -f "$RUN/hivexsh" "$RUN/other/windows/system32/CONFIG/$1"
}
hive_system() {
	hive System <<'END'
add Select
cd Select
setval 1
Current
dword:1
cd ..
add ControlSet001
cd ControlSet001
add Control
cd Control
add ComputerName
cd ComputerName
add ComputerName
cd ComputerName
setval 1
ComputerName
string:RUO-PC
cd \ControlSet001
add Services
cd Services
add UCS
cd UCS
setval 4
Type
dword:16
Start
dword:2
ObjectName
string:LocalSystem
ImagePath
expandstring:%SystemDrive%\Illumina\ucs.exe --secret-argument
cd \ControlSet001\Services
add LanmanServer
cd LanmanServer
setval 2
Type
dword:32
Start
dword:4
END
}
hive_software() {
	hive SOFTWARE <<'END'
add Microsoft
cd Microsoft
add Cryptography
cd Cryptography
setval 1
MachineGuid
string:e45b9a31-0c77-4f6d-b2e8-93d1c7a6f210
cd \Microsoft
add Windows NT
cd Windows NT
add CurrentVersion
cd CurrentVersion
setval 3
ProductName
string:Windows 7 Professional
CurrentBuild
string:7601
SystemRoot
string:C:\Windows
END
}
tap_ok "hives of the other boot mode: SYSTEM" hive_system
tap_ok "hives of the other boot mode: SOFTWARE" hive_software

# ---- a run ----

state() { # all that the program must leave alone; Wine keeps its own registry in text files
	find "$WINEPREFIX" "$RUN/other" -type f ! -name '*.reg' ! -name .update-timestamp -printf '%p %s %T@\n' | sort
	wine reg export "$services" 'C:\before.reg' /y >/dev/null 2>&1 && cat "$WINEPREFIX/drive_c/before.reg"
	rm -f "$WINEPREFIX/drive_c/before.reg"
}
collect() { wine "$exe" "$@"; }
out="$RUN/stick/Größe 日本.json"
mkdir -p "$RUN/stick"
state >"$RUN/before"
started=$(date +%s%N)
tap_ok "it runs, with a name of the file in Unicode" collect --serial=M70123 --mode=RUO --challenge=K7QF-2M9X --yes \
	--out="Z:${out//\//\\}" --other="Z:${RUN//\//\\}\\other"
tap_note "$((($(date +%s%N) - started) / 1000000)) ms, the start of Wine included"
said=$tap_out
state >"$RUN/after"
tap_ok "nothing but the fact file and its key was written" cmp "$RUN/before" "$RUN/after"
tap_is "beside them, nothing" "$(ls "$RUN/stick")" $'Größe 日本.json\ncollect.key'
tap_like "it says what it reads before" "$said" 'listeners +open ports'
tap_like "and what nobody could read after" "$said" 'third_party: the registry does not list them'

# ---- the file ----

cat >"$RUN/valid.py" <<'END'
import json, sys, jsonschema
schema, doc = json.load(open("assets/schema/facts.schema.json")), open(sys.argv[1], encoding="utf-8").read()
d = json.loads(doc)
jsonschema.Draft202012Validator(schema).validate(d)
assert doc == json.dumps(d, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n", "not canonical"
END
tap_ok "valid against the schema, and canonical" python3 "$RUN/valid.py" "$out"
cat >"$RUN/unsign.py" <<'END'
import base64, json, sys
doc, to = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2]
d = json.loads(doc)
facts = doc[len('{"facts":'):doc.rindex(',"format":')]
key, sig = base64.b64decode(d["key"]), base64.b64decode(d["signature"])
number = lambda b: b"\x02" + bytes([len(b)]) + b
part = lambda b: number((b"\0" if b.lstrip(b"\0")[:1] >= b"\x80" else b"") + (b.lstrip(b"\0") or b"\0"))
body = part(sig[:32]) + part(sig[32:])
open(to + ".facts", "w", encoding="utf-8", newline="").write(facts)
open(to + ".sig", "wb").write(b"\x30" + bytes([len(body)]) + body)
open(to + ".key", "wb").write(bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + key)
END
verify() { # FILE [FACTS]
	python3 "$RUN/unsign.py" "$1" "$RUN/signed" && { [ $# = 1 ] || printf %s "$2" >"$RUN/signed.facts"; } &&
		openssl dgst -sha256 -verify "$RUN/signed.key" -keyform DER -signature "$RUN/signed.sig" "$RUN/signed.facts"
}
tap_ok "OpenSSL takes the signature" verify "$out"
tap_exit "and not for other facts" 1 verify "$out" '{}'

fact() { jq -c ".facts | $1" "$out"; }
fact_is() { tap_is "$1 is $2" "$(fact "$1")" "$2"; }
fact_is .platform '"windows"'
fact_is .challenge '"K7QF-2M9X"'
fact_is .stated '{"mode":"RUO","serial":"M70123"}'
fact_is .host.build '"14393.2608"'
fact_is .host.os '"Windows 10 Enterprise 2016 LTSB"'
tap_like "the machine's own number" "$(fact .host.machine_id)" '^"[0-9a-f]{8}-[0-9a-f-]{27}"$'
tap_like "the volume's" "$(fact .host.volume_serial)" '^"[0-9A-F]{4}-[0-9A-F]{4}"$'
fact_is '.software | map(select(.name == "Universal Copy Service"))' '[{"arch":"x64","name":"Universal Copy Service","publisher":null,"version":"2.6.0.14"}]'
fact_is '.software | map(select(.arch == "x86") | .name)' '["Gerät für Läufe 日本"]'
fact_is '.services[] | select(.name == "UCS") | [.account, .display, .image, .image_sha256, .start, .state, .pid]' \
	"[\".\\\\sbsuser\",\"Illumina Universal Copy Service\",\"C:\\\\Illumina\\\\ucs.exe\",\"$(sha256sum <"$exe" | cut -c1-64)\",\"auto\",\"stopped\",null]"
tap_unlike "no argument of a service is in the file" "$(<"$out")" secret-argument
fact_is '.accounts[] | select(.sid == "S-1-5-18") | .administrator' true
fact_is '.accounts[] | select(.name | endswith("sbsuser")) | [.administrator, .complete]' '[null,false]'
tap_like "and why nobody knows its groups" "$(fact '.unknown | map(select(.fact == "accounts.groups") | .why)')" sbsuser
fact_is .firewall.service '"absent"'
fact_is '.firewall.profiles | [.domain.enabled, .private.enabled, .public.enabled]' '[true,false,false]'
fact_is '.firewall.profiles | [.domain.source, .private.source, .public.source]' '["default","policy","registry"]'
fact_is .firewall.third_party null
fact_is '.smb_client | [.signing_required.value, .signing_required.stated, .smb1_driver]' '[true,true,"disabled"]'
fact_is '.smb_client.encryption_required | [.value, .stated]' '[false,false]'
fact_is '.smb_client.insecure_guest | [.value, .stated]' '[true,false]'
fact_is '.smb_client.plain_text_password.value' null
tap_like "a setting of the wrong type is no absent one" "$(fact '.unknown | map(select(.fact == "smb_client.plain_text_password"))')" 'is no number'
fact_is .smb_client.hardened_paths '[{"integrity":false,"mutual":true,"path":"\\\\labstore\\runs","privacy":true}]'
fact_is '.smb_server | [.encryption_required.value, .encryption_required.stated, .unencrypted_rejected.value, .unencrypted_rejected.stated]' \
	'[true,true,true,false]'
fact_is .http_urls '[{"scope":"network","url":"http://+:29644/ucs/"}]'
for l in '4 127.0.0.1 loopback' '4 0.0.0.0 network' '6 ::1 loopback' '6 :: network'; do
	read -r family address scope <<<"$l"
	port=$(cat "$RUN/listen-$family-$address.out" 2>/dev/null)
	if [[ $port =~ ^[0-9]+$ ]]; then
		tap_is "the listener on $address is found, $scope" \
			"$(fact ".listeners | map(select(.port == $port and .address == \"$address\" and .protocol == \"tcp\") | .scope)")" "[\"$scope\"]"
	else
		tap_skip "the listener on $address" "this machine has no such address"
	fi
done

# ---- the other boot mode ----

other() { tap_is "other mode: $1 is $2" "$(fact ".offline[0] | $1")" "$2"; }
fact_is '.offline | length' 1
other .source '"offline"'
other .stated '{"mode":null,"serial":"M70123"}'
other '.host | [.name, .os, .build, .machine_id]' '["RUO-PC","Windows 7 Professional","7601","e45b9a31-0c77-4f6d-b2e8-93d1c7a6f210"]'
other '.services[] | select(.name == "UCS") | [.account, .sid, .image, .state, .pid]' '["LocalSystem","S-1-5-18","C:\\Illumina\\ucs.exe",null,null]'
other '.accounts | map(.administrator)' '[true]'
other '[.listeners, .processes]' '[null,null]'
other .smb_server.running false
other '.smb_server.encryption_required.value' false
other '.unknown | map(.fact) | index("listeners") != null' true
# The program for Linux reads the same hives to the same facts.
tap_ok "the program for Linux reads it too" "$B/fieldproof-collect" --yes --serial=M70123 --challenge=K7QF-2M9X --out="$RUN/linux.json" \
	--key="$RUN/stick/collect.key" --root=/nonexistent --ipmi=none --other="$RUN/other"
same='del(.collected, .elevated, .host.volume_serial) | .unknown |= map(select(.fact != "host.volume_serial"))'
tap_is "to the same facts" "$(jq -S ".facts.offline[0] | $same" "$RUN/linux.json")" "$(jq -S ".facts.offline[0] | $same" "$out")"
tap_is "and signs with the same key" "$(jq .key "$RUN/linux.json")" "$(jq .key "$out")"

# ---- again, and wrongly ----

cp "$RUN/stick/collect.key" "$RUN/key"
tap_ok "a second run" collect --yes --quiet --out="Z:${RUN//\//\\}\\stick\\second.json"
tap_is "says nothing when asked to be quiet" "$tap_out" ''
tap_is "signs with the same key" "$(jq .key "$RUN/stick/second.json")" "$(jq .key "$out")"
tap_ok "which stays as it was" cmp "$RUN/key" "$RUN/stick/collect.key"
tap_ok "and OpenSSL takes it" verify "$RUN/stick/second.json"
tap_is "the same state gives the same services" "$(jq -c .facts.software "$RUN/stick/second.json")" "$(fact .software)"
tap_exit "an argument that is none" 2 collect --nonsense
tap_exit "a place that cannot be written" 1 collect --yes --quiet --out='Z:\nonexistent\facts.json'
tap_like "names it" "$tap_out" 'nonexistent.*it is not there'
sed -i 's/key-1 B/key-1 C/' "$RUN/stick/collect.key"
tap_exit "a damaged key signs nothing" 1 collect --yes --quiet --out="Z:${RUN//\//\\}\\stick\\third.json"
tap_like "and says what to do" "$tap_out" 'move it away'
tap_ok "no file then" test ! -e "$RUN/stick/third.json"
printf 'regf' >"$RUN/other/windows/system32/CONFIG/System"
printf 'MZ' >"$RUN/other/windows/system32/CONFIG/SOFTWARE"
rm "$RUN/stick/collect.key"
tap_ok "hives that are none: the rest is told" collect --yes --out="Z:${RUN//\//\\}\\stick\\fourth.json" --other="Z:${RUN//\//\\}\\other"
tap_is "nothing is claimed of that system" "$(jq -c '.facts.offline' "$RUN/stick/fourth.json")" '[]'
tap_like "and it says why" "$(jq -c '.facts.unknown' "$RUN/stick/fourth.json")" 'shorter than the shortest hive'
tap_done
