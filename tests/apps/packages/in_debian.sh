#!/bin/sh
# SPDX-License-Identifier: MIT
# in_debian.sh SUITE [PACKAGES]: installs tmm, libtmm-dev and python3-tmm in a bare Debian of this release and uses them
# as their users would: the program, its manual, the README's C++ example by pkg-config and by CMake, the module.
# PACKAGES is a folder with the packages; without it they are built in that Debian first, by `./dev package`.
# Ends with 77 where this cannot be tried: not root, no debootstrap, no network.
set -eu
suite=$1
packages=${2:-}
source=$(cd "$(dirname "$0")/../../.." && pwd)
skip() { echo "not tested: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "only root can make another Debian"
command -v debootstrap >/dev/null || skip "debootstrap is not here"

folder=$(mktemp -d "${TMPDIR:-/var/tmp}/tmm-$suite.XXXXXX")
chmod 755 "$folder"
root=$folder/bare
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
leave() {
  for system in bare builder; do umount "$folder/$system/proc" 2>/dev/null || true; done
  grep -q " $folder/" /proc/mounts || rm -rf --one-file-system "$folder"
}
trap leave EXIT
trap 'exit 1' INT TERM
debootstrap --variant=minbase "$suite" "$root" >"$folder/log" 2>&1 || { tail -n 3 "$folder/log"; skip "debootstrap $suite fails"; }
cp /etc/resolv.conf "$root/etc/resolv.conf"

if [ -z "$packages" ]; then
  root=$folder/builder
  cp -a "$folder/bare" "$root"
  mount -t proc proc "$root/proc"
  mkdir "$root/sources"
  (cd "$source" && git ls-files -z | tar -cf - --null -T -) | tar -xf - -C "$root/sources"
  [ ! -e "$source/io/report/page/node_modules" ] || cp -r "$source/io/report/page/node_modules" "$root/sources/io/report/page/"
  inside apt-get install -y -qq --no-install-recommends git ca-certificates >/dev/null
  inside sh -c 'cd /sources && git init -q && git add -A && ./dev package'
  packages=$root/sources/build/package
  root=$folder/bare
fi
mount -t proc proc "$root/proc"
mkdir "$root/packages"
cp "$packages"/*.deb "$root/packages/"
cp "$source/tests/data/clm_flat_toeplitz.h5" "$source/tests/apps/readme/example.cpp" "$source/tests/apps/readme/CMakeLists.txt" "$root/root/"

# The program and the module first: what they need comes with them, and no compiler.
inside sh -c 'apt-get install -y -qq --no-install-recommends /packages/tmm_*.deb /packages/python3-tmm_*.deb >/dev/null'
inside sh -c '! command -v c++'
inside sh -c 'cd /root && tmm analyze --quiet clm_flat_toeplitz.h5' | grep -F '135    0.529'
inside test -s /usr/share/man/man1/tmm-analyze.1.gz || inside grep -q path-exclude /etc/dpkg/dpkg.cfg.d/*
inside cat /usr/share/doc/tmm/copyright | grep -F 'General Public License'
inside python3 -c '
import tmm
report = tmm.analyze("/root/clm_flat_toeplitz.h5")
numbers = [layer["winding_number"].value for layer in report]
print("module:", numbers)
assert numbers == [135, 1, 5, 85, 63, 86, 67, 23], numbers'

inside sh -c 'apt-get install -y -qq --no-install-recommends /packages/libtmm-dev_*.deb g++ cmake ninja-build pkg-config >/dev/null'
inside sh -c 'cd /root && g++ -std=c++20 example.cpp -o by_pkg_config $(pkg-config --cflags --libs tmm) &&
  ./by_pkg_config clm_flat_toeplitz.h5' | grep -F 'weight: index -135, certified'
inside sh -c 'cd /root && cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null && cmake --build build >/dev/null &&
  build/example clm_flat_toeplitz.h5' | grep -F 'weight: index -135, certified'
inside sh -c 'apt-get purge -y -qq tmm libtmm-dev python3-tmm >/dev/null && ! ls /usr/lib/python3/dist-packages/tmm /usr/include/tmm 2>/dev/null'
echo "installed, used and removed in $suite"
