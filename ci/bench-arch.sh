#!/usr/bin/env bash
# What can be known from this machine about rosti's speed on every architecture, in one table: time
# where the machine runs the code itself, instructions under emulation elsewhere.
#
#   ci/bench-arch.sh [--counts] [--only "TARGET …"] [FILE]
#                                                   the table, into FILE or to the terminal; with
#                                                   --counts without times, for a busy machine
#   ci/bench-arch.sh --pack TARGET FOLDER           the comparison bench for another machine: copy
#                                                   the folder there and run ./run.sh in it
#
# TARGET: those of ci/toolchain.sh, and x86_64-unknown-linux-gnu.
set -euo pipefail
usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[[ ${1-} != -h* && ${1-} != --help ]] || usage
file=${!#} # the last argument, as seen from the present folder
case $file in /*) ;; *) file=$PWD/$file ;; esac
cd "$(dirname "$0")/.."

host=x86_64-unknown-linux-gnu
# Functions and loops of all maps begin where they do not depend on luck (benches/compare/main.rs).
aligned='-C llvm-args=-align-all-functions=6 -C llvm-args=-align-loops=32'

# compare TARGET native|swar RUSTFLAGS: builds the comparison bench; prints the program's path. From a
# copy without the dependencies of other benches and of tests, which take most of the time.
compare() {
    local out flags="$aligned $3" work=$PWD/target/bench-arch/$2
    [ "$2" = native ] || flags+=' --cfg rosti_group="swar"'
    rm -rf "$work/package"
    mkdir -p "$work/package"
    cp -r Cargo.toml Cargo.lock build.rs src benches examples "$work/package"
    sed -i -E '/^(criterion|proptest|serde_json|serde_test) = /d' "$work/package/Cargo.toml"
    out=$(cd "$work/package" && RUSTFLAGS=$flags CARGO_TARGET_DIR=$work \
        cargo bench --no-run --bench compare --target "$1" 2>&1) || { echo "$out" >&2; return 1; }
    sed -n 's|^ *Executable benches/compare/main.rs (\(.*\))|\1|p' <<<"$out"
}

pack() { # TARGET FOLDER
    local target=$1 folder=$2 backend program extension= emulator=
    # Linked statically: the other machine's C library may be older.
    local flags='-C target-feature=+crt-static'
    [ "$target" = $host ] || eval "$(ci/toolchain.sh "$target")"
    mkdir -p "$folder"
    if [ "$target" = wasm32-wasip1 ]; then
        cp "$ROSTI_TOOLS/wasi.mjs" "$folder"
        emulator='node --no-warnings wasi.mjs' extension=.wasm
        flags+=,+simd128
    fi
    for backend in native swar; do
        program=$(compare "$target" $backend "$flags")
        cp "$program" "$folder/compare-$backend$extension"
    done
    cat >"$folder/run.sh" <<END
#!/bin/sh
# Times rosti against hashbrown and std on this machine, once with the backend that rosti chooses
# for $target and once with SWAR. Prints a table for each and writes all cells to *.csv. Options go
# to the bench: \`./run.sh --full --kind u64\`, \`./run.sh --help\`.
set -e
cd "\$(dirname "\$0")"
for backend in native swar; do
    echo "== \$backend"
    \${EMULATOR-$emulator} ./compare-\$backend$extension --csv "\$PWD/\$backend.csv" "\$@"
done
END
    chmod +x "$folder/run.sh"
    echo "copy $folder to the machine and run ./run.sh there"
}

# The bench's workloads that go with the operations that are counted.
workloads='hit miss reserved grow churn entry_uniform iterate iterate_fold'

# times native|swar NAME: nanoseconds, in the form of the lines of instructions.sh.
times() {
    local program csv
    program=$(compare $host "$1" '')
    csv=$(mktemp)
    "$program" --quick --csv "$csv" --only "${workloads// /,}" >&2
    awk -F, -v backend="$2" -v target=$host -v workloads="$workloads" '
        $1 == "u64" { logs[$7, $2] += log($8); ++cells[$7, $2] }
        function row(map, backend) {
            printf "%s %s %s", target, backend, map
            for (w = 1; w in workload; ++w)
                printf " %.2f", exp(logs[map, workload[w]] / cells[map, workload[w]])
            print ""
        }
        END {
            split(workloads, workload, " ")
            row("hashbrown", "-")
            row("rosti", backend)
        }' "$csv"
    rm "$csv"
}

# table UNIT: rows from lines; each of rosti stands beside the last of hashbrown before it.
table() {
    awk -v unit="$1" '
        $1 == "target" { next }
        $3 == "hashbrown" { for (i = 4; i <= NF; ++i) base[i] = $i; next }
        { target = $1; sub(/-.*/, "", target) }
        $3 == "rosti" {
            printf "| %s | %s | %s |", target, $2, unit
            for (i = 4; i <= NF; ++i) printf " %s / %s |", $i, base[i]
            print ""
            next
        }
        { $1 = $2 = $3 = ""; sub(/^ */, ""); printf "| %s | | %s | | | | | | | | |\n", target, $0 }'
}

only=all timed=1
while [ $# -gt 0 ]; do
    case $1 in
        --pack) [ $# = 3 ] || usage; pack "$2" "$file"; exit ;;
        --only) [ $# -ge 2 ] || usage; only=$2; shift ;;
        --counts) timed= ;;
        -*) usage ;;
        *) break ;;
    esac
    shift
done
[ $# -le 1 ] || usage
[ $# = 1 ] || file=/dev/stdout
counts=$(ci/instructions.sh $only)
backend=$(awk -v host=$host '$1 == host && $3 == "rosti" { print $2; exit }' <<<"$counts")
[ -z "$timed" ] || timed=$(times native "${backend:-native}" && times swar swar)
cat >"$file" <<END
rosti / hashbrown 0.17, \`u64 -> u64\`, per operation. Times: geometric means of the quick form of
\`benches/compare\`, of which only the ratios mean anything. Instructions: \`ci/instructions/main.rs\`
under emulation, exact; they are not time, and can be compared within one line only. hashbrown takes
the backend that it thinks best in every line.

| target | rosti's backend | per operation | hit | miss | insert | grow | churn | entry | iterate | fold |
|---|---|---|---|---|---|---|---|---|---|---|
$([ -z "$timed" ] || table ns <<<"$timed"
table instructions <<<"$counts")
END
