# Prints the record files that it is given as one flat table, a row for each line after a file's first:
#   NUMBER KIND NAME was|left|late|by INSTALLATION STEP VALUE
# A "-" stands in the columns that a line does not have.
BEGIN { FS = OFS = "\t" }

FNR == 1 {
	number = substr(FILENAME, length(FILENAME) - 5)
	kind = $1
	name = $2
	next
}

$1 == "by" {
	print number, kind, name, "by", $2, $3, $4
	next
}

$1 == "late" {
	print number, kind, name, "late", "-", "-", "-"
	next
}

{ print number, kind, name, $1, "-", "-", $2 }
