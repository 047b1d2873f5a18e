//! The maps under comparison, behind one trait.
//!
//! A new subject is one more entry at the end of this file, a name in [`SUBJECTS`](crate::run) and a
//! turn there. A map that is of use for some elements only (an integer map, say) gets its turn in the
//! `Lineup` of each.

use crate::backend::Core;
use crate::element::{Element, Key, Value};
use rosti::internals::Swar;
use std::hash::BuildHasher;

/// The operations that the workloads are made of. Every method is the one call its name says,
/// inlined, so that nothing of this trait is left in a measured loop.
pub trait Map<E: Element>: Clone + Sized {
    /// Whether it can be iterated over. If not, `sum` and `fold` are good for checks only.
    const WALKS: bool = true;
    /// A key as it is handed in: the owned key, or for a map that makes a copy of its own what it
    /// copies from.
    type Given<'a>: Clone;

    /// The keys of `draws`, ready to be handed in.
    fn give<'a>(draws: &[<E::Key as Key>::Draw<'a>]) -> Vec<Self::Given<'a>>;
    /// An empty map without an allocation.
    fn new() -> Self;
    /// An empty map that takes `capacity` entries without growing.
    fn with_capacity(capacity: usize) -> Self;
    /// A map of all `entries`.
    fn collect<'a>(entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) -> Self;
    /// Number of entries.
    fn len(&self) -> usize;
    /// Heap bytes, where the map can tell.
    fn bytes(&self) -> Option<usize>;
    /// Inserts or overwrites.
    fn insert(&mut self, key: Self::Given<'_>, value: E::Value);
    /// Finds the value.
    fn get(&self, key: &<E::Key as Key>::Query) -> Option<&E::Value>;
    /// Finds the entry: its [link](Element::link) and the value's word.
    fn follow(&self, key: &<E::Key as Key>::Query) -> Option<(usize, u64)>;
    /// Removes an entry.
    fn remove(&mut self, key: &<E::Key as Key>::Query) -> Option<E::Value>;
    /// `*map.entry(key).or_insert(0) += 1`.
    fn count(&mut self, key: Self::Given<'_>);
    /// Inserts all `entries`.
    fn extend<'a>(&mut self, entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>);
    /// Keeps about half of the entries.
    fn retain_half(&mut self);
    /// Removes all entries, keeps the allocation.
    fn clear(&mut self);
    /// Sum of all entries by a `for` loop.
    fn sum(&self) -> u64;
    /// Sum of all entries by internal iteration.
    fn fold(&self) -> u64;
}

/// One column of the table.
pub trait Subject<E: Element>: 'static {
    /// Its name in tables, files and on the command line.
    const NAME: &'static str;
    /// A number no other subject has; see [`distinct`](crate::work).
    const ID: usize;
    /// Its map type.
    type Map: Map<E>;
}

/// What one entry adds to the checksum of an iteration.
#[inline(always)]
pub fn word<E: Element>(key: &E::Key, value: &E::Value) -> u64 {
    key.word().wrapping_add(value.word())
}

macro_rules! subjects {
    ($($(#[$doc:meta])* $id:literal $name:literal $subject:ident = $map:ty, |$this:pat_param| $bytes:expr;)+) => {$(
        $(#[$doc])*
        pub enum $subject {}

        impl<E: Element> Subject<E> for $subject {
            const NAME: &'static str = $name;
            const ID: usize = $id;
            type Map = $map;
        }

        impl<E: Element> Map<E> for $map {
            type Given<'a> = E::Key;

            fn give<'a>(draws: &[<E::Key as Key>::Draw<'a>]) -> Vec<Self::Given<'a>> {
                E::Key::own(draws)
            }

            #[inline(always)]
            fn new() -> Self {
                Self::default()
            }

            #[inline(always)]
            fn with_capacity(capacity: usize) -> Self {
                Self::with_capacity_and_hasher(capacity, Default::default())
            }

            #[inline(always)]
            fn collect<'a>(entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) -> Self {
                entries.collect()
            }

            #[inline(always)]
            fn len(&self) -> usize {
                self.len()
            }

            fn bytes(&self) -> Option<usize> {
                let $this = self;
                $bytes
            }

            #[inline(always)]
            fn insert(&mut self, key: E::Key, value: E::Value) {
                self.insert(key, value);
            }

            #[inline(always)]
            fn get(&self, key: &<E::Key as Key>::Query) -> Option<&E::Value> {
                self.get(key)
            }

            #[inline(always)]
            fn follow(&self, key: &<E::Key as Key>::Query) -> Option<(usize, u64)> {
                let (key, value) = self.get_key_value(key)?;
                Some((E::link(key, value), value.word()))
            }

            #[inline(always)]
            fn remove(&mut self, key: &<E::Key as Key>::Query) -> Option<E::Value> {
                self.remove(key)
            }

            #[inline(always)]
            fn count(&mut self, key: E::Key) {
                self.entry(key).or_insert(E::Value::of(0)).bump();
            }

            #[inline(always)]
            fn extend<'a>(&mut self, entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) {
                Extend::extend(self, entries);
            }

            #[inline(always)]
            fn retain_half(&mut self) {
                self.retain(|key, value| word::<E>(key, value) & 1 == 0);
            }

            #[inline(always)]
            fn clear(&mut self) {
                self.clear();
            }

            #[inline(always)]
            fn sum(&self) -> u64 {
                let mut sum = 0_u64;
                for (key, value) in self {
                    sum = sum.wrapping_add(word::<E>(key, value));
                }
                sum
            }

            #[inline(always)]
            fn fold(&self) -> u64 {
                self.iter().fold(0_u64, |sum, (key, value)| sum.wrapping_add(word::<E>(key, value)))
            }
        }
    )+};
}

/// foldhash's default hasher under another name: the null row's maps are another type with code
/// of their own.
#[derive(Clone, Default)]
pub struct SameHash(foldhash::fast::RandomState);

impl BuildHasher for SameHash {
    type Hasher = <foldhash::fast::RandomState as BuildHasher>::Hasher;

    #[inline(always)]
    fn build_hasher(&self) -> Self::Hasher {
        self.0.build_hasher()
    }
}

subjects! {
    /// This crate with its default hasher.
    1 "rosti" Rosti = rosti::HashMap<E::Key, E::Value>, |map| Some(map.allocation_size());
    /// What all ratios are relative to.
    2 "hashbrown" Hashbrown = hashbrown::HashMap<E::Key, E::Value, foldhash::fast::RandomState>,
        |map| Some(map.allocation_size());
    /// The standard library's map and hasher.
    3 "std" Std = std::collections::HashMap<E::Key, E::Value>, |_| None;
    /// hashbrown once more: its distance from 1.00 is the noise of the run.
    4 "null" Null = hashbrown::HashMap<E::Key, E::Value, SameHash>, |map| Some(map.allocation_size());
    /// The standard library's map with hashbrown's hasher: the table without the hash.
    5 "std+fold" StdFold = std::collections::HashMap<E::Key, E::Value, foldhash::fast::RandomState>, |_| None;
    /// This crate with its hash of integers, for the kinds whose keys are integers.
    7 "int" Int = rosti::IntMap<E::Key, E::Value>, |map| Some(map.allocation_size());
}

/// rosti's table on the portable backend.
pub enum RostiSwar {}

impl<E: Element> Subject<E> for RostiSwar {
    const NAME: &'static str = "rosti-swar";
    const ID: usize = 6;
    type Map = Core<E, Swar>;
}
