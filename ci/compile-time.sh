#!/usr/bin/env bash
# How long it takes to compile a crate that uses ten types of HashMap from rosti, as a multiple of
# what the same source takes with hashbrown: the crate itself after a change, and everything from
# clean; and the size of the object code. Fails above the limits. `ci/compile-time.sh [ROUNDS]`. (Of three
# rounds each, on a machine of two cores, ratios differ by .03 at most.)
#
# Compared is what both have: rosti without `str`, `batch` and `scan`, as the drop-in shim takes it. What these cost
# in addition is the last line, of which only the time from clean is measured.
#
# Measured is processor time, user and system, of `cargo build --release`; of all rounds, which
# alternate between the two crates, the least counts. What is above a limit is measured again, up to three
# times as long: other work on the machine makes rounds longer, never shorter.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0 CARGO_BUILD_JOBS=1

declare -A limit=([the crate]=1.00 [from clean]=1.15 [the code]=1.05 [with defaults]=1.32)
rounds=${1:-5}
work=$(realpath -m ../target/compile-time)
subjects=(hashbrown rosti default)
here="path = \"$(realpath ..)\""
shared='default-features = false, features = ["default-hasher", "allocator-api2", "equivalent"]'
declare -A dependency=([hashbrown]='hashbrown = "=0.17.2"' [rosti]="rosti = { $here, $shared }"
    [default]="rosti = { $here }")
declare -A least # milliseconds by "subject what"

for subject in "${subjects[@]}"; do
    mkdir -p "$work/$subject/src"
    sed "s/NAME/${dependency[$subject]%% *}/" compile-time/lib.rs >"$work/$subject/src/lib.rs"
    cat >"$work/$subject/Cargo.toml" <<TOML
[workspace]
[package]
name = "ten-maps"
edition = "2024"
[dependencies]
${dependency[$subject]}
TOML
done

# Builds a subject and keeps the time if it is the least so far.
measure() {
    local TIMEFORMAT='%U %S' took log=$work/log
    took=$({ time cargo -q build --release --manifest-path "$work/$1/Cargo.toml" >"$log" 2>&1; } 2>&1) \
        || { cat "$log" >&2; exit 1; }
    took=$(awk '{ printf "%d", ($1 + $2) * 1000 }' <<<"$took")
    [ "${least["$1 $2"]:-$took}" -lt "$took" ] || least["$1 $2"]=$took
}

for subject in "${subjects[@]}"; do
    cargo -q fetch --manifest-path "$work/$subject/Cargo.toml"
done

run() {
    local round subject
    for ((round = 0; round < rounds; round++)); do
        for subject in "${subjects[@]}"; do
            rm -rf "$work/$subject/target"
            measure "$subject" "from clean"
            [ "$subject" != default ] || continue
            touch "$work/$subject/src/lib.rs"
            measure "$subject" "the crate"
        done
    done
}

row() { # WHAT HASHBROWN ROSTI, in milliseconds
    awk -v what="$1" -v a="$2" -v b="$3" -v limit="${limit[$1]}" 'BEGIN {
        printf "%-13s %6.2f s %6.2f s %6.2f, at most %s\n", what, a / 1000, b / 1000, b / a, limit
        exit b / a > limit
    }' || failed=1
}

# Bytes of code and data in a subject's object files.
bytes() { size -t "$work/$1/target/release/libten_maps.rlib" 2>/dev/null | awk 'END { print $4 }'; }

table() {
    failed=0
    printf '%-13s %8s %8s %6s\n' "" hashbrown rosti ratio
    for what in "the crate" "from clean"; do
        row "$what" "${least["hashbrown $what"]}" "${least["rosti $what"]}"
    done
    awk -v a="$(bytes hashbrown)" -v b="$(bytes rosti)" -v limit="${limit[the code]}" 'BEGIN {
        printf "the code      %5.0f KB %5.0f KB %6.2f, at most %s\n", a / 1000, b / 1000, b / a, limit
        exit b / a > limit
    }' || failed=1
    row "with defaults" "${least["hashbrown from clean"]}" "${least["default from clean"]}"
}

for ((attempt = 0; attempt < 3; attempt++)); do
    run
    table
    [ $failed -ne 0 ] || exit 0
done
echo "compile-time: above the limits" >&2
exit 1
