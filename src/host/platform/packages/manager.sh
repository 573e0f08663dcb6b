# shellcheck shell=dash
# What a package manager can be asked and told here. Each has a folder with functions of these names;
# which arguments they take is said there.

# For people, and to choose by: apt-get or dnf. main sets it.
PACKAGE_MANAGER=''

# $1 apt's function, $2 dnf's, then their arguments.
by_manager() {
	local apt=$1 dnf=$2
	shift 2
	case $PACKAGE_MANAGER in
	dnf) "$dnf" "$@" ;;
	*) "$apt" "$@" ;;
	esac
}

# What is there.
installed_version() { by_manager apt_installed_version dnf_installed_version "$@"; }
versions_of() { by_manager apt_versions_of dnf_versions_of "$@"; }
installed_packages() { by_manager apt_installed_packages dnf_installed_packages "$@"; }
removed_packages() { by_manager apt_removed_packages dnf_removed_packages "$@"; }
missing_packages() { by_manager apt_missing_packages dnf_missing_packages "$@"; }
packages_of_files() { by_manager apt_packages_of_files dnf_packages_of_files "$@"; }
configuration_files() { by_manager apt_configuration_files dnf_configuration_files "$@"; }
is_shipped() { by_manager apt_is_shipped dnf_is_shipped "$@"; }
has_edited_configuration() { by_manager apt_has_edited_configuration dnf_has_edited_configuration "$@"; }
lists_outdated() { by_manager apt_lists_outdated dnf_lists_outdated "$@"; }
package_relations() { by_manager apt_package_relations dnf_package_relations "$@"; }
needed_packages() { by_manager apt_needed_packages dnf_needed_packages "$@"; }
available_versions() { by_manager apt_available_versions dnf_available_versions "$@"; }
mode_override() { by_manager apt_mode_override dnf_mode_override "$@"; }
mode_override_program() { by_manager apt_mode_override_program dnf_mode_override_program "$@"; }
mode_override_removal() { by_manager apt_mode_override_removal dnf_mode_override_removal "$@"; }

# What brings packages.
install_packages() { by_manager apt_install_packages dnf_install_packages "$@"; }
is_removal_refused() { by_manager apt_is_removal_refused dnf_is_removal_refused "$@"; }
removed_for() { by_manager apt_removed_for dnf_removed_for "$@"; }
finish_interrupted() { by_manager apt_finish_interrupted dnf_finish_interrupted "$@"; }
complete_packages() { by_manager apt_complete_packages dnf_complete_packages "$@"; }
packages_to_remove() { by_manager apt_packages_to_remove dnf_packages_to_remove "$@"; }
forget_removal() { by_manager apt_forget_removal dnf_forget_removal "$@"; }
complete_half_installed() { by_manager apt_complete_half_installed dnf_complete_half_installed "$@"; }
install_version() { by_manager apt_install_version dnf_install_version "$@"; }
autoremove_protection_file() { by_manager apt_autoremove_protection_file dnf_autoremove_protection_file "$@"; }
autoremove_protection() { by_manager apt_autoremove_protection dnf_autoremove_protection "$@"; }
packages_log() { by_manager apt_packages_log dnf_packages_log "$@"; }

# What takes them away.
remove_packages() { by_manager apt_remove_packages dnf_remove_packages "$@"; }
purge_held() { by_manager apt_purge_held dnf_purge_held "$@"; }
dependents_of() { by_manager apt_dependents_of dnf_dependents_of "$@"; }

# Who has asked for them.
all_marks() { by_manager apt_all_marks dnf_all_marks "$@"; }
mark_as() { by_manager apt_mark_as dnf_mark_as "$@"; }
mark_as_ours() { by_manager apt_mark_as_ours dnf_mark_as_ours "$@"; }
mend_marks() { by_manager apt_mend_marks dnf_mend_marks "$@"; }

# Other repositories than the distribution's.
repository_file() { by_manager apt_repository_file dnf_repository_file "$@"; }
repository_key_file() { by_manager apt_repository_key_file dnf_repository_key_file "$@"; }
repository_key_text() { by_manager apt_repository_key_text dnf_repository_key_text "$@"; }
names_key_file() { by_manager apt_names_key_file dnf_names_key_file "$@"; }
repository_entry() { by_manager apt_repository_entry dnf_repository_entry "$@"; }
names_repository() { by_manager apt_names_repository dnf_names_repository "$@"; }
download_file() { by_manager apt_download_file dnf_download_file "$@"; }
packages_of_url() { by_manager apt_packages_of_url dnf_packages_of_url "$@"; }
refresh_repository() { by_manager apt_refresh_repository dnf_refresh_repository "$@"; }

# How it is run, and what it says.
package_errors() { by_manager apt_package_errors dnf_package_errors "$@"; }
refresh_lists() { by_manager apt_refresh_lists dnf_refresh_lists "$@"; }
enable_unit_of_package() { by_manager apt_enable_unit_of_package dnf_enable_unit_of_package "$@"; }
after_packages_file() { by_manager apt_after_packages_file dnf_after_packages_file "$@"; }
after_packages() { by_manager apt_after_packages dnf_after_packages "$@"; }
