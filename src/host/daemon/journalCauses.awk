# The causes in a journal; where there are none, whatever sounds like one. Engine 29.5 says of a
# forwarding inside RootlessKit's namespace that it is off, which is no cause (moby#52737).
/IPv4 forwarding is disabled/ { next }
seen[$0]++ { next }
/^failed to|level=fatal|^\[rootlesskit/ { causes = causes $0 "\n" }
!/level=info/ && tolower($0) ~ /error|fail|cannot|denied|invalid|unable/ {
	others = others $0 "\n"
}
END { printf "%s", causes != "" ? causes : others }
