# Instructions per operation. Sourced by ci/instructions.sh and ci/callgrind.sh, which differ in who
# counts: they define
#
#   count MAP OP     prints two lines, the operations done and the instructions of the whole run

ops='hit miss insert grow churn entry next fold'

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
