#!/usr/bin/env bash
# The whole test suite on other architectures, under emulation, without a container engine.
#
#   ci/cross.sh [--clippy] all | NAME …      NAME: the first column below, or a target
#
# ci/toolchain.sh gets what is needed. With a container engine `RUSTFLAGS='--cfg rosti_emulated'
# cross test --target TARGET` does the same for all targets but wasm (Cross.toml). The flag takes
# sizes between those of an unoptimised build and Miri's: compiling with optimisations would cost
# more than it saves. wasm cannot unwind: tests whose subject that is have nothing to test there. Nor
# has it threads, so the feature `rayon` is left out.
set -euo pipefail
cd "$(dirname "$0")/.."

# name          target                         backend, pointer width, byte order    RUSTFLAGS
RUNS='
aarch64         aarch64-unknown-linux-gnu      neon 64 little-endian
s390x           s390x-unknown-linux-gnu        swar 64 big-endian
i686            i686-unknown-linux-gnu         sse2 32 little-endian
i586            i586-unknown-linux-gnu         swar 32 little-endian
armv7           armv7-unknown-linux-gnueabihf  swar 32 little-endian
powerpc64       powerpc64-unknown-linux-gnu    swar 64 big-endian
powerpc         powerpc-unknown-linux-gnu      swar 32 big-endian
riscv64gc       riscv64gc-unknown-linux-gnu    swar 64 little-endian
wasm32          wasm32-wasip1                  swar 32 little-endian
wasm32-simd128  wasm32-wasip1                  simd128 32 little-endian              -Ctarget-feature=+simd128
'

clippy=
[ "${1:-}" != --clippy ] || { clippy=--clippy; shift; }
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$*" != all ] || set -- $(awk '{ print $1 }' <<<"$RUNS")

chosen=$(for name; do
    awk -v name="$name" '$1 == name || $2 == name { print; found = 1 } END { exit !found }' <<<"$RUNS" \
        || { echo "unknown: $name; known are: $(awk '{ print $1 }' <<<"$RUNS" | xargs)" >&2; exit 2; }
done)
exports=$(ci/toolchain.sh $clippy $(awk '{ print $2 }' <<<"$chosen" | sort -u))
eval "$exports"
export CARGO_PROFILE_TEST_DEBUG=0 CARGO_INCREMENTAL=0 CARGO_TARGET_DIR=target/cross

without_rayon=$(sed -n '/^\[features\]/,/^\[dep/s/^\([a-z0-9-]*\) = .*/\1/p' Cargo.toml | grep -vx rayon | paste -sd,)

# run NAME TARGET FLAGS: one line of the table.
run() {
    local runner=CARGO_TARGET_$(tr a-z- A-Z_ <<<"$2")_RUNNER features=--all-features
    case $2 in wasm*) features=--features=$without_rayon ;; esac
    export RUSTFLAGS="--cfg rosti_emulated --cfg rosti_no_benches $3"
    if [ -n "$clippy" ]; then
        "${RUSTC%rustc}cargo-clippy" --all-targets --target "$2" -- -D warnings || return 1
    fi
    if [ -z "${!runner:-}" ]; then
        cargo test --no-run $features --target "$2" && result='compiled; nothing here can run it'
    else
        cargo test $features --target "$2" --test platform -- --nocapture \
            && cargo test --no-fail-fast $features --target "$2"
    fi
}

summary=
while read -r name target backend width order flags; do
    echo "== $name: $target $flags"
    SECONDS=0 result=passed
    ROSTI_EXPECT="$backend $width $order" run "$name" "$target" "$flags" </dev/null || result=FAILED
    summary+=$(printf '%-15s %-7s %s bits %-13s  %4d s  %s' \
        "$name" "$backend" "$width" "$order" $SECONDS "$result")$'\n'
done <<<"$chosen"
printf '\n%s' "$summary"
! grep -q FAILED <<<"$summary"
