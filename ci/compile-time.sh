#!/usr/bin/env bash
# What it costs to compile a crate that uses ten types of HashMap from rosti, as a multiple of what the same
# source costs with hashbrown: the crate itself after a change, and everything from clean; and the size of the
# object code. Fails above the limits.
#
# Costs are instructions of the compiler, counted by cachegrind: the same in every run, where processor time, of
# which they are a fair measure, differs by .05 from one minute to the next even if the least of many rounds counts.
#
# Compared is what both have: rosti without `str`, `batch` and `scan`, as the drop-in shim takes it. What these cost
# in addition is the last line.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0 CARGO_BUILD_JOBS=1

# (The code contains the paths of sources, and is a little larger where that of the checkout is longer.)
declare -A limit=([the crate]=1.00 [from clean]=1.15 [the code]=1.07 [with defaults]=1.28)
work=$(realpath -m ../target/compile-time)
. ./valgrind.sh
here="path = \"$(realpath ..)\""
shared='default-features = false, features = ["default-hasher", "allocator-api2", "equivalent"]'
declare -A dependency=([hashbrown]='hashbrown = "=0.17.2"' [rosti]="rosti = { $here, $shared }"
    [default]="rosti = { $here }")

mkdir -p "$work"
cat >"$work/counted" <<'SH'
#!/bin/sh
# Whatever compiles a crate, counted; what only asks the compiler something is not.
case "$*" in
    *'--crate-name ___'*) exec "$@" ;;
    *'--crate-name '*) exec valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null \
        --log-file="$COUNTS/%p" "$@" ;;
    *) exec "$@" ;;
esac
SH
chmod +x "$work/counted"

# Builds a subject from clean; a file for each crate in its folder `counts` says how much work that was.
build() {
    local folder=$work/$1
    rm -rf "$folder" && mkdir -p "$folder/src" "$folder/counts"
    # With default features the crate is the same: only what it depends on is counted.
    [ "$1" = default ] || sed "s/NAME/$1/" compile-time/lib.rs >"$folder/src/lib.rs"
    touch "$folder/src/lib.rs"
    cat >"$folder/Cargo.toml" <<TOML
[workspace]
[package]
name = "ten-maps"
edition = "2024"
[dependencies]
${dependency[$1]}
TOML
    COUNTS=$folder/counts RUSTC_WRAPPER=$work/counted \
        cargo -q build --release --manifest-path "$folder/Cargo.toml" >"$folder/log" 2>&1 \
        || { cat "$folder/log" >&2; return 1; }
}

# count SUBJECT -l: millions of instructions for the ten maps; with -L for all that they depend on.
count() {
    sed -n 's/,//g; s/.*I *refs: *//p' $(grep "$2" 'crate-name ten_maps' "$work/$1/counts"/*) \
        | awk '{ sum += $1 } END { printf "%.1f", sum / 1e6 }'
}

row() { # WHAT HASHBROWN ROSTI UNIT
    awk -v what="$1" -v a="$2" -v b="$3" -v unit="$4" -v limit="${limit[$1]}" 'BEGIN {
        printf "%-13s %8.0f %s %8.0f %s %7.3f, at most %s\n", what, a, unit, b, unit, b / a, limit
        exit b / a > limit
    }' || failed=1
}

# Bytes of code and data in a subject's object files.
bytes() { size -t "$work/$1/target/release/libten_maps.rlib" 2>/dev/null | awk 'END { print $4 / 1000 }'; }
sum() { awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'; }

builds=()
for subject in hashbrown rosti default; do
    build $subject & builds+=($!)
done
for pid in "${builds[@]}"; do wait "$pid"; done

failed=0
theirs=$(count hashbrown -l) ours=$(count rosti -l)
clean=$(sum "$theirs" "$(count hashbrown -L)")
printf '%-13s %10s %10s %7s\n' "" hashbrown rosti ratio
row "the crate" "$theirs" "$ours" M
row "from clean" "$clean" "$(sum "$ours" "$(count rosti -L)")" M
row "the code" "$(bytes hashbrown)" "$(bytes rosti)" K
row "with defaults" "$clean" "$(sum "$ours" "$(count default -L)")" M
[ $failed = 0 ] || { echo "compile-time: above the limits" >&2; exit 1; }
