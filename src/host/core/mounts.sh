# shellcheck shell=dash
# What is mounted where.

# Ends the step where something is mounted below a path that is to be removed: a bind mount leads to
# other people's files, and --one-file-system does not see one of the same file system. Also where something
# in it is mounted elsewhere, or is to be: others have put files there. $1 the path.
stop_where_mounted_below() {
	local mount
	mount=$(mounted_elsewhere "$1")
	[ -z "$mount" ] ||
		fail "$1" "that something in it is mounted elsewhere too, or by /etc/fstab or a unit ($(shown_path "$mount"))" \
			"it nowhere else when it is removed" \
			"unmount it, and take what mounts it out of /etc/fstab or its unit, then run again; \
or keep all, by a pulumi up with onDestroy.data: Keep"
	mount=$(mount_points | paths_below "$(real_path "$1")" | head -n 1)
	[ -z "$mount" ] ||
		fail "$1" "something mounted at $(shown_path "$mount")" "nothing mounted there when it is removed" \
			"unmount it, then run again"
}

# A mount at a path or below it, or what mounted_elsewhere says of it, or nothing. $1 the path.
mount_below() {
	local path
	path=$(real_path "$1")
	{
		mount_points | paths_below "$path"
		mounted_elsewhere "$path"
	} | head -n 1
}

# Where something at a path or below it is mounted outside of it, or what /etc/fstab or a unit mounts from there, or
# nothing. $1 the path.
mounted_elsewhere() {
	local path
	path=$(real_path "$1")
	{
		mounts_from "$path"
		sources_of_mounts | paths_below "$path"
	} | head -n 1
}

# What /etc/fstab and units mount: looked for once in a run.
sources_of_mounts() {
	[ -e "$WORK/sources-of-mounts" ] || {
		{
			awk '$1 ~ /^\/[^\/]/ && $1 !~ /^\/dev\// { print $1 }' /etc/fstab | without_escapes
			# Not what systemd has made of fstab's lines, which may be gone from there.
			sed -n 's/^What=\//\//p' /etc/systemd/system/*.mount /run/systemd/system/*.mount \
				/usr/local/lib/systemd/system/*.mount /usr/lib/systemd/system/*.mount || true
			find /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system -type f -name '*.service' \
				-exec sed -n 's/^Bind\(ReadOnly\)\{0,1\}Paths=-\{0,1\}\(\/[^: ]*\).*/\2/p' {} +
		} 2>/dev/null | real_paths text >"$WORK/mounts.new"
		mv "$WORK/mounts.new" "$WORK/sources-of-mounts"
	}
	cat "$WORK/sources-of-mounts"
}

# Those lines of stdin that are a path or below it. $1 the path.
paths_below() {
	local line
	while IFS= read -r line; do
		case $line in "$1" | "$1"/*) printf '%s\n' "$line" ;; esac
	done
}

# Mount points, outside of a path, of what is at the path or below it: a bind mount, or a subvolume, has its place in
# the file system as the fourth field. $1 the path, without links.
mounts_from() {
	{
		sed 's/^/on /' /proc/self/mountinfo
		sed 's/^/- /' /proc/self/mountinfo
		mounts_of_others
	} | MOUNTED=$(printf '%s' "$1" | with_escapes) awk '
		BEGIN { path = ENVIRON["MOUNTED"] }
		{ top = $5 == "/" ? "" : $5; at = $6 == "/" ? "" : $6 }
		$1 == "on" && index(path "/", at "/") == 1 && length(at) >= length(on) {
			on = at
			device = $4
			place = top substr(path, length(at) + 1)
		}
		$1 != "on" && $4 == device && index(top "/", place "/") == 1 && index(at "/", path "/") != 1 {
			print at ($1 == "-" ? "" : " of process " $1)
		}' | without_escapes
}

# What services and containers of root's see mounted, a line of mountinfo each after the id of a process: looked for
# once in a run. Accounts make mount namespaces only in user namespaces of their own.
mounts_of_others() {
	local process
	[ -e "$WORK/mounts-of-others" ] || {
		printf '%s\0' /proc/[0-9]*/ns | xargs -0 sh -c '
			find "$@" -maxdepth 1 "(" -name mnt -o -name user ")" -printf "%h\t%l\n"' sh 2>/dev/null |
			awk -F '\t' -v own="$(readlink /proc/self/ns/user)" -v seen="$(readlink /proc/self/ns/mnt)" '
				BEGIN { is_known[seen] }
				{ split($1, part, "/") }
				$2 ~ /^user/ { user[part[3]] = $2 }
				$2 ~ /^mnt/ { mount[part[3]] = $2 }
				END {
					for (process in mount)
						if (user[process] == own && !(mount[process] in is_known)) {
							is_known[mount[process]]
							print process
						}
				}' | while IFS= read -r process; do
			sed "s/^/$process /" "/proc/$process/mountinfo" 2>/dev/null || true
		done >"$WORK/mounts.new"
		mv "$WORK/mounts.new" "$WORK/mounts-of-others"
	}
	cat "$WORK/mounts-of-others"
}

# Runs a program where nothing that is mounted is seen below a directory, and stands there: the
# account may have moved a directory into it, on which other people's files are mounted. $1 the
# directory, then the program.
beneath_mounts() {
	local directory=$1
	shift
	mkdir -p "$WORK/tree"
	# shellcheck disable=SC2016 # the inner shell expands them
	in_directory "$directory" unshare -m --propagation private sh -euc 'mount --no-canonicalize --bind . "$1"
		cd "$1"
		shift
		exec "$@"' sh "$WORK/tree" "$@"
}

