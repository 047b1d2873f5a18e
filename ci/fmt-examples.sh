#!/usr/bin/env bash
# Checks the format of what stands in `examples!` (src/traits.rs), which rustfmt takes for a macro's business: takes the
# macro and its attributes away in a copy, and lets rustfmt check that.
set -euo pipefail
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -r "$copy"' EXIT
cp -r src Cargo.toml rustfmt.toml "$copy"
files=$(grep -rl '^    examples! {$' src) # fails if there are none
for file in $files; do awk '
    # Only calls that stand in plain code, in an impl.
    match($0, /^    examples! \{$/) { inside = 1; first = 1; next }
    inside && /^    \}$/ { inside = 0; attribute = 0; next }
    inside && first { if ($0 == "") first = 0; next }
    inside && /^        #\[example\(/ { attribute = 1 }
    attribute { if (/\)\]$/) attribute = 0; next }
    inside { sub(/^    /, "") }
    { print }
' "$file" >"$copy/$file"; done
rustfmt --edition 2024 --check "$copy/src/lib.rs" | sed "s|$copy/||"
