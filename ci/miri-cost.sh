#!/usr/bin/env bash
# What the suite will cost under Miri, measured without it: the instructions of each test by itself, at
# Miri's sizes, as callgrind counts them. Miri took 5 s for a million (docs/miri.md).
#
#   ci/miri-cost.sh [SUITE …]     the suites: `lib` or an integration test; without any, those below
#
# Prints the dearest tests and the sum of each suite, and fails if one is above its limit.
set -euo pipefail
cd "$(dirname "$0")/.."

most_of_a_test=5000000 most_of_a_suite=200000000 shown=${SHOWN:-12}
suites=(lib hash_map hash_set hash_table str_map capacity panics alloc_failure differential)
[ $# -eq 0 ] || suites=("$@")
command -v valgrind >/dev/null || eval "$(ci/toolchain.sh --valgrind)"
export PATH=$PATH${ROSTI_TOOLS:+:$ROSTI_TOOLS} PROPTEST_RNG_SEED=1 RUST_BACKTRACE=0

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/miri-sizes} CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
selection=()
for suite in "${suites[@]}"; do
    [ "$suite" = lib ] && selection+=(--lib) || selection+=(--test "$suite")
done
build() {
    RUSTFLAGS='--cfg miri -A explicit_builtin_cfgs_in_flags --cfg rosti_no_benches' \
        cargo test --all-features --no-run "${selection[@]}" 2>&1
}
log=$(build) || { echo "$log"; exit 1; }

# instructions PROGRAM TEST: prints the number that it takes to run the one test of this name, or none.
instructions() {
    local log
    log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1" -q --exact "$2" --test-threads=1 2>&1) \
        || { echo "$2 fails under callgrind" >&2; echo "$log" | tail -n 20 >&2; return 1; }
    sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' <<<"$log"
}
cost() { printf '%d %s\n' "$(($(instructions "$1" "$3") - $2))" "$3"; }
export -f instructions cost

result=0
for suite in "${suites[@]}"; do
    [ "$suite" = lib ] && source='unittests src/lib.rs' || source="tests/$suite.rs"
    program=$(sed -n "s|^ *Executable $source (\(.*\))|\1|p" <<<"$log")
    harness=$(instructions "$program" "no test has this name")
    costs=$("$program" --list --format terse | sed -n 's/: test$//p' \
        | xargs -P "$(nproc)" -I{} bash -c 'cost "$@"' - "$program" "$harness" {} | sort -rn)
    awk -v suite="$suite" -v shown=$shown -v test=$most_of_a_test -v all=$most_of_a_suite '
        { sum += $1; if ($1 > test) dear++; if ($1 > 1000000) above++ }
        NR <= shown || $1 > test { printf "%12.0f  %s %s\n", $1, suite, $2 }
        END {
            printf "%12.0f  %s, %d tests, of which %d above a million\n", sum, suite, NR, above
            if (dear) printf "%d tests take more than %d\n", dear, test
            if (sum > all) printf "%s takes more than %d\n", suite, all
            exit dear > 0 || sum > all
        }' <<<"$costs" || result=1
done
exit $result
