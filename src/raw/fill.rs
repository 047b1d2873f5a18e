//! Many insertions, one after another.
//!
//! What an insertion looks up in the table and writes back to it, where the control bytes are and how many
//! entries there are, a [`Filler`] keeps in registers from one to the next. The numbers come to the table
//! when the filler goes, also if user code panics: what has been stored is in the table then. User code never
//! has the filler, which it could forget.

use core::ptr::NonNull;

use super::{AtHome, Detached, ProbeSeq, RawTable};
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
        let (fields, room) = (table.detached(), table.growth_left);
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
        mut eq: impl FnMut(&T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<NonNull<T>, NonNull<T>> {
        let Filler { fields, room, stored, .. } = *self;
        fields.prefetch_far(hash);
        // SAFETY: the table is borrowed mutably: its control bytes are there (I2), and nobody else's.
        let seq = match unsafe { fields.search_home(hash, || stored != room, &mut eq) } {
            // SAFETY: a full slot exists (I1).
            AtHome::Found(slot) => return Ok(unsafe { fields.slot(slot) }),
            AtHome::Vacant(slot) => {
                self.stored += 1;
                // SAFETY: there is room, and the slot is vacant and in the window of the hash's home. I3 is
                // what the caller promises.
                return Err(unsafe {
                    fields.control.set_byte(slot, Tag::of(hash).byte());
                    fields.slot(slot)
                });
            }
            AtHome::Absent => None,
            AtHome::Elsewhere(seq) => Some(seq),
        };
        self.settle();
        // SAFETY: the caller's contract.
        let place = unsafe { self.table.place_on(hash, seq, eq, hasher) };
        (self.fields, self.room) = (self.table.detached(), self.table.growth_left);
        place
    }

    /// Tells the table of what has been stored.
    #[inline(always)]
    fn settle(&mut self) {
        self.table.items += self.stored;
        self.table.growth_left -= self.stored;
        self.stored = 0;
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
    /// [`Filler::place`] where the home's window does not settle it. Gets the table and not the filler, which
    /// would have to be in memory for that.
    ///
    /// # Safety
    /// As there.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn place_on(
        &mut self,
        hash: u64,
        seq: Option<ProbeSeq>,
        eq: impl FnMut(&T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<NonNull<T>, NonNull<T>> {
        if let Some(slot) = seq.and_then(|seq| self.find_on(hash, seq, eq)) {
            // SAFETY: a full slot exists (I1).
            return Ok(unsafe { self.slot(slot) });
        }
        let slot = self.claim_elsewhere(hash, hasher);
        // SAFETY: there is room (I4), and the slot is claimed for this hash. That it is written to (I3) is the
        // caller's contract.
        Err(unsafe { self.occupy(slot, Tag::of(hash)) })
    }
}
