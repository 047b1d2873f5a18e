//! `HashTable`: a table whose hashes and comparisons come from the caller.
//!
//! The raw table behind a safe interface, with the native backend chosen. Every operation takes a
//! hash and a closure that recognises the entry, so keys may live outside of the table, be looked
//! up by several criteria, or carry their hash with them. Maps and sets are built on it; it knows
//! neither `Hash` nor `Eq`.
//!
//! What hashbrown's interface calls a *bucket* is a slot of the core. `entry.rs` has the entries,
//! `iter.rs` the iterators.
//!
//! ```
//! use rosti::{DefaultHashBuilder, HashTable};
//! use std::hash::BuildHasher;
//!
//! // Interned strings: each text is stored once, the table holds numbers only.
//! let mut texts: Vec<&str> = Vec::new();
//! let mut numbers: HashTable<usize> = HashTable::new();
//! let build = DefaultHashBuilder::default();
//!
//! for text in ["rosti", "butter", "rosti"] {
//!     let hash = build.hash_one(text);
//!     let entry = numbers.entry(hash, |&i| texts[i] == text, |&i| build.hash_one(texts[i]));
//!     entry.or_insert(texts.len());
//!     if numbers.len() > texts.len() {
//!         texts.push(text);
//!     }
//! }
//! assert_eq!(texts, ["rosti", "butter"]);
//! ```

use core::fmt::Debug;
use core::marker::PhantomData;

use crate::allocator::{Allocator, Global};
use crate::error::TryReserveError;
use crate::group::Native;
use crate::raw::{RawTable, Statistics};

#[cfg(feature = "batch")]
mod batch;
mod entry;
mod fallible;
mod iter;
mod methods;
#[cfg(feature = "scan")]
mod scan;

#[cfg(feature = "batch")]
pub use batch::FindBatch;
#[cfg(feature = "batch")]
pub(crate) use batch::answers;
use entry::Vacancy;
pub(crate) use entry::debug_entry;
pub use entry::{AbsentEntry, Entry, OccupiedEntry, VacantEntry};
pub use iter::{
    Drain, ExtractIf, IntoIter, Iter, IterBuckets, IterHash, IterHashBuckets, IterHashMut, IterMut,
    UnsafeIter,
};
pub(crate) use iter::{
    debug_list, exact_size, extract_if, forward_iterator, into_iterator, iterator_types,
};
pub(crate) use methods::{constructors, constructors_in, measures, removals, reserve, try_clone};

/// The parallel iterators of tables, for code that needs to name the type.
#[cfg(feature = "rayon")]
pub mod rayon {
    pub use crate::external::rayon::table::*;
}

/// A hash table whose hashes and comparisons come from the caller.
///
/// A `hasher` must return for each entry the hash that the entry was inserted with. A search for a
/// `hash` calls `eq` only with entries that may have that hash. If hashes or comparisons are wrong,
/// entries may be hard to find or present twice, but there is never undefined behaviour. It is also
/// wrong for `eq` to accept an entry that was inserted with another hash: when that entry is
/// removed, other entries with the searched hash may become hard to find.
///
/// The same entry may be inserted more than once with
/// [`insert_unique`](Self::insert_unique), which makes the table a multimap;
/// [`iter_hash`](Self::iter_hash) finds them all.
///
/// The order of iteration is arbitrary. Lookups, insertions and removals are O(1) expected; an
/// insertion that grows the table is O(len).
///
/// ```
/// use rosti::{DefaultHashBuilder, HashTable};
/// use std::hash::BuildHasher;
///
/// let build = DefaultHashBuilder::default();
/// let hash = |n: &u64| build.hash_one(n);
///
/// let mut table = HashTable::new();
/// table.insert_unique(hash(&7), 7, hash);
/// assert_eq!(table.find(hash(&7), |&n| n == 7), Some(&7));
/// assert_eq!(table.find(hash(&8), |&n| n == 8), None);
/// ```
pub struct HashTable<T, A: Allocator = Global> {
    pub(crate) raw: RawTable<T, Native, A>,
}

