#!/usr/bin/env bash
# Instructions per lookup of a present integer, counted by callgrind: HashMap and IntMap may take as many as hashbrown,
# with keys of 64 bits two more. Those prefetch the slot of the home, in tables of any size: an instruction (32 bits)
# or two (64) more than finding out that a table is small, and .98 of the time (docs/experiments.md); before that the limit was
# a tenth of an instruction, and one more with 64 bits. Hashes differ, and with them how many other tags are met: what that
# may cost by chance, a quarter of an instruction, does not count.
# Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."
hits=$(cargo bench --bench hits --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"name":"hits".*"executable":"\([^"]*\)".*/\1/p')

# collected MAP KEY ROUNDS: instructions of the whole run.
collected() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$hits" "$@" 2>&1 | sed -n 's/.*Collected : //p'
}

failed=0
printf '%-8s%10s%10s%10s\n' key rosti IntMap hashbrown
for key in u32 u64 usize i32 i64; do
    declare -A per_hit
    for map in rosti IntMap hashbrown; do
        few=$(collected $map $key 1)
        many=$(collected $map $key 9)
        per_hit[$map]=$(awk "BEGIN { printf \"%.2f\", ($many - $few) / (8 * 12000) }")
    done
    printf '%-8s%10s%10s%10s\n' $key ${per_hit[rosti]} ${per_hit[IntMap]} ${per_hit[hashbrown]}
    for map in rosti IntMap; do
        more=0.25
        case $key in *64 | usize) more=2.25 ;; esac
        awk "BEGIN { exit !(${per_hit[$map]} <= ${per_hit[hashbrown]} + $more) }" || failed=1
    done
done
[ $failed = 0 ] || { echo "more instructions per hit than hashbrown" >&2; exit 1; }
