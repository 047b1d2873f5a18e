//! Removing entries: one that was found, an arbitrary one, those a predicate picks, all.
//!
//! Erasing a slot is one store of EMPTY. No search depends on the slot being occupied: overflow
//! counts decide where a search ends (`overflow.rs`). A removal that knows the entry's hash takes
//! back what the entry added to them, which is nothing unless it lies beyond its home's window; one
//! that does not leaves them too high.
//!
//! # Popping
//!
//! `pop` takes the first entry that it meets. If each call began at the first slot, emptying a table would be
//! quadratic. So a *cursor* notes the group in which the last entry was found; the next call begins there and
//! goes on, a chunk at a time (`full.rs`), only if that has no entry left. As long as nothing is inserted, a group
//! that was left behind stays empty. So popping looks at each group once to learn that it is vacant, and at one
//! more chunk and group per entry, whatever is removed in between: emptying a table is linear in its slots.
//!
//! Insertion does not move the cursor, as that would be a store for each, on behalf of a rare operation. A pop
//! after insertions walks from the cursor to the next entry: slots / entries on average, which is O(1) for a table
//! that is loaded as usual, but not for one that is nearly empty.
//!
//! The cursor is a word of the block (`layout.rs`), which only tables with several windows have. Any value that is
//! a group of the table is valid; a new or cleared table begins at the first, a copy where the original is.

use core::alloc::Layout;
use core::ptr::NonNull;

use super::RawTable;
use super::full::FullSlots;
use super::search::Detached;
use super::untyped::{DropLanes, Untyped, drop_of};
use crate::allocator::Allocator;
use crate::ctrl::{EMPTY, Tag};
use crate::group::Group;

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Makes a slot vacant and returns the address of the entry, which belongs to the caller. O(1).
    ///
    /// # Safety
    /// The slot is full.
    #[inline(always)]
    unsafe fn vacate(&mut self, slot: usize) -> NonNull<T> {
        // SAFETY: the caller's contract; the table is its own.
        unsafe { self.vacate_in(self.detached(), slot) }
    }

    /// [`vacate`](Self::vacate) that does not wait for the table to know where its control bytes are.
    ///
    /// # Safety
    /// The slot is full, and `table` is this one.
    #[inline(always)]
    unsafe fn vacate_in(&mut self, table: Detached<T, G>, slot: usize) -> NonNull<T> {
        // SAFETY: a full slot exists; the table is borrowed mutably.
        unsafe { table.control.set_byte(slot, EMPTY) };
        self.items -= 1;
        self.debug_check();
        // SAFETY: the slot exists.
        unsafe { table.slot(slot) }
    }

    /// [`vacate`](Self::vacate) where nobody knows the entry's hash.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    unsafe fn vacate_unhashed(&mut self, slot: usize) -> NonNull<T> {
        // SAFETY: the caller's contract; the table is borrowed mutably.
        unsafe {
            self.control.note_wear();
            self.vacate(slot)
        }
    }

    /// Takes the entry out of a slot where nobody knows its hash. O(1).
    ///
    /// # Safety
    /// The slot is full.
    #[inline(always)]
    pub unsafe fn remove_at(&mut self, slot: usize) -> T {
        // SAFETY: a full slot is initialised (I3), and is vacant from here on: read once.
        unsafe { self.vacate_unhashed(slot).read() }
    }

    /// Takes the entry with this hash out of a slot, and its walk out of the counts. O(1) expected.
    ///
    /// A hash that is not the entry's makes other entries hard to find and does no other harm.
    ///
    /// # Safety
    /// The slot is full.
    #[inline(always)]
    pub unsafe fn remove_hashed_at(&mut self, slot: usize, hash: u64) -> T {
        // SAFETY: the caller's contract; the table is its own.
        unsafe { self.remove_hashed_in(self.detached(), slot, hash) }
    }

    /// [`remove_hashed_at`](Self::remove_hashed_at) that does not wait for the table to know where its
    /// control bytes are.
    ///
    /// # Safety
    /// As there, and `table` is this one.
    #[inline(always)]
    unsafe fn remove_hashed_in(&mut self, table: Detached<T, G>, slot: usize, hash: u64) -> T {
        // SAFETY: a full slot is initialised (I3), and is vacant from here on: read once. The table is
        // borrowed mutably.
        unsafe {
            table.control.move_out(hash, slot);
            self.vacate_in(table, slot).read()
        }
    }

    /// The tag of the entry in a slot.
    ///
    /// # Safety
    /// The slot is full.
    #[inline(always)]
    pub unsafe fn tag_at(&self, slot: usize) -> Tag {
        // SAFETY: a full slot exists.
        Tag::from_byte(unsafe { self.control.byte(slot) })
    }

    /// Takes out the entry that was found, if any. O(1) expected.
    #[inline(always)]
    pub fn remove(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<T> {
        let table = self.detached();
        table.prefetch(hash);
        // SAFETY: the table is its own.
        unsafe { self.remove_in(table, hash, eq) }
    }

    /// [`remove`](Self::remove) that does not wait for the table to know where its control bytes are, nor
    /// asks for a slot.
    ///
    /// # Safety
    /// `table` is this one.
    #[inline(always)]
    pub(crate) unsafe fn remove_in(
        &mut self,
        table: Detached<T, G>,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
    ) -> Option<T> {
        // SAFETY: the table is there, and its search returns full slots.
        unsafe { table.find(hash, eq).map(|slot| self.remove_hashed_in(table, slot, hash)) }
    }

    /// Takes out an arbitrary entry. See the module's introduction for what it costs.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        if self.items == 0 {
            return None;
        }
        // SAFETY: an entry is there, so a slot is full (I4); the table is borrowed mutably.
        Some(unsafe { self.remove_at(self.control.next_full()) })
    }

    /// Drops the entries for which `keep` is false, in slot order. O(slots). If `keep` or a drop
    /// panics, entries not yet visited stay.
    pub fn retain(&mut self, mut keep: impl FnMut(&mut T) -> bool) {
        // SAFETY: `items` is the number of full slots (I4), and only slots that the iterator has returned
        // are erased.
        for slot in unsafe { self.control.full_slots(self.items) } {
            // SAFETY: the slot is full. Entries leave one by one, so that the table is in order whenever
            // user code runs (I7).
            unsafe {
                if !keep(self.get_mut(slot)) {
                    self.vacate_unhashed(slot).drop_in_place();
                }
            }
        }
    }

    /// A walk over the entries that can take them out.
    #[inline]
    pub(crate) fn extract_if(&mut self) -> RawExtractIf<'_, T, G, A> {
        // SAFETY: `items` is the number of full slots (I4), and `RawExtractIf` erases only slots
        // that the iterator has returned.
        let slots = unsafe { self.control.full_slots(self.items) };
        RawExtractIf { slots, table: self }
    }

    /// Forgets all entries without dropping them and keeps the block. O(slots).
    ///
    /// # Safety
    /// The entries belong to somebody else by now, or to nobody.
    #[inline]
    pub(crate) unsafe fn forget_entries(&mut self) {
        if self.items != 0 {
            // SAFETY: the caller's contract.
            unsafe { self.untyped_mut().forget_all() }
        }
    }

    /// Drops all entries and keeps the block. O(slots), O(1) if there are none.
    #[inline]
    pub fn clear(&mut self) {
        if self.items != 0 {
            // SAFETY: layout and drop are those of the entries, which need not be looked at without a drop.
            unsafe {
                match drop_of::<T>() {
                    None => self.untyped_mut().forget_all(),
                    drop => self.untyped_mut().clear_entries(Self::SLOT, drop),
                }
            }
        }
    }
}

