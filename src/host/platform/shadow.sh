# A setting of shadow's programs. openSUSE has the vendor's file in /usr/etc, and the administrator's come
# after it. $1 the file's name, $2 the setting.
shadow_setting() {
	cat "/usr/etc/$1" "/etc/$1" "/etc/$1.d"/*.defs 2>/dev/null | awk -v name="$2" '
		$1 == name { value = $2 }
		index($1, name "=") == 1 { value = substr($1, length(name) + 2) }
		END { printf "%s", value }'
}
