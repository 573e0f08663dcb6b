# Kills all processes of control groups. The kernel has cgroup.kill since 5.14. Arguments: the
# groups' directories.
# root writes: cgroup.kill of the account's docker.service. Only if it does not stop by itself (in two minutes at most).
# root units: kill of each process of these groups, on kernels before 5.14.
for group in "$@"; do
	if [ -e "$group/cgroup.kill" ]; then
		echo 1 >"$group/cgroup.kill"
	else
		grep -rhs --include=cgroup.procs . "$group" | while read -r process; do
			kill -KILL "$process"
		done
	fi
done
