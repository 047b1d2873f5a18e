//! `HashMap`: keys and values on a [`HashTable`], hashed and compared by traits.
//!
//! This layer knows `Hash`, `Equivalent` and `BuildHasher`; the table below it knows none of them.
//! An operation hashes the key, hands the table the hash and a closure that recognises the key, and
//! wraps what comes back. `construct.rs` has what all maps and sets have in common, `methods.rs` what depends
//! on the table only by its name, `entry.rs` and `entry_ref.rs` have the entries, `iter.rs` the iterators,
//! `traits.rs` the implementations of std's traits, `raw_entry.rs` an old interface behind a feature.

use core::hash::{BuildHasher, Hash};
use core::mem;

use crate::allocator::{Allocator, Global};
use crate::ctrl::Tag;
use crate::equivalent::Equivalent;
use crate::error::TryReserveError;
use crate::hash_table::HashTable;
use crate::hasher::DefaultHashBuilder;
use crate::raw::{AtHome, PASSED_ON, Place, Statistics};

#[cfg(feature = "batch")]
mod batch;
mod construct;
mod disjoint;
mod entry;
mod entry_map;
mod entry_ref;
mod fallible;
mod iter;
mod methods;
#[cfg(feature = "raw-entry")]
mod raw_entry;
#[cfg(feature = "scan")]
mod scan;
mod traits;

#[cfg(feature = "batch")]
pub(crate) use batch::Keys as BatchKeys;
#[cfg(feature = "extendible")]
pub(crate) use batch::{Answers, batches};
#[cfg(feature = "batch")]
pub use batch::{ContainsBatch, GetBatch, GetKeyValueBatch};
#[cfg(feature = "default-hasher")]
pub(crate) use construct::try_with_capacity;
pub(crate) use construct::{construct, room};
pub(crate) use entry::VacantPlace;
pub use entry::{Entry, OccupiedEntry, OccupiedError, VacantEntry};
pub use entry_ref::{EntryRef, VacantEntryRef};
pub use iter::{
    Drain, ExtractIf, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut,
};
pub(crate) use iter::{
    debug_list, extract_if, forward_iterator, into_iterator, iterator_types, view_iterators,
};

pub(crate) use entry_map::EntryMap;
pub(crate) use methods::{accessors, lookups, map_methods, views};
#[cfg(feature = "str")]
pub(crate) use methods::{entry_methods, value_methods};
#[cfg(feature = "raw-entry")]
pub use raw_entry::{
    RawEntryBuilder, RawEntryBuilderMut, RawEntryMut, RawOccupiedEntryMut, RawVacantEntryMut,
};
#[cfg(all(feature = "scan", any(feature = "extendible", feature = "str")))]
pub(crate) use scan::scans;
#[cfg(feature = "extendible")]
pub(crate) use {
    crate::hash_table::try_clone, fallible::fallible, iter::iterators, traits::map_traits,
};

/// The parallel iterators of maps, for code that needs to name the type.
#[cfg(feature = "rayon")]
pub mod rayon {
    pub use crate::external::rayon::map::*;
}

/// A hash map with hashbrown's interface on a table without tombstones.
///
/// Keys implement [`Eq`] and [`Hash`], and equal keys have equal hashes. A key must not change in a
/// way that affects either while it is in the map (through a `Cell`, say). If these rules are
/// broken the map may give wrong answers for the keys concerned, or panic, but there is never
/// undefined behaviour.
///
/// The order of iteration is arbitrary. Lookups, insertions and removals are O(1) expected; an
/// insertion that grows the map is O(len). `insert` and `entry` for a present key never move other
/// entries, and a map of constant size never grows: [`capacity`](Self::capacity) is a promise that
/// holds however many entries come and go.
///
/// ```
/// use rosti::HashMap;
///
/// let mut stock = HashMap::new();
/// stock.insert("potatoes", 7);
/// stock.insert("butter", 1);
/// *stock.entry("potatoes").or_insert(0) += 5;
///
/// assert_eq!(stock["potatoes"], 12);
/// assert_eq!(stock.get("onions"), None);
/// assert_eq!(stock.remove("butter"), Some(1));
/// assert_eq!(stock.len(), 1);
/// ```
pub struct HashMap<K, V, S = DefaultHashBuilder, A: Allocator = Global> {
    pub(crate) hash_builder: S,
    pub(crate) table: HashTable<(K, V), A>,
}

