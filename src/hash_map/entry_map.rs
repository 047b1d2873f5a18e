//! What entries ask of the map they belong to, so that they are written once for all maps.

use core::hash::{BuildHasher, Hash};

use super::{HashMap, hash_of};
use crate::allocator::Allocator;
use crate::error::TryReserveError;

/// A map with entries of its own: [`HashMap`] or [`ExtendibleMap`](crate::ExtendibleMap).
///
/// A *place* is where a pair is, a *vacancy* where one belongs that is absent. Neither borrows the map. An entry
/// does, so nothing can have changed since they were found.
pub trait EntryMap<K, V, S, A> {
    type Place: Copy;
    type Vacancy: From<Self::Place>;

    /// # Safety
    /// A pair is in this place.
    unsafe fn pair(&self, place: Self::Place) -> &(K, V);

    /// # Safety
    /// A pair is in this place.
    unsafe fn pair_mut(&mut self, place: Self::Place) -> &mut (K, V);

    /// Moves a pair out of the map. Its place becomes a vacancy.
    ///
    /// # Safety
    /// A pair is in this place, whose key has this hash.
    unsafe fn take(&mut self, place: Self::Place, hash: u64) -> (K, V);

    /// Moves a pair back.
    ///
    /// # Safety
    /// A pair with this hash was taken from this place, and nothing has changed since.
    unsafe fn put_back(&mut self, place: Self::Place, hash: u64, pair: (K, V));

    /// Stores a pair whose key has this hash.
    ///
    /// # Safety
    /// The vacancy was found for this hash, or a pair with it was taken from there, and nothing but
    /// [`reserve`](Self::reserve) has happened since.
    unsafe fn fill(&mut self, vacancy: Self::Vacancy, hash: u64, pair: (K, V)) -> Self::Place
    where
        K: Hash,
        S: BuildHasher;

    /// A vacancy for this hash that may be better known than this one: what it takes to look is done now.
    #[inline(always)]
    fn looked_for(&self, vacancy: Self::Vacancy, _hash: u64) -> Self::Vacancy {
        vacancy
    }

    /// Makes the room that [`fill`](Self::fill) needs, if there is none yet.
    fn reserve(&mut self, vacancy: &mut Self::Vacancy, hash: u64) -> Result<(), TryReserveError>
    where
        K: Hash,
        S: BuildHasher;
}

/// A place is a full slot. A vacancy is a vacant one, if it is in the window of the hash's home or was emptied of an
/// entry, perhaps further on, so that filling it counts the walk. If there is none, a slot has to be looked for, and
/// perhaps room to be made; that waits until it is known that the entry will be filled.
impl<K, V, S, A: Allocator> EntryMap<K, V, S, A> for HashMap<K, V, S, A> {
    type Place = usize;
    type Vacancy = Option<usize>;

    #[inline(always)]
    unsafe fn pair(&self, slot: usize) -> &(K, V) {
        // SAFETY: the caller's contract.
        unsafe { self.table.raw.get(slot) }
    }

    #[inline(always)]
    unsafe fn pair_mut(&mut self, slot: usize) -> &mut (K, V) {
        // SAFETY: the caller's contract.
        unsafe { self.table.raw.get_mut(slot) }
    }

    #[inline(always)]
    unsafe fn take(&mut self, slot: usize, hash: u64) -> (K, V) {
        // SAFETY: the caller's contract.
        unsafe { self.table.raw.remove_hashed_at(slot, hash) }
    }

    #[inline(always)]
    unsafe fn put_back(&mut self, slot: usize, hash: u64, pair: (K, V)) {
        // SAFETY: the caller's contract.
        unsafe { self.table.raw.insert_at(slot, hash, pair) }
    }

    #[inline(always)]
    unsafe fn fill(&mut self, vacancy: Option<usize>, hash: u64, pair: (K, V)) -> usize
    where
        K: Hash,
        S: BuildHasher,
    {
        let HashMap { hash_builder, table } = self;
        match vacancy {
            Some(slot) => {
                // SAFETY: the caller's contract.
                unsafe { table.raw.insert_at(slot, hash, pair) };
                slot
            }
            None => table.raw.insert_elsewhere(hash, pair, hash_of(hash_builder)),
        }
    }

    #[inline(always)]
    fn looked_for(&self, vacancy: Option<usize>, hash: u64) -> Option<usize> {
        vacancy.or_else(|| self.table.raw.spot(hash))
    }

    fn reserve(&mut self, vacancy: &mut Option<usize>, _: u64) -> Result<(), TryReserveError>
    where
        K: Hash,
        S: BuildHasher,
    {
        match vacancy {
            // The table has room for one more.
            Some(_) => Ok(()),
            None => self.table.try_reserve(1, hash_of(&self.hash_builder)),
        }
    }
}
