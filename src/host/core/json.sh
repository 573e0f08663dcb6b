# JSON that others have written. Each function reads an object from stdin, and fails if there is none. A
# member is NAME or NAME/NAME.

# The members of the object, a line each: its name, a tab, its value on one line.
json_members() { perl -e "$JSON_PARSER_PL" -e "$JSON_MEMBERS_PL"; }

# The value of a member, or nothing. $1 the member.
json_get() { perl -e "$JSON_PARSER_PL" -e "$JSON_GET_PL" "$1"; }

# The same without blanks between its parts. $1 the member.
json_compact() { perl -e "$JSON_PARSER_PL" -e "$JSON_COMPACT_PL" "$1"; }

# The object with another value of a member. $1 the member, $2 the file of its text.
json_put() { perl -e "$JSON_PARSER_PL" -e "$JSON_PUT_PL" "$1" "$2"; }

# The object without a member, and without an object that it was alone in. $1 the member.
json_drop() { perl -e "$JSON_PARSER_PL" -e "$JSON_DROP_PL" "$1"; }
