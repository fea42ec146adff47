#!/bin/sh
# Collects the file system below the product: Node, tini, the shared libraries that they load, and the user 65532. A build step.
#   sh system.sh TARGET
set -eu
target=$1
node=/usr/local/bin/node
tini=/usr/bin/tini

mkdir -p "$target/usr/lib" "$target/usr/lib64" "$target/etc" "$target/var/lib/dpkg/status.d"
ln -s usr/lib "$target/lib"
ln -s usr/lib64 "$target/lib64"
mkdir -m 1777 "$target/tmp"

# The files that a program loads, each with its name resolved: /lib is a link to /usr/lib.
loaded() {
  ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | while read -r file; do
    echo "$(realpath "$(dirname "$file")")/$(basename "$file")"
  done
}

{ loaded $node; loaded $tini; } | sort -u | while read -r file; do
  mkdir -p "$target$(dirname "$file")"
  cp -L "$file" "$target$file"
done
for program in $node $tini; do
  mkdir -p "$target$(dirname $program)"
  cp -L $program "$target$program"
done

# Records the Debian packages that these files are from, where scanners of images look for them.
for package in libc6 libgcc-s1 libstdc++6 tini; do
  dpkg-query --status $package >"$target/var/lib/dpkg/status.d/$package"
  mkdir -p "$target/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$target/usr/share/doc/$package/" 2>/dev/null || true
done

echo 'hosts: files dns' >"$target/etc/nsswitch.conf"
printf 'root:x:0:0:root:/:/sbin/nologin\nsallyport:x:65532:65532:sallyport:/tmp:/sbin/nologin\n' >"$target/etc/passwd"
printf 'root:x:0:\nsallyport:x:65532:\n' >"$target/etc/group"
cp -L /etc/os-release "$target/etc/os-release"
