//! Huge pages for large tables: an allocator that maps its large blocks itself.
//!
//! A lookup in a table beyond the caches waits for memory twice: for the entry, and for the page
//! table entry that says where it is. Pages of 2 MiB instead of 4 KiB save most of the second wait,
//! and a growing table takes only one page fault per 2 MiB. Linux gives such pages to mappings that
//! are aligned to them, if its mode (`/sys/kernel/mm/transparent_hugepage/enabled`) is `always`, or
//! `madvise` and the program asks. This file knows how to ask; it knows nothing about tables.
//!
//! ```text
//! what is mapped    |....head....|=========== block ===========|....tail....|
//!                                ^ a multiple of `align`       ^ a multiple of HUGE further on
//! ```
//! Head and tail are unmapped at once. That a block was mapped follows from its layout, so none has
//! a header.

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::allocator::{AllocError, Allocator, Global};

/// An allocator that asks for huge pages for blocks of 2 MiB and more.
///
/// Such blocks are mapped one by one, aligned to 2 MiB, rounded up to a multiple of it, and advised
/// for transparent huge pages (`MADV_HUGEPAGE`). Smaller ones come from [`Global`], and so do all of
/// them on systems other than Linux. Needs the feature `huge-pages`.
///
/// Lookups in tables far beyond the caches become faster, and so does their growth; smaller tables
/// are not affected. How much depends on the machine, and the bench `huge_pages` shows what yours
/// gives to anyone: in a virtual machine whose host has 4 KiB pages, lookups gain little, and where
/// free memory goes back to the host, growth into memory that has to be fetched from there can even
/// be slower than with ordinary pages.
///
/// A large block takes up to 2 MiB more than was requested. Where the system's mode is `never`, or no
/// huge pages are available, blocks consist of ordinary pages; nothing fails because of that.
///
/// If the system refuses the mapping, the allocation fails with an error like any other.
///
/// ```
/// use rosti::{HashMap, HugePages};
/// let mut squares: HashMap<u64, u64, rosti::DefaultHashBuilder, HugePages> =
///     HashMap::with_capacity_and_hasher_in(500_000, Default::default(), HugePages);
/// squares.extend((0..500_000).map(|n| (n, n * n)));
/// assert_eq!(squares.get(&400_000), Some(&160_000_000_000));
/// ```
///
/// [`Global`]: https://docs.rs/allocator-api2/latest/allocator_api2/alloc/struct.Global.html
#[derive(Clone, Copy, Debug, Default)]
pub struct HugePages;

// SAFETY: a block is `Global`'s or a mapping, neither of which belongs to a value that could move;
// which of them it is depends on the size alone, and all sizes that fit a block are on the same side.
unsafe impl Allocator for HugePages {
    #[inline]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        #[cfg(all(target_os = "linux", not(miri)))]
        if layout.size() >= mapped::HUGE {
            return mapped::allocate(layout, libc::MADV_HUGEPAGE);
        }
        Global.allocate(layout)
    }

    #[inline]
    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        #[cfg(all(target_os = "linux", not(miri)))]
        if layout.size() >= mapped::HUGE {
            // SAFETY: the caller's contract; a block of this size was mapped.
            return unsafe { mapped::deallocate(block, layout) };
        }
        // SAFETY: the caller's contract; a block of this size is `Global`'s.
        unsafe { Global.deallocate(block, layout) }
    }
}

#[cfg(all(target_os = "linux", not(miri)))]
mod mapped {
    use super::{AllocError, Layout, NonNull};
    use core::ffi::{c_int, c_void};
    use core::ptr;

    /// What blocks are aligned to, and multiples of: a huge page on x86-64, and on aarch64 with base
    /// pages of 4 KiB. Where they are larger it is still a multiple of the base page.
    pub(super) const HUGE: usize = 2 << 20;

    /// Maps a block and advises the system of its use. That the advice may be refused is no failure.
    #[cold]
    pub(super) fn allocate(layout: Layout, advice: c_int) -> Result<NonNull<[u8]>, AllocError> {
        let align = layout.align().max(HUGE);
        // (A layout's size is at most `isize::MAX`, so rounding it cannot overflow.)
        let len = layout.size().next_multiple_of(HUGE);
        let with_slack = len.checked_add(align).ok_or(AllocError)?;
        // Distances inside a mapping are those of pointers, also where addresses have 32 bits.
        if isize::try_from(with_slack).is_err() {
            return Err(AllocError);
        }
        // SAFETY: a new mapping at a place of the system's choice touches nothing that exists.
        let start = unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            libc::mmap(ptr::null_mut(), with_slack, access, flags, -1, 0)
        };
        if start == libc::MAP_FAILED {
            return Err(AllocError);
        }
        let head = start.addr().next_multiple_of(align) - start.addr();
        let tail = with_slack - head - len;
        // SAFETY: head, block and tail are what was mapped, in this order (`head < align`), and nobody
        // else knows of it; the advice concerns the block alone.
        let block = unsafe {
            let block = start.byte_add(head);
            unmap(start, head);
            unmap(block.byte_add(len), tail);
            libc::madvise(block, len, advice);
            block
        };
        let block = NonNull::new(block.cast()).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(block, len))
    }

    /// Gives a block back to the system.
    ///
    /// # Safety
    /// The block came from [`allocate`] with a layout of the same rounded size; it is not used any more.
    #[cold]
    pub(super) unsafe fn deallocate(block: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's contract: this is what `allocate` left mapped.
        unsafe { unmap(block.as_ptr().cast(), layout.size().next_multiple_of(HUGE)) }
    }

    /// Unmaps a range, which may be empty. The system can refuse that only if it would cut a mapping in
    /// two and the process has too many of them: the addresses are then lost, as with any leak.
    ///
    /// # Safety
    /// The range was mapped here and is not used any more.
    unsafe fn unmap(start: *mut c_void, len: usize) {
        if len != 0 {
            // SAFETY: the caller's contract.
            unsafe { libc::munmap(start, len) };
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// A kernel without huge pages answers EINVAL, as every kernel does to an advice it does not know.
        #[test]
        fn refused_advice_is_no_failure() {
            for (size, align) in [(HUGE, 1), (HUGE + 1, 16), (3 * HUGE - 1, 4 * HUGE)] {
                let layout = Layout::from_size_align(size, align).expect("a layout");
                let Ok(block) = allocate(layout, c_int::MAX) else { panic!("there is memory") };
                let start = block.cast::<u8>();
                assert_eq!(start.as_ptr().addr() % align.max(HUGE), 0);
                assert!(block.len() >= size);
                // SAFETY: the block is ours, and given back once.
                unsafe {
                    start.write_bytes(0xA5, block.len());
                    assert_eq!(start.add(block.len() - 1).read(), 0xA5);
                    deallocate(start, layout);
                }
            }
        }
    }
}
