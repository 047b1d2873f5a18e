//! Decides whether the group backend asked for can be had on the target, and what of a newer compiler
//! can be used.
//!
//! Without a request the backend follows from the target alone (`src/group/mod.rs`). A request is
//! made with `RUSTFLAGS='--cfg rosti_group="swar"'` (or another name of [`BACKENDS`]); one that the
//! target cannot meet ends the build here, with a message, instead of deep inside the crate.

use std::env;
use std::process::Command;

/// Backend name and what a target must be to run it, in words and as a test.
type Backend = (&'static str, &'static str, fn(&Target) -> bool);

const BACKENDS: &[Backend] = &[
    ("swar", "any target", |_| true),
    ("sse2", "x86 or x86-64 with the target feature sse2", |target| {
        matches!(target.arch.as_str(), "x86" | "x86_64") && target.has("sse2")
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

fn cfg(name: &str) -> String {
    env::var(format!("CARGO_CFG_{name}")).unwrap_or_default()
}

/// `N` if the compiler has all that is stable in `rustc 1.N`. One on the way to a version may lack some
/// of what that will have.
fn rustc_minor() -> Option<u32> {
    let version = Command::new(env::var_os("RUSTC")?).arg("--version").output().ok()?.stdout;
    let version = String::from_utf8(version).ok()?;
    let minor: u32 = version.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()?;
    let unfinished = ["-nightly", "-dev"].iter().any(|stage| version.contains(stage));
    minor.checked_sub(u32::from(unfinished))
}

fn main() {
    let names: Vec<&str> = BACKENDS.iter().map(|&(name, ..)| name).collect();
    println!("cargo::rustc-check-cfg=cfg(rosti_group, values(\"{}\"))", names.join("\", \""));
    println!(
        "cargo::rustc-check-cfg=cfg(rosti_invariants, rosti_emulated, rosti_cold_path, rosti_no_benches)"
    );
    println!("cargo::rerun-if-changed=build.rs");

    // For tests of what only the compiler can spoil.
    println!("cargo::rustc-check-cfg=cfg(rosti_unoptimised)");
    if env::var("OPT_LEVEL").is_ok_and(|level| level == "0") {
        println!("cargo::rustc-cfg=rosti_unoptimised");
    }

    if rustc_minor().is_some_and(|minor| minor >= 95) {
        println!("cargo::rustc-cfg=rosti_cold_path");
    }

    let target = Target {
        arch: cfg("TARGET_ARCH"),
        endian: cfg("TARGET_ENDIAN"),
        features: cfg("TARGET_FEATURE"),
    };
    let possible: Vec<&str> =
        BACKENDS.iter().filter(|(.., runs_on)| runs_on(&target)).map(|&(name, ..)| name).collect();
    let possible = possible.join(", ");
    let asked = cfg("ROSTI_GROUP");
    if asked.is_empty() && env::var_os("CARGO_CFG_ROSTI_GROUP").is_none() {
        return;
    }
    let problem = match BACKENDS.iter().find(|&&(name, ..)| name == asked) {
        Some((.., runs_on)) if runs_on(&target) => return,
        Some((_, needs, _)) => format!("that backend needs {needs}"),
        None => format!("there is no such backend; all backends are: {}", names.join(", ")),
    };
    println!(
        "cargo::error=rosti: asked for `--cfg rosti_group=\"{asked}\"`, but {problem}. This target \
         ({}, {}-endian) can run: {possible}. Ask for one of these, or leave the cfg out to get the \
         target's native backend.",
        target.arch, target.endian
    );
}
