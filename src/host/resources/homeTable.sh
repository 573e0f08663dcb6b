# The one list of what this program writes in a home. home_table prints a line for each path:
#   KIND PATH MODE SOURCE CONDITION
# PATH begins at the home. Nothing is wanted there unless the document has the key CONDITION, or it is
# "always". Before the daemon's step has composed its files, a SOURCE is only where they will be.
#   KIND       what is wanted                          MODE          SOURCE
#   start      a file that dockerd reads at its start  its mode      the file with its bytes
#   unit       a unit beside the daemon's              its mode      the file with its bytes
#   file       any other file                          its mode      the file with its bytes
#   link       a link                                  -             where it leads, from the home
#   member     a member of a JSON file                 the member    the file with its text
#   directory  one that others make, as it is          -             -
#   lines      lines of a file, by the step machine    -             -
#   place      nothing itself: what is in it, is       -             -

# The directory's name is the SHA-256 of "rootless".
CONTEXT=.docker/contexts/meta/12b961af5feb3e9d39f93b2cefb9a1a944f18d02cca0cac2f04f5a982240605f

home_table() {
	local new=$WORK/new units=.config/systemd/user file
	printf '%s\n' \
		"start .config/docker/daemon.json 600 $new/daemon.json always" \
		"start .config/docker/environment 600 $new/environment always" \
		"start $units/docker.service 644 $new/docker.service always" \
		"start .config/docker/tls/ca.pem 644 $new/ca.pem tcp-socket" \
		"start .config/docker/tls/cert.pem 644 $new/cert.pem tcp-socket" \
		"start .config/docker/tls/key.pem 600 $new/key.pem tcp-socket" \
		"link $units/default.target.wants/docker.service - $units/docker.service always" \
		"unit $units/docker-prune.service 644 $new/docker-prune.service docker-prune.OnCalendar" \
		"unit $units/docker-prune.timer 644 $new/docker-prune.timer docker-prune.OnCalendar" \
		"link $units/timers.target.wants/docker-prune.timer - $units/docker-prune.timer \
docker-prune.OnCalendar" \
		"directory .local/share/systemd/timers - - docker-prune.OnCalendar" \
		"file $CONTEXT/meta.json 644 $new/meta.json always" \
		"member .docker/config.json currentContext $new/context always" \
		"lines .ssh/authorized_keys - - authorized_keys" \
		"place .config/docker/certs.d - - always"
	# The daemon reads these whenever it asks that registry.
	for file in "$DOC"/text/certs.d/*; do
		if [ -e "$file" ]; then
			echo "file .config/docker/certs.d/${file##*/}/ca.crt 644 $file always"
		fi
	done
}

# Calls a function for each line of the table: its arguments are KIND, the whole path, MODE, SOURCE and
# CONDITION. $1 the function.
each_home_path() {
	local kind path mode source condition
	home_table >"$WORK/home/table"
	while read -r kind path mode source condition <&4; do
		"$1" "$kind" "$ACCOUNT_HOME/$path" "$mode" "$source" "$condition"
	done 4<"$WORK/home/table"
}

# True if the document wants something there. $1 the condition of the line.
is_wanted_path() { [ "$1" = always ] || has "$1"; }

# Every path of the table and what leads to it, from the home, a line each.
home_paths() {
	home_table | awk '{
		path = $2
		while (!(path in seen)) {
			seen[path]
			print path
			if (!sub(/\/[^\/]*$/, "", path)) next
		}
	}'
}
