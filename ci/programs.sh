#!/usr/bin/env bash
# Programs that use hashbrown (ci/programs/main.rs), built once with it and once with rosti in its
# place: times, memory, and how much of their work is done in maps.
#
#   ci/programs.sh [--pairs N] [NAME …]          times; N pairs of runs, else 7
#   ci/programs.sh --shares [NAME …]             shares of instructions, by callgrind
#   ci/programs.sh --hashbrown-benches           hashbrown's own benches, by criterion and
#                                                callgrind; N pairs, else 3
#   ci/programs.sh --list                        the names
#
# A pair is a run of either build, one after the other, and a second one of hashbrown's; which is first
# changes. Shown are the median of the pairs' ratios of user time, with the smallest and the greatest,
# and the same for `null`, which is hashbrown to itself: its distance from 1 is the noise. The outputs of
# all runs are compared. docs/programs.md has the results.
set -euo pipefail
cd "$(dirname "$0")"
unset CARGO_INCREMENTAL
export CARGO_TERM_COLOR=never
# For both alike: where a loop happens to begin is worth some percent.
export RUSTFLAGS='-C llvm-args=-align-all-functions=6 -C llvm-args=-align-loops=32'
# In a pool, user time depends on how threads wait for each other.
export RAYON_NUM_THREADS=1

work=$(realpath -m ../target/programs)
export CARGO_TARGET_DIR=$work/target

die() { echo "programs: $*" >&2; exit 1; }

# The versions of hashbrown that the programs are built with and rosti can stand in for. (0.14, under
# dashmap, is used by its private parts.)
versions() { grep -A 1 '^name = "hashbrown"' programs/Cargo.lock | sed -n 's/^version = "\(0.1[5-7].*\)"/\1/p'; }

# shim VERSION: rosti under hashbrown's name and that version; the path of the package.
shim() {
    local to=$work/shim-$1
    rm -rf "$to"
    cp -r hashbrown-shim "$to"
    sed -i "s/^version = .*/version = \"$1\"/; s|\"../..\"|\"../../..\"|" "$to/Cargo.toml"
    echo "$to"
}

