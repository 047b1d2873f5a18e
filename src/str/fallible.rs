//! Insertion for code that must not abort, beside [`SliceMap::try_insert`]: what cannot be stored comes back, with
//! the reason. The names are [`HashMap`](crate::HashMap)'s. Keys are given by reference, so they are never lost.

use core::iter;

use super::entry::{OccupiedEntry, VacantEntry};
use super::{Key, RejectedValue, SliceMap, store};
use crate::allocator::Allocator;
use crate::error::{Fallibility, Rest, TryReserveError};

impl<K: Key + ?Sized, V, A: Allocator> SliceMap<K, V, A> {
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
        let mut entries = entries.into_iter();
        while let Some((key, value)) = entries.next() {
            if let Err(RejectedValue { value, error }) = self.try_insert(key.as_ref(), value) {
                let value = iter::once((key, value)).chain(entries);
                return Err(RejectedValue { value, error });
            }
        }
        Ok(())
    }

    /// A copy of the map with a seed of its own, or the reason why there is no memory for its table
    /// or its keys. O(slots + key bytes). Whatever values allocate while they are cloned is not
    /// covered.
    ///
    /// # Errors
    /// [`TryReserveError`]: the allocator fails. Nothing was cloned.
    ///
    /// ```
    /// let map = rosti::StrMap::from([("one", 1), ("two", 2)]);
    /// assert_eq!(map.try_clone(), Ok(map));
    /// ```
    pub fn try_clone(&self) -> Result<Self, TryReserveError>
    where
        V: Clone,
        A: Clone,
    {
        let mut copy = Self::new_in(self.allocator().clone());
        copy.try_reserve(self.len())?;
        copy.arena.reserve(self.arena.text().as_ref().len(), Fallibility::Fallible)?;
        for (key, value) in self {
            copy.insert(key, value.clone());
        }
        Ok(copy)
    }
}

impl<'a, K: Key + ?Sized, V, A: Allocator> VacantEntry<'a, '_, K, V, A> {
    /// [`insert`](Self::insert) that returns the value if the key cannot be stored. O(key bytes)
    /// amortised. Room for the entry has already been made: [`SliceMap::entry`] does that; to do it
    /// without aborting, call `try_reserve(1)` first.
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
