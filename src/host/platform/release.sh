# Which operating system this is.

# A value of os-release(5), a file of root's that shells can read. $1 its name.
os_release() {
	(
		set +u
		# shellcheck source=/dev/null
		. /etc/os-release
		eval "printf '%s' \"\$$1\""
	)
}

os_name() { os_release PRETTY_NAME; }

# The Debian release that this system is, or is built from, such as 12.
debian_release() {
	local version=''
	if [ -e /etc/debian_version ]; then read -r version </etc/debian_version; fi
	printf '%s' "${version%%.*}"
}
