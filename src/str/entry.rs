//! Entries: the place of a key in a map, occupied or vacant.

use core::fmt::Debug;

use super::arena::Arena;
use super::cell::{Cell, Key};
use super::{Query, collect_garbage, store};
use crate::allocator::{Allocator, Global};
use crate::error::Fallibility;
use crate::hash_map::{accessors, entry_methods, value_methods};
use crate::hash_table::{self, debug_entry};

/// The place of a key in a map, occupied or vacant; see
/// [`SliceMap::entry`](super::SliceMap::entry).
///
/// ```
/// use rosti::str_map::Entry;
/// let mut map = rosti::StrMap::from([("one", 1)]);
/// match map.entry("one") {
///     Entry::Occupied(entry) => assert_eq!(entry.remove(), 1),
///     Entry::Vacant(_) => unreachable!(),
/// }
/// ```
pub enum Entry<'a, 'k, K: Key + ?Sized, V, A: Allocator = Global> {
    /// The key is in the map.
    Occupied(OccupiedEntry<'a, K, V, A>),

    /// The key is not in the map.
    Vacant(VacantEntry<'a, 'k, K, V, A>),
}

/// A key that is present, with its value; part of [`Entry`].
///
/// ```
/// let mut map = rosti::StrMap::new();
/// assert_eq!(map.entry("one").insert(1).insert(11), 1);
/// assert_eq!(map["one"], 11);
/// ```
pub struct OccupiedEntry<'a, K: Key + ?Sized, V, A: Allocator = Global> {
    pub(super) entry: hash_table::OccupiedEntry<'a, (Cell<K>, V), A>,
    pub(super) arena: &'a mut Arena<K, A>,
}

/// An absent key, with the place for it; part of [`Entry`].
///
/// ```
/// let mut map = rosti::StrMap::new();
/// let rosti::str_map::Entry::Vacant(entry) = map.entry("one") else { panic!() };
/// *entry.insert(1) += 10;
/// assert_eq!(map["one"], 11);
/// ```
pub struct VacantEntry<'a, 'k, K: Key + ?Sized, V, A: Allocator = Global> {
    pub(super) entry: hash_table::VacantEntry<'a, (Cell<K>, V), A>,
    pub(super) arena: &'a mut Arena<K, A>,
    pub(super) query: Query<'k, K>,
}

impl<'a, 'k, K: Key + ?Sized, V, A: Allocator> Entry<'a, 'k, K, V, A> {
    entry_methods! {
        'a, K => V, OccupiedEntry<'a, K, V, A>, [], "StrMap", "entry",
        "O(key length).\n\n# Panics\nAs [`VacantEntry::insert`].",
        |entry, value| entry.insert_entry(value)
    }

    accessors! {
        "let mut map: rosti::StrMap<u8> = rosti::StrMap::new();\nlet entry = map.entry(\"one\");",
        "The key: the map's, or the one that was looked for." key(&self) -> &K, "\"one\"" => match self {
            Entry::Occupied(entry) => entry.key(),
            Entry::Vacant(entry) => entry.key(),
        };
    }
}

impl<'a, K: Key + ?Sized, V, A: Allocator> OccupiedEntry<'a, K, V, A> {
    value_methods! {
        'a, V, "StrMap", "entry(\"a\").insert(1)",
        |self| &self.entry.get().1, &mut self.entry.get_mut().1, &mut self.entry.into_mut().1
    }

    accessors! {
        "let mut map = rosti::StrMap::new();\nlet entry = map.entry(\"one\").insert(1);",
        "The map's key." key(&self) -> &K, "\"one\"" => self.entry.get().0.key(self.arena.text());
        "Removes the entry and returns its value. O(1) amortised per byte of the key." remove(self) -> V, "1" => {
            let ((cell, value), vacant) = self.entry.remove();
            if cell.is_long() {
                self.arena.release(cell.arena_bytes());
                collect_garbage(vacant.into_table(), self.arena);
            }
            value
        };
        "Removes the entry and returns its key, newly allocated, and its value. O(1) amortised per byte of the key."
        remove_entry(self) -> (K::Owned, V), "(\"one\".to_owned(), 1)" => (self.key().to_owned(), self.remove());
    }
}

impl<'a, 'k, K: Key + ?Sized, V, A: Allocator> VacantEntry<'a, 'k, K, V, A> {
    accessors! {
        "let mut map = rosti::StrMap::<u8>::new();\n\
            let rosti::str_map::Entry::Vacant(entry) = map.entry(\"one\") else { panic!() };",
        "The key that was looked for." key(&self) -> &'k K, "\"one\"" => self.query.key;
    }

    examples! {
        "let mut map = rosti::StrMap::new();\n\
            let rosti::str_map::Entry::Vacant(entry) = map.entry(\"one\") else { panic!() };";

        /// Stores a value under a copy of the key. O(key length) amortised.
        ///
        /// # Panics
        /// If the key has more than `u32::MAX` bytes, or no position is left for it; aborts if the allocator fails.
        #[example("assert_eq!(entry.insert(1), &1);")]
        #[inline]
        pub fn insert(self, value: V) -> &'a mut V {
            self.insert_entry(value).into_mut()
        }

        /// [`insert`](Self::insert) that returns the entry.
        ///
        /// # Panics
        /// As [`insert`](Self::insert).
        #[example("assert_eq!(entry.insert_entry(1).remove(), 1);")]
        #[inline]
        pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, A> {
            match store(&self.query, self.arena, Fallibility::Infallible) {
                Ok(cell) => {
                    OccupiedEntry { entry: self.entry.insert((cell, value)), arena: self.arena }
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

debug_entry! { [K: Key + ?Sized, V: Debug, A: Allocator] Entry<'_, '_, K, V, A>, "Entry" }

debug! {
    [K: Key + ?Sized, V: Debug, A: Allocator] OccupiedEntry<'_, K, V, A>, |self, f| {
        let mut debug = f.debug_struct("OccupiedEntry");
        debug.field("key", &self.key()).field("value", self.get()).finish_non_exhaustive()
    };
    [K: Key + ?Sized, V, A: Allocator] VacantEntry<'_, '_, K, V, A>, |self, f|
        f.debug_tuple("VacantEntry").field(&self.key()).finish();
}
