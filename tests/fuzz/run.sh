#!/usr/bin/env bash
# Runs every fuzz target for SECONDS, side by side: `run.sh BUILD SECONDS`. Seeds are the shipped scenarios and price
# books, and tests/fuzz/corpus/<target>/ where it exists.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
cd "$here/../.."

fuzz() {
    local target=$1 corpus
    corpus=$(mktemp -d)
    find scenarios calibration/prices "$here/corpus/$(basename "$target")" -type f -exec cp {} "$corpus" \; 2>/dev/null || true
    "$target" -max_total_time="$2" -rss_limit_mb=1024 -timeout=10 -max_len=16384 -print_final_stats=1 \
        -dict="$here/scenario.dict" -artifact_prefix="$target-" "$corpus" >"$target.log" 2>&1 || { tail -60 "$target.log"; return 1; }
    echo "$(basename "$target"): $(grep -E 'number_of_executed_units|peak_rss_mb' "$target.log" | tr -s ' \n' ' ')" \
        "$(grep -oE 'cov: [0-9]+' "$target.log" | tail -1)"
    rm -r "$corpus"
}

running=()
for target in "$build"/tests/fuzz/*_fuzz; do
    fuzz "$target" "$2" &
    running+=($!)
done
failed=0
for one in "${running[@]}"; do wait "$one" || failed=1; done
exit $failed
