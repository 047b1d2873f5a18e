#!/usr/bin/env bash
# Instructions per operation on this machine's architecture, counted by callgrind: exact, and the same
# on every machine with the same compiler. (For other architectures: ci/instructions.sh.)
#
#   ci/callgrind.sh              rosti, hashbrown, and rosti on SWAR
#   ci/callgrind.sh --check      fails if rosti's lookups and walks take more than ci/instructions.txt allows
#
# Needs valgrind (ci/valgrind.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/rows.sh
. ci/valgrind.sh
export CARGO_TARGET_DIR=target/instructions

log=$PWD/target/callgrind.log
runner="['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', '--log-file=$log']"

count() {
    cargo run -q --release --manifest-path ci/instructions/Cargo.toml \
        --config "target.'cfg(all())'.runner=$runner" -- "$1" "$2"
    sed -n 's/.*Collected : //p' "$log"
}

# row MAP TITLE
row() {
    printf '\n%-20s' "$2"
    printf '%8s' $(per_op "$1" $ops)
}

# table TITLE: rosti on the native backend, hashbrown, rosti on SWAR.
table() {
    printf '\n%-20s' "$1"
    printf '%8s' $ops
    row rosti 'rosti, native'
    row hashbrown hashbrown
    RUSTFLAGS='--cfg rosti_group="swar"' CARGO_TARGET_DIR=target/instructions-swar \
        row rosti 'rosti, SWAR'
    echo
}

# check: every line of ci/instructions.txt, with the measured numbers beside it.
check() {
    local allowed=ci/instructions.txt ops ours theirs failed=0
    ops=$(sed '/^#/d' $allowed | awk '{ print $1 }')
    ours=$(per_op rosti $ops)
    theirs=$(per_op hashbrown $ops)
    printf '%-8s%8s%10s%12s%14s\n' op rosti 'at most' hashbrown 'at most over'
    while read -r op rosti hashbrown most over; do
        printf '%-8s%8s%10s%12s%14s\n' "$op" "$rosti" "$most" "$hashbrown" "$over"
        awk "BEGIN { exit !($rosti <= $most && $rosti <= $hashbrown + $over) }" || failed=1
    done < <(paste -d' ' <(echo "$ops") <(echo "$ours") <(echo "$theirs") \
        <(sed '/^#/d' $allowed | awk '{ print $2, $3 }'))
    [ $failed = 0 ] || { echo "more instructions than $allowed allows"; return 1; }
}

case ${1-} in
    '') table "$(uname -m)" ;;
    --check) check ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
