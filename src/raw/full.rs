//! Full slots, found from control bytes alone: the next one, those of a run, all.
//!
//! Whatever walks over a whole table goes by this file.

use core::ptr::NonNull;

use super::control::Control;
use crate::group::Group;
use crate::mask::{BitMask, LaneMask};

impl<G: Group> Control<G> {
    /// A full slot, looked for from the group on where the last call found one, and on from the
    /// first group at the end.
    ///
    /// # Safety
    /// The table has a full slot, and nobody else accesses it now.
    pub(super) unsafe fn next_full(self) -> usize {
        let several_windows = self.has_several_windows();
        let bytes = Self::SHAPE.control_bytes(self.mask() + 1);
        // SAFETY: tables with several windows have a cursor, initialised by `reset`.
        let mut group = if several_windows { unsafe { self.cursor().read() as usize } } else { 0 };
        loop {
            let base = group * G::WIDTH;
            // SAFETY: only groups of the table are noted at the cursor, and the number of control
            // bytes is a multiple of WIDTH (I2).
            if let Some(lane) = unsafe { self.group(base) }.match_full().lowest() {
                if several_windows {
                    // A group whose number does not fit (slots beyond the 2^35th) is not noted.
                    let noted = u32::try_from(group).unwrap_or(0);
                    // SAFETY: as above; the table is ours.
                    unsafe { self.cursor().write(noted) };
                }
                return base + lane;
            }
            group = if base + G::WIDTH < bytes { group + 1 } else { 0 };
        }
    }

    /// The full ones of the `N` slots from `base` on, as offsets from it. `N` is a multiple of
    /// `WIDTH`, at most as many as a machine word has bits.
    ///
    /// # Safety
    /// `base` is a multiple of `WIDTH` and less than the number of control bytes.
    #[inline(always)]
    pub(super) unsafe fn full_lanes<const N: usize>(self, base: usize) -> Lanes {
        let bytes = Self::SHAPE.control_bytes(self.mask() + 1) - base;
        // SAFETY: control bytes up to the end of the run, or to the last.
        BitMask(unsafe {
            if bytes >= N { self.full_in(base, N) } else { self.full_in_tail(base, bytes) }
        })
    }

    /// [`full_lanes`](Self::full_lanes) for loops that are written many times: out of line, which
    /// costs next to nothing once per chunk.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn next_chunk(self, base: usize) -> Lanes {
        // SAFETY: the caller's contract.
        unsafe { self.full_lanes::<CHUNK>(base) }
    }

    /// [`full_in`](Self::full_in) for the last, short run, out of line.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn full_in_tail(self, base: usize, bytes: usize) -> usize {
        // SAFETY: the caller's contract.
        unsafe { self.full_in(base, bytes) }
    }

    /// The full lanes among so many control bytes from `base` on, one bit each.
    ///
    /// # Safety
    /// The table has `base + bytes` control bytes or more; both are multiples of `WIDTH`.
    #[inline(always)]
    unsafe fn full_in(self, base: usize, bytes: usize) -> usize {
        let mut lanes = 0;
        for offset in (0..bytes).step_by(G::WIDTH) {
            // SAFETY: the caller's contract.
            lanes |= unsafe { self.group(base + offset) }.full_bits() << offset;
        }
        lanes
    }

    /// The slots that hold an entry, in order.
    ///
    /// # Safety
    /// `items` is the number of full slots (I4). The iterator must not outlive the block. Slots may
    /// be erased while it runs, but only ones it has already returned.
    #[inline(always)]
    pub(super) unsafe fn full_slots(self, items: usize) -> FullSlots<G> {
        // SAFETY: there is a control byte 0.
        let lanes = unsafe { self.next_chunk(0) };
        FullSlots { control: self, base: 0, lanes, items }
    }
}

/// Some full slots: those of a run of lanes, as offsets from its first slot.
pub(super) type Lanes = BitMask<usize, 1>;

/// The indices of full slots, in order; see [`Control::full_slots`].
///
/// Control bytes are read a *chunk* at a time, as many as a machine word has bits. The walk over
/// the lanes of a chunk ends with a branch that is never predicted; with a chunk of several groups
/// there are fewer of them.
#[derive(Debug)]
pub(crate) struct FullSlots<G> {
    control: Control<G>,
    /// The first slot of the current chunk.
    base: usize,
    /// The full lanes of the current chunk that are still to come.
    lanes: Lanes,
    /// Number of slots still to come, in all chunks.
    items: usize,
}

/// Number of slots in a chunk.
const CHUNK: usize = usize::BITS as usize;

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

impl<G> Clone for FullSlots<G> {
    #[inline]
    fn clone(&self) -> Self {
        FullSlots { ..*self }
    }
}

impl<G: Group> FullSlots<G> {
    #[inline(always)]
    pub(super) fn ctrl(&self) -> NonNull<u8> {
        self.control.ctrl()
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.items
    }
}

impl<G: Group> Iterator for FullSlots<G> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        loop {
            // The lanes come first: that there are none is asked once per chunk, whether there are no
            // more entries only then.
            if let Some(lane) = self.lanes.next() {
                self.items -= 1;
                // `base` is a multiple of CHUNK: the exclusive or is the sum, and on some targets one
                // instruction with the complement that the slot's address needs.
                return Some(self.base ^ lane);
            }
            if self.items == 0 {
                return None;
            }
            self.base += CHUNK;
            // SAFETY: a slot is to come (I4), it is not in the chunk before, and it has a control
            // byte. CHUNK is a multiple of WIDTH.
            self.lanes = unsafe { self.control.next_chunk(self.base) };
        }
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items, Some(self.items))
    }

    /// Counts no slots: a table that is not empty is read to its end.
    #[inline(always)]
    fn fold<B, F: FnMut(B, usize) -> B>(self, init: B, mut f: F) -> B {
        let mut acc = init;
        if self.items == 0 {
            return acc;
        }
        // Each chunk, the first too, is read at the top of the loop: the compiler then knows which
        // of the two loops is the inner one, and spends its registers there.
        let mut to_come = self.lanes.0;
        let end = Control::<G>::SHAPE.control_bytes(self.control.mask() + 1);
        for base in (self.base..end).step_by(CHUNK) {
            // SAFETY: slots of the table; those to come have not changed.
            let lanes = unsafe { self.control.full_lanes::<CHUNK>(base) };
            for lane in BitMask::<usize, 1>(lanes.0 & to_come) {
                acc = f(acc, base + lane);
            }
            to_come = !0;
        }
        acc
    }
}
