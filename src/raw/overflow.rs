//! Overflow bits: where a search may stop.
//!
//! There is one bit per home position. The bit of position `p` is set when an insert found the
//! window of `p` full and went on; a search stops at the first position whose bit is clear. Hence
//!
//! * a miss ends after one window even if that window is full,
//! * erasing is a single store of EMPTY, without tombstones,
//! * a table can be completely full and searches still end.
//!
//! For aligned homes the bit is that of the position *before* it is rounded down to a window, so
//! each window has `WIDTH` bits: a small Bloom filter of the homes that overflowed.
//!
//! Erasing leaves bits alone, so under churn they go stale and misses visit windows in vain. One
//! word counts the bits *spent*, those newly set since the bits were last right, less a credit. When
//! they exceed the *budget*, the next insert that meets an overflow bit rebuilds the table in place
//! (`grow.rs`).
//!
//! Behind the control bytes come the count, the cursor of `erase.rs`, which has nothing to do with
//! searches, and the bits, all in words of 32 bits. A one-window table has none of these: its search
//! ends in its only window, and does not touch another cache line to learn that.

use super::control::Control;
use crate::group::Group;

impl<G: Group> Control<G> {
    /// The count of bits spent; only tables with several windows have one.
    #[inline(always)]
    pub(super) fn spent(self) -> *mut i32 {
        debug_assert!(self.has_several_windows());
        let offset = Self::SHAPE.control_bytes(self.mask() + 1);
        // SAFETY: the count follows the control bytes in the block (I2, `layout.rs`).
        unsafe { self.ctrl().as_ptr().add(offset).cast() }
    }

    /// The word behind the count, where `erase.rs` keeps its cursor.
    #[inline]
    pub(super) fn cursor(self) -> *mut u32 {
        self.spent().wrapping_add(1).cast()
    }

    /// The first overflow word.
    #[inline(always)]
    fn words(self) -> *mut u32 {
        self.spent().wrapping_add(2).cast()
    }

    /// Number of overflow words.
    #[inline]
    fn word_count(self) -> usize {
        (self.mask() + 1).div_ceil(32)
    }

    #[inline(always)]
    fn word_of(self, position: usize) -> *mut u32 {
        debug_assert!(position <= self.mask());
        self.words().wrapping_add(position / 32)
    }

    /// Whether an insert has gone past the window of `position`.
    ///
    /// # Safety
    /// `position` is at most `mask`.
    #[inline(always)]
    pub(super) unsafe fn overflowed(self, position: usize) -> bool {
        self.has_several_windows() && {
            // SAFETY: there is an initialised word for every position up to `mask` (I2), and
            // it is aligned, because the number of control bytes is a multiple of WIDTH (I2).
            let bits = unsafe { self.word_of(position).read() };
            bits >> (position % 32) & 1 != 0
        }
    }

    /// Notes that an insert goes past the window of `position`.
    ///
    /// # Safety
    /// `position` is at most `mask`, the table has several windows and nobody else accesses it.
    #[inline]
    pub(super) unsafe fn set_overflowed(self, position: usize) {
        let word = self.word_of(position);
        // SAFETY: as in `overflowed`.
        unsafe {
            let bits = word.read();
            let bit = 1 << (position % 32);
            if bits & bit == 0 {
                word.write(bits | bit);
                let spent = self.spent();
                spent.write(spent.read().saturating_add(1));
            }
        }
    }

    /// Whether enough bits have been spent for a rebuild to pay, in a table that has room for
    /// `growth_left` more entries.
    ///
    /// # Safety
    /// Nobody else accesses the table now.
    #[inline]
    pub(super) unsafe fn budget_spent(self, growth_left: usize) -> bool {
        self.has_several_windows() && {
            // SAFETY: tables with several windows have a count (I2).
            let spent = unsafe { self.spent().read() };
            // A budget is never negative, and while a table fills, the count is.
            spent > 0 && spent > self.budget(growth_left)
        }
    }

    /// How many bits may be spent: a quarter of the homes in a full table, half as many with room
    /// for another eighth of them in entries, and so on down to one in 32.
    ///
    /// Inserts find full windows so much more rarely in emptier tables that rebuilds are as rare,
    /// and then there are few bits to begin with. Since the budget is in proportion to the homes,
    /// the cost of a rebuild is spread over the bits spent. Chosen by `churn` and `churn_miss`.
    #[inline]
    fn budget(self, growth_left: usize) -> i32 {
        let homes = self.mask() + 1;
        // A shift, because the compiler does not know that the homes are a power of two.
        let eighths = (growth_left * 8) >> homes.trailing_zeros();
        to_count((homes / 4) >> eighths.min(3)).min(i32::MAX - 1)
    }

    /// Starts to count after a rebuild, in a table that has room for `growth_left` more entries. If
    /// the rebuild has set more bits again than the budget, as many may be spent, up to a quarter of
    /// the homes: the next one can do little about those.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    pub(super) unsafe fn renew_budget(self, growth_left: usize) {
        // SAFETY: tables with several windows have a count (I2).
        unsafe {
            let again = self.spent().read().min(self.budget(0));
            self.spent().write((self.budget(growth_left) - again).min(0));
        }
    }

    /// Clears every bit and starts to count in a table without entries, with a credit of a quarter
    /// of the homes. What a table sets while it fills, a rebuild would set again, and most where keys
    /// come in the order of their hashes: chosen by the test that fills one map in the order of
    /// another.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    pub(super) unsafe fn reset_overflow(self) {
        // SAFETY: the caller's contract.
        unsafe {
            self.clear_overflow();
            self.spent().write(-self.budget(0));
        }
    }

    /// Clears every bit and the count.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    pub(super) unsafe fn clear_overflow(self) {
        // SAFETY: the block has the count and this many overflow words (I2).
        unsafe {
            self.spent().write(0);
            self.words().write_bytes(0, self.word_count());
        }
    }

    /// Sets every bit, so that every search visits every window, and overspends the budget:
    /// always right, slow, and mended by the next insert that notices. What an interrupted rebuild
    /// leaves behind.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    pub(super) unsafe fn saturate_overflow(self) {
        // SAFETY: the block has this many overflow words and the count (I2).
        unsafe {
            self.words().write_bytes(0xff, self.word_count());
            self.spent().write(i32::MAX);
        }
    }
}

/// A number of bits as a count. Tables of more than 2^33 homes are rebuilt a little early.
fn to_count(bits: usize) -> i32 {
    i32::try_from(bits).unwrap_or(i32::MAX)
}