/// The hash of an entry, for the table to make room.
#[inline(always)]
pub(crate) fn hash_of<K: Hash, V, S: BuildHasher>(
    hash_builder: &S,
) -> impl Fn(&(K, V)) -> u64 + '_ {
    move |(key, _)| hash_builder.hash_one(key)
}

/// Whether an entry has this key, for the table's search.
#[inline(always)]
pub(crate) fn has_key<Q: Equivalent<K> + ?Sized, K, V>(key: &Q) -> impl Fn(&(K, V)) -> bool + '_ {
    move |(candidate, _)| key.equivalent(candidate)
}

construct! {
    HashMap<K, V>, [], "map" of "entries", "HashMap::<u64, u64>", "map.insert(1, 2);", "O(1)",
    |hash_builder, alloc| HashMap { hash_builder, table: HashTable::new_in(alloc) },
    |capacity| HashMap { hash_builder, table: HashTable::with_capacity_in(capacity, alloc) },
    or try Ok(HashMap { hash_builder, table: HashTable::try_with_capacity_in(capacity, alloc)? }),
    |self| &self.hash_builder, table,
    capacity: "How many entries the map can hold without growing, whatever is removed and inserted in the meantime. O(1)."
}

map_methods! {
    HashMap, [], [], [table], [table.raw], pop; |self, key| inline(always),
    entry: {
        let hash = self.hash_builder.hash_one(&key);
        match self.table.raw.find_or_spot(hash, has_key(&key)) {
            Place::Full(slot) => Entry::Occupied(OccupiedEntry::new(self, slot, hash)),
            Place::Vacant(slot) => Entry::Vacant(VacantEntry::new(VacantPlace::new(self, Some(slot), hash), key)),
            Place::Unknown => Entry::Vacant(VacantEntry::new(VacantPlace::new(self, None, hash), key)),
        }
    };
    entry_ref: {
        let hash = self.hash_builder.hash_one(key);
        match self.table.raw.find(hash, has_key(key)) {
            Some(slot) => EntryRef::Occupied(OccupiedEntry::new(self, slot, hash)),
            None => EntryRef::Vacant(VacantEntryRef::new(VacantPlace::new(self, None, hash), key)),
        }
    };
}

