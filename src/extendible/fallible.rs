//! Insertion for code that must not abort: what cannot be stored comes back, with the reason. The names are
//! [`HashMap`](crate::HashMap)'s.

use core::hash::{BuildHasher, Hash};

use super::entry::Entry;
use super::map::ExtendibleMap;
use super::set::ExtendibleSet;
use crate::allocator::Allocator;
use crate::error::{Fallibility, Rejected, Rest, TryReserveError, try_extend};
use crate::raw::Plain;

impl<K, V, S, A: Allocator + Clone> ExtendibleMap<K, V, S, A> {
    /// A map with this hasher and allocator and room for `capacity` entries, or the reason why
    /// there is no memory for it.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
    ///
    /// ```
    /// use rosti::{ExtendibleMap, IntHashBuilder, TryReserveError};
    ///
    /// let hasher = IntHashBuilder::with_seed(1);
    /// let map: ExtendibleMap<u64, u64, _> =
    ///     ExtendibleMap::try_with_capacity_and_hasher_in(100, hasher, Default::default())?;
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
        map.tables.reserve_as(capacity, |_| 0, Fallibility::Fallible)?;
        Ok(map)
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator + Clone> ExtendibleMap<K, V, S, A> {
    /// [`insert`](Self::insert) that gives key and value back if there is no memory for them. O(1)
    /// amortised, and within [the bound](Self#what-an-insertion-may-cost). If the key is present,
    /// nothing is split and the old value is returned.
    ///
    /// # Errors
    /// [`Rejected`]: what could not be inserted, and why. The entries are unchanged.
    ///
    /// ```
    /// let mut map = rosti::ExtendibleMap::new();
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
    /// let mut map = rosti::ExtendibleMap::new();
    /// if let Err(rejected) = map.try_extend((0..100).map(|n| (n, n * n))) {
    ///     map.clear();
    ///     let rest = rejected.value;
    ///     eprintln!("{}; {} entries are left", rejected.error, rest.count());
    /// }
    /// assert_eq!(map.get(&9), Some(&81));
    /// ```
    pub fn try_extend<I: IntoIterator<Item = (K, V)>>(
        &mut self,
        entries: I,
    ) -> Result<(), Rejected<Rest<I::IntoIter>>> {
        try_extend(entries, |(key, value)| self.try_reserve_insert(key, value).map(drop))
    }

    /// A clone of the map, or the reason why there is no memory for its tables. O(slots). Whatever
    /// keys and values allocate while they are cloned is not covered.
    ///
    /// # Errors
    /// [`TryReserveError`]: the allocator fails. Clones that have been made by then are dropped.
    ///
    /// ```
    /// let map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("a", 1), ("b", 2)]);
    /// assert_eq!(map.try_clone(), Ok(map));
    /// ```
    pub fn try_clone(&self) -> Result<Self, TryReserveError>
    where
        K: Clone,
        V: Clone,
        S: Clone,
    {
        let (hash_builder, alloc) = (self.hash_builder.clone(), self.allocator().clone());
        let mut map = Self::with_hasher_in(hash_builder, alloc);
        map.tables.clone_into_new(&self.tables, Plain::of_pair, Fallibility::Fallible)?;
        Ok(map)
    }
}

impl<T, S, A: Allocator + Clone> ExtendibleSet<T, S, A> {
    /// A set with this hasher and allocator and room for `capacity` elements, or the reason why
    /// there is no memory for it.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
    ///
    /// ```
    /// use rosti::{ExtendibleSet, IntHashBuilder, TryReserveError};
    ///
    /// let hasher = IntHashBuilder::with_seed(1);
    /// let set: ExtendibleSet<u64, _> =
    ///     ExtendibleSet::try_with_capacity_and_hasher_in(100, hasher, Default::default())?;
    /// assert!(set.capacity() >= 100);
    /// # Ok::<(), TryReserveError>(())
    /// ```
    pub fn try_with_capacity_and_hasher_in(
        capacity: usize,
        hash_builder: S,
        alloc: A,
    ) -> Result<Self, TryReserveError> {
        let map = ExtendibleMap::try_with_capacity_and_hasher_in(capacity, hash_builder, alloc)?;
        Ok(ExtendibleSet { map })
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator + Clone> ExtendibleSet<T, S, A> {
    /// [`insert`](Self::insert) that gives the element back if there is no memory for it. O(1)
    /// amortised. If it is present, nothing is split and the result is `false`.
    ///
    /// # Errors
    /// [`Rejected`]: what could not be inserted, and why. The elements are unchanged.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::new();
    /// assert_eq!(set.try_reserve_insert("a"), Ok(true));
    /// assert_eq!(set.try_reserve_insert("a"), Ok(false));
    /// ```
    pub fn try_reserve_insert(&mut self, value: T) -> Result<bool, Rejected<T>> {
        match self.map.try_reserve_insert(value, ()) {
            Ok(old) => Ok(old.is_none()),
            Err(Rejected { value: (value, ()), error }) => Err(Rejected { value, error }),
        }
    }

    /// Inserts elements as `extend` does, until there is no memory for one. Reserves nothing in advance.
    ///
    /// # Errors
    /// [`Rejected`], whose value yields the element that found no room and all that follow it;
    /// those before it are in the set.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::new();
    /// assert!(set.try_extend(0..100).is_ok());
    /// assert_eq!(set.len(), 100);
    /// ```
    pub fn try_extend<I: IntoIterator<Item = T>>(
        &mut self,
        elements: I,
    ) -> Result<(), Rejected<Rest<I::IntoIter>>> {
        try_extend(elements, |element| self.try_reserve_insert(element).map(drop))
    }

    /// A clone of the set, or the reason why there is no memory for its tables. O(slots). Whatever
    /// elements allocate while they are cloned is not covered.
    ///
    /// # Errors
    /// [`TryReserveError`]: the allocator fails. Clones that have been made by then are dropped.
    ///
    /// ```
    /// let set: rosti::ExtendibleSet<_, _> = rosti::ExtendibleSet::from(["a", "b"]);
    /// assert_eq!(set.try_clone(), Ok(set));
    /// ```
    pub fn try_clone(&self) -> Result<Self, TryReserveError>
    where
        T: Clone,
        S: Clone,
    {
        Ok(ExtendibleSet { map: self.map.try_clone()? })
    }
}
