//! The arena: the bytes of a map's long keys, one after another, in one block.
//!
//! Keys are addressed by position, so the block may move: it is replaced by a larger one when it is full, or a smaller
//! one when most of it is garbage, and `clone` copies it as a whole. If its size is about right, the remaining keys
//! move together inside it. Nothing can refer into the block then, because all of this needs the map mutably.
//!
//! Only keys are pushed, so the whole content is itself one long key (for strings: valid UTF-8), and a part of it is
//! checked when it is taken out. Thus a wrong position can give a wrong key or a panic, but nothing worse.

use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem;
use core::ptr::NonNull;
use core::slice;

use super::cell::{Cell, Key, POSITIONS};
use crate::allocator::{Allocator, Memory};
use crate::error::{Fallibility, TryReserveError};

/// The first block has at least so many bytes.
const FIRST: usize = 64;

/// The bytes of long keys; see the module's introduction.
///
/// `len <= capacity` holds always, and the first `len` bytes of the block are initialised: they are
/// keys, one after another.
pub(crate) struct Arena<K: ?Sized, A: Allocator> {
    /// A block of `capacity` bytes from `alloc`; dangling if that is 0.
    block: NonNull<u8>,
    capacity: usize,
    len: usize,
    /// At least the bytes of the keys that are still in the map; the others are garbage.
    live: usize,
    alloc: A,
    marker: PhantomData<K>,
}

/// What an arena's block of so many bytes holds: bytes of keys that are in the map, and of others.
#[derive(Clone, Copy, Debug)]
pub struct Books {
    /// Bytes of keys that are in the map.
    pub live: usize,
    /// Bytes of keys that are not, any more.
    pub garbage: usize,
    /// Bytes of the block.
    pub block: usize,
}

// SAFETY: the block is owned and holds bytes.
unsafe impl<K: ?Sized, A: Allocator + Send> Send for Arena<K, A> {}
// SAFETY: through a shared reference, the bytes can be read only.
unsafe impl<K: ?Sized, A: Allocator + Sync> Sync for Arena<K, A> {}

impl<K: Key + ?Sized, A: Allocator> Arena<K, A> {
    /// An arena without a block.
    #[inline]
    pub(super) const fn new_in(alloc: A) -> Self {
        Arena {
            block: NonNull::dangling(),
            capacity: 0,
            len: 0,
            live: 0,
            alloc,
            marker: PhantomData,
        }
    }

    /// The bytes allocated.
    #[inline]
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// What is in the block.
    pub(super) fn books(&self) -> Books {
        Books { live: self.live, garbage: self.garbage(), block: self.capacity }
    }

    /// Bytes of keys that are in the map no more.
    #[inline]
    pub(super) fn garbage(&self) -> usize {
        self.len - self.live
    }

    /// Whether garbage is to be collected, if that is worth a walk over the table: when it is more than
    /// half, or a fifth and the block nearly full. (So at constant size the block does not grow.)
    #[inline]
    pub(super) fn is_cluttered(&self) -> bool {
        let full = self.capacity - self.len < self.live / 16;
        self.garbage() > if full { self.live / 4 } else { self.live }
    }

