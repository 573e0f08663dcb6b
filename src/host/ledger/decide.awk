# Decides what becomes of resources that a step does not want any more. Reads the table "records", then
# the table "unwanted" (KIND NAME NUMBER NOW), and prints
#   NUMBER DEED KIND NAME WAS NOW
# DEED is one of
#   share    somebody else wants it: it stays
#   forget   it is as it was before, or there is no telling: nothing to do
#   restore  it is as it was left: it goes back to what it was before
#   leave    somebody has changed it since: it stays, and is named
#   installation, step  whose wishes these were
#   empty_sum           the sum of no bytes
BEGIN { FS = OFS = "\t" }

table == "records" {
	if ($4 == "was") was[$1] = $7
	if ($4 == "left") is_left[$1, $7] = 1
	if ($4 == "by" && !($5 == installation && $6 == step)) is_shared[$1] = 1
	next
}

{ print $3, deed_of($3, $4), $1, $2, was[$3], $4 }

function deed_of(number, now) {
	if (number in is_shared) return "share"
	if (now == "gone") return "forget"
	if (now == was[number]) return "forget"
	if ((number, now) in is_left) return "restore"
	# A power cut has left a file of this program empty.
	if (now ~ "^file [0-7]+ " empty_sum) return "restore"
	# The mode of a directory that this program made does not matter: it goes only if it is empty.
	if (now ~ /^dir / && was[number] == "absent") return "restore"
	return "leave"
}
