# shellcheck shell=dash
# Versions, as the system's packages compare them.

# True where a version stands so to another one. $1 the version, $2 lt, le, ge or gt (lt-nl: nothing
# is later than any version), $3 the other one.
version_is() { dpkg --compare-versions "$@"; }

kernel_before_5_11() { version_is "$(uname -r)" lt 5.11; }
