# shellcheck shell=dash
# Who has asked for a package, as its manager notes it.

# What a manager marks anew when it installs, and forgets with the package.
package_marks() { all_marks | sed '/^manual /d'; }

# The packages with a mark, in $WORK/packages.MARK. $1 manual or auto.
read_marks() { all_marks | sed -n "s/^$1 //p" >"$WORK/packages.$1"; }

# As they were when they were read. $1 the package, $2 manual or auto.
is_marked() { grep -qxF -- "${1%%:*}" "$WORK/packages.$2"; }
