//! Two tables of one, and one of two: what a table of tables is built from (`src/extendible/`).
//!
//! # Dividing
//!
//! [`RawTable::divide`] moves some entries to a new table of the same size and leaves the others
//! where they are. An entry keeps its home, so those that lie in their home's window are appended
//! in order, as growth streams them (`grow.rs`): no window is searched. Which entries leave is
//! unpredictable (about half of them do), so nothing branches on it: a word of bits is computed
//! first and then walked over.
//!
//! Entries are copied, and their slots noted, until the hasher has been asked for the last one; then all
//! of them leave the old table at once. A hasher that panics finds the old table as it was. Entries that
//! stay, but had been driven out of their home's window, then come back to it as far as there is room, and
//! the overflow counts are made anew: else searches would go further in a half-full table than its
//! entries ask for.
//!
//! # Joining
//!
//! [`RawTable::join`] copies the entries of two tables to a new block and makes both forget them.

use alloc::vec::Vec;
use core::alloc::Layout;

use super::control::Control;
use super::full::CHUNK;
use super::grow::HashBy;
use super::layout::Block;
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::ctrl::{self, EMPTY, Tag};
use crate::error::{Fallibility, TryReserveError};
use crate::group::Group;
use crate::mask::BitMask;

/// What a table that is divided has to do when the last hash is known.
struct Leaving {
    /// A bit for each slot whose entry goes.
    slots: Vec<usize>,
    /// Entries that stay, beyond the window of their home: their slots and hashes.
    away: Vec<(usize, u64)>,
    /// Whether some of these are missing, for want of memory.
    is_incomplete: bool,
}

impl Leaving {
    #[inline]
    fn new(slots: usize, fallibility: Fallibility) -> Result<Self, TryReserveError> {
        let words = slots.div_ceil(CHUNK);
        let mut bits = Vec::new();
        if bits.try_reserve_exact(words).is_err() {
            let layout = Layout::array::<usize>(words);
            return Err(layout.map_or_else(
                |_| fallibility.capacity_overflow(),
                |layout| fallibility.alloc_error(layout),
            ));
        }
        Ok(Leaving { slots: bits, away: Vec::new(), is_incomplete: false })
    }

