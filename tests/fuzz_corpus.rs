//! The fuzz targets' corpora, and every finding there was, replayed without a fuzzer.
//!
//! The body of each target is the same code that the fuzzer runs; fuzz/README.md says how.

#![cfg(feature = "scan")]

use std::fs;
use std::path::Path;

#[cfg(feature = "extendible")]
#[path = "../fuzz/src/extendible_trace.rs"]
mod extendible_trace;
#[path = "../fuzz/src/map_trace.rs"]
mod map_trace;
#[cfg(feature = "serde")]
#[path = "../fuzz/src/serde_input.rs"]
mod serde_input;
#[cfg(feature = "str")]
#[path = "../fuzz/src/str_trace.rs"]
mod str_trace;
mod trace;

/// Runs a target on each input of its corpus; fails with all that failed, by name.
fn replay(target: &str, run: fn(&[u8]) -> Result<(), String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("the entry can be read").path())
        .collect();
    paths.sort();
    assert!(paths.len() > 50, "{} has only {} inputs", folder.display(), paths.len());
    // Miri takes some from all over the corpus.
    let step = if cfg!(miri) { paths.len() / 8 } else { 1 };
    let failures: Vec<String> = paths
        .iter()
        .step_by(step)
        .filter_map(|path| {
            let input = fs::read(path).expect("the input can be read");
            run(&input).err().map(|message| format!("{}: {message}", path.display()))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn map_traces() {
    replay("map_trace", map_trace::run);
}

#[cfg(feature = "extendible")]
#[test]
fn extendible_traces() {
    replay("extendible_trace", extendible_trace::run);
}

#[cfg(feature = "str")]
#[test]
fn str_traces() {
    replay("str_trace", str_trace::run);
}

#[cfg(feature = "serde")]
#[test]
fn serde_inputs() {
    replay("serde_input", serde_input::run);
}
