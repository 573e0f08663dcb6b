# Prints the records of an installation as those of another one, which takes its place. Reads the
# records' numbers as the table "inherited", then the table "records".
#   earlier, installation  the two
BEGIN { FS = OFS = "\t" }

table == "inherited" {
	is_inherited[$1] = 1
	next
}

!($1 in is_inherited) { next }
$4 == "by" && $5 == earlier { $5 = installation }
{ print }
