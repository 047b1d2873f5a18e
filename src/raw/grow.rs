//! Growing, shrinking, and the rebuild at the same size.
//!
//! # Streaming
//!
//! A table that grows is filled as if its entries were inserted one by one, in slot order. But to
//! search a window for a vacant slot is a 16-byte load of control bytes just written one by one,
//! which defeats store forwarding and costs more than all the rest. Doubling needs no search: home
//! positions are the low bits of the hash, so when the number of homes doubles from `n`, an entry
//! with home `p` gets home `p` or `p + n`. The old table is walked in strips of 48 slots (16 where
//! words have 32 bits). An entry in its first window came from a home a little before its slot, so
//! wherever it goes lies in a short stretch of the lower or of the upper half, and which slots of
//! those two stretches are taken is known from two words in registers:
//!
//! ```text
//!   old            |……………[a b c d e f …]…………………|     a c d → lower half, b e f → upper half
//!   new   |……………[a c d ……………]…………………|……………[b e f …………]………………|
//!                lower: 0b0…0111               upper: 0b0…0111
//! ```
//!
//! The words are never wrong about a slot that is taken according to them, but may not know of all:
//! where one stretch runs into the other half or beyond its word, or an entry has come from a window
//! further on (few have), the control byte says so, and the slot is searched for the usual way.
//!
//! A hasher that panics leaves the old table as it was: entries are copied, not moved, until all
//! have arrived.
//!
//! # Rebuild
//!
//! Under churn entries come to lie further from home than they need, and overflow counts may be too
//! high (`overflow.rs`). The rebuild clears the counts, walks over the entries, moves an entry to the
//! first window with room on its way if it is not there already, and counts it; most entries are only
//! looked at. It needs no memory, so a table at constant size never allocates. Tags and entries are in
//! order at each step, so a hasher that panics loses nothing: the guard sets every count to the highest,
//! with which every search succeeds, and the next insert that notices rebuilds again.

