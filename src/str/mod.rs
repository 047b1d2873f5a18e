//! `StrMap` and its relatives: maps that own their keys, strings or byte strings, and take them by
//! reference.
//!
//! A key lives in a *cell* of 16 bytes in the table, or, if it is longer than 15 bytes, in the map's
//! *arena*; then the cell has its length, 40 bits of its hash and its position. A search compares
//! cells and looks into the arena only when length and hash bits agree. Growth moves cells and reads
//! no key. So a map of a million keys has two allocations, and most of its searches touch one entry.
//!
//! The map is a [`HashTable`] of pairs of a cell and a value, with hash and equality of its own.
//! Unsafe code is in `cell.rs` and `arena.rs` only: a wrong cell, position or count can do no more
//! harm there than a wrong key or a panic.

use core::mem;

use crate::allocator::{Allocator, Global};
use crate::error::{Fallibility, TryReserveError};
use crate::hash_map::{lookups, views};
use crate::hash_table::{self, HashTable, filled, removals};
use crate::raw::Statistics;

mod arena;
#[cfg(feature = "batch")]
mod batch;
mod cell;
mod common;
mod entry;
mod error;
mod fallible;
mod hash;
mod iter;
#[cfg(feature = "scan")]
mod scan;
mod set;
#[cfg(test)]
mod tests;
mod traits;

use arena::Arena;
pub use arena::Books;
pub(crate) use cell::Cell;
use common::common;
use hash::Seed;

#[cfg(feature = "batch")]
pub use batch::{ContainsBatch, GetBatch, GetBatchSet, GetKeyValueBatch};
pub use cell::Key;
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use error::{InsertError, RejectedValue};
pub use iter::{
    Drain, ExtractIf, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut,
};
pub use set::{DrainSet, SliceSet};

/// A map from strings to values that owns its keys and takes them as `&str`; see [`SliceMap`].
///
/// ```
/// use rosti::StrMap;
///
/// let mut count: StrMap<u64> = StrMap::new();
/// for word in "rösti is the swiss hash brown and rösti is good".split(' ') {
///     *count.entry(word).or_insert(0) += 1;
/// }
/// assert_eq!(count["rösti"], 2);
/// assert_eq!(count.get("burnt"), None);
/// ```
pub type StrMap<V, A = Global> = SliceMap<str, V, A>;

/// A map from byte strings to values that owns its keys and takes them as `&[u8]`; see [`SliceMap`].
///
/// ```
/// use rosti::BytesMap;
/// let mut sizes = BytesMap::new();
/// sizes.insert(b"\x7fELF", 64);
/// assert_eq!(sizes.get(&[127, 69, 76, 70]), Some(&64));
/// ```
pub type BytesMap<V, A = Global> = SliceMap<[u8], V, A>;

/// A set of strings that owns them and takes them as `&str`; see [`SliceSet`].
///
/// ```
/// use rosti::StrSet;
/// let mut seen = StrSet::new();
/// assert!(seen.insert("rösti"));
/// assert!(!seen.insert("rösti"));
/// ```
pub type StrSet<A = Global> = SliceSet<str, A>;

/// A set of byte strings that owns them and takes them as `&[u8]`; see [`SliceSet`].
///
/// ```
/// use rosti::BytesSet;
/// let mut seen = BytesSet::new();
/// seen.insert(&[0xff, 0]);
/// assert!(seen.contains(&[0xff, 0]) && !seen.contains(&[0xff]));
/// ```
pub type BytesSet<A = Global> = SliceSet<[u8], A>;

