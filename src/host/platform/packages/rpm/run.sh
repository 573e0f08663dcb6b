# shellcheck shell=dash
# The package managers of rpm: what each says and does in its own words. A verb is install, replace, which may
# remove others for it, again, for what is there, or remove; then come names, or name=version.

# $1 dnf's function, $2 zypper's, then their arguments.
by_rpm() {
	local dnf=$1 zypper=$2
	shift 2
	by_manager false "$dnf" "$zypper" false "$@"
}

# What it would do, in $WORK/transaction: a direction (Installing, Upgrading, Downgrading, Removing), a name
# and a version on each line. Arguments: a verb, and names.
plan_transaction() { by_rpm dnf_plan zypper_plan "$@"; }

# What it says of that is in $WORK/manager.log. Arguments: a verb, and names.
run_transaction() { by_rpm dnf_transaction zypper_transaction "$@"; }

transaction_errors() { by_rpm dnf_package_errors zypper_package_errors; }

# Arguments: names.
mark_new_as_ours() { by_rpm dnf_mark_as_ours zypper_mark_as_ours "$@"; }
