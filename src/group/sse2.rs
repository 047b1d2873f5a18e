//! SSE2: sixteen control bytes in a vector register, for x86 and x86-64.
//!
//! Unaligned loads cost nothing here, so a window begins at any home position.

// Which intrinsics are unsafe depends on the compiler.
#![allow(unused_unsafe)]

#[cfg(target_arch = "x86")]
use core::arch::x86 as arch;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64 as arch;

use super::Group;
use crate::ctrl::{DELETED, EMPTY, Tag};
use crate::mask::BitMask;

/// Sixteen control bytes in an XMM register.
#[derive(Clone, Copy, Debug)]
pub struct Sse2(arch::__m128i);

/// A register's bytes at any address.
///
/// Read and written as a place: the intrinsics for that copy by a function which checks, with debug assertions, that
/// what it copies does not overlap, at each load.
#[derive(Clone, Copy)]
#[repr(C, packed)]
struct Unaligned(arch::__m128i);

impl Sse2 {
    /// One bit per lane, from each lane's top bit.
    #[inline(always)]
    fn mask(lanes: arch::__m128i) -> BitMask<u16, 1> {
        // SAFETY: this file is compiled only where SSE2 is a feature of the target.
        BitMask(unsafe { arch::_mm_movemask_epi8(lanes) } as u16)
    }

    /// The lanes that hold exactly `byte`.
    #[inline(always)]
    fn match_byte(self, byte: u8) -> BitMask<u16, 1> {
        // SAFETY: this file is compiled only where SSE2 is a feature of the target.
        Self::mask(unsafe { arch::_mm_cmpeq_epi8(self.0, arch::_mm_set1_epi8(byte as i8)) })
    }
}

// SAFETY: `conformance` holds this backend to the contract.
unsafe impl Group for Sse2 {
    const WIDTH: usize = 16;
    const NAME: &'static str = "sse2";
    const ALIGNED_HOMES: bool = false;
    type Mask = BitMask<u16, 1>;

    #[inline(always)]
    unsafe fn load(ctrl: *const u8) -> Self {
        // SAFETY: the caller's contract: sixteen readable bytes, at any address.
        Sse2(unsafe { (*ctrl.cast::<Unaligned>()).0 })
    }

    #[inline(always)]
    unsafe fn store(self, ctrl: *mut u8) {
        // SAFETY: the caller's contract: sixteen writable bytes, at any address.
        unsafe { (*ctrl.cast::<Unaligned>()).0 = self.0 }
    }

    #[inline(always)]
    unsafe fn set_lane(ctrl: *mut u8, lane: usize, byte: u8) {
        // All ones in lane 0 of what begins at 16, in lane 1 of what begins at 15, and so on.
        const LANES: [u8; 32] = {
            let mut bytes = [0; 32];
            bytes[16] = !0;
            bytes
        };
        // SAFETY: the caller's contract: sixteen bytes, at any address. There are as many from any lane's place in
        // LANES on. This file is compiled only where SSE2 is a feature of the target.
        unsafe {
            let here = Self::load(LANES.as_ptr().add(16 - lane)).0;
            let others = arch::_mm_andnot_si128(here, Self::load(ctrl).0);
            let byte = arch::_mm_and_si128(here, arch::_mm_set1_epi8(byte as i8));
            Sse2(arch::_mm_or_si128(others, byte)).store(ctrl);
        }
    }

    #[inline(always)]
    fn match_tag(self, tag: Tag) -> Self::Mask {
        self.match_byte(tag.byte())
    }

    /// Shifts the hash where it gets broadcast, so that it need not be copied first: an instruction less for a hit
    /// (`ci/callgrind.sh`), and hits .97 of the time.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    fn match_hash(self, hash: u64) -> Self::Mask {
        // SAFETY: this file is compiled only where SSE2 is a feature of the target.
        Self::mask(unsafe {
            // The highest of the words of 16 bits, without all but its top seven: in all lanes of 16 bits, and then
            // of eight.
            let words = arch::_mm_srli_epi16::<9>(arch::_mm_cvtsi64_si128(hash as i64));
            let words = arch::_mm_shufflelo_epi16::<0b11_11_11_11>(words);
            let tags = arch::_mm_shuffle_epi32::<0>(arch::_mm_packus_epi16(words, words));
            arch::_mm_cmpeq_epi8(self.0, tags)
        })
    }

    #[inline(always)]
    fn match_empty(self) -> Self::Mask {
        self.match_byte(EMPTY)
    }

    /// By bit 7, which is set, and bit 6, which is not.
    #[inline(always)]
    fn match_empty_unloaded(self) -> Self::Mask {
        // SAFETY: this file is compiled only where SSE2 is a feature of the target.
        Self::mask(unsafe { arch::_mm_andnot_si128(arch::_mm_add_epi8(self.0, self.0), self.0) })
    }

    #[inline(always)]
    fn match_empty_or_deleted(self) -> Self::Mask {
        Self::mask(self.0)
    }

    #[inline(always)]
    fn match_full(self) -> Self::Mask {
        BitMask(!Self::mask(self.0).0)
    }

    /// In one piece, for builds that optimise nothing.
    #[inline(always)]
    fn full_bits(self) -> usize {
        !Self::mask(self.0).0 as usize
    }

    /// Bit 7 stays where both have it.
    #[inline(always)]
    fn union(self, other: Self) -> Self {
        // SAFETY: this file is compiled only where SSE2 is a feature of the target.
        Sse2(unsafe { arch::_mm_and_si128(self.0, other.0) })
    }

    /// DELETED everywhere, with the bits in which EMPTY differs flipped where a byte is negative,
    /// that is, without an entry.
    #[inline(always)]
    fn convert(self) -> Self {
        // SAFETY: this file is compiled only where SSE2 is a feature of the target.
        Sse2(unsafe {
            let vacant = arch::_mm_cmpgt_epi8(arch::_mm_setzero_si128(), self.0);
            let differing = arch::_mm_set1_epi8((EMPTY ^ DELETED) as i8);
            arch::_mm_xor_si128(
                arch::_mm_and_si128(vacant, differing),
                arch::_mm_set1_epi8(DELETED as i8),
            )
        })
    }

    #[inline(always)]
    fn prefetch(address: *const u8) {
        // SAFETY: this file is compiled only where SSE2, and with it SSE's prefetch, is a feature
        // of the target; a prefetch may be given any address.
        unsafe {
            arch::_mm_prefetch::<{ arch::_MM_HINT_T0 }>(address.cast());
        }
    }
}
