#!/usr/bin/env bash
# The probe's loops for Arm, compiled for 64-bit Arm and run by an emulator: with and without the dot product they compute
# what plain C++ does, and the program chooses by the processor it finds. Takes g++-12-aarch64-linux-gnu, qemu-user and
# the sources of GoogleTest (libgtest-dev).
#   arm_kernels.sh [FOLDER]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
[[ -n ${1:-} ]] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"
compiler=aarch64-linux-gnu-g++-12 gtest=/usr/src/googletest/googletest
for needed in "$compiler" qemu-aarch64; do
  command -v "$needed" >/dev/null && continue
  printf 'error: there is no %s\ntry: apt-get install g++-12-aarch64-linux-gnu qemu-user libgtest-dev\n' "$needed" >&2
  exit 3
done
# Libraries of headers alone are the same for every processor.
mkdir -p "$work/include"
ln -sfn /usr/include/tl "$work/include/tl"
ln -sfn /usr/include/fast_float "$work/include/fast_float"
flags=(-std=c++20 -O2 -ffp-contract=off -Wall -Wextra -Werror -I "$root/src" -isystem "$work/include")
probe=$root/src/host/probe
for part in text decimal check; do "$compiler" "${flags[@]}" -c "$root/src/core/base/$part.cc" -o "$work/$part.o"; done
"$compiler" "${flags[@]}" -c "$probe/cpu_kernels.cc" -o "$work/plain.o"
"$compiler" "${flags[@]}" -c "$probe/cpu_kernels_arm.cc" -o "$work/neon.o"
"$compiler" "${flags[@]}" -march=armv8.2-a+dotprod -c "$probe/cpu_kernels_arm_dot.cc" -o "$work/dot.o"
"$compiler" "${flags[@]}" -I "$gtest/include" -c "$probe/cpu_kernels_test.cc" -o "$work/test.o"
[[ -f $work/gtest.o ]] || "$compiler" -std=c++17 -O1 -I "$gtest/include" -I "$gtest" -c "$gtest/src/gtest-all.cc" -o "$work/gtest.o"
[[ -f $work/main.o ]] || "$compiler" -std=c++17 -O1 -I "$gtest/include" -I "$gtest" -c "$gtest/src/gtest_main.cc" -o "$work/main.o"
"$compiler" -static "$work"/{plain,neon,dot,text,decimal,check,test,gtest,main}.o -o "$work/kernels_test" -lpthread

# Which of the loops each processor is given: those of the dot product hold its instruction, sdot.
dots() { aarch64-linux-gnu-objdump -d "$1" | grep -c '\bsdot\b' || true; }
if [[ $(dots "$work/dot.o") -eq 0 || $(dots "$work/neon.o") -gt 0 ]]; then
  echo 'FAILED: the dot product is not where it should be' >&2
  exit 1
fi
passed=0
while read -r cpu expected; do
  said=$(qemu-aarch64 -cpu "$cpu" "$work/kernels_test" --gtest_brief=1 --gtest_print_time=0 2>&1) || { printf '%s\n' "$said" >&2; exit 1; }
  chosen=$(sed -n 's/^kernels: //p' <<<"$said")
  [[ $chosen == "$expected" ]] || { printf 'FAILED: a %s takes "%s", expected "%s"\n' "$cpu" "$chosen" "$expected" >&2; exit 1; }
  printf 'ok: %s: %s compute what plain C++ does\n' "$cpu" "$chosen"
  passed=$((passed + 1))
done <<'CPUS'
cortex-a53 NEON
cortex-a72 NEON
cortex-a76 NEON with dot products
max NEON with dot products
CPUS
printf '%d passed, 0 failed\n' "$passed"