# build MAP: the programs with that map, as $work/MAP.
build() {
    local version package=$work/package-$1
    mkdir -p "$package"
    cp programs/Cargo.{toml,lock} "$package/"
    if [ "$1" = rosti ]; then
        printf '\n[patch.crates-io]\n'
        for version in $(versions); do
            echo "hashbrown-${version//./-} = { package = \"hashbrown\", path = \"$(shim "$version")\" }"
        done
    fi >>"$package/Cargo.toml"
    cargo build -q --release --manifest-path "$package/Cargo.toml" "${features[@]}"
    [ "$1" = hashbrown ] || ! grep -A 2 '^name = "hashbrown"' "$package/Cargo.lock" | grep -B 1 '^source' \
        | grep '"0.1[5-7]' || die "a program would be built with hashbrown itself"
    cp "$CARGO_TARGET_DIR/release/programs" "$work/$1"
    [ ${#features[@]} = 0 ] || cp "$CARGO_TARGET_DIR/release/hashbrown-benches" "$work/hashbrown-benches-$1"
}

# Copies the benches from cargo's registry.
fetch_benches() {
    local from
    mkdir -p "$work/package-hashbrown"
    cp programs/Cargo.{toml,lock} "$work/package-hashbrown/"
    from=$(cargo -q metadata --format-version 1 --manifest-path "$work/package-hashbrown/Cargo.toml" \
        | grep -o '"manifest_path":"[^"]*/hashbrown-0.17[^"/]*/Cargo.toml"' | cut -d '"' -f 4)
    rm -rf "$work/hashbrown-benches"
    cp -r "$(dirname "$from")/benches" "$work/hashbrown-benches"
    # One asserts a capacity of 224, where rosti, whose overhang counts, has 237.
    sed -i 's/^ *224,$/set.capacity(),/' "$work/hashbrown-benches/general_ops.rs"
}

machine() {
    echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(rustc --version | cut -d' ' -f1,2), $pairs pairs"
}
# middle: the median of numbers, one a line, with the least and the greatest.
middle() { sort -g | awk '{ n[NR] = $1 } END { if (NR) printf "%.2f (%.2f-%.2f)\n", (n[int((NR + 1) / 2)] + n[int(NR / 2 + 1)]) / 2, n[1], n[NR] }'; }
# column N FILE
column() { awk -v n="$1" '{ print $n }' "$2"; }
# ratios A B: of the user times in two files.
ratios() { paste <(column 2 "$1") <(column 2 "$2") | awk '{ print $1 / $2 }'; }
most() { awk '$3 > most { most = $3 } END { printf "%.1f", most / 1024 }' "$1"; }

# times NAME: a row.
times() {
    local runs=$own/$1 turn subject
    local order=(hashbrown rosti again)
    for ((turn = 0; turn < pairs; turn++)); do
        for subject in "${order[@]:turn % 3}" "${order[@]:0:turn % 3}"; do
            $pinned "$work/${subject/again/hashbrown}" "$1" >>"$runs.$subject"
        done
    done
    [ "$(cut -d' ' -f1 "$runs".* | sort -u | wc -l)" = 1 ] || die "$1: outputs differ: $(cat "$runs".*)"
    printf '| %-15s | %s | %s | %.2f | %s | %s |\n' "$1" \
        "$(ratios "$runs.rosti" "$runs.hashbrown" | middle)" "$(ratios "$runs.again" "$runs.hashbrown" | middle)" \
        "$(column 2 "$runs.hashbrown" | middle | cut -d' ' -f1)" "$(most "$runs.hashbrown")" "$(most "$runs.rosti")"
}

# instructions NAME MAP: all of a round, in millions, and the percentage that is work of maps: instructions
# of the map or of hashing, inlined or not, and what the map calls but for walks, which call the map.
instructions() {
    valgrind -q --tool=callgrind --dump-instr=yes --dump-line=no --compress-strings=no --compress-pos=no \
        --collect-atstart=no --toggle-collect=programs_measured --callgrind-out-file="$own/calls" "$work/$2" "$1" 1 >"$own/output"
    # Lines `self ADDRESS COST` and `call ADDRESS COST TARGET`, of the program itself; TARGET is 0 elsewhere.
    awk -v program="$work/$2" '
        /^ob=/ { object = substr($0, 4) }
        /^cob=/ { called = substr($0, 5) }
        /^fn=/ { called = object }
        /^calls=/ { target = called == program ? $2 : 0; called = object; next }
        /^0x/ && object == program { print (target == "" ? "self" : "call"), $1, $2, target }
        /^0x/ { target = "" }' "$own/calls" >"$own/costs"
    # An address, and then the files of the functions that were inlined there, the innermost first.
    awk '{ print $2; if ($4) print $4 }' "$own/costs" | sort -u | addr2line -a -i -e "$work/$2" >"$own/files"
    awk -v total="$(sed -n 's/^summary: //p' "$own/calls")" \
        -v maps="/hashbrown-0[.]1[5-7]|^${work%/target/*}/src/" -v hashers='foldhash|rustc-hash|/core/src/hash/' '
        # (awk of Debian cannot read hexadecimal numbers.)
        function key(address) { sub(/^0x0*/, "", address); return address }
        FNR == NR && /^0x/ { address = key($1); next }
        FNR == NR && $1 ~ maps { map[address] = outer[address] = 1; next }
        FNR == NR && $1 ~ hashers { hashing[address] = outer[address] = 1; next }
        FNR == NR { outer[address] = $1 ~ "/core/src/iter/"; next }
        { at = key($2) }
        $1 == "self" && (at in map || at in hashing) || $1 == "call" && at in map && !outer[key($4)] { sum += $3 }
        END { printf "%.1f %.0f\n", total / 1e6, 100 * sum / total }' "$own/files" "$own/costs"
}

# shares NAME: a row.
shares() {
    local theirs ours
    read -ra theirs < <(instructions "$1" hashbrown)
    read -ra ours < <(instructions "$1" rosti)
    printf '| %-15s | %s | %s | %s %% | %s %% |\n' "$1" "${theirs[0]}" "${ours[0]}" "${theirs[1]}" "${ours[1]}"
}

# once BENCH MAP: instructions of a single iteration.
once() {
    valgrind -q --tool=callgrind --collect-atstart=no --toggle-collect='criterion::bencher::Bencher<M>::iter*' \
        --callgrind-out-file="$own/calls" "$work/hashbrown-benches-$2" --bench --test "^$1\$" >"$own/output"
    sed -n 's/^\(summary\|totals\): //p' "$own/calls" | head -1
}

# hashbrown_benches: a row for each, of criterion's estimates, and of instructions.
hashbrown_benches() {
    local turn map name ours theirs
    for ((turn = 0; turn < pairs; turn++)); do
        for map in $([ $((turn % 2)) = 0 ] && echo hashbrown rosti again || echo again rosti hashbrown); do
            (cd "$own" && $pinned "$work/hashbrown-benches-${map/again/hashbrown}" --bench --output-format bencher \
                --warm-up-time 0.05 --measurement-time 0.15 --sample-size 20 2>"$own/errors") \
                | tr -d , | sed -n "s/^test \(.*\) \.\.\. bench: *\([0-9]*\) ns.*/\1 $turn \2/p" >>"$own/times.$map" \
                || die "a bench of $map failed: $(head -5 "$own/errors")"
        done
    done
    for name in $("$work/hashbrown-benches-rosti" --bench --list 2>/dev/null | sed -n 's/: benchmark$//p'); do
        for map in hashbrown rosti again; do
            # Without pairs there are no times.
            grep -hs "^$name " "$own/times.$map" | cut -d' ' -f2- >"$own/one.$map" || true
        done
        theirs=$(once "$name" hashbrown) ours=$(once "$name" rosti)
        printf '| %s | %s | %s | %s | %s | %s |\n' "$name" \
            "$(ratios "$own/one.rosti" "$own/one.hashbrown" | middle)" \
            "$(ratios "$own/one.again" "$own/one.hashbrown" | middle)" \
            "$(column 2 "$own/one.hashbrown" | middle | cut -d. -f1)" \
            "$(awk "BEGIN { printf \"%.2f\", $ours / $theirs }")" "$theirs"
    done
}

pairs= mode=times features=() names=()
while [ $# -gt 0 ]; do
    case $1 in
        --pairs) pairs=${2:?--pairs takes a number}; shift ;;
        --shares) mode=shares ;;
        --hashbrown-benches) mode=hashbrown_benches features=(--features hashbrown-benches) ;;
        --list) mode=list ;;
        -*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
        *) names+=("$1") ;;
    esac
    shift
done
[ -n "$pairs" ] || pairs=$([ $mode = times ] && echo 7 || echo 3)
[ $mode != hashbrown_benches ] || fetch_benches
build hashbrown
build rosti
[ ${#names[@]} -gt 0 ] || mapfile -t names < <("$work/hashbrown")
own=$(mktemp -d)
trap 'rm -r "$own"' EXIT
pinned=
! taskset -c 0 true 2>/dev/null || pinned='taskset -c 0'

case $mode in
    list) "$work/hashbrown" ;;
    times)
        machine
        echo '| program | rosti / hashbrown | null | s | MiB | MiB, rosti |'
        echo '|---|---|---|---|---|---|'
        for name in "${names[@]}"; do times "$name"; done ;;
    hashbrown_benches)
        machine
        echo '| bench | rosti / hashbrown | null | ns | instructions, rosti / hashbrown | instructions |'
        echo '|---|---|---|---|---|---|'
        hashbrown_benches ;;
    shares)
        echo '| program | million instructions | with rosti | in maps | with rosti |'
        echo '|---|---|---|---|---|'
        for name in "${names[@]}"; do shares "$name"; done ;;
esac
