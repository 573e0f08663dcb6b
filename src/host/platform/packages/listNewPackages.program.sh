# Prints the packages that apt is about to install and that were not there before, a line each. On
# stdin is what apt tells a hook of DPkg::Pre-Install-Pkgs in version 2 of its protocol: its
# configuration up to an empty line, then a line for each package. These are its name, the version
# that is there or "-", "<" if it gets a higher one, the version that comes, and the file, or a word
# in place of it for a package that is removed or configured:
#   runc - < 1.1.15+ds1-2+deb13u1 /var/cache/apt/archives/runc_1.1.15+ds1-2+deb13u1_amd64.deb
#   runc - < 1.1.15+ds1-2+deb13u1 **CONFIGURE**
while IFS= read -r setting && [ -n "$setting" ]; do
	:
done
while read -r name before sign after file; do
	case "$before $file" in
	'- /'*) printf '%s\n' "$name" ;;
	esac
done
