# Facts that the rows of `limitations` and `advisories` are made of: their words are in
# src/limitations and src/advisories. Words of the account's programs go on as a fact and as nothing
# else.

# Facts of the step daemon, whose document this run has.
limitation_facts() {
	local dockerd address here=false apparmor=''
	dockerd=$(daemon_process) || fail "docker.service of $ACCOUNT" \
		"it has no process dockerd" '' \
		"run again; if it still has none, see 'systemctl --user status docker' as $ACCOUNT"
	word_facts "$dockerd"
	process_facts "$dockerd"
	argument_facts
	fact daemon.isDriverNamed "$(yes_if has daemon.json/storage-driver)"
	if is_secret daemon.json/userland-proxy; then
		fact daemon.userlandProxy secret
	else
		fact daemon.userlandProxy "$(yes_if [ "$(doc daemon.json/userland-proxy)" != false ])"
	fi
	address=$(doc daemon.json/host-gateway-ip)
	if is_secret daemon.json/host-gateway-ip; then address=secret; fi
	fact daemon.hostGateway "$address"
	if [ -n "$address" ] && ip -o address show scope global | grep -qF " $address/"; then
		here=true
	fi
	fact daemon.hostGatewayIsHere "$here"
	if [ -e /sys/module/apparmor ]; then
		read -r apparmor </sys/module/apparmor/parameters/enabled
	fi
	fact kernel.appArmor "$(yes_if [ "$apparmor" = Y ])"
	fact machine.firewalld "$(yes_if systemctl is-active -q firewalld.service)"
	fact criu.path "$(command -v criu)"
}

# True if the value of a key is a secret, which the document does not have. $1 such as daemon.json/icc.
is_secret() {
	case " $(doc secrets) " in
	*" $1 "*) true ;;
	*) false ;;
	esac
}

# Prints the account's process dockerd. Of several the oldest: what runs in a container is younger.
daemon_process() { pgrep -o -u "$ACCOUNT_UID" -x dockerd; }

# True if a process runs the file that is installed as dockerd. An upgrade puts another file in its
# place, and the process goes on with the one from before. $1 the process.
runs_installed_dockerd() { [ "/proc/$1/exe" -ef "$(command -v dockerd)" ]; }

yes_if() {
	if "$@"; then
		printf true
	else
		printf false
	fi
}

# The daemon's words about itself. Then the account says the CLI's version, what is at
# /run/docker.sock for containers, and the protocols of RootlessKit's ports. $1 dockerd's process.
# root as account: questions to RootlessKit and dockerd by their sockets. health/daemonWords.program.sh.
word_facts() {
	local version='' socket='' modes='' unit='' info=''
	fact daemon.limits "$(words_of "$(docker_info Limits)")"
	fact daemon.security "$(words_of "$(docker_info SecurityOptions)")"
	fact daemon.version "$(word_of_account "$(docker_info ServerVersion)")"
	fact daemon.experimental "$(word_of_account "$(docker_info ExperimentalBuild)")"
	as_account sh -c "$DAEMON_WORDS_SH" sh "/proc/$1/root/run/docker.sock" \
		</dev/null >"$WORK/words" || true
	# The last line has no end.
	{ read -r version && read -r socket && read -r modes && read -r unit && read -r info; } \
		<"$WORK/words" || true
	version=${version#Docker version }
	fact client.version "$(word_of_account "${version%%,*}")"
	fact dockerd.socket "$(words_of "$socket")"
	case $info in
	*'protos:['*']'*)
		info=${info#*'protos:['}
		info=${info%%]*}
		;;
	*) info='' ;;
	esac
	case $info in *[!a-z0-9,]*) info='' ;; esac
	fact rootlesskit.protocols "$info"
	case $modes in *[!A-Za-z0-9./=:\ _-]*) modes='' ;; esac
	if [ -n "$modes" ]; then fact files.modes "$(printf %.1200s "$modes")"; fi
	# systemd has read at least the unit itself, unless it did not answer.
	if [ -n "$unit" ]; then fact daemon.overrides "$(words_of "$(overrides_of_unit "$unit")")"; fi
}

