#!/usr/bin/env bash
# Instructions per operation, counted under emulation: exact and repeatable, but instructions are
# not time, and emulated time is none at all. Compare within one architecture only.
#
#   ci/instructions.sh TARGET …      a target of ci/toolchain.sh, or x86_64-unknown-linux-gnu
#
# (On the machine at hand ci/callgrind.sh does the same, quicker.)
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
. ci/rows.sh

host=x86_64-unknown-linux-gnu
exports=$(ci/toolchain.sh aarch64-unknown-linux-gnu $(printf '%s\n' "$@" | grep -vx $host || true))
eval "$exports"
mkdir -p target
cc -O2 -shared -fPIC -o target/insncount.so ci/insncount.c
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=$ROSTI_TOOLS/x86_64-qemu QEMU_ARGS

count() {
    local log=$PWD/target/insncount.log
    QEMU_ARGS="-plugin $PWD/target/insncount.so -d plugin -D $log"
    cargo bench -q --target "$target" --bench instructions -- "$1" "$2" && cat "$log"
}

for target; do
    table "${target%%-*}"
done
