#!/bin/sh
# init.sh ROOT: becomes the systemd of the machine in that folder; in namespaces
# of its own, by machine.bash.
set -eu

mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs none run
mount -t tmpfs none tmp
# In a folder like /tmp the kernel guards what is somebody else's, devices too.
mount -t tmpfs -o mode=755 none dev
for node in null zero full random urandom tty; do
	: >"dev/$node"
	mount --bind "/dev/$node" "dev/$node"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 none dev/pts
mount -t tmpfs none dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
: >dev/console
mkdir -p run/old
pivot_root . run/old
umount -l run/old
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=test \
	/lib/systemd/systemd --show-status=no
