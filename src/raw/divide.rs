//! Two tables of one, and one of two: what a table of tables is built from (`src/extendible/`).
//!
//! # Dividing
//!
//! [`RawTable::divide`] moves some entries to another table of the same size, as many slots at a time as the
//! caller likes. An entry keeps its home, so those that lie in their home's window are appended in order, as growth
//! streams them (`grow.rs`): no window is searched. Which entries leave is unpredictable (about half of them do), so
//! nothing branches on it: a word of bits is computed first and then walked over.
//!
//! The hashes of a chunk of slots are known before the first of its entries moves, so a hasher that panics leaves
//! each entry in one of the two tables. Entries that stay come back to their home's window as far as there is room.
//! When all slots have been visited the overflow counts are made anew: else searches would go further in a
//! half-full table than its entries ask for.
//!
//! # Joining
//!
//! [`RawTable::join`] copies the entries of two tables to a new block and makes both forget them.

use alloc::vec::Vec;
use core::ops::Range;

use super::RawTable;
use super::control::Control;
use super::full::CHUNK;
use super::grow::HashBy;
use super::layout::Block;
use crate::allocator::Allocator;
use crate::ctrl::{self, EMPTY, Tag};
use crate::error::{Fallibility, TryReserveError};
use crate::group::Group;
use crate::mask::BitMask;

/// The entries of a table that is being divided which stay beyond the window of their home: slots and
/// hashes. Some may have left since.
pub(crate) struct Away {
    /// `None` if not all of them are known, for want of memory.
    entries: Option<Vec<(usize, u64)>>,
}

impl Away {
    /// None as yet.
    pub(crate) const fn none() -> Self {
        Away { entries: Some(Vec::new()) }
    }

    /// Nobody knows them.
    pub(crate) const fn unknown() -> Self {
        Away { entries: None }
    }

