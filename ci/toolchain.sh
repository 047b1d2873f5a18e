#!/usr/bin/env bash
# Cross compilers and emulators in a folder of their own, for Debian 12 on amd64.
#
#   ci/toolchain.sh [--rust new|old] [--src] [--clippy] [--valgrind] [TARGET …]
#   ci/toolchain.sh --list     the targets
#
# Prints `export` lines with which `cargo test --target TARGET` builds, links and runs; the log goes
# to stderr. Everything comes from Debian's packages, unpacked below $ROSTI_TOOLCHAINS (default:
# rosti-toolchains in the user's cache folder). Nothing is installed, root is not needed, and apt,
# dpkg and rustup keep their state. What is there already is not fetched or built again; several
# runs wait for one another. To begin anew, delete the folder.
#
#   --rust new   Debian's newest compiler (default); std is compiled for each TARGET
#   --rust old   1.85.0, the crate's rust-version, for the host only
#   --src        also std's source, for -Zbuild-std (MemorySanitizer needs an instrumented std)
#   --clippy     also a cargo-clippy of that compiler
#   --valgrind   valgrind, and no compiler unless a target is named
set -euo pipefail

# rust target                    gnu triple             Debian's suffix  qemu
TARGETS='
aarch64-unknown-linux-gnu        aarch64-linux-gnu      arm64            aarch64
armv7-unknown-linux-gnueabihf    arm-linux-gnueabihf    armhf            arm
i586-unknown-linux-gnu           i686-linux-gnu         i386             i386
i686-unknown-linux-gnu           i686-linux-gnu         i386             i386
powerpc-unknown-linux-gnu        powerpc-linux-gnu      powerpc          ppc
powerpc64-unknown-linux-gnu      powerpc64-linux-gnu    ppc64            ppc64
riscv64gc-unknown-linux-gnu      riscv64-linux-gnu      riscv64          riscv64
s390x-unknown-linux-gnu          s390x-linux-gnu        s390x            s390x
wasm32-wasip1                    -                      -                -
'

say() { printf '%5d s  %s\n' "$SECONDS" "$*" >&2; }
die() { say "error: $*"; exit 1; }
# The target's line of the table, as gnu, suffix, qemu.
look_up() {
    read -r _ gnu suffix qemu < <(awk -v target="$1" '$1 == target' <<<"$TARGETS") \
        || die "unknown target $1; the known ones are: $(awk '{print $1}' <<<"$TARGETS" | xargs)"
}

channel=new with_src= with_clippy= with_valgrind= targets=()
while [ $# -gt 0 ]; do
    case $1 in
        --rust) channel=$2; shift ;;
        --src) with_src=1 ;;
        --clippy) with_clippy=1 ;;
        --valgrind) with_valgrind=1 ;;
        --list) awk '{ print $1 }' <<<"$TARGETS" | xargs -n 1; exit ;;
        -*) sed -n '/^# /,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
        *) look_up "$1"; targets+=("$1") ;;
    esac
    shift
done
case $channel in
    new) ;;
    old) [ ${#targets[@]} -eq 0 ] || die "--rust old is for the host: name no target" ;;
    *) die "--rust new or --rust old" ;;
esac
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] && [ -e $keyring ] || die "needs Debian 12 on amd64"
for tool in cc cargo apt-get dpkg-deb flock; do
    command -v "$tool" >/dev/null || die "$tool is missing"
done

root=${ROSTI_TOOLCHAINS:-${XDG_CACHE_HOME:-$HOME/.cache}/rosti-toolchains}
mkdir -p "$root"/{apt/state/lists/partial,bin,debs/partial,log,stamps}
root=$(cd "$root" && pwd)
exec 9>"$root/lock"
flock -n 9 || { say "waiting for another run"; flock 9; }
cc_tree=$root/cc bin=$root/bin host_lib=usr/lib/x86_64-linux-gnu

