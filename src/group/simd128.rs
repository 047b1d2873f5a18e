//! simd128: sixteen control bytes in a vector, for WebAssembly.
//!
//! Unaligned loads are as good as aligned ones, so a window begins at any home position.

use core::arch::wasm32 as arch;

use super::Group;
use crate::ctrl::{DELETED, EMPTY, Tag};
use crate::mask::BitMask;

/// Sixteen control bytes in a `v128`.
#[derive(Clone, Copy, Debug)]
pub struct Simd128(arch::v128);

impl Simd128 {
    /// One bit per lane, from each lane's top bit.
    #[inline(always)]
    fn mask(lanes: arch::v128) -> BitMask<u32, 1> {
        BitMask(u32::from(arch::i8x16_bitmask(lanes)))
    }

    /// The lanes that hold exactly `byte`.
    #[inline(always)]
    fn match_byte(self, byte: u8) -> BitMask<u32, 1> {
        Self::mask(arch::u8x16_eq(self.0, arch::u8x16_splat(byte)))
    }
}

// SAFETY: `conformance` holds this backend to the contract.
unsafe impl Group for Simd128 {
    const WIDTH: usize = 16;
    const NAME: &'static str = "simd128";
    const ALIGNED_HOMES: bool = false;
    type Mask = BitMask<u32, 1>;

    #[inline(always)]
    unsafe fn load(ctrl: *const u8) -> Self {
        // SAFETY: the caller's contract: sixteen readable bytes, at any address.
        Simd128(unsafe { arch::v128_load(ctrl.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, ctrl: *mut u8) {
        // SAFETY: the caller's contract: sixteen writable bytes, at any address.
        unsafe { arch::v128_store(ctrl.cast(), self.0) }
    }

    #[inline(always)]
    fn match_tag(self, tag: Tag) -> Self::Mask {
        self.match_byte(tag.byte())
    }

    #[inline(always)]
    fn match_empty(self) -> Self::Mask {
        self.match_byte(EMPTY)
    }

    #[inline(always)]
    fn match_empty_or_deleted(self) -> Self::Mask {
        Self::mask(self.0)
    }

    #[inline(always)]
    fn match_full(self) -> Self::Mask {
        Self::mask(arch::v128_not(self.0))
    }

    /// Bit 7 stays where both have it.
    #[inline(always)]
    fn union(self, other: Self) -> Self {
        Simd128(arch::v128_and(self.0, other.0))
    }

    #[inline(always)]
    fn convert(self) -> Self {
        let vacant = arch::i8x16_shr(self.0, 7);
        Simd128(arch::v128_bitselect(arch::u8x16_splat(EMPTY), arch::u8x16_splat(DELETED), vacant))
    }
}
