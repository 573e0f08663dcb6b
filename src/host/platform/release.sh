# shellcheck shell=dash
# Which operating system this is.

# A value of os-release(5). $1 its name.
os_release() { sed -n "s/^$1=[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\}\$/\1/p" /etc/os-release; }

os_name() { os_release PRETTY_NAME; }

# The Debian release that this system is, or is built from, such as 12.
debian_release() { cut -d . -f 1 /etc/debian_version 2>/dev/null; }

# Ubuntu, or what is built from it.
is_ubuntu() {
	case " $(os_release ID) $(os_release ID_LIKE) " in
	*' ubuntu '*) ;;
	*) return 1 ;;
	esac
}
