//! SWAR: eight control bytes in a `u64`, for any target.
//!
//! The formulas are those of the documents. The word is kept little-endian whatever the target, so
//! that lane 0 is the lowest byte and the first lane is found by counting trailing zeros. Homes are
//! aligned: a `u64` load at any byte is slow or absent on the targets that depend on this backend.

use super::Group;
use crate::ctrl::{DELETED, EMPTY, Tag};
use crate::mask::BitMask;

/// The lowest bit of every byte.
const LSB: u64 = u64::from_ne_bytes([0x01; 8]);
/// The highest bit of every byte.
const MSB: u64 = u64::from_ne_bytes([0x80; 8]);

/// Eight control bytes, lane 0 lowest.
#[derive(Clone, Copy, Debug)]
pub struct Swar(u64);

// SAFETY: `conformance` holds this backend to the contract.
unsafe impl Group for Swar {
    const WIDTH: usize = 8;
    const NAME: &'static str = "swar";
    const ALIGNED_HOMES: bool = true;
    type Mask = BitMask<u64, 8>;

    #[inline(always)]
    unsafe fn load(ctrl: *const u8) -> Self {
        // SAFETY: the caller's contract: eight readable bytes at a multiple of eight.
        Swar(u64::from_le(unsafe { ctrl.cast::<u64>().read() }))
    }

    #[inline(always)]
    unsafe fn store(self, ctrl: *mut u8) {
        // SAFETY: the caller's contract: eight writable bytes at a multiple of eight.
        unsafe { ctrl.cast::<u64>().write(self.0.to_le()) }
    }

    /// A byte that equals the tag is zero after the exclusive or, and subtracting one from a zero
    /// byte sets its top bit while it was clear before. A borrow out of a true match can make the
    /// byte above it look like one (if that byte is the tag with its lowest bit flipped), which is
    /// why extra lanes occur above a true match only. Bytes with bit 7 set keep it through the
    /// exclusive or, as tags have it clear, and are masked out by `!x`.
    #[inline(always)]
    fn match_tag(self, tag: Tag) -> Self::Mask {
        let x = self.0 ^ (LSB * u64::from(tag.byte()));
        BitMask(x.wrapping_sub(LSB) & !x & MSB)
    }

    /// Bit 7 set and bit 1 clear.
    #[inline(always)]
    fn match_empty(self) -> Self::Mask {
        BitMask(self.0 & !(self.0 << 6) & MSB)
    }

    /// Bit 7 set and bit 0 clear.
    #[inline(always)]
    fn match_empty_or_deleted(self) -> Self::Mask {
        BitMask(self.0 & !(self.0 << 7) & MSB)
    }

    #[inline(always)]
    fn match_full(self) -> Self::Mask {
        BitMask(!self.0 & MSB)
    }

    /// Bit 7 stays where both have it.
    #[inline(always)]
    fn union(self, other: Self) -> Self {
        Swar(self.0 & other.0)
    }

    /// Where bit 7 is set, `0111_1111 + 1` is EMPTY; where it is clear, all ones without bit 0 is
    /// DELETED. No byte carries into the next.
    #[inline(always)]
    fn convert(self) -> Self {
        let top = self.0 & MSB;
        Swar((!top + (top >> 7)) & !LSB)
    }
}

const _: () = assert!(MSB == LSB * EMPTY as u64 && !LSB == u64::from_ne_bytes([DELETED; 8]));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctrl::is_full;
    use crate::mask::LaneMask;

    fn lanes(mask: BitMask<u64, 8>) -> u8 {
        mask.dense() as u8
    }

    /// The lanes whose bytes are wanted.
    fn wanted(bytes: [u8; 8], is_wanted: fn(u8) -> bool) -> u8 {
        bytes.into_iter().rev().fold(0, |lanes, byte| lanes << 1 | u8::from(is_wanted(byte)))
    }

    /// What `match_tag` reports, lane by lane, of bytes that have the tag taken out by exclusive or.
    fn reported(x: [u8; 8]) -> u8 {
        let mut borrow = 0;
        let mut lanes = 0;
        for (lane, x) in x.into_iter().enumerate() {
            let taken = u16::from(x).wrapping_sub(1 + borrow);
            lanes |= u8::from(taken as u8 & !x & 0x80 != 0) << lane;
            borrow = taken >> 15;
        }
        lanes
    }

    /// All pairs of bytes in all pairs of adjacent lanes, on four backgrounds.
    ///
    /// That is all there is. The other formulas treat each byte by itself: shifts bring a bit to the
    /// top of its own byte, and `convert` carries nothing. In `match_tag` a lane depends on its byte and
    /// on the borrow from below, which is one bit; whether there is one depends on the byte below and
    /// on the borrow from further below, and both of those are among the pairs on backgrounds with a
    /// borrow and without. (So extra lanes begin above a true match: the lowest borrow comes from a
    /// byte that is zero.) And tags matter by the exclusive or only.
    #[test]
    fn formulas_are_right_for_all_pairs_of_bytes() {
        let step = if cfg!(miri) { 19_997 } else { 1 };
        for background in [0x00, 0x01, 0x42, 0x80] {
            for lane in 0..7 {
                for pair in (0..=u16::MAX).step_by(step) {
                    let mut bytes = [background; 8];
                    [bytes[lane], bytes[lane + 1]] = pair.to_le_bytes();
                    let group = Swar(u64::from_le_bytes(bytes));
                    let tag = Tag::of((pair as u64 & 0x7f) << (usize::BITS - 7));
                    for (tag, x) in
                        [(Tag::of(0), bytes), (tag, bytes.map(|byte| byte ^ tag.byte()))]
                    {
                        assert_eq!(lanes(group.match_tag(tag)), reported(x), "{bytes:x?}");
                    }
                    assert_eq!(lanes(group.match_full()), wanted(bytes, is_full), "{bytes:x?}");
                    assert_eq!(lanes(group.match_empty()), wanted(bytes, |c| c & 0x82 == 0x80));
                    assert_eq!(
                        lanes(group.match_empty_or_deleted()),
                        wanted(bytes, |c| c & 0x81 == 0x80)
                    );
                    let converted = bytes.map(|c| if is_full(c) { DELETED } else { EMPTY });
                    assert_eq!(group.convert().0.to_le_bytes(), converted, "{bytes:x?}");
                }
            }
        }
        // Without a borrow it is the tag that is reported and nothing else; of the bytes that tables
        // have, the two conditions choose the right ones.
        (0..=u8::MAX).for_each(|byte| assert_eq!(reported([byte; 8]) & 1 != 0, byte == 0));
        const { assert!(EMPTY & 0x82 == 0x80 && EMPTY & 0x81 == 0x80) };
        const { assert!(DELETED & 0x82 != 0x80 && DELETED & 0x81 == 0x80) };
    }
}
