//! The allocator interface: that of `allocator-api2` with the feature of that name, a private
//! stand-in without it.
//!
//! Tables are written against [`Allocator`] and [`Global`] as named here and cannot tell the two
//! apart. Without the feature the trait is not part of the public API, so `Global` is the only
//! allocator there is, apart from `HugePages` with the feature of that name.

#[cfg(all(feature = "allocator-api2", feature = "huge-pages"))]
pub(crate) use allocator_api2::alloc::AllocError;
#[cfg(feature = "allocator-api2")]
pub use allocator_api2::alloc::{Allocator, Global};

#[cfg(all(not(feature = "allocator-api2"), feature = "huge-pages"))]
pub(crate) use stand_in::AllocError;
#[cfg(not(feature = "allocator-api2"))]
pub use stand_in::{Allocator, Global};

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