room! {
    HashMap<K, V>, [], "map" of "entries", "HashMap::<u64, u64>", [self.table, hash_of(&self.hash_builder)],
    reserve: "O(slots) if the map must grow.",
    try_reserve: " and changes nothing.",
    shrink_to_fit: "G"
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// Gives back memory, but keeps room for `min_capacity` entries. Does nothing if the capacity
    /// is already smaller. O(slots).
    ///
    /// ```
    /// let mut map: rosti::HashMap<u64, u64> = rosti::HashMap::with_capacity(100);
    /// map.shrink_to(10);
    /// assert!((10..100).contains(&map.capacity()));
    /// ```
    #[inline]
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.table.shrink_to(min_capacity, hash_of(&self.hash_builder));
    }

    /// The slot of a key's entry.
    #[inline(always)]
    fn slot_of<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<usize> {
        if self.is_empty() {
            return None; // without hashing the key
        }
        let hash = self.hash_builder.hash_one(key);
        // A constant: what is not called is not compiled. Keys with drop glue are strings and their kin, compared by
        // a call, around which the loop over windows would have much to save.
        match const { mem::needs_drop::<K>() } {
            true => self.table.raw.find_near(hash, has_key(key)),
            false => self.table.raw.find(hash, has_key(key)),
        }
    }

    /// What `show` makes of a key's entry; see [`HashTable::find_and`].
    #[inline(always)]
    fn find<'a, Q: Hash + Equivalent<K> + ?Sized, R>(
        &'a self,
        key: &Q,
        show: impl FnOnce(&'a (K, V)) -> R,
    ) -> Option<R> {
        let slot = self.slot_of(key)?;
        // SAFETY: the slot was found full (I3).
        Some(show(unsafe { self.table.raw.get(slot) }))
    }

    #[inline(always)]
    fn find_mut<'a, Q: Hash + Equivalent<K> + ?Sized, R>(
        &'a mut self,
        key: &Q,
        show: impl FnOnce(&'a mut (K, V)) -> R,
    ) -> Option<R> {
        let slot = self.slot_of(key)?;
        // SAFETY: as above.
        Some(show(unsafe { self.table.raw.get_mut(slot) }))
    }

    /// Sets the value of a key and returns the old one. If the key is present, the stored key is
    /// kept and the one given is dropped. O(1) expected and amortised; never moves other entries if
    /// the key is present.
    ///
    /// # Panics
    /// If the map must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut map = rosti::HashMap::new();
    /// assert_eq!(map.insert("one", 1), None);
    /// assert_eq!(map.insert("one", 11), Some(1));
    /// ```
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let hash = self.hash_builder.hash_one(&key);
        let table = &mut self.table.raw;
        // A constant: what is not called is not compiled.
        let place = if const { size_of::<V>() <= PASSED_ON } {
            match table.search_home(hash, has_key(&key)) {
                AtHome::Found(slot) => Place::Full(slot),
                AtHome::Vacant(slot) => Place::Vacant(slot),
                AtHome::VacantAlone(slot) => {
                    // SAFETY: the slot is vacant, in a table with one window, which has room then (I4). The entry is
                    // written at once (I3).
                    unsafe {
                        let entry = table.occupy_alone(slot, Tag::of(hash)).as_ptr();
                        (&raw mut (*entry).0).write(key);
                        (&raw mut (*entry).1).write(value);
                    }
                    return None;
                }
                AtHome::Elsewhere => return self.insert_on(hash, key, value),
            }
        } else {
            table.find_or_spot(hash, has_key(&key))
        };
        // SAFETY: the slot was found full, or else vacant in the window of the hash's home, and there is room;
        // or else one is claimed for the hash. The entry is written at once (I3).
        unsafe {
            let entry = match place {
                Place::Full(slot) => {
                    if const { mem::needs_drop::<K>() } {
                        drop(key); // it may panic: before the old value is the result, which would be lost
                    }
                    return Some(mem::replace(&mut table.get_mut(slot).1, value));
                }
                Place::Vacant(slot) => table.occupy(slot, Tag::of(hash)),
                Place::Unknown => table.occupy_elsewhere(hash, hash_of(&self.hash_builder)),
            };
            (&raw mut (*entry.as_ptr()).0).write(key);
            (&raw mut (*entry.as_ptr()).1).write(value);
            None
        }
    }

    /// [`insert`](Self::insert) where the home's window does not settle it. A call with all that there is to do, so
    /// that the common case has nothing to keep for afterwards, as it has with `find_or_vacant` (`ci/callgrind.sh`,
    /// insert: 78 -> 65).
    #[cold]
    #[inline(never)]
    fn insert_on(&mut self, hash: u64, key: K, value: V) -> Option<V> {
        let table = &mut self.table.raw;
        if let Some(slot) = table.find_on(hash, has_key(&key)) {
            if const { mem::needs_drop::<K>() } {
                drop(key); // first, as in `insert`
            }
            // SAFETY: the slot was found full.
            return Some(mem::replace(unsafe { &mut table.get_mut(slot).1 }, value));
        }
        let slot = table.claim_elsewhere(hash, hash_of(&self.hash_builder));
        // SAFETY: the slot is claimed for this hash.
        unsafe {
            let entry = table.occupy(slot, Tag::of(hash)).as_ptr();
            (&raw mut (*entry).0).write(key);
            (&raw mut (*entry).1).write(value);
        }
        None
    }

    /// Inserts an entry without checking whether the key is present. O(1) amortised.
    ///
    /// # Safety
    /// The key must be absent. Otherwise later operations may find either of the two entries,
    /// panic, or not terminate. That is not undefined behaviour here, but code built on the map may
    /// rely on unique keys for its own safety.
    ///
    /// ```
    /// let mut map = rosti::HashMap::new();
    /// // SAFETY: the map is empty.
    /// let (key, value) = unsafe { map.insert_unique_unchecked("one", 1) };
    /// assert_eq!((key, value), (&"one", &mut 1));
    /// ```
    #[inline]
    pub unsafe fn insert_unique_unchecked(&mut self, key: K, value: V) -> (&K, &mut V) {
        let hash = self.hash_builder.hash_one(&key);
        let entry =
            self.table.insert_unique(hash, (key, value), hash_of(&self.hash_builder)).into_mut();
        (&entry.0, &mut entry.1)
    }
}