    #[inline]
    fn note(&mut self, slot: usize, hash: u64) {
        // Should the allocator panic, they are unknown.
        if let Some(mut entries) = self.entries.take() {
            if entries.try_reserve(1).is_ok() {
                entries.push((slot, hash));
                self.entries = Some(entries);
            }
        }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// The slots that are visited together when the table is divided.
    pub(crate) const CHUNK: usize = CHUNK;

    /// Number of homes.
    #[inline(always)]
    pub(crate) fn homes(&self) -> usize {
        self.control.mask() + 1
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
        if additional > self.growth_left() {
            return self.reserve_more(additional, hasher, fallibility);
        }
        Ok(())
    }

    /// An empty table of the same size.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub(crate) fn sibling(&self, fallibility: Fallibility) -> Result<Self, TryReserveError>
    where
        A: Clone,
    {
        let mut new = Self::new_in(self.alloc.clone());
        // SAFETY: the layout is that of the entries; the new table has no slots.
        unsafe { new.untyped_mut().allocate_block(Self::SLOT, self.capacity(), fallibility)? };
        debug_assert!(new.size() == self.size());
        if self.control.has_several_windows() {
            // SAFETY: so has the new one, with words (I2), and it is empty.
            unsafe { new.control.set_shift(self.control.shift()) };
        }
        Ok(new)
    }

    /// Whether `goes` is true for the hashes of some entries, and false for those of others. Calls the hasher
    /// until that is known: with good hashes, a few times.
    pub(crate) fn has_both(&self, goes: impl Fn(u64) -> bool, hasher: impl Fn(&T) -> u64) -> bool {
        let mut side = None;
        // SAFETY: the table does not change meanwhile.
        unsafe { self.full_slots() }.any(|slot| {
            // SAFETY: the slot is full.
            let goes = goes(hasher(unsafe { self.get(slot) }));
            *side.get_or_insert(goes) != goes
        })
    }

    /// Moves the entries of some slots for whose hashes `goes` is true to a table of the same size. Searches
    /// in this table find the others as before. O(slots).
    ///
    /// If the hasher panics, entries that have moved stay moved.
    ///
    /// # Safety
    /// The slots exist, and begin with a multiple of [`CHUNK`](Self::CHUNK). Both tables have the same size,
    /// and several windows. There is room for the entries in `other`.
    pub(crate) unsafe fn divide(
        &mut self,
        slots: Range<usize>,
        other: &mut Self,
        goes: impl Fn(u64) -> bool,
        hasher: impl Fn(&T) -> u64,
        away: &mut Away,
    ) {
        debug_assert!(self.size() == other.size() && self.control.has_several_windows());
        let (control, new) = (self.control, other.control);
        let mut cursor = 0;
        let window_of = |hash| Control::<G>::SHAPE.window(ctrl::home(hash, control.mask()));
        for base in slots.step_by(CHUNK) {
            let mut hashes = [0; CHUNK];
            let (mut going, mut astray) = (0, 0);
            // SAFETY: there are more slots than `base`, each with a control byte.
            for lane in unsafe { control.full_lanes::<CHUNK>(base) } {
                // SAFETY: the slot is full.
                let hash = hasher(unsafe { self.get(base + lane) });
                hashes[lane] = hash;
                going |= usize::from(goes(hash)) << lane;
                astray |=
                    usize::from((base + lane).wrapping_sub(window_of(hash)) >= G::WIDTH) << lane;
            }
            // No user code runs until each entry is in one table (I7).
            for lane in BitMask::<usize, 1>(going) {
                let (slot, hash) = (base + lane, hashes[lane]);
                let window = window_of(hash);
                let mut target = window.max(cursor);
                // SAFETY: a byte inside the window of a home exists (I2), and an EMPTY one has a slot (I6).
                // Elsewhere the entry takes the usual way; there is room for all (I4). Its slot here becomes
                // vacant, and counts that are too high are right (I5).
                unsafe {
                    if astray >> lane & 1 == 0
                        && target - window < G::WIDTH
                        && new.byte(target) == EMPTY
                    {
                        cursor = target + 1;
                    } else {
                        target = new.claim_vacant(hash);
                    }
                    new.set_byte(target, Tag::of(hash).byte());
                    other.slot(target).copy_from_nonoverlapping(self.slot(slot), 1);
                    control.set_byte(slot, EMPTY);
                }
            }
            let count = going.count_ones() as usize;
            (self.items, other.items) = (self.items - count, other.items + count);
            for lane in BitMask::<usize, 1>(astray & !going) {
                let (slot, hash) = (base + lane, hashes[lane]);
                // SAFETY: the slot is full, and vacant as long as another one is looked for; the entry is
                // counted once more (I5).
                let target = unsafe {
                    control.set_byte(slot, EMPTY);
                    let target = control.claim_vacant(hash);
                    control.set_byte(target, Tag::of(hash).byte());
                    self.slot(target).copy_from(self.slot(slot), 1);
                    target
                };
                self.note_away(target, hash, away);
            }
        }
        other.debug_check();
        self.debug_check();
    }

    /// Takes note of an entry if it lies beyond the window of its home.
    #[inline]
    fn note_away(&self, slot: usize, hash: u64, away: &mut Away) {
        if !self.control.covers(ctrl::home(hash, self.control.mask()), slot) {
            away.note(slot, hash);
        }
    }

    /// Stores an entry without searching for an equal one, while the table is being divided: no other entry
    /// moves. Returns its slot. O(1) expected.
    ///
    /// # Safety
    /// The table has room, and several windows.
    pub(crate) unsafe fn insert_meanwhile(
        &mut self,
        hash: u64,
        entry: T,
        away: &mut Away,
    ) -> usize {
        // SAFETY: there is a vacant slot (I4), and the one that is claimed becomes the entry's.
        let slot = unsafe {
            let slot = self.control.claim_vacant(hash);
            self.occupy(slot, Tag::of(hash)).as_ptr().write(entry);
            slot
        };
        self.note_away(slot, hash, away);
        slot
    }

    /// To be called of both tables when all slots have been visited: makes the counts of this one anew.
    ///
    /// # Safety
    /// The tables have several windows. Entries beyond the window of their home are noted, or unknown.
    pub(crate) unsafe fn end_division(&mut self, other: &mut Self, away: Away) {
        // SAFETY: several windows; the tables are borrowed mutably, and slots that were noted exist. Each entry
        // that is away is counted again (I5); one that only looks like it makes counts too high, which is right.
        unsafe {
            match away.entries {
                Some(entries) => {
                    self.control.clear_counts();
                    for (slot, hash) in entries {
                        if self.control.byte(slot) == Tag::of(hash).byte() {
                            self.control.settle_in(hash, slot);
                        }
                    }
                    self.control.renew_limit();
                }
                None => self.control.note_wear(),
            }
            // If a rebuild was interrupted there, that table is worn until an insert notices.
            if other.control.steps() != u32::MAX {
                other.control.renew_limit();
            }
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
        let most = if self.items < other.items { &*other } else { &*self };
        // SAFETY: the block is ours, and empty; the table has so many entries (I4), for which the hasher is.
        unsafe {
            let (items, size) = (most.items, size_of::<T>());
            block.control.scatter_for(most.control, items, size, &HashBy::new(&hasher));
        }
        for table in [&*self, &*other] {
            let hasher = HashBy::new(&hasher);
            // SAFETY: the block is ours, and has room for all entries (I4), which the tables own until
            // the hasher has been asked for the last one.
            unsafe {
                let (from, to) = (table.control, &mut block.control);
                from.reinsert_into(table.items, to, size_of::<T>(), &hasher);
            }
        }
        if !block.size.has_one_window() {
            // SAFETY: several windows; nobody else knows of the block.
            unsafe { block.control.renew_limit() };
        }
        (self.control, block.control) = (block.control, self.control);
        self.items = items;
        self.capacity = block.size.capacity();
        block.size = old_size;
        // SAFETY: they are in the new block.
        unsafe { other.forget_entries() };
        // The allocator is user code: last (I7).
        drop(block);
        self.debug_check();
        Ok(())
    }
}