# Prints the files that say something else of docker.service than this program's unit: drop-ins, or
# another unit in its place. Those of distributions, which are for all services, do not count. $1 the
# paths that systemd has read.
overrides_of_unit() {
	local path list=''
	set -f
	# shellcheck disable=SC2086 # a word for each path
	set -- $1
	set +f
	for path in "$@"; do
		case $path in
		*/.config/systemd/user/docker.service | */lib/systemd/user/service.d/*) ;;
		*) list="$list${list:+ }$path" ;;
		esac
	done
	printf '%s' "$list"
}

# Words of the account's programs, as a part of a text. $1 the words.
words_of() { printf '%.300s' "$(shown "$1")"; }

# The kernel's facts of dockerd. $1 its process.
process_facts() {
	local name value
	fact dockerd.process "$1"
	fact dockerd.isInstalledFile "$(yes_if runs_installed_dockerd "$1")"
	fact dockerd.seenAt "$(date +%s)"
	{
		# shellcheck disable=SC2046,SC2183 # a word for each link
		printf 'machineNetwork %s\nnetwork %s\n' $(readlink /proc/1/ns/net "/proc/$1/ns/net")
		awk "$PROCESS_FACTS_AWK" "/proc/$1/status" "/proc/$1/uid_map" "/proc/$1/net/dev" \
			"/proc/$1/mountinfo"
	} >"$WORK/process"
	while read -r name value; do fact "dockerd.$name" "$(words_of "$value")"; done <"$WORK/process"
}

# The value of an argument of RootlessKit's, or "true" of one without a value: of several the last.
# The oldest process of that name is the account's own. $1 the argument.
rootlesskit_argument() {
	local line value=''
	if [ ! -s "$WORK/rootlesskit-arguments" ]; then
		timeout -k 5 20 head -c 65536 \
			"/proc/$(pgrep -o -u "$ACCOUNT_UID" -x rootlesskit)/cmdline" 2>/dev/null |
			tr '\0' '\n' >"$WORK/rootlesskit-arguments"
	fi
	while IFS= read -r line; do
		case $line in
		"--$1="*) value=${line#*=} ;;
		"--$1") value=true ;;
		esac
	done <"$WORK/rootlesskit-arguments"
	printf '%s' "$value"
}

# Arguments that RootlessKit was started with. By slirp4netns and pasta the second address of its
# network leads to the machine's 127.0.0.1, by gvisor-tap-vsock the first.
argument_facts() {
	local net last=2 closed transparent
	net=$(rootlesskit_argument cidr)
	# A program of the account's may print anything: a text that is no address does not count.
	case $net in *[!0-9./]*) net='' ;; esac
	net=${net:-10.0.2.0/24}
	if [ "$(rootlesskit_argument net)" = gvisor-tap-vsock ]; then last=1; fi
	closed=$(rootlesskit_argument disable-host-loopback)
	transparent=$(rootlesskit_argument source-ip-transparent)
	fact rootlesskit.loopback "${net%.*}.$last"
	fact rootlesskit.hostLoopback "$(yes_if [ "$closed" != true ])"
	fact rootlesskit.isTransparent "$(yes_if [ "$transparent" != false ])"
}

# Facts of the step machine that what it gives back can change.
machine_facts() {
	local rootlesskit capability
	rootlesskit=$(rootlesskit_program)
	capability=$(capability_state "$rootlesskit")
	case $capability in none | gone) capability='' ;; esac
	# shellcheck disable=SC2046 # three numbers
	set -- $(cd /proc/sys/net/ipv4 && cat ping_group_range ip_unprivileged_port_start)
	fact kernel.pingGroups "${1-} ${2-}"
	fact kernel.portStart "${3-}"
	fact rootlesskit.path "$rootlesskit"
	fact rootlesskit.capability "$capability"
}

# Facts of the step machine, after the daemon has followed its changes. At the first up there is none
# yet.
machine_facts_of_daemon() {
	local dockerd
	dockerd=$(daemon_process) || return 0
	fact engine.isInstalledFile "$(yes_if runs_installed_dockerd "$dockerd")"
	fact engine.seenAt "$(date +%s)"
}