/// A map that owns its keys, strings (`K = str`, [`StrMap`]) or byte strings (`K = [u8]`,
/// [`BytesMap`]), and takes them by reference.
///
/// Keys of up to 15 bytes are stored in the table itself, longer ones one after another in a second
/// block, so there is no allocation per key, and a search for a short key reads only the table's
/// memory. In return, keys cannot be moved in or out: [`insert`](Self::insert) copies its key, and
/// whatever yields keys by value ([`drain`](Self::drain), `into_iter`) allocates each one.
///
/// The bytes of a long key that is removed stay in the second block until more than half of the
/// block is such garbage, or a fifth if the block is nearly full (and in any case at least 4 KiB,
/// and a byte for each slot of the table). Then the remaining keys are moved together inside the
/// block, or to a smaller one if it is far too large. This takes O(log n) amortised per byte
/// removed, for `n` long keys.
///
/// Keys are hashed the way foldhash does it, with a seed for each map, as in
/// [`HashMap`](crate::HashMap); the hasher cannot be chosen. A key may have up to `u32::MAX` bytes,
/// and all keys together 2^48 bytes (or as much as there is memory). Beyond 2^32 long keys, lookups
/// gradually become slower.
///
/// The order of iteration is arbitrary. Lookups, insertions and removals are O(key length)
/// expected; an insertion that grows the map is O(len) regardless of the length of keys, apart from
/// copying the second block.
///
/// ```
/// use rosti::StrMap;
///
/// let mut stock = StrMap::new();
/// stock.insert("potatoes", 7);
/// stock.insert("butter", 1);
/// *stock.entry("potatoes").or_insert(0) += 5;
///
/// assert_eq!(stock["potatoes"], 12);
/// assert_eq!(stock.get("onions"), None);
/// assert_eq!(stock.remove("butter"), Some(1));
/// assert_eq!(stock.len(), 1);
/// ```
pub struct SliceMap<K: Key + ?Sized, V, A: Allocator = Global> {
    seed: Seed,
    pub(crate) arena: Arena<K, A>,
    pub(crate) table: HashTable<(Cell<K>, V), A>,
}

/// A key prepared for a search.
struct Query<'k, K: Key + ?Sized> {
    key: &'k K,
    /// The key's cell; a long one still without a position.
    cell: Cell<K>,
    hash: u64,
}

copy! { [K: Key + ?Sized] Query<'_, K>; }

impl<'k, K: Key + ?Sized> Query<'k, K> {
    #[inline(always)]
    fn short(key: &'k K, seed: &Seed) -> Option<Self> {
        let cell = Cell::short(key)?;
        Some(Query { key, cell, hash: seed.of_short(&cell) })
    }

    #[inline(always)]
    fn long(key: &'k K, seed: &Seed) -> Self {
        let (hash, len) = seed.of_long(key);
        Query { key, cell: Cell::long(len, hash, 0), hash }
    }

    #[inline]
    fn new(key: &'k K, seed: &Seed) -> Self {
        Self::short(key, seed).unwrap_or_else(|| Self::long(key, seed))
    }

    /// The key's length, if a key may have it.
    #[inline]
    fn bytes_to_store(&self) -> Result<usize, InsertError> {
        match self.key.as_ref().len() {
            len if len > cell::LONGEST => Err(InsertError::KeyTooLong { len }),
            len => Ok(len),
        }
    }

    /// Whether a cell is that of this key.
    #[inline]
    fn is_key_of<A: Allocator>(&self, cell: &Cell<K>, arena: &Arena<K, A>) -> bool {
        if self.cell.is_long() { self.is_long_key_of(cell, arena) } else { self.cell.is(cell) }
    }

    /// Whether a cell is that of this key, which is long.
    #[inline(always)]
    fn is_long_key_of<A: Allocator>(&self, cell: &Cell<K>, arena: &Arena<K, A>) -> bool {
        self.cell.resembles(cell) && arena.holds(cell.position(), self.key)
    }
}

/// Evaluates a search twice, once for short keys and once for long ones: each has a loop of its own,
/// with a comparison that asks no more than it must.
macro_rules! search {
    ($map:ident, $key:expr, |$query:ident, $recognise:ident| $search:expr) => {
        if let Some($query) = Query::short($key, &$map.seed) {
            let cell = $query.cell;
            let $recognise = |(candidate, _): &(Cell<K>, V)| cell.is(candidate);
            $search
        } else {
            let $query = Query::long($key, &$map.seed);
            let arena = &$map.arena;
            let $recognise = |(cell, _): &(Cell<K>, V)| $query.is_long_key_of(cell, arena);
            $search
        }
    };
}

/// The hash of an entry, for the table's growth.
#[inline(always)]
fn hash_of<K: Key + ?Sized, V>(seed: &Seed) -> impl Fn(&(Cell<K>, V)) -> u64 + '_ {
    move |(cell, _)| seed.of_cell(cell)
}

