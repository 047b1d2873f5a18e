//! The probe sequence: which windows a search visits, in which order, and when it has seen all.
//!
//! From its home position a search goes on to a window close by, in the same or the next cache line, and then further
//! and further, modulo the number of homes: each stride is [`FARTHER`] windows longer than the one before. Weak hashes
//! crowd some stretch of the table; an entry that finds no room there soon leaves it. If they crowd under some homes, the
//! table is *scattered* (`raw/scatter.rs`): each stride is longer by so many slots more, an even number of windows that
//! comes from the hash.
//!
//! * **Aligned** homes: the first stride is one window, so a search comes to windows 0, 1, 62, 183, 364, … from home.
//! * **Unaligned** homes: it is three, and they are 0, 3, 66, 189, 372, … For where a window is full, a run of full
//!   slots covers it, which is likely to reach into the next one. (Simulated: in a table filled to .8 the next window is
//!   full too in .32 of all cases, the one three away in .22; a miss after churn at load .865 visits 1.35 windows instead
//!   of 1.45.) Other odd numbers gain no more.
//!
//! All positions of an unaligned walk but home, and the first home with which it ends, are odd: the first step from an
//! even home is longer by one. Many keys are multiples of eight or sixteen, and so are their homes under weak hashes. The
//! entries that leave one home would be counted (`raw/overflow.rs`) where searches from another one begin. (Aligned
//! windows need all their positions to tell the homes apart that overflow: with odd ones only, a step of a scan would
//! hash too many entries.)
//!
//! After *k* steps it is *k* (*first* + *scatter*) + `FARTHER` *k* (*k* - 1) / 2 windows from home, or from the odd
//! position behind an even one. As `FARTHER` is a multiple of four, *first* odd and *scatter* even, two of these numbers
//! differ by an odd multiple of the difference in *k*. So modulo the number of windows, which is a power of two, the first
//! `homes / width` of them are all different, so every window is among them.
//!
//! * **Aligned** homes: those are all the windows there are.
//! * **Unaligned** homes: a walk from an odd home `p` with `r = p % width` covers the bytes
//!   `r .. homes + r`, as far as they have slots. The `r` bytes before are covered by one more window,
//!   that of the first home, with which every walk ends. A walk from the even home before `p` covers the same bytes
//!   but one: its first window begins a byte earlier, and ends one earlier. So each covers at
//!   least as many slots as there are homes, more than there may be entries (`capacity.rs`).
//!
//! ```text
//!   homes = 32, width = 16, home = 21 (r = 5)
//!   bytes  0....5...............21..............37........46
//!   walk        |- 2nd: 5..20 --||- 1st: 21..36 -|
//!   end    |- 3rd: 0..15 -|
//!
//!   home = 20      |- 2nd: 5..20 --|
//!                              |- 1st: 20..35 -|
//! ```
//!
//! So a table can be filled to its capacity, whatever the hashes are. This module is arithmetic: it
//! touches no memory and knows no table.

use crate::capacity::{SPREAD_HOMES, Shape};
use crate::ctrl;

/// A walk over the window positions of one hash.
///
/// A position is a home position; the window that belongs to it begins at
/// [`Shape::window`]`(position)`.
#[derive(Clone, Copy, Debug)]
pub struct ProbeSeq {
    position: usize,
    /// One less than the number of homes, less `width` times the number of steps taken.
    left: usize,
}

/// By how many windows each stride is longer than the one before. A larger number leaves a crowd sooner, but
/// scatters entries that lie far from home more widely, which growth pays for in cache misses. Chosen by `grow`
/// and `cliffs`.
const FARTHER: usize = 60;

/// The first stride of a walk that is not scattered, in windows: an odd number. (Whether aligned ones are next to each
/// other or three apart makes no difference to how many are full, simulated; so it is the nearest.)
#[inline(always)]
fn first_stride(shape: Shape) -> usize {
    if shape.aligned { 1 } else { 3 }
}

/// What is left of an unaligned walk in the window that ends it.
const ENDING: usize = 0usize.wrapping_sub(1);

