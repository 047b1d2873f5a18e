//! `ExtendibleMap`: keys and values on a table of tables, hashed and compared by traits.
//!
//! Like [`HashMap`](crate::HashMap), whose names and behaviour it has, over another table: an operation
//! hashes the key, hands [`Tables`] the hash and a closure that recognises the key, and wraps what comes
//! back. There is no unsafe code here.

use core::hash::{BuildHasher, Hash};
use core::mem;

use super::entry::{Entry, EntryRef, OccupiedEntry, OccupiedError, VacantEntry, VacantEntryRef};
use super::iter::{Drain, ExtractIf, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut};
use super::table::Tables;
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::error::{Fallibility, TryReserveError};
pub(super) use crate::hash_map::{VacantPlace, has_key, hash_of};
use crate::hash_map::{construct, map_methods, room};
use crate::hasher::DefaultHashBuilder;
use crate::raw::Statistics;

/// A hash map with [`HashMap`](crate::HashMap)'s interface whose slowest insertion does not depend on
/// its size.
///
/// A `HashMap` that is full moves all its entries before it takes one more: with sixteen million of
/// them a single `insert` takes hundreds of milliseconds, and the old and the new memory are held
/// at the same time. This map consists of tables of bounded size. A full one is split in two, and
/// no other is touched.
///
/// # What an insertion may cost
///
/// Besides finding the place, `insert`, `try_insert`, `try_reserve_insert` and filling a vacant entry
///
/// * hash at most [`BOUND`](Self::BOUND) keys and a few dozen more, and move at most as many entries. That
///   is rare: a table that is full is split little by little, by the next insertions, each of which
///   moves a few kilobytes;
/// * allocate at most one table, of [`TABLE_BYTES`](Self::TABLE_BYTES), a few dozen bytes that
///   describe it, and, when the number of tables has doubled, a directory of 16 bytes per table
///   (with 64-bit pointers), or a few times that. Until a table is split it also takes, from the global
///   allocator, 16 bytes for each entry that lies away from its home.
///
/// While a table is being split, lookups of all keys take a little longer.
///
/// The same bound holds for all other operations on one key, which allocate nothing. Operations on
/// all entries are O(slots), and so are [`reserve`](Self::reserve) and
/// [`shrink_to_fit`](Self::shrink_to_fit). While it grows, the map needs no more memory than it
/// holds afterwards, give or take one table.
///
/// All this assumes a hasher that spreads its hashes well. If all entries of a full table agree in
/// many of the lower 32 bits of their hashes, which does not happen with the default hasher, that
/// table grows like a `HashMap` and loses the bound. Everything stays correct.
///
/// The price: a lookup has to read one more address, and [`capacity`](Self::capacity) is no
/// promise, because tables fill unevenly.
///
/// Keys implement [`Eq`] and [`Hash`], and equal keys have equal hashes. A key must not change in a
/// way that affects either while it is in the map. If these rules are broken the map may give wrong
/// answers for the keys concerned, or panic, but there is never undefined behaviour.
///
/// ```
/// use rosti::ExtendibleMap;
///
/// let mut hits = ExtendibleMap::new();
/// for n in 0..10_000u32 {
///     *hits.entry(n % 6000).or_insert(0) += 1;
/// }
/// assert_eq!((hits.len(), hits[&0], hits[&5999]), (6000, 2, 1));
/// assert_eq!(hits.remove(&0), Some(2));
/// assert_eq!(hits.get(&0), None);
/// ```
pub struct ExtendibleMap<K, V, S = DefaultHashBuilder, A: Allocator + Clone = Global> {
    pub(crate) hash_builder: S,
    pub(crate) tables: Tables<(K, V), A>,
}

construct! {
    ExtendibleMap<K, V>, [Clone], "map" of "entries", "ExtendibleMap::<u64, u64>", "map.insert(1, 2);", "O(tables)",
    |hash_builder, alloc| ExtendibleMap { hash_builder, tables: Tables::new_in(alloc) },
    |capacity| ExtendibleMap { hash_builder, tables: Tables::with_capacity_in(capacity, alloc) },
    or try Ok(ExtendibleMap { hash_builder, tables: Tables::try_with_capacity_in(capacity, alloc)? }),
    |self| &self.hash_builder, tables,
    capacity: "The room in all tables together: at least [`len`](Self::len), and a measure of memory, but no promise. \
        Tables fill unevenly, so one may be full, and be split, while others have room. O(tables)."
}

