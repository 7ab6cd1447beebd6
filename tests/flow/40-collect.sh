#!/bin/bash
# The collector for Linux: what it reads on this machine and on recorded ones, that it changes nothing, that its file is whole, signed and the same twice.
# shellcheck disable=SC2154 source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq openssl
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || {
	tap_skip "the whole of $(basename "$0")" "python3-jsonschema is not installed"
	tap_done
}
collect=$B/fieldproof-collect
checked() { /usr/bin/python3 -W ignore tests/flow/facts_check.py "$@"; }
facts_of() { jq -S '.facts | del(.collected, .collector, .challenge, .stated, .elevated)' "$1"; }
signed() { # FILE: openssl says so
	checked "$1" "$RUN" && openssl dgst -sha256 -verify "$RUN/key.pem" -signature "$RUN/signature.der" "$RUN/facts.bin"
}

# ---- this machine ----

double tcp_listener --bind=127.0.0.1 || tap_fail "the listener starts"
mkdir -p "$RUN/stick"
tap_ok "it reads this machine" "$collect" --serial='A 1' --mode=Dx --challenge=K7QF-2M9X-4RTB-0ZWD-5 --out="$RUN/stick" --yes
tap_like "it says what it reads before it does" "$tap_out" 'This will be read'
tap_is "... each reader, then what it writes, then where the file is" \
	"$(grep -cE '^  (host|software|services|listeners|firewall|smb_server|mounts|exports|bmc) ' <<<"$tap_out") $(tail -n 1 <<<"$tap_out" | sed 's/-[0-9TZ]*\.json//')" \
	"9 Written: $RUN/stick/facts-A_1-Dx"
first=$(echo "$RUN"/stick/facts-A_1-Dx-*.json)
tap_ok "the file fits its schema, is canonical, and openssl verifies the signature" signed "$first"
tap_is "the key is for its owner only" "$(stat -c %a "$RUN/stick/collect.key")" 600
tap_is "what was said stands in it" "$(jq -c '[.facts.stated, .facts.challenge]' "$first")" '[{"mode":"Dx","serial":"A 1"},"K7QF-2M9X-4RTB-0ZWD-5"]'
tap_is "a port and the program behind it" \
	"$(jq -c --argjson p "$double_port" '.facts as $f | $f.listeners[] | select(.port == $p and .protocol == "tcp") | .scope, (.pid as $pid | $f.processes[] | select(.pid == $pid) | .image_sha256, .sid)' "$first" | paste -sd ' ')" \
	"\"loopback\" \"$(sha256sum <"$B/tests/doubles/tcp_listener" | cut -d' ' -f1)\" \"uid:$(id -u)\""
tap_ok "a second file by the same key" "$collect" --serial='A 1' --mode=Dx --challenge=K7QF-2M9X-4RTB-0ZWD-5 --out="$RUN/second.json" --key="$RUN/stick/collect.key" --quiet
tap_is "... and it says nothing" "$tap_out" ""
# Other work on this machine opens and closes ports: what is compared are the settings.
same() { jq -c '[.key, (.facts | del(.collected, .listeners, .processes, .services, .accounts, .unknown))]' "$1"; }
tap_is "the same state gives the same facts" "$(same "$RUN/second.json")" "$(same "$first")"
"$collect" --quiet --serial=$'a"\\\t\x1f\x7f\xff\\u001f' --root=tests/collect/broken --out="$RUN/odd.json"
tap_ok "whatever was typed, the file is canonical" signed "$RUN/odd.json"
tap_unlike "no command line, no variable of the environment is in it" "$(HIDDEN=never-collected "$collect" --quiet --out="$RUN/third.json" && cat "$RUN/third.json" "$first")" \
	"never-collected|--bind=127|$RUN"

# ---- it changes nothing ----

if ! command -v strace >/dev/null || ! strace -o /dev/null true 2>/dev/null; then
	tap_skip "no file but its own is opened for writing" "strace is not installed, or may not trace here"
