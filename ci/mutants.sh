#!/usr/bin/env bash
# Shows that the tests notice mistakes: plants those of ci/mutants.txt in a copy of the tree and runs
# for each the tests that should fail. It fails itself if one survives or does not apply any more.
#
# All mistakes are planted at once, each behind a switch that is read from ROSTI_MUTANT when the
# tests begin. So the copy is built once, and a mistake costs only the run of its tests.
#
# `ci/mutants.sh [N …]` runs only the mistakes with these numbers.
set -euo pipefail
cd "$(dirname "$0")/.."
ulimit -c 0
ulimit -v 8000000 # a mistake may ask for all memory there is

target=${CARGO_TARGET_DIR:-$PWD/target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
export CARGO_TARGET_DIR=$target CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
copy=$target/mutants
mkdir -p "$target"
exec 9>"$copy.lock"
flock 9
rm -rf "$copy"
mkdir -p "$copy"
cp -r --parents Cargo.toml Cargo.lock build.rs README.md docs src tests examples fuzz/src "$copy"
# What only benches need is not built.
sed -i -E '/^(criterion|plotters|hashbrown) = /d; /^\[dev-dependencies\]/,/^\[\[/{/^libc = /d}; /^\[\[bench\]\]/,/^$/d' "$copy/Cargo.toml"

names=() files=() olds=() news=() tests=()
while IFS= read -r line; do
    case $line in
        '= '*) names+=("${line#= }") ;;
        '@ '*) files+=("${line#@ }") ;;
        '- '*) olds+=("${line#- }") ;;
        '+'*) line=${line#+}; news+=("${line# }") ;;
        '< '*) tests+=("${line#< }") ;;
        '' | '#'*) ;;
        *) echo "ci/mutants.txt: cannot read: $line"; exit 1 ;;
    esac
done <ci/mutants.txt
total=${#names[@]}
[ "$total $total $total $total" = "${#files[@]} ${#olds[@]} ${#news[@]} ${#tests[@]}" ] \
    || { echo "ci/mutants.txt: a record is incomplete"; exit 1; }

# Replaces the one occurrence of $OLD in a file by $NEW, as plain text.
substitute() {
    awk 'BEGIN { RS = "\001"; old = ENVIRON["OLD"]; new = ENVIRON["NEW"] }
         { at = index($0, old); after = substr($0, at + length(old))
           if (at == 0 || index(after, old)) exit 1
           printf "%s%s%s", substr($0, 1, at - 1), new, after }' "$1" >"$1.new" && mv "$1.new" "$1"
}

# Text that is planted in more than one way is found by the first; the others nest in its `else`.
stale=0
for ((i = 0; i < total; i++)); do
    old=${olds[i]} new=${news[i]} switch="crate::mutant($((i + 1)))"
    case $new in
        *MUTANT*) new=${new//MUTANT/$switch} ;;
        *) case $old in
               *\;) new="if $switch { $new } else { /**/$old }" ;;
               *) new="(if $switch { $new } else { /**/$old })" ;;
           esac ;;
    esac
    OLD=$old NEW=$new substitute "$copy/src/${files[i]}" || {
        echo "$((i + 1)) ${names[i]}: the text does not occur once in src/${files[i]}"
        stale=1
    }
done
[ "$stale" = 0 ] || exit 1

cat >>"$copy/src/lib.rs" <<'RUST'

/// Whether the mistake of this number is on. Allocates nothing: there are tests that would notice.
#[doc(hidden)]
pub fn mutant(number: u32) -> bool {
    use core::ffi::{CStr, c_char};
    use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *const c_char;
    }
    const UNREAD: u32 = u32::MAX;
    static ON: AtomicU32 = AtomicU32::new(UNREAD);
    if ON.load(Relaxed) == UNREAD {
        // SAFETY: a name that ends in zero; the environment is not changed, and never freed.
        let value = unsafe { getenv(c"ROSTI_MUTANT".as_ptr()).as_ref().map(|v| CStr::from_ptr(v)) };
        let on = value.map_or(0, |on| on.to_str().expect("digits").parse().expect("a number"));
        ON.store(on, Relaxed);
    }
    ON.load(Relaxed) == number
}
RUST

suites=$(printf '%s\n' "${tests[@]}" | cut -d' ' -f1 | sort -u)
declare -A program
# build FEATURES SUITE …: builds suites, and notes their programs.
build() {
    local features=$1 suite name source selection=(); shift
    for suite in "$@"; do
        name=${suite#bare/}
        [ "$name" = lib ] && selection+=(--lib) || selection+=(--test "$name")
    done
    (cd "$copy" && RUSTFLAGS="-A warnings ${RUSTFLAGS-}" \
        cargo test ${CARGO_JOBS-} $features --no-run "${selection[@]}" 2>&1 | tee "$copy/build.log" | grep -E '^error|^  -->' ) || true
    for suite in "$@"; do
        name=${suite#bare/}
        [ "$name" = lib ] && source='unittests src/lib.rs' || source="tests/$name.rs"
        program[$suite]=$(sed -n "s|^ *Executable $source (\(.*\))|\1|p" "$copy/build.log")
        [ -n "${program[$suite]}" ] || { tail -40 "$copy/build.log"; exit 1; }
    done
}
build '--features extendible,serde,rayon' $(grep -v '^bare/' <<<"$suites")
build --no-default-features $(grep '^bare/' <<<"$suites")

# Runs tests with a mistake on, 0 for none; a mistake may make a search endless.
run() {
    local mistake=$1 limit=$2 suite=$3; shift 3
    (cd "$copy" && ROSTI_MUTANT=$mistake timeout "$limit" "${program[$suite]}" -q "$@") >"$copy/run.log" 2>&1
}

[ $# -gt 0 ] || set -- $(seq "$total")
# Without a mistake all these tests pass.
for suite in $suites; do
    filters=$(for number in "$@"; do echo "${tests[number - 1]} "; done | sed -n "s|^$suite ||p" | tr -s " " "\n" | sort -u)
    [ -n "$filters" ] || continue
    run 0 900 "$suite" $filters || { cat "$copy/run.log"; echo "tests of $suite fail without any mistake"; exit 1; }
done

caught=0 survivors=()
for number in "$@"; do
    i=$((number - 1))
    SECONDS=0 code=0
    { run "$number" 120 ${tests[i]} || code=$?; } 2>/dev/null # bash tells of crashes itself
    case $code in
        0) result=SURVIVED; survivors+=("$number") ;;
        124) result='caught (endless)'; caught=$((caught + 1)) ;;
        101) result=caught; caught=$((caught + 1)) ;;
        *) result="caught (ended by $code)"; caught=$((caught + 1)) ;;
    esac
    printf '%3d %-60s %s, %d s\n' "$number" "${names[i]}" "$result" "$SECONDS"
done
echo "$caught of $# mistakes caught"
[ ${#survivors[@]} = 0 ] || { echo "survivors: ${survivors[*]}"; exit 1; }
