# bash completion for fieldproof. It asks the program's own help, so it knows what that very program knows: nouns, verbs, options
# and their values, references of notices, files and folders. Nothing is opened or written; no database is touched.

# The usage line of a verb, its arguments one per line: "fieldproof match decide REF SERIAL affected|not-affected".
_fieldproof_args() { # PROGRAM WORDS...
	"$1" "${@:2}" --help 2>/dev/null </dev/null | awk -v skip=$# '/^fieldproof/ { for (i = skip + 1; i <= NF; i++) print $i; exit }'
}

# Name and value word of each option: "format text|json", "quiet ".
_fieldproof_options() { # PROGRAM WORDS...
	"$1" "${@:2}" --help 2>/dev/null </dev/null | sed -n 's/^  --\([a-z-]*\)=\([^ ]*\).*/\1 \2/p; t; s/^  --\([a-z-]*\) .*/\1 /p'
}

_fieldproof_nouns() { # PROGRAM
	"$1" --help 2>/dev/null </dev/null | sed -n 's/^  \([a-z]*\)   *[a-z].*/\1/p'
}

_fieldproof_verbs() { # PROGRAM NOUN
	"$1" help "$2" 2>/dev/null </dev/null | sed -n "s/^  fieldproof $2 \([a-z][a-z-]*\).*/\1/p"
}

# References of the notices that lie in the usual folders.
_fieldproof_references() { # PROGRAM
	local dir at
	at=$(type -P "$1")
	for dir in "${FIELDPROOF_NOTICES-}" "${at%/*}/../notices" "${at%/*}/../share/fieldproof/notices" /usr/local/share/fieldproof/notices; do
		[ -d "${dir:-/none}" ] || continue
		for at in "$dir"/*/notice.json; do
			[ -f "$at" ] || continue
			at=${at%/notice.json}
			printf '%s\n' "${at##*/}"
		done
	done | sort -u
}

# What a word of the help stands for: FILE, DIR|REF, yes|no, ...
_fieldproof_values() { # PROGRAM WORD CURRENT
	local kind
	local IFS='|'
	for kind in $2; do
		case $kind in
		FILE | FILE.csv | PATH | PREFIX) compgen -f -- "$3" ;;
		DIR) compgen -d -- "$3" ;;
		REF) compgen -W "$(_fieldproof_references "$1" | tr '\n' '|')" -- "$3" ;;
		LANG) compgen -W 'da|de|en|es|it' -- "$3" ;;
		ROLE) compgen -W 'viewer|engineer|signer|admin' -- "$3" ;;
		*[A-Z=]*) ;;
		*) compgen -W "$kind" -- "$3" ;;
		esac
	done
}

# The words before the cursor with "--name", "=", "value" put together again: bash divides them at the equal sign.
_fieldproof_words() {
	local i word=
	_fieldproof_line=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		=) word+='=' ;;
		*)
			if [[ $word == *= ]]; then
				word+=${COMP_WORDS[i]}
			else
				[ $i -gt 1 ] && _fieldproof_line+=("$word")
				word=${COMP_WORDS[i]}
			fi
			;;
		esac
	done
	_fieldproof_line+=("$word")
}

_fieldproof_add() { # one candidate per line on standard input
	local line
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done
}

_fieldproof() {
	local program=$1 cur noun verb name value kind arg n=0 open=
	local -a _fieldproof_line words=() args=()
	COMPREPLY=()
	_fieldproof_words
	cur=${_fieldproof_line[-1]}
	unset '_fieldproof_line[-1]'
	noun=${_fieldproof_line[0]-}
	if [ -z "$noun" ]; then
		_fieldproof_add < <(compgen -W "$(_fieldproof_nouns "$program") help --help --version" -- "$cur")
		return
	fi
	if [ "$noun" = help ]; then
		_fieldproof_add < <(compgen -W "$(_fieldproof_nouns "$program")" -- "$cur")
		return
	fi
	words=("$noun")
	verb=${_fieldproof_line[1]-}
	if [ -n "$verb" ] && _fieldproof_verbs "$program" "$noun" | grep -qxF -- "$verb"; then
		words+=("$verb")
	elif [ ${#_fieldproof_line[@]} = 1 ] && [[ $cur != -* ]]; then
		_fieldproof_add < <(compgen -W "$(_fieldproof_verbs "$program" "$noun")" -- "$cur")
	fi
	# How many arguments stand before the cursor, and is it at the value of an option?
	for arg in "${_fieldproof_line[@]:${#words[@]}}"; do
		if [ -n "$open" ]; then
			open=
		elif [[ $arg == --*=* ]]; then
			:
		elif [[ $arg == --* ]]; then
			open=$(_fieldproof_options "$program" "${words[@]}" | sed -n "s/^${arg#--} \(..*\)/\1/p")
		else
			n=$((n + 1))
		fi
	done
	if [ -n "$open" ]; then
		_fieldproof_add < <(_fieldproof_values "$program" "$open" "$cur")
	elif [[ $cur == --*=* ]]; then
		name=${cur%%=*} value=${cur#*=}
		kind=$(_fieldproof_options "$program" "${words[@]}" | sed -n "s/^${name#--} //p")
		# Where bash does not divide words at the equal sign, the whole word is replaced.
		[[ $COMP_WORDBREAKS == *=* ]] && name='' || name+='='
		_fieldproof_add < <(_fieldproof_values "$program" "$kind" "$value" | sed "s/^/$name/")
	elif [[ $cur == -* ]]; then
		while read -r name kind; do
			[[ --$name == "$cur"* ]] && COMPREPLY+=("--$name${kind:+=}")
		done < <(_fieldproof_options "$program" "${words[@]}")
		[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
		return
	else
		mapfile -t args < <(_fieldproof_args "$program" "${words[@]}")
		[ ${#args[@]} = 0 ] && return
		if [ $n -lt ${#args[@]} ]; then
			kind=${args[n]}
		elif [[ ${args[-1]} == *...* ]]; then
			kind=${args[-1]}
		else
			return
		fi
		kind=${kind//[\[\]]/}
		_fieldproof_add < <(_fieldproof_values "$program" "${kind%...}" "$cur")
	fi
	compopt -o filenames 2>/dev/null
}
complete -F _fieldproof fieldproof
