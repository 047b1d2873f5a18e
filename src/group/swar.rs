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
