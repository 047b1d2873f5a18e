//! Groups: snapshots of a window's control bytes, examined at once.
//!
//! [`Group`] is the one trait that separates the table from the machine. A backend is a value type
//! that holds `WIDTH` control bytes and answers questions about all of them in a few instructions;
//! everything else in the crate is generic over it.
//!
//! | backend | width | homes | mask | compiled on |
//! |---|---|---|---|---|
//! | [`Swar`] | 8 lanes in a `u64` | aligned | 1 bit in 8 | every target |
//! | `Sse2` | 16 | any position | 1 bit in 1 | x86 and x86-64 with SSE2 |
//! | `Neon` | 16 | any position | 1 bit in 4 | little-endian aarch64 with NEON |
//! | `Simd128` | 16 | any position | 1 bit in 1 | wasm32 with simd128 |
//! | `Scalar<WIDTH>` | 8 or 16 | as its twin | 1 bit in 1 | tests: the executable specification |
//!
//! # The contract
//!
//! Lane *i* of a group is the control byte at address `ctrl + i`, on either byte order.
//! All operations are exact, with one exception: [`Group::match_tag`] may report extra lanes, but
//!
//! 1. never misses a lane that holds the tag,
//! 2. never reports a lane that is EMPTY or DELETED, and reports none at all without a true match,
//! 3. never reports an extra lane below the first true match.
//!
//! `conformance` holds every backend to this. `core::arch` is used nowhere outside this folder.

use crate::ctrl::Tag;
use crate::mask::LaneMask;

mod swar;
pub use swar::Swar;

// The best backend that the target can run, one arm each. build.rs has the same conditions.
cfg_if::cfg_if! {
    if #[cfg(all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2"))] {
        mod sse2;
        pub use sse2::Sse2 as Best;
    } else if #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))] {
        mod neon;
        pub use neon::Neon as Best;
    } else if #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))] {
        mod simd128;
        pub use simd128::Simd128 as Best;
    } else {
        pub use swar::Swar as Best;
    }
}

/// The backend of this build: the one that was requested, or else the best. (build.rs has refused
/// requests for anything but SWAR and the best.)
#[cfg(not(rosti_group = "swar"))]
pub type Native = Best;
/// The backend of this build: SWAR, as requested.
#[cfg(rosti_group = "swar")]
pub type Native = Swar;

#[cfg(test)]
mod scalar;
#[cfg(test)]
pub(crate) use scalar::Scalar;

#[cfg(test)]
mod conformance;

/// A snapshot of `WIDTH` consecutive control bytes.
///
/// # Safety
/// Tables trust what a backend reports, so implementations must keep the contract in the module's
/// introduction, and `WIDTH` must be 8 or 16.
pub unsafe trait Group: Copy {
    /// Number of lanes: 8 or 16.
    const WIDTH: usize;
    /// The backend's name, as `--cfg rosti_group` and the benches spell it.
    const NAME: &'static str;
    /// Whether windows begin at multiples of `WIDTH` only. If so, every address given to
    /// [`load`](Self::load) and [`store`](Self::store) is a multiple of `WIDTH`.
    const ALIGNED_HOMES: bool;
    /// A set of lanes: always some `BitMask<Word, STRIDE>`.
    type Mask: LaneMask;

    /// Reads the group that begins at `ctrl`.
    ///
    /// # Safety
    /// `ctrl .. ctrl + WIDTH` is readable and initialised, and `ctrl` is a multiple of `WIDTH` if
    /// `ALIGNED_HOMES`.
    unsafe fn load(ctrl: *const u8) -> Self;

    /// Writes the group to `ctrl .. ctrl + WIDTH`.
    ///
    /// # Safety
    /// `ctrl .. ctrl + WIDTH` is writable, and `ctrl` is a multiple of `WIDTH` if `ALIGNED_HOMES`.
    unsafe fn store(self, ctrl: *mut u8);

    /// Writes a control byte to a lane of the group at `ctrl`. Where CPUs have the next search, which loads the group,
    /// wait for a byte that is on its way to memory, the group is better stored as a whole.
    ///
    /// # Safety
    /// As for [`load`](Self::load) and [`store`](Self::store), and `lane` is less than `WIDTH`.
    #[inline(always)]
    unsafe fn set_lane(ctrl: *mut u8, lane: usize, byte: u8) {
        // SAFETY: the caller's contract.
        unsafe { ctrl.add(lane).write(byte) }
    }

    /// The lanes that hold `tag`, and possibly extra ones: see the contract.
    fn match_tag(self, tag: Tag) -> Self::Mask;

    /// [`match_tag`](Self::match_tag) of a hash, for those who go on to use the hash.
    #[inline(always)]
    fn match_hash(self, hash: u64) -> Self::Mask {
        self.match_tag(Tag::of(hash))
    }

    /// The lanes that are EMPTY.
    fn match_empty(self) -> Self::Mask;

    /// [`match_empty`](Self::match_empty) that loads nothing, for `insert`: where a loop calls something, no register
    /// keeps a constant, and loads behind the stores of another insertion are dear (Zen 3, insertions with room: .84 of
    /// the time in a program of their own).
    #[inline(always)]
    fn match_empty_unloaded(self) -> Self::Mask {
        self.match_empty()
    }

    /// The lanes that are EMPTY or DELETED: those that hold no entry.
    fn match_empty_or_deleted(self) -> Self::Mask;

    /// The lanes that hold an entry.
    fn match_full(self) -> Self::Mask;

    /// [`match_full`](Self::match_full) as one bit per lane, lane 0 lowest: used by walks over
    /// whole tables.
    #[inline(always)]
    fn full_bits(self) -> usize {
        self.match_full().dense()
    }

    /// A group in which a lane is full if it is full in either of the two, and EMPTY or DELETED
    /// otherwise. It tells whether any lane of several groups is full, at little more than the cost
    /// of their loads.
    #[must_use]
    fn union(self, other: Self) -> Self;

    /// The group with EMPTY and DELETED turned into EMPTY, and full into DELETED.
    ///
    /// The documents' first step of cleaning a table in place. It is part of every backend, but
    /// rosti's own rebuild does without it: the conversion forgets the tags, and a hasher that
    /// panics half-way would then lose entries (see `raw/grow.rs`).
    #[must_use]
    fn convert(self) -> Self;

    /// Hints that the cache line at `address` will be read soon; does nothing where there is no
    /// such instruction. Any address is allowed, readable or not.
    #[inline(always)]
    fn prefetch(address: *const u8) {
        let _ = address;
    }
}
