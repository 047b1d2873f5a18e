//! Insertion for code that must not abort: what cannot be stored comes back, with the reason.
//!
//! The names are those that Rust's fallible collections share: `try_with_capacity` is (unstable) in [std], `TryClone` and
//! `TryExtend` in [wasmtime], the former in [`fallible_collections`][crate] too. That the value comes back with the error is
//! the way of the [kernel]'s `PushError<T>` and std's `Vec::push_within_capacity`. The kernel's own names are not available
//! here: there `with_capacity` and `push` *are* fallible. And [`HashMap::try_insert`] already means something else, in std
//! as here (the key must be absent), so insertion is called [`HashMap::try_reserve_insert`]: `try_reserve` and `insert` in
//! one, without the former if the key is present. Vacant entries have no such history: theirs is called `try_insert`.
//!
//! [std]: https://doc.rust-lang.org/std/vec/struct.Vec.html#method.try_with_capacity
//! [wasmtime]: https://docs.rs/crate/wasmtime-environ/44.0.0/source/src/collections.rs
//! [crate]: https://docs.rs/crate/fallible_collections/0.5.1/source/src/hashmap.rs
//! [kernel]: https://rust.docs.kernel.org/kernel/alloc/kvec/

use core::hash::{BuildHasher, Hash};

use alloc::borrow::ToOwned;

#[cfg(feature = "default-hasher")]
use super::construct::try_with_capacity;
use super::entry::{Entry, OccupiedEntry, VacantEntry, assert_equivalent};
use super::entry_map::EntryMap;
use super::entry_ref::VacantEntryRef;
use super::{HashMap, HashTable};
use crate::allocator::Allocator;
#[cfg(feature = "default-hasher")]
use crate::allocator::Global;
use crate::equivalent::Equivalent;
use crate::error::{Rejected, Rest, TryReserveError, try_extend};
use crate::hash_table::try_clone;
#[cfg(feature = "default-hasher")]
use crate::hasher::DefaultHashBuilder;
use crate::raw::Plain;

#[cfg(feature = "default-hasher")]
impl<K, V> HashMap<K, V> {
    try_with_capacity! {
        "map", "HashMap::<u64, u64>",
        |capacity| Self::try_with_capacity_and_hasher_in(capacity, DefaultHashBuilder::default(), Global)
    }
}

impl<K, V, S, A: Allocator> HashMap<K, V, S, A> {
    try_clone! {
        "map", ", with the same hasher and capacity",
        "O(slots). Whatever keys and values allocate while they are cloned is not covered.", "No entry was cloned.",
        "let map = rosti::HashMap::<_, _>::from([(\"a\", 1), (\"b\", 2)]);", [K, V, S, A],
        |self| Ok(HashMap {
            hash_builder: self.hash_builder.clone(),
            table: HashTable { raw: self.table.raw.try_clone_as(Plain::of_pair())? },
        })
    }
}

