//! Is my hasher good enough? `cargo run --release --example hasher_check`.
//!
//! Fills maps with the same keys under a good hasher, the default one, and two bad ones, and prints
//! their statistics. (With these keys, one run in some dozens finds the default hasher wanting.)

use foldhash::quality;
use rosti::{DefaultHashBuilder, HashMap, Statistics};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

/// Multiplies by a number; 1 passes the key through unchanged.
#[derive(Default)]
struct Multiply<const FACTOR: u64>(u64);

impl<const FACTOR: u64> Hasher for Multiply<FACTOR> {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(FACTOR);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The multiplier of FxHash.
const FX: u64 = 0x517c_c1b7_2722_0a95;

/// Addresses of pages: their low bits are zero.
fn statistics<S: BuildHasher + Default>() -> Statistics {
    let map: HashMap<u64, (), S> = (0..10_000).map(|page| (page << 12, ())).collect();
    map.statistics()
}

/// Rules of thumb; the documentation of `Statistics` has them all.
fn verdict(of: &Statistics) -> &'static str {
    if of.scattered || of.hit_windows > 1.5 || of.miss_windows > 1.5 {
        "poor: the low bits of hashes are too much alike"
    } else if of.equal_tags > 0.02 {
        "poor: the top bits of hashes are too much alike"
    } else {
        "good"
    }
}

fn main() {
    let hashers = [
        ("foldhash, quality variant", statistics::<quality::RandomState>()),
        ("the default hasher", statistics::<DefaultHashBuilder>()),
        ("one multiplication", statistics::<BuildHasherDefault<Multiply<FX>>>()),
        ("the identity", statistics::<BuildHasherDefault<Multiply<1>>>()),
    ];
    for (name, of) in hashers {
        println!("{name}: {}\n{of}\n", verdict(&of));
    }
}

#[test]
fn verdicts() {
    assert_eq!(verdict(&statistics::<quality::FixedState>()), "good");
    assert!(verdict(&statistics::<BuildHasherDefault<Multiply<FX>>>()).contains("low bits"));
    assert!(verdict(&statistics::<BuildHasherDefault<Multiply<1>>>()).contains("low bits"));
}
