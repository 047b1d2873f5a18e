#!/usr/bin/env bash
# Builds the fuzz targets with AddressSanitizer and coverage counters and runs one, on the installed
# stable compiler and without cargo-fuzz: `ci/fuzz.sh TARGET [libFuzzer options …]`. New inputs go
# to fuzz/found/TARGET, findings to fuzz/artifacts/TARGET. `ci/fuzz.sh --build` only builds.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

host=$(rustc -vV | sed -n 's/^host: //p')
sancov='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0'
# Sanitizers are unstable options, which this variable permits.
RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0 \
    RUSTFLAGS="--cfg fuzzing $(echo $sancov) -Zsanitizer=address -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1" \
    cargo build --release --target "$host" "${CARGO_JOBS:--j1}"
[ "${1-}" != --build ] || exit 0

target=$1; shift
mkdir -p "found/$target" "artifacts/$target"
"target/$host/release/$target" -artifact_prefix="artifacts/$target/" -rss_limit_mb=2048 -malloc_limit_mb=256 \
    "$@" "found/$target" "corpus/$target"
