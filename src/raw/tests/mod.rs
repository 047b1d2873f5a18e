//! Tests of the core, as functions of a backend.
//!
//! | file | question |
//! |---|---|
//! | `trace.rs` | what a random operation is, and how a table carries it out |
//! | `model.rs` | does a table do what an ordered map does, with I1–I6 after every operation |
//! | `twin.rs` | do two backends of the same shape leave the same bytes |
//!
//! [`backends!`] makes a test of each function for every backend that runs on the machine.

use crate::group::Group;
use crate::raw::RawTable;
use crate::raw::control::Control;
use alloc::string::String;

/// One test per backend of each function named, `function::backend`.
macro_rules! backends {
    ($($test:ident)*) => {$(
        mod $test {
            #[test]
            fn native() {
                super::$test::<crate::group::Native>();
            }
            #[test]
            fn swar() {
                super::$test::<crate::group::Swar>();
            }
            #[test]
            fn scalar_8() {
                super::$test::<crate::group::Scalar<8>>();
            }
            #[test]
            fn scalar_16() {
                super::$test::<crate::group::Scalar<16>>();
            }
            // Without a request for SWAR these are the native one.
            #[cfg(all(
                rosti_group = "swar",
                any(target_arch = "x86", target_arch = "x86_64"),
                target_feature = "sse2"
            ))]
            #[test]
            fn sse2() {
                super::$test::<crate::group::Sse2>();
            }
            #[cfg(all(
                rosti_group = "swar",
                target_arch = "aarch64",
                target_feature = "neon",
                target_endian = "little"
            ))]
            #[test]
            fn neon() {
                super::$test::<crate::group::Neon>();
            }
        }
    )*};
}

mod model;
mod trace;
mod twin;

/// SplitMix64.
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        finish(self.0)
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in `times` calls.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// SplitMix64's output function.
fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A good hash of a key.
fn mix(key: u64) -> u64 {
    finish(key ^ 0x9e37_79b9_7f4a_7c15)
}

/// The bits of a hash that its tag is made of.
const TAG_BITS: u64 = 0x7f << (usize::BITS - 7);

type HashFn = fn(u64) -> u64;

/// A good hash and bad ones.
const HASHES: [(&str, HashFn); 7] = [
    ("mix", mix),
    ("zero", |_| 0),
    ("all ones", |_| u64::MAX),
    ("identity", |key| key),
    ("low four bits", |key| mix(key) & 15),
    ("tag only", |key| mix(key) & TAG_BITS),
    // In a table of any size, homes are 0 and `mask` only.
    ("first and last home", |key| mix(key) & TAG_BITS | ((key & 1).wrapping_neg() & !TAG_BITS)),
];

/// A number for optimised builds, cut down for debug builds and for Miri.
const fn scaled(release: usize, debug: usize, miri: usize) -> usize {
    if cfg!(miri) {
        miri
    } else if cfg!(debug_assertions) {
        debug
    } else {
        release
    }
}

/// The capacity of the smallest table with several windows, of twice as many homes, and so on.
fn capacity_of_homes<G: Group>(doublings: u32) -> usize {
    let slots = Control::<G>::SHAPE.slots((2 * G::WIDTH) << doublings);
    slots - slots.div_ceil(8)
}

/// A dump without the name of the backend.
fn bytes_of<T, G: Group, A: crate::allocator::Allocator>(table: &RawTable<T, G, A>) -> String {
    let dump = table.dump();
    dump.strip_prefix(G::NAME).expect("a dump begins with the backend's name").into()
}