impl ProbeSeq {
    /// Begins at the hash's home position in a table of `mask + 1` homes.
    #[inline(always)]
    pub fn new(hash: u64, mask: usize) -> Self {
        ProbeSeq { position: ctrl::home(hash, mask), left: mask }
    }

    /// How far from home the second window is, or from the odd position behind an even home if homes are not aligned, in
    /// slots and modulo the number of homes, where the table is not scattered.
    #[inline(always)]
    pub fn second(shape: Shape) -> usize {
        first_stride(shape) * shape.width
    }

    /// The current position, at most `mask`.
    #[inline(always)]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Whether all windows have been visited: the position, which may be home again, means nothing then.
    #[inline(always)]
    pub fn is_over(&self) -> bool {
        (self.left as isize) < 0
    }

    /// Whether the table has several windows. Asked of what changes from step to step, or compilers would
    /// make two loops of the probe loop, one of them for one-window tables.
    #[inline(always)]
    pub fn has_several_windows(&self, shape: Shape) -> bool {
        if shape.aligned { self.left != 0 } else { self.left >= SPREAD_HOMES }
    }

    /// Goes on to the next window; `false` when there is none, as in one-window tables. The step is longer by `scatter`
    /// slots, an even number of windows, the same for all steps of the walk.
    #[inline(always)]
    pub fn advance(&mut self, mask: usize, scatter: usize, shape: Shape) -> bool {
        // Modulo the number of homes, this is minus `width` times the number of steps taken.
        let left = self.left.wrapping_add(1);
        let stride =
            Self::second(shape).wrapping_add(scatter).wrapping_sub(left.wrapping_mul(FARTHER));
        self.left = self.left.wrapping_sub(shape.width);
        self.position = self.position.wrapping_add(stride) & mask | usize::from(!shape.aligned);
        if shape.aligned {
            return self.left < mask;
        }
        if self.left == ENDING {
            self.position = 0;
        }
        self.left.wrapping_add(1) <= mask
    }

    /// Whether no earlier window of the walk that began at `home` covers `slot`, a slot of the
    /// current window. Only the first window of an unaligned walk, by a slot, and the one that ends it overlap others.
    #[inline(always)]
    pub fn is_first_visit(&self, slot: usize, home: usize, shape: Shape) -> bool {
        if self.left == ENDING {
            return slot != home && slot < others(home, shape) & (shape.width - 1);
        }
        slot != home || self.position == home
    }

    /// Whether some window of the walk from `home` covers `slot`, in a table with several windows.
    #[inline]
    pub fn reaches(slot: usize, home: usize, mask: usize, shape: Shape) -> bool {
        let (width, others) = (shape.width, others(home, shape));
        // The slot between the first window from an even home and those after it.
        let missed = slot == home + width && slot < others + width;
        slot <= mask + (others & (width - 1)) && !missed
    }

    /// How many windows a walk from `home` with steps longer by `scatter` visits until one covers `slot`, one of those
    /// that it covers.
    /// O(log slots): nothing is walked.
    #[inline]
    pub fn windows_to(
        slot: usize,
        home: usize,
        mask: usize,
        scatter: usize,
        shape: Shape,
    ) -> usize {
        let (width, others) = (shape.width, others(home, shape));
        if slot.wrapping_sub(shape.window(home)) < width {
            return 1;
        }
        let steps = (mask + 1) / width;
        if slot < others & (width - 1) {
            return steps + 1;
        }
        1 + steps_to(
            (slot.wrapping_sub(others) & mask) / width,
            first_stride(shape) + scatter / width,
            steps,
        )
    }
}

/// From where the windows of a walk but the first and the last are whole numbers of windows away.
#[inline(always)]
fn others(home: usize, shape: Shape) -> usize {
    shape.window(home | 1)
}

/// How far from home a search is after so many steps, the first of `first` windows, in windows.
fn distance(steps: usize, first: usize) -> usize {
    let pairs = steps.wrapping_mul(steps.wrapping_sub(1)) / 2;
    steps.wrapping_mul(first).wrapping_add(FARTHER.wrapping_mul(pairs))
}

