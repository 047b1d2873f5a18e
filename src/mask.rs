//! Sets of lanes, as the group operations return them.
//!
//! A [`BitMask`] is a machine word in which lane *i* owns the bits `i * STRIDE .. (i + 1) * STRIDE`
//! and at most one of them is set. SSE2 delivers one bit per lane (`STRIDE` 1), NEON four, SWAR
//! eight; iterating, counting and finding the first lane are the same code for all.

use core::fmt::Debug;
use core::num::NonZero;

/// The machine words a mask can be made of.
pub trait Word: Copy + Eq + Debug {
    /// The word without any bit.
    const ZERO: Self;
    /// The index of the lowest set bit.
    fn lowest(self) -> Option<u32>;
    /// The index of the lowest set bit, or of the top bit if none is set.
    fn lowest_or_top(self) -> u32;
    /// Number of set bits.
    fn count_ones(self) -> u32;
    /// The word without its lowest set bit; zero stays zero.
    fn without_lowest(self) -> Self;
    /// The word as 64 bits.
    fn to_u64(self) -> u64;
}

macro_rules! impl_word {
    ($($word:ty)*) => {$(
        impl Word for $word {
            const ZERO: Self = 0;
            #[inline(always)]
            fn lowest(self) -> Option<u32> {
                Some(NonZero::new(self)?.trailing_zeros())
            }
            #[inline(always)]
            fn lowest_or_top(self) -> u32 {
                (self | 1 << (<$word>::BITS - 1)).trailing_zeros()
            }
            #[inline(always)]
            fn count_ones(self) -> u32 {
                <$word>::count_ones(self)
            }
            #[inline(always)]
            fn without_lowest(self) -> Self {
                self & self.wrapping_sub(1)
            }
            #[inline(always)]
            fn to_u64(self) -> u64 {
                self as u64
            }
        }
    )*};
}
impl_word!(u16 u32 u64 usize);

/// What the table asks of a mask. `BitMask` is its only implementor: the trait exists so that
/// `Group` can name its mask type without repeating the bounds on the word.
pub trait LaneMask: Copy + Debug + Iterator<Item = usize> {
    /// Whether any lane is in the set.
    fn any(self) -> bool;
    /// The lowest lane in the set.
    fn lowest(self) -> Option<usize>;
    /// The lowest lane in the set, or the last one if it is empty: without a branch, which may not be
    /// predicted, and on x86 in one operation less than `lowest().unwrap_or(0)`.
    fn lowest_or_last(self) -> usize;
    /// The set without its lowest lane.
    #[must_use]
    fn without_lowest(self) -> Self;
    /// Number of lanes in the set.
    fn lanes(self) -> usize;
    /// The set with one bit per lane, lane 0 lowest.
    fn dense(self) -> usize;
    /// The set of no lanes.
    const NONE: Self;
}

/// A set of lanes; see the module's introduction.
///
/// It is its own iterator, from the lowest lane up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitMask<W, const STRIDE: u32>(pub W);

impl<W: Word, const STRIDE: u32> LaneMask for BitMask<W, STRIDE> {
    const NONE: Self = BitMask(W::ZERO);

    #[inline(always)]
    fn any(self) -> bool {
        self.0 != W::ZERO
    }

    #[inline(always)]
    fn lowest(self) -> Option<usize> {
        Some((self.0.lowest()? / STRIDE) as usize)
    }

    #[inline(always)]
    fn lowest_or_last(self) -> usize {
        (self.0.lowest_or_top() / STRIDE) as usize
    }

    #[inline(always)]
    fn without_lowest(self) -> Self {
        BitMask(Word::without_lowest(self.0))
    }

    #[inline(always)]
    fn lanes(self) -> usize {
        self.0.count_ones() as usize
    }

    #[inline(always)]
    fn dense(self) -> usize {
        let word = self.0.to_u64();
        let lanes = match STRIDE {
            1 => word,
            // Pairs of lanes, then fours, then eights move together.
            4 => {
                let word = word | word >> 1;
                let word = (word | word >> 2) & 0x1111_1111_1111_1111;
                let word = (word | word >> 3) & 0x0303_0303_0303_0303;
                let word = (word | word >> 6) & 0x000f_000f_000f_000f;
                let word = (word | word >> 12) & 0x0000_00ff_0000_00ff;
                (word | word >> 24) & 0xffff
            }
            // The multiplication brings the one bit of each byte into the top byte, in order.
            8 => (word >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56,
            _ => unreachable!(),
        };
        lanes as usize
    }
}

impl<W: Word, const STRIDE: u32> Iterator for BitMask<W, STRIDE> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        // In this order: asked for its lowest lane first, the set may be empty where the compiler puts that question, at
        // the end of a loop, and then it takes a `bsf` for it on x86_64, which is eight operations to AMD's CPUs
        // (`compare`: grow).
        let lanes = *self;
        *self = lanes.without_lowest();
        lanes.lowest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn lanes_of<M: LaneMask>(mask: M) -> Vec<usize> {
        assert_eq!(mask.any(), mask.lowest().is_some());
        let lanes: Vec<usize> = mask.collect();
        assert_eq!(mask.lanes(), lanes.len());
        assert_eq!(mask.lowest(), lanes.first().copied());
        assert_eq!(mask.dense(), lanes.iter().map(|&lane| 1 << lane).sum::<usize>());
        lanes
    }

    #[test]
    fn each_stride_reports_the_same_lanes() {
        for pattern in (0..=0xffu32).step_by(if cfg!(miri) { 5 } else { 1 }) {
            let expected: Vec<usize> = (0..8).filter(|i| pattern >> i & 1 != 0).collect();
            let shifted: Vec<usize> = expected.iter().map(|lane| lane + 8).collect();
            assert_eq!(lanes_of(BitMask::<u32, 1>(pattern)), expected);
            assert_eq!(lanes_of(BitMask::<u16, 1>((pattern << 8) as u16)), shifted);
            let spread = |stride: u32| {
                expected.iter().map(|&lane| 1u64 << (lane as u32 * stride + stride - 1)).sum()
            };
            assert_eq!(lanes_of(BitMask::<u64, 4>(spread(4))), expected);
            assert_eq!(lanes_of(BitMask::<u64, 8>(spread(8))), expected);
        }
        assert!(!BitMask::<u64, 8>::NONE.any());
    }
}
