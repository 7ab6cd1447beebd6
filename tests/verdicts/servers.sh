# shellcheck shell=bash disable=SC2034,SC2154
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
