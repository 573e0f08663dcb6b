# shellcheck shell=dash
# What root's configuration says of accounts and groups.

in_pattern() { printf '%s' "$1" | sed 's/[.]/[.]/g'; }

# Files of root's with a line that is wrong without an account or a group, where cron, tmpfiles.d, logrotate, sudo, dpkg
# or another program has one: a name such as test stands for other things there, too. $1 the name, $2 the id.
files_that_name() {
	local name
	name=$(in_pattern "$1")
	files_with "^ *(@[a-z]+|[^#[:space:]]+([[:space:]]+[^[:space:]]+){4})[[:space:]]+${name}[[:space:]]" \
		/etc/crontab /etc/cron.d/*
	files_with "^ *[^#[:space:]]+([[:space:]]+[^[:space:]]+){2,3}[[:space:]]+$name([[:space:]]|\$)" \
		/etc/tmpfiles.d/*.conf
	files_with "^([^#]*[[:space:]{])?(su|create|createolddir)[[:space:]]([^#]*[[:space:]])?$name([[:space:]]|\$)" \
		/etc/logrotate.conf /etc/logrotate.d/*
	files_with "^([^#=]*[ ,])?${name}[ ,][^=]*=|^ *(User|Runas)_Alias.*[ ,=]$name([ ,:]|\$)" \
		/etc/sudoers /etc/sudoers.d/*
	sudo_files_of_runas "$1"
	files_with "^([^[:space:]]+[[:space:]]+)?($name|#$2)[[:space:]]" /var/lib/dpkg/statoverride
	find /etc/systemd/system -name "*@$1.service" 2>/dev/null || true
	files_with "^[^#]*:(.*[ ,])?$name([ ,]|\$)" /etc/aliases
	settings_that_name "$name" "$2"
}

# Files below /etc and /usr/local in which a setting or a command says a user or a group. Who may log in by SSH may be
# gone. $1 a pattern of the name, $2 the id.
settings_that_name() {
	timeout -k 2 20 grep -rlsIiE -D skip --exclude='.*' --exclude-dir='.*' --exclude-dir=ssh \
		--exclude='passwd*' --exclude='group*' --exclude='shadow*' --exclude='gshadow*' --exclude='sub[ug]id*' \
		--exclude='*.bak' --exclude='*.old' --exclude='*.orig' -e "$(setting_that_names "$1" "$2")" \
		/etc /usr/local/bin /usr/local/sbin /usr/local/etc \
		/var/spool/cron/root /var/spool/cron/crontabs/root /var/spool/cron/tabs/root || [ $? -lt 124 ] || echo /etc
}

# The pattern of such a line, as "uid=NAME" in fstab(5), "user = NAME" and "su - NAME". Arguments as above.
setting_that_names() {
	local blank='[[:space:]]' quote="[\"']?[@+%&]?" word='[[:alnum:]_.@+$-]+' key command
	key="(apache_run_|autologin-|run_?as_|run_|become_|mail_|dir|file)?(user|group|owner)s?|run_?as|chuid|userspec"
	key="$key|(anon|re|sk|mail_)?[ug]id|guest account"
	key="($key|chown($blank+-[a-z-]+)*)$quote$blank*([=:({]|!=|$blank)"
	command="(su|su-exec|gosu|(s6-)?setuidgid)($blank+-[a-z-]*)*$blank|(runuser|sudo|doas|chpst)$blank(.*$blank)?-u"
	command="$command|install$blank(.*$blank)?-[og]|setfacl$blank(.*[^a-z])?[ug]:"
	printf '^%s*([^#;[:space:]].*[^[:alnum:]_-])?["'"'"'$-]*(%s|%s)' "$blank" "$key" "$command"
	printf '%s*(!=)?%s*[{(]?%s*%s' "$blank" "$blank" "$blank" "$quote"
	printf '(%s[,:]%s*)*(%s%s+)?%s' "$word" "$blank" "$word" "$blank" "$quote"
	printf '(%s|%s)([^[:alnum:]_.-]|$)' "$1" "$2"
}

# Files of sudo by which others run programs as an account. $1 its name.
sudo_files_of_runas() {
	files_with "^[^#]*[(]([^)]*[ ,:])?$(in_pattern "$1")([ ,:][^)]*)?[)]" /etc/sudoers /etc/sudoers.d/*
}

# $1 a pattern of lines, then files that may not be there.
files_with() { grep -lsE -D skip -e "$@" || true; }

# The file of a unit whose key has a name or an id among its values. $1 a pattern of keys, $2 the name, $3 the id.
unit_that_says() {
	{
		loaded_units_that_say "$@"
		grep -RlsE -D skip "^[[:space:]]*$1[[:space:]]*=(.*[[:space:]])?($(in_pattern "$2")|$3)([[:space:]].*)?$" \
			--include='*.service' --include='*.socket' --include='*.conf' \
			/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system
	} | head -n 1 | printable
}

# Files of units that systemd has loaded, of these: not the account's own service manager, and none that somebody
# has started for once.
loaded_units_that_say() {
	systemctl show -p Id -p User -p Group -p SupplementaryGroups -p SocketUser -p SocketGroup -p FragmentPath \
		'*.service' '*.socket' 2>/dev/null |
		awk -F '\n' -v RS= -v keys="^$1\$" -v name="$2" -v id="$3" '
			{
				says = own = file = ""
				for (i = 1; i <= NF; i++) {
					at = index($i, "=")
					key = substr($i, 1, at - 1)
					value = substr($i, at + 1)
					if (key == "Id") own = value ~ /^user@/
					if (key == "FragmentPath") file = value
					if (key ~ keys && index(" " value " ", " " name " ") + index(" " value " ", " " id " ")) says = 1
				}
			}
			says && !own && file !~ /^\/run\/systemd\/transient\// { print file }'
}
