//! The part of a table that does not know its entries: control bytes and overflow bits.
//!
//! [`Control`] is a pointer to the first control byte and the number of homes. Everything that can
//! be decided from control bytes alone is decided here, once for all element types: the **probe
//! loop** (the only one in the crate), the search for a vacant slot, resetting.
//!
//! It owns nothing and is copied freely; who holds one sees to it that the block outlives it. Its
//! invariants are I1 and I2: the homes are a power of two, and every byte that a window of any home
//! covers is initialised.

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::capacity::Shape;
use crate::ctrl::{self, DELETED, EMPTY, Tag};
use crate::group::Group;
use crate::mask::LaneMask;
use crate::probe::ProbeSeq;

/// Control bytes and overflow bits of a table that has no slots: one window of DELETED lanes and
/// an overflow word without bits. Shared by all tables that have never been allocated; never
/// written to.
#[repr(align(16))]
struct Unallocated([u8; 32]);

static UNALLOCATED: Unallocated = {
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 16 {
        bytes[i] = DELETED;
        i += 1;
    }
    // The overflow word of a backend begins at byte 16 or, behind a pad byte, at byte 17.
    Unallocated(bytes)
};

/// See the module's introduction.
#[derive(Debug)]
pub(crate) struct Control<G> {
    ctrl: NonNull<u8>,
    /// Number of homes minus one.
    mask: usize,
    group: PhantomData<G>,
}

impl<G> Clone for Control<G> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<G> Copy for Control<G> {}

impl<G: Group> Control<G> {
    /// Width and alignment of windows, for the arithmetic modules.
    pub(crate) const SHAPE: Shape = Shape { width: G::WIDTH, aligned: G::ALIGNED_HOMES };

    /// The control bytes of a table without slots.
    #[inline]
    pub(crate) const fn unallocated() -> Self {
        let bytes = (&raw const UNALLOCATED.0).cast::<u8>().cast_mut();
        // SAFETY: the window is the WIDTH <= 16 DELETED bytes that end at byte 16 (I6). It begins
        // at a multiple of WIDTH, and at least 15 zero bytes follow, which hold the overflow word.
        let ctrl = unsafe { NonNull::new_unchecked(bytes.add(16 - G::WIDTH)) };
        Control { ctrl, mask: 0, group: PhantomData }
    }

    /// Control bytes that begin at `ctrl`, for `homes` homes.
    ///
    /// # Safety
    /// `homes` is a power of two (I1). From `ctrl` on, the block has room for the control bytes and
    /// the overflow words of so many homes. Call [`reset`](Self::reset) before anything else (I2).
    #[inline]
    pub(super) unsafe fn from_raw(ctrl: NonNull<u8>, homes: usize) -> Self {
        Control { ctrl, mask: homes - 1, group: PhantomData }
    }

    /// The address of the first control byte; slots end there.
    #[inline(always)]
    pub(crate) fn ctrl(self) -> NonNull<u8> {
        self.ctrl
    }

    /// Number of homes minus one.
    #[inline(always)]
    pub(crate) fn mask(self) -> usize {
        self.mask
    }

    /// The group of `WIDTH` control bytes from `window` on.
    ///
    /// # Safety
    /// `window + WIDTH` control bytes exist, and `window` is a multiple of `WIDTH` if homes are
    /// aligned. Both hold for the window of any position up to `mask`.
    #[inline(always)]
    pub(super) unsafe fn group(self, window: usize) -> G {
        // SAFETY: the caller's contract and I2; `ctrl` itself is a multiple of WIDTH.
        unsafe { G::load(self.ctrl.as_ptr().add(window)) }
    }

    /// The control byte of a slot.
    ///
    /// # Safety
    /// The table has that many control bytes.
    #[inline(always)]
    pub(super) unsafe fn byte(self, slot: usize) -> u8 {
        // SAFETY: the caller's contract and I2.
        unsafe { self.ctrl.add(slot).read() }
    }