use super::control::Control;
use super::layout::Block;
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::ctrl::{EMPTY, Tag};
use crate::error::{Fallibility, TryReserveError};
use crate::group::Group;
use crate::probe::ProbeSeq;

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Grows so that `additional` more entries fit, which they do not now.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(super) fn reserve_more(
        &mut self,
        additional: usize,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        debug_assert!(additional > self.growth_left);
        let Some(capacity) = self.items.checked_add(additional) else {
            return Err(fallibility.capacity_overflow());
        };
        if self.capacity() == 0 {
            return self.allocate_for(capacity, fallibility);
        }
        self.move_to(capacity, hasher, fallibility)
    }

    /// Shrinks to the smallest size that holds `min_capacity` and all entries, if that is smaller
    /// than the present one. O(slots).
    pub fn shrink_to(&mut self, min_capacity: usize, hasher: impl Fn(&T) -> u64) {
        // Infallible: a failure does not return.
        let _ = self.shrink_as(min_capacity, &hasher, Fallibility::Infallible);
    }

    /// [`shrink_to`](Self::shrink_to) that may report failure, and then has changed nothing.
    pub(crate) fn shrink_as(
        &mut self,
        min_capacity: usize,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let capacity = min_capacity.max(self.items);
        if capacity == 0 {
            self.release_block();
        } else if Control::<G>::SHAPE
            .size_for(capacity)
            .is_some_and(|size| size.slots < self.slots())
        {
            // Computes the size once more, out of line, rather than be compiled twice per type of entry.
            return self.move_to(capacity, hasher, fallibility);
        }
        Ok(())
    }

    /// Gives back the block of a table without entries.
    pub(super) fn release_block(&mut self) {
        debug_assert_eq!(self.items, 0);
        // The block is freed after the table has let go of it, because the allocator is user code
        // (I7).
        let (control, size) = (self.control, self.size());
        self.control = Control::unallocated();
        self.growth_left = 0;
        // SAFETY: the block was the table's own and holds no entries.
        unsafe { layout::free(&self.alloc, Self::SLOT, control, size) };
    }

    /// Moves all entries to the smallest block that holds `capacity` entries, no fewer than there are.
    #[track_caller]
    fn move_to(
        &mut self,
        capacity: usize,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        debug_assert!(capacity >= self.items);
        let old_size = self.size();
        let mut block = Block::allocate_for(&self.alloc, Self::SLOT, capacity, fallibility)?;
        let size = block.size;
        // SAFETY: the new table is empty, has room for all entries (I4), and one window where that
        // is demanded. Should the hasher panic, the guard frees the block and the table still owns
        // all entries.
        unsafe {
            if size.homes == 1 {
                self.control.pack_into(self.items, block.control, size_of::<T>());
            } else if size.homes == (2 * old_size.homes).max(2 * G::WIDTH) {
                self.stream_into(block.control, hasher);
            } else {
                let hash = self.hash_in(hasher);
                self.control.reinsert_into(self.items, block.control, size_of::<T>(), &hash);
            }
        }
        if size.homes != 1 {
            // SAFETY: several windows; nobody else knows of the new block.
            unsafe { block.control.renew_limit() };
        }
        core::mem::swap(&mut self.control, &mut block.control);
        block.size = old_size;
        self.growth_left = size.capacity() - self.items;
        drop(block);
        self.debug_check();
        Ok(())
    }

    /// Copies all entries into an empty table of twice as many homes, or from one window into the
    /// smallest table with several; see the module's introduction.
    ///
    /// # Safety
    /// `new` is empty, has slots of type `T`, and room for all entries.
    unsafe fn stream_into(&self, new: Control<G>, hasher: &impl Fn(&T) -> u64) {
        /// Homes of a strip's entries begin this far before it. Windows are no wider.
        const BEFORE: usize = 16;
        /// Slots in a strip: the rest of a word, as nearly every entry comes to lie no further behind
        /// than it was. Chosen by `grow`.
        const STRIP: usize = usize::BITS as usize - BEFORE;
        const { assert!(STRIP > 0 && STRIP % G::WIDTH == 0 && G::WIDTH <= BEFORE) };
        let half = new.mask() / 2 + 1;
        // What is taken: bit i stands for the slot `before + i` of a half.
        let (mut lower, mut upper) = (0usize, 0usize);
        for base in (0..self.slots()).step_by(STRIP) {
            let before = base.wrapping_sub(BEFORE);
            // SAFETY: slots grow downwards from `ctrl`, and there are more of them than `base`.
            let end = unsafe { self.control.ctrl().cast::<T>().sub(base) };
            // SAFETY: there are more slots than `base`, each with a control byte.
            for lane in unsafe { self.control.full_lanes::<STRIP>(base) } {
                // SAFETY: the slot is full.
                let entry = unsafe { end.sub(lane + 1) };
                // SAFETY: a full slot is initialised (I3).
                let hash = hasher(unsafe { entry.as_ref() });
                let into_upper = hash as usize & half;
                let taken = if into_upper == 0 { lower } else { upper };
                let window = Control::<G>::SHAPE.window(hash as usize & (half - 1));
                let first = window.wrapping_sub(before);
                // The carry goes to the first slot that is not taken.
                let filled = taken | taken.wrapping_add(1usize.wrapping_shl(first as u32));
                let found = (filled ^ taken).trailing_zeros() as usize;
                let mut target = before.wrapping_add(found).wrapping_add(into_upper);
                // SAFETY: a byte inside the window of a home exists (I2), and an EMPTY one has a slot
                // (I6). (Where `first` is not a bit of the words, or no bit is left, what was found does
                // not lie in the window, or is as good as any.) Elsewhere the entry takes the usual way;
                // there is room for all (I4).
                unsafe {
                    if found.wrapping_sub(first) < G::WIDTH && new.byte(target) == EMPTY {
                        upper = if into_upper == 0 { upper } else { filled };
                        lower = if into_upper == 0 { filled } else { lower };
                    } else {
                        target = new.claim_vacant(hash);
                    }
                    new.set_byte(target, Tag::of(hash).byte());
                    layout::slot::<T>(new.ctrl(), target).copy_from_nonoverlapping(entry, 1);
                }
            }
            lower >>= STRIP;
            upper >>= STRIP;
        }
    }

    /// What gives the hash of the entry in a full slot, for the parts that do not know entries: one
    /// function for all of them.
    ///
    /// # Safety
    /// It is called for full slots only.
    #[inline]
    unsafe fn hash_in(&self, hasher: &impl Fn(&T) -> u64) -> impl Fn(usize) -> u64 {
        // SAFETY: the caller's contract.
        move |slot| hasher(unsafe { self.get(slot) })
    }

    /// Recomputes the overflow counts in place and brings entries closer to their homes; see the
    /// module's introduction. O(slots).
    #[cold]
    pub(super) fn rebuild(&mut self, hasher: &impl Fn(&T) -> u64) {
        // SAFETY: only tables with several windows are rebuilt. The table is borrowed mutably, and
        // is asked for the hashes of full slots.
        unsafe {
            let hash = self.hash_in(hasher);
            self.control.rebuild(size_of::<T>(), &hash);
        }
        self.debug_check();
    }
}

