//! Operation traces on maps and on tables of every backend, against std's map.

#![no_main]

#[path = "../src/map_trace.rs"]
mod map_trace;
#[path = "../../tests/trace/mod.rs"]
mod trace;

libfuzzer_sys::fuzz_target!(|input: &[u8]| map_trace::run(input).unwrap());
