# Prints the lines of a journal that say why a daemon does not start; if there are none, those that
# sound like it.

# Engine 29.5 says this of RootlessKit's namespace, where it is no cause (moby#52737).
/IPv4 forwarding is disabled/ { next }

seen[$0]++ { next }

/^failed to|level=fatal|^\[rootlesskit/ { causes = causes $0 "\n" }

!/level=info/ && tolower($0) ~ /error|fail|cannot|denied|invalid|unable/ { others = others $0 "\n" }

END {
	if (causes != "") printf "%s", causes
	else printf "%s", others
}