impl<T> HashTable<T> {
    constructors! {
        "table" of "entries", "HashTable::<u64>";
        [const, "; usable in constants"] new => Self::new_in(Global);
        with_capacity: |capacity| Self::with_capacity_in(capacity, Global)
    }
}

impl<T, A: Allocator> HashTable<T, A> {
    constructors_in! {
        "table" of "entries", "HashTable::<u64>", "table.insert_unique(7, 7, |&n| n);";
        [const, "; usable in constants"] new_in: |alloc| HashTable { raw: RawTable::new_in(alloc) };
        with_capacity_in: |capacity| HashTable { raw: RawTable::with_capacity_in(capacity, alloc) }
    }

    measures! {
        "table" of "entries", "HashTable::<u64>", "table.insert_unique(7, 7, |&n| n);", |self| raw;
        capacity: "How many entries the table can hold without growing, whatever is removed and inserted in the meantime. \
            O(1).";
        allocation_size: "not counting what its entries own. O(1).", "8" => self.raw.allocation_size();
        clear: self.raw.clear()
    }

    examples! {
        "let mut table = rosti::HashTable::new();\n\
            table.insert_unique(7, 'a', |_| 7);";

        /// The entry that `eq` accepts, among those with this hash. O(1) expected.
        #[example("assert_eq!(table.find(7, |&c| c == 'a'), Some(&'a'));",
            "assert_eq!(table.find(7, |&c| c == 'b'), None);")]
        #[inline]
        pub fn find(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&T> {
            let slot = self.raw.find(hash, eq)?;
            // SAFETY: `find` returns full slots (I3).
            Some(unsafe { self.raw.get(slot) })
        }

        /// A mutable reference to the entry that `eq` accepts. Its hash must not change. O(1) expected.
        #[example("*table.find_mut(7, |&c| c == 'a').unwrap() = 'b';",
            "assert_eq!(table.iter().next(), Some(&'b'));")]
        #[inline]
        pub fn find_mut(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&mut T> {
            let slot = self.raw.find(hash, eq)?;
            // SAFETY: `find` returns full slots (I3).
            Some(unsafe { self.raw.get_mut(slot) })
        }

        /// The entry that `eq` accepts, to be changed or removed, or else the table. Unlike [`entry`](Self::entry), it
        /// never makes room and needs no hasher. O(1) expected.
        ///
        /// # Errors
        /// [`AbsentEntry`], which gives the table back, if there is no such entry.
        #[example("assert_eq!(table.find_entry(7, |&c| c == 'a').unwrap().remove().0, 'a');",
            "assert!(table.find_entry(7, |&c| c == 'a').is_err());")]
        #[inline]
        pub fn find_entry(
            &mut self,
            hash: u64,
            eq: impl FnMut(&T) -> bool,
        ) -> Result<OccupiedEntry<'_, T, A>, AbsentEntry<'_, T, A>> {
            match self.raw.find(hash, eq) {
                Some(slot) => Ok(OccupiedEntry { slot, hash: Some(hash), table: self }),
                None => Err(AbsentEntry { table: self }),
            }
        }

        /// The bucket index of the entry that `eq` accepts; see [`OccupiedEntry::bucket_index`] for how long it stays
        /// valid. O(1) expected.
        #[example("let index = table.find_bucket_index(7, |&c| c == 'a').unwrap();",
            "assert_eq!(table.get_bucket(index), Some(&'a'));")]
        #[inline]
        pub fn find_bucket_index(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<usize> {
            self.raw.find(hash, eq)
        }
    }

    /// The entry that `eq` accepts, or the slot where it belongs: a search and an insertion in
    /// one. Makes room only if there is no such entry, calling `hasher` for those that move, or might.
    /// O(1) expected and amortised.
    ///
    /// # Panics
    /// If the table must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let hash = |&(letter, _): &(char, u32)| letter as u64;
    /// let mut letters = rosti::HashTable::new();
    /// for letter in "rosti toast".chars() {
    ///     let entry = letters.entry(letter as u64, |entry| entry.0 == letter, hash);
    ///     entry.or_insert((letter, 0)).get_mut().1 += 1;
    /// }
    /// assert_eq!(letters.find('t' as u64, |entry| entry.0 == 't'), Some(&('t', 3)));
    /// ```
    #[inline]
    pub fn entry(
        &mut self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Entry<'_, T, A> {
        match self.raw.find_or_vacant(hash, eq, hasher) {
            Ok(slot) => Entry::Occupied(OccupiedEntry { slot, hash: Some(hash), table: self }),
            Err(slot) => {
                let vacancy = Vacancy::Hash(hash);
                Entry::Vacant(VacantEntry { slot, vacancy, table: self })
            }
        }
    }

    examples! {
        "let mut table = rosti::HashTable::new();\n\
            let index = table.insert_unique(7, 'a', |_| 7).bucket_index();";

        /// The entry with a bucket index, to be changed or removed; any number is allowed. O(1).
        ///
        /// # Errors
        /// [`AbsentEntry`], which gives the table back, if there is none.
        #[example("assert_eq!(table.get_bucket_entry(index).unwrap().remove().0, 'a');",
            "assert!(table.get_bucket_entry(index).is_err());")]
        #[inline]
        pub fn get_bucket_entry(
            &mut self,
            index: usize,
        ) -> Result<OccupiedEntry<'_, T, A>, AbsentEntry<'_, T, A>> {
            if self.raw.is_full(index) {
                Ok(OccupiedEntry { slot: index, hash: None, table: self })
            } else {
                Err(AbsentEntry { table: self })
            }
        }

        /// The entry with a bucket index, to be changed or removed, without a check. O(1).
        ///
        /// # Safety
        /// The index is that of an entry; see [`OccupiedEntry::bucket_index`] for how long that holds.
        #[example("// SAFETY: the table has not changed since.",
            "assert_eq!(unsafe { table.get_bucket_entry_unchecked(index) }.get(), &'a');")]
        #[inline]
        pub unsafe fn get_bucket_entry_unchecked(&mut self, index: usize) -> OccupiedEntry<'_, T, A> {
            debug_assert!(self.raw.is_full(index), "bucket {index} holds no entry");
            OccupiedEntry { slot: index, hash: None, table: self }
        }

        /// The entry with a bucket index; any number is allowed. O(1).
        #[example("assert_eq!((table.get_bucket(index), table.get_bucket(usize::MAX)), (Some(&'a'), None));")]
        #[inline]
        pub fn get_bucket(&self, index: usize) -> Option<&T> {
            // SAFETY: the slot is full (I3).
            self.raw.is_full(index).then(|| unsafe { self.raw.get(index) })
        }

        /// The entry with a bucket index, without a check. O(1).
        ///
        /// # Safety
        /// The index is that of an entry; see [`OccupiedEntry::bucket_index`] for how long that holds.
        #[example("// SAFETY: the table has not changed since.",
            "assert_eq!(unsafe { table.get_bucket_unchecked(index) }, &'a');")]
        #[inline]
        pub unsafe fn get_bucket_unchecked(&self, index: usize) -> &T {
            debug_assert!(self.raw.is_full(index), "bucket {index} holds no entry");
            // SAFETY: the caller's contract.
            unsafe { self.raw.get(index) }
        }

        /// A mutable reference to the entry with a bucket index; any number is allowed. Its hash must not change. O(1).
        #[example("*table.get_bucket_mut(index).unwrap() = 'b';",
            "assert_eq!(table.get_bucket(index), Some(&'b'));")]
        #[inline]
        pub fn get_bucket_mut(&mut self, index: usize) -> Option<&mut T> {
            // SAFETY: the slot is full (I3).
            self.raw.is_full(index).then(|| unsafe { self.raw.get_mut(index) })
        }

        /// A mutable reference to the entry with a bucket index, without a check. Its hash must not change. O(1).
        ///
        /// # Safety
        /// The index is that of an entry; see [`OccupiedEntry::bucket_index`] for how long that holds.
        #[example("// SAFETY: the table has not changed since.",
            "*unsafe { table.get_bucket_unchecked_mut(index) } = 'b';",
            "assert_eq!(table.get_bucket(index), Some(&'b'));")]
        #[inline]
        pub unsafe fn get_bucket_unchecked_mut(&mut self, index: usize) -> &mut T {
            debug_assert!(self.raw.is_full(index), "bucket {index} holds no entry");
            // SAFETY: the caller's contract.
            unsafe { self.raw.get_mut(index) }
        }
    }

    /// Stores an entry without a search for an equal one. `hasher` is called for the entries that
    /// move, or might, if the table must make room. O(1) amortised.
    ///
    /// # Panics
    /// If the table must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut table = rosti::HashTable::new();
    /// for n in [7, 8, 7] {
    ///     table.insert_unique(n, n, |&n| n);
    /// }
    /// assert_eq!(table.len(), 3);
    /// ```
    #[inline]
    pub fn insert_unique(
        &mut self,
        hash: u64,
        value: T,
        hasher: impl Fn(&T) -> u64,
    ) -> OccupiedEntry<'_, T, A> {
        let slot = self.raw.insert_unique(hash, value, hasher);
        OccupiedEntry { slot, hash: Some(hash), table: self }
    }

    examples! {
        "let mut table = rosti::HashTable::with_capacity(100);\n\
            table.insert_unique(7, 'a', |_| 7);";

        /// Gives back as much memory as possible. O(slots).
        ///
        /// # Panics
        /// Aborts if the allocator cannot provide a smaller block.
        #[example("table.shrink_to_fit(|_| 7);",
            "assert!(table.capacity() < 100);")]
        #[inline]
        pub fn shrink_to_fit(&mut self, hasher: impl Fn(&T) -> u64) {
            self.raw.shrink_to(0, hasher);
        }

        /// Gives back memory, but keeps room for `min_capacity` entries. Does nothing if the capacity is already
        /// smaller. O(slots).
        ///
        /// # Panics
        /// Aborts if the allocator cannot provide a smaller block.
        #[example("table.shrink_to(10, |_| 7);",
            "assert!((10..100).contains(&table.capacity()));")]
        #[inline]
        pub fn shrink_to(&mut self, min_capacity: usize, hasher: impl Fn(&T) -> u64) {
            self.raw.shrink_to(min_capacity, hasher);
        }
    }

    reserve! {
        "table" of "entries", "HashTable::<u64>", [self.raw, hasher],
        reserve: "O(slots) if the table must grow.", try_reserve: " and changes nothing.",
        given: hasher "|&n| n"
    }

    /// The number of buckets: bucket indices are below it. It is larger than
    /// [`capacity`](Self::capacity) except in the smallest tables, and 0 if nothing was allocated.
    /// O(1).
    ///
    /// ```
    /// let table: rosti::HashTable<u64> = rosti::HashTable::with_capacity(100);
    /// assert!(table.num_buckets() > table.capacity());
    /// ```
    #[inline]
    pub fn num_buckets(&self) -> usize {
        self.raw.slots()
    }

    /// How full the table is and how long its searches are: the first thing to look at when it is
    /// slow. `hasher` is called once per entry. O(slots).
    ///
    /// ```
    /// let mut table = rosti::HashTable::new();
    /// (0..1000u64).for_each(|n| drop(table.insert_unique(n << 12, n, |n| n << 12)));
    /// let statistics = table.statistics(|n| n << 12);
    /// assert!(statistics.scattered, "all homes are 0");
    /// ```
    pub fn statistics(&self, hasher: impl Fn(&T) -> u64) -> Statistics {
        self.raw.statistics(hasher)
    }

    examples! {
        "let mut table = rosti::HashTable::new();\n\
            table.insert_unique(7, 'a', |_| 7);";

        /// The entries, in arbitrary order. O(slots) to visit them all.
        #[example("assert_eq!(table.iter().next(), Some(&'a'));")]
        #[inline]
        pub fn iter(&self) -> Iter<'_, T> {
            // SAFETY: the iterator borrows the table.
            Iter { entries: unsafe { self.raw.raw_iter() }, marker: PhantomData }
        }

        /// Mutable references to the entries, in arbitrary order. Their hashes must not change. O(slots) to visit them
        /// all.
        #[example("table.iter_mut().for_each(|c| *c = 'b');",
            "assert_eq!(table.iter().next(), Some(&'b'));")]
        #[inline]
        pub fn iter_mut(&mut self) -> IterMut<'_, T> {
            // SAFETY: the iterator borrows the table.
            IterMut { entries: unsafe { self.raw.raw_iter() }, marker: PhantomData }
        }

        /// Pointers to the entries, in arbitrary order: for building iterators that hand out one part of each entry
        /// shared and another mutably. [`UnsafeIter`] has an example. O(slots) to visit them all.
        #[example("// SAFETY: the table is borrowed mutably by the iterator, and each entry comes once.",
            "table.unsafe_iter().for_each(|entry| unsafe { *entry.as_ptr() = 'b' });",
            "assert_eq!(table.iter().next(), Some(&'b'));")]
        #[inline]
        pub fn unsafe_iter(&mut self) -> UnsafeIter<'_, T> {
            // SAFETY: the iterator borrows the table.
            UnsafeIter { entries: unsafe { self.raw.raw_iter() }, marker: PhantomData }
        }

        /// The bucket indices of all entries, in arbitrary order. O(slots) to visit them all.
        #[example("assert!(table.iter_buckets().all(|index| table.get_bucket(index) == Some(&'a')));")]
        #[inline]
        pub fn iter_buckets(&self) -> IterBuckets<'_, T> {
            // SAFETY: the iterator borrows the table.
            IterBuckets { entries: unsafe { self.raw.full_slots() }, marker: PhantomData }
        }

        /// All entries with this hash, in arbitrary order, each once, and perhaps some with another hash. O(1)
        /// expected, apart from the entries.
        #[example("table.insert_unique(7, 'b', |_| 7);",
            "assert_eq!(table.iter_hash(7).count(), 2);")]
        #[inline]
        pub fn iter_hash(&self, hash: u64) -> IterHash<'_, T> {
            // SAFETY: the iterator borrows the table.
            IterHash { entries: unsafe { self.raw.raw_iter_hash(hash) }, marker: PhantomData }
        }

        /// Mutable references to all entries with this hash, in arbitrary order, each once, and perhaps to some with
        /// another hash. Their hashes must not change. O(1) expected, apart from the entries.
        #[example("table.iter_hash_mut(7).filter(|c| **c == 'a').for_each(|c| *c = 'b');",
            "assert_eq!(table.iter().next(), Some(&'b'));")]
        #[inline]
        pub fn iter_hash_mut(&mut self, hash: u64) -> IterHashMut<'_, T> {
            // SAFETY: the iterator borrows the table.
            IterHashMut { entries: unsafe { self.raw.raw_iter_hash(hash) }, marker: PhantomData }
        }

        /// The bucket indices of all entries with this hash, in arbitrary order, each once, and perhaps some with
        /// another hash. O(1) expected, apart from the entries.
        #[example("let index = table.iter_hash_buckets(7).next().unwrap();",
            "assert_eq!(table.get_bucket(index), Some(&'a'));")]
        #[inline]
        pub fn iter_hash_buckets(&self, hash: u64) -> IterHashBuckets<'_, T> {
            // SAFETY: the iterator borrows the table.
            IterHashBuckets { entries: unsafe { self.raw.hash_slots(hash) }, marker: PhantomData }
        }
    }

    removals! {
        "table" of "entries",
        "let mut table = rosti::HashTable::new();\n(0..8).for_each(|n| drop(table.insert_unique(n, n, |&n| n)));",
        "|n| *n % 2 == 0", |self, predicate|
        drain: "" -> Drain<'_, T, A> => Drain { entries: self.raw.drain() };
        retain(&mut T): " The hashes of those kept must not change." => self.raw.retain(predicate);
        extract_if(&mut T): " The hashes of those that stay must not change." -> ExtractIf<'_, T, F, A>
            => ExtractIf { entries: self.raw.extract_if(), pick: predicate };
        pop[inline]: "" -> T => self.raw.pop();
    }

    examples! {
        "let mut table = rosti::HashTable::new();\n\
            [7, 8].map(|n| drop(table.insert_unique(n, n, |&n| n)));";

        /// Mutable references to several entries at once; `eq(i, entry)` says whether an entry is the one looked for
        /// with `hashes[i]`. `None` for those that are absent. N lookups and O(N²) comparisons of numbers.
        ///
        /// # Panics
        /// If two searches find the same entry.
        #[example("let found = table.get_disjoint_mut([8, 9, 7], |i, &n| n == [8, 9, 7][i]);",
            "assert_eq!(found, [Some(&mut 8), None, Some(&mut 7)]);")]
        #[inline]
        #[track_caller]
        pub fn get_disjoint_mut<const N: usize>(
            &mut self,
            hashes: [u64; N],
            eq: impl FnMut(usize, &T) -> bool,
        ) -> [Option<&'_ mut T>; N] {
            let slots = self.find_each(hashes, eq);
            // SAFETY: `find_each` returns full slots (I3).
            unsafe { self.disjoint_as(slots, |entry| entry) }
        }

        /// [`get_disjoint_mut`](Self::get_disjoint_mut) without the check that no entry is found twice.
        ///
        /// # Safety
        /// No two searches may find the same entry.
        #[example("// SAFETY: what is looked for differs.",
            "let found = unsafe { table.get_disjoint_unchecked_mut([7, 9], |i, &n| n == [7, 9][i]) };",
            "assert_eq!(found, [Some(&mut 7), None]);")]
        #[inline]
        pub unsafe fn get_disjoint_unchecked_mut<const N: usize>(
            &mut self,
            hashes: [u64; N],
            eq: impl FnMut(usize, &T) -> bool,
        ) -> [Option<&'_ mut T>; N] {
            let slots = self.find_each(hashes, eq);
            // SAFETY: `find_each` returns full slots (I3), and the caller vouches for their being different.
            unsafe { self.disjoint_unchecked_as(slots, |entry| entry) }
        }
    }

    examples! {
        "# #![allow(deprecated)]\n\
            let mut table = rosti::HashTable::new();\n\
            [7, 8].map(|n| drop(table.insert_unique(n, n, |&n| n)));";

        /// The old name of [`get_disjoint_mut`](Self::get_disjoint_mut).
        #[example("assert_eq!(table.get_many_mut([7, 9], |i, &n| n == [7, 9][i]), [Some(&mut 7), None]);")]
        #[deprecated(note = "use `get_disjoint_mut` instead")]
        #[track_caller]
        pub fn get_many_mut<const N: usize>(
            &mut self,
            hashes: [u64; N],
            eq: impl FnMut(usize, &T) -> bool,
        ) -> [Option<&'_ mut T>; N] {
            self.get_disjoint_mut(hashes, eq)
        }

        /// The old name of [`get_disjoint_unchecked_mut`](Self::get_disjoint_unchecked_mut).
        ///
        /// # Safety
        /// No two searches may find the same entry.
        #[example("// SAFETY: there is only one search.",
            "assert_eq!(unsafe { table.get_many_unchecked_mut([7], |_, _| true) }, [Some(&mut 7)]);")]
        #[deprecated(note = "use `get_disjoint_unchecked_mut` instead")]
        pub unsafe fn get_many_unchecked_mut<const N: usize>(
            &mut self,
            hashes: [u64; N],
            eq: impl FnMut(usize, &T) -> bool,
        ) -> [Option<&'_ mut T>; N] {
            // SAFETY: the caller's contract.
            unsafe { self.get_disjoint_unchecked_mut(hashes, eq) }
        }
    }

    /// What `show` makes of the entry that `eq` accepts. It is asked where a slot was found: a reference that may
    /// be none would be asked again whether it is before a part of the entry is (hits 2, misses 3 instructions more).
    #[cfg(feature = "str")]
    #[inline(always)]
    pub(crate) fn find_and<'a, R>(
        &'a self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
        show: impl FnOnce(&'a T) -> R,
    ) -> Option<R> {
        let slot = self.raw.find(hash, eq)?;
        // SAFETY: `find` returns full slots (I3).
        Some(show(unsafe { self.raw.get(slot) }))
    }

    /// [`find_and`](Self::find_and), of an entry to be changed.
    #[cfg(feature = "str")]
    #[inline(always)]
    pub(crate) fn find_mut_and<'a, R>(
        &'a mut self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
        show: impl FnOnce(&'a mut T) -> R,
    ) -> Option<R> {
        let slot = self.raw.find(hash, eq)?;
        // SAFETY: `find` returns full slots (I3).
        Some(show(unsafe { self.raw.get_mut(slot) }))
    }

    /// The slots of several searches.
    #[inline(always)]
    fn find_each<const N: usize>(
        &self,
        hashes: [u64; N],
        mut eq: impl FnMut(usize, &T) -> bool,
    ) -> [Option<usize>; N] {
        filled(None, |i| self.raw.find(hashes[i], |entry| eq(i, entry)))
    }

    /// What `f` makes of the entries with these bucket indices.
    ///
    /// # Panics
    /// If one comes twice.
    #[cfg(feature = "str")]
    #[inline(always)]
    #[track_caller]
    pub(crate) fn buckets_as<'a, R, const N: usize>(
        &'a mut self,
        indices: [Option<usize>; N],
        f: impl Fn(&'a mut T) -> R,
    ) -> [Option<R>; N] {
        let slots = filled(None, |i| indices[i].filter(|&slot| self.raw.is_full(slot)));
        // SAFETY: the slots are full.
        unsafe { self.disjoint_as(slots, f) }
    }

    /// What `f` makes of the entries of several slots.
    ///
    /// # Panics
    /// If one comes twice.
    ///
    /// # Safety
    /// The slots are full.
    #[inline(always)]
    #[track_caller]
    pub(crate) unsafe fn disjoint_as<'a, R, const N: usize>(
        &'a mut self,
        slots: [Option<usize>; N],
        f: impl Fn(&'a mut T) -> R,
    ) -> [Option<R>; N] {
        let mut i = 1;
        while i < N {
            let mut first = 0;
            while first < i {
                if slots[i].is_some() && slots[i] == slots[first] {
                    panic!(
                        "duplicate keys found: those at {first} and {i} are the same entry; \
                         ask for each entry once"
                    );
                }
                first += 1;
            }
            i += 1;
        }
        // SAFETY: the slots are full and all different.
        unsafe { self.disjoint_unchecked_as(slots, f) }
    }

    /// What `f` makes of the entries of several slots.
    ///
    /// # Safety
    /// The slots are full and all different.
    #[inline(always)]
    pub(crate) unsafe fn disjoint_unchecked_as<'a, R, const N: usize>(
        &'a mut self,
        slots: [Option<usize>; N],
        f: impl Fn(&'a mut T) -> R,
    ) -> [Option<R>; N] {
        let mut found = [const { None }; N];
        let mut i = 0;
        while i < N {
            if let Some(slot) = slots[i] {
                // SAFETY: the caller's contract; the table is borrowed mutably.
                found[i] = Some(f(unsafe { self.raw.slot(slot).as_mut() }));
            }
            i += 1;
        }
        found
    }
}

