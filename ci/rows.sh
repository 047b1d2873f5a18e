# Instructions per operation as rows of a table. Sourced by ci/instructions.sh and ci/callgrind.sh, which
# differ in who counts: they define
#
#   count MAP OP     prints two lines, the operations done and the instructions of the whole run

# per_op MAP OP …: instructions per operation, one line per OP.
per_op() {
    local map=$1 op idle times total
    shift
    { read -r _; read -r idle; } < <(count "$map" none)
    for op; do
        { read -r times; read -r total; } < <(count "$map" "$op")
        awk "BEGIN { printf \"%.1f\n\", ($total - $idle) / $times }"
    done
}

ops='hit miss insert grow churn entry next fold'

# table TITLE: rosti on the native backend, hashbrown, rosti on SWAR.
table() {
    printf '\n%-20s' "$1"
    printf '%8s' $ops
    CARGO_TARGET_DIR=target/instructions row rosti 'rosti, native'
    CARGO_TARGET_DIR=target/instructions row hashbrown hashbrown
    RUSTFLAGS='--cfg rosti_group="swar"' CARGO_TARGET_DIR=target/instructions-swar \
        row rosti 'rosti, SWAR'
    echo
}

# row MAP TITLE
row() {
    printf '\n%-20s' "$2"
    printf '%8s' $(per_op "$1" $ops)
}
