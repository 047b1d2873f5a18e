//! NEON: sixteen control bytes in a vector register, for little-endian aarch64.
//!
//! There is no movemask. A comparison leaves all ones or all zeros in each of sixteen bytes;
//! shifting each 16-bit half right by four and narrowing keeps four bits of every byte in a 64-bit
//! word, and one of the four is kept as the lane's bit.

// Which intrinsics are unsafe depends on the compiler.
#![allow(unused_unsafe)]

use core::arch::aarch64 as arch;

use super::Group;
use crate::ctrl::{DELETED, EMPTY, Tag};
use crate::mask::BitMask;

/// Sixteen control bytes in a V register.
#[derive(Clone, Copy, Debug)]
pub struct Neon(arch::uint8x16_t);

impl Neon {
    /// One bit in four per lane, from lanes that are all ones or all zeros.
    #[inline(always)]
    fn mask(lanes: arch::uint8x16_t) -> BitMask<u64, 4> {
        // SAFETY: this file is compiled only where NEON is a feature of the target.
        let nibbles = unsafe {
            let narrowed = arch::vshrn_n_u16::<4>(arch::vreinterpretq_u16_u8(lanes));
            arch::vget_lane_u64::<0>(arch::vreinterpret_u64_u8(narrowed))
        };
        BitMask(nibbles & 0x8888_8888_8888_8888)
    }

    /// The lanes that hold exactly `byte`.
    #[inline(always)]
    fn match_byte(self, byte: u8) -> BitMask<u64, 4> {
        // SAFETY: this file is compiled only where NEON is a feature of the target.
        Self::mask(unsafe { arch::vceqq_u8(self.0, arch::vdupq_n_u8(byte)) })
    }
}

// SAFETY: `conformance` holds this backend to the contract.
unsafe impl Group for Neon {
    const WIDTH: usize = 16;
    const NAME: &'static str = "neon";
    const ALIGNED_HOMES: bool = false;
    type Mask = BitMask<u64, 4>;

    #[inline(always)]
    unsafe fn load(ctrl: *const u8) -> Self {
        // SAFETY: the caller's contract: sixteen readable bytes, at any address.
        Neon(unsafe { arch::vld1q_u8(ctrl) })
    }

    #[inline(always)]
    unsafe fn store(self, ctrl: *mut u8) {
        // SAFETY: the caller's contract: sixteen writable bytes, at any address.
        unsafe { arch::vst1q_u8(ctrl, self.0) }
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
        // SAFETY: this file is compiled only where NEON is a feature of the target.
        Self::mask(unsafe { arch::vcltzq_s8(arch::vreinterpretq_s8_u8(self.0)) })
    }

    #[inline(always)]
    fn match_full(self) -> Self::Mask {
        // SAFETY: this file is compiled only where NEON is a feature of the target.
        Self::mask(unsafe { arch::vcgezq_s8(arch::vreinterpretq_s8_u8(self.0)) })
    }

    /// The bits of eight lanes each are added up, those of the upper eight in upper bytes: half as
    /// many instructions as to condense a mask.
    #[inline(always)]
    fn full_bits(self) -> usize {
        const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
        // SAFETY: this file is compiled only where NEON is a feature of the target; BITS has sixteen
        // bytes.
        unsafe {
            let full = arch::vcgezq_s8(arch::vreinterpretq_s8_u8(self.0));
            let bits = arch::vandq_u8(full, arch::vld1q_u8(BITS.as_ptr()));
            let halves = arch::vzip1q_u8(bits, arch::vextq_u8::<8>(bits, bits));
            usize::from(arch::vaddvq_u16(arch::vreinterpretq_u16_u8(halves)))
        }
    }

    /// Bit 7 stays where both have it.
    #[inline(always)]
    fn union(self, other: Self) -> Self {
        // SAFETY: this file is compiled only where NEON is a feature of the target.
        Neon(unsafe { arch::vandq_u8(self.0, other.0) })
    }

    #[inline(always)]
    fn convert(self) -> Self {
        // SAFETY: this file is compiled only where NEON is a feature of the target.
        Neon(unsafe {
            let vacant = arch::vcltzq_s8(arch::vreinterpretq_s8_u8(self.0));
            arch::vbslq_u8(vacant, arch::vdupq_n_u8(EMPTY), arch::vdupq_n_u8(DELETED))
        })
    }

    /// In assembly, as the intrinsic is not stable. (Miri runs none.)
    #[inline(always)]
    fn prefetch(address: *const u8) {
        #[cfg(miri)]
        let _ = address;
        // SAFETY: a prefetch may be given any address, and changes nothing that a program can see.
        #[cfg(not(miri))]
        unsafe {
            core::arch::asm!(
                "prfm pldl1keep, [{}]",
                in(reg) address,
                options(nomem, nostack, preserves_flags)
            );
        }
    }
}
