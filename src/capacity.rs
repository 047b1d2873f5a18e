//! Sizes: how many slots a table has, how many entries it may hold, what it grows to.
//!
//! Pure arithmetic; nothing here touches memory or knows a type. All of it follows from the
//! [`Shape`] that a backend gives a table: the width of a window and whether homes are aligned.
//!
//! | table | homes | slots | capacity |
//! |---|---|---|---|
//! | never allocated | 1 | 0 | 0 |
//! | one window | 1 | 4, 8 (and 16 where the width is 16) | all slots |
//! | several windows | a power of two >= 2 x width | homes + overhang | 7/8 of the homes |
//!
//! The *overhang* consists of the slots behind the last home of an unaligned table, onto which the
//! last windows extend; aligned tables have none. With `width - 1` of them every window would have
//! all its slots, but in a small table they would be a third of all slots, for the sake of a few
//! homes. So there are an eighth as many as homes, less one, up to `width - 1`, and the bytes
//! behind them that windows cover have no slot (I6): with 32 and 64 homes of width 16 there are 3
//! and 7, and the table takes 1.13 of hashbrown's bytes instead of 1.47 and 1.25 (`u64 -> u64`).
//! docs/measurements.md says what it costs.
//!
//! Only the last homes reach the overhang, so small tables would become too full if its slots counted.
//! As they do not, tables with several windows grow where hashbrown's do, and are never fuller.
//!
//! A one-window table can be filled completely because its only search ends after its only window.

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
    /// Number of home positions, a power of two; 1 for one-window tables.
    pub homes: usize,
    /// Number of slots.
    pub slots: usize,
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

    /// The most slots that a table of so many homes can have. (A one-window table may have fewer.)
    #[inline(always)]
    pub const fn slots(self, homes: usize) -> usize {
        if homes == 1 { self.width } else { homes + self.overhang(homes) }
    }

    /// Number of control bytes, a multiple of the width: those that a window can cover, and for
    /// unaligned tables with several windows one more.
    #[inline(always)]
    pub const fn control_bytes(self, homes: usize) -> usize {
        if homes == 1 { self.width } else { self.control_bytes_of_several(homes) }
    }

    /// [`control_bytes`](Self::control_bytes) with several windows.
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
            return Some(Size { homes: 1, slots: capacity.max(4).next_power_of_two() });
        }
        // The least number of homes of which 7/8, rounded down, reach the capacity.
        let homes = capacity.checked_mul(8)?.div_ceil(7);
        let homes = homes.checked_next_power_of_two()?.max(2 * self.width);
        homes.checked_add(self.width)?; // the control bytes can be counted
        Some(Size { homes, slots: self.slots(homes) })
    }
}

impl Size {
    /// How many entries may be stored without growing.
    #[inline]
    pub const fn capacity(self) -> usize {
        if self.homes == 1 { self.slots } else { self.homes / 8 * 7 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [Shape; 2] =
        [Shape { width: 8, aligned: true }, Shape { width: 16, aligned: false }];

    #[test]
    fn size_for_is_the_smallest_that_fits() {
        for shape in SHAPES {
            let mut previous = shape.size_for(0).unwrap();
            assert_eq!(previous, Size { homes: 1, slots: 4 });
            for capacity in 1..if cfg!(miri) { 70 } else { 10_000 } {
                let size = shape.size_for(capacity).unwrap();
                assert!(size.capacity() >= capacity, "{shape:?} {capacity} {size:?}");
                if size != previous {
                    assert_eq!(
                        previous.capacity(),
                        capacity - 1,
                        "{shape:?}: {previous:?} would do"
                    );
                    previous = size;
                }
                if size.homes > 1 {
                    assert!(size.homes.is_power_of_two() && size.homes >= 2 * shape.width);
                    assert_eq!(size.slots, size.homes + shape.overhang(size.homes));
                    assert!(size.slots <= shape.control_bytes(size.homes));
                }
                assert_eq!(shape.control_bytes(size.homes) % shape.width, 0);
            }
        }
    }

    #[test]
    fn one_window_tables_fill_completely() {
        for shape in SHAPES {
            let mut slots = 4;
            while slots <= shape.width {
                let size = shape.size_for(slots).unwrap();
                assert_eq!((size.homes, size.slots, size.capacity()), (1, slots, slots));
                assert!(shape.slots(1) >= slots && shape.control_bytes(1) == shape.width);
                slots *= 2;
            }
        }
    }

    #[test]
    fn overflow_is_reported() {
        for shape in SHAPES {
            for capacity in [usize::MAX, usize::MAX / 2, usize::MAX / 8 + 1] {
                assert_eq!(shape.size_for(capacity), None, "{shape:?} {capacity}");
            }
            // The largest that does not overflow still has room.
            let capacity = usize::MAX / 8;
            assert!(shape.size_for(capacity).is_none_or(|size| size.capacity() >= capacity));
        }
    }
}
