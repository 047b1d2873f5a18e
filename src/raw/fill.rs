//! Many insertions, one after another.
//!
//! What an insertion looks up in the table and writes back to it, where the control bytes are and how many
//! entries there are, a [`Filler`] keeps in registers from one to the next. The numbers come to the table
//! when the filler goes, also if user code panics: what has been stored is in the table then. User code never
//! has the filler, which it could forget; but it may catch a panic that came out of [`place`](Filler::place), and
//! go on.

use core::ptr::NonNull;

use super::{Detached, RawTable};
use crate::allocator::Allocator;
use crate::ctrl::Tag;
use crate::group::Group;

/// A table that is being filled. The guard of I7: of the invariants, I4 waits for it to be dropped.
pub(crate) struct Filler<'a, T, G: Group, A: Allocator> {
    table: &'a mut RawTable<T, G, A>,
    /// The table's control bytes.
    fields: Detached<T, G>,
    /// How many entries fit into the table, and have been stored, since `fields` was taken.
    room: usize,
    stored: usize,
}

impl<'a, T, G: Group, A: Allocator> Filler<'a, T, G, A> {
    /// # Safety
    /// The filler is dropped: if it is forgotten, the table does not know what has been stored (I4).
    #[inline(always)]
    pub(crate) unsafe fn new(table: &'a mut RawTable<T, G, A>) -> Self {
        let (fields, room) = (table.detached(), table.growth_left());
        Filler { table, fields, room, stored: 0 }
    }

    /// The slot of the entry with this hash that `eq` accepts, or else one that has been made full for it;
    /// grows if there is no room. O(1) expected and amortised.
    ///
    /// # Safety
    /// A slot that is made full is written to before anything else is done.
    #[inline(always)]
    pub(crate) unsafe fn place(
        &mut self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<NonNull<T>, NonNull<T>> {
        let Filler { fields, room, stored, .. } = *self;
        fields.prefetch(hash);
        // SAFETY: the table is borrowed mutably: its control bytes are there (I2), and nobody else's. A slot that
        // is found is there (I1). There is room for the vacant one, which is in the window of the hash's home;
        // I3 is what the caller promises.
        unsafe {
            match fields.search(hash, eq) {
                Ok(slot) => return Ok(fields.slot(slot)),
                Err(Some(slot)) if stored != room => {
                    self.stored += 1;
                    fields.control.set_byte(slot, Tag::of(hash).byte());
                    return Err(fields.slot(slot));
                }
                Err(_) => {}
            }
        }
        self.settle();
        let renewed = Renewed(self);
        // SAFETY: the caller writes to the slot before anything else is done (I3).
        Err(unsafe { renewed.0.table.occupy_elsewhere(hash, hasher) })
    }

    /// Tells the table of what has been stored.
    #[inline(always)]
    fn settle(&mut self) {
        self.table.items += self.stored;
        self.stored = 0;
    }
}

/// A filler whose table gets another block, perhaps. What it knows of the table is renewed also if user code panics:
/// an iterator may catch that, and go on.
struct Renewed<'f, 'a, T, G: Group, A: Allocator>(&'f mut Filler<'a, T, G, A>);

impl<T, G: Group, A: Allocator> Drop for Renewed<'_, '_, T, G, A> {
    #[inline(always)]
    fn drop(&mut self) {
        let Filler { table, fields, room, .. } = &mut *self.0;
        (*fields, *room) = (table.detached(), table.growth_left());
    }
}

impl<T, G: Group, A: Allocator> Drop for Filler<'_, T, G, A> {
    #[inline(always)]
    fn drop(&mut self) {
        self.settle();
        self.table.debug_check();
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Makes a slot full for an absent entry where the home's window has no room, or the table. Gets the table
    /// and not the filler, which would have to be in memory for that.
    ///
    /// # Safety
    /// The slot is written to before anything else is done (I3).
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn occupy_elsewhere(
        &mut self,
        hash: u64,
        hasher: impl Fn(&T) -> u64,
    ) -> NonNull<T> {
        let slot = self.claim_elsewhere(hash, hasher);
        // SAFETY: there is room (I4), and the slot is claimed for this hash.
        unsafe { self.occupy(slot, Tag::of(hash)) }
    }
}
