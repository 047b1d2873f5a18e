//! The allocator interface: that of `allocator-api2` with the feature of that name, a private
//! stand-in without it.
//!
//! Tables are written against [`Allocator`] and [`Global`] as named here and cannot tell the two
//! apart. Without the feature the trait is not part of the public API, so `Global` is the only
//! allocator there is, apart from `HugePages` with the feature of that name.

use core::alloc::Layout;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use crate::error::{Fallibility, TryReserveError};

#[cfg(all(feature = "allocator-api2", feature = "huge-pages"))]
pub(crate) use allocator_api2::alloc::AllocError;
#[cfg(feature = "allocator-api2")]
pub use allocator_api2::alloc::{Allocator, Global};

#[cfg(all(not(feature = "allocator-api2"), feature = "huge-pages"))]
pub(crate) use stand_in::AllocError;
#[cfg(not(feature = "allocator-api2"))]
pub use stand_in::{Allocator, Global};

/// Memory that is given back unless it is kept.
pub(crate) struct Memory<'a, A: Allocator> {
    start: NonNull<u8>,
    layout: Layout,
    alloc: &'a A,
}

impl<'a, A: Allocator> Memory<'a, A> {
    /// Room for so many values, at least one.
    pub(crate) fn of<U>(
        count: usize,
        alloc: &'a A,
        fallibility: Fallibility,
    ) -> Result<Self, TryReserveError> {
        const { assert!(size_of::<U>() != 0, "an allocator is not asked for nothing") };
        let Ok(layout) = Layout::array::<U>(count) else {
            return Err(fallibility.capacity_overflow());
        };
        let start = alloc.allocate(layout).map_err(|_| fallibility.alloc_error(layout))?;
        Ok(Memory { start: start.cast(), layout, alloc })
    }

    /// Memory that was allocated for so many values: by [`Memory::of`], and kept, or for an array of them.
    ///
    /// # Safety
    /// That, by this allocator; and nobody uses it any more.
    pub(crate) unsafe fn again<U>(start: NonNull<U>, count: usize, alloc: &'a A) -> Self {
        // SAFETY: the same arithmetic succeeded when it was allocated.
        let layout = unsafe { Layout::array::<U>(count).unwrap_unchecked() };
        Memory { start: start.cast(), layout, alloc }
    }

    /// Where it begins.
    #[cfg(feature = "str")]
    #[inline]
    pub(crate) fn start<U>(&self) -> NonNull<U> {
        self.start.cast()
    }

    /// Leaves the memory to the caller. Runs no user code.
    #[inline]
    pub(crate) fn keep<U>(self) -> NonNull<U> {
        ManuallyDrop::new(self).start.cast()
    }
}

impl<A: Allocator> Drop for Memory<'_, A> {
    fn drop(&mut self) {
        // SAFETY: it came from this allocator with this layout, and is not used any more.
        unsafe { self.alloc.deallocate(self.start, self.layout) }
    }
}

#[cfg(not(feature = "allocator-api2"))]
mod stand_in {
    use alloc::alloc::{alloc, dealloc};
    use core::alloc::Layout;
    use core::ptr::{self, NonNull};

    /// The allocation failed; carries nothing, as in `allocator-api2`.
    pub struct AllocError;

    /// The two operations that tables and arenas need of an allocator.
    ///
    /// # Safety
    /// As for the trait of the same name in `allocator-api2`: a block stays valid until it is
    /// deallocated, wherever the allocator is moved.
    pub unsafe trait Allocator {
        /// Allocates a block of at least `layout.size()` bytes.
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError>;

        /// Gives a block back.
        ///
        /// # Safety
        /// The block came from this allocator with this layout and is not used any more.
        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout);
    }

    /// The program's global allocator.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Global;

    // SAFETY: forwards to the global allocator, whose blocks belong to no value that could move.
    unsafe impl Allocator for Global {
        #[inline]
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
            let block = match layout.size() {
                // The global allocator must not be asked for it, and there is nothing to free.
                0 => ptr::without_provenance_mut(layout.align()),
                // SAFETY: the size is not zero.
                _ => unsafe { alloc(layout) },
            };
            let block = NonNull::new(block).ok_or(AllocError)?;
            Ok(NonNull::slice_from_raw_parts(block, layout.size()))
        }

        #[inline]
        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
            if layout.size() != 0 {
                // SAFETY: the caller's contract; a block of this layout is the global allocator's.
                unsafe { dealloc(block.as_ptr(), layout) }
            }
        }
    }

    // SAFETY: both are those of the allocator behind the reference, wherever that is moved.
    unsafe impl<A: Allocator> Allocator for &A {
        #[inline]
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
            (**self).allocate(layout)
        }

        #[inline]
        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
            // SAFETY: the caller's contract.
            unsafe { (**self).deallocate(block, layout) }
        }
    }
}
