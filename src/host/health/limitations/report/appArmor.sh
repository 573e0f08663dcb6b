# shellcheck shell=dash
# Confinement of containers by AppArmor.

appArmor_limitation() {
	local options
	options=$(docker_info SecurityOptions)
	case $options in
	*name=apparmor*) limitation appArmor available \
		"docker info says $(words_of_account "$options")" "" ;;
	*)
		if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
			limitation appArmor unavailable \
				"the kernel has AppArmor, and docker info has no name=apparmor: $(words_of_account "$options")" \
				"confine with seccomp and capabilities"
		else
			limitation appArmor unavailable "AppArmor is not enabled in kernel $(uname -r)" \
				"confine with seccomp and capabilities"
		fi
		;;
	esac
}
