# Runs as the account. Prints what a data root is: STATE INODE BIRTH MODE. Ends with 3 where the account
# cannot write there. Its argument is the data root.
root=$1
if [ -e "$root" ]; then
	if [ ! -d "$root" ] || [ ! -w "$root" ]; then exit 3; fi
	state=empty
	if [ "$(find "$root/." -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)" ]; then
		state=found
	fi
	exec stat -L -c "$state %i %W %a" -- "$root"
fi
until [ -e "$root" ]; do
	root=${root%/*}
	root=${root:-/}
done
if [ ! -d "$root" ] || [ ! -w "$root" ]; then exit 3; fi
echo 'absent - - -'
