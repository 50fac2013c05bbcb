#!/usr/bin/env bash
# Installs the build into a scratch folder, builds the consumer against it, and runs both programs from there.
set -euo pipefail
prefix=$1/consumer-prefix
rm -rf "$prefix" "$1/consumer-build"
cmake --install "$1" --prefix "$prefix" >/dev/null
cmake -S "$2" -B "$1/consumer-build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$1/consumer-build" >/dev/null
share=$prefix/share/runrate
"$1/consumer-build/consumer" "$share/scenarios/nightly-tagging.yaml" "$share/calibration/prices"
cd /
"$prefix/bin/runrate" run "$share/scenarios/nightly-tagging.yaml" --worlds 64 --format csv | head -3
