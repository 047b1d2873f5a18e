//! The bytes of a table: where its parts lie, how they are allocated and given back.
//!
//! ```text
//!   block                                ctrl
//!   |                                    |
//!   v                                    v
//!   [gap][ slot n-1 ] … [ slot 1 ][ slot 0 ][ c0 c1 … c(n-1) ][pad][steps][limit][wear, shift][cursor][ counts ]
//!        <------ slots grow downwards ----- | ---- one byte per slot ----> u32    u32    u32          u32     u32 words
//! ```
//!
//! Slot *i* ends `i * size_of::<T>()` bytes before `ctrl`, so a slot is found from the one pointer
//! the table keeps, whatever its size. With unaligned homes there are control bytes without a slot,
//! the pad: one, or where the overhang is short (`capacity.rs`) a few more, and 16 in a one-window table that can be
//! spread. The words exist
//! where there are several windows: the overflow counts of `overflow.rs` with what tells when to rebuild, the shift of
//! `scatter.rs`, and the cursor of `erase.rs`. Nothing here depends on `T` beyond its [`Layout`].

use core::alloc::Layout;
use core::ptr::NonNull;

use super::control::Control;
use super::overflow;
use crate::allocator::Allocator;
use crate::capacity::Size;
use crate::error::{Fallibility, TryReserveError};
use crate::group::Group;

/// Bytes of the words behind the control bytes.
const WORD: usize = size_of::<u32>();

/// Bytes from `ctrl` to the end of the block; `None` on overflow. A one-window table has as many when it is
/// packed.
#[inline]
fn tail<G: Group>(size: Size) -> Option<usize> {
    let shape = Control::<G>::SHAPE;
    match size.has_one_window() {
        true => Some(shape.one_window_bytes(size.slots)),
        false => {
            let words = overflow::words(size.homes) * WORD;
            shape.control_bytes_of_several(size.homes).checked_add(words)
        }
    }
}

/// The block of a table of this size, and the offset of `ctrl` in it; `None` on overflow.
#[inline]
pub(super) fn block<G: Group>(slot: Layout, size: Size) -> Option<(Layout, usize)> {
    let align = if slot.align() > G::WIDTH { slot.align() } else { G::WIDTH };
    // Not `checked_next_multiple_of`: where this is not inlined, that divides.
    let ctrl = slot.size().checked_mul(size.slots)?.checked_add(align - 1)? & !(align - 1);
    let layout = Layout::from_size_align(ctrl.checked_add(tail::<G>(size)?)?, align).ok()?;
    Some((layout, ctrl))
}

/// Bytes of the block with room for `capacity` entries; `None` on overflow.
#[cfg(feature = "serde")]
pub(crate) fn block_size<T, G: Group>(capacity: usize) -> Option<usize> {
    let size = Control::<G>::SHAPE.size_for(capacity)?;
    block::<G>(Layout::new::<T>(), size).map(|(layout, _)| layout.size())
}

/// The smallest block that holds `capacity` entries, and its size: all control bytes vacant, all
/// counts zero.
#[inline]
#[track_caller]
pub(super) fn allocate_for<G: Group, A: Allocator>(
    alloc: &A,
    slot: Layout,
    capacity: usize,
    fallibility: Fallibility,
) -> Result<(Control<G>, Size), TryReserveError> {
    let size = Control::<G>::SHAPE.size_for(capacity);
    let Some((size, parts)) = size.and_then(|size| Some((size, block::<G>(slot, size)?))) else {
        return Err(fallibility.capacity_overflow());
    };
    // SAFETY: the block has this size and is ours; it is given out after `reset` (I2).
    unsafe {
        let control = allocate(alloc, parts, size, fallibility)?;
        control.reset(size.slots);
        Ok((control, size))
    }
}

/// A block of the size of another one, with nothing in it.
///
/// # Safety
/// As for [`allocate`], and there is a block of this size.
#[inline]
pub(super) unsafe fn allocate_like<G: Group, A: Allocator>(
    alloc: &A,
    slot: Layout,
    size: Size,
    fallibility: Fallibility,
) -> Result<Control<G>, TryReserveError> {
    // SAFETY: the same arithmetic succeeded when the other block was allocated; the rest is the caller's
    // contract.
    unsafe {
        let parts = block::<G>(slot, size).unwrap_unchecked();
        allocate(alloc, parts, size, fallibility)
    }
}

/// The [`block`] of this size with nothing in it.
///
/// # Safety
/// Before any other use, [`reset`](Control::reset) it or [`copy_contents`] to it (I2).
#[inline]
unsafe fn allocate<G: Group, A: Allocator>(
    alloc: &A,
    (layout, offset): (Layout, usize),
    size: Size,
    fallibility: Fallibility,
) -> Result<Control<G>, TryReserveError> {
    let block = alloc.allocate(layout).map_err(|_| fallibility.alloc_error(layout))?;
    // SAFETY: the block has `layout.size() >= offset` bytes; from `ctrl` on it has room for the control
    // bytes and words of `size.homes` homes.
    unsafe { Ok(Control::from_raw(block.cast::<u8>().add(offset), size.homes)) }
}

