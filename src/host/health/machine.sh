# shellcheck shell=dash
# What the machine itself has to have: preflight looks before anything is changed, the doctor later.

machine_checks() {
	system_checks
	[ -d /run/systemd/system ] || return 0
	nested_checks
	setuid_checks
	tun_checks
	kernel_module_checks
}

system_checks() {
	if [ -n "$KNOWN_SYSTEM" ]; then
		fine "operating system" "$(os_name)"
	else
		problem "operating system" "$(os_name)" \
			"one of $(names_of_known_systems), or a system built from one of them" \
			"use such a machine"
	fi
	[ -d /run/systemd/system ] ||
		problem "init" "$(cat /proc/1/comm)" "systemd, which runs the account's daemon" \
			"boot the machine with systemd"
	[ -e /proc/self/ns/user ] ||
		problem "user namespaces" "a kernel without them ($(uname -r))" "CONFIG_USER_NS" \
			"boot another kernel"
}

# A machine that is an unprivileged container itself can give on only the ids that it was given.
nested_checks() {
	local mapped wanted
	mapped=$(awk '{ total += $3 } END { printf "%.0f", total }' /proc/self/uid_map)
	wanted=$(($(login_defs SUB_UID_MIN 100000) + 65536))
	if [ "$mapped" -ge "$wanted" ]; then
		fine "ids of the machine" "$mapped"
	else
		problem "ids of the machine" "$mapped in its own user namespace (/proc/self/uid_map)" \
			"$wanted at least" \
			"give the container a larger range from outside (lxc.idmap, or security.idmap.size of Incus), or use a virtual machine" \
			"newuidmap can only map ids that are mapped here: 'write to uid_map failed: Operation not permitted'"
	fi
}

# Where newuidmap and newgidmap are, or are about to be.
setuid_checks() {
	case ,$(findmnt -n -o OPTIONS -T /usr/bin 2>/dev/null), in
	*,nosuid,*)
		problem "/usr/bin" "it mounted with nosuid" "a mount without nosuid" \
			"remount it with 'mount -o remount,suid /usr/bin', and take nosuid out of /etc/fstab" \
			"newuidmap and newgidmap map the account's ids by their setuid bit or capability, which nosuid switches off"
		;;
	esac
}

