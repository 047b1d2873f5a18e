//! Scattered tables: where entries go that leave a crowded home.
//!
//! Weak hashes crowd: all multiples of a large power of two may have the same low bits, and share a few homes, of
//! which a window each has room for a few entries. If the walks from a home were all the same, the *n*th entry of a
//! home would walk over all *n* before it, and building the table would be quadratic. A larger table, which is what
//! other designs resort to, takes more memory and splits such a home into two, if at all.
//!
//! So a table whose entries crowd becomes *scattered*: from then on steps of a walk are longer by a number that
//! comes from other bits of the hash, and entries of one home part at their first step. Their home's window is
//! still where each search begins, and a search that ends there, as nearly all do, never learns of this.
//!
//! ```text
//!   not scattered     home ──> near ──────────────> far …        the same for all hashes of a home
//!   scattered         home ──────────> a ──> …                   each by itself
//!                     home ───> b ────────────> …
//!                     home ─────────────────> c ──> …
//! ```
//!
//! Which bits these are is a *shift* of the hash, kept with the wear (`overflow.rs`). It is chosen by trying some of
//! them on a sample of entries ([`Control::shift_for`]), since which bits of weak hashes differ depends on the
//! hasher and the keys, and is chosen again at each rebuild and growth. In a table that is not scattered the shift
//! leaves nothing, so nothing asks whether it is.
//!
//! Hashes that are all the same, or differ in few bits, crowd as before: there is nothing to tell them apart by. (Of
//! those on targets with 32-bit pointers the lower half counts.) Who chooses hashes can make a sample look good under
//! a shift that is bad for the others, which costs as much as hashes that are all the same.

use super::control::Control;
use super::full::{CHUNK, Lanes};
use super::grow::HashEntries;
use super::overflow::NOT_SCATTERED;
use crate::ctrl;
use crate::group::Group;
use crate::mask::LaneMask;

/// Shifts that are tried are multiples of this. The last of them leaves nothing, as [`NOT_SCATTERED`] does.
const APART: u32 = 4;

/// On how many entries shifts are tried, at most.
const SAMPLE: usize = 256;
/// In how many windows, modulo that number, they are told apart.
const WINDOWS: usize = 1024;

/// A table is crowded from so many times the credit (`overflow.rs`) of steps on. With good hashes a full and
/// old table has at most four times the credit, and seven times where homes are aligned.
const CROWDED: u32 = 32;

impl<G: Group> Control<G> {
    /// How much longer than in a table that is not scattered each step of the walk of a hash is under a shift, in
    /// slots: a multiple of two windows.
    #[inline(always)]
    fn scatter_by(hash: u64, shift: u32) -> usize {
        (hash as usize).wrapping_shr(shift) & !(2 * G::WIDTH - 1)
    }

    /// How much longer each step of the walk of `hash` is than it would be if the table were not scattered, in slots.
    ///
    /// # Safety
    /// The table has several windows, and nobody writes to its words now.
    #[inline(always)]
    pub(super) unsafe fn scatter(self, hash: u64) -> usize {
        // SAFETY: the caller's contract.
        Self::scatter_by(hash, unsafe { self.shift() })
    }

    /// Whether walks from one home differ.
    ///
    /// # Safety
    /// Nobody writes to the table now.
    #[inline]
    pub(super) unsafe fn is_scattered(self) -> bool {
        // SAFETY: there are several windows, with words (I2), and nobody writes.
        self.has_several_windows() && unsafe { self.shift() } / APART < NOT_SCATTERED / APART
    }

    /// Whether so many entries are so far from home that hashes must be weak.
    ///
    /// # Safety
    /// The table has several windows, and nobody writes to it now.
    #[inline]
    pub(super) unsafe fn is_crowded(self) -> bool {
        // SAFETY: the caller's contract.
        unsafe { self.steps() / CROWDED > self.credit() }
    }

    /// Gives this table, which is empty, the best shift for entries that are in another one, most of which come here.
    ///
    /// # Safety
    /// Nobody else accesses the tables. `other` has `items` entries, of so many bytes, for which the hasher is.
    #[inline]
    pub(super) unsafe fn scatter_for(
        self,
        other: Self,
        items: usize,
        size: usize,
        hasher: &dyn HashEntries,
    ) {
        if self.has_several_windows() && other.has_several_windows() {
            // SAFETY: both have several windows, with words (I2); the rest is the caller's contract. Should the hasher
            // panic, nothing has changed.
            unsafe { self.set_shift(other.shift_for(self.mask() + 1, items, size, hasher)) };
        }
    }

    /// The shift for a table of so many homes with the entries of this one: the one under which those of a sample come to
    /// most windows with the first step from their homes; none, or else that of this table, unless another one is better
    /// by a quarter. O(1) unless the table is scattered or entries crowd; O(slots) then, as the sample is spread over all.
    ///
    /// # Safety
    /// The table has several windows and `items` entries, of so many bytes, for which the hasher is. Nobody writes to
    /// it now.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn shift_for(
        self,
        homes: usize,
        items: usize,
        size: usize,
        hasher: &dyn HashEntries,
    ) -> u32 {
        // SAFETY: there are several windows, with words (I2), and nobody writes.
        let (now, looks) = unsafe { (self.shift(), self.is_crowded() || self.is_scattered()) };
        if !looks {
            return now;
        }
        // Of each stretch of so many entries one is taken, at random, as keys may come in periods.
        let stretch = items.div_ceil(SAMPLE).max(1);
        let (mut seen, mut begin, mut next, mut random) = (0, 0, 0, 1u32);
        let (mut hashes, mut sample, mut taken) = ([0; CHUNK], [0; SAMPLE], 0);
        let mut base = 0;
        while seen < items {
            // SAFETY: an entry is to come (I4), so there are control bytes; the table does not change.
            let (first, full) = unsafe { self.next_chunk(base) };
            base = first + CHUNK;
            let mut lanes = Lanes::NONE;
            for lane in full {
                if seen == next {
                    lanes.0 |= 1 << lane;
                    random = random.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
                    begin += stretch;
                    next = begin + (random >> 8) as usize % stretch;
                }
                seen += 1;
            }
            // SAFETY: the hasher is asked for the hashes of full slots, which are initialised (I3).
            unsafe { hasher.hash(self.ctrl().sub(first * size), lanes, &mut hashes) };
            for lane in lanes {
                sample[taken] = hashes[lane];
                taken += 1;
            }
        }
        let sample = &sample[..taken];
        let (mut best, mut most) = (NOT_SCATTERED, Self::reached(sample, homes, NOT_SCATTERED));
        let enough = 5 * most;
        let mut shift = 0;
        while shift < usize::BITS {
            let windows = Self::reached(sample, homes, shift);
            if windows >= most {
                (best, most) = (shift, windows);
            }
            shift += APART;
        }
        if enough >= 4 * most {
            NOT_SCATTERED
        } else if 5 * Self::reached(sample, homes, now) >= 4 * most {
            now
        } else {
            best
        }
    }

    /// In how many windows, modulo [`WINDOWS`], of a table with so many homes searches for these hashes are after the
    /// first step under a shift.
    fn reached(hashes: &[u64], homes: usize, shift: u32) -> u32 {
        let (mut windows, mut reached) = ([false; WINDOWS], 0);
        for &hash in hashes {
            let slot = ctrl::home(hash, homes - 1).wrapping_add(Self::scatter_by(hash, shift));
            let window = (slot & (homes - 1)) / G::WIDTH % WINDOWS;
            reached += u32::from(!windows[window]);
            windows[window] = true;
        }
        reached
    }
}