/// What the arena of a map holds: for tests that cannot see it.
#[must_use]
pub fn books<K: Key + ?Sized, V, A: Allocator>(map: &SliceMap<K, V, A>) -> Books {
    map.arena.books()
}

/// Garbage in an arena that is not worth the trouble.
const LITTLE: usize = 4 << 10;

/// Rids the arena of garbage if that is more than half, and enough to pay for a walk over the table.
#[inline]
fn collect_garbage<K: Key + ?Sized, V, A: Allocator>(
    table: &mut HashTable<(Cell<K>, V), A>,
    arena: &mut Arena<K, A>,
) {
    let garbage = arena.garbage();
    if arena.is_cluttered() && garbage >= LITTLE.max(table.num_buckets()) {
        tidy_up(table, arena);
    }
}

/// Moves the keys that are left together, or where the block is far too large to one of twice their
/// size, so that nothing grows until the next time if there are as many then.
#[cold]
fn tidy_up<K: Key + ?Sized, V, A: Allocator>(
    table: &mut HashTable<(Cell<K>, V), A>,
    arena: &mut Arena<K, A>,
) {
    if arena.capacity() / 4 > arena.live() {
        compact(table, arena, 2 * arena.live());
    } else {
        let count = table.iter().filter(|(cell, _)| cell.is_long()).count();
        let cells = table.iter_mut().map(|(cell, _)| cell);
        arena.slide(count, cells.filter(|cell| cell.is_long()));
    }
}

/// Counts the bytes of keys that are removed, and tells the arena at the end, also when a closure or a
/// drop panics.
struct Removed<'a, K: Key + ?Sized, A: Allocator> {
    arena: &'a mut Arena<K, A>,
    bytes: usize,
}

impl<K: Key + ?Sized, A: Allocator> Removed<'_, K, A> {
    /// Counts those of a cell, unless it is kept; returns whether it is.
    #[inline(always)]
    fn note_unless(&mut self, kept: bool, cell: &Cell<K>) -> bool {
        self.bytes += if kept { 0 } else { cell.arena_bytes() };
        kept
    }
}

impl<K: Key + ?Sized, A: Allocator> Drop for Removed<'_, K, A> {
    fn drop(&mut self) {
        self.arena.release(self.bytes);
    }
}

/// Moves the keys of all long cells to a block with room for `capacity` bytes, or leaves them where
/// they are if there is none.
#[cold]
fn compact<K: Key + ?Sized, V, A: Allocator>(
    table: &mut HashTable<(Cell<K>, V), A>,
    arena: &mut Arena<K, A>,
    capacity: usize,
) {
    arena.renew(capacity, |text, new| {
        for (cell, _) in table.iter_mut().filter(|(cell, _)| cell.is_long()) {
            // Infallible: there is room for all that was live.
            if let Ok(position) = new.push(cell.key(text), Fallibility::Infallible) {
                *cell = Cell::long(cell.arena_bytes(), cell.hash(), position);
            }
        }
    });
}

/// Puts a key into a cell, and if it is long into the arena.
#[inline]
fn store<K: Key + ?Sized, A: Allocator>(
    query: &Query<'_, K>,
    arena: &mut Arena<K, A>,
    fallibility: Fallibility,
) -> Result<Cell<K>, InsertError> {
    if !query.cell.is_long() {
        return Ok(query.cell);
    }
    let len = query.bytes_to_store()?;
    let position = arena.push(query.key, fallibility).map_err(InsertError::NoRoom)?;
    Ok(Cell::long(len, query.cell.hash(), position))
}

common! {
    SliceMap<K, V>, "map" of "entries", "StrMap::<u64>", "map.insert(\"a key that is too long for its cell\", 1);",
    |seed| SliceMap { seed: Seed::fixed(seed), ..Self::new() },
    |alloc| SliceMap {
        seed: Seed::random(),
        arena: Arena::new_in(alloc.clone()),
        table: HashTable::new_in(alloc),
    },
    self.table, hash_of(&self.seed);
    allocation_size: self.table.allocation_size() + self.arena.capacity();
    statistics: Statistics { bytes: self.allocation_size(), ..self.table.statistics(hash_of(&self.seed)) };
    reserve_key_bytes: |additional| {
        // Infallible: a failure does not return.
        let _ = self.arena.reserve(additional, Fallibility::Infallible);
    };
    shrink_to_fit: {
        self.table.shrink_to_fit(hash_of(&self.seed));
        let live = self.table.iter().map(|(cell, _)| cell.arena_bytes()).sum();
        if live < self.arena.capacity() {
            compact(&mut self.table, &mut self.arena, live);
        }
    }
    clear: {
        // Whether or not dropping a value panics, the table is empty afterwards.
        self.arena.release_all();
        self.table.clear();
        self.arena.clear();
    }
}

