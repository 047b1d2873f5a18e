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
//! Erasing leaves bits alone, so under churn they go stale and misses visit windows in vain. The
//! *budget* counts down with every bit that is newly set. When it is spent, the next insert that
//! meets an overflow bit rebuilds the table in place (`grow.rs`).
//!
//! The bits are `u32` words behind the control bytes, the budget one more word behind them; a
//! one-window table has one word, always zero, and no budget: its search ends in its only window
//! because the bit of home 0 is never set. (Behind the budget is a word that has nothing to do with
//! searches, the cursor of `erase.rs`.)

use super::control::Control;
use crate::group::Group;

impl<G: Group> Control<G> {
    /// The first overflow word.
    #[inline(always)]
    fn words(self) -> *mut u32 {
        // The unaligned branch is written out so that it stays one addition.
        let offset = Self::SHAPE.control_bytes(self.mask() + 1);
        // SAFETY: the overflow words follow the control bytes in the block (`layout.rs`).
        unsafe { self.ctrl().as_ptr().add(offset).cast::<u32>() }
    }

    /// Number of overflow words.
    #[inline]
    fn word_count(self) -> usize {
        (self.mask() + 1).div_ceil(32)
    }

    #[inline(always)]
    fn word_of(self, position: usize) -> *mut u32 {
        debug_assert!(position <= self.mask());
        // Words are aligned except in one-window tables with a pad byte, hence the unaligned
        // accesses below; targets that pay for those use aligned homes, and there they are aligned.
        self.words().wrapping_add(position / 32)
    }

    /// Whether an insert has gone past the window of `position`.
    ///
    /// # Safety
    /// `position` is at most `mask`.
    #[inline(always)]
    pub(super) unsafe fn overflowed(self, position: usize) -> bool {
        let word = self.word_of(position);
        // SAFETY: there is a word for every position up to `mask`, initialised by `reset`.
        let bits = unsafe { if G::ALIGNED_HOMES { word.read() } else { word.read_unaligned() } };
        bits >> (position % 32) & 1 != 0
    }

    /// Notes that an insert goes past the window of `position`.
    ///
    /// # Safety
    /// `position` is at most `mask`, the table has several windows and nobody else accesses it.
    #[inline]
    pub(super) unsafe fn set_overflowed(self, position: usize) {
        debug_assert!(self.mask() != 0, "a one-window table never overflows");
        let word = self.word_of(position);
        // SAFETY: there is a word for every position up to `mask`, and with several windows words
        // are aligned, because the number of control bytes is a multiple of WIDTH (I1).
        unsafe {
            let bits = word.read();
            let bit = 1 << (position % 32);
            if bits & bit == 0 {
                word.write(bits | bit);
                let budget = self.budget();
                budget.write(budget.read().saturating_sub(1));
            }
        }
    }

    /// The word behind the budget, where `erase.rs` keeps its cursor; only tables with several
    /// windows have one.
    #[inline]
    pub(super) fn cursor(self) -> *mut u32 {
        self.budget().wrapping_add(1)
    }

    /// The budget word; only tables with several windows have one.
    #[inline]
    fn budget(self) -> *mut u32 {
        debug_assert!(self.mask() != 0);
        self.words().wrapping_add(self.word_count())
    }

    /// Whether enough bits have been set for a rebuild to pay.
    ///
    /// # Safety
    /// Nobody else accesses the table now.
    #[inline]
    pub(super) unsafe fn budget_spent(self) -> bool {
        // SAFETY: tables with several windows have a budget word.
        self.mask() != 0 && unsafe { self.budget().read() } == 0
    }

    /// Makes sure that at least a quarter as many bits as there are homes may be set before the
    /// next rebuild. A rebuild's cost is spread over those, even if the hashes are so bad that most
    /// bits are set right after it.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    pub(super) unsafe fn renew_budget(self) {
        // SAFETY: tables with several windows have a budget word.
        unsafe {
            let budget = self.budget();
            budget.write(budget.read().max(to_budget(self.mask() / 4)));
        }
    }

    /// Clears every bit and gives the table its full budget.
    ///
    /// # Safety
    /// The block belongs to a table with slots and nobody else accesses it.
    pub(super) unsafe fn clear_overflow(self) {
        // SAFETY: the block has this many overflow words, and a budget word if several windows.
        unsafe {
            self.words().cast::<u8>().write_bytes(0, self.word_count() * size_of::<u32>());
            if self.mask() != 0 {
                // Half of the homes: when it is spent a miss visits two windows in the mean. With less,
                // tables that only grow are rebuilt in vain where hashes come in order (the test
                // that fills one map in the order of another counts it); `churn` hardly differs.
                self.budget().write(to_budget(self.mask() / 2));
            }
        }
    }

    /// Sets every bit, so that every search visits every window, and spends the budget: always
    /// right, slow, and mended by the next insert that notices. What an interrupted rebuild leaves behind.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    pub(super) unsafe fn saturate_overflow(self) {
        // SAFETY: the block has this many overflow words and a budget word.
        unsafe {
            self.words().write_bytes(0xff, self.word_count());
            self.budget().write(0);
        }
    }

    /// Copies the overflow bits and the budget of a table of the same size.
    ///
    /// # Safety
    /// Both tables have the same number of homes; nobody else accesses this one.
    pub(super) unsafe fn copy_overflow_from(self, source: Self) {
        debug_assert_eq!(self.mask(), source.mask());
        if self.mask() != 0 {
            // SAFETY: both blocks have this many overflow words and a budget word.
            unsafe { self.words().copy_from_nonoverlapping(source.words(), self.word_count() + 1) };
        }
    }
}

/// A number of bits as a budget. Tables of more than 2^33 homes are rebuilt a little early.
fn to_budget(bits: usize) -> u32 {
    u32::try_from(bits).unwrap_or(u32::MAX)
}
