//! Searches: for an entry, and for where it belongs.
//!
//! They end nearly always in the window of the hash's home. What compilers decide by the size of code, above
//! all what they put in line, decides the time of a lookup; hence the forms here: a search is a method of
//! [`Detached`], which is a value, because code that reads through a reference carries notes that count as
//! instructions; [`search_home`](RawTable::search_home) leaves what is uncommon to a call, for those who give
//! the call their key by value.

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::control::{Control, Step, cold_path};
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::ctrl;
use crate::group::Group;
use crate::probe::ProbeSeq;

/// What the window of a home tells of an entry; see [`RawTable::search_home`].
pub enum AtHome {
    /// It is in this slot.
    Found(usize),
    /// It is absent, and this slot is vacant for it.
    Vacant(usize),
    /// It is absent, and this slot is vacant for it, in a table with one window
    /// ([`occupy_alone`](RawTable::occupy_alone)).
    VacantAlone(usize),
    /// That is not settled here: the search goes on behind the window, or the entry is absent, and there is no room in
    /// the window or in the table.
    Elsewhere,
}

/// Where an entry is or belongs; see [`RawTable::find_or_spot`]. Two words, which a call returns in
/// registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is in this slot.
    Full(usize),
    /// It is absent, and this slot is vacant for it.
    Vacant(usize),
    /// It is absent, and its place is still to be looked for.
    Unknown,
}

/// A table of which no more is known than where its control bytes begin, and how many homes it has.
///
/// It borrows nothing: whoever makes one answers for the table's being there, unchanged, when it is used.
pub(crate) struct Detached<T, G: Group> {
    pub(super) control: Control<G>,
    marker: PhantomData<fn() -> T>,
}

copy! { [T, G: Group] Detached<T, G>; }

impl<T, G: Group> Detached<T, G> {
    /// # Safety
    /// `ctrl` is the first control byte of a table with slots of type `T` and so many homes, whose control
    /// bytes and words have been written (I2).
    #[inline(always)]
    pub(crate) unsafe fn new(ctrl: NonNull<u8>, homes: usize) -> Self {
        // SAFETY: the caller's contract.
        Detached { control: unsafe { Control::from_raw(ctrl, homes) }, marker: PhantomData }
    }

    /// Prefetches the slot of the hash's home. An entry sits within a few slots of its home, so the slot's line arrives while
    /// the control bytes are still on their way, and two dependent cache misses become one. A table in the cache gains nothing,
    /// but a branch on its size costs more than it saves: each lookup in a small table took it, and the CPU predicted other
    /// branches worse (Zen 3, `ci/profiles.sh`: intersection 1.34 instead of .96). And a small table need not be in the cache
    /// (`latency`, many maps: hits 1.05 -> .77). The price: misses in many tables of a few entries (`small_miss`: .99 -> 1.08).
    #[inline(always)]
    pub(crate) fn prefetch(self, hash: u64) {
        if size_of::<T>() != 0 {
            let home = ctrl::home(hash, self.control.mask());
            let slots = self.control.ctrl().as_ptr().cast::<T>();
            G::prefetch(slots.wrapping_sub(home + 1).cast());
        }
    }

    /// The address of a slot.
    ///
    /// # Safety
    /// The table is there and has more than `slot` slots.
    #[inline(always)]
    pub(crate) unsafe fn slot(self, slot: usize) -> NonNull<T> {
        // SAFETY: the caller's contract.
        unsafe { layout::slot(self.control.ctrl(), slot) }
    }

    /// [`RawTable::find`].
    ///
    /// # Safety
    /// The table is there and does not change meanwhile.
    #[inline(always)]
    pub(crate) unsafe fn find(self, hash: u64, mut eq: impl FnMut(&T) -> bool) -> Option<usize> {
        // SAFETY: the probe loop offers full slots (I3).
        self.control.probe(hash, |slot| eq(unsafe { self.slot(slot).as_ref() })).ok()
    }

    /// [`find`](Self::find) with the home's window before the loop over the others: no stride is kept
    /// before it is needed. (`ExtendibleMap` beyond the cache: misses 1.22 -> 1.20, and with the next
    /// window in a call hits 1.17 -> 1.25.)
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    #[allow(clippy::redundant_closure)] // see `Control::probe_on`
    pub(crate) unsafe fn find_near(
        self,
        hash: u64,
        mut eq: impl FnMut(&T) -> bool,
    ) -> Option<usize> {
        // SAFETY: the probe loop offers full slots (I3).
        let mut is_match = |slot| eq(unsafe { self.slot(slot).as_ref() });
        let found = match self.control.probe_home(hash, |slot| is_match(slot)) {
            Step::Done(found) => found,
            Step::Next(seq) => {
                cold_path();
                // SAFETY: the walk has begun in this table.
                unsafe { self.control.probe_on(hash, seq, is_match) }
            }
        };
        found.ok()
    }

