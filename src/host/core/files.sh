# shellcheck shell=dash
# Files of root's, which are written at once or not at all.

# Writes stdin to a file of root's. The content is on the disk before the name is. $1 path, $2 mode.
write_file() {
	local new=$1.rootless-docker-new
	rm -f "$new"
	(umask 077 && cat >"$new")
	chmod "$2" "$new"
	sync "$new"
	mv -fT "$new" "$1"
}

sum_of() {
	local sum
	sum=$(sha256sum <"$1")
	printf '%s' "${sum%% *}"
}

# Directories that root alone can change, as far as this run has asked.
SAFE_DIRECTORIES=''

# True where others than root can change a path or what leads to it, through whichever links. $1 the
# path.
others_can_change() {
	case " $SAFE_DIRECTORIES " in *" ${1%/*} "*) return 1 ;; esac
	! lets_others_in "$1" || return 0
	SAFE_DIRECTORIES="$SAFE_DIRECTORIES ${1%/*}"
	return 1
}

lets_others_in() {
	namei -l "${1%/*}/" 2>/dev/null | awk '
		NR == 1 { next }
		/No such file/ { next }
		# A sticky directory lets nobody move what is not his; group staff owns /usr/local on
		# Debian.
		$2 != "root" || (/^ *[^l].......w/ && !/^ *d........t/) { found = 1 }
		/^ *[^l]....w/ && $3 != "root" && $3 != "staff" { found = 1 }
		END { exit !found }'
}

# True where a program and all that leads to it is root's alone to change. $1 the path.
is_roots_own() {
	! others_can_change "$1" && [ -z "$(find -H "$1" -maxdepth 0 '(' ! -uid 0 -o -perm /022 ')' 2>/dev/null)" ]
}

# For people; nothing where that takes minutes. $1 the path.
size_of() { timeout -k 5 60 du -sh "$1" 2>/dev/null | cut -f 1; }