    #[inline]
    fn note_away(&mut self, slot: usize, hash: u64) {
        match self.away.try_reserve(1) {
            Ok(()) => self.away.push((slot, hash)),
            Err(_) => self.is_incomplete = true,
        }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Number of homes.
    #[inline(always)]
    pub(crate) fn homes(&self) -> usize {
        self.control.mask() + 1
    }

    /// Number of entries that still fit without growing.
    #[inline(always)]
    pub(crate) fn growth_left(&self) -> usize {
        self.growth_left
    }

    /// [`reserve`](Self::reserve) or [`try_reserve`](Self::try_reserve).
    #[inline]
    #[track_caller]
    pub(crate) fn reserve_as(
        &mut self,
        additional: usize,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        if additional > self.growth_left {
            return self.reserve_more(additional, hasher, fallibility);
        }
        Ok(())
    }

    /// Moves the entries for whose hashes `goes` is true to a new table of the same size. O(slots).
    ///
    /// # Errors
    /// If there is no memory for it. Then, and if the hasher panics, nothing has changed.
    pub(crate) fn divide(
        &mut self,
        goes: impl Fn(u64) -> bool,
        hasher: impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<Self, TryReserveError>
    where
        A: Clone,
    {
        assert!(self.control.has_several_windows(), "only tables with several windows are divided");
        let mut leaving = Leaving::new(self.slots(), fallibility)?;
        let mut new = Self::new_in(self.alloc.clone());
        new.allocate_for(self.capacity(), fallibility)?;
        debug_assert!(new.size() == self.size());
        // SAFETY: the new table is empty and of this table's size. Until it is told how many entries it
        // has, it drops none.
        let count = unsafe { self.copy_some(new.control, goes, hasher, &mut leaving) };
        new.items = count;
        new.growth_left -= count;
        // SAFETY: the new table owns the entries of these slots. No user code runs until they are gone.
        unsafe {
            self.leave(&leaving, count);
            new.control.renew_limit();
        }
        new.debug_check();
        self.debug_check();
        Ok(new)
    }

    /// Copies the entries that go to `new` and notes their slots. Returns how many there are.
    ///
    /// # Safety
    /// `new` is empty, of this table's size, and nobody else accesses it.
    unsafe fn copy_some(
        &self,
        new: Control<G>,
        goes: impl Fn(u64) -> bool,
        hasher: impl Fn(&T) -> u64,
        leaving: &mut Leaving,
    ) -> usize {
        let (mut count, mut cursor) = (0, 0);
        let window_of = |hash| Control::<G>::SHAPE.window(ctrl::home(hash, new.mask()));
        for base in (0..self.slots()).step_by(CHUNK) {
            let mut hashes = [0; CHUNK];
            let (mut going, mut away) = (0, 0);
            // SAFETY: there are more slots than `base`, each with a control byte.
            for lane in unsafe { self.control.full_lanes::<CHUNK>(base) } {
                // SAFETY: the slot is full.
                let hash = hasher(unsafe { self.get(base + lane) });
                hashes[lane] = hash;
                going |= usize::from(goes(hash)) << lane;
                away |=
                    usize::from((base + lane).wrapping_sub(window_of(hash)) >= G::WIDTH) << lane;
            }
            for lane in BitMask::<usize, 1>(going) {
                let hash = hashes[lane];
                let window = window_of(hash);
                let mut target = window.max(cursor);
                // SAFETY: a byte inside the window of a home exists (I2), and an EMPTY one has a slot (I6).
                // Elsewhere the entry takes the usual way; there is room for all (I4).
                unsafe {
                    if away >> lane & 1 == 0
                        && target - window < G::WIDTH
                        && new.byte(target) == EMPTY
                    {
                        cursor = target + 1;
                    } else {
                        target = new.claim_vacant(hash);
                    }
                    new.set_byte(target, Tag::of(hash).byte());
                    layout::slot::<T>(new.ctrl(), target)
                        .copy_from_nonoverlapping(self.slot(base + lane), 1);
                }
            }
            for lane in BitMask::<usize, 1>(away & !going) {
                leaving.note_away(base + lane, hashes[lane]);
            }
            count += going.count_ones() as usize;
            // There is room: see `Leaving::new`.
            leaving.slots.push(going);
        }
        count
    }

    /// Forgets the entries, `count` of them, in the slots that were noted, and brings those that stay, and
    /// are away, closer to their homes: with room on either side, nearly all searches end in their first window.
    ///
    /// # Safety
    /// Those slots are full. The entries that go belong to somebody else.
    unsafe fn leave(&mut self, leaving: &Leaving, count: usize) {
        for (base, &going) in (0..).step_by(CHUNK).zip(&leaving.slots) {
            for lane in BitMask::<usize, 1>(going) {
                // SAFETY: a full slot exists; the table is borrowed mutably.
                unsafe { self.control.set_byte(base + lane, EMPTY) };
            }
        }
        self.items -= count;
        self.growth_left += count;
        if leaving.is_incomplete {
            // SAFETY: the table is borrowed mutably. Counts that are too high are right.
            return unsafe { self.control.note_wear() };
        }
        // SAFETY: several windows; the table is borrowed mutably. Each entry that is away is counted again
        // (I5), and moves, if at all, to a vacant slot before its own; no user code runs meanwhile.
        unsafe {
            self.control.clear_counts();
            for &(slot, hash) in &leaving.away {
                self.control.set_byte(slot, EMPTY);
                let target = self.control.claim_vacant(hash);
                self.control.set_byte(target, Tag::of(hash).byte());
                self.slot(target).copy_from(self.slot(slot), 1);
            }
            self.control.renew_limit();
        }
    }

    /// Moves all entries of `other` to this table, which gets a block for `capacity` entries, or for all
    /// there are. O(slots).
    ///
    /// # Errors
    /// If there is no memory for it. Then, and if the hasher panics, nothing has changed.
    pub(crate) fn join(
        &mut self,
        other: &mut Self,
        capacity: usize,
        hasher: impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let items = self.items + other.items;
        let capacity = capacity.max(items);
        let old_size = self.size();
        let mut block = Block::allocate_for(&self.alloc, Self::SLOT, capacity, fallibility)?;
        for table in [&*self, &*other] {
            let hasher = HashBy::new(&hasher);
            // SAFETY: the block is ours, and has room for all entries (I4), which the tables own until
            // the hasher has been asked for the last one.
            unsafe {
                let (from, to) = (table.control, block.control);
                from.reinsert_into(table.items, to, size_of::<T>(), &hasher);
            }
        }
        if block.size.homes != 1 {
            // SAFETY: several windows; nobody else knows of the block.
            unsafe { block.control.renew_limit() };
        }
        (self.control, block.control) = (block.control, self.control);
        self.items = items;
        self.growth_left = block.size.capacity() - items;
        block.size = old_size;
        // SAFETY: they are in the new block.
        unsafe { other.forget_entries() };
        // The allocator is user code: last (I7).
        drop(block);
        self.debug_check();
        Ok(())
    }
}
