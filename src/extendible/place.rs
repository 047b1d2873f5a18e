//! Places: where an entry is, or where one belongs that is absent.
//!
//! A place does not borrow the tables. Who has one knows that nothing has changed since it was found, as an entry
//! does, which borrows the map.

use core::ptr::NonNull;

use super::directory::Head;
use super::table::Tables;
use crate::allocator::Allocator;
use crate::ctrl::Tag;
use crate::error::{Fallibility, TryReserveError};
use crate::raw;

/// Where a table is: at a head, or at the root.
pub(super) struct At<T, A: Allocator>(pub(super) Option<NonNull<Head<T, A>>>);

copy! { [T, A: Allocator] At<T, A>; }

// SAFETY: it says where a head is, and does not look there.
unsafe impl<T, A: Allocator> Send for At<T, A> {}
// SAFETY: as above.
unsafe impl<T, A: Allocator> Sync for At<T, A> {}

/// A full slot of a table.
pub struct Place<T, A: Allocator> {
    pub(super) at: At<T, A>,
    pub(super) slot: usize,
}

copy! { [T, A: Allocator] Place<T, A>; }

/// Where an entry belongs that is absent, if there is room.
pub struct Vacancy<T, A: Allocator> {
    at: At<T, A>,
    spot: Spot,
}

/// A slot for an entry.
enum Spot {
    /// In the window of its home.
    Home(usize),
    /// Emptied of an entry with its hash.
    Emptied(usize),
    /// To be looked for. Room has to be made first, if it has not been; that waits until it is known that an
    /// entry comes.
    Elsewhere { has_room: bool },
}

impl<T, A: Allocator> From<Place<T, A>> for Vacancy<T, A> {
    /// The vacancy that taking an entry out leaves behind.
    #[inline(always)]
    fn from(Place { at, slot }: Place<T, A>) -> Self {
        Vacancy { at, spot: Spot::Emptied(slot) }
    }
}

impl<T, A: Allocator> Tables<T, A> {
    /// The place of the entry with this hash that `eq` accepts. O(1) expected; moves nothing.
    #[inline(always)]
    pub(super) fn find_or_vacancy(
        &self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
    ) -> Result<Place<T, A>, Vacancy<T, A>> {
        let (at, place) = match self.shortcut(hash) {
            Some((table, head)) => {
                // SAFETY: the directory owns the head and is borrowed, as is its table.
                let place = unsafe {
                    match table.search(hash, eq) {
                        Ok(slot) => raw::Place::Full(slot),
                        Err(Some(slot)) if head.as_ref().table.has_vacant_room() => {
                            raw::Place::Vacant(slot)
                        }
                        Err(_) => raw::Place::Unknown,
                    }
                };
                (At(Some(head)), place)
            }
            None => match self.find_around(hash, eq) {
                Ok(place) => return Ok(place),
                // The place waits until the next step has been made.
                Err(at) if self.moving.is_some() => (at, raw::Place::Unknown),
                Err(at) => {
                    let spot = self.table_at(at).spot(hash);
                    (at, spot.map_or(raw::Place::Unknown, raw::Place::Vacant))
                }
            },
        };
        let spot = match place {
            raw::Place::Full(slot) => return Ok(Place { at, slot }),
            raw::Place::Vacant(slot) => Spot::Home(slot),
            raw::Place::Unknown => Spot::Elsewhere { has_room: false },
        };
        Err(Vacancy { at, spot })
    }

    /// # Safety
    /// An entry is in this place.
    #[inline(always)]
    pub(super) unsafe fn get(&self, Place { at, slot }: Place<T, A>) -> &T {
        // SAFETY: the caller's contract.
        unsafe { self.table_at(at).get(slot) }
    }

    /// # Safety
    /// An entry is in this place.
    #[inline(always)]
    pub(super) unsafe fn get_mut(&mut self, Place { at, slot }: Place<T, A>) -> &mut T {
        // SAFETY: the caller's contract.
        unsafe { self.table_at_mut(at).get_mut(slot) }
    }

    /// Moves an entry out.
    ///
    /// # Safety
    /// An entry with this hash is in this place.
    #[inline(always)]
    pub(super) unsafe fn take(&mut self, Place { at, slot }: Place<T, A>, hash: u64) -> T {
        // SAFETY: the caller's contract.
        let entry = unsafe { self.table_at_mut(at).remove_hashed_at(slot, hash) };
        self.items -= 1;
        entry
    }