impl<K: Key + ?Sized, V, A: Allocator> SliceMap<K, V, A> {
    /// What `show` makes of a key's entry.
    #[inline(always)]
    fn find<'a, R>(&'a self, key: &K, show: impl FnOnce(&'a (Cell<K>, V)) -> R) -> Option<R> {
        if self.is_empty() {
            return None; // without hashing the key
        }
        search!(self, key, |query, recognise| self.table.find_and(query.hash, recognise, show))
    }

    #[inline(always)]
    fn find_mut<'a, R>(
        &'a mut self,
        key: &K,
        show: impl FnOnce(&'a mut (Cell<K>, V)) -> R,
    ) -> Option<R> {
        search!(self, key, |query, recognise| self.table.find_mut_and(query.hash, recognise, show))
    }

    lookups! {
        "StrMap", "O(key length) expected.", ", newly allocated,", "O(key length) expected and amortised.",
        [] K, K::Owned, |self, key|
        get_key_value: cell => cell.key(self.arena.text());
        remove: Some(self.find_entry(key)?.remove());
        remove_entry: Some(self.find_entry(key)?.remove_entry());
    }

    /// Mutable references to the values of several keys at once; `None` for keys that are absent.
    /// As many lookups as keys.
    ///
    /// # Panics
    /// If two keys are equal and in the map.
    ///
    /// ```
    /// let mut map = rosti::StrMap::from([("one", 1), ("two", 2)]);
    /// let [Some(one), Some(two), None] = map.get_disjoint_mut(["one", "two", "three"]) else {
    ///     panic!("one and two are in the map, three is not");
    /// };
    /// std::mem::swap(one, two);
    /// assert_eq!(map["one"], 2);
    /// ```
    #[track_caller]
    pub fn get_disjoint_mut<const N: usize>(&mut self, keys: [&K; N]) -> [Option<&mut V>; N] {
        let found = filled(None, |i| {
            search!(self, keys[i], |query, recognise| self
                .table
                .find_bucket_index(query.hash, recognise))
        });
        self.table.buckets_as(found, |(_, value)| value)
    }

    /// The entry of a key, which can be inspected, changed, filled or removed with a single search.
    /// Copies the key only if a value is inserted. O(key length) expected and amortised.
    ///
    /// If the key is absent, the table already makes room for it here.
    ///
    /// # Panics
    /// If the table must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut count = rosti::StrMap::new();
    /// for word in ["to", "be", "or", "not", "to", "be"] {
    ///     *count.entry(word).or_insert(0) += 1;
    /// }
    /// assert_eq!(count["be"], 2);
    /// ```
    #[inline]
    pub fn entry<'a, 'k>(&'a mut self, key: &'k K) -> Entry<'a, 'k, K, V, A> {
        search!(self, key, |query, recognise| {
            match self.table.entry(query.hash, recognise, hash_of(&self.seed)) {
                hash_table::Entry::Occupied(entry) => {
                    Entry::Occupied(OccupiedEntry { entry, arena: &mut self.arena })
                }
                hash_table::Entry::Vacant(entry) => {
                    Entry::Vacant(VacantEntry { entry, arena: &mut self.arena, query })
                }
            }
        })
    }

