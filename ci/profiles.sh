#!/usr/bin/env bash
# Loops as programs write them (ci/profiles/loops.rs): rosti's time to hashbrown's in the profiles that
# programs are built in. All that a profile sets is in ci/profiles/Cargo.toml.
#
#   ci/profiles.sh [--only TEXT] [--seconds S] [PROFILE …]   times; S for each row, else 1.2
#   ci/profiles.sh --counts [--only TEXT] [PROFILE …]        instructions for each thing looked up,
#                                                            inserted …, by callgrind: rosti, hashbrown
#
# Profiles: release fat lto-off o2 size dev, by default all (with --counts: release). Under the rows stand
# the geometric mean, the worst row, and the same for `null`, which is hashbrown to itself: its distance
# from 1 is the noise. Each loop runs over a whole octave of sizes from two call sites.
set -euo pipefail
cd "$(dirname "$0")/.."
unset CARGO_INCREMENTAL CARGO_PROFILE_DEV_DEBUG
export CARGO_TARGET_DIR=target/profiles CARGO_TERM_COLOR=never
# For all subjects alike: where a loop happens to begin is worth some percent.
export RUSTFLAGS='-C llvm-args=-align-all-functions=6 -C llvm-args=-align-loops=32'

counts= arguments=() profiles=()
while [ $# -gt 0 ]; do
    case $1 in
        --counts) counts=1 ;;
        --only | --seconds) arguments+=("$1" "${2:?$1 takes a value}"); shift ;;
        release | fat | lto-off | o2 | size | dev) profiles+=("$1") ;;
        *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift
done
[ ${#profiles[@]} -gt 0 ] || { [ $counts ] && profiles=(release) || profiles=(release fat lto-off o2 size dev); }
pinned=
[ $counts ] || ! taskset -c 0 true 2>/dev/null || pinned='taskset -c 0'

own=$(mktemp -d)
trap 'rm -r "$own"' EXIT

# build PROFILE: the path of the program.
build() {
    cargo build -q --manifest-path ci/profiles/Cargo.toml --profile "$1" >&2
    echo "$CARGO_TARGET_DIR/${1/#dev/debug}/profiles"
}

# counted PROGRAM: a line for each row, with instructions per thing for both maps.
counted() {
    valgrind -q --tool=callgrind --callgrind-out-file="$own/out" --collect-atstart=no \
        --toggle-collect=profiles_counted --dump-after=profiles_counted \
        "$1" --counts "${arguments[@]}" >"$own/runs"
    # Each run left a file with its number; each row has two runs of either map.
    for ((run = 1; run <= $(wc -l <"$own/runs"); run++)); do
        sed -n 's/^\(summary\|totals\): //p' "$own/out.$run" | head -1
    done | paste -d' ' "$own/runs" - | awk '
        !($1 in rows) { rows[$1]; name[++count] = $1 }
        { things[$1, $2] += $3; instructions[$1, $2] += $4 }
        END { for (i = 1; i <= count; i++) {
            ours = instructions[name[i], "rosti"] / things[name[i], "rosti"]
            theirs = instructions[name[i], "hashbrown"] / things[name[i], "hashbrown"]
            printf "%s %.4f %.1f %.1f\n", name[i], ours / theirs, ours, theirs
        } }'
}

for profile in "${profiles[@]}"; do
    program=$(build "$profile")
    echo "$profile …" >&2
    if [ $counts ]; then counted "$program"; else $pinned "$program" "${arguments[@]}"; fi >"$own/$profile"
done

# A column for each profile; with counts, three.
awk -v counts="$counts" '
    FNR == 1 { profile[++profiles] = FILENAME; sub(/.*\//, "", profile[profiles]) }
    !($1 in known) { known[$1]; name[++rows] = $1 }
    {
        ratio[profiles, $1] = $2; third[profiles, $1] = $3; fourth[profiles, $1] = $4
        mean[profiles] += log($2); null[profiles] += log($3)
        if ($2 > worst[profiles]) worst[profiles] = $2
        far = $3 > 1 ? $3 : 1 / $3
        if (far > worst_null[profiles]) worst_null[profiles] = far
    }
    function line(title, values, i) {
        printf "%-21s", title
        for (i = 1; i <= profiles; i++) printf counts ? "%9.2f                  " : "%9.2f", values[i]
        print ""
    }
    END {
        printf "%-21s", ""
        for (i = 1; i <= profiles; i++) printf counts ? "%9s    rosti hashbrown" : "%9s", profile[i]
        print ""
        for (row = 1; row <= rows; row++) {
            printf "%-21s", name[row]
            for (i = 1; i <= profiles; i++) {
                printf "%9.2f", ratio[i, name[row]]
                if (counts) printf "%9.1f%9.1f", third[i, name[row]], fourth[i, name[row]]
            }
            print ""
        }
        for (i = 1; i <= profiles; i++) { mean[i] = exp(mean[i] / rows); null[i] = exp(null[i] / rows) }
        line("geometric mean", mean); line("worst", worst)
        if (!counts) { line("null, mean", null); line("null, worst", worst_null) }
    }' "${profiles[@]/#/$own/}"
