//! Tables whose type of entry is not known.
//!
//! What is rare, or long in relation to what it does with an entry, need not be compiled for each type of
//! entry: growth, copying, dropping. It is a method of `RawTable<Untyped, G, A>` and is told what it has
//! to know of the type: the layout of a slot, and how entries are hashed ([`HashEntries`](super::grow::HashEntries)),
//! cloned or dropped. Such functions are `#[inline(never)]`; those of the native backend and the global
//! allocator are compiled with this crate ([`compile_here`](super::compile_here)), and crates that use maps
//! are linked to them.

use core::mem;
use core::ptr::NonNull;

use super::full::Lanes;
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::group::Group;

/// A type of entry of which nothing is known, so that there is none.
pub(super) enum Untyped {}

/// What drops the entries of a run of slots that ends (`layout.rs`) at an address, those in the given
/// lanes, and takes each lane out of the set before its entry is dropped; `None` if there is nothing to do.
pub(super) type DropLanes = Option<unsafe fn(NonNull<u8>, &mut Lanes)>;

/// # Safety
/// There are entries of type `T` in those slots, which their owner gives up.
unsafe fn drop_lanes<T>(end: NonNull<u8>, lanes: &mut Lanes) {
    for lane in lanes {
        // SAFETY: the caller's contract.
        unsafe { layout::slot::<T>(end, lane).drop_in_place() }
    }
}

/// What drops entries of type `T`.
pub(super) const fn drop_of<T>() -> DropLanes {
    if mem::needs_drop::<T>() { Some(drop_lanes::<T>) } else { None }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// This table for functions that are told what they have to know of `T`.
    ///
    /// # Safety
    /// Those functions are called, or some that go by the control bytes and numbers only: to others,
    /// entries are of type `Untyped`.
    #[inline(always)]
    pub(super) unsafe fn untyped(&self) -> &RawTable<Untyped, G, A> {
        // SAFETY: the layout of a table (`repr(C)`) does not depend on the type of its entries.
        unsafe { &*(&raw const *self).cast() }
    }

    /// [`untyped`](Self::untyped).
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(super) unsafe fn untyped_mut(&mut self) -> &mut RawTable<Untyped, G, A> {
        // SAFETY: as above.
        unsafe { &mut *(&raw mut *self).cast() }
    }
}
