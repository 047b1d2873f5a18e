//! Copying a table: same size, each entry in the same slot, the same overflow counts.

use core::alloc::Layout;
use core::mem;
use core::ptr::NonNull;

use super::control::Control;
use super::full::Lanes;
use super::plain::Plain;
use super::untyped::Untyped;
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::error::{Fallibility, TryReserveError};
use crate::group::Group;
use crate::mask::LaneMask;

impl<T: Clone, G: Group, A: Allocator + Clone> Clone for RawTable<T, G, A> {
    #[inline]
    fn clone(&self) -> Self {
        self.clone_as(Plain::of_value())
    }

    #[inline]
    fn clone_from(&mut self, source: &Self) {
        // Infallible: a failure does not return.
        let _ = self.clone_from_as(source, Plain::of_value(), Fallibility::Infallible);
    }
}

impl<T: Clone, G: Group, A: Allocator> RawTable<T, G, A> {
    /// A table with a clone of each entry. O(slots).
    #[inline]
    pub(crate) fn clone_as(&self, plain: Plain<T>) -> Self
    where
        A: Clone,
    {
        let mut table = Self::new_in(self.alloc.clone());
        // Infallible: a failure does not return.
        let _ = table.clone_into_empty(self, plain, Fallibility::Infallible);
        if self.items != 0 {
            // Not as it is in memory: numbers that were written one by one would be read together when the table is moved,
            // and the CPU wait for them (docs/experiments.md).
            // SAFETY: a failure has not returned. The block is as large as this one and packed if this one is, so it has as
            // many homes (I1), and its bytes are written (I2).
            table.control = unsafe { Control::from_raw(table.ctrl(), self.control.mask() + 1) };
            (table.items, table.capacity) = (self.items, self.capacity);
        }
        table
    }

    /// [`clone_as`](Self::clone_as) that reports when there is no block; nothing was cloned then.
    pub(crate) fn try_clone_as(&self, plain: Plain<T>) -> Result<Self, TryReserveError>
    where
        A: Clone,
    {
        let mut table = Self::new_in(self.alloc.clone());
        table.clone_into_empty(self, plain, Fallibility::Fallible)?;
        Ok(table)
    }

    /// [`clone_as`](Self::clone_as) that keeps this table's allocator, and its block if it has the
    /// size of the source's. Without a block the table is empty.
    pub(crate) fn clone_from_as(
        &mut self,
        source: &Self,
        plain: Plain<T>,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        self.clear();
        self.clone_into_empty(source, plain, fallibility)
    }

    /// Clones the entries into this table, which has none. O(slots).
    ///
    /// # Errors
    /// If there is no memory for the block; then nothing was cloned.
    #[inline]
    pub(crate) fn clone_into_empty(
        &mut self,
        source: &Self,
        plain: Plain<T>,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        assert!(self.is_empty(), "clones would take the place of entries");
        // Neither has a block: there is nothing to do.
        if self.capacity() == 0 && source.capacity() == 0 {
            return Ok(());
        }
        let entries =
            Entries { slot: Self::SLOT, clone: clone_lanes::<T>, plain: plain.is_known() };
        // SAFETY: that is what has to be known of the entries, and this table has none.
        unsafe { self.untyped_mut().clone_entries(source.untyped(), entries, fallibility) }?;
        self.debug_check();
        Ok(())
    }
}

/// What copying has to know of entries: the layout of a slot, how they are cloned, and whether a clone is
/// a copy of their bytes.
pub(super) struct Entries {
    slot: Layout,
    clone: unsafe fn(NonNull<u8>, NonNull<u8>, &mut Lanes),
    plain: bool,
}

/// Clones the entries in the given lanes of a run of slots to those of another run, which end
/// (`layout.rs`) at `from` and `to`. A lane leaves the set when its entry has been cloned.
///
/// # Safety
/// Both runs have those slots, of type `T`; they are full in the first one, and the second is the caller's.
unsafe fn clone_lanes<T: Clone>(from: NonNull<u8>, to: NonNull<u8>, lanes: &mut Lanes) {
    while let Some(lane) = lanes.lowest() {
        // SAFETY: the caller's contract; a full slot is initialised (I3).
        unsafe {
            layout::slot::<T>(to, lane).write(layout::slot::<T>(from, lane).as_ref().clone())
        };
        *lanes = lanes.without_lowest();
    }
}

