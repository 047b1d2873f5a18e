//! Operation traces on maps that own their keys, against std's map.

#![no_main]

#[path = "../src/str_trace.rs"]
mod str_trace;
#[path = "../../tests/trace/mod.rs"]
mod trace;

libfuzzer_sys::fuzz_target!(|input: &[u8]| str_trace::run(input).unwrap());
