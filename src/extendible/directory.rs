//! The directory: which table the entries with a hash prefix are in.
//!
//! ```text
//!   prefix     000      001      010      011      100      101      110      111      depth 3
//!            [ c | h ][ c | h ][ c | h ][ c | h ][ c | h ][ c | h ][ c | h ][ c | h ]
//!              |   \    /   |    |   |    |   |      \__\___/__/___/__/___/
//!              |    \  /    |    ⋮        ⋮                   |
//!              v     vv     v                                 v
//!           control  head                              one head, depth 1
//!            bytes   depth 2
//! ```
//!
//! A record stands for a prefix of `depth` bits. It has the address of a *head*, a table together with the number of
//! prefix bits that its entries share, and a copy of the address of the table's control bytes, which saves a lookup
//! one of three dependent loads. A table that shares fewer bits has 2, 4, 8… records side by side. In memory the
//! copies of all records come first, and the addresses of the heads follow. A copy is valid as long as the table
//! keeps its block: code that gives a table another one restores it with a guard.
//!
//! [`Directory`] owns the heads and the records. It knows neither hashes nor what is in a table.

use core::marker::PhantomData;
use core::mem;
use core::ops::Range;
use core::panic::UnwindSafe;
use core::ptr::NonNull;

use crate::allocator::{Allocator, Memory};
use crate::error::{Fallibility, TryReserveError};
use crate::group::{Group, Native};
use crate::raw::RawTable;

pub(super) type Table<T, A> = RawTable<T, Native, A>;

/// A table and the number of prefix bits that its entries share.
pub(super) struct Head<T, A: Allocator> {
    pub(super) table: Table<T, A>,
    pub(super) depth: u32,
}

/// What a prefix leads to.
pub(super) struct Record<T, A: Allocator> {
    /// Where the table's control bytes begin.
    pub(super) ctrl: NonNull<u8>,
    pub(super) head: NonNull<Head<T, A>>,
}

copy! { [T, A: Allocator] Record<T, A>; }

impl<T, A: Allocator> Record<T, A> {
    /// A record of a head.
    ///
    /// # Safety
    /// The head is there and nobody writes to it now.
    #[inline]
    pub(super) unsafe fn of(head: NonNull<Head<T, A>>) -> Self {
        // SAFETY: the caller's contract.
        Record { ctrl: unsafe { head.as_ref() }.table.ctrl(), head }
    }
}

/// See the module's introduction. Without records until the first split.
pub(super) struct Directory<T, A: Allocator> {
    /// The addresses of control bytes, of all records: lookups need no more, and so keep half as much
    /// memory in the cache.
    ctrls: NonNull<NonNull<u8>>,
    /// Those of heads, in the same block behind them.
    heads: NonNull<NonNull<Head<T, A>>>,
    /// How far a word is shifted for its top bits to be the number of a record.
    shift: u32,
    /// The same, if there are no detours; else 0.
    shortcut: u32,
    /// Number of tables that have grown beyond the bound, and one for a split that is going on.
    detours: usize,
    /// Number of records that have been written: all, except while a copy is made.
    written: usize,
    marker: PhantomData<Head<T, A>>,
}

/// It owns what its pointers lead to.
impl<T: UnwindSafe, A: Allocator + UnwindSafe> UnwindSafe for Directory<T, A> {}

impl<T, A: Allocator> Directory<T, A> {
    #[inline]
    pub(super) const fn new() -> Self {
        Directory {
            ctrls: NonNull::dangling(),
            heads: NonNull::dangling(),
            shift: u32::BITS,
            shortcut: 0,
            detours: 0,
            written: 0,
            marker: PhantomData,
        }
    }