    /// Sets the control byte of a slot.
    ///
    /// # Safety
    /// The table has that slot, and nobody else accesses it now.
    #[inline(always)]
    pub(super) unsafe fn set_byte(self, slot: usize, byte: u8) {
        // SAFETY: the caller's contract.
        unsafe { self.ctrl.add(slot).write(byte) }
    }

    /// **The probe loop.** Visits the windows of `hash` in order, offers each slot with the hash's
    /// tag to `is_match` and returns the first that it accepts, or else the position at which the
    /// search ended: the first whose overflow bit is clear, since no insert has gone further (I5).
    ///
    /// `is_match` is given slots that hold an entry only (I3). It may run user code: nothing is in
    /// an intermediate state during the walk (I7).
    #[inline(always)]
    pub(crate) fn probe(
        self,
        hash: u64,
        mut is_match: impl FnMut(usize) -> bool,
    ) -> Result<usize, ProbeSeq> {
        let tag = Tag::of(hash);
        let mut seq = ProbeSeq::new(hash, self.mask);
        // Nearly every search ends in its first window. It stands before the loop so that what the
        // loop wants prepared, and keeps on the stack around a call of `is_match`, is not in its
        // way.
        if let Some(result) = self.probe_window(&mut seq, tag, &mut is_match) {
            return result;
        }
        loop {
            if let Some(result) = self.probe_window(&mut seq, tag, &mut is_match) {
                return result;
            }
        }
    }

    /// One step of the probe loop: ends the search, or goes on to the next window.
    #[inline(always)]
    fn probe_window(
        self,
        seq: &mut ProbeSeq,
        tag: Tag,
        is_match: &mut impl FnMut(usize) -> bool,
    ) -> Option<Result<usize, ProbeSeq>> {
        let window = Self::SHAPE.window(seq.position());
        // SAFETY: the window of a position.
        let mut matches = unsafe { self.group(window) }.match_tag(tag);
        // Not a `for` loop: that would take the lane out of the set before it is compared, two
        // instructions more for a hit.
        while let Some(lane) = matches.lowest() {
            if is_match(window + lane) {
                return Some(Ok(window + lane));
            }
            matches = matches.without_lowest();
        }
        // SAFETY: a position of the walk is at most `mask`.
        if unsafe { self.overflowed(seq.position()) } && seq.advance(self.mask, Self::SHAPE) {
            None
        } else {
            Some(Err(*seq))
        }
    }

    /// The first vacant slot in the first window of `hash`.
    #[inline(always)]
    pub(super) fn vacant_at_home(self, hash: u64) -> Option<usize> {
        let window = Self::SHAPE.window(ctrl::home(hash, self.mask));
        // SAFETY: the window of a home.
        let lane = unsafe { self.group(window) }.match_empty().lowest()?;
        Some(window + lane)
    }

    /// The first vacant slot on the walk of `hash`, with the overflow bits of all windows before it
    /// set, so that an entry stored there is found (I5).
    ///
    /// # Safety
    /// The table has a vacant slot (then every walk reaches it), and nobody else accesses it now.
    #[inline(always)]
    pub(super) unsafe fn claim_vacant(self, hash: u64) -> usize {
        let mut seq = ProbeSeq::new(hash, self.mask);
        loop {
            let window = Self::SHAPE.window(seq.position());
            // SAFETY: the window of a position.
            if let Some(lane) = unsafe { self.group(window) }.match_empty().lowest() {
                return window + lane;
            }
            // SAFETY: a position of the walk is at most `mask`; the table is ours.
            unsafe { self.set_overflowed(seq.position()) };
            let more = seq.advance(self.mask, Self::SHAPE);
            debug_assert!(more, "claim_vacant: the table is full");
        }
    }

