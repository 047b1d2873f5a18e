//! The entries of an `ExtendibleMap`: those of a `HashMap`, of which filling a vacant one may split a table.

use core::hash::{BuildHasher, Hash};

use super::map::{ExtendibleMap, hash_of};
use super::place::{Place, Vacancy};
use crate::allocator::{Allocator, Global};
use crate::error::TryReserveError;
use crate::hash_map::{self, EntryMap};
use crate::hasher::DefaultHashBuilder;

/// The place of a key in a map, occupied or vacant; see [`ExtendibleMap::entry`].
///
/// ```
/// let mut map = rosti::ExtendibleMap::<_, _>::from([("a", 1)]);
/// let rosti::extendible_map::Entry::Occupied(entry) = map.entry("a") else { panic!() };
/// assert_eq!(entry.remove(), 1);
/// ```
pub type Entry<'a, K, V, S, A = Global> =
    hash_map::Entry<'a, K, V, S, A, ExtendibleMap<K, V, S, A>>;

/// The place of a key that is present.
///
/// ```
/// let mut map = rosti::ExtendibleMap::new();
/// *map.entry("a").insert(1).get_mut() += 1;
/// assert_eq!(map["a"], 2);
/// ```
pub type OccupiedEntry<'a, K, V, S = DefaultHashBuilder, A = Global> =
    hash_map::OccupiedEntry<'a, K, V, S, A, ExtendibleMap<K, V, S, A>>;

/// The place where an absent key belongs. Inserting there costs what [`ExtendibleMap`] says.
///
/// ```
/// let mut map = rosti::ExtendibleMap::new();
/// let rosti::extendible_map::Entry::Vacant(entry) = map.entry("a") else { panic!() };
/// assert_eq!(entry.insert(1), &1);
/// ```
pub type VacantEntry<'a, K, V, S = DefaultHashBuilder, A = Global> =
    hash_map::VacantEntry<'a, K, V, S, A, ExtendibleMap<K, V, S, A>>;

/// A key that was to be inserted is present; see [`ExtendibleMap::try_insert`].
///
/// ```
/// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("a", 1)]);
/// let error = map.try_insert("a", 2).unwrap_err();
/// assert_eq!((error.entry.get(), error.value), (&1, 2));
/// ```
pub type OccupiedError<'a, K, V, S, A = Global> =
    hash_map::OccupiedError<'a, K, V, S, A, ExtendibleMap<K, V, S, A>>;

/// The place of a key in a map, occupied or vacant; see [`ExtendibleMap::entry_ref`].
///
/// ```
/// let mut map: rosti::ExtendibleMap<String, i32> = rosti::ExtendibleMap::new();
/// *map.entry_ref("a").or_insert(1) += 1;
/// assert_eq!(map["a"], 2);
/// ```
pub type EntryRef<'a, 'b, K, Q, V, S, A = Global> =
    hash_map::EntryRef<'a, 'b, K, Q, V, S, A, ExtendibleMap<K, V, S, A>>;

/// The place where an absent key, given by reference, belongs.
///
/// ```
/// let mut map = rosti::ExtendibleMap::<String, i32>::new();
/// let rosti::extendible_map::EntryRef::Vacant(entry) = map.entry_ref("a") else { panic!() };
/// assert_eq!(entry.insert(1), &1);
/// ```
pub type VacantEntryRef<'map, 'key, K, Q, V, S, A = Global> =
    hash_map::VacantEntryRef<'map, 'key, K, Q, V, S, A, ExtendibleMap<K, V, S, A>>;

impl<K, V, S, A: Allocator + Clone> EntryMap<K, V, S, A> for ExtendibleMap<K, V, S, A> {
    type Place = Place<(K, V), A>;
    type Vacancy = Vacancy<(K, V), A>;

    #[inline(always)]
    unsafe fn pair(&self, place: Self::Place) -> &(K, V) {
        // SAFETY: the caller's contract.
        unsafe { self.tables.get(place) }
    }

    #[inline(always)]
    unsafe fn pair_mut(&mut self, place: Self::Place) -> &mut (K, V) {
        // SAFETY: the caller's contract.
        unsafe { self.tables.get_mut(place) }
    }

    #[inline(always)]
    unsafe fn take(&mut self, place: Self::Place, hash: u64) -> (K, V) {
        // SAFETY: the caller's contract.
        unsafe { self.tables.take(place, hash) }
    }

    #[inline(always)]
    unsafe fn put_back(&mut self, place: Self::Place, hash: u64, pair: (K, V)) {
        // SAFETY: the caller's contract.
        unsafe { self.tables.put_back(place, hash, pair) }
    }

    #[inline(always)]
    unsafe fn fill(&mut self, vacancy: Self::Vacancy, hash: u64, pair: (K, V)) -> Self::Place
    where
        K: Hash,
        S: BuildHasher,
    {
        // SAFETY: the caller's contract.
        unsafe { self.tables.fill(vacancy, hash, pair, hash_of(&self.hash_builder)) }
    }

    fn reserve(&mut self, vacancy: &mut Self::Vacancy, hash: u64) -> Result<(), TryReserveError>
    where
        K: Hash,
        S: BuildHasher,
    {
        self.tables.reserve_for(vacancy, hash, hash_of(&self.hash_builder))
    }
}
