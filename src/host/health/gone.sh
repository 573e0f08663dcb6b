# shellcheck shell=dash
# What is left of an account that is gone.

# True where something of a kind is left of an account that is gone, and names it. $1 kind, $2 the
# thing's directory, $3 the account.
stays_of_gone() {
	local place what=''
	place=$(recorded_home "$3")
	case $1 in
	homefile | homedir | data) place=$(thing_name "$2") ;;
	authorizedkey)
		place=$place/.ssh/authorized_keys
		[ ! -e "$2/baseline/there" ] &&
			gone_file_has "$place" -x "$(thing_name "$2" | cut -d ' ' -f 2-)" || return 1
		what=", with a key of this package's"
		;;
	currentcontext)
		place=$place/.docker/config.json
		gone_file_has "$place" -s '"currentContext": "rootless"' || return 1
		what=", with the context rootless"
		;;
	*) return 1 ;;
	esac
	[ -e "$place" ] || [ -h "$place" ] || return 1
	[ "$1" != data ] || what=" ($(du -sh "$place" 2>/dev/null | cut -f 1) of images, containers and volumes)"
	[ "$1" = homedir ] ||
		say "$place stays$what: $(what_became_of "$3"). Remove it by hand when nothing of it is needed"
}

# $1 the file, $2 an option of grep's, $3 the text: what is no plain file is not opened.
gone_file_has() { [ -f "$1" ] && printf '%s\n' "$3" | timeout -k 5 20 grep -qsF "$2" -f - -- "$1"; }
