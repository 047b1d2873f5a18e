//! Where an entry goes that finds its home's window full.
//!
//! To the next window on its walk that has room, and every position that it leaves counts it (`overflow.rs`). Since that
//! makes searches longer, a table that has lost entries from beyond their homes (or from nobody knows where) first tries
//! to *make room*: one of the last entries in the window may have come from a home further on, whose own window has a
//! vacant slot.
//!
//! ```text
//!   home          [a b c d e f … y z]              full; z has come from the home of f
//!   home of z               [f … y z .]            and may as well lie a slot further on
//!   afterwards    [a b c d e f … y n] z
//! ```
//!
//! That takes hashing two entries at most, and copying one. Without it, entries replaced at random lie further from
//! home the longer it goes on, until a rebuild: at load .75 misses took 1.2 times as long as with it, and hits 1.15 times
//! (`compare`: churn, churn_miss, churn_hit). A table that is only filled moves no entry before it grows. Nor does one
//! whose entries crowd under a few homes, where it would mostly be in vain, or one whose windows are aligned and share no slots.

use core::alloc::Layout;

use super::RawTable;
use super::control::Control;
use super::grow::{HashBy, HashEntries};
use super::untyped::Untyped;
use crate::allocator::Allocator;
use crate::ctrl::{self, Tag};
use crate::error::Fallibility;
use crate::group::Group;
use crate::mask::BitMask;

/// How many entries are asked whether they can move on. (One or three: no difference beyond .01, `compare`: churn.)
pub(super) const TRIES: usize = 2;

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Claims a vacant slot for an absent entry where the home's window has no room, or the table: the
    /// positions before it count the entry, which must [`occupy`](Self::occupy) the slot next.
    #[inline]
    pub fn claim_elsewhere(&mut self, hash: u64, hasher: impl Fn(&T) -> u64) -> usize {
        let hasher = HashBy::new(&hasher);
        // SAFETY: layout and hasher are those of the entries.
        unsafe { self.untyped_mut().claim(Self::SLOT, hash, &hasher) }
    }

    /// The vacant slot for an absent entry where the home's window has no room, or the table. For that others may have
    /// moved, whether the entry comes or not.
    #[cold]
    #[inline(never)]
    pub(super) fn vacant_elsewhere(&mut self, hash: u64, hasher: impl Fn(&T) -> u64) -> usize {
        let hasher = HashBy::new(&hasher);
        // SAFETY: layout and hasher are those of the entries.
        let slot = unsafe { self.untyped_mut().vacant_for(Self::SLOT, hash, &hasher) };
        self.debug_check();
        slot
    }
}

/// Callers promise all of these that `slot` is the layout of the table's slots, and that `hasher` is for
/// its entries.
impl<G: Group, A: Allocator> RawTable<Untyped, G, A> {
    /// See [`RawTable::claim_elsewhere`].
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn claim(
        &mut self,
        slot: Layout,
        hash: u64,
        hasher: &dyn HashEntries,
    ) -> usize {
        // SAFETY: the caller's contract. Once there is room, there is a vacant slot (I4).
        unsafe { self.room_at_home(slot, hash, hasher).unwrap_or_else(|| self.control.claim(hash)) }
    }

    /// See [`RawTable::vacant_elsewhere`].
    #[inline(never)]
    pub(super) unsafe fn vacant_for(
        &mut self,
        slot: Layout,
        hash: u64,
        hasher: &dyn HashEntries,
    ) -> usize {
        // SAFETY: the caller's contract. There are several windows, or one in which there is room once it has been seen to,
        // and thus a vacant slot (I4).
        unsafe {
            match self.room_at_home(slot, hash, hasher) {
                Some(vacant) => vacant,
                // (No window covers that number.)
                None if self.control.has_several_windows() => {
                    self.control.vacant_on_walk(hash, usize::MAX)
                }
                None => self.control.vacant_in_window(hash),
            }
        }
    }

    /// Sees to it that one more entry can be stored beyond its home's window. Returns a vacant slot in the home's window of
    /// this one if another entry has made room there, or might have had to; that there is none is not said otherwise.
    #[inline(always)]
    unsafe fn room_at_home(
        &mut self,
        slot: Layout,
        hash: u64,
        hasher: &dyn HashEntries,
    ) -> Option<usize> {
        // SAFETY: the caller's contract. The table is borrowed mutably; room is made only where there are several windows, with
        // words (I2), that are not aligned.
        unsafe {
            // Nearly always there is, and nothing to put right: a call less.
            if !self.has_room() || self.control.is_above_limit() {
                self.ensure_room(slot, hasher);
            }
            match self.control.makes_room() {
                true => self.control.make_room(hash, slot.size(), hasher),
                false => None,
            }
        }
    }

    /// Grows the table if there is no room, and makes searches shorter if that pays.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn ensure_room(&mut self, slot: Layout, hasher: &dyn HashEntries) {
        // SAFETY: the caller's contract. Only tables with several windows are above their limit.
        unsafe {
            if !self.has_room() {
                // Infallible: a failure does not return.
                let _ = self.grow(slot, 1, hasher, Fallibility::Infallible);
            } else if self.control.is_above_limit() {
                self.control.put_right(self.items, slot.size(), hasher);
            }
        }
    }
}

impl<G: Group> Control<G> {
    /// Whether room is made at home: where windows overlap, entries have left again from beyond their homes since these
    /// were counted, and there are no more steps than a full and old table with good hashes has.
    ///
    /// # Safety
    /// Nobody writes to the table now.
    #[inline]
    pub(super) unsafe fn makes_room(self) -> bool {
        // SAFETY: where there are several windows, there are these words (I2).
        !G::ALIGNED_HOMES
            && self.has_several_windows()
            && unsafe { self.wear() != 0 && self.steps() / 4 <= self.credit() }
    }

    /// A vacant slot in the window of the hash's home: that of an entry which has moved on within the window of its own home,
    /// if there is no other.
    ///
    /// # Safety
    /// The table has several windows, which are not aligned, and nobody else accesses it. Its slots have so many bytes, and
    /// the hasher is for its entries.
    #[inline]
    unsafe fn make_room(self, hash: u64, size: usize, hasher: &dyn HashEntries) -> Option<usize> {
        const { assert!(TRIES <= G::WIDTH) }
        let home = ctrl::home(hash, self.mask());
        let next = home + G::WIDTH;
        // SAFETY: positions up to `mask` (I1). As the second is one, every byte between them, the window of the first, has a
        // slot (I6), and where none is EMPTY all are full, so they may be hashed (I3). One of their entries goes to a vacant
        // slot that its home's window covers, too, and is in one slot again before any user code runs (I7); searches find
        // it there, whatever is counted (I5).
        unsafe {
            if let Some(vacant) = self.vacant_at(home) {
                return Some(vacant);
            }
            if next > self.mask() {
                return None;
            }
            let vacant = self.vacant_at(next)?;
            let (first, mut hashes) = (next - TRIES, [0; TRIES]);
            hasher.hash(self.ctrl().sub(first * size), BitMask((1 << TRIES) - 1), &mut hashes);
            let moves_on = |&slot: &usize| {
                let home = ctrl::home(hashes[slot - first], self.mask());
                self.covers(home, slot) && self.covers(home, vacant)
            };
            let slot = (first..next).rev().find(moves_on)?;
            self.move_entry(slot, vacant, size, Tag::from_byte(self.byte(slot)));
            Some(slot)
        }
    }
}
