//! Copying a table: same size, each entry in the same slot, the same overflow bits.

use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::error::Fallibility;
use crate::group::Group;

impl<T: Clone, G: Group, A: Allocator + Clone> Clone for RawTable<T, G, A> {
    fn clone(&self) -> Self {
        let mut table = Self::new_in(self.alloc.clone());
        table.clone_from(self);
        table
    }

    /// Keeps this table's allocator, and its block if it has the size of the source's.
    fn clone_from(&mut self, source: &Self) {
        self.clear();
        let size = source.size();
        if self.size() != size {
            // The old block goes first: peak memory is that of one copy. Should the new one fail,
            // the table is empty and in order.
            self.shrink_to(0, |_| unreachable!("an empty table has nothing to hash"));
            if size.slots != 0 {
                // Infallible: a failure does not return.
                let Ok(control) =
                    layout::allocate(&self.alloc, Self::SLOT, size, Fallibility::Infallible)
                else {
                    return;
                };
                self.control = control;
                self.growth_left = size.capacity();
            }
        }
        self.clone_entries(source);
    }
}

impl<T: Clone, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Fills this table, which is empty and as large as the source. If a clone panics, the entries
    /// cloned so far are in the table.
    fn clone_entries(&mut self, source: &Self) {
        debug_assert!(self.items == 0 && self.size() == source.size());
        if source.items == 0 {
            return;
        }
        // SAFETY: both tables have as many homes. Overflow bits come first, so that an entry is
        // findable as soon as it arrives (I5).
        unsafe { self.control.copy_overflow_from(source.control) };
        // SAFETY: `items` is the number of full slots (I4); the source is not changed.
        unsafe { source.control.full_slots(source.items) }.for_each(|slot| {
            // SAFETY: the slot is full in the source and vacant here, and all that the entry's
            // search needs was copied.
            unsafe {
                let entry = source.get(slot).clone();
                self.insert_at(slot, source.tag_at(slot), entry);
            }
        });
    }
}
