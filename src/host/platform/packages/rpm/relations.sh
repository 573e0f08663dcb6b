# shellcheck shell=dash
# rpm: what installed packages need of each other.

# What is installed, and what it says of others, with tabs: state, name, what else it is called, and the
# packages that are what it recommends and requires. It is called nothing else: these are names. Alternatives
# have ' | ' between them, others a comma. Of a condition such as (a if b), a counts.
rpm_package_relations() {
	{
		rpm -qa --qf '[provides\t%{=NAME}\t%{PROVIDENAME}\n]'
		rpm_relations_of RECOMMEND
		rpm_relations_of REQUIRE
	} >"$WORK/rpm.relations"
	rpm_paths <"$WORK/rpm.relations" >"$WORK/rpm.paths"
	cat "$WORK/rpm.paths" "$WORK/rpm.relations" | awk -F '\t' '
		# What a package asks for: in brackets several capabilities, with words between them.
		function clause(name, words,   n, part, i, text, one) {
			if (words !~ /^[(]/) return alternatives(name, words)
			sub(/ (if|unless) .*/, "", words)
			gsub(/ (with|without) [^ ]+( [<>=]+ [^ ]+)?/, "", words)
			n = split(words, part, / and /)
			for (i = 1; i <= n; i++) {
				one = alternatives(name, part[i])
				if (one != "") text = add(text, one)
			}
			return text
		}
		# Without the brackets of the words around it, and without its version.
		function capability(word) {
			sub(/^[(]+/, "", word)
			sub(/ .*/, "", word)
			while (gsub(/[)]/, "&", word) > gsub(/[(]/, "&", word)) sub(/[)]$/, "", word)
			return word
		}
		# Packages that provide one of several capabilities, without the one that asks.
		function alternatives(name, words,   n, word, i, text, found) {
			n = split(words, word, / or /)
			for (i = 1; i <= n; i++) {
				word[i] = capability(word[i])
				if ((word[i], name) in provided) return ""
				if (word[i] in providers && !(word[i] in found)) {
					text = text (text == "" ? "" : " | ") providers[word[i]]
					found[word[i]]
				}
			}
			return text
		}
		function add(list, text) { return text == "" ? list : list (list == "" ? "" : ", ") text }
		$1 == "provides" {
			names[$2]
			if (!(($3, $2) in provided)) {
				provided[$3, $2]
				providers[$3] = providers[$3] ($3 in some ? " | " : "") $2
				some[$3]
			}
			next
		}
		{ text = clause($2, $3); if (($1, $2, text) in seen) next; seen[$1, $2, text] }
		$1 == "RECOMMEND" { recommends[$2] = add(recommends[$2], text) }
		$1 == "REQUIRE" { requires[$2] = add(requires[$2], text) }
		END { for (name in names) print "ii\t" name "\t\t" recommends[name] "\t" requires[name] }'
}

# $1 REQUIRE or RECOMMEND.
rpm_relations_of() { rpm -qa --qf "[$1\t%{=NAME}\t%{${1}NAME}\n]"; }

# The packages of files that others require by their path.
rpm_paths() {
	local path
	sed -n 's|^REQUIRE\t[^\t]*\t\(/.*\)|\1|p' | sort -u | while read -r path; do
		! rpm -q --whatprovides --qf "provides\t%{NAME}\t$path\n" "$path" 2>/dev/null || true
	done | grep '^provides' || true
}