map_methods! {
    ExtendibleMap, [Clone], [A], [tables], [tables]; |self, key| inline,
    entry: {
        let hash = self.hash_builder.hash_one(&key);
        match self.tables.find_or_vacancy(hash, has_key(&key)) {
            Ok(place) => Entry::Occupied(OccupiedEntry::new(self, place, hash)),
            Err(vacancy) => Entry::Vacant(VacantEntry::new(VacantPlace::new(self, vacancy, hash), key)),
        }
    };
    entry_ref: {
        let hash = self.hash_builder.hash_one(key);
        match self.tables.find_or_vacancy(hash, has_key(key)) {
            Ok(place) => EntryRef::Occupied(OccupiedEntry::new(self, place, hash)),
            Err(vacancy) => EntryRef::Vacant(VacantEntryRef::new(VacantPlace::new(self, vacancy, hash), key)),
        }
    };
}

room! {
    ExtendibleMap<K, V>, [Clone], "map" of "entries", "ExtendibleMap::<u64, u64>",
    [self.tables, hash_of(&self.hash_builder)],
    reserve: "Tables are split ahead, so that each can be expected to have room for its share. O(slots) if there \
        is anything to do.",
    try_reserve: ". The entries are then unchanged, but tables that have been split stay split.",
    shrink_to_fit: "Joins tables that have become half empty and g"
}

impl<K, V, S, A: Allocator + Clone> ExtendibleMap<K, V, S, A> {
    /// The most keys that an insertion hashes, besides the one inserted: as many entries as a table has
    /// before it is split. 3 584 of 16 bytes, fewer of larger ones.
    ///
    /// ```
    /// assert!(rosti::ExtendibleMap::<u64, u64>::BOUND < 4096);
    /// ```
    pub const BOUND: usize = Tables::<(K, V), A>::BOUND;

    /// Bytes of a table at the bound: what an insertion allocates at once, besides the directory.
    ///
    /// ```
    /// assert!(rosti::ExtendibleMap::<u64, u64>::TABLE_BYTES < 80_000);
    /// ```
    pub const TABLE_BYTES: usize = Tables::<(K, V), A>::TABLE_BYTES;
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator + Clone> ExtendibleMap<K, V, S, A> {
    #[inline(always)]
    fn find<'a, Q: Hash + Equivalent<K> + ?Sized, R>(
        &'a self,
        key: &Q,
        show: impl FnOnce(&'a (K, V)) -> R,
    ) -> Option<R> {
        Some(show(self.tables.find(self.hash_builder.hash_one(key), has_key(key))?))
    }

    #[inline(always)]
    fn find_mut<'a, Q: Hash + Equivalent<K> + ?Sized, R>(
        &'a mut self,
        key: &Q,
        show: impl FnOnce(&'a mut (K, V)) -> R,
    ) -> Option<R> {
        Some(show(self.tables.find_mut(self.hash_builder.hash_one(key), has_key(key))?))
    }

    /// Sets the value of a key and returns the old one. If the key is present, the stored key is
    /// kept and the one given is dropped. O(1) expected and amortised; moves no other entries if
    /// the key is present, and those of one table otherwise: see [the
    /// bound](Self#what-an-insertion-may-cost).
    ///
    /// # Panics
    /// Only if user code panics; aborts if the allocator fails.
    ///
    /// ```
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.insert("one", 1), None);
    /// assert_eq!(map.insert("one", 11), Some(1));
    /// ```
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (present, (key, value)) = self.insert_pair((key, value))?;
        drop(key); // it may panic: before the old value is the result, which would be lost
        Some(mem::replace(&mut present.1, value))
    }

    /// Inserts a pair, or returns it together with the one that has its key.
    #[inline(always)]
    #[allow(clippy::type_complexity)] // two pairs
    pub(super) fn insert_pair(&mut self, pair: (K, V)) -> Option<(&mut (K, V), (K, V))> {
        let hash = self.hash_builder.hash_one(&pair.0);
        let hasher = hash_of(&self.hash_builder);
        self.tables.insert(hash, pair, |present, pair| pair.0 == present.0, hasher)
    }
}

impl<T, A: Allocator + Clone> Tables<T, A> {
    #[inline]
    #[track_caller]
    fn reserve(&mut self, additional: usize, hasher: impl Fn(&T) -> u64) {
        // Infallible: a failure does not return.
        let _ = self.reserve_as(additional, hasher, Fallibility::Infallible);
    }

    #[inline]
    fn try_reserve(
        &mut self,
        additional: usize,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<(), TryReserveError> {
        self.reserve_as(additional, hasher, Fallibility::Fallible)
    }
}