impl<G: Group, A: Allocator> RawTable<Untyped, G, A> {
    /// [`RawTable::forget_entries`] where there are entries.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    pub(super) unsafe fn forget_all(&mut self) {
        self.items = 0;
        let slots = self.slots();
        // SAFETY: the table has a block (it had entries), initialised (I2), and is borrowed mutably.
        unsafe {
            self.control = self.control.spread(slots);
            self.control.forget(slots);
        }
    }

    /// [`RawTable::clear`] of a table with entries that have to be dropped.
    ///
    /// # Safety
    /// Layout and drop are those of the entries.
    #[inline(never)]
    unsafe fn clear_entries(&mut self, slot: Layout, drop: DropLanes) {
        /// Resets the table, also when an entry's drop panics.
        struct Reset<'a, G: Group, A: Allocator>(&'a mut RawTable<Untyped, G, A>);
        impl<G: Group, A: Allocator> Drop for Reset<'_, G, A> {
            #[inline(always)]
            fn drop(&mut self) {
                // SAFETY: the entries are gone (I3 holds again before anybody looks).
                unsafe { self.0.forget_all() }
            }
        }
        let guard = Reset(self);
        let RawTable { control, items, .. } = *guard.0;
        // SAFETY: the caller's contract; the guard makes the table forget the entries.
        unsafe { control.drop_entries(items, slot, drop) };
    }
}

/// A walk that takes out the entries a predicate picks; see [`RawTable::extract_if`].
pub(crate) struct RawExtractIf<'a, T, G: Group, A: Allocator> {
    slots: FullSlots<G>,
    table: &'a mut RawTable<T, G, A>,
}

impl<T, G: Group, A: Allocator> RawExtractIf<'_, T, G, A> {
    /// Takes out the next entry for which `pick` is true.
    #[inline]
    pub(crate) fn next(&mut self, mut pick: impl FnMut(&mut T) -> bool) -> Option<T> {
        for slot in self.slots.by_ref() {
            // SAFETY: the slot was full when the iteration began, and only slots that were
            // returned are erased. If `pick` panics the entry stays (I7).
            unsafe {
                if pick(self.table.get_mut(slot)) {
                    return Some(self.table.remove_at(slot));
                }
            }
        }
        None
    }

    /// The most entries that can still be picked.
    #[inline]
    pub(crate) fn remaining(&self) -> usize {
        self.slots.len()
    }
}
