# shellcheck shell=dash
# kernel: the settings that user namespaces and unprivileged containers need.

kernel_apply() {
	want_module_options
	want_sysctls
	want_apparmor_profile
	# What is dropped goes before the row is measured.
	release_unwanted
	ping_limitation
}
