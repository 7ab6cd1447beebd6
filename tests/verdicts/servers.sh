# shellcheck shell=bash disable=SC2034,SC2046,SC2154
# How the kinds of tests/verdicts/postures.tsv are started. A kind NAME is two functions:
#     prepare_NAME POSTURE...       once, before the first posture: what all of them share. Returns 1 with $why when this machine cannot.
#     posture_NAME POSTURE PARAMS   starts it and sets $host, $bmc or $storage to the address a device list would have. Returns 1 with $why.
# What is started by bg, double, hostile and lab_up of tests/flow/lib.sh ends with the run.

prepare_lab() { # POSTURE...: servers of demo/lab by their names
	local status
	lab_up "$@" >"$RUN/lab-says" 2>&1
	status=$?
	[ $status = 0 ] || [ $status = 3 ] || { why="the laboratory does not start: $(tail -n 1 "$RUN/lab-says")" && return 1; }
}
lab_runs() { # NAME: it runs, or is meant not to
	[ "$(lab_get "$1" state)" != "" ] && ! grep -q "lab: $1.* not started" "$RUN/lab-says" || { why="$(grep -m 1 "lab: $1" "$RUN/lab-says")" && return 1; }
}

prepare_samba() { prepare_lab "$@"; }
posture_samba() { lab_runs "$1" && storage=$(lab_get "$1" target); }

prepare_bmc() { prepare_lab "$@"; }
posture_bmc() { lab_runs "$1" && bmc=$(lab_get "$1.ipmi" target); }

prepare_ucs() { prepare_lab "$@"; }
posture_ucs() {
	lab_runs "$1" || return
	host=$(lab_get "$1" target)
	host=${host%%[:;]*}";ucs=$(lab_get "$1" port)"
}

prepare_smb-double() { :; }
posture_smb-double() {
	# shellcheck disable=SC2086
	double smb_windows $2 --seconds 600 && storage=smb://$double_at/runs
}

# ---- transport: SSH, TLS ----

free_port() { # sets $port to one that nobody has
	port=${port:-$((20000 + $$ % 400 * 20))}
	port=$((port + 1))
	while port_listens 127.0.0.1 $port; do port=$((port + 1)); done
}

prepare_ssh() {
	command -v sshd >/dev/null && command -v ssh-keygen >/dev/null || { why="sshd is not installed" && return 1; }
	[ -d /run/sshd ] || mkdir -p /run/sshd || { why="sshd wants /run/sshd" && return 1; }
	ssh-keygen -q -t ed25519 -N '' -f "$RUN/host-ed25519"
	ssh-keygen -q -t rsa -b 2048 -N '' -f "$RUN/host-rsa"
}
posture_ssh() { # PARAMS: lines of sshd_config, ';' between them; @KEY@ is the folder of host keys
	free_port
	tr ';' '\n' <<<"ListenAddress 127.0.0.1:$port;PidFile none;UsePAM no;PermitRootLogin no;PasswordAuthentication no;${2//@KEY@/$RUN/host}" >"$RUN/sshd-$port.conf"
	bg "sshd-$port" "$(command -v sshd)" -D -e -f "$RUN/sshd-$port.conf"
	wait_port 127.0.0.1 $port && storage=sftp://127.0.0.1:$port/runs
}

prepare_tls() {
	command -v openssl >/dev/null || { why="openssl is not installed" && return 1; }
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=lab -keyout "$RUN/tls.key" -out "$RUN/tls.pem" -days 30 2>/dev/null
}
posture_tls() { # PARAMS: options of openssl s_server
	free_port
	# shellcheck disable=SC2086
	bg "tls-$port" openssl s_server -accept "127.0.0.1:$port" -cert "$RUN/tls.pem" -key "$RUN/tls.key" -quiet -www $2
	wait_port 127.0.0.1 $port && storage=https://127.0.0.1:$port/
}

# ---- in a network of their own, each posture with an address and the usual ports ----

