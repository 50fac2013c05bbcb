#!/usr/bin/env bash
# The same bytes on one thread, two and seven: `threads.sh PROGRAM SCENARIO`.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
for threads in 1 2 7; do
    "$1" run "$2" --worlds 64 --format json --samples "$scratch/samples_$threads" --threads $threads \
        >"$scratch/result_$threads" || { rc=$?; [ $rc -eq 4 ] || [ $rc -eq 5 ]; }
    test -s "$scratch/result_$threads"
    cmp "$scratch/result_1" "$scratch/result_$threads"
    cmp "$scratch/samples_1" "$scratch/samples_$threads"
done
