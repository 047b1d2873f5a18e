#!/usr/bin/env bash
# Builds a fuzz target with AddressSanitizer and coverage counters and runs it, on the installed
# stable compiler and without cargo-fuzz: `ci/fuzz.sh TARGET [libFuzzer options …]`. New inputs go
# to fuzz/found/TARGET, findings to fuzz/artifacts/TARGET. `ci/fuzz.sh --build TARGET` only builds.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

run=yes
[ "${1-}" != --build ] || { run=; shift; }
target=${1:?name a target: map_trace, str_trace, extendible_trace or serde_input}; shift

host=$(rustc -vV | sed -n 's/^host: //p')
sancov='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0'
# What a program compares its input with tells the fuzzer what to write. Of text that is words; any
# byte is a command of a trace, and telling took two thirds of the time.
[ "$target" != serde_input ] || sancov+=' -Cllvm-args=-sanitizer-coverage-trace-compares'
export CARGO_TARGET_DIR=target/$target
# Sanitizers are unstable options, which this variable permits.
RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0 \
    RUSTFLAGS="--cfg fuzzing $(echo $sancov) -Zsanitizer=address -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1" \
    cargo build --release --bin "$target" --target "$host" "${CARGO_JOBS:--j1}"
[ -n "$run" ] || exit 0

# Where blocks were allocated is told less exactly than usual, because keeping that costs a tenth.
export ASAN_OPTIONS=malloc_context_size=4:${ASAN_OPTIONS-}
mkdir -p "found/$target" "artifacts/$target"
"$CARGO_TARGET_DIR/$host/release/$target" -artifact_prefix="artifacts/$target/" -rss_limit_mb=2048 -malloc_limit_mb=256 \
    "$@" "found/$target" "corpus/$target"