# once STAMP COMMAND …: runs the command unless it has succeeded before.
once() {
    local stamp=$root/stamps/$1
    shift
    if [ ! -e "$stamp" ]; then
        "$@" # not in a condition: there a function goes on after an error
        touch "$stamp"
    fi
}
# quietly NAME COMMAND …: its output is shown only if it fails.
quietly() {
    local log=$root/log/$1
    shift
    "$@" >"$log" 2>&1 || { tail -20 "$log" >&2; die "failed: $*"; }
}
# patiently NAME COMMAND …: the same for what needs the network, which may come back.
patiently() {
    local pause name=$1
    for pause in 5 20 60; do
        ! "${@:2}" >"$root/log/$name" 2>&1 || return 0
        say "failed, once more in $pause s: ${*:2}"
        sleep $pause
    done
    quietly "$@"
}

# --- packages ------------------------------------------------------------------------------------

# An apt with lists and settings of its own. It takes the system's mirrors and believes that no
# cross tool is installed, so that a tree is complete whatever the system has. Only amd64's indexes
# are read: those of other architectures are at times out of step, and apt then drops the suite.
apt_configured=
configure_apt() {
    [ -z "$apt_configured" ] || return 0
    apt_configured=1
    mirror() {
        apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' \
            | awk -v suite="$1" -v mirror="$2" '$1 == suite { mirror = $2 } END { print mirror }'
    }
    local debian security
    debian=$(mirror bookworm http://deb.debian.org/debian/)
    security=$(mirror bookworm-security http://deb.debian.org/debian-security/)
    printf 'deb [arch=amd64 signed-by=%s] %s %s main\n' \
        $keyring "$debian" bookworm $keyring "$security" bookworm-security >"$root/apt/sources"
    awk 'BEGIN { RS = ""; ORS = "\n\n" }
        $2 ~ /x86-64-linux-gnu$/ ||
        $2 !~ /-linux-gnu|-cross$|-cross-|^crossbuild|rust|cargo|^qemu-user|^wasi-|^valgrind|^nodejs|^libnode/' \
        /var/lib/dpkg/status >"$root/apt/status"
    cat >"$root/apt/conf" <<END
Dir::State "$root/apt/state"; Dir::State::status "$root/apt/status"; Dir::Cache "$root/apt";
Dir::Cache::archives "$root/debs"; Dir::Etc::SourceList "$root/apt/sources";
Dir::Etc::SourceParts "/dev/null"; APT::Architecture "amd64"; APT::Architectures { "amd64"; };
APT::Sandbox::User "root"; Debug::NoLocking "1"; Acquire::Retries "3"; Acquire::Languages "none";
END
    export APT_CONFIG=$root/apt/conf
    patiently apt-update apt-get update -q -o APT::Update::Error-Mode=any
}

# fetch TREE PACKAGE …: unpacks the packages and what they depend on.
fetch() {
    local tree=$1 deb
    shift
    configure_apt
    rm -f "$root"/debs/*.deb # of a run that was broken off
    patiently apt-install apt-get install -q -y --no-install-recommends --download-only "$@"
    mkdir -p "$tree"
    for deb in "$root"/debs/*.deb; do
        case $deb in
            # Without the compiler's own source.
            */rust-web-src_*) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tree" --wildcards \
                './usr/lib/rustlib/src*' './usr/src/*/library' ;;
            *) dpkg-deb --extract "$deb" "$tree" ;;
        esac
        rm "$deb"
    done
}

# --- the compiler --------------------------------------------------------------------------------

# wrapper NAME TREE COMMAND …: a program in $bin that runs one from a tree, with the tree's libraries.
wrapper() {
    local name=$1 tree=$2
    shift 2
    mkdir -p "$(dirname "$bin/$name")"
    cat >"$bin/$name" <<END
#!/bin/sh
LD_LIBRARY_PATH=$tree/$host_lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} exec $* "\$@"
END
    chmod +x "$bin/$name"
}

