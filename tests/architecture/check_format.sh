#!/usr/bin/env bash
# Fails when a source file is not laid out as .clang-format says.
cd "$1" && find src include tests -name '*.h' -o -name '*.cpp' | sort | xargs clang-format --dry-run --Werror 2>&1 | grep -E '^[^ ]+: (error|warning)' | cut -d: -f1 | sort | uniq -c | head -40
exit "${PIPESTATUS[2]}"