/// Implements what is the same for maps of either table. In brackets what the map asks of an allocator.
macro_rules! fallible {
    ($Map:ident, [$($bound:ident)?]) => {
        impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator $(+ $bound)?> $Map<K, V, S, A> {
            /// [`insert`](Self::insert) that gives key and value back if there is no memory for them. O(1)
            /// amortised. If the key is present, nothing is reserved and the old value is returned.
            ///
            /// # Errors
            /// [`Rejected`]: what could not be inserted, and why. The entries are unchanged.
            ///
            /// ```
            #[doc = concat!("let mut map = rosti::", stringify!($Map), "::new();")]
            /// match map.try_reserve_insert("a", 1) {
            ///     Ok(old) => assert_eq!(old, None),
            ///     Err(rejected) => eprintln!("{:?} must wait: {rejected}", rejected.value),
            /// }
            /// assert_eq!(map.try_reserve_insert("a", 2), Ok(Some(1)));
            /// ```
            pub fn try_reserve_insert(&mut self, key: K, value: V) -> Result<Option<V>, Rejected<(K, V)>> {
                match self.entry(key) {
                    Entry::Occupied(mut entry) => Ok(Some(entry.insert(value))),
                    Entry::Vacant(entry) => entry.try_insert_entry(value).map(|_| None),
                }
            }

            /// Inserts entries as `extend` does, until there is no memory for one. Reserves nothing in advance.
            ///
            /// # Errors
            /// [`Rejected`], whose value yields the entry that found no room and all that follow it; those
            /// before it are in the map.
            ///
            /// ```
            #[doc = concat!("let mut map = rosti::", stringify!($Map), "::new();")]
            /// if let Err(rejected) = map.try_extend((0..100).map(|n| (n, n * n))) {
            ///     eprintln!("{}; {} entries are left", rejected.error, rejected.value.count());
            /// }
            /// assert_eq!(map.get(&9), Some(&81));
            /// ```
            pub fn try_extend<I: IntoIterator<Item = (K, V)>>(
                &mut self,
                entries: I,
            ) -> Result<(), Rejected<Rest<I::IntoIter>>> {
                try_extend(entries, |(key, value)| self.try_reserve_insert(key, value).map(drop))
            }
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use fallible;

fallible! { HashMap, [] }

impl<'a, K: Hash + 'a, V: 'a, S: BuildHasher, A: Allocator, M: EntryMap<K, V, S, A>>
    VacantEntry<'a, K, V, S, A, M>
{
    examples! {
        "let mut map = rosti::HashMap::new();\n\
            let rosti::hash_map::Entry::Vacant(entry) = map.entry('a') else { panic!() };";

        /// [`insert`](Self::insert) that gives key and value back if there is no memory for them. O(1) amortised.
        ///
        /// # Errors
        /// [`Rejected`]: what could not be inserted, and why. The map is unchanged.
        #[example("assert_eq!(entry.try_insert(1), Ok(&mut 1));")]
        pub fn try_insert(self, value: V) -> Result<&'a mut V, Rejected<(K, V)>> {
            self.try_insert_entry(value).map(OccupiedEntry::into_mut)
        }

        /// [`insert_entry`](Self::insert_entry) that gives key and value back if there is no memory for them. O(1)
        /// amortised.
        ///
        /// # Errors
        /// [`Rejected`]: what could not be inserted, and why. The map is unchanged.
        #[example("assert_eq!(entry.try_insert_entry(1).unwrap().remove_entry(), ('a', 1));")]
        #[allow(clippy::type_complexity)] // one type of entry, one of error: an alias would hide both
        pub fn try_insert_entry(
            mut self,
            value: V,
        ) -> Result<OccupiedEntry<'a, K, V, S, A, M>, Rejected<(K, V)>> {
            match self.place.reserve() {
                Ok(()) => Ok(self.insert_entry(value)),
                Err(error) => Err(Rejected { value: (self.into_key(), value), error }),
            }
        }
    }
}

/// The key is made from the borrowed one last, once there is room. Making it may itself allocate,
/// and abort; if that must not happen either, make the key yourself and use the `with_key` methods.
impl<'a, K: Hash + 'a, Q: ?Sized, V: 'a, S: BuildHasher, A: Allocator, M: EntryMap<K, V, S, A>>
    VacantEntryRef<'a, '_, K, Q, V, S, A, M>
{
    examples! {
        "let mut map = rosti::HashMap::<String, _>::new();\n\
            let rosti::hash_map::EntryRef::Vacant(entry) = map.entry_ref(\"a\") else { panic!() };";

        /// [`insert`](Self::insert) that gives the value back if there is no memory for the entry. O(1) amortised.
        ///
        /// # Errors
        /// [`Rejected`]: what could not be inserted, and why. The map is unchanged, and no key was made.
        #[example("assert_eq!(entry.try_insert(1), Ok(&mut 1));")]
        pub fn try_insert(self, value: V) -> Result<&'a mut V, Rejected<V>>
        where
            Q: ToOwned<Owned = K>,
        {
            self.try_insert_entry(value).map(OccupiedEntry::into_mut)
        }

        /// [`insert_entry`](Self::insert_entry) that gives the value back if there is no memory for the entry. O(1)
        /// amortised.
        ///
        /// # Errors
        /// As [`try_insert`](Self::try_insert).
        #[example("assert_eq!(entry.try_insert_entry(1).unwrap().get(), &1);")]
        pub fn try_insert_entry(
            mut self,
            value: V,
        ) -> Result<OccupiedEntry<'a, K, V, S, A, M>, Rejected<V>>
        where
            Q: ToOwned<Owned = K>,
        {
            match self.place.reserve() {
                Ok(()) => Ok(self.insert_entry(value)),
                Err(error) => Err(Rejected { value, error }),
            }
        }

        /// [`insert_with_key`](Self::insert_with_key) that gives key and value back if there is no memory for them.
        /// O(1) amortised.
        ///
        /// # Errors
        /// [`Rejected`]: what could not be inserted, and why. The map is unchanged.
        ///
        /// # Panics
        /// If the key is not equivalent to the one that was looked for.
        #[example("let mut key = String::new();",
            "if key.try_reserve(1).is_ok() {",
            "    key.push('a');",
            "    assert_eq!(entry.try_insert_with_key(key, 1), Ok(&mut 1));",
            "}")]
        #[track_caller]
        pub fn try_insert_with_key(self, key: K, value: V) -> Result<&'a mut V, Rejected<(K, V)>>
        where
            Q: Equivalent<K>,
        {
            self.try_insert_entry_with_key(key, value).map(OccupiedEntry::into_mut)
        }

        /// [`insert_entry_with_key`](Self::insert_entry_with_key) that gives key and value back if there is no memory
        /// for them. O(1) amortised.
        ///
        /// # Errors
        /// As [`try_insert_with_key`](Self::try_insert_with_key).
        ///
        /// # Panics
        /// As [`try_insert_with_key`](Self::try_insert_with_key).
        #[example("let entry = entry.try_insert_entry_with_key(String::from(\"a\"), 1).unwrap();",
            "assert_eq!(entry.remove(), 1);")]
        #[allow(clippy::type_complexity)] // as above
        #[track_caller]
        pub fn try_insert_entry_with_key(
            mut self,
            key: K,
            value: V,
        ) -> Result<OccupiedEntry<'a, K, V, S, A, M>, Rejected<(K, V)>>
        where
            Q: Equivalent<K>,
        {
            assert_equivalent(self.key(), &key);
            match self.place.reserve() {
                Ok(()) => Ok(self.place.look_and_fill(key, value)),
                Err(error) => Err(Rejected { value: (key, value), error }),
            }
        }
    }
}
