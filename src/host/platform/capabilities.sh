# shellcheck shell=dash
# File capabilities.

# The file capability of a path, or nothing. getcap prints "path cap=ep", older ones "path =
# cap+ep".
capability_of() { getcap "$1" 2>/dev/null | sed 's/^[^ ]* //; s/^= //'; }
