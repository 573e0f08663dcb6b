# shellcheck shell=sh
# shellcheck disable=SC2154 # table: the caller's
# Sourced: reads a system's table. dnf.txt says what is in it.

# What the image has.
image_packages() { awk '$1 == "image" { print $2 }' "$table"; }

# Debian's packages whose programs the image has.
debian_packages() { awk '$1 == "image" { for (i = 3; i <= NF; i++) print $i }' "$table"; }

# What the repository has.
repository_packages() { awk '$1 == "package" { print $2 }' "$table"; }

# What a package needs. $1 its name.
needs_of() { awk -v name="$1" '$1 == "package" && $2 == name && $3 != "-" { gsub(/,/, " ", $3); print $3 }' "$table"; }

# The patterns of a package's paths. $1 its name.
paths_of() { awk -v name="$1" '$1 == "package" && $2 == name { for (i = 4; i <= NF; i++) print $i }' "$table"; }

# What else a package stands for. $1 its name.
provided_by() { awk -v name="$1" '$1 == "provides" && $2 == name { print $3 }' "$table"; }