    /// Bytes of keys that may be in the map.
    #[inline]
    pub(super) fn live(&self) -> usize {
        self.live
    }

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        // SAFETY: the first `len` bytes of the block are initialised.
        unsafe { slice::from_raw_parts(self.block.as_ptr(), self.len) }
    }

    /// All that was pushed, as one key.
    #[inline(always)]
    pub(crate) fn text(&self) -> &K {
        // SAFETY: the bytes are those of keys, one after another.
        unsafe { K::from_bytes(self.bytes()) }
    }

    /// Whether the bytes from `position` on are those of `key`.
    #[inline(always)]
    pub(super) fn holds(&self, position: usize, key: &K) -> bool {
        let key = key.as_ref();
        // One comparison with what is known beforehand, where slicing takes two.
        self.len.checked_sub(key.len()).is_some_and(|last| {
            // SAFETY: up to `last`, so many bytes are among the first `len`, which are initialised.
            position <= last
                && unsafe { self.bytes().get_unchecked(position..position + key.len()) } == key
        })
    }

    /// Makes room for `additional` more bytes.
    #[inline]
    #[track_caller]
    pub(super) fn reserve(
        &mut self,
        additional: usize,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        if additional > self.capacity - self.len {
            self.grow(additional, fallibility)
        } else {
            Ok(())
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn grow(&mut self, additional: usize, fallibility: Fallibility) -> Result<(), TryReserveError> {
        let least = self.len.checked_add(additional);
        let capacity = least.map(|least| {
            // Garbage gets no room, but the block grows by half at least, lest each key move all.
            let half_more = self.capacity.saturating_add(self.capacity / 2);
            least.max(self.live.saturating_mul(2)).max(half_more).max(FIRST)
        });
        let Some(layout) = capacity.and_then(Self::layout) else {
            return Err(fallibility.capacity_overflow());
        };
        // Not `Allocator::grow`: when that unwinds, nobody knows whether the old block is still there.
        let block = self.alloc.allocate(layout).map_err(|_| fallibility.alloc_error(layout))?;
        let block: NonNull<u8> = block.cast();
        // SAFETY: both blocks have the first `len` bytes, and the new one is nobody else's yet.
        unsafe { block.as_ptr().copy_from_nonoverlapping(self.block.as_ptr(), self.len) };
        // The old block goes last, so that an unwinding allocator finds everything in order.
        drop(Arena {
            block: mem::replace(&mut self.block, block),
            capacity: mem::replace(&mut self.capacity, layout.size()),
            alloc: &self.alloc,
            len: 0,
            live: 0,
            marker: self.marker,
        });
        Ok(())
    }

    /// The block of so many bytes, if that is possible.
    #[inline]
    fn layout(capacity: usize) -> Option<Layout> {
        let fits = capacity as u64 <= POSITIONS;
        if fits { Layout::array::<u8>(capacity).ok() } else { None }
    }

    /// Appends a key and returns its position.
    #[inline]
    #[track_caller]
    pub(super) fn push(
        &mut self,
        key: &K,
        fallibility: Fallibility,
    ) -> Result<usize, TryReserveError> {
        let bytes = key.as_ref();
        self.reserve(bytes.len(), fallibility)?;
        let position = self.len;
        // SAFETY: there is room for the bytes behind the first `len`; nothing that is borrowed
        // overlaps with the block, which is borrowed mutably.
        unsafe {
            self.block.as_ptr().add(position).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        self.len += bytes.len();
        self.live += bytes.len();
        Ok(position)
    }

    /// Notes that keys of so many bytes have gone.
    #[inline]
    pub(super) fn release(&mut self, bytes: usize) {
        self.live = self.live.saturating_sub(bytes);
        if self.live == 0 {
            self.len = 0;
        }
    }

    /// Sets what is in the map of the keys that are here to what has been counted.
    #[inline]
    pub(super) fn recount(&mut self, live: usize) {
        self.live = live.min(self.len);
        self.release(0);
    }

    /// Notes that all keys are going. Their bytes stay until the next [`clear`](Self::clear).
    #[inline]
    pub(super) fn release_all(&mut self) {
        self.live = 0;
    }

    /// Forgets all keys and keeps the block.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.len = 0;
        self.live = 0;
    }

    /// Moves to a new block with room for `capacity` bytes, or to none if that is 0. `keep` is given
    /// the old content and pushes the keys that stay. If there is no block to be had nothing happens,
    /// and `keep` is not called.
    pub(super) fn renew(&mut self, capacity: usize, keep: impl FnOnce(&K, &mut Arena<K, &A>)) {
        let mut new = Arena::new_in(&self.alloc);
        if new.reserve(capacity, Fallibility::Fallible).is_ok() {
            keep(self.text(), &mut new);
            mem::swap(&mut self.block, &mut new.block);
            mem::swap(&mut self.capacity, &mut new.capacity);
            mem::swap(&mut self.len, &mut new.len);
            mem::swap(&mut self.live, &mut new.live);
        }
    }

    /// Moves the keys of these cells, which are all that are in the map, down to where the block
    /// begins, in the order in which they lie. If there is no memory for a list of them nothing happens.
    pub(super) fn slide<'c>(&mut self, count: usize, cells: impl Iterator<Item = &'c mut Cell<K>>)
    where
        K: 'c,
    {
        let Self { block, len, live, alloc, .. } = self;
        let Some(mut list) = List::with_capacity(count, alloc) else { return };
        cells.for_each(|cell| list.push(cell));
        let cells = list.as_mut_slice();
        cells.sort_unstable_by_key(|cell| cell.position());
        let ends = cells.iter().try_fold(0, |end, cell| {
            (end <= cell.position()).then_some(cell.position() + cell.arena_bytes())
        });
        assert!(ends.is_some_and(|end| end <= *len), "keys lie in the arena one after another");
        let mut end = 0;
        for cell in cells {
            let bytes = cell.arena_bytes();
            // SAFETY: the key lies among the first `len` bytes, and the keys before it, which have been
            // moved to the front, take no more than `cell.position()` bytes.
            unsafe {
                block.as_ptr().add(cell.position()).copy_to(block.as_ptr().add(end), bytes);
            }
            **cell = Cell::long(bytes, cell.hash(), end);
            end += bytes;
        }
        *len = end;
        *live = end;
    }

    /// Makes this arena a copy of another, at the same positions. Keeps its block if that is large
    /// enough. Without memory for them it has no keys.
    pub(super) fn copy_from(
        &mut self,
        source: &Self,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        self.clear();
        self.push(source.text(), fallibility)?;
        self.live = source.live;
        Ok(())
    }
}

impl<K: ?Sized, A: Allocator> Drop for Arena<K, A> {
    #[inline]
    fn drop(&mut self) {
        if self.capacity != 0 {
            // SAFETY: the block was allocated for so many bytes and is not used any more.
            drop(unsafe { Memory::again(self.block, self.capacity, &self.alloc) });
        }
    }
}

/// References, as many as were announced, in memory from an arena's allocator.
struct List<'a, T, A: Allocator> {
    /// Room for `capacity` references, of which the first `len` are initialised.
    memory: Memory<'a, A>,
    capacity: usize,
    len: usize,
    marker: PhantomData<&'a mut T>,
}

impl<'a, T, A: Allocator> List<'a, T, A> {
    /// A list without references; `None` if there is no memory.
    fn with_capacity(capacity: usize, alloc: &'a A) -> Option<Self> {
        let capacity = capacity.max(1);
        let memory = Memory::of::<&mut T>(capacity, alloc, Fallibility::Fallible).ok()?;
        Some(List { memory, capacity, len: 0, marker: PhantomData })
    }

    fn push(&mut self, item: &'a mut T) {
        assert!(self.len < self.capacity, "more references than were announced");
        // SAFETY: there is room behind the first `len`.
        unsafe { self.memory.start::<&mut T>().as_ptr().add(self.len).write(item) };
        self.len += 1;
    }

    fn as_mut_slice(&mut self) -> &mut [&'a mut T] {
        // SAFETY: the first `len` references are initialised, and borrowed with the list.
        unsafe { slice::from_raw_parts_mut(self.memory.start().as_ptr(), self.len) }
    }
}