prepare_netns() {
	[ -n "$netns_a" ] || netns_up || { why=$netns_why && return 1; }
	fp_check=fp_a
}
own_address() { # sets $address to one that no posture had
	own=$((${own:-0} + 1))
	address=10.99.$((10 + own / 200)).$((own % 200 + 1))
}
b_answers() { in_a bash -c "$(declare -f port_state); [ \$(port_state $1 $2 1) = open ]"; } # NFS-Ganesha listens by IPv6
in_b_listens() { in_b bash -c "$(declare -f port_listens); port_listens $1 $2"; }

prepare_clear() {
	prepare_netns || return
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=lab -keyout "$RUN/ftp.key" -out "$RUN/ftp.pem" -days 30 2>/dev/null
	mkdir -p "$RUN/ftp-empty"
}
posture_clear() { # PARAMS: nothing, vsftpd OPTIONS, nginx LINES, listen PORT [BANNER], drop, drop PORT
	own_address
	storage=smb://$address/runs
	local word=${2%% *} rest=${2#* }
	case $word in
	nothing) ;;
	drop) netns_rule drop ip daddr $address ${rest:+$([ "$rest" = drop ] || echo "tcp dport $rest")} ;;
	vsftpd)
		command -v vsftpd >/dev/null || { why="vsftpd is not installed" && return 1; }
		printf '%s\n' listen=YES "listen_address=$address" listen_port=21 background=NO anonymous_enable=NO local_enable=YES seccomp_sandbox=NO \
			"secure_chroot_dir=$RUN/ftp-empty" "rsa_cert_file=$RUN/ftp.pem" "rsa_private_key_file=$RUN/ftp.key" >"$RUN/ftp-$address.conf"
		tr ' ' '\n' <<<"$rest" >>"$RUN/ftp-$address.conf"
		bg "ftp-$address" in_b vsftpd "$RUN/ftp-$address.conf"
		wait_until 5 in_b_listens $address 21
		;;
	nginx)
		command -v nginx >/dev/null || { why="nginx is not installed" && return 1; }
		printf 'daemon off; pid %s; error_log stderr; events {} http { access_log off; server { listen %s:80; %s } }\n' \
			"$RUN/nginx-$address.pid" $address "$rest" >"$RUN/nginx-$address.conf"
		bg "nginx-$address" in_b nginx -p "$RUN" -e stderr -c "$RUN/nginx-$address.conf"
		wait_until 5 in_b_listens $address 80
		;;
	listen)
		bg "listen-$address" in_b "$B/tests/doubles/tcp_listener" --bind $address --port "${rest%% *}" --seconds 600 \
			$([ "$rest" = "${rest#* }" ] || echo "--mode=banner --banner=${rest#* }")
		wait_until 5 in_b_listens $address "${rest%% *}"
		;;
	esac
}

prepare_firewall() {
	prepare_netns
	kind_params=(control-port=4712 ucs-port=4711)
}
posture_firewall() { # as posture_clear, for the instrument
	posture_clear "$@" && host=$address storage=''
}

