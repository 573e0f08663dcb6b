# shellcheck shell=dash
# What the network driver is made of.

# What the network driver is made of, where Docker's own packages do not bring it.
want_network_driver() {
	[ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)" = pasta ] || return 0
	rootlesskit --help | grep -q '^ *--net .*pasta' ||
		fail network.driver \
			"rootlesskit $(rootlesskit --version | sed 's/.* //'), which knows no pasta" \
			"rootlesskit 2.0 or later, as in Debian 13, for Pasta" \
			"use Slirp4netns, or leave the option out"
	want_packages_of_option passt
}
