#!/usr/bin/env bash
# The same bytes without AVX2 and FMA: `hwcaps.sh PROGRAM CONTROL SCENARIO`. Skipped (77) where glibc's own functions
# do not change either, since nothing is shown then.
set -euo pipefail
plain='glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4'
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
"$2" >"$scratch/control"
GLIBC_TUNABLES=$plain "$2" >"$scratch/control_plain"
if cmp -s "$scratch/control" "$scratch/control_plain"; then
    echo "skipped: glibc's exp does not change with the CPU's features here"
    exit 77
fi
"$1" run "$3" --worlds 64 --format json >"$scratch/one" || { rc=$?; [ $rc -eq 4 ] || [ $rc -eq 5 ]; }
GLIBC_TUNABLES=$plain "$1" run "$3" --worlds 64 --format json >"$scratch/plain" || { rc=$?; [ $rc -eq 4 ] || [ $rc -eq 5 ]; }
cmp "$scratch/one" "$scratch/plain"
test -s "$scratch/one"
