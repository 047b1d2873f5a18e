//! Insertion for code that must not abort, beside [`SliceMap::try_insert`]: what cannot be stored comes back, with
//! the reason. The names are [`HashMap`](crate::HashMap)'s. Keys are given by reference, so they are never lost.

use super::entry::{Entry, OccupiedEntry, VacantEntry};
use super::{Cell, InsertError, Key, Query, RejectedValue, SliceMap, SliceSet, hash_of, store};
use crate::allocator::Allocator;
use crate::error::{Fallibility, Rejected, Rest, TryReserveError, try_extend};
use crate::hash_map::try_with_capacity;
use crate::hash_table::{self, try_clone};

impl<K: Key + ?Sized, V> SliceMap<K, V> {
    try_with_capacity! { "map", "StrMap::<u64>", |capacity| {
        let mut map = Self::new();
        map.try_reserve(capacity)?;
        Ok(map)
    } }
}

impl<K: Key + ?Sized, V, A: Allocator> SliceMap<K, V, A> {
    /// [`entry`](Self::entry) that reports if a vacant entry could not be filled; filling the one
    /// it returns cannot fail. O(key length) expected and amortised. Nothing is reserved if the key
    /// is present.
    ///
    /// # Errors
    /// [`InsertError`]: the key is absent and too long, or there is no memory. The entries are unchanged.
    ///
    /// ```
    /// use rosti::{StrMap, str_map::InsertError};
    ///
    /// let mut count = StrMap::new();
    /// for word in ["to", "be", "or", "not", "to", "be"] {
    ///     *count.try_entry(word)?.or_insert(0) += 1;
    /// }
    /// assert_eq!(count["be"], 2);
    /// # Ok::<(), InsertError>(())
    /// ```
    pub fn try_entry<'k>(&mut self, key: &'k K) -> Result<Entry<'_, 'k, K, V, A>, InsertError> {
        let query = Query::new(key, &self.seed);
        let recognise = |(cell, _): &(Cell<K>, V)| query.is_key_of(cell, &self.arena);
        let entry = self.table.try_entry(query.hash, recognise, hash_of(&self.seed));
        match entry.map_err(InsertError::NoRoom)? {
            hash_table::Entry::Occupied(entry) => {
                Ok(Entry::Occupied(OccupiedEntry { entry, arena: &mut self.arena }))
            }
            hash_table::Entry::Vacant(entry) => {
                if query.cell.is_long() {
                    let room = self.arena.reserve(query.bytes_to_store()?, Fallibility::Fallible);
                    room.map_err(InsertError::NoRoom)?;
                }
                Ok(Entry::Vacant(VacantEntry { entry, arena: &mut self.arena, query }))
            }
        }
    }

    /// Inserts entries as `extend` does, until one cannot be inserted. Reserves nothing in advance.
    ///
    /// # Errors
    /// [`RejectedValue`], whose value yields the entry that was not inserted and all that follow
    /// it; those before it are in the map.
    ///
    /// ```
    /// let mut map = rosti::StrMap::new();
    /// assert!(map.try_extend([("one", 1), ("two", 2)]).is_ok());
    /// assert_eq!(map["two"], 2);
    /// ```
    pub fn try_extend<Q: AsRef<K>, I: IntoIterator<Item = (Q, V)>>(
        &mut self,
        entries: I,
    ) -> Result<(), RejectedValue<Rest<I::IntoIter>>> {
        try_extend(entries, |(key, value)| match self.try_insert(key.as_ref(), value) {
            Ok(_) => Ok(()),
            Err(Rejected { value, error }) => Err(Rejected { value: (key, value), error }),
        })
    }

    try_clone! {
        "map", ", with the same capacity and seed",
        "O(slots + key bytes). Whatever values allocate while they are cloned is not covered.", "No value was cloned.",
        "let map = rosti::StrMap::from([(\"one\", 1), (\"two\", 2)]);", [V, A],
        |self| {
            let mut copy = Self::new_in(self.allocator().clone());
            copy.copy_from(self, Fallibility::Fallible)?;
            Ok(copy)
        }
    }
}

impl<'a, K: Key + ?Sized, V, A: Allocator> VacantEntry<'a, '_, K, V, A> {
    /// [`insert`](Self::insert) that returns the value if the key cannot be stored. O(key bytes)
    /// amortised. Room for the entry has already been made, by [`SliceMap::entry`], or by
    /// [`SliceMap::try_entry`] without aborting.
    ///
    /// # Errors
    /// [`RejectedValue`]: the value, and why it was not inserted. The map is unchanged.
    ///
    /// ```
    /// # use rosti::str_map::Entry;
    /// let mut map = rosti::StrMap::new();
    /// if let Entry::Vacant(entry) = map.entry("one") {
    ///     assert_eq!(entry.try_insert(1), Ok(&mut 1));
    /// }
    /// ```
    pub fn try_insert(self, value: V) -> Result<&'a mut V, RejectedValue<V>> {
        match store(&self.query, self.arena, Fallibility::Fallible) {
            Ok(cell) => {
                let entry = self.entry.insert((cell, value));
                Ok(OccupiedEntry { entry, arena: self.arena }.into_mut())
            }
            Err(error) => Err(RejectedValue { value, error }),
        }
    }
}

impl<K: Key + ?Sized, A: Allocator> SliceSet<K, A> {
    /// Inserts elements as `extend` does, until one cannot be inserted. Reserves nothing in
    /// advance.
    ///
    /// # Errors
    /// [`RejectedValue`], whose value yields the element that was not inserted and all that follow
    /// it; those before it are in the set.
    ///
    /// ```
    /// let mut set = rosti::StrSet::new();
    /// assert!(set.try_extend(["one", "two"]).is_ok());
    /// assert!(set.contains("two"));
    /// ```
    pub fn try_extend<Q: AsRef<K>, I: IntoIterator<Item = Q>>(
        &mut self,
        elements: I,
    ) -> Result<(), RejectedValue<Rest<I::IntoIter>>> {
        try_extend(elements, |element| match self.try_insert(element.as_ref()) {
            Ok(_) => Ok(()),
            Err(error) => Err(Rejected { value: element, error }),
        })
    }

    try_clone! {
        "set", ", with the same capacity and seed", "O(slots + bytes).", "",
        "let set = rosti::StrSet::from([\"one\", \"two\"]);", [A],
        |self| Ok(SliceSet { map: self.map.try_clone()? })
    }
}
