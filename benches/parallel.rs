//! Building a map from a vector of `u64`, by one thread and by all of rayon's:
//! `cargo bench --features rayon --bench parallel`.
//!
//! Prints the time per entry of the quickest of many rounds. The number of threads is rayon's
//! (`RAYON_NUM_THREADS`). With one thread, and `BY_REGIONS` in `src/external/rayon/extend.rs` set to 1, it is
//! what the parallel form costs in total; divided by a number of threads, that is the least that so many
//! need. The constant belongs at the size from which this is less than the serial form's time.

use rayon::prelude::*;
use rosti::HashMap;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    println!("{} threads, ns per entry", rayon::current_num_threads());
    println!("{:>9} {:>7} {:>9}", "entries", "serial", "parallel");
    for len in [1 << 12, 1 << 14, 60_000, 250_000, 900_000, 1_800_000, 3_600_000] {
        // A multiplication by an odd number: no key comes twice.
        let key = |n: u64| (n ^ (n >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let keys: Vec<u64> = (0..len as u64).map(key).collect();
        let serial = quickest(len, || keys.iter().map(|&key| (key, key)).collect());
        let parallel = quickest(len, || keys.par_iter().map(|&key| (key, key)).collect());
        println!("{len:>9} {serial:>7.1} {parallel:>9.1}");
    }
}

/// Nanoseconds per entry that `build` takes in the quickest round. Dropping the map is not counted.
fn quickest(len: usize, build: impl Fn() -> HashMap<u64, u64>) -> f64 {
    let round = || {
        let begin = Instant::now();
        let map = black_box(build());
        let time = begin.elapsed();
        assert_eq!(map.len(), len);
        time
    };
    let rounds = (20_000_000 / len).clamp(5, 1000);
    let quickest = (0..rounds).map(|_| round()).min().expect("there are rounds");
    quickest.as_nanos() as f64 / len as f64
}
