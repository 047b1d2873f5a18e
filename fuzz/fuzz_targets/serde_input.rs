//! Hostile input for `Deserialize`, against std's map and set.

#![no_main]

#[path = "../src/serde_input.rs"]
mod serde_input;

libfuzzer_sys::fuzz_target!(|input: &[u8]| serde_input::run(input).unwrap());
