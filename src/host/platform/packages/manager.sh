# shellcheck shell=dash
# What a package manager can be asked and told here. Each has a folder with functions of these names;
# which arguments they take is said there. What dnf and zypper share is in the folder rpm.

# What is there.
installed_version() { by_format apt_installed_version rpm_installed_version pacman_installed_version "$@"; }
versions_of() { by_format apt_versions_of rpm_versions_of pacman_versions_of "$@"; }
installed_packages() { by_format apt_installed_packages rpm_installed_packages pacman_installed_packages "$@"; }
removed_packages() { by_format apt_removed_packages nothing nothing "$@"; }
packages_without_files() { by_format nothing rpm_packages_without_files pacman_packages_without_files "$@"; }
missing_packages() { by_format apt_missing_packages rpm_missing_packages pacman_missing_packages "$@"; }
packages_of_files() { by_format apt_packages_of_files rpm_packages_of_files pacman_packages_of_files "$@"; }
files_of_packages() { by_format apt_files_of_packages rpm_files_of_packages pacman_files_of_packages "$@"; }
configuration_files() { by_format apt_configuration_files rpm_configuration_files pacman_configuration_files "$@"; }
is_shipped() { by_format apt_is_shipped rpm_is_shipped pacman_is_shipped "$@"; }
# rpm and pacman keep an edited file beside its place when they remove its package.
has_edited_configuration() { by_format apt_has_edited_configuration false false "$@"; }
lists_outdated() { by_format apt_lists_outdated false pacman_lists_outdated "$@"; }
package_relations() { by_format apt_package_relations rpm_package_relations pacman_package_relations "$@"; }
needed_packages() { by_format apt_needed_packages rpm_needed_packages pacman_needed_packages "$@"; }
available_versions() {
	by_manager apt_available_versions dnf_available_versions zypper_available_versions pacman_available_versions "$@"
}
mode_override() { by_format apt_mode_override nothing nothing "$@"; }
mode_override_program() { by_format apt_mode_override_program nothing nothing "$@"; }
mode_override_removal() { by_format apt_mode_override_removal nothing nothing "$@"; }

# What brings packages.
install_packages() { by_format apt_install_packages rpm_install_packages pacman_install_packages "$@"; }
is_removal_refused() { by_format apt_is_removal_refused rpm_is_removal_refused pacman_is_removal_refused "$@"; }
removed_for() { by_format apt_removed_for rpm_removed_for pacman_removed_for "$@"; }
finish_interrupted() { by_format apt_finish_interrupted rpm_finish_interrupted pacman_finish_interrupted "$@"; }
complete_packages() { by_format apt_complete_packages nothing nothing "$@"; }
packages_to_remove() { by_format apt_packages_to_remove nothing nothing "$@"; }
forget_removal() { by_format apt_forget_removal nothing nothing "$@"; }
complete_half_installed() { by_format apt_complete_half_installed nothing nothing "$@"; }
reinstall_packages() { by_format nothing rpm_reinstall_packages pacman_reinstall_packages "$@"; }
install_versions() { by_format apt_install_versions rpm_install_versions pacman_install_versions "$@"; }
autoremove_protection_file() { by_format apt_autoremove_protection_file nothing nothing "$@"; }
autoremove_protection() { by_format apt_autoremove_protection nothing nothing "$@"; }
packages_log() { by_manager apt_packages_log dnf_packages_log zypper_packages_log pacman_packages_log "$@"; }

# What takes them away.
remove_packages() { by_format apt_remove_packages rpm_remove_packages pacman_remove_packages "$@"; }
purge_held() { by_format apt_purge_held rpm_purge_held pacman_purge_held "$@"; }
dependents_of() { by_format apt_dependents_of rpm_dependents_of pacman_dependents_of "$@"; }

# Who has asked for them.
all_marks() { by_manager apt_all_marks dnf_all_marks zypper_all_marks pacman_all_marks "$@"; }
mark_as() { by_manager apt_mark_as dnf_mark_as zypper_mark_as pacman_mark_as "$@"; }
mark_as_ours() { by_manager apt_mark_as_ours dnf_mark_as_ours zypper_mark_as_ours pacman_mark_as_ours "$@"; }
fix_marks() { by_manager apt_fix_marks nothing zypper_fix_marks nothing "$@"; }

# Other repositories than the distribution's.
repository_file() { by_manager apt_repository_file dnf_repository_file nothing nothing "$@"; }
repository_key_file() { by_manager apt_repository_key_file dnf_repository_key_file nothing nothing "$@"; }
names_key_file() { by_manager apt_names_key_file dnf_names_key_file nothing nothing "$@"; }
repository_entry() { by_manager apt_repository_entry dnf_repository_entry nothing nothing "$@"; }
names_repository() { by_manager apt_names_repository dnf_names_repository nothing nothing "$@"; }
packages_of_source() { by_manager apt_packages_of_source dnf_packages_of_source nothing nothing "$@"; }
# A GiB at most, in blocks of 512 bytes, whatever the server sends.
download_file() { (ulimit -f 2097152 && by_format apt_download_file curl_file curl_file "$@"); }
packages_of_url() { by_format apt_packages_of_url nothing nothing "$@"; }
refresh_repository() { by_manager apt_refresh_repository dnf_refresh_repository nothing nothing "$@"; }

# How it is run, and what it says.
package_errors() {
	by_manager apt_package_errors dnf_package_errors zypper_package_errors pacman_package_errors "$@"
}
refresh_lists() { by_manager apt_refresh_lists dnf_refresh_lists zypper_refresh_lists pacman_refresh_lists "$@"; }
enable_unit_of_package() { by_format apt_enable_unit_of_package enable_unit enable_unit "$@"; }
after_packages_file() { by_format apt_after_packages_file nothing nothing "$@"; }
after_packages() { by_format apt_after_packages nothing nothing "$@"; }