    /// Makes all of the first `slots` slots vacant, gives no slot to the remaining control bytes
    /// (I6), and clears the overflow bits.
    ///
    /// # Safety
    /// `slots` is the number of slots that the table was allocated with; nobody else accesses it
    /// now. Entries are forgotten, not dropped.
    pub(super) unsafe fn reset(self, slots: usize) {
        let bytes = Self::SHAPE.control_bytes(self.mask + 1);
        // SAFETY: the block has this many control bytes, of which `slots` have a slot (I1).
        unsafe {
            self.ctrl.write_bytes(EMPTY, slots);
            self.ctrl.add(slots).write_bytes(DELETED, bytes - slots);
            self.clear_overflow();
        }
    }

    /// The slots that hold an entry, in order.
    ///
    /// # Safety
    /// `items` is the number of full slots (I4). The iterator must not outlive the block. Slots may
    /// be erased while it runs, but only ones it has already returned.
    #[inline(always)]
    pub(super) unsafe fn full_slots(self, items: usize) -> FullSlots<G> {
        // SAFETY: every table has the window at 0.
        let mask = unsafe { self.group(0) }.match_full();
        FullSlots { ctrl: self.ctrl, base: 0, mask, items }
    }
}

/// The indices of full slots, group by group; see [`Control::full_slots`].
#[derive(Debug)]
pub(crate) struct FullSlots<G: Group> {
    ctrl: NonNull<u8>,
    /// The first slot of the current group, a multiple of `WIDTH`.
    base: usize,
    /// The lanes of the current group that are still to come.
    mask: G::Mask,
    /// Number of slots still to come, in all groups.
    items: usize,
}

// SAFETY: it reads control bytes only, and who made it vouches for those (I2) on any thread.
unsafe impl<G: Group> Send for FullSlots<G> {}
// SAFETY: as above.
unsafe impl<G: Group> Sync for FullSlots<G> {}

impl<G: Group> Default for FullSlots<G> {
    /// The iterator over nothing.
    #[inline]
    fn default() -> Self {
        // SAFETY: UNALLOCATED lives forever and has no full slot.
        unsafe { Control::unallocated().full_slots(0) }
    }
}

impl<G: Group> Clone for FullSlots<G> {
    #[inline]
    fn clone(&self) -> Self {
        FullSlots { ..*self }
    }
}

impl<G: Group> FullSlots<G> {
    #[inline(always)]
    pub(super) fn ctrl(&self) -> NonNull<u8> {
        self.ctrl
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.items
    }

    /// Goes on to the next group.
    ///
    /// # Safety
    /// At least one slot is still to come behind the current group.
    #[inline(always)]
    unsafe fn next_group(&mut self) {
        self.base += G::WIDTH;
        // SAFETY: a full slot lies in this group or behind it. So there are several windows, the
        // number of control bytes is a multiple of WIDTH (I1), and `base` is one too.
        self.mask = unsafe { G::load(self.ctrl.as_ptr().add(self.base)) }.match_full();
    }
}

impl<G: Group> Iterator for FullSlots<G> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        loop {
            // The lanes come first: that there are none is asked once per group, whether there are
            // no more entries only then.
            if let Some(lane) = self.mask.next() {
                self.items -= 1;
                // `base` is a multiple of WIDTH: the exclusive or is the sum, and on some targets
                // one instruction with the complement that the slot's address needs.
                return Some(self.base ^ lane);
            }
            if self.items == 0 {
                return None;
            }
            // SAFETY: a slot is to come (I4) and it is not in the current group.
            unsafe { self.next_group() };
        }
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items, Some(self.items))
    }

    /// Tests for the end once per group instead of once per slot.
    #[inline(always)]
    fn fold<B, F: FnMut(B, usize) -> B>(mut self, init: B, mut f: F) -> B {
        let mut acc = init;
        loop {
            for lane in self.mask {
                self.items -= 1;
                acc = f(acc, self.base + lane);
            }
            if self.items == 0 {
                return acc;
            }
            // SAFETY: a slot is to come (I4) and it is not in the current group.
            unsafe { self.next_group() };
        }
    }
}
