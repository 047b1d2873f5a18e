//! The allocator interface: `allocator-api2`'s with that feature, a private stand-in without.
//!
//! Tables are written against [`Allocator`] and [`Global`] as named here and cannot tell the two
//! apart. Without the feature the trait is not part of the public API, so `Global` is the only
//! allocator there is.

#[cfg(feature = "allocator-api2")]
pub use allocator_api2::alloc::{Allocator, Global};

#[cfg(not(feature = "allocator-api2"))]
pub use stand_in::{Allocator, Global};

#[cfg(not(feature = "allocator-api2"))]
mod stand_in {
    use alloc::alloc::{alloc, dealloc, realloc};
    use core::alloc::Layout;
    use core::ptr::NonNull;

    /// The allocation failed; carries nothing, as in `allocator-api2`.
    pub struct AllocError;

    /// The two operations that tables need of an allocator.
    ///
    /// # Safety
    /// As for the trait of the same name in `allocator-api2`: a block stays valid until it is
    /// deallocated, wherever the allocator is moved.
    pub unsafe trait Allocator {
        /// Allocates a block of at least `layout.size()` bytes; the size is not zero.
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError>;

        /// Gives a block back.
        ///
        /// # Safety
        /// The block came from this allocator with this layout and is not used any more.
        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout);

        /// Replaces a block by a larger one with the same content. If that fails the block stays.
        ///
        /// # Safety
        /// The block came from this allocator with the layout `old`; `new` is larger and has the same
        /// alignment. If it succeeds, the old block is not used any more.
        unsafe fn grow(
            &self,
            block: NonNull<u8>,
            old: Layout,
            new: Layout,
        ) -> Result<NonNull<[u8]>, AllocError>;
    }

    /// The program's global allocator.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Global;

    // SAFETY: forwards to the global allocator, whose blocks belong to no value that could move.
    unsafe impl Allocator for Global {
        #[inline]
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
            // SAFETY: nobody asks for zero bytes: a table has control bytes, an arena its first bytes.
            let block = NonNull::new(unsafe { alloc(layout) }).ok_or(AllocError)?;
            Ok(NonNull::slice_from_raw_parts(block, layout.size()))
        }

        #[inline]
        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
            // SAFETY: the caller's contract is that of the global allocator.
            unsafe { dealloc(block.as_ptr(), layout) }
        }

        #[inline]
        unsafe fn grow(
            &self,
            block: NonNull<u8>,
            old: Layout,
            new: Layout,
        ) -> Result<NonNull<[u8]>, AllocError> {
            // SAFETY: the caller's contract is that of the global allocator.
            let block = unsafe { realloc(block.as_ptr(), old, new.size()) };
            let block = NonNull::new(block).ok_or(AllocError)?;
            Ok(NonNull::slice_from_raw_parts(block, new.size()))
        }
    }

    // SAFETY: all three are those of the allocator behind the reference, wherever that is moved.
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

        #[inline]
        unsafe fn grow(
            &self,
            block: NonNull<u8>,
            old: Layout,
            new: Layout,
        ) -> Result<NonNull<[u8]>, AllocError> {
            // SAFETY: the caller's contract.
            unsafe { (**self).grow(block, old, new) }
        }
    }
}