/// The parts that are compiled once for all types of entries: they take long enough for an indirect
/// call per entry. `size` is that of an entry; `hash` gives the hash of the entry in a full slot.
impl<G: Group> Control<G> {
    /// Copies all entries into an empty one-window table, side by side.
    ///
    /// # Safety
    /// `new` is empty, has one window, slots of the same size, and room for all `items` entries of
    /// this table.
    #[inline(never)]
    unsafe fn pack_into(self, items: usize, new: Self, size: usize) {
        // SAFETY: every table has a home 0.
        let vacant = unsafe { self.vacant_at(0) };
        // The entries of a table that has been filled up lie side by side already.
        if !self.has_several_windows() && vacant.is_none_or(|vacant| vacant == items) {
            let bytes = items * size;
            // SAFETY: lanes without a slot are the last (I6), so the `items` full ones (I4) are the
            // first. Their slots end where their control bytes begin, in both tables.
            unsafe {
                let first = self.ctrl().sub(bytes);
                new.ctrl().sub(bytes).copy_from_nonoverlapping(first, bytes + items);
            }
            return;
        }
        // SAFETY: `items` is the number of full slots (I4); the table is not changed.
        unsafe { self.full_slots(items) }.zip(0..).for_each(|(slot, target)| {
            // SAFETY: the slot is full, and there are as many targets as entries. In a one-window
            // table every slot is in the window of every hash.
            unsafe { self.copy_slot(slot, new, target, size, Tag::from_byte(self.byte(slot))) };
        });
    }

    /// Copies all entries into an empty table, each by searching for a vacant slot.
    ///
    /// # Safety
    /// `new` is empty, has slots of the same size, and room for all `items` entries of this table.
    #[inline(never)]
    pub(super) unsafe fn reinsert_into(
        self,
        items: usize,
        new: Self,
        size: usize,
        hash: &dyn Fn(usize) -> u64,
    ) {
        // SAFETY: `items` is the number of full slots (I4); the table is not changed.
        unsafe { self.full_slots(items) }.for_each(|slot| {
            let hash = hash(slot);
            // SAFETY: the slot is full; there is room for its entry in `new`.
            unsafe { self.copy_slot(slot, new, new.claim_vacant(hash), size, Tag::of(hash)) };
        });
    }

    /// See [`RawTable::rebuild`].
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    #[inline(never)]
    unsafe fn rebuild(self, size: usize, hash: &dyn Fn(usize) -> u64) {
        /// Makes every entry findable if the hasher panics half-way.
        struct Saturate<G: Group>(Control<G>);
        impl<G: Group> Drop for Saturate<G> {
            fn drop(&mut self) {
                // SAFETY: the contract of `rebuild`.
                unsafe { self.0.saturate_counts() }
            }
        }
        let guard = Saturate(self);
        // SAFETY: the caller's contract.
        unsafe { self.clear_counts() };
        for base in (0..Self::SHAPE.slots(self.mask() + 1)).step_by(G::WIDTH) {
            // SAFETY: the number of control bytes is a multiple of WIDTH (I2).
            for lane in unsafe { self.group(base) }.match_full() {
                let slot = base + lane;
                // The slot is full: full slots stay as they are until visited.
                let hash = hash(slot);
                // SAFETY: `slot` is full and `target` is `slot` or vacant. No user code runs in
                // between, so no entry is ever in two slots or in none.
                unsafe {
                    let target = self.best_slot(hash, slot);
                    if target != slot {
                        self.set_byte(slot, EMPTY);
                        self.copy_slot(slot, self, target, size, Tag::of(hash));
                    } else {
                        self.set_byte(slot, Tag::of(hash).byte());
                    }
                    // An entry that went to a group still to come is met there again, and counted then.
                    if target == slot || target < base + G::WIDTH {
                        self.settle_in(hash, target);
                    }
                }
            }
        }
        core::mem::forget(guard);
        // SAFETY: the caller's contract.
        unsafe { self.renew_limit() };
    }

    /// Where the entry in `slot` belongs: the first vacant slot on the walk of its hash, or `slot`
    /// itself if its window comes first.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    unsafe fn best_slot(self, hash: u64, slot: usize) -> usize {
        let mut seq = ProbeSeq::new(hash, self.mask());
        while !self.covers(seq.position(), slot) {
            // SAFETY: a position of a walk.
            if let Some(vacant) = unsafe { self.vacant_at(seq.position()) } {
                return vacant;
            }
            let more = seq.advance(self.mask(), Self::SHAPE);
            debug_assert!(more, "best_slot: every walk reaches every slot");
        }
        slot
    }

    /// Copies the entry of a slot to a vacant slot, of this table or another.
    ///
    /// # Safety
    /// `slot` is full and `target` a vacant slot of `to`; both tables' slots have that size.
    #[inline]
    unsafe fn copy_slot(self, slot: usize, to: Self, target: usize, size: usize, tag: Tag) {
        // SAFETY: slots grow downwards from `ctrl`; these are two.
        unsafe {
            to.set_byte(target, tag.byte());
            let from = self.ctrl().sub((slot + 1) * size);
            to.ctrl().sub((target + 1) * size).copy_from_nonoverlapping(from, size);
        }
    }
}
