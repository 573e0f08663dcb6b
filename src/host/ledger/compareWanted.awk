# Compares what a step wants with the records. Reads the table "records", then the table "wanted":
#   KIND NAME VALUE BYTES PHASE NOW
# and prints a line for each resource, the first one where it is wanted twice:
#   NUMBER WORD KIND NAME VALUE BYTES PHASE NOW
# NUMBER is that of its record, or of the one that it will get. WORD is one of
#   new       it has no record
#   more      its record lacks a line that this step needs there
#   recorded  its record has all of them
#   follow    another installation has another text of this file: both want this one from now on
#   conflict  another installation wants another value: that one stands in the place of BYTES, and its
#             value in the place of NOW
# The texts of root's files are this package's own, and differ between its versions: the last one that
# runs writes its text. Values that people choose are kinds of their own, such as sysctl and choice.
#   installation, step  whose wishes these are
BEGIN { FS = OFS = "\t" }

table == "records" {
	number_of[$2, $3] = $1
	if ($1 + 0 > highest) highest = $1 + 0
	if ($4 == "late") has_late[$1] = 1
	if ($4 == "left") has_left[$1, $7] = 1
	if ($4 == "by" && $5 == installation && $6 == step) has_wish[$1, $7] = 1
	if ($4 == "by" && $5 != installation) {
		other[$2, $3] = $5
		value_of_other[$2, $3] = $7
	}
	next
}

($1, $2) in is_done { next }

{
	is_done[$1, $2] = 1
	word = word_of()
	if (word == "new") number_of[$1, $2] = sprintf("%06d", ++highest)
	number = number_of[$1, $2]
	if (word == "conflict") print number, word, $1, $2, $3, other[$1, $2], $5, value_of_other[$1, $2]
	else print number, word, $0
}

function word_of(  number) {
	if (!(($1, $2) in number_of)) return "new"
	if (($1, $2) in other && value_of_other[$1, $2] != $3) {
		if ($1 == "path" && $3 ~ /^file / && value_of_other[$1, $2] ~ /^file /) return "follow"
		return "conflict"
	}
	number = number_of[$1, $2]
	if (!((number, $3) in has_left)) return "more"
	if (!((number, $3) in has_wish)) return "more"
	if ($5 == "late" && !(number in has_late)) return "more"
	return "recorded"
}
