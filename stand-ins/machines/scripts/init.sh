#!/busybox sh
# shellcheck shell=dash
# The first program of a machine, in its initrd: makes the disk visible, and starts systemd from it.
set -eu
bb=/busybox

$bb mount -t devtmpfs dev /dev
$bb mount -t proc proc /proc
if $bb grep -q testbed-probe /proc/cmdline; then
    echo 'testbed: a kernel runs'
    $bb poweroff -f
fi
while read -r module; do
    $bb insmod "/modules/$module"
done </modules/order
until test -b /dev/vda; do
    $bb sleep 0.05
done
$bb mount -t ext4 /dev/vda /root
$bb umount /proc
$bb umount /dev
exec $bb switch_root /root /sbin/init