    /// Memory for the records of prefixes of so many bits, at least one.
    pub(super) fn memory(
        depth: u32,
        alloc: &A,
        fallibility: Fallibility,
    ) -> Result<Memory<'_, A>, TryReserveError> {
        Memory::of::<Record<T, A>>(1 << depth, alloc, fallibility)
    }

    /// A directory in such memory, without records, for tables with so many detours.
    #[inline]
    pub(super) fn empty(memory: Memory<'_, A>, depth: u32, detours: usize) -> Self {
        let ctrls = memory.keep();
        // SAFETY: the memory is for so many records.
        let heads = unsafe { ctrls.add(1 << depth) }.cast();
        let mut directory = Directory { ctrls, heads, shift: u32::BITS - depth, ..Self::new() };
        directory.set_detours(detours);
        directory
    }

    /// Number of tables that have grown beyond the bound, and one for a split that is going on: as long as
    /// there are any, an entry is not found with the control bytes of its record alone.
    #[inline]
    pub(super) fn detours(&self) -> usize {
        self.detours
    }

    pub(super) fn set_detours(&mut self, detours: usize) {
        self.detours = detours;
        self.shortcut = if detours == 0 { self.shift % u32::BITS } else { 0 };
    }

    /// Whether there are no records.
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.shift == u32::BITS
    }

    /// Prefix bits of a record; 0 if there are none.
    #[inline]
    pub(super) fn depth(&self) -> u32 {
        u32::BITS - self.shift
    }

    /// The number of the record for a word, whose top bits are a prefix. There must be records.
    #[inline(always)]
    pub(super) fn position(&self, word: u32) -> usize {
        (word >> self.shift) as usize
    }

    /// How far to shift for the record, if there are no detours; else 0.
    #[inline(always)]
    pub(super) fn shortcut(&self) -> u32 {
        self.shortcut
    }

    /// Number of records.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.written
    }

    /// Bytes allocated for records and heads.
    pub(super) fn allocation_size(&self, tables: usize) -> usize {
        let heads = if self.is_empty() { 0 } else { tables };
        self.written * size_of::<Record<T, A>>() + heads * size_of::<Head<T, A>>()
    }

    /// A record.
    ///
    /// # Safety
    /// There are more than `at`.
    #[inline(always)]
    pub(super) unsafe fn record(&self, at: usize) -> Record<T, A> {
        debug_assert!(at < self.written);
        // SAFETY: the caller's contract.
        unsafe { Record { ctrl: self.ctrls.add(at).read(), head: self.heads.add(at).read() } }
    }

    /// Appends the records of one more head.
    ///
    /// # Safety
    /// The head is the directory's from now on, and there is room for the records of its depth.
    pub(super) unsafe fn append(&mut self, head: NonNull<Head<T, A>>) {
        // SAFETY: the caller's contract.
        unsafe {
            let span = 1usize << (self.depth() - head.as_ref().depth);
            let end = self.written + span;
            self.set(self.written..end, Record::of(head));
            self.written = end;
        }
    }

    /// Overwrites records.
    ///
    /// # Safety
    /// There is room for so many. The head is the directory's, and no head is left without records.
    pub(super) unsafe fn set(&mut self, range: Range<usize>, record: Record<T, A>) {
        for at in range {
            // SAFETY: the caller's contract.
            unsafe {
                self.ctrls.add(at).write(record.ctrl);
                self.heads.add(at).write(record.head);
            }
        }
    }

    /// Takes the place of a directory of another depth: its records, each several times, or some of them. Returns
    /// what that was, which has no records any more. (Heads are not looked at: that would be cache misses.)
    ///
    /// # Safety
    /// This directory has no records, and memory for those of its depth, which is not 0. `other` has records, and
    /// no head that is deeper than this directory.
    pub(super) unsafe fn replace(mut self, other: &mut Self) -> Self {
        let (from, to) = (other.depth(), self.depth());
        for at in 0..1 << to {
            // SAFETY: the memory is for so many records, and the first `from` bits of a prefix number a record of
            // `other`.
            unsafe { self.set(at..at + 1, other.record(((at as u64) << from >> to) as usize)) };
        }
        self.written = 1 << to;
        mem::swap(&mut self, other);
        self.written = 0;
        self
    }

    /// Gives the memory of the records back, and leaves the heads alone.
    pub(super) fn free_records(self, alloc: &A) {
        if !self.is_empty() {
            // SAFETY: they lie in memory for so many (`empty`), and go with `self`.
            drop(unsafe {
                Memory::again(self.ctrls.cast::<Record<T, A>>(), 1 << self.depth(), alloc)
            });
        }
    }

    /// The heads, in the order of their prefixes; borrows nothing.
    #[inline]
    pub(super) fn heads(&self) -> Heads<T, A> {
        Heads { ctrls: self.ctrls, heads: self.heads, left: self.written, depth: self.depth() }
    }

    /// Those of a range of records.
    ///
    /// # Safety
    /// It is made of the ranges of heads.
    pub(super) unsafe fn heads_in(&self, start: usize, left: usize) -> Heads<T, A> {
        // SAFETY: the caller's contract.
        let (ctrls, heads) = unsafe { (self.ctrls.add(start), self.heads.add(start)) };
        Heads { ctrls, heads, left, depth: self.depth() }
    }
}

