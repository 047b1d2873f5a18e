#!/usr/bin/env bash
# Runs the test suites of packages that depend on hashbrown, examples in their documentation
# included, with rosti in hashbrown's place; and hashbrown's own. `ci/drop-in.sh NAME …` runs only
# the named ones.
#
# Everything lies under target/drop-in and is fetched and built once. The packages are the newest
# that take rosti's `rust-version`, and are published with their tests. For newer ones: change the
# versions here and in drop-in/Cargo.toml, delete drop-in/Cargo.lock, run this.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0

# Package, version, which tests.
suites=(
    "hashbrown 0.17.2 -p hashbrown-itself"
    "hashlink 0.12.2 -p hashlink --features serde_impl"
    "indexmap 2.14.2 -p indexmap --features serde,rayon,test_debug"
    "lru 0.19.0 -p lru"
)
# Left out of hashbrown's tests: those that look into its private parts,
left_out='test_expand test_behavior_resize_policy get_test_map
    test_clone_memory_leaks_and_double_drop_one test_clone_memory_leaks_and_double_drop_two
    test_catch_panic_clone_from_when_len_is_equal test_catch_panic_clone_from_when_len_is_not_equal'
# and those that expect exactly 224 places where rosti, whose overhang counts, has 237.
left_out+=' rehash_in_place'
left_out_files='hasher_unwind.rs'

work=$(realpath -m ../target/drop-in)
export CARGO_TARGET_DIR=$work/target

die() { echo "drop-in: $*" >&2; exit 1; }

# Copies the sources of a package from cargo's registry into the workspace.
unpack() {
    local name=$1 version=$2 to=$work/$1-$2 from
    [ ! -e "$to" ] || [ -n "$(find drop-in drop-in.sh -newer "$to")" ] || return 0
    mkdir -p "$work/fetch"
    cat >"$work/fetch/Cargo.toml" <<TOML
[workspace]
[package]
name = "fetch"
[lib]
path = "/dev/null"
[dependencies]
$name = "=$version"
TOML
    from=$(cargo -q metadata --format-version 1 --manifest-path "$work/fetch/Cargo.toml" \
        | grep -o "\"manifest_path\":\"[^\"]*/$name-$version/Cargo.toml\"" | cut -d '"' -f 4) \
        || die "cannot fetch $name $version"
    rm -rf "$to" "$to.part"
    cp -r "$(dirname "$from")" "$to.part"
    [ "$name" != hashbrown ] || cut_hashbrown "$to.part"
    mv "$to.part" "$to"
}

# Turns hashbrown's sources into a package of another name that tests what is called hashbrown.
cut_hashbrown() {
    local module
    cp drop-in/hashbrown.toml "$1/Cargo.toml"
    cp drop-in/unit_tests.rs "$1/tests/"
    (cd "$1/tests" && rm "$left_out_files" && mkdir cut)
    for module in map set table raw_entry; do
        awk -v left_out="$left_out" "$cut_tests" "$1/src/$module.rs" >"$1/tests/cut/$module.rs"
    done
}

# Prints the first module of tests in a source file without the functions that are left out. A
# function begins with the attributes before it and ends at a brace in its own column.
cut_tests='
    BEGIN { split(left_out, names); for (i in names) out[names[i]] }
    /^mod test/ { inside = 1 }
    !inside { next }
    /^    (#\[|\/\/)/ { before = before $0 "\n"; next }
    /^    fn / { split($2, name, /[(<]/); skip = name[1] in out }
    !skip { printf "%s%s\n", before, $0 }
    { before = "" }
    /^    }/ { skip = 0 }
    /^}/ { exit }
'

for suite in "${suites[@]}"; do
    read -r name version _ <<<"$suite"
    unpack "$name" "$version"
done
cp drop-in/Cargo.toml "$work/"
if [ -e drop-in/Cargo.lock ]; then
    cp drop-in/Cargo.lock "$work/"
else
    (cd "$work" && cargo -q generate-lockfile)
    cp "$work/Cargo.lock" drop-in/
fi

summary=()
for suite in "${suites[@]}"; do
    read -r name version arguments <<<"$suite"
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    SECONDS=0
    log=$work/$name.log
    # shellcheck disable=SC2086 # the arguments are words
    (cd "$work" && cargo test --no-fail-fast $arguments) >"$log" 2>&1 || {
        grep -v ' ok$' "$log" | grep -E '^error|FAILED$|panicked at' -A 4 >&2 || tail -n 40 "$log" >&2
        die "$name $version fails its tests with rosti as hashbrown; all of its output: $log"
    }
    passed=$(awk '/^test result: ok/ { sum += $4 } END { print sum + 0 }' "$log")
    [ "$passed" -gt 0 ] || die "$name $version ran no test; its output: $log"
    summary+=("$(printf '%-10s %-7s %4d tests passed %4d s' "$name" "$version" "$passed" "$SECONDS")")
done
[ ${#summary[@]} -gt 0 ] || die "none of the packages is called $*"
if grep -A 2 '^name = "hashbrown"' "$work/Cargo.lock" | grep -q '^source'; then
    die "a package was tested with hashbrown itself: the shim's version is not what it asks for"
fi
cmp -s drop-in/Cargo.lock "$work/Cargo.lock" \
    || echo "drop-in: dependencies have changed; keep $work/Cargo.lock as ci/drop-in/Cargo.lock"
printf '%s\n' "With rosti as hashbrown:" "${summary[@]}"