else
	strace -f -qq -o "$RUN/trace" "$collect" --quiet --out="$RUN/traced.json" --key="$RUN/traced.key"
	tap_is "no file but its own is opened for writing" \
		"$(grep -E '(open|openat|openat2|creat)\(' "$RUN/trace" | grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC' | grep -oE '"[^"]*"' | sort -u | grep -v '"/dev/null"' | paste -sd ' ')" \
		"\"$RUN/traced.json.new\" \"$RUN/traced.key.new\""
	tap_is "no file is renamed, made or taken away but those" \
		"$(grep -E '^[0-9]+ +(rename|renameat|renameat2|unlink|unlinkat|mkdir|mkdirat|link|linkat|symlink|symlinkat|mknod|chmod|fchmod|chown|truncate|setxattr|mount|utimensat)\(' "$RUN/trace" | grep -oE '"[^"]*"' | sort -u | paste -sd ' ')" \
		"\"$RUN/traced.json\" \"$RUN/traced.json.new\" \"$RUN/traced.key\" \"$RUN/traced.key.new\""
	tap_is "no socket but nft's to the kernel" "$(grep -E 'socket\(' "$RUN/trace" | grep -vc AF_NETLINK) $(grep -cE '(connect|bind)\(.*AF_INET' "$RUN/trace")" "0 0"
	tap_is "no program but nft is started" "$(grep -E 'execve\(' "$RUN/trace" | tail -n +2 | grep -vcE 'execve\("(/usr)?/sbin/nft", \["nft", "list", "ruleset"\]')" 0
	tap_like "no signal is sent" "$(grep -cE '(kill|tgkill)\(' "$RUN/trace")" '^0$'
fi
start=$(date +%s%N)
"$collect" --quiet --out="$RUN/timed.json"
tap_is "it takes less than a second" "$((($(date +%s%N) - start) / 1000000000))" 0

# ---- without rights ----

if [ "$(id -u)" = 0 ]; then
	mkdir -p "$RUN/weak" && chmod 777 "$RUN/weak" && chmod 711 "$RUN" && cp "$collect" "$RUN/weak/"
	tap_ok "it runs without rights" setpriv --reuid=65534 --regid=65534 --clear-groups "$RUN/weak/fieldproof-collect" --yes --out="$RUN/weak/facts.json"
	tap_like "... says that more can be read with them" "$tap_out" 'With administrator rights more can be read'
	tap_ok "... and its file is good" signed "$RUN/weak/facts.json"
	tap_is "what it may not read is null and has a reason" \
		"$(jq -c --argjson p "$double_port" '.facts | .elevated, .firewall, (.listeners[] | select(.port == $p and .protocol == "tcp") | .pid), ([.unknown[].fact] | contains(["firewall", "listeners.pid"]))' "$RUN/weak/facts.json" | paste -sd ' ')" \
		"false null null true"
fi

# ---- the kernel's rules ----

if netns_up; then
	in_rules() { in_a "$collect" --quiet --out="$RUN/rules.json" && jq -c '.facts | .firewall, ([.listeners[].port] | length)' "$RUN/rules.json" | paste -sd ' '; }
	tap_is "a network of its own: no rules, no ports" "$(in_rules)" '{"input_policy":"accept","service":"absent","tables":[]} 0'
	in_a nft 'add table inet site { chain in { type filter hook input priority 0 ; policy drop ; } ; chain out { type filter hook output priority 0 ; policy accept ; } ; }'
	tap_is "rules that drop what comes in" "$(in_rules)" '{"input_policy":"drop","service":"running","tables":["inet site"]} 0'
	tap_like "... and they are still there afterwards" "$(in_a nft list ruleset)" 'hook input priority filter; policy drop'
else
	tap_skip "the kernel's rules" "$netns_why"
fi

# ---- recorded machines ----

for tree in storage dragen broken; do
	"$collect" --quiet --root="tests/collect/$tree" --out="$RUN/$tree.json"
	tap_ok "$tree: a good file" signed "$RUN/$tree.json"
	facts_of "$RUN/$tree.json" >"$RUN/got"
	tap_ok "$tree: the facts are those that were checked by hand" diff -u "tests/collect/$tree.json" "$RUN/got"
done
tap_unlike "nobody's name, password or mail, and nothing behind a program's name" "$(cat "$RUN"/storage.json "$RUN"/dragen.json "$RUN"/broken.json)" \
	'Anna|Smith|anna|example.org|secret|--foreground|username|domain|/home/edico|tty1'

# ---- smb.conf beside Samba's own reading ----

conf=$RUN/tree/etc/samba
mkdir -p "$conf" "$RUN/tree/proc" "$RUN/tree/var/lib/dpkg"
printf 'Package: samba\nStatus: install ok installed\nVersion: 2:4.17.12+dfsg-0\nArchitecture: amd64\n' >"$RUN/tree/var/lib/dpkg/status"
printf '[included]\npath = /tmp\nserver smb encrypt = required\n' >"$conf/part.conf"
# As testparm sees it: refused, or: encryption signing smb1 share=encryption...
samba_says() {
	testparm -sv "$1" 2>"$RUN/said" >"$RUN/taken" </dev/null
	if grep -q 'Error loading services' "$RUN/said"; then
		echo refused
		return
	fi
	awk '
		/^\[/ { at = substr($0, 2, length($0) - 2); if (at != "global") names[++n] = at; next }
		{ line = $0; sub(/^[ \t]*/, "", line); i = index(line, " = "); key = substr(line, 1, i - 1); value = substr(line, i + 3) }
		key == "server smb encrypt" { encrypt[at] = value }
		key == "server signing" { signing = value }
		key == "server min protocol" { smb1 = value ~ /^(NT1|LANMAN|CORE)/ }
		END {
			printf "%s %s %s", encrypt["global"] == "required" ? "true" : "false", signing == "required" ? "true" : "false", smb1 ? "true" : "false"
			print ""
			for (i = 1; i <= n; i++) printf "%s=%s\n", names[i], encrypt["global"] == "required" || encrypt[names[i]] == "required" ? "true" : "false"
		}' "$RUN/taken" | {
		read -r settings
		{
			echo "$settings"
			LC_ALL=C sort
		} | paste -sd ' '
	}
}
collector_says() {
	"$collect" --quiet --root="$RUN/tree" --out="$RUN/smb.json" --ipmi=none
	jq -r '.facts.smb_server | if .shares == null then "refused" else ([.encryption_required.value, .signing_required.value, .smb1.value | tostring] + ([.shares[] | "\(.name)=\(.encryption_required)"] | sort)) | join(" ") end' "$RUN/smb.json"
}
variants=(
	'[global]\n[a]\npath = /tmp\n'
	'[global]\nserver smb encrypt = required\nserver signing = mandatory\n[a]\npath = /tmp\nserver smb encrypt = off\n'
	'[global]\nsmbEncrypt=Mandatory\n'
	'[global]\nserver smb encrypt = required\n[a]\npath = /tmp\n[global]\nserver smb encrypt = off\n[b]\npath = /tmp\n'
	'[global]\nserver smb encrypt = desired\n[a]\npath = /tmp\nSMB  ENCRYPT = forced\n'
	'[a]\npath = /tmp\n[global]\nserver smb encrypt = desired\n[b]\npath = /tmp\n'
	'server signing = required\n[a]\npath = /tmp\nserver signing = off\nmin protocol = NT1\n'
	'[global]\nmin protocol = NT1\n[GLO BALS]\nserver min protocol = SMB3\n'
	'[global]\nserver min protocol = LANMAN1\nserver min protocol = default\n'
	'[global]\nserver signing = auto\nserver signing = \\\n  manda\\\ntory\n'
	'# x \\\n[global]\n; [a]\nserver signing = enforced\n#server signing = off\n'
	'[global]\nserver signing = mandatory # always\n'
	'[global]\nserver smb encrypt = "required"\n'
	'[global]\nserver smb encrypt =\n'
	'[a]\npath = /tmp\nsmb encrypt = required\n[b]\ncopy = a\n[c]\nsmb encrypt = off\ncopy = a\n'
	'[b]\ncopy = a\n[a]\npath = /tmp\n'
	'[global]\ninclude = /etc/samba/part.conf\nserver smb encrypt = desired\n[z]\npath = /tmp\n'
	'[global]\ninclude = /etc/samba/none.conf\nserver smb encrypt = enabled\n'
	'[a]\npath = /tmp\n[A]\nsmb encrypt = required\n'
	'[a\npath = /tmp\n'
	'[global] x\nserver signing = required\n[a] = b\npath = /tmp\n'
	'[]\n'
	'= x\n'
	'[homes]\nsmb encrypt = required\n[printers]\nprintable = yes\n'
	'[global]\r\nserver signing = required\r\n'
)
if command -v testparm >/dev/null; then
	for v in "${variants[@]}"; do
		# shellcheck disable=SC2059
		printf "$v" >"$conf/smb.conf"
		sed "s|/etc/samba/|$conf/|" "$conf/smb.conf" >"$RUN/here.conf"
		tap_is "as Samba: $(head -c 60 <<<"$v")" "$(collector_says)" "$(samba_says "$RUN/here.conf")"
	done
else
	tap_skip "smb.conf as Samba takes it" "testparm is not installed"
fi
for v in '[global]\nconfig backend = registry\n' '[global]\ninclude = registry\n' '[global]\ninclude = /etc/%%m.conf\n' '[global]\nconfig file = /etc/other.conf\n' '[global]\ninclude = /etc/samba/smb.conf\n'; do
	# shellcheck disable=SC2059
	printf "$v" >"$conf/smb.conf"
	tap_is "not known: $v" "$(collector_says)" refused
done

# ---- the management controller from inside ----

if command -v ipmi_sim >/dev/null; then
	lan=$((20000 + $$ % 10000)) vm=$((30000 + $$ % 10000))
	mkdir -p "$RUN/sim"
	cat >"$RUN/sim/lan.conf" <<END
name "inband"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 $lan
    priv_limit admin
    allowed_auths_user md5
    allowed_auths_operator md5
    allowed_auths_admin md5
    guid c123456789abcdefa123456789abcdef
  endlan
  serial 15 127.0.0.1 $vm codec VM ipmb 0x20
  user 2 true  "tbadmin" "tb-secret" admin    10 md5
END
	bg sim ipmi_sim -n -c "$RUN/sim/lan.conf" -f demo/lab/conf/ipmi/bmc.emu -s "$RUN/sim"
	wait_port 127.0.0.1 "$vm"
	"$collect" --quiet --root=tests/collect/broken --ipmi="tcp:127.0.0.1:$vm" --out="$RUN/bmc.json"
	tap_ok "a file with a controller's facts is good" signed "$RUN/bmc.json"
	bmc() { jq -c ".facts.bmc | $1" "$RUN/bmc.json"; }
	tool() { ipmitool -I lan -H 127.0.0.1 -p "$lan" -U tbadmin -P tb-secret "$@" 2>/dev/null; }
	tap_is "channel 1 is open for administrators" "$(bmc '.channels[0] | [.number, .medium, .access, .privilege_limit]')" '[1,"LAN","always",4]'
	tap_is "the user with a name and the ones without" "$(bmc '[.users[] | select(.name_empty | not) | .id, .privilege, .ipmi]')" '[2,4,true]'
	tap_is "what it leaves open is named, once" "$(jq -c '[.facts.unknown[] | select(.fact | startswith("bmc.users")) | .fact]' "$RUN/bmc.json") $(bmc '[.users[].enabled] | unique')" '["bmc.users.enabled"] [null]'
	tap_unlike "the name itself stays in the controller" "$(cat "$RUN/bmc.json")" 'tbadmin'
	if command -v ipmitool >/dev/null; then
		tap_is "cipher suites as ipmitool reads them" "$(bmc '.lan[0].cipher_suites | map(tostring) | join(",")')" "\"$(tool lan print 1 | sed -n 's/^RMCP+ Cipher Suites *: //p')\""
		tap_is "firmware and maker as ipmitool reads them" "$(bmc '.device_id | "\(.manufacturer) \(.product)"')" "\"$(tool mc info | sed -n 's/^Manufacturer ID *: //p') $(tool mc info | sed -n 's/^Product ID *: \([0-9]*\).*/\1/p')\""
	fi
	bg_stop "$bg_pid"
	"$collect" --quiet --root=tests/collect/broken --ipmi="tcp:127.0.0.1:$vm" --out="$RUN/bmc.json"
	tap_is "a controller that is not there is not known" "$(bmc '[.present, .channels, .users]')" '[null,null,null]'
else
	tap_skip "the management controller from inside" "ipmi_sim is not installed"
fi

# ---- what goes wrong ----

# The public half of one key, the private one of another: each is good for itself.
key_bytes() { sed 's/.* //' "$1" | base64 -d; }
"$collect" --quiet --root=tests/collect/broken --out="$RUN/other.json" --key="$RUN/other.key"
echo "fieldproof-collect-key-1 $({
	key_bytes "$RUN/stick/collect.key" | head -c 65
	key_bytes "$RUN/other.key" | tail -c 32
} | base64 -w 0)" >"$RUN/damaged.key"
tap_exit "a damaged key signs nothing" 1 "$collect" --quiet --root=tests/collect/broken --out="$RUN/none.json" --key="$RUN/damaged.key"
tap_like "... and says what to do" "$tap_out" 'damaged.key.*move it away'
tap_is "... no file" "$(ls "$RUN" | grep -c none)" 0
tap_exit "a place that is not there" 1 "$collect" --quiet --root=tests/collect/broken --out="$RUN/no/folder/x.json" --key="$RUN/stick/collect.key"
tap_like "... says so" "$tap_out" 'No such file or directory'
tap_exit "an option that is none" 2 "$collect" --nonsense
tap_exit "an option without its value" 2 "$collect" --serial
tap_ok "help" "$collect" --help
if command -v script >/dev/null; then
	tap_like "a person may say no" "$(echo n | script -qec "$collect --root=tests/collect/broken --out=$RUN/declined.json" /dev/null)" 'Go on\? .*'
	tap_is "... then nothing is written" "$(ls "$RUN" | grep -c declined)" 0
	echo | script -qec "$collect --root=tests/collect/broken --out=$RUN/accepted.json" /dev/null >/dev/null
	tap_is "an empty answer means yes" "$(ls "$RUN" | grep -c accepted.json)" 1
fi
tap_done