/// How far ahead a walk asks for memory, in bytes: of slots, and of the next table's control bytes and first
/// slots. (Sums over 3 and 6 million entries, `extendible`: 1.4 -> 1.15 of `HashMap`'s time.)
pub(super) const AHEAD: usize = 2048;

/// The heads of a directory, each once; see [`Directory::heads`].
///
/// Like [`RawIter`](crate::raw::RawIter) it borrows nothing: whoever uses it answers for the
/// directory's being there, unchanged from where the iterator is to its end.
pub(super) struct Heads<T, A: Allocator> {
    ctrls: NonNull<NonNull<u8>>,
    heads: NonNull<NonNull<Head<T, A>>>,
    /// Number of records from there on.
    left: usize,
    depth: u32,
}

/// Whoever uses it says how the entries are borrowed.
impl<T, A: Allocator> UnwindSafe for Heads<T, A> {}

clone! { [T, A: Allocator] Heads<T, A>; }

impl<T, A: Allocator> Default for Heads<T, A> {
    #[inline]
    fn default() -> Self {
        Directory::new().heads()
    }
}

impl<T, A: Allocator> Iterator for Heads<T, A> {
    type Item = NonNull<Head<T, A>>;

    #[inline]
    fn next(&mut self) -> Option<NonNull<Head<T, A>>> {
        if self.left == 0 {
            return None;
        }
        // SAFETY: records are to come, as many as the head's depth says (see the type's introduction).
        unsafe {
            let head = self.heads.read();
            let span = 1 << (self.depth - head.as_ref().depth);
            self.heads = self.heads.add(span);
            self.ctrls = self.ctrls.add(span);
            self.left -= span;
            Some(head)
        }
    }
}

impl<T, A: Allocator> Heads<T, A> {
    /// Asks for what a walk over the next table begins with.
    #[inline]
    pub(super) fn prefetch(&self) {
        if self.left != 0 {
            // SAFETY: there is one more record (see the type's introduction).
            let (head, ctrl) = unsafe { (self.heads.read(), self.ctrls.read().as_ptr()) };
            Native::prefetch(head.as_ptr().cast());
            for offset in (0..AHEAD).step_by(64) {
                Native::prefetch(ctrl.wrapping_add(offset));
                Native::prefetch(ctrl.wrapping_sub(offset + 64));
            }
        }
    }
}

impl<T, A: Allocator> Head<T, A> {
    /// Memory for a head.
    pub(super) fn memory(
        alloc: &A,
        fallibility: Fallibility,
    ) -> Result<Memory<'_, A>, TryReserveError> {
        Memory::of::<Self>(1, alloc, fallibility)
    }

    /// A head in such memory. Runs no user code.
    #[inline]
    pub(super) fn create(memory: Memory<'_, A>, table: Table<T, A>, depth: u32) -> NonNull<Self> {
        let head = memory.keep::<Self>();
        // SAFETY: the memory is for a head, and nobody else's.
        unsafe { head.write(Head { table, depth }) };
        head
    }

    /// Moves the table out. The memory is what is left.
    ///
    /// # Safety
    /// The head is in memory from this allocator, and nobody uses it any more.
    pub(super) unsafe fn take(head: NonNull<Self>, alloc: &A) -> (Table<T, A>, Memory<'_, A>) {
        // SAFETY: the caller's contract; the table is moved out once.
        unsafe { (head.read().table, Memory::again(head, 1, alloc)) }
    }
}