# Seconds that all looks at what accounts have may take together in a run: whoever waits for a lock waits for ten
# minutes, and directories that are nested deep enough take any time.
seconds_to_look() {
	local used=0
	[ ! -e "$WORK/looked" ] || read -r used <"$WORK/looked"
	if [ "$used" -lt 500 ]; then echo $((500 - used)); else echo 1; fi
}

# A look, whose time counts.
timed_look() {
	local used=0 status=0 begun
	begun=$(seconds_since_boot)
	"$@" || status=$?
	[ ! -e "$WORK/looked" ] || read -r used <"$WORK/looked"
	echo $((used + $(seconds_since_boot) - begun)) >"$WORK/looked"
	return "$status"
}

# What find(1) says of a directory, beneath all that is mounted below it. What is another device there is a subvolume of
# Btrfs. $1 the directory, then what is looked for, from ".".
find_beneath() {
	local directory=$1
	shift
	timed_look beneath_mounts "$directory" timeout -k 5 "$(seconds_to_look)" find . -ignore_readdir_race "$@"
}

# The first few lines of that: an account can have any number of files. $WORK/find-failed is there where not all could
# be looked at. Arguments as above.
first_beneath() {
	rm -f "$WORK/find-failed"
	{ find_beneath "$@" 2>"$WORK/find-error" || : >"$WORK/find-failed"; } | awk 'NR <= 6'
}

# Where something is to be mounted below a path, by /etc/fstab or a unit, and is not: nobody knows
# whose the files are that are on it. $1 the path.
unmounted_below() {
	local path mount
	path=$(real_path "$1")
	{
		awk '$1 !~ /^#/ { print $2 }' /etc/fstab | without_escapes
		sed -n 's/^Where=//p' /etc/systemd/system/*.mount /run/systemd/*/*.mount \
			/usr/local/lib/systemd/system/*.mount /usr/lib/systemd/system/*.mount
	} 2>/dev/null | real_paths text | while IFS= read -r mount; do
		case $mount in "$path"/*) ;; *) continue ;; esac
		mount_points | grep -qxF -- "$mount" || {
			printf '%s' "$mount"
			break
		}
	done
}

# The fifth field.
mount_points() { cut -d ' ' -f 5 /proc/self/mountinfo | without_escapes; }

# Blanks and the like are \NNN in octal there and in fstab. Of printf's own form, \0NNN, no digit is
# taken that follows. A line break in a name, as an account may have one, stays one line.
without_escapes() {
	local line
	sed 's/\\012/?/g; s/\\\([0-7][0-7][0-7]\)/\\0\1/g' | while IFS= read -r line; do printf '%b\n' "$line"; done
}

# A path as /proc has it.
with_escapes() { sed 's/\\/\\134/g; s/ /\\040/g; s/\t/\\011/g'; }

# Where what holds a path is mounted, then its UUID if it has one: two lines. $1 the path.
mount_place() {
	local found
	# A mount point begins with a slash, and no UUID has one.
	found=$(mount_of "$(nearest_directory "$1")" UUID,TARGET 2>/dev/null | tail -n 1) || true
	[ -z "$found" ] || printf '/%s\n%s\n' "${found#*/}" "$(printf '%s' "${found%%/*}" | tr -d ' ')"
}

# What holds a path is written to its disk at the end: by its mount point, which the account only names. One of
# its own, by FUSE, could hold root for ever. $1 the path.
note_disk_to_sync() {
	local mount
	mount=$(mounted_at "$(mount_place "$1")")
	! awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) !~ /^fuse([.]|$)/) print $5 }' /proc/self/mountinfo |
		without_escapes | grep -qxF -- "$mount" || note_place_to_sync "$mount"
}

# True where a file system is not mounted where it was. Not of an earlier version's record, which
# does not say where, nor where there is no answer. $1 what mount_place said.
is_not_mounted() {
	local now
	[ -n "$1" ] || return 1
	now=$(mount_place "$(mounted_at "$1")")
	[ -n "$now" ] && [ "$now" != "$1" ]
}

# $1 what mount_place said.
mounted_at() { printf '%s' "$1" | head -n 1; }

# The mount point that a path's own words lead to, whichever links are on the way. $1 the path.
mount_above() {
	cut -d ' ' -f 5 /proc/self/mountinfo | while IFS= read -r mount; do
		case $1/ in "${mount%/}"/*) printf '%s %s\n' "${#mount}" "$mount" ;; esac
	done | sort -n | tail -n 1 | cut -d ' ' -f 2
}

# The directory itself, or the one that it will be made in.
nearest_directory() {
	local path
	# shellcheck disable=SC2016 # the inner shell expands them
	path=$(on_behalf sh -c 'path=$1
		until [ -d "${path:-/}" ] || [ -z "$path" ]; do path=${path%/*}; done
		printf %s "${path:-/}"' sh "$1") || true
	# The account's word, and where it says nothing in time there is nothing below that would.
	case ${1%/}/ in
	"${path%/}"/*) printf '%s' "${path:-/}" ;;
	*) printf / ;;
	esac
}

file_system() { on_behalf stat -f -c %T -- "$(nearest_directory "$1")" || echo unknown; }

# $1 a directory, $2 what findmnt calls what is asked, its columns.
mount_of() { on_behalf findmnt -n -o "$2" -T "$1"; }

# What lies where the account may have mounted something that never answers is looked at as the
# account, as soon as there is one.
on_behalf() { if [ -n "${ACCOUNT_UID-}" ]; then as_account "$@"; else "$@"; fi; }

# With the kind of file system; stat has one name for all of ext.
place_of() {
	local type
	type=$(file_system "$1")
	[ "$type" != ext2/ext3 ] || type=$(mount_of "$(nearest_directory "$1")" FSTYPE 2>/dev/null | tail -n 1)
	printf '%s (%s)' "$1" "${type:-ext2/ext3}"
}
