//! Tests of the core, as functions of a backend. Each file says at its top which question it answers.
//!
//! [`backends!`] makes a test of each function for every backend that runs on the machine. Where
//! panics abort, tests that need unwinding are left out.

use crate::allocator::{Allocator, Global};
use crate::capacity::Size;
use crate::group::Group;
use crate::raw::RawTable;
use crate::raw::claim::TRIES;
use crate::raw::control::Control;
use crate::raw::overflow::NOT_SCATTERED;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

/// One test per backend of each function named, `function::backend`.
macro_rules! backends {
    ($($(#[$attribute:meta])* $test:ident)*) => {$(
        mod $test {
            $(#[$attribute])*
            #[test]
            fn best() {
                super::$test::<crate::group::Best>();
            }
            $(#[$attribute])*
            #[test]
            fn swar() {
                super::$test::<crate::group::Swar>();
            }
            $(#[$attribute])*
            #[test]
            fn scalar_8() {
                super::$test::<crate::group::Scalar<8>>();
            }
            $(#[$attribute])*
            #[test]
            fn scalar_16() {
                super::$test::<crate::group::Scalar<16>>();
            }
        }
    )*};
}

pub(crate) use backends;
#[cfg(feature = "allocator-api2")]
pub(crate) use meter::Metered;

mod arithmetic;
pub(crate) mod batch;
mod claim;
mod counts;
mod elements;
#[cfg(feature = "allocator-api2")]
mod meter;
mod model;
#[cfg(panic = "unwind")]
mod negative;
#[cfg(panic = "unwind")]
mod panics;
mod pop;
mod prefetch;
mod reach;
mod reference;
mod region;
mod scan;
mod scatter;
mod sizes;
mod statistics;
mod trace;
mod twin;
mod walks;

/// SplitMix64.
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        finish(self.0)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in `times` calls.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
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
pub(crate) fn mix(key: u64) -> u64 {
    finish(key ^ 0x9e37_79b9_7f4a_7c15)
}

/// The bits of a hash that its tag is made of.
const TAG_BITS: u64 = 0x7f << (usize::BITS - 7);

pub(crate) type HashFn = fn(u64) -> u64;

/// A good hash and bad ones.
const HASHES: [(&str, HashFn); if cfg!(miri) { 3 } else { 8 }] = [
    ("mix", mix),
    #[cfg(not(miri))]
    ("zero", |_| 0),
    ("all ones", |_| u64::MAX),
    #[cfg(not(miri))]
    ("identity", |key| key),
    #[cfg(not(miri))]
    ("low four bits", |key| mix(key) & 15),
    // Home 0, and in small numbers one tag: such tables are scattered.
    #[cfg(not(miri))]
    ("middle bits", |key| key << 16),
    #[cfg(not(miri))]
    ("tag only", |key| mix(key) & TAG_BITS),
    // In a table of any size, homes are 0 and `mask` only.
    ("first and last home", |key| mix(key) & TAG_BITS | ((key & 1).wrapping_neg() & !TAG_BITS)),
];

/// A number for optimised builds, cut down for debug builds and for Miri; for emulators as far
/// from the second as from the third, in factors.
pub(crate) const fn scaled(release: usize, debug: usize, miri: usize) -> usize {
    if cfg!(miri) {
        miri
    } else if cfg!(rosti_emulated) {
        let between = debug * if miri == 0 { 1 } else { miri };
        between.saturating_sub(1).isqrt() + 1
    } else if cfg!(debug_assertions) {
        debug
    } else {
        release
    }
}

/// All hashes, but under Miri one good and one bad: for what takes long.
fn few_hashes() -> impl Iterator<Item = (&'static str, HashFn)> {
    HASHES.into_iter().step_by(scaled(1, 1, 2))
}

/// Whether one of many cases is tried: each, but under Miri one of so many.
pub(crate) const fn tried(case: usize, of: usize) -> bool {
    !cfg!(miri) || case % of == 0
}

/// The numbers of calls of user code before one that panics: all, but under Miri ever fewer.
fn calls() -> impl Iterator<Item = usize> {
    let next = |n: &usize| Some(if cfg!(miri) { 10 * n + 7 } else { n + 1 });
    core::iter::successors(Some(if cfg!(miri) { 7 } else { 0 }), next)
}

/// Those of so many calls, but under Miri only one.
fn calls_of(all: usize) -> impl Iterator<Item = usize> {
    (0..all).skip(scaled(0, 0, all / 4)).take(scaled(all, all, 1))
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Whether inserts have gone so far from home that a rebuild pays.
    fn is_worn(&self) -> bool {
        // SAFETY: who could write to the table must have borrowed it mutably.
        unsafe { self.control.is_worn() }
    }

    /// Whether there are so many entries far from home that hashes must be weak.
    fn is_crowded(&self) -> bool {
        // SAFETY: as above, and the table has several windows.
        self.control.has_several_windows() && unsafe { self.control.is_crowded() }
    }

    /// Whether growth and rebuilds look for the bits of hashes that scatter walks best.
    fn looks_for_bits(&self) -> bool {
        // SAFETY: as above.
        self.is_crowded() || unsafe { self.control.is_scattered() }
    }

    /// Which bits of hashes scatter walks.
    fn shift(&self) -> u32 {
        match self.control.has_several_windows() {
            // SAFETY: as above.
            true => unsafe { self.control.shift() },
            false => NOT_SCATTERED,
        }
    }
}

/// A key that is its own value, hashed by `mix`: for tests that need nothing but a table.
type Keys<G> = RawTable<u64, G, Global>;

fn key_hasher(key: &u64) -> u64 {
    mix(*key)
}

/// Inserts keys that are absent.
fn insert_all<G: Group, A: Allocator>(
    table: &mut RawTable<u64, G, A>,
    keys: impl IntoIterator<Item = u64>,
) {
    insert_by(table, keys, key_hasher);
}

/// The same, with this hasher.
fn insert_by<G: Group, A: Allocator>(
    table: &mut RawTable<u64, G, A>,
    keys: impl IntoIterator<Item = u64>,
    hasher: impl Fn(&u64) -> u64,
) {
    keys.into_iter().for_each(|key| _ = table.insert_unique(hasher(&key), key, &hasher));
}

/// Removes keys that are present.
fn remove_all<G: Group, A: Allocator>(
    table: &mut RawTable<u64, G, A>,
    keys: impl IntoIterator<Item = u64>,
) {
    for key in keys {
        assert_eq!(table.remove(mix(key), |&k| k == key), Some(key));
    }
}

/// Whether a key is found.
fn has<G: Group, A: Allocator>(table: &RawTable<u64, G, A>, key: u64) -> bool {
    table.find(mix(key), |&k| k == key).is_some()
}

/// Counts a call that returns this.
fn tick<T>(calls: &Cell<usize>, result: T) -> T {
    calls.set(calls.get() + 1);
    result
}

/// The capacity of the smallest table with several windows, of twice as many homes, and so on.
fn capacity_of_homes<G: Group>(doublings: u32) -> usize {
    let homes = (2 * G::WIDTH) << doublings;
    Size { homes, slots: Control::<G>::SHAPE.slots(homes) }.capacity()
}

/// A table of keys from 0 up, filled to the capacity of `(2 * WIDTH) << doublings` homes.
fn full_table<G: Group>(doublings: u32) -> Keys<G> {
    let capacity = capacity_of_homes::<G>(doublings);
    let mut table = Keys::with_capacity_in(capacity, Global);
    insert_all(&mut table, 0..capacity as u64);
    assert_eq!((table.len(), table.capacity()), (capacity, capacity));
    table
}

/// A table as [`full_table`] that lost and got entries until the next insert that looks past a
/// window rebuilds it. It has room for a quarter of its entries.
fn worn_table<G: Group>(doublings: u32) -> Keys<G> {
    let mut table = full_table::<G>(doublings);
    let capacity = table.capacity() as u64;
    // At full load a new entry overflows a window with good chance.
    for key in 0..100 * capacity {
        remove_all(&mut table, [key]);
        if table.is_worn() {
            remove_all(&mut table, key + 1..=key + capacity / 4);
            table.check_invariants(key_hasher);
            return table;
        }
        let (new, calls) = (key + capacity, Cell::new(0));
        table.insert_unique(mix(new), new, |key| tick(&calls, key_hasher(key)));
        assert!(calls.get() <= TRIES, "a rebuild below the limit");
    }
    panic!("churn at full load never wore the table\n{}", table.dump());
}

/// The entries of a table, by `RawIter`.
fn entries<T, G: Group, A: Allocator>(
    table: &RawTable<T, G, A>,
) -> impl ExactSizeIterator<Item = &T> + Clone {
    // SAFETY: the result borrows the table.
    let entries = unsafe { table.raw_iter() };
    // SAFETY: an entry of the table.
    entries.map(|entry| unsafe { entry.as_ref() })
}

/// What an iterator returns, by `fold`: with nothing to carry along, as with much of it `fold` may be a loop of `next`.
pub(crate) fn by_fold<T>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    items.for_each(|item| all.push(item));
    all
}

fn sorted<T: Ord>(entries: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut entries: Vec<T> = entries.into_iter().collect();
    entries.sort_unstable();
    entries
}

/// All keys of a table, sorted.
fn sorted_keys<G: Group>(table: &Keys<G>) -> Vec<u64> {
    sorted(entries(table).copied())
}

/// Searches for an entry that is absent, inserts it and returns its slot.
fn insert_new<T: Copy + PartialEq, G: Group>(
    table: &mut RawTable<T, G, Global>,
    hash: u64,
    entry: T,
    hasher: impl Fn(&T) -> u64,
) -> usize {
    let slot = table.find_or_vacant(hash, |&other| other == entry, hasher);
    let slot = slot.expect_err("the entry is absent");
    // SAFETY: the slot was found vacant for this hash just now.
    unsafe { table.insert_at(slot, hash, entry) };
    slot
}

/// Number of positions that some entry has left.
fn overflowed_homes<T, G: Group, A: Allocator>(table: &RawTable<T, G, A>) -> usize {
    // SAFETY: positions up to `mask`.
    (0..=table.control.mask()).filter(|&p| unsafe { table.control.overflowed(p) }).count()
}

/// A dump without the name of the backend.
fn bytes_of<T, G: Group, A: Allocator>(table: &RawTable<T, G, A>) -> String {
    let dump = table.dump();
    dump.strip_prefix(G::NAME).expect("a dump begins with the backend's name").into()
}