impl<G: Group, A: Allocator> RawTable<Untyped, G, A> {
    /// Clones the entries of `source` into this table, which has none, and keeps its block if that has
    /// the right size. If a clone panics, the entries cloned so far are in the table.
    ///
    /// # Safety
    /// `entries` is right for both tables, and this one has no entries.
    #[inline(never)]
    pub(super) unsafe fn clone_entries(
        &mut self,
        source: &Self,
        entries: Entries,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        debug_assert!(self.items == 0);
        // SAFETY: the caller's contract; a new block is written to below.
        unsafe {
            if self.slots() == source.slots() {
                self.control = self.control.packed_like(source.control);
            } else {
                self.replace_block(source, entries.slot, fallibility)?;
            }
        }
        if source.items == 0 {
            // SAFETY: both have as many slots, and no entry is in this one (I4).
            self.control = unsafe { self.control.spread(source.slots()) };
            return Ok(());
        }
        let (from, to, size) = (source.control, self.control, source.size());
        // In a table that is nearly empty there are fewer bytes to look at than to copy.
        let slot_bytes = if entries.plain && source.items >= source.capacity() / 8 {
            entries.slot.size() * source.slots()
        } else {
            let mut clones = Clones { table: self, source, base: 0, left: Lanes::NONE };
            // SAFETY: `items` is the number of full slots (I4); the source is not changed. The slots are
            // full there and exist in this table as well, and grow downwards from `ctrl`.
            unsafe {
                for (base, lanes) in from.full_runs(source.items) {
                    (clones.base, clones.left) = (base, lanes);
                    let bytes = base * entries.slot.size();
                    (entries.clone)(from.ctrl().sub(bytes), to.ctrl().sub(bytes), &mut clones.left);
                }
            }
            mem::forget(clones);
            0
        };
        // SAFETY: both tables have this size (I2). All slots that become full have just been written,
        // or are copied, which is a clone of a plain entry (I3).
        unsafe { layout::copy_contents(from, to, slot_bytes, size) };
        self.items = source.items;
        Ok(())
    }

    /// Gives this table a block of the source's size, which is vacant if the source is.
    ///
    /// # Safety
    /// This table has no entries; both have slots of this layout. If the source has entries, the control
    /// bytes and words of the new block are written before anything else is done with it (I2), also if
    /// user code panics (I7).
    #[inline]
    unsafe fn replace_block(
        &mut self,
        source: &Self,
        slot: Layout,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        // The old block goes first: peak memory is that of one copy. Should the new one fail, the table is
        // empty and in order.
        if self.capacity() != 0 {
            // SAFETY: the caller's contract.
            unsafe { self.release(slot) };
        }
        let size = source.size();
        if size.slots != 0 {
            // SAFETY: the source has a block of this size, and the rest is the caller's contract.
            unsafe {
                self.control = layout::allocate_like(&self.alloc, slot, size, fallibility)?;
                self.capacity = source.capacity;
                if source.items == 0 {
                    self.control.reset(size.slots);
                }
            }
        }
        Ok(())
    }
}

/// Entries that have been cloned into a table whose control bytes do not tell of them yet. Makes them
/// the table's if the next clone panics.
struct Clones<'a, G: Group, A: Allocator> {
    table: &'a mut RawTable<Untyped, G, A>,
    source: &'a RawTable<Untyped, G, A>,
    /// The slots of a run from here on, of which these lanes have not been cloned yet.
    base: usize,
    left: Lanes,
}

impl<G: Group, A: Allocator> Drop for Clones<'_, G, A> {
    fn drop(&mut self) {
        let (from, to, size) = (self.source.control, self.table.control, self.source.size());
        let mut count = 0;
        // SAFETY: as for the runs that were cloned. Both tables have this size. Slots that stay full are
        // those before the one whose clone panicked: they were written (I3), and `count` is their number (I4).
        unsafe {
            for (base, lanes) in from.full_runs(self.source.items) {
                count += lanes.lanes();
                if base == self.base {
                    break;
                }
            }
            count -= self.left.lanes();
            let end = self.base + self.left.lowest_or_last();
            layout::copy_first(from, to, size, end);
        }
        self.table.items = count;
    }
}
