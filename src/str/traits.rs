//! std's traits for maps.

use core::fmt::Debug;
use core::mem;
use core::ops::Index;

use super::SliceMap;
use super::arena::Arena;
use super::cell::Key;
use super::hash::Seed;
use crate::allocator::Allocator;
use crate::capacity::room_for;
use crate::error::{Fallibility, TryReserveError};
use crate::hash_table::HashTable;
use crate::raw::Plain;

impl<K: Key + ?Sized, V: Clone, A: Allocator + Clone> Clone for SliceMap<K, V, A> {
    /// O(slots + key bytes). The copy has the same capacity and seed.
    fn clone(&self) -> Self {
        let mut map = Self::new_in(self.allocator().clone());
        map.clone_from(self);
        map
    }

    /// O(slots + key bytes). Reuses the memory of this map where it is large enough for the keys and
    /// exactly as large for the table.
    fn clone_from(&mut self, source: &Self) {
        // Infallible: a failure does not return.
        let _ = self.copy_from(source, Fallibility::Infallible);
    }
}

impl<K: Key + ?Sized, V: Clone, A: Allocator> SliceMap<K, V, A> {
    /// Makes this map a copy of another. Without memory for it the map is empty.
    pub(super) fn copy_from(
        &mut self,
        source: &Self,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        /// Counts the keys of the entries that are there, when cloning a value has panicked or there are none.
        struct Recount<'a, K: Key + ?Sized, V, A: Allocator>(&'a mut SliceMap<K, V, A>);
        impl<K: Key + ?Sized, V, A: Allocator> Drop for Recount<'_, K, V, A> {
            fn drop(&mut self) {
                let live = self.0.table.iter().map(|(cell, _)| cell.arena_bytes()).sum();
                self.0.arena.recount(live);
            }
        }
        self.clear();
        self.seed = source.seed.clone();
        // The keys come first: if cloning a value panics, the entries there already have theirs.
        self.arena.copy_from(&source.arena, fallibility)?;
        let guard = Recount(self);
        let (table, source) = (&mut guard.0.table.raw, &source.table.raw);
        table.clone_from_as(source, Plain::of_copied_and_value(), fallibility)?;
        mem::forget(guard);
        Ok(())
    }
}

impl<K: Key + ?Sized, V: PartialEq, A: Allocator> PartialEq for SliceMap<K, V, A> {
    /// Whether both have the same keys with equal values, regardless of order and seeds.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(key, value)| other.get(key).is_some_and(|v| *value == *v))
    }
}

impl<K: Key + ?Sized, V: Eq, A: Allocator> Eq for SliceMap<K, V, A> {}

debug! {
    [K: Key + ?Sized, V: Debug, A: Allocator] SliceMap<K, V, A>, |self, f| f.debug_map().entries(self.iter()).finish();
}

impl<K: Key + ?Sized, V, A: Allocator + Default> Default for SliceMap<K, V, A> {
    /// An empty map with a seed of its own and default allocators.
    #[inline]
    fn default() -> Self {
        SliceMap {
            seed: Seed::random(),
            arena: Arena::new_in(A::default()),
            table: HashTable::new_in(A::default()),
        }
    }
}

impl<K: Key + ?Sized, V, A: Allocator> Index<&K> for SliceMap<K, V, A> {
    type Output = V;

    /// The value of a key.
    ///
    /// # Panics
    /// If the key is absent.
    #[inline]
    #[track_caller]
    fn index(&self, key: &K) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

from_array! {
    /// Builds a map of these entries; for equal keys the last value wins.
    [K: Key + ?Sized, Q: AsRef<K>, V] (Q, V) => SliceMap<K, V>
}

from_iterator! {
    /// Builds a map of these entries; for equal keys the last value wins.
    [K: Key + ?Sized, Q: AsRef<K>, V, A: Allocator + Default] (Q, V) => SliceMap<K, V, A>
}

impl<K: Key + ?Sized, Q: AsRef<K>, V, A: Allocator> Extend<(Q, V)> for SliceMap<K, V, A> {
    /// Inserts all entries, their keys by reference (`&str`) or by value (`String`).
    ///
    /// Reserves room for as many entries as the iterator promises if the map is empty, and for half
    /// of them otherwise, since some keys may be present already.
    ///
    /// # Panics
    /// As [`reserve`](SliceMap::reserve) and [`insert`](SliceMap::insert).
    #[track_caller]
    fn extend<I: IntoIterator<Item = (Q, V)>>(&mut self, entries: I) {
        let entries = entries.into_iter();
        self.reserve(room_for(entries.size_hint().0, self.is_empty()));
        entries.for_each(|(key, value)| {
            self.insert(key.as_ref(), value);
        });
    }
}