    examples! {
        "let mut map = rosti::StrMap::new();";

        /// Inserts a value under a copy of the key and returns the old one, if the key was present. O(key length)
        /// expected and amortised.
        ///
        /// # Panics
        /// If the key is absent and has more than `u32::MAX` bytes, or the map must grow and the new capacity
        /// overflows; aborts if the allocator fails. [`try_insert`](Self::try_insert) reports all of that.
        #[example("assert_eq!((map.insert(\"one\", 1), map.insert(\"one\", 11)), (None, Some(1)));")]
        #[inline]
        pub fn insert(&mut self, key: &K, value: V) -> Option<V> {
            match self.entry(key) {
                Entry::Occupied(mut entry) => Some(entry.insert(value)),
                Entry::Vacant(entry) => {
                    entry.insert(value);
                    None
                }
            }
        }

        /// [`insert`](Self::insert) that reports why it cannot insert; nothing has changed then, except perhaps the
        /// capacity. O(key length) expected and amortised.
        ///
        /// (It is not `HashMap::try_insert`, for which a present key is an error; that is [`entry`](Self::entry) here.)
        ///
        /// # Errors
        /// [`RejectedValue`], with the value and the reason: the key is absent and too long, or there is no memory.
        #[example("assert_eq!((map.try_insert(\"one\", 1), map.try_insert(\"one\", 11)), (Ok(None), Ok(Some(1))));")]
        pub fn try_insert(&mut self, key: &K, value: V) -> Result<Option<V>, RejectedValue<V>> {
            if let Some(present) = self.get_mut(key) {
                return Ok(Some(mem::replace(present, value)));
            }
            let query = Query::new(key, &self.seed);
            let room = self.try_reserve(1).map_err(InsertError::NoRoom);
            match room.and_then(|()| store(&query, &mut self.arena, Fallibility::Fallible)) {
                Ok(cell) => {
                    self.table.insert_unique(query.hash, (cell, value), hash_of(&self.seed));
                    Ok(None)
                }
                Err(error) => Err(RejectedValue { value, error }),
            }
        }
    }

    /// The entry of a key that is present.
    #[inline]
    fn find_entry(&mut self, key: &K) -> Option<OccupiedEntry<'_, K, V, A>> {
        let found =
            search!(self, key, |query, recognise| self.table.find_entry(query.hash, recognise));
        Some(OccupiedEntry { entry: found.ok()?, arena: &mut self.arena })
    }

    views! {
        "StrMap", ", each newly allocated", [], |self|
        iter: Iter { entries: self.table.iter(), text: self.arena.text() };
        iter_mut: IterMut { entries: self.table.iter_mut(), text: self.arena.text() };
    }

    /// The values by value, in arbitrary order; allocates nothing. O(slots) to visit them all.
    ///
    /// ```
    /// let map = rosti::StrMap::from([("one", 'a'), ("three", 'b')]);
    /// assert_eq!(map.into_values().max(), Some('b'));
    /// ```
    #[inline]
    pub fn into_values(self) -> IntoValues<K, V, A> {
        drop(self.arena); // first: if the allocator panics, the values are dropped with the table
        IntoValues { entries: self.table.into_iter(), marker: core::marker::PhantomData }
    }

    removals! {
        "map" of "entries", "let mut map: rosti::StrMap<u32> = (0..8).map(|n| (n.to_string(), n)).collect();",
        "|_, n| *n % 2 == 0", |self, predicate|
        drain: " Each key is newly allocated." -> Drain<'_, K, V, A> => {
            // Should the drain be leaked, all bytes are garbage.
            self.arena.release_all();
            Drain { entries: self.table.drain(), arena: &mut self.arena }
        };
        retain(&K, &mut V): "" => {
            let (mut keep, mut removed) = (predicate, Removed { arena: &mut self.arena, bytes: 0 });
            self.table.retain(|(cell, value)| {
                removed.note_unless(keep(cell.key(removed.arena.text()), value), cell)
            });
            drop(removed);
            collect_garbage(&mut self.table, &mut self.arena);
        };
        extract_if(&K, &mut V):
            " Each key is newly allocated. The memory of long keys is reclaimed by the next removal at the earliest."
            -> ExtractIf<'_, K, V, F, A> => {
            // What an earlier one left: while the iterator lives, keys cannot be moved.
            collect_garbage(&mut self.table, &mut self.arena);
            ExtractIf { entries: self.table.raw.extract_if(), arena: &mut self.arena, pick: predicate }
        };
        pop: " Its key is newly allocated, which is not counted below." -> (K::Owned, V) => {
            let (cell, value) = self.table.pop()?;
            let key = cell.key(self.arena.text()).to_owned();
            self.arena.release(cell.arena_bytes());
            collect_garbage(&mut self.table, &mut self.arena);
            Some((key, value))
        };
    }
}
