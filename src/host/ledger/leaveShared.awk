# Prints the records that a step leaves to others, without its own wish. Reads the lines of decide.awk
# as the table "decided", then the table "records".
#   installation, step  whose wishes these were
BEGIN { FS = OFS = "\t" }

table == "decided" {
	if ($2 == "share") is_shared[$1] = 1
	next
}

!($1 in is_shared) { next }
$4 == "by" && $5 == installation && $6 == step { next }
{ print }
