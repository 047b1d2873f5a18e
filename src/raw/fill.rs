//! Many insertions, one after another.
//!
//! What an insertion looks up in the table and writes back to it, where the control bytes are and how many
//! entries there are, a [`Filler`] keeps in registers from one to the next. Meanwhile the table has no slots;
//! it has them again when the filler goes, also if user code panics. A filler that is forgotten leaks what
//! was in the table, no more: it goes through the hands of iterators (`fold`), which may do that.

use core::mem;
use core::ptr::NonNull;

use super::control::Control;
use super::{AtHome, Detached, ProbeSeq, RawTable};
use crate::allocator::Allocator;
use crate::ctrl::Tag;
use crate::group::Group;

/// A table that is being filled: what the table consists of, while that has no slots.
pub(crate) struct Filler<'a, T, G: Group, A: Allocator> {
    table: &'a mut RawTable<T, G, A>,
    fields: Detached<T, G>,
    items: usize,
    growth_left: usize,
}

impl<'a, T, G: Group, A: Allocator> Filler<'a, T, G, A> {
    #[inline(always)]
    pub(crate) fn new(table: &'a mut RawTable<T, G, A>) -> Self {
        let fields = table.detached();
        let mut filler = Filler { table, fields, items: 0, growth_left: 0 };
        filler.take_fields();
        filler
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
        let Filler { fields, growth_left, .. } = *self;
        fields.prefetch_far(hash);
        // SAFETY: the table is borrowed mutably.
        let seq = match unsafe { fields.search_home(hash, || growth_left != 0, &mut eq) } {
            // SAFETY: the slot was found full.
            AtHome::Found(slot) => return Ok(unsafe { fields.slot(slot) }),
            AtHome::Vacant(slot) => {
                self.items += 1;
                self.growth_left -= 1;
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
        self.give_fields();
        // SAFETY: the caller's contract.
        let place = unsafe { self.table.place_on(hash, seq, eq, hasher) };
        self.take_fields();
        place
    }

    /// Takes everything from the table.
    #[inline(always)]
    fn take_fields(&mut self) {
        self.fields = self.table.detached();
        self.items = mem::take(&mut self.table.items);
        self.growth_left = mem::take(&mut self.table.growth_left);
        self.table.control = Control::unallocated();
    }

    /// Gives it back, unless the table has it: growth may have panicked, and freed the block that `fields`
    /// still speaks of.
    #[inline(always)]
    fn give_fields(&mut self) {
        if self.items + self.growth_left != 0 {
            self.table.control = self.fields.control;
            self.table.items = mem::take(&mut self.items);
            self.table.growth_left = mem::take(&mut self.growth_left);
        }
    }
}

/// The guard of I7: the table is in order again, with all that has been stored.
impl<T, G: Group, A: Allocator> Drop for Filler<'_, T, G, A> {
    #[inline(always)]
    fn drop(&mut self) {
        self.give_fields();
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
            // SAFETY: the slot was found full.
            return Ok(unsafe { self.slot(slot) });
        }
        let slot = self.claim_elsewhere(hash, hasher);
        // SAFETY: the slot is claimed for this hash. The rest is the caller's contract.
        Err(unsafe { self.occupy(slot, Tag::of(hash)) })
    }
}
