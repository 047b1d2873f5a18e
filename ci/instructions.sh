#!/usr/bin/env bash
# Instructions per operation, counted under emulation: exact and repeatable, but instructions are
# not time, and emulated time is none at all. Compare within one architecture only.
#
#   ci/instructions.sh all | TARGET …   a target of ci/toolchain.sh, or x86_64-unknown-linux-gnu
#
# A line for each map and, with rosti's, for each of its two backends: target, backend, map, counts.
# hashbrown takes the backend that it thinks best for the target. (On the machine at hand ci/callgrind.sh
# does the same, quicker.)
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
. ci/rows.sh

host=x86_64-unknown-linux-gnu
[ "$*" != all ] || set -- $host $(ci/toolchain.sh --list)
# (Any target brings the emulator of the host too.)
exports=$(ci/toolchain.sh aarch64-unknown-linux-gnu $(printf '%s\n' "$@" | grep -vx $host || true))
eval "$exports"
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=$ROSTI_TOOLS/x86_64-qemu QEMU_ARGS=
mkdir -p target
own=$(mktemp -d target/instructions.XXXX)
trap 'rm -r "$own"' EXIT
cc -O2 -shared -fPIC -o "$own/insncount.so" ci/insncount.c
plugin="-plugin $PWD/$own/insncount.so -d plugin -D $PWD/$own/log"

bench() { cargo run -q --release --manifest-path ci/instructions/Cargo.toml --target "$target" -- "$@"; }

# The operations done, and the instructions of the whole run.
count() { QEMU_ARGS=$plugin bench "$1" "$2" && cat "$own/log"; }

# line TARGET BACKEND MAP COUNT …
line() {
    printf '%-30s %-8s %-10s' "$1" "$2" "$3"
    shift 3
    printf ' %7s' "$@"
    echo
}

# row BACKEND MAP: instructions per operation.
row() {
    line "$target" "$1" "$2" $(per_op "$2" $ops)
}

line target backend map $ops
for target; do
    runner=CARGO_TARGET_$(tr a-z- A-Z_ <<<"$target")_RUNNER
    case ${!runner:-} in
        '') line "$target" - - 'nothing here can run it'; continue ;;
        */wasi-run) line "$target" - - 'it runs, but nothing counts its instructions'; continue ;;
    esac
    # (32-bit x86 would run without an emulator.)
    export "$runner=${!runner/%-run/-qemu}"
    export CARGO_TARGET_DIR=target/instructions
    backend=$(bench backend)
    row - hashbrown
    row "$backend" rosti
    [ "$backend" != swar ] || continue
    RUSTFLAGS='--cfg rosti_group="swar"' CARGO_TARGET_DIR=target/instructions-swar row swar rosti
done
