//! `ExtendibleSet`: an [`ExtendibleMap`] without values.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};
use core::iter::FusedIterator;
use core::mem;

use super::batch;
use super::iter::{IntoKeys, Keys};
use super::map::ExtendibleMap;
use super::walk;
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::error::TryReserveError;
use crate::hash_map::{construct, into_iterator, room};
use crate::hash_set::{batches, removals, set_methods, set_traits};
use crate::hasher::DefaultHashBuilder;
use crate::raw::Statistics;

/// A hash set with [`HashSet`](crate::HashSet)'s interface whose slowest insertion does not depend on its
/// size: see [`ExtendibleMap`] for what that costs, and when it holds.
///
/// ```
/// use rosti::ExtendibleSet;
/// let mut seen = ExtendibleSet::new();
/// assert!(seen.insert("salt"));
/// assert!(!seen.insert("salt"));
/// assert!(seen.contains("salt") && seen.remove("salt"));
/// ```
pub struct ExtendibleSet<T, S = DefaultHashBuilder, A: Allocator + Clone = Global> {
    pub(crate) map: ExtendibleMap<T, (), S, A>,
}

construct! {
    ExtendibleSet<T>, [Clone], "set" of "elements", "ExtendibleSet::<u64>", "set.insert(1);", "O(tables)",
    |hash_builder, alloc| ExtendibleSet { map: ExtendibleMap::with_hasher_in(hash_builder, alloc) },
    |capacity| ExtendibleSet {
        map: ExtendibleMap::with_capacity_and_hasher_in(capacity, hash_builder, alloc),
    },
    or try Ok(ExtendibleSet {
        map: ExtendibleMap::try_with_capacity_and_hasher_in(capacity, hash_builder, alloc)?,
    }),
    |self| self.map.hasher(), map,
    capacity: "The room of all tables together: a measure of memory, but no promise; see [`ExtendibleMap::capacity`]. \
        O(tables)."
}

set_methods! {
    ExtendibleSet, [Clone], [tables], [tables];
    |self, value|
    iter -> Iter<'_, T, A> => self.map.keys();
    get_or_insert: self.map.entry(value).or_insert_entry(()).into_entry().0;
    replace: {
        let (present, (value, ())) = self.map.insert_pair((value, ()))?;
        Some(mem::replace(&mut present.0, value))
    };
}

room! {
    ExtendibleSet<T>, [Clone], "set" of "elements", "ExtendibleSet::<u64>", [self.map],
    reserve: "O(slots) if there is anything to do; see [`ExtendibleMap::reserve`].",
    try_reserve: ". The elements are then unchanged, but tables that have been split stay split.",
    shrink_to_fit: "Joins tables that have become half empty and g"
}

impl<T, S, A: Allocator + Clone> ExtendibleSet<T, S, A> {
    /// The most elements that an insertion hashes, besides the one inserted; see
    /// [`ExtendibleMap::BOUND`].
    ///
    /// ```
    /// assert!(rosti::ExtendibleSet::<u64>::BOUND < 4096);
    /// ```
    pub const BOUND: usize = ExtendibleMap::<T, (), S, A>::BOUND;

    /// Bytes of a table at the bound; see [`ExtendibleMap::TABLE_BYTES`].
    ///
    /// ```
    /// assert!(rosti::ExtendibleSet::<u64>::TABLE_BYTES < 80_000);
    /// ```
    pub const TABLE_BYTES: usize = ExtendibleMap::<T, (), S, A>::TABLE_BYTES;
}

/// The elements of a set by reference; see [`ExtendibleSet::iter`].
///
/// ```
/// let set = rosti::ExtendibleSet::<_>::from(['a']);
/// assert_eq!(set.iter().next(), Some(&'a'));
/// ```
pub type Iter<'a, T, A = Global> = Keys<'a, T, (), A>;

/// The elements of a set by value; see [`ExtendibleSet::into_iter`](IntoIterator::into_iter).
///
/// ```
/// let set = rosti::ExtendibleSet::<_>::from(['a']);
/// assert_eq!(set.into_iter().next(), Some('a'));
/// ```
pub type IntoIter<T, A = Global> = IntoKeys<T, (), A>;

into_iterator! {
    /// The elements by value, in arbitrary order. O(slots) to visit them all.
    [T, S, A: Allocator + Clone] ExtendibleSet<T, S, A> => IntoIter<T, A>, T, self => self.map.into_keys();
}

removals! { ExtendibleSet, walk::Drain<'a, (T, ()), A>, walk::ExtractIf<'a, (T, ()), A> }
batches! { ExtendibleSet, [Clone], batch }
set_traits! { ExtendibleSet, ExtendibleMap, [Clone], Iter<'a, T, A> }
