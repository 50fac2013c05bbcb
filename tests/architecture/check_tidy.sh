#!/usr/bin/env bash
# Fails when clang-tidy has anything to say about src/: `check_tidy.sh BUILD`, a folder that clang compiled.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
log=$1/tidy.log
run-clang-tidy-14 -quiet -j "$(nproc)" -p "$1" "^$root/src/" >"$log" 2>/dev/null || { grep -A3 -E '(error|warning):' "$log" | head -200; exit 1; }
echo "$(grep -c '^clang-tidy' "$log") files"
