# A setting of shadow's programs. openSUSE has the vendor's file in /usr/etc, and the administrator's come
# after it. $1 the file's name, $2 the setting.
shadow_setting() {
	local file name rest value=''
	for file in "/usr/etc/$1" "/etc/$1" "/etc/$1.d"/*.defs; do
		[ -e "$file" ] || continue
		while read -r name rest; do
			case $name in
			"$2") value=$rest ;;
			"$2="*) value=${name#*=} ;;
			esac
		done <"$file"
	done
	printf '%s' "$value"
}
