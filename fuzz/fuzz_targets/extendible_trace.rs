//! Operation traces on tables of tables, against an ordered map.

#![no_main]

#[path = "../src/extendible_trace.rs"]
mod extendible_trace;
#[path = "../../tests/trace/mod.rs"]
mod trace;

libfuzzer_sys::fuzz_target!(|input: &[u8]| extendible_trace::run(input).unwrap());