/// An array of what `f` makes of the numbers of its elements, which are `vacant` until then.
///
/// By a loop that counts: what std has for arrays is a call for each element where the compiler optimises for size, and
/// its iterators take longer with opt-level 1 (`ci/profiles.sh`, swap_two).
#[inline(always)]
pub(crate) fn filled<T: Copy, const N: usize>(vacant: T, mut f: impl FnMut(usize) -> T) -> [T; N] {
    let mut array = [vacant; N];
    let mut i = 0;
    while i < N {
        array[i] = f(i);
        i += 1;
    }
    array
}

impl<T, A: Allocator + Default> Default for HashTable<T, A> {
    /// An empty table with a default allocator.
    #[inline]
    fn default() -> Self {
        Self::new_in(A::default())
    }
}

impl<T: Clone, A: Allocator + Clone> Clone for HashTable<T, A> {
    /// O(slots). The copy has the same capacity and needs no hasher.
    fn clone(&self) -> Self {
        HashTable { raw: self.raw.clone() }
    }

    /// O(slots). Reuses the memory of this table if it is exactly as large as that of the source.
    fn clone_from(&mut self, source: &Self) {
        self.raw.clone_from(&source.raw);
    }
}

debug! { [T: Debug, A: Allocator] HashTable<T, A>, |self, f| f.debug_set().entries(self.iter()).finish(); }
