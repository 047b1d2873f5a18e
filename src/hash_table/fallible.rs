//! Insertion for code that must not abort: what cannot be stored comes back, with the reason. The names are
//! [`HashMap`](crate::HashMap)'s.

use super::HashTable;
use super::entry::{Entry, OccupiedEntry};
use super::try_clone;
use crate::allocator::{Allocator, Global};
use crate::error::{Rejected, TryReserveError};
use crate::raw::Plain;

impl<T> HashTable<T> {
    /// [`with_capacity`](Self::with_capacity) that reports if there is no memory.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
    ///
    /// ```
    /// assert!(rosti::HashTable::<u64>::try_with_capacity(100)?.capacity() >= 100);
    /// # Ok::<(), rosti::TryReserveError>(())
    /// ```
    pub fn try_with_capacity(capacity: usize) -> Result<Self, TryReserveError> {
        Self::try_with_capacity_in(capacity, Global)
    }
}

impl<T, A: Allocator> HashTable<T, A> {
    /// A table with room for `capacity` entries in memory from an allocator, or the reason why
    /// there is none.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
    ///
    /// ```
    /// let table = rosti::HashTable::<u64>::try_with_capacity_in(100, Default::default())?;
    /// assert!(table.capacity() >= 100);
    /// # Ok::<(), rosti::TryReserveError>(())
    /// ```
    pub fn try_with_capacity_in(capacity: usize, alloc: A) -> Result<Self, TryReserveError> {
        let mut table = Self::new_in(alloc);
        // There is nothing to hash.
        table.try_reserve(capacity, |_| 0)?;
        Ok(table)
    }

    try_clone! {
        "table", ", with the same capacity",
        "O(slots). Needs no hasher. Whatever entries allocate while they are cloned is not covered.",
        "No entry was cloned.",
        "let mut table = rosti::HashTable::new();\n[7, 8].map(|n| drop(table.insert_unique(n, n, |&n| n)));", [T, A],
        |self| Ok(HashTable { raw: self.raw.try_clone_as(Plain::of_value())? })
    }

    /// [`insert_unique`](Self::insert_unique) that gives the value back if there is no memory for
    /// it. O(1) amortised.
    ///
    /// # Errors
    /// [`Rejected`]: what could not be inserted, and why. The table is unchanged.
    ///
    /// ```
    /// let mut table = rosti::HashTable::new();
    /// match table.try_insert_unique(7, 'a', |_| 7) {
    ///     Ok(entry) => assert_eq!(entry.get(), &'a'),
    ///     Err(rejected) => eprintln!("{} must wait: {}", rejected.value, rejected.error),
    /// }
    /// assert_eq!(table.len(), 1);
    /// ```
    pub fn try_insert_unique(
        &mut self,
        hash: u64,
        value: T,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<OccupiedEntry<'_, T, A>, Rejected<T>> {
        match self.try_reserve(1, &hasher) {
            Ok(()) => Ok(self.insert_unique(hash, value, hasher)),
            Err(error) => Err(Rejected { value, error }),
        }
    }

    /// [`entry`](Self::entry) that reports if there is no memory for a vacant entry; filling the
    /// one it returns cannot fail. O(1) amortised. Nothing is reserved if the entry is there.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails. The table is unchanged.
    ///
    /// ```
    /// let mut table = rosti::HashTable::new();
    /// assert_eq!(table.try_entry(7, |&c| c == 'a', |_| 7)?.or_insert('a').get(), &'a');
    /// # Ok::<(), rosti::TryReserveError>(())
    /// ```
    pub fn try_entry(
        &mut self,
        hash: u64,
        mut eq: impl FnMut(&T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<Entry<'_, T, A>, TryReserveError> {
        if !self.raw.has_room() {
            // One more search, but only in a full table, which is about to grow.
            if let Some(slot) = self.raw.find(hash, &mut eq) {
                return Ok(Entry::Occupied(OccupiedEntry { slot, hash: Some(hash), table: self }));
            }
            self.try_reserve(1, &hasher)?;
        }
        Ok(self.entry(hash, eq, hasher))
    }
}