newest() { apt-cache policy rustc-web | awk '$1 == "Candidate:" { print $2 }'; }
oldest() { apt-cache madison rustc-web | awk '{ print $3 }' | sort -V | head -n 1; }
set_up_rust() {
    configure_apt
    version=$([ $channel = new ] && newest || oldest)
    rust_tree=$root/rust-$channel
    fetch "$rust_tree" "rustc-web=$version" "libstd-rust-web-dev=$version"
    # What Debian's compiler lacks is sanitizer run-times. Those of rustup's are of the same LLVM.
    [ $channel = old ] || cp -n "$rustup_lib"/lib/librustc-*_rt.*san.a \
        "$rust_tree/usr/lib/rustlib/x86_64-unknown-linux-gnu/lib/" || say "no sanitizer run-times"
    # (cargo-clippy wants the wrapper to be called rustc.)
    wrapper "$channel/rustc" "$rust_tree" "$rust_tree/usr/bin/rustc"
    wrapper "$channel/rustdoc" "$rust_tree" "$rust_tree/usr/bin/rustdoc"
    echo "$version" >"$root/version-$channel"
}
set_up_src() { fetch "$rust_tree" "rust-web-src=$version"; }
set_up_clippy() {
    fetch "$rust_tree" "rust-web-clippy=$version"
    wrapper "$channel/cargo-clippy" "$rust_tree" env "RUSTC=$rustc" "$rust_tree/usr/bin/cargo-clippy"
}

