# Writes the record files of a table into a directory: the reverse of listRecords.awk. The rows of a
# record stand together.
#   directory  where the files go
BEGIN { FS = OFS = "\t" }

$1 != number {
	if (file != "") close(file)
	number = $1
	file = directory "/" number
	print $2, $3 > file
}

$4 == "by" {
	print "by", $5, $6, $7 > file
	next
}

$4 == "late" {
	print "late" > file
	next
}

{ print $4, $7 > file }
