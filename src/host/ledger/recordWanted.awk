# Prints the records that change because of what a step wants, as a table with all of their rows. Reads
# the lines of compareWanted.awk as the table "wanted", then the table "records":
#   NUMBER WORD KIND NAME VALUE BYTES PHASE NOW
#   installation, step  whose wishes these are
BEGIN { FS = OFS = "\t" }

table == "wanted" {
	if ($2 == "recorded") next
	count++
	number[count] = $1
	word[count] = $2
	kind[count] = $3
	name[count] = $4
	value[count] = $5
	phase[count] = $7
	now[count] = $8
	if ($2 == "follow") followed[$1] = $5
	next
}

# All rows stay, every value that was ever left too. Only the step's own earlier wish goes.
{
	if ($4 == "late") has_late[$1] = 1
	if ($4 == "left") has_left[$1, $7] = 1
	if ($4 == "by" && $5 == installation && $6 == step) next
	if ($4 == "by" && $1 in followed) $7 = followed[$1]
	rows[$1] = rows[$1] $0 "\n"
}

END {
	for (at = 1; at <= count; at++) print_record(number[at], at)
}

function print_record(of_number, at) {
	if (word[at] == "new") print of_number, kind[at], name[at], "was", "-", "-", now[at]
	printf "%s", rows[of_number]
	if (!((of_number, value[at]) in has_left)) {
		print of_number, kind[at], name[at], "left", "-", "-", value[at]
	}
	if (phase[at] == "late" && !(of_number in has_late)) {
		print of_number, kind[at], name[at], "late", "-", "-", "-"
	}
	print of_number, kind[at], name[at], "by", installation, step, value[at]
}