prepare_nfs() {
	command -v ganesha.nfsd >/dev/null && command -v rpcbind >/dev/null || { why="NFS-Ganesha or rpcbind is not installed" && return 1; }
	prepare_netns || return
	local entry n=0
	mkdir -p "$RUN"/nfs/{sys,krb5,krb5i,krb5p,both,recov} "$RUN"/nfs/{sys,krb5p}/below
	{
		echo "NFS_CORE_PARAM { Bind_addr = 10.98.0.2; NFS_Port = 2049; MNT_Port = 20048; Protocols = 3, 4; Enable_NLM = false; Enable_RQUOTA = false; }"
		echo "NFS_KRB5 { Active_krb5 = false; } NFSv4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = $RUN/nfs/recov; Minor_Versions = 0, 1, 2; }"
		for entry in sys:sys krb5:krb5 krb5i:krb5i krb5p:krb5p both:sys,krb5p; do
			n=$((n + 1))
			printf 'EXPORT { Export_Id = %d; Path = %s; Pseudo = /lab/%s; Access_Type = RO; Squash = All; SecType = %s; Protocols = 3, 4; Transports = TCP; FSAL { Name = VFS; } }\n' \
				$n "$RUN/nfs/${entry%%:*}" "${entry%%:*}" "${entry#*:}"
		done
	} >"$RUN/ganesha.conf"
	cat >"$RUN/serve-nfs" <<-END
		mount -t tmpfs tmpfs /run || exit 1
		rpcbind -f -h 10.98.0.2 &
		for i in 1 2 3 4 5 6 7 8 9 10; do [ -S /run/rpcbind.sock ] && break; sleep 0.1; done
		ganesha.nfsd -F -L "$RUN/ganesha.log" -p "$RUN/ganesha.pid" -f "$RUN/ganesha.conf" &
		wait
	END
	bg nfs in_b bash "$RUN/serve-nfs"
	wait_until 20 grep -q 'NFS SERVER INITIALIZED' "$RUN/ganesha.log" && wait_until 5 b_answers 10.98.0.2 2049 ||
		{ why="NFS-Ganesha does not start: $(tail -n 1 "$RUN/ganesha.log" 2>/dev/null)" && return 1; }
	bg nfs-tls in_b "$B/tests/doubles/hostile" --mode nfs-good --bind 10.98.0.2 --port 2050 --seconds 600
	wait_until 5 in_b_listens 10.98.0.2 2050
}
posture_nfs() { storage=$2; } # PARAMS: the address

# ---- fact files of instruments: nothing is asked, a signed file is brought ----

facts_bring() { # FILE: what the program makes of it, in the database at hand, as ask_network gives it, without the posture
	fp notice add FSN2023-1338 --quiet || return
	printf 'Serial number;Product;REF;IP address;Connectivity;Dx version;RUO version;Current mode\nN1;NextSeq 550Dx;20005715;10.20.30.40;local;1.3.1;4.0;Dx\n' >"$RUN/list.csv"
	fp device import "$RUN/list.csv" >/dev/null && fp match >/dev/null || return
	fp param set ucs-fixed-versions '>=2.6' >/dev/null
	fp param set storage-host NDX550123 >/dev/null
	"$B/tests/doubles/facts_sign" --challenge "$(fp evidence challenge --format=json | jq -r .code)" --serial N1 --mode Dx \
		--collected "$(date -u +%FT%TZ)" "tests/data/facts/$1.json" >"$RUN/facts.json" || return
	fp evidence import "$RUN/facts.json" --format=json 2>/dev/null |
		jq -r '.files[0].checks.rows//[]|.[]|select(.mode=="Dx" or .mode=="")|[.verdict.check, "facts", .verdict.result, .verdict.reason, .verdict.detail]|@tsv' | sort -u
}
prepare_facts() {
	mkdir -p "$notices/FSN2023-1338"
	cp notices/FSN2023-1338/*.md "$notices/FSN2023-1338/"
	jq --argjson c "$(rows_of facts | cut -f4 | sort -u | jq -Rn '[inputs|{id:.,role:"supporting"}]')" \
		'.actions |= map(if .id=="patch" then .checks = $c else .checks = [] end)' notices/FSN2023-1338/notice.json >"$notices/FSN2023-1338/notice.json"
	FIELDPROOF_NOTICES=$notices
	[ -x "$B/tests/doubles/facts_sign" ] && [ -n "$(facts_bring "$1")" ] || { why="this program judges no fact files yet" && return 1; }
}
ask_facts() { # POSTURE...: the names of files in tests/data/facts
	local posture
	for posture; do
		fresh_db # each for itself: a second file of the same system would be "fixed", or another device's
		facts_bring "$posture" | sed "s/^/$posture\t/"
	done
}

# ---- recorded captures: transfers of real servers and clients, kept small for the fuzz target too (36- and 37-capture record new ones) ----

prepare_capture() { :; }
ask_capture() { # POSTURE...: names of files
	local posture
	for posture; do
		fp evidence read "tests/fuzz/corpus/capture_read/$posture" --format=json 2>/dev/null |
			jq -r --arg p "$posture" '.verdicts[] | [$p, .check, "capture", .result, .reason, .detail] | @tsv'
	done
}
