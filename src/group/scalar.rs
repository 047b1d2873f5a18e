//! The executable specification: byte loops, one line per sentence of the contract.
//!
//! `Scalar<8>` has SWAR's width and aligned homes, `Scalar<16>` those of the SIMD backends. A table
//! on one of them and a table on its twin must stay equal in every control byte and overflow count.

use super::Group;
use crate::ctrl::{DELETED, EMPTY, Tag, is_full};
use crate::mask::BitMask;

/// `WIDTH` control bytes in an array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar<const WIDTH: usize>([u8; WIDTH]);

impl<const WIDTH: usize> Scalar<WIDTH> {
    fn lanes_where(self, wanted: impl Fn(u8) -> bool) -> BitMask<u32, 1> {
        let (mut lanes, mut bit, mut i) = (0, 1, 0);
        // Not an iterator, which takes several times as long where nothing is inlined.
        while i < WIDTH {
            if wanted(self.0[i]) {
                lanes |= bit;
            }
            bit *= 2;
            i += 1;
        }
        BitMask(lanes)
    }
}

// SAFETY: these are the contract's own words, as code.
unsafe impl<const WIDTH: usize> Group for Scalar<WIDTH> {
    const WIDTH: usize = WIDTH;
    const NAME: &'static str = "scalar";
    const ALIGNED_HOMES: bool = WIDTH == 8;
    type Mask = BitMask<u32, 1>;

    unsafe fn load(ctrl: *const u8) -> Self {
        assert!(!Self::ALIGNED_HOMES || ctrl.addr() % WIDTH == 0, "load: not aligned");
        // SAFETY: the caller's contract: WIDTH readable bytes, at any address.
        Scalar(unsafe { ctrl.cast::<[u8; WIDTH]>().read() })
    }

    unsafe fn store(self, ctrl: *mut u8) {
        assert!(!Self::ALIGNED_HOMES || ctrl.addr() % WIDTH == 0, "store: not aligned");
        // SAFETY: the caller's contract: WIDTH writable bytes, at any address.
        unsafe { ctrl.cast::<[u8; WIDTH]>().write(self.0) }
    }

    fn match_tag(self, tag: Tag) -> Self::Mask {
        let tag = tag.byte();
        self.lanes_where(|ctrl| ctrl == tag)
    }

    fn match_empty(self) -> Self::Mask {
        self.lanes_where(|ctrl| ctrl == EMPTY)
    }

    fn match_empty_or_deleted(self) -> Self::Mask {
        self.lanes_where(|ctrl| ctrl == EMPTY || ctrl == DELETED)
    }

    fn match_full(self) -> Self::Mask {
        self.lanes_where(is_full)
    }

    fn union(self, other: Self) -> Self {
        Scalar(core::array::from_fn(|i| if is_full(self.0[i]) { self.0[i] } else { other.0[i] }))
    }

    fn convert(self) -> Self {
        Scalar(self.0.map(|ctrl| if is_full(ctrl) { DELETED } else { EMPTY }))
    }
}
