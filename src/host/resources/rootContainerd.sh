# shellcheck shell=dash
# The machine's containerd, which others than Docker may use.

# Who else than Docker uses it, in words, or nothing.
containerd_users() {
	{
		units_on_containerd | sed 's/$/ needs it/'
		namespaces_of_containerd | sort -u | grep -vxE '(plugins\.)?moby' |
			sed 's/^/it has containers in the namespace /'
	} | paste -s -d , | sed 's/,/, /g' | printable
}

# Units that start or stop with it, and are enabled or run.
units_on_containerd() {
	local unit
	systemctl show -p RequiredBy -p RequisiteOf -p WantedBy -p BoundBy -p ConsistsOf --value containerd.service |
		tr ' ' '\n' | sort -u | while IFS= read -r unit; do
		case $unit in
		'' | docker.service | docker.socket | *.target | *.slice) continue ;;
		esac
		if systemctl is-active -q -- "$unit" || systemctl is-enabled -q -- "$unit" 2>/dev/null; then
			printf '%s\n' "$unit"
		fi
	done
}

# Of containers that run, by the directories of their shims, and of others by its own word.
namespaces_of_containerd() {
	local dir name
	for dir in /run/containerd/io.containerd.runtime.v2.task/*/*/; do
		[ ! -d "$dir" ] || basename "$(dirname "$dir")"
	done
	if systemctl is-active -q containerd.service && may_run "$(command -v ctr)"; then
		timeout -k 5 10 ctr namespaces ls -q 2>/dev/null | head -n 20 | while IFS= read -r name; do
			[ -z "$(timeout -k 5 10 ctr -n "$name" containers ls -q 2>/dev/null)" ] || printf '%s\n' "$name"
		done
	fi
}
