# Subordinate ids of /etc/subuid and /etc/subgid. Only what these functions read counts.

# Prints the ranges of a file, a line each: NAME:START:COUNT. A line that has no two numbers is none.
# $1 the file.
ranges_of() {
	local name start count
	[ -e "$1" ] || return 0
	# The last line may have no end.
	while IFS=: read -r name start count || [ -n "$name" ]; do
		case $name:$start:$count in
		:* | *::* | *:) continue ;;
		esac
		case $start$count in
		*[!0-9]*) continue ;;
		esac
		printf '%s:%s:%s\n' "$name" "$start" "$count"
	done <"$1"
}

# Reads the ranges of the account, by its name or its number: ID_RANGES is START:COUNT with commas,
# ID_TOTAL the sum. $1 the file.
read_ranges() {
	local name start count
	ID_RANGES='' ID_TOTAL=0
	ranges_of "$1" >"$WORK/ranges"
	while IFS=: read -r name start count; do
		case $name in
		"$ACCOUNT" | "$ACCOUNT_UID") ;;
		*) continue ;;
		esac
		ID_RANGES=$ID_RANGES${ID_RANGES:+,}$start:$count
		ID_TOTAL=$((ID_TOTAL + count))
	done <"$WORK/ranges"
}