    /// The slot of the entry with this hash that `eq` accepts, or else a vacant slot for it, if the search has
    /// ended in the window of its home and there is one. In line with all its windows: what `eq` compares with
    /// would have to be in memory for a call, also for the hash, which waits for what is stored there a moment
    /// ago (`ci/profiles.sh`, tally and moves).
    ///
    /// # Safety
    /// As for [`find`](Self::find).
    #[inline(always)]
    pub(crate) unsafe fn search(
        self,
        hash: u64,
        mut eq: impl FnMut(&T) -> bool,
    ) -> Result<usize, Option<usize>> {
        // SAFETY: the probe loop offers full slots (I3).
        match self.control.probe(hash, |slot| eq(unsafe { self.slot(slot).as_ref() })) {
            Ok(slot) => Ok(slot),
            Err(end)
                if !end.is_over() && end.position() == ctrl::home(hash, self.control.mask()) =>
            {
                // SAFETY: the position of a home, at most `mask` (I1), has a window (I2).
                Err(unsafe { self.control.vacant_at(end.position()) })
            }
            Err(_) => Err(None),
        }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// The address of the first control byte, which [`Detached::new`] takes.
    #[inline(always)]
    pub(crate) fn ctrl(&self) -> NonNull<u8> {
        self.control.ctrl()
    }

    /// The table, borrowed by nobody.
    #[inline(always)]
    pub(crate) fn detached(&self) -> Detached<T, G> {
        Detached { control: self.control, marker: PhantomData }
    }

    /// The slot of the entry with this hash that `eq` accepts. O(1) expected.
    #[inline(always)]
    pub fn find(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<usize> {
        let table = self.detached();
        table.prefetch(hash);
        // SAFETY: the table is borrowed: its control bytes are there (I2) and stay what they are.
        unsafe { table.find(hash, eq) }
    }

    /// [`find`](Self::find) with the home's window before the loop over the others.
    #[inline(always)]
    pub fn find_near(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<usize> {
        let table = self.detached();
        table.prefetch(hash);
        // SAFETY: as in `find`.
        unsafe { table.find_near(hash, eq) }
    }

    /// What the window of the hash's home tells of the entry with this hash that `eq` accepts. It
    /// nearly always tells enough.
    #[inline(always)]
    pub fn search_home(&self, hash: u64, mut eq: impl FnMut(&T) -> bool) -> AtHome {
        let table = self.detached();
        table.prefetch(hash);
        let control = table.control;
        // SAFETY: what is offered are full slots (I3).
        let home = match control.probe_home(hash, |slot| eq(unsafe { self.get(slot) })) {
            Step::Done(Ok(slot)) => return AtHome::Found(slot),
            Step::Done(Err(home)) => home.position(),
            Step::Next(_) => return AtHome::Elsewhere,
        };
        // SAFETY: a search that its first step ends has not left home, a position up to `mask` (I1).
        let vacant = unsafe { control.vacant_at_unloaded(home) };
        match vacant {
            // All slots count for the capacity: where one is vacant there is room (I4).
            Some(slot) if !control.has_several_windows() => AtHome::VacantAlone(slot),
            Some(slot) if self.has_vacant_room() => AtHome::Vacant(slot),
            _ => AtHome::Elsewhere,
        }
    }

    /// The rest of [`find`](Self::find), for an entry that is not in its home's window
    /// ([`search_home`](Self::search_home)).
    #[cold]
    #[inline(never)]
    pub fn find_on(&self, hash: u64, mut eq: impl FnMut(&T) -> bool) -> Option<usize> {
        let mut seq = ProbeSeq::new(hash, self.control.mask());
        // SAFETY: the position of a home (I1).
        if !unsafe { self.control.overflowed(seq.position()) } {
            return None;
        }
        // SAFETY: the probe loop offers full slots (I3).
        let is_match = |slot| eq(unsafe { self.get(slot) });
        // SAFETY: the walk begins in this table, which has several windows, with words (I2).
        unsafe {
            let more = self.control.advance(hash, &mut seq);
            debug_assert!(more, "find_on: there is a second window");
            self.control.probe_on(hash, seq, is_match).ok()
        }
    }

    /// The vacant slot for an entry with this hash, which is absent, if that is at home and there is room.
    #[inline(always)]
    pub fn spot(&self, hash: u64) -> Option<usize> {
        // SAFETY: the position of a home, at most `mask` (I1), has a window (I2).
        match unsafe { self.control.vacant_at(ctrl::home(hash, self.control.mask())) } {
            Some(slot) if self.has_vacant_room() => Some(slot),
            _ => None,
        }
    }

    /// The slot of the entry with this hash that `eq` accepts, or else the vacant slot for it, if that is
    /// at home: what [`insert_at`](Self::insert_at) takes. Elsewhere it is not looked for before the entry
    /// comes ([`insert_elsewhere`](Self::insert_elsewhere)). O(1) expected.
    #[inline(always)]
    pub fn find_or_spot(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Place {
        let table = self.detached();
        table.prefetch(hash);
        // SAFETY: the table is borrowed: its control bytes are there (I2) and stay what they are.
        match unsafe { table.search(hash, eq) } {
            Ok(slot) => Place::Full(slot),
            Err(Some(slot)) if self.has_vacant_room() => Place::Vacant(slot),
            Err(_) => Place::Unknown,
        }
    }

    /// The slot of the entry with this hash that `eq` accepts, or else the vacant slot for it; makes room
    /// if the entry is absent and there is none. O(1) expected and amortised.
    #[inline(always)]
    pub fn find_or_vacant(
        &mut self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<usize, usize> {
        match self.find_or_spot(hash, eq) {
            Place::Full(slot) => Ok(slot),
            Place::Vacant(slot) => Err(slot),
            Place::Unknown => Err(self.vacant_elsewhere(hash, hasher)),
        }
    }
}
