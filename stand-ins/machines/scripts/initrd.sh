#!/bin/sh
# Makes what QEMU boots a tree with: the kernel, and an initrd that holds no more than the disk needs.
# Usage: initrd.sh TREE BUSYBOX FOLDER. Writes FOLDER/vmlinuz and FOLDER/initrd.
set -eu
tree=$1 busybox=$2 folder=$3
scripts=$(cd "$(dirname "$0")" && pwd)
parts=$folder/initrd.parts

# In the order in which they must be loaded; what is built into the kernel is not among them.
modules() {
    for module in virtio_pci virtio_blk ext4; do
        chroot "$tree" modprobe -S "$1" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

copy_modules() {
    for path in $(modules "$1"); do
        name=$(basename "$path" .xz)
        case $path in
        *.xz) xz -dc "$tree$path" >"$parts/modules/$name" ;;
        *) cp "$tree$path" "$parts/modules/$name" ;;
        esac
        echo "$name" >>"$parts/modules/order"
    done
}

set -- "$tree"/boot/vmlinuz-*
kernel=$1
mkdir -p "$parts/modules" "$parts/dev" "$parts/proc" "$parts/root"
: >"$parts/modules/order"
copy_modules "${kernel##*/vmlinuz-}"
install -m 0755 "$busybox" "$parts/busybox"
install -m 0755 "$scripts/init.sh" "$parts/init"
(cd "$parts" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$folder/initrd"
cp "$kernel" "$folder/vmlinuz"
rm -r "$parts"
