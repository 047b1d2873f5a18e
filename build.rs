//! Checks a request for a group backend, and finds out whether the compiler has `core::hint::cold_path`.
//!
//! Why a build script: only here can a request that the target cannot meet be refused with a message. To do without,
//! set `build = false` in a copy of Cargo.toml; what is lost is the check, and `cold_path`, which some lookups
//! gain from, and what walks gain with opt-level "s" (`rosti_small`).
//!
//! Without a request the backend follows from the target alone (`src/group/mod.rs`). A request is made with
//! `RUSTFLAGS='--cfg rosti_group="swar"'` (or another name of [`BACKENDS`]); one that the target cannot
//! meet ends the build here, with a message, instead of deep inside the crate.
//!
//! This file is compiled and run wherever the crate is compiled, so it avoids what takes long: processes, and
//! functions of std that are compiled anew for each use (`ci/compile-time.sh`).

use std::env;

/// Backend name and what a target must be to run it, in words and as a test.
type Backend = (&'static str, &'static str, fn(&Target) -> bool);

const BACKENDS: &[Backend] = &[
    ("swar", "any target", |_| true),
    ("sse2", "x86 or x86-64 with the target feature sse2", |target| {
        (target.arch == "x86" || target.arch == "x86_64") && target.has("sse2")
    }),
    ("neon", "little-endian aarch64 with the target feature neon", |target| {
        target.arch == "aarch64" && target.has("neon") && target.endian == "little"
    }),
    ("simd128", "wasm32 with the target feature simd128", |target| {
        target.arch == "wasm32" && target.has("simd128")
    }),
];

struct Target {
    arch: String,
    endian: String,
    features: String,
}

impl Target {
    fn has(&self, feature: &str) -> bool {
        self.features.split(',').any(|have| have == feature)
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Whether the compiler is at least 1.95, which has `core::hint::cold_path`.
///
/// Of two methods with the same name, the compiler takes the type's own if it is stable, and otherwise that of a
/// trait. `Vec::push_mut`, stable since 1.95 as well, returns a reference; the one below returns nothing. (A nightly
/// of the days between the two would be misjudged. Asking `rustc --version` would take half as long as compiling
/// this file.)
#[allow(unstable_name_collisions, dead_code, clippy::incompatible_msrv, clippy::size_of_ref)]
fn has_cold_path() -> bool {
    trait Before {
        fn push_mut(&mut self, _: u8) {}
    }
    impl Before for Vec<u8> {}
    size_of_val(&Vec::<u8>::new().push_mut(0)) != 0
}

fn main() {
    let target = Target {
        arch: variable("CARGO_CFG_TARGET_ARCH"),
        endian: variable("CARGO_CFG_TARGET_ENDIAN"),
        features: variable("CARGO_CFG_TARGET_FEATURE"),
    };
    let (mut all, mut quoted, mut possible) = (String::new(), String::new(), String::new());
    for &(name, _, runs_on) in BACKENDS {
        let separator = if all.is_empty() { "" } else { ", " };
        all = format!("{all}{separator}{name}");
        quoted = format!("{quoted}{separator}\"{name}\"");
        if runs_on(&target) {
            possible = format!("{possible}{separator}{name}");
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(rosti_group, values({quoted}))");
    println!("cargo::rustc-check-cfg=cfg(rosti_cold_path, rosti_emulated, rosti_invariants)");
    println!("cargo::rustc-check-cfg=cfg(rosti_no_benches, rosti_small, rosti_unoptimised)");
    if has_cold_path() {
        println!("cargo::rustc-cfg=rosti_cold_path");
    }
    match &*variable("OPT_LEVEL") {
        // For tests of what only an unoptimised build spoils.
        "0" => println!("cargo::rustc-cfg=rosti_unoptimised"),
        // For a walk (`src/raw/full.rs`), which is compiled to other instructions.
        "s" | "z" => println!("cargo::rustc-cfg=rosti_small"),
        _ => {}
    }

    let Ok(asked) = env::var("CARGO_CFG_ROSTI_GROUP") else { return };
    let mut problem = format!("there is no such backend; all backends are: {all}");
    for &(name, needs, runs_on) in BACKENDS {
        if name == asked {
            if runs_on(&target) {
                return;
            }
            problem = format!("that backend needs {needs}");
        }
    }
    println!(
        "cargo::error=rosti: asked for `--cfg rosti_group=\"{asked}\"`, but {problem}. This target \
         ({}, {}-endian) can run: {possible}. Ask for one of these, or leave the cfg out to get the \
         target's native backend.",
        target.arch, target.endian
    );
}