# Valgrind wants to know where its parts are.
set_up_valgrind() {
    fetch "$root/valgrind" valgrind
    wrapper valgrind "$root/valgrind" env "VALGRIND_LIB=$root/valgrind/usr/libexec/valgrind" \
        "$root/valgrind/usr/bin/valgrind"
}
if [ -n "$with_valgrind" ]; then
    once valgrind set_up_valgrind
    [ ${#targets[@]} -gt 0 ] || { echo "export ROSTI_TOOLS=$bin"; exit; }
fi

rustup_lib=$(env -u RUSTC rustc --print sysroot)/lib/rustlib/x86_64-unknown-linux-gnu
rustc=$bin/$channel/rustc
once "rust-$channel" set_up_rust
rust_tree=$root/rust-$channel version=$(cat "$root/version-$channel")
say "$("$rustc" --version)"
[ -z "$with_clippy" ] || once "clippy-$channel" set_up_clippy
if [ -n "$with_src" ] || [ ${#targets[@]} -gt 0 ]; then
    once "src-$channel" set_up_src
fi

# --- the targets ---------------------------------------------------------------------------------

set_up_gcc() { # GNU-TRIPLE SUFFIX QEMU
    local sysroot=$cc_tree/usr/$1 loader=$cc_tree/usr/$1/lib/ld-linux.so.2
    fetch "$cc_tree" "gcc-$1" "libc6-dev-$2-cross" qemu-user
    wrapper "$1-gcc" "$cc_tree" "$cc_tree/usr/bin/$1-gcc" "--sysroot=$cc_tree"
    wrapper "$1-objdump" "$cc_tree" "$cc_tree/usr/bin/$1-objdump"
    # The emulated program must not see the emulator's libraries. QEMU_ARGS: ci/instructions.sh.
    wrapper "$1-qemu" "$cc_tree" "$cc_tree/usr/bin/qemu-$3" -U LD_LIBRARY_PATH -L "$sysroot" '$QEMU_ARGS'
    wrapper x86_64-qemu "$cc_tree" "$cc_tree/usr/bin/qemu-x86_64" -U LD_LIBRARY_PATH '$QEMU_ARGS'
    # 32-bit x86 runs natively where the kernel lets it.
    if [ "$3" = i386 ] && "$loader" --version >/dev/null 2>&1; then
        wrapper "$1-run" "$cc_tree" "$loader" --library-path "$sysroot/lib"
    else
        ln -sf "$1-qemu" "$bin/$1-run"
    fi
}

# wasm has no linker and C library but these. crt1 gets two functions that Debian's wasi-libc lacks;
# there are no threads to wait for.
set_up_wasi() {
    local lib=$rust_tree/usr/lib/rustlib/wasm32-wasip1/lib/self-contained stubs=$root/stubs
    fetch "$cc_tree" wasi-libc
    mkdir -p "$lib"
    cp "$cc_tree"/usr/lib/wasm32-wasi/{*.o,libc.a} "$lib/"
    cat >"$stubs.rs" <<'END'
#![no_std]
#[unsafe(no_mangle)] extern "C" fn pthread_join(_: usize, _: usize) -> i32 { 58 }
#[unsafe(no_mangle)] extern "C" fn pthread_detach(_: usize) -> i32 { 58 }
END
    quietly stubs "$rustc" --target wasm32-wasip1 --edition 2024 --crate-type lib --emit obj \
        -C opt-level=2 -C panic=abort -o "$stubs.o" "$stubs.rs"
    quietly crt1 "$wasm_linker" -flavor wasm -r "$lib/crt1-command.o" "$stubs.o" -o "$lib/crt1.o"
    mv "$lib/crt1.o" "$lib/crt1-command.o"
    cat >"$bin/wasi.mjs" <<'END'
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';
const [file, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [file, ...args], env: process.env,
    preopens: { '/': '/' }, returnOnExit: true });
const program = await WebAssembly.compile(await readFile(file));
process.exitCode = wasi.start(await WebAssembly.instantiate(program, wasi.getImportObject()));
END
    local node
    node=$(command -v node) || { fetch "$cc_tree" nodejs; wrapper node "$cc_tree" "$cc_tree/usr/bin/node"; node=$bin/node; }
    printf '#!/bin/sh\nexec %s --no-warnings %s "$@"\n' "$node" "$bin/wasi.mjs" >"$bin/wasi-run"
    chmod +x "$bin/wasi-run"
}

# Compiles std from Debian's source (its dependencies lie beside it) into the compiler's own
# folder, as if it had been delivered: stable cargo commands work from then on.
build_std() { # TARGET
    local crate=$root/std lib=$rust_tree/usr/lib/rustlib/$1/lib unwind=,panic_unwind vendored
    [ "$1" != wasm32-wasip1 ] || unwind=
    vendored=$(readlink -f "$rust_tree/usr/lib/rustlib/src/rust")/library/vendor
    say "std for $1"
    mkdir -p "$crate/src" "$lib"
    echo '#![no_std]' >"$crate/src/lib.rs"
    printf '[package]\nname = "empty"\nedition = "2021"\n[workspace]\n' >"$crate/Cargo.toml"
    (
        cd "$crate"
        unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET CARGO_TARGET_DIR
        export RUSTC_BOOTSTRAP=1 RUSTC=$rustc
        quietly "std-$1" cargo build --release --offline --target "$1" \
            -Zbuild-std=std,test,panic_abort$unwind \
            --config 'source.crates-io.replace-with="vendored"' \
            --config "source.vendored.directory=\"$vendored\""
    )
    rm "$crate/target/$1"/release/deps/libempty-*
    cp "$crate/target/$1"/release/deps/*.rlib "$lib/"
    rm -r "$crate/target"
}

# Proof of the set-up: a program that is built for the target, and runs.
try_out() { # TARGET LINKER RUNNER
    local program=$root/hello-$1 output
    echo 'fn main() { print!("{}", std::env::consts::ARCH) }' >"$program.rs"
    quietly hello "$rustc" --target "$1" -C linker="$2" -o "$program" "$program.rs"
    if output=$("$3" "$program" 2>&1); then
        say "$1 runs: $output"
        touch "$root/stamps/runs-$1"
    else
        say "$1 can be built, but not run here: $output"
    fi
}

wasm_linker=$rustup_lib/bin/rust-lld
exports=("RUSTC=$rustc" "RUSTDOC=${rustc%c}doc" "ROSTI_TOOLS=$bin")
for target in "${targets[@]}"; do
    look_up "$target"
    variable=CARGO_TARGET_$(tr a-z- A-Z_ <<<"$target")
    if [ "$gnu" = - ]; then
        linker=$wasm_linker runner=$bin/wasi-run
    else
        once "cc-$gnu" set_up_gcc "$gnu" "$suffix" "$qemu"
        linker=$bin/$gnu-gcc runner=$bin/$gnu-run
        exports+=("CC_${target//-/_}=$linker")
    fi
    once "std-$target" build_std "$target"
    [ "$gnu" != - ] || once "cc-$target" set_up_wasi
    [ -e "$root/stamps/runs-$target" ] || try_out "$target" "$linker" "$runner"
    exports+=("${variable}_LINKER=$linker")
    # Without a runner it is known that nothing here can run the target.
    [ ! -e "$root/stamps/runs-$target" ] || exports+=("${variable}_RUNNER=$runner")
done
printf 'export %s\n' "${exports[@]}"
