# Kind choice: an input for which all accounts of a machine need the same value, because the machine has
# only one of what it stands for. Nothing on the machine is a choice. Its record is only the wish, and
# keeps other installations from wanting another value.

choice_state() { echo absent; }

choice_set() { return 0; }

# There is nothing to set, whatever is wanted.
choice_same() { return 0; }

# Prints the choices of the document, a line each: NAME<tab>VALUE.
wanted_choices() {
	local file
	case $(doc source) in
	docker-repository)
		printf 'engine.source\tdocker-repository\n'
		printf 'engine.mirror\t%s\n' "$(doc repository)"
		printf 'engine.mirrorKey\t%s\n' "$(words_of_repository_key)"
		;;
	distribution) printf 'engine.source\tdistribution\n' ;;
	esac
	for file in "$DOC"/text/modprobe.d/*; do
		[ -e "$file" ] || continue
		printf 'kernel.moduleOptions %s\t%s\n' "${file##*/}" "$(doc "modprobe.d/${file##*/}")"
	done
}

# Prints which key signs the packages, in words.
words_of_repository_key() {
	if has repository-key; then
		printf 'the key with the SHA-256 %s' "$(sum_of "$DOC/text/repository-key")"
	else
		printf "Docker's own key"
	fi
}

want_choices() {
	local name value
	wanted_choices >"$WORK/choices"
	while IFS=$TAB read -r name value; do
		want choice "$name" "$value"
	done <"$WORK/choices"
}

# preflight: choices that another installation has made otherwise. One of the same account does not
# count: this one takes its place.
choice_problems() {
	local same_account name installation claim value
	same_account=$(installation_of_account "$(doc account)" | paste -s -d ,)
	claims_of_others choice "$same_account" >"$WORK/choice-claims"
	if [ ! -s "$WORK/choice-claims" ]; then return 0; fi
	wanted_choices >"$WORK/choices"
	while IFS=$TAB read -r name installation claim; do
		value=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' "$WORK/choices")
		if [ -z "$value" ] || [ "$value" = "$claim" ]; then continue; fi
		problem_of_conflict "$name" "$installation" "$claim" "$value"
	done <"$WORK/choice-claims"
}
