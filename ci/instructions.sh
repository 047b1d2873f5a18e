#!/usr/bin/env bash
# Instructions per operation, counted under emulation: exact and repeatable, but instructions are
# not time, and emulated time is none at all. Compare within one architecture only.
#
#   ci/instructions.sh TARGET …      a target of ci/toolchain.sh, or x86_64-unknown-linux-gnu
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

ops='hit miss insert grow churn next fold'
host=x86_64-unknown-linux-gnu
exports=$(ci/toolchain.sh aarch64-unknown-linux-gnu $(printf '%s\n' "$@" | grep -vx $host || true))
eval "$exports"
mkdir -p target
cc -O2 -shared -fPIC -o target/insncount.so ci/insncount.c
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=$ROSTI_TOOLS/x86_64-qemu QEMU_ARGS

# count TARGET MAP OP: the operations done, and the instructions of the whole run.
count() {
    local log=$PWD/target/insncount.log
    QEMU_ARGS="-plugin $PWD/target/insncount.so -d plugin -D $log"
    cargo bench -q --target "$1" --bench instructions -- "$2" "$3" && cat "$log"
}

# row TARGET MAP TITLE: instructions per operation.
row() {
    local op idle times total
    { read -r _; read -r idle; } < <(count "$1" "$2" none)
    printf '%-20s' "$3"
    for op in $ops; do
        { read -r times; read -r total; } < <(count "$1" "$2" "$op")
        printf '%8s' "$(awk "BEGIN { printf \"%.1f\", ($total - $idle) / $times }")"
    done
    echo
}

for target; do
    printf '\n%-20s' "${target%%-*}"
    printf '%8s' $ops
    echo
    CARGO_TARGET_DIR=target/instructions row "$target" rosti 'rosti, native'
    CARGO_TARGET_DIR=target/instructions row "$target" hashbrown hashbrown
    RUSTFLAGS='--cfg rosti_group="swar"' CARGO_TARGET_DIR=target/instructions-swar \
        row "$target" rosti 'rosti, SWAR'
done
