//! Keys that are strings, for benches that make them one by one.

/// A string of 8 to 24 characters, distinct for numbers that differ in their lower 32 bits.
pub fn text(number: u64) -> String {
    let number = number as u32;
    // The finaliser of `MurmurHash3`, a bijection.
    let number = (number ^ number >> 16).wrapping_mul(0x85EB_CA6B);
    let number = (number ^ number >> 13).wrapping_mul(0xC2B2_AE35);
    let number = number ^ number >> 16;
    format!("{number:08x}{:.width$}", "+".repeat(16), width = (number % 17) as usize)
}
