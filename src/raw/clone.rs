//! Copying a table: same size, each entry in the same slot, the same overflow counts.

use core::mem;

use super::plain::Plain;
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::capacity::Size;
use crate::error::{Fallibility, TryReserveError};
use crate::group::Group;

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
    pub(crate) fn clone_as(&self, plain: Plain<T>) -> Self
    where
        A: Clone,
    {
        let mut table = Self::new_in(self.alloc.clone());
        // Infallible: a failure does not return.
        let _ = table.clone_into_block(self, plain, Fallibility::Infallible);
        table
    }

    /// [`clone_as`](Self::clone_as) that reports when there is no block; nothing was cloned then.
    pub(crate) fn try_clone_as(&self, plain: Plain<T>) -> Result<Self, TryReserveError>
    where
        A: Clone,
    {
        let mut table = Self::new_in(self.alloc.clone());
        table.clone_into_block(self, plain, Fallibility::Fallible)?;
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
        let size = source.size();
        if self.size() == size {
            self.clone_entries(source, size, source.is_cloned_as_bytes(size, plain));
            return Ok(());
        }
        // The old block goes first: peak memory is that of one copy. Should the new one fail, the
        // table is empty and in order.
        self.release_block();
        self.clone_into_block(source, plain, fallibility)
    }

    /// Gets a block and clones of all entries, for a table without slots. O(slots).
    ///
    /// # Errors
    /// If there is no memory for the block; then nothing was cloned.
    pub(crate) fn clone_into_block(
        &mut self,
        source: &Self,
        plain: Plain<T>,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let size = source.size();
        if size.slots != 0 {
            let as_bytes = source.is_cloned_as_bytes(size, plain);
            // SAFETY: the block is vacant, or else written to as a whole by `clone_entries` (I2), before
            // any user code runs (I7).
            self.control = unsafe {
                layout::allocate_like(&self.alloc, Self::SLOT, size, !as_bytes, fallibility)?
            };
            self.growth_left = source.capacity();
            self.clone_entries(source, size, as_bytes);
        }
        Ok(())
    }

    /// Whether a clone of this table is a copy of its bytes. In a table that is nearly empty there are
    /// fewer bytes to look at than to copy.
    fn is_cloned_as_bytes(&self, size: Size, plain: Plain<T>) -> bool {
        plain.is_known() && self.items != 0 && self.items >= size.slots / 8
    }

    /// Fills this table, which is empty and has the size of the source. If a clone panics, the entries
    /// cloned so far are in the table.
    fn clone_entries(&mut self, source: &Self, size: Size, as_bytes: bool) {
        debug_assert!(self.items == 0 && self.size() == size && source.size() == size);
        if source.items == 0 {
            return;
        }
        let mut slot_bytes = size_of::<T>() * size.slots;
        if !as_bytes {
            slot_bytes = 0;
            let mut clones = Clones { table: self, source, size, last: 0, count: 0 };
            // SAFETY: `items` is the number of full slots (I4); the source is not changed.
            for slot in unsafe { source.control.full_slots(source.items) } {
                // SAFETY: the slot is full in the source and exists in this table as well.
                unsafe { clones.table.slot(slot).write(source.get(slot).clone()) };
                clones.last = slot;
                clones.count += 1;
            }
            mem::forget(clones);
        }
        // SAFETY: both tables have this size (I2). All slots that become full have just been written,
        // or are copied, which is a clone of a plain entry (I3).
        unsafe { layout::copy_contents(source.control, self.control, slot_bytes, size.homes) };
        self.items = source.items;
        self.growth_left = source.growth_left;
        self.debug_check();
    }
}

/// Entries that have been cloned into a table whose control bytes do not tell of them yet. Makes them
/// the table's if the next clone panics.
struct Clones<'a, T, G: Group, A: Allocator> {
    table: &'a mut RawTable<T, G, A>,
    source: &'a RawTable<T, G, A>,
    size: Size,
    /// The last slot that was cloned, if any was.
    last: usize,
    count: usize,
}

impl<T, G: Group, A: Allocator> Drop for Clones<'_, T, G, A> {
    fn drop(&mut self) {
        if self.count != 0 {
            let size = self.size;
            // SAFETY: both tables have this size. Slots that stay full were written (I3), and `count`
            // is their number (I4).
            unsafe {
                let (from, to) = (self.source.control, self.table.control);
                layout::copy_first(from, to, size.homes, self.last, size.slots);
            }
            self.table.items = self.count;
            self.table.growth_left -= self.count;
        }
    }
}
