# Prints the records that change because of what a step wants, as a table with all of their rows. Reads
# the table "records", then the lines of compareWanted.awk:
#   NUMBER WORD KIND NAME VALUE BYTES PHASE NOW
#   installation, step  whose wishes these are
BEGIN { FS = OFS = "\t" }

# All rows stay, every value that was ever left too. Only the step's own earlier wish goes.
table == "records" {
	if ($4 == "late") has_late[$1] = 1
	if ($4 == "left") has_left[$1, $7] = 1
	if ($4 == "by" && $5 == installation && $6 == step) next
	rows[$1] = rows[$1] $0 "\n"
	next
}

$2 == "recorded" { next }

{
	if ($2 == "new") print $1, $3, $4, "was", "-", "-", $8
	printf "%s", rows[$1]
	if (!(($1, $5) in has_left)) print $1, $3, $4, "left", "-", "-", $5
	if ($7 == "late" && !($1 in has_late)) print $1, $3, $4, "late", "-", "-", "-"
	print $1, $3, $4, "by", installation, step, $5
}
