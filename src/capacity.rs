//! Sizes: how many slots a table has, how many entries it may hold, what it grows to.
//!
//! Pure arithmetic; nothing here touches memory or knows a type. All of it follows from the
//! [`Shape`] that a backend gives a table: the width of a window and whether homes are aligned.
//!
//! | table | homes | slots | capacity |
//! |---|---|---|---|
//! | never allocated | 1 | 0 | 0 |
//! | one window | 1 | 4, 8 | all slots |
//! | one window, width 16 | 8, or 1 when packed | 16 | all slots |
//! | several windows | a power of two >= 2 x width | homes + overhang | 7/8 of the homes |
//!
//! The *overhang* consists of the slots behind the last home of an unaligned table, onto which the last windows
//! extend; aligned tables have none. With `width - 1` of them every window would have all its slots, but in a small
//! table they would be a third of all. So there are an eighth as many as homes, less one, up to `width - 1`, and the
//! bytes behind them that windows cover have no slot (I6): with 32 and 64 homes of width 16 there are 3 and 7, and
//! the table takes 1.13 of hashbrown's bytes instead of 1.47 and 1.25 (`u64 -> u64`). docs/measurements.md says what
//! it costs. Only the last homes reach the overhang, so its slots do not count: tables with several windows grow
//! where hashbrown's do, and are never fuller.
//!
//! A search in a *one-window table* ends after its first window, so such a table can be filled completely. If it has
//! one home, every lookup meets all entries, in the order in which they came, and one tag in 128 is another entry's
//! that is compared first. Among 16 slots that is noticed: where it can, such a table is **spread** over 8 homes, and
//! an entry goes to the first vacant slot from its home on.
//!
//! ```text
//!   home      0       3       7                         behind the last slot DELETED
//!   slots     |. . . . . . . . . . . . . . . .|         |
//!   windows   |------------- 0 --------------|x x x x x x x x …
//!                     |------------- 3 --------------|
//! ```
//!
//! Should an entry find no slot from its home on, while there is one before, the table is **packed**: it has one
//! home from then on, until it is cleared or drained, or gets another block. Nothing moves for that, as the window of
//! the first home has all slots.
//! With a good hash one table in 400 is packed by the time it has 14 entries, one in 50 with 15, and one in six with 16.

/// The homes of a one-window table that is spread. No other has more of them, and one with several windows has
/// no fewer than 16.
pub const SPREAD_HOMES: usize = 8;

/// What the sizes depend on of a group backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Control bytes in a window.
    pub width: usize,
    /// Whether windows begin at multiples of the width only.
    pub aligned: bool,
}

/// The extent of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Number of home positions, a power of two.
    pub homes: usize,
    /// Number of slots.
    pub slots: usize,
}

/// How many entries to make room for before so many are inserted one by one: half of them, since some keys may be
/// present already, or all where nothing is.
#[inline]
pub fn room_for(entries: usize, empty: bool) -> usize {
    if empty { entries } else { entries.div_ceil(2) }
}

impl Shape {
    /// Slots behind the last home of a table with so many homes, which has several windows.
    #[inline(always)]
    pub const fn overhang(self, homes: usize) -> usize {
        let (eighth, most) = (homes / 8 - 1, self.width - 1);
        match self.aligned {
            true => 0,
            false if eighth < most => eighth,
            false => most,
        }
    }

    /// Where the window of a position begins.
    #[inline(always)]
    pub const fn window(self, position: usize) -> usize {
        if self.aligned { position & !(self.width - 1) } else { position }
    }

    /// The slots of a table of so many homes, which has several windows.
    #[inline(always)]
    pub const fn slots(self, homes: usize) -> usize {
        homes + self.overhang(homes)
    }

    /// The homes of a one-window table with so many slots, unless it is packed.
    #[inline(always)]
    pub const fn one_window_homes(self, slots: usize) -> usize {
        if self.aligned || slots < self.width { 1 } else { SPREAD_HOMES }
    }

    /// Number of control bytes in which walks find all full slots, a multiple of the width: with several windows all
    /// there are, with one window those of the first home. (A walk by pairs of groups reads all of a table that is
    /// spread, too.)
    #[inline(always)]
    pub const fn control_bytes(self, homes: usize) -> usize {
        if homes <= SPREAD_HOMES { self.width } else { self.control_bytes_of_several(homes) }
    }

    /// Number of control bytes of a one-window table with so many slots, packed or not.
    #[inline(always)]
    pub const fn one_window_bytes(self, slots: usize) -> usize {
        if self.one_window_homes(slots) == 1 { self.width } else { 2 * self.width }
    }

    /// Number of control bytes of a table with several windows: those that windows cover, and for unaligned tables
    /// one more.
    #[inline(always)]
    pub const fn control_bytes_of_several(self, homes: usize) -> usize {
        if self.aligned { homes } else { homes + self.width }
    }

    /// The smallest table that can hold `capacity` entries; `None` when the arithmetic overflows.
    ///
    /// `capacity` 0 still gives the smallest table that has slots.
    #[inline]
    pub fn size_for(self, capacity: usize) -> Option<Size> {
        if capacity <= self.width {
            let slots = capacity.max(4).next_power_of_two();
            return Some(Size { homes: self.one_window_homes(slots), slots });
        }
        // The least number of homes of which 7/8, rounded down, reach the capacity.
        let homes = capacity.checked_mul(8)?.div_ceil(7);
        let homes = homes.checked_next_power_of_two()?.max(2 * self.width);
        homes.checked_add(self.width)?; // the control bytes can be counted
        Some(Size { homes, slots: self.slots(homes) })
    }

    /// The homes of a table with this capacity, which is that of a [`Size`], unless it is packed.
    #[inline(always)]
    pub fn homes_for(self, capacity: usize) -> usize {
        match capacity <= self.width {
            true => self.one_window_homes(capacity),
            // Seven eighths of a power of two.
            false => capacity.next_power_of_two(),
        }
    }
}

/// How many entries may be stored in a table with several windows and `mask + 1` homes, a multiple of eight: seven
/// eighths of that.
#[inline(always)]
pub const fn capacity_of_several(mask: usize) -> usize {
    mask - mask / 8
}

impl Size {
    /// How many entries may be stored without growing.
    #[inline]
    pub const fn capacity(self) -> usize {
        if self.has_one_window() { self.slots } else { capacity_of_several(self.homes - 1) }
    }

    /// Whether searches end after their first window.
    #[inline(always)]
    pub const fn has_one_window(self) -> bool {
        self.homes <= SPREAD_HOMES
    }
}
