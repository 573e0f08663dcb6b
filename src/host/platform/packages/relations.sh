# shellcheck shell=dash
# Which packages others need.

# Packages and what they depend on, however far, by the names that $WORK/relations has for it. Arguments: names.
needed_by_relations() {
	printf '%s\n' "$@" | awk -F '\t' '
		FILENAME == "-" { needed[$0]; next }
		{ count[$2] = split($5, clause, ", "); for (i in clause) clauses[$2, i] = clause[i] }
		END {
			for (again = 1; again;) {
				again = 0
				for (name in count) if (name in needed)
					for (i = 1; i <= count[name]; i++) {
						n = split(clauses[name, i], one, " [|] ")
						while (n > 0) if (!(one[n] in needed)) { needed[one[n]]; again = 1 } else n--
					}
			}
			for (name in needed) print name
		}' "$WORK/relations" -
}
