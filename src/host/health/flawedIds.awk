# Prints what is wrong with an account's ranges of subordinate ids, a line each, with tabs:
#   taken FILE LINE WHOSE    a line of the account's, and who has ids of it, too
#   few FILE COUNT WANTED    how many ids the account has there, and how many it needs
# Its lines begin with the file they are of: /etc/login.defs with UID_MAX or GID_MAX, /etc/passwd,
# /etc/subuid and /etc/subgid. A line with a fourth field is a range that is asked for.
# Variables: name and uid of the account, the uid only if it is there; count, how many ids it needs.

BEGIN {
	FS = ":"
	OFS = "\t"
	# Up to this id they are for accounts.
	last["/etc/subuid"] = 60000
	last["/etc/subgid"] = 60000
}

$1 == "/etc/login.defs" {
	split($2, word, " ")
	kind = tolower(substr(word[1], 1, 3))
	if (word[2] != "") last["/etc/sub" kind] = word[2]
	next
}

$1 == "/etc/passwd" {
	if ($2 == name) is_local = 1
	next
}

$4 > 0 {
	ranges++
	file[ranges] = $1
	text[ranges] = $2 ":" $3 ":" $4
	first[ranges] = $3 + 0
	end[ranges] = $3 + $4
	is_own[ranges] = ($2 == name || (uid != "" && $2 == uid))
	if (is_own[ranges] && $5 == "") total[$1] += $4
}

END {
	for (i = 1; i <= ranges; i++)
		if (is_own[i]) print_who_has_ids_of(i)
	# The step machine gives more to an account of this machine.
	if (uid == "" || is_local) exit
	for (name_of_file in last)
		if (total[name_of_file] < count + 0)
			print "few", name_of_file, total[name_of_file] + 0, count
}

function print_who_has_ids_of(own,   other) {
	if (first[own] <= last[file[own]] + 0)
		print "taken", file[own], text[own], "accounts, up to " last[file[own]]
	for (other = 1; other <= ranges; other++)
		if (!is_own[other] && file[other] == file[own] && overlap(own, other))
			print "taken", file[own], text[own], "the line " text[other]
}

function overlap(one, other) {
	return first[one] < end[other] && first[other] < end[one]
}
