//! Insertion for code that must not abort: what cannot be stored comes back, with the reason.
//!
//! The names are the ones that Rust's fallible collections share: `try_with_capacity` is std's
//! (unstable `Vec::try_with_capacity`), `try_clone` and `try_extend` those of wasmtime's
//! collections (`TryClone`, `TryExtend`) and of the crate `fallible_collections`. Returning the
//! value with the error follows the kernel's `PushError<T>`. [`HashMap::try_insert`] already means
//! something else, in std as here (the key must be absent), so insertion is called
//! [`HashMap::try_reserve_insert`]: `try_reserve` and `insert` in one, without the former if the
//! key is present.

use core::hash::{BuildHasher, Hash};
use core::iter;

use super::entry::{Entry, OccupiedEntry, VacantEntry};
use super::{HashMap, hash_of};
use crate::allocator::Allocator;
use crate::error::{Rejected, Rest, TryReserveError};

impl<K, V, S, A: Allocator> HashMap<K, V, S, A> {
    /// A map with this hasher and allocator and room for `capacity` entries, or the reason why
    /// there is no memory for it.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
    ///
    /// ```
    /// use rosti::{HashMap, IntHashBuilder, TryReserveError};
    ///
    /// let hasher = IntHashBuilder::with_seed(1);
    /// let map: HashMap<u64, u64, _> =
    ///     HashMap::try_with_capacity_and_hasher_in(100, hasher, Default::default())?;
    /// assert!(map.capacity() >= 100);
    /// # Ok::<(), TryReserveError>(())
    /// ```
    pub fn try_with_capacity_and_hasher_in(
        capacity: usize,
        hash_builder: S,
        alloc: A,
    ) -> Result<Self, TryReserveError> {
        let mut map = Self::with_hasher_in(hash_builder, alloc);
        // There is nothing to hash.
        map.table.try_reserve(capacity, |_| 0)?;
        Ok(map)
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// [`insert`](Self::insert) that gives key and value back if there is no memory for them. O(1)
    /// amortised. If the key is present, nothing is reserved and the old value is returned.
    ///
    /// # Errors
    /// [`Rejected`]: what could not be inserted, and why. The map is unchanged.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::HashMap::new();
    /// match map.try_reserve_insert("a", 1) {
    ///     Ok(old) => assert_eq!(old, None),
    ///     Err(rejected) => eprintln!("{:?} must wait: {rejected}", rejected.value),
    /// }
    /// assert_eq!(map.try_reserve_insert("a", 2), Ok(Some(1)));
    /// # }
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
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::HashMap::new();
    /// if let Err(rejected) = map.try_extend((0..100).map(|n| (n, n * n))) {
    ///     map.clear();
    ///     let rest = rejected.value;
    ///     eprintln!("{}; {} entries are left", rejected.error, rest.count());
    /// }
    /// assert_eq!(map.get(&9), Some(&81));
    /// # }
    /// ```
    pub fn try_extend<I: IntoIterator<Item = (K, V)>>(
        &mut self,
        entries: I,
    ) -> Result<(), Rejected<Rest<I::IntoIter>>> {
        let mut entries = entries.into_iter();
        while let Some((key, value)) = entries.next() {
            if let Err(Rejected { value, error }) = self.try_reserve_insert(key, value) {
                return Err(Rejected { value: iter::once(value).chain(entries), error });
            }
        }
        Ok(())
    }

    /// A clone of the map, or the reason why there is no memory for its table. O(slots). Whatever
    /// keys and values allocate while they are cloned is not covered.
    ///
    /// # Errors
    /// [`TryReserveError`]: the allocator fails. Nothing was cloned.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1), ("b", 2)]);
    /// assert_eq!(map.try_clone(), Ok(map));
    /// # }
    /// ```
    pub fn try_clone(&self) -> Result<Self, TryReserveError>
    where
        K: Clone,
        V: Clone,
        S: Clone,
        A: Clone,
    {
        let (hasher, alloc) = (self.hasher().clone(), self.allocator().clone());
        let mut copy = Self::try_with_capacity_and_hasher_in(self.len(), hasher, alloc)?;
        for (key, value) in self {
            let hash = copy.hash_builder.hash_one(key);
            let entry = (key.clone(), value.clone());
            // Equal keys are not in the map twice, and there is room.
            copy.table.raw.insert_unique(hash, entry, hash_of(&copy.hash_builder));
        }
        Ok(copy)
    }
}

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator> VacantEntry<'a, K, V, S, A> {
    /// [`insert`](Self::insert) that gives key and value back if there is no memory for them. O(1)
    /// amortised.
    ///
    /// # Errors
    /// [`Rejected`]: what could not be inserted, and why. The map is unchanged.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::hash_map::{Entry, HashMap};
    ///
    /// let mut map = HashMap::new();
    /// if let Entry::Vacant(entry) = map.entry("a") {
    ///     assert_eq!(entry.try_insert(1), Ok(&mut 1));
    /// }
    /// assert_eq!(map["a"], 1);
    /// # }
    /// ```
    pub fn try_insert(self, value: V) -> Result<&'a mut V, Rejected<(K, V)>> {
        self.try_insert_entry(value).map(OccupiedEntry::into_mut)
    }

    /// [`insert_entry`](Self::insert_entry) that gives key and value back if there is no memory for
    /// them. O(1) amortised.
    ///
    /// # Errors
    /// [`Rejected`]: what could not be inserted, and why. The map is unchanged.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::hash_map::{Entry, HashMap};
    ///
    /// let mut map = HashMap::new();
    /// if let Entry::Vacant(entry) = map.entry("a") {
    ///     assert_eq!(entry.try_insert_entry(1).unwrap().remove_entry(), ("a", 1));
    /// }
    /// # }
    /// ```
    #[allow(clippy::type_complexity)] // one type of entry, one of error: an alias would hide both
    pub fn try_insert_entry(
        mut self,
        value: V,
    ) -> Result<OccupiedEntry<'a, K, V, S, A>, Rejected<(K, V)>> {
        match self.place.reserve() {
            Ok(()) => Ok(self.insert_entry(value)),
            Err(error) => Err(Rejected { value: (self.into_key(), value), error }),
        }
    }
}