/// Copies the control bytes and words of a table to another one of the same size, and as many
/// bytes of slots before them, vacant ones included.
///
/// # Safety
/// Both tables have this size and so many bytes of slots. Nobody else accesses `to`. Slots that become full
/// have been written, or are copied and may be (I3).
#[inline]
pub(super) unsafe fn copy_contents<G: Group>(
    from: Control<G>,
    to: Control<G>,
    slot_bytes: usize,
    size: Size,
) {
    // SAFETY: slots end at `ctrl`, and the rest begins there. The same arithmetic succeeded when the
    // blocks were allocated.
    unsafe {
        let bytes = slot_bytes + tail::<G>(size).unwrap_unchecked();
        to.ctrl().sub(slot_bytes).copy_from_nonoverlapping(from.ctrl().sub(slot_bytes), bytes);
    }
}

/// [`copy_contents`] without slots, of which only those before `end` stay full in `to`.
///
/// # Safety
/// As there.
#[inline(never)]
pub(super) unsafe fn copy_first<G: Group>(
    from: Control<G>,
    to: Control<G>,
    size: Size,
    end: usize,
) {
    // SAFETY: the caller's contract.
    unsafe {
        copy_contents(from, to, 0, size);
        to.vacate(end..size.slots);
        // The counts are those of all entries.
        to.note_wear();
    }
}

/// Gives the block of a table back, without dropping any entry. Does nothing for a table that has
/// never been allocated.
///
/// # Safety
/// The table was allocated by [`allocate`] with this allocator, slot layout and size (or has no
/// slots) and is not used any more.
#[inline]
pub(super) unsafe fn free<G: Group, A: Allocator>(
    alloc: &A,
    slot: Layout,
    control: Control<G>,
    size: Size,
) {
    if size.slots != 0 {
        // SAFETY: the same arithmetic succeeded when the block was allocated.
        let (layout, offset) = unsafe { block::<G>(slot, size).unwrap_unchecked() };
        // SAFETY: `ctrl` lies `offset` bytes into the block, which has this layout.
        unsafe { alloc.deallocate(control.ctrl().sub(offset), layout) };
    }
}

/// [`free`] for those with more to do: compiled once.
///
/// # Safety
/// As there.
#[inline(never)]
unsafe fn free_out_of_line<G: Group, A: Allocator>(
    alloc: &A,
    slot: Layout,
    control: Control<G>,
    size: Size,
) {
    // SAFETY: the caller's contract.
    unsafe { free(alloc, slot, control, size) }
}

/// A table without entries that is freed when the guard goes, unless it was swapped for another.
///
/// Growth fills such a table while calling the user's hasher; if that panics the new block is
/// freed and the old table was never touched. If not, the two are swapped and the guard frees the
/// old block. Either way it drops no entry.
pub(super) struct Block<'a, G: Group, A: Allocator> {
    pub(super) control: Control<G>,
    pub(super) size: Size,
    slot: Layout,
    alloc: &'a A,
}

impl<'a, G: Group, A: Allocator> Block<'a, G, A> {
    /// A table of its own; see [`allocate_for`].
    #[inline]
    #[track_caller]
    pub(super) fn allocate_for(
        alloc: &'a A,
        slot: Layout,
        capacity: usize,
        fallibility: Fallibility,
    ) -> Result<Self, TryReserveError> {
        let (control, size) = allocate_for(alloc, slot, capacity, fallibility)?;
        Ok(Block { control, size, slot, alloc })
    }

    /// A guard over a block that exists already.
    ///
    /// # Safety
    /// As for [`free`], at the time the guard is dropped.
    pub(super) unsafe fn adopt(
        alloc: &'a A,
        slot: Layout,
        control: Control<G>,
        size: Size,
    ) -> Self {
        Block { control, size, slot, alloc }
    }
}

impl<G: Group, A: Allocator> Drop for Block<'_, G, A> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the block was allocated with this allocator, slot layout and size, or was
        // swapped or adopted from a table of which that holds; its owner gave it up.
        unsafe { free_out_of_line(self.alloc, self.slot, self.control, self.size) }
    }
}

/// A pointer to the slot `index` of the table whose control bytes begin at `ctrl`.
///
/// # Safety
/// The table has more than `index` slots and they are of type `T`.
#[inline(always)]
pub(super) unsafe fn slot<T>(ctrl: NonNull<u8>, index: usize) -> NonNull<T> {
    // SAFETY: slots grow downwards from `ctrl`, inside one block. (An addition that may panic costs what calls this,
    // with debug assertions, its place in line.)
    unsafe { ctrl.cast::<T>().sub(index.wrapping_add(1)) }
}
