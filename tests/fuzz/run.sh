#!/usr/bin/env bash
# Runs every fuzz target: `run.sh BUILD SECONDS LONG`. SECONDS are shared by the targets, or each target's with LONG=yes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
targets=("$build"/tests/fuzz/*_fuzz)
seconds=$2
[ "${3:-no}" = yes ] || seconds=$(( seconds / ${#targets[@]} ))
for target in "${targets[@]}"; do
    corpus=$(mktemp -d)
    cp "$here"/../../scenarios/*.yaml "$here"/../../calibration/prices/*.yaml "$corpus"
    "$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -max_len=16384 -print_final_stats=1 \
        -dict="$here/scenario.dict" -artifact_prefix="$build/" "$corpus" >"$target.log" 2>&1 || { tail -60 "$target.log"; exit 1; }
    grep -E 'number_of_executed_units|peak_rss_mb' "$target.log"
    rm -r "$corpus"
done
