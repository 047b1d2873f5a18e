//! rosti
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod allocator;
mod capacity;
mod ctrl;
mod error;
mod group;
mod hasher;
mod mask;
mod probe;
mod raw;

pub use error::TryReserveError;
pub use hasher::DefaultHashBuilder;
#[cfg(feature = "default-hasher")]
pub use hasher::DefaultHasher;

/// The parts of the core that benches and cross-backend tests need; not part of the public API
/// and free to change in any release.
#[doc(hidden)]
pub mod internals {
    pub use crate::allocator::{Allocator, Global};
    pub use crate::ctrl::{DELETED, EMPTY, Tag};
    pub use crate::group::*;
    pub use crate::mask::LaneMask;
    pub use crate::raw::RawTable;
}