/// How many steps lead to a distance modulo `windows`, a power of two.
///
/// Bits of the number change the same bits of the distance, and higher ones, so they are found from the lowest on.
#[inline]
fn steps_to(far: usize, first: usize, windows: usize) -> usize {
    (0..windows.trailing_zeros())
        .fold(0, |steps, bit| steps | (distance(steps, first) ^ far) & 1 << bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::tests::mix;
    use alloc::vec;
    use core::iter;

    const SHAPES: [Shape; 2] =
        [Shape { width: 8, aligned: true }, Shape { width: 16, aligned: false }];

    #[test]
    fn every_home_reaches_as_many_slots_as_homes_and_the_walk_ends() {
        for shape in SHAPES {
            // All tables of up to 2^10 homes.
            let largest = if cfg!(miri) { 2 * shape.width } else { 1 << 10 };
            let several = iter::successors(Some(2 * shape.width), |homes| Some(2 * homes));
            for homes in iter::once(1).chain(several.take_while(|&homes| homes <= largest)) {
                let mask = homes - 1;
                let bytes = shape.window(mask) + shape.width;
                let (slots, all) = match homes {
                    1 => (shape.width, shape.width),
                    _ => (shape.slots(homes), shape.control_bytes_of_several(homes)),
                };
                assert!(bytes >= slots && bytes <= all);
                // Not scattered, and by little, and by anything.
                let scatters = |home| {
                    [0, 2, 2usize.wrapping_mul(mix(home) as usize)]
                        .map(|n: usize| n.wrapping_mul(shape.width))
                };
                for (home, scatter) in
                    (0..homes).flat_map(|home| scatters(home as u64).map(|scatter| (home, scatter)))
                {
                    let mut seen = vec![0u32; bytes];
                    let mut seq = ProbeSeq::new(home as u64, mask);
                    let mut windows = 0;
                    loop {
                        assert!(seq.position() <= mask);
                        let window = shape.window(seq.position());
                        let covered = &mut seen[window..window + shape.width];
                        for (slot, visits) in (window..).zip(covered) {
                            *visits += 1;
                            if *visits == 1 {
                                let to = ProbeSeq::windows_to(slot, home, mask, scatter, shape);
                                assert_eq!(to, windows + 1, "homes {homes}, {home}, {slot}");
                            }
                            let first = seq.is_first_visit(slot, home, shape);
                            assert_eq!(first, *visits == 1, "homes {homes}, {home}, {slot}");
                        }
                        windows += 1;
                        // In a one-window table no search goes on.
                        if homes == 1 || !seq.advance(mask, scatter, shape) {
                            break;
                        }
                    }
                    let reached = seen.iter().take(slots).filter(|&&visits| visits > 0).count();
                    assert!(reached >= homes, "homes {homes}, {home}: {reached}");
                    for (slot, visits) in seen.into_iter().enumerate() {
                        let reached = homes == 1 || ProbeSeq::reaches(slot, home, mask, shape);
                        assert_eq!(visits > 0, reached, "homes {homes}, {home}, {slot}");
                    }
                    let ends = usize::from(!shape.aligned && homes > 1);
                    assert_eq!(windows, homes.div_ceil(shape.width) + ends);
                }
            }
        }
    }

    #[test]
    fn one_window_tables_never_go_on() {
        for (shape, mask) in [(SHAPES[0], 0), (SHAPES[1], 0), (SHAPES[1], SPREAD_HOMES - 1)] {
            for home in 0..=mask {
                let mut seq = ProbeSeq::new(home as u64, mask);
                assert!(!seq.has_several_windows(shape) && !seq.is_over());
                assert!(!seq.advance(mask, 0, shape), "{shape:?}, {home} of {mask}");
            }
        }
    }

    #[test]
    fn strides_grow_and_leave_the_even_homes() {
        let shape = SHAPES[1];
        for (home, more) in [3, 2].into_iter().flat_map(|home| [0, 2, 100].map(|more| (home, more)))
        {
            let mut seq = ProbeSeq::new(home, 8191);
            for (steps, windows) in [0, 3, 66, 189, 372].into_iter().enumerate() {
                let low = if steps == 0 { home as usize } else { 3 };
                assert_eq!(seq.position(), low + 16 * ((windows + more * steps) % 512));
                assert!(seq.advance(8191, 16 * more, shape));
            }
        }
    }
}