    /// Moves an entry back.
    ///
    /// # Safety
    /// An entry with this hash was taken from this place, and nothing has changed since.
    #[inline]
    pub(super) unsafe fn put_back(&mut self, Place { at, slot }: Place<T, A>, hash: u64, entry: T) {
        // SAFETY: the caller's contract.
        unsafe { self.table_at_mut(at).insert_at(slot, hash, entry) };
        self.items += 1;
    }
}

impl<T, A: Allocator + Clone> Tables<T, A> {
    /// Stores an entry with this hash, or returns it together with the one that `eq` holds to be the same.
    /// O(1) expected, and at most what a split costs.
    #[inline(always)]
    pub(super) fn insert(
        &mut self,
        hash: u64,
        entry: T,
        eq: impl Fn(&T, &T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Option<(&mut T, T)> {
        let is_same = |present: &T| eq(present, &entry);
        if let Some((table, mut head)) = self.shortcut(hash) {
            // SAFETY: the directory owns the head and is borrowed mutably; these are its table's control
            // bytes. A slot that was found is there; a vacant one is in the home's window, and the entry's.
            unsafe {
                match table.search(hash, is_same) {
                    Ok(slot) => return Some((table.slot(slot).as_mut(), entry)),
                    Err(Some(slot)) if head.as_ref().table.has_vacant_room() => {
                        let slot = head.as_mut().table.occupy_in(table, slot, Tag::of(hash));
                        slot.as_ptr().write(entry);
                        self.items += 1;
                        return None;
                    }
                    Err(_) => {}
                }
            }
        } else if self.directory.is_empty() {
            // SAFETY: an entry that was found is there; a vacant slot is in the home's window, in a table with
            // room, and the entry's.
            unsafe {
                match self.root.find_or_spot(hash, is_same) {
                    raw::Place::Full(slot) => return Some((self.root.get_mut(slot), entry)),
                    raw::Place::Vacant(slot) => {
                        self.root.occupy(slot, Tag::of(hash)).as_ptr().write(entry);
                        self.items += 1;
                        return None;
                    }
                    raw::Place::Unknown => {}
                }
            }
        } else {
            return self.insert_on_detour(hash, entry, eq, hasher);
        }
        self.insert_elsewhere(hash, entry, &hasher, false);
        self.items += 1;
        None
    }

    /// [`insert`](Self::insert) where a table is beyond the bound, or is being split. (In a call of its own:
    /// else what `eq` compares with would have to be in memory for all.)
    #[cold]
    #[inline(never)]
    fn insert_on_detour(
        &mut self,
        hash: u64,
        entry: T,
        eq: impl Fn(&T, &T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Option<(&mut T, T)> {
        if let Ok(place) = self.find_around(hash, |present| eq(present, &entry)) {
            // SAFETY: it was just found there.
            return Some((unsafe { self.get_mut(place) }, entry));
        }
        self.insert_elsewhere(hash, entry, &hasher, false);
        self.items += 1;
        None
    }

    /// Makes the room that [`fill`](Self::fill) needs, if there is none yet, as an insertion does.
    ///
    /// # Errors
    /// If there is no memory for it; then the entries are what they were.
    pub(super) fn reserve_for(
        &mut self,
        vacancy: &mut Vacancy<T, A>,
        hash: u64,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<(), TryReserveError> {
        if let Spot::Elsewhere { has_room } = &mut vacancy.spot {
            if !*has_room {
                self.make_room(hash, &hasher, Fallibility::Fallible)?;
                *has_room = true;
            }
        }
        Ok(())
    }

    /// Stores an entry with this hash. O(1) expected, and at most what a split costs.
    ///
    /// # Safety
    /// The vacancy was found for this hash, or an entry with it was taken from there, and nothing but
    /// [`reserve_for`](Self::reserve_for) has happened since.
    #[inline(always)]
    pub(super) unsafe fn fill(
        &mut self,
        Vacancy { at, spot }: Vacancy<T, A>,
        hash: u64,
        entry: T,
        hasher: impl Fn(&T) -> u64,
    ) -> Place<T, A> {
        match spot {
            Spot::Home(slot) => {
                // SAFETY: the slot was found vacant in the home's window, in a table with room. It is the
                // entry's.
                unsafe { self.table_at_mut(at).occupy(slot, Tag::of(hash)).as_ptr().write(entry) };
                self.items += 1;
                Place { at, slot }
            }
            Spot::Emptied(slot) => {
                let place = Place { at, slot };
                // SAFETY: the caller's contract.
                unsafe { self.put_back(place, hash, entry) };
                place
            }
            Spot::Elsewhere { has_room } => {
                let slot = self.insert_elsewhere(hash, entry, &hasher, has_room);
                self.items += 1;
                // Where it was may be another table by now.
                Place { at: self.at(hash), slot }
            }
        }
    }
}