tun_checks() {
	local said as=as_root
	if [ ! -c /dev/net/tun ]; then
		problem "/dev/net/tun" "no such device" \
			"the character device that the containers' network is made with" \
			"load it with 'modprobe tun' and name it in /etc/modules-load.d; in a container, pass the device in"
		return 0
	fi
	[ -z "$ACCOUNT" ] || as=as_account
	if said=$("$as" sh -c ': <>/dev/net/tun' 2>&1); then
		fine "/dev/net/tun" "opens"
	else
		problem "/dev/net/tun" "that it does not open (${said##*: })" \
			"the device that the containers' network (tap0) is made with" \
			"$(tun_fix "${said##*: }")"
	fi
}

# $1 what the kernel said.
tun_fix() {
	local lines
	lines=$(modprobe_lines tun)
	if [ "$1" = 'Permission denied' ]; then
		printf "let everybody open it with 'chmod 666 /dev/net/tun', as udev does"
	elif kernel_was_replaced; then
		printf 'reboot the machine: the modules of the running kernel %s are gone' "$(uname -r)"
	elif [ -n "$lines" ]; then
		printf 'delete what keeps the kernel from loading its module: %s' "$lines"
	else
		printf "load its module with 'modprobe tun', or boot a kernel that has one"
	fi
}

# True where a kernel was installed and the running one's modules removed, until the next boot. A
# kernel that somebody else brings (a provider's, with everything built in) loads none.
kernel_was_replaced() {
	[ ! -e "/lib/modules/$(uname -r)/modules.dep" ] && loads_modules
}

# Not in a container, whose kernel is the machine's around it.
loads_modules() {
	grep -q . /proc/modules 2>/dev/null && [ -n "$(ls /lib/modules 2>/dev/null)" ] && ! systemd-detect-virt -cq
}

# What the kernel loads when dockerd makes its bridge and asks iptables for its rules, and for the
# first container and its ports.
kernel_module_checks() {
	local row name missing='' blocked=''
	if ! command -v modprobe >/dev/null || ! loads_modules; then return 0; fi
	for row in veth:rtnl-link-veth bridge:rtnl-link-bridge $(iptables_modules) xt_addrtype:ipt_addrtype \
		xt_conntrack:ipt_conntrack xt_MASQUERADE:ipt_MASQUERADE xt_nat:ipt_DNAT xt_tcpudp:ipt_tcp; do
		name=${row%:*}
		if module_loaded "$name" || module_loads "${row#*:}"; then
			continue
		elif [ -n "$(modprobe_lines "$name")" ]; then
			blocked="$blocked $name"
		elif ! modinfo -n "$name" >/dev/null 2>&1; then
			missing="$missing $name"
		fi
	done
	if [ -n "$blocked" ]; then
		problem "kernel modules$blocked" "that modprobe may not load them" \
			"them for the containers' network" \
			"delete what forbids it: $(modprobe_lines "$blocked")" \
			"dockerd makes its bridge and its rules with them ('missing kernel module')"
	fi
	if [ -z "$missing" ]; then
		[ -n "$blocked" ] || fine "kernel modules" "those of the containers' network"
	elif kernel_was_replaced; then
		problem "kernel modules$missing" \
			"no modules of the running kernel $(uname -r) in /lib/modules, which has $(find /lib/modules -mindepth 1 -maxdepth 1 -printf "%f " | sed "s| $||")" \
			"those of the running kernel" "reboot the machine, into the kernel that is installed" \
			"what is not loaded yet cannot be loaded any more"
	else
		problem "kernel modules$missing" "that kernel $(uname -r) does not have them" \
			"them for the containers' network" \
			"install the package with the rest of the kernel's modules (kernel-modules-extra on RHEL), or boot the distribution's own kernel" \
			"iptables fails without them ('missing kernel module')"
	fi
}

# Names, and what the kernel calls them when it asks for them.
iptables_modules() {
	case $(readlink -f /usr/sbin/iptables) in
	*legacy*) printf 'ip_tables:ip_tables iptable_nat:iptable_nat iptable_filter:iptable_filter' ;;
	*) printf 'nf_tables:nfnetlink-subsys-10 nft_compat:nft-expr-match nft_chain_nat:nft-chain-2-nat' ;;
	esac
}

# As the kernel asks, by an alias: "blacklist" works on these alone. $1 the alias.
module_loads() {
	case $(modprobe -n -q --show-depends "$1" 2>/dev/null || true) in
	*'install '*) return 1 ;;
	*'insmod '* | *'builtin '*) ;;
	*) return 1 ;;
	esac
}

# What keeps modules, or those that they need, from loading: 'FILE:NUMBER:LINE', a list. $1 the
# names.
modprobe_lines() {
	local module name
	for module in $1; do
		lines_of_modprobe '(install|blacklist)' "$module"
		sed -n "s|^.*/$module\.ko[.a-z]*: *||p" "/lib/modules/$(uname -r)/modules.dep" 2>/dev/null | tr ' ' '\n' |
			while read -r name; do
				name=${name##*/}
				lines_of_modprobe install "${name%%.ko*}"
			done
	done | awk '!seen[$0]++' | paste -s -d , | sed 's/,/, /g'
}

# A command that calls modprobe itself loads the module, and does something more. $1 words, $2 a
# module's name, in which - and _ are the same.
lines_of_modprobe() {
	if module_loaded "$2"; then return 0; fi
	# shellcheck disable=SC2046 # one path, or none
	grep -rsnE "^[[:space:]]*$1[[:space:]]+$(printf '%s' "$2" | sed 's/[-_]/[-_]/g')([[:space:]]|\$)" \
		/etc/modprobe.d /run/modprobe.d /usr/local/lib/modprobe.d /usr/lib/modprobe.d $([ /lib -ef /usr/lib ] || echo /lib/modprobe.d) |
		grep -vE ':[[:space:]]*install .*(modprobe|insmod)' | sed "s/.*/'&'/"
}
