# Sourced by scripts that count instructions: sees to it that there is valgrind, and installs it where it may, as
# root on Debian and its kin.
if ! command -v valgrind >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
            valgrind libc6-dbg >/dev/null
    else
        echo "$0: there is no valgrind. Install the package valgrind, or run this as root" \
            "where apt-get can do it." >&2
        exit 2
    fi
fi
