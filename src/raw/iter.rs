//! Walking over entries: by pointer, by draining, by value.

use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem::{self, ManuallyDrop};
use core::ptr::NonNull;

use super::control::Control;
use super::full::{FullSlots, Lanes};
use super::layout::Block;
use super::untyped::{DropLanes, Untyped, drop_of};
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::capacity::Size;
use crate::ctrl::{self, Tag};
use crate::group::Group;
use crate::mask::{BitMask, LaneMask};
use crate::probe::ProbeSeq;

/// Slots that are found from control bytes alone.
///
/// # Safety
/// The slots returned are full slots of the table whose control bytes begin at [`ctrl`](Self::ctrl), each once.
pub(crate) unsafe trait Slots: Iterator<Item = usize> + Clone + Default {
    /// Where the control bytes begin.
    fn ctrl(&self) -> NonNull<u8>;
}

/// Pointers to the entries in some slots of a table.
///
/// It borrows nothing: whoever makes one answers for the table's outliving it, unchanged but for
/// entries that it has already returned.
pub(crate) struct Entries<T, S> {
    pub(super) slots: S,
    /// Pointers to `T`, none owned: `UnwindSafe` and `Unpin` whatever `T` is.
    marker: PhantomData<fn() -> T>,
}

/// Pointers to the entries of a table, in slot order.
pub(crate) type RawIter<T, G> = Entries<T, FullSlots<G>>;
/// Pointers to the entries that a search for a hash would offer; see [`HashSlots`].
pub(crate) type RawIterHash<T, G> = Entries<T, HashSlots<G>>;

impl<T, S: Slots> Entries<T, S> {
    #[inline(always)]
    fn of(slots: S) -> Self {
        Entries { slots, marker: PhantomData }
    }
}

clone! { [T, S: Slots] Entries<T, S>: slots; }

default! { [T, S: Slots] Entries<T, S>: slots marker; }

// SAFETY: who made it vouches for the control bytes (I2) on any thread, and pointers by themselves do
// nothing. The bounds are for the types around this one, which pass them on: most give out mutable
// references or entries (`Send` to be sent), through `&self` shared references (`Sync` to be shared).
// Those that give out shared references only say themselves when they can be sent.
unsafe impl<T: Send, S: Send> Send for Entries<T, S> {}
// SAFETY: as above.
unsafe impl<T: Sync, S: Sync> Sync for Entries<T, S> {}

impl<T, S: Slots> Iterator for Entries<T, S> {
    type Item = NonNull<T>;

    #[inline(always)]
    fn next(&mut self) -> Option<NonNull<T>> {
        let ctrl = self.slots.ctrl();
        // SAFETY: a full slot exists (I3).
        map!(self.slots.next(), |slot| unsafe { layout::slot(ctrl, slot) })
    }

    #[inline(always)]
    fn nth(&mut self, n: usize) -> Option<NonNull<T>> {
        let ctrl = self.slots.ctrl();
        // SAFETY: as above.
        map!(self.slots.nth(n), |slot| unsafe { layout::slot(ctrl, slot) })
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }

    #[inline(always)]
    fn fold<B, F: FnMut(B, NonNull<T>) -> B>(self, init: B, mut f: F) -> B {
        let ctrl = self.slots.ctrl();
        // SAFETY: a full slot exists (I3).
        self.slots.fold(init, |acc, slot| f(acc, unsafe { layout::slot(ctrl, slot) }))
    }

    #[inline(always)]
    fn any<F: FnMut(NonNull<T>) -> bool>(&mut self, mut f: F) -> bool {
        let ctrl = self.slots.ctrl();
        // SAFETY: a full slot exists (I3).
        self.slots.any(|slot| f(unsafe { layout::slot(ctrl, slot) }))
    }

    #[inline(always)]
    fn count(self) -> usize {
        self.slots.count()
    }
}

impl<T, G: Group> ExactSizeIterator for RawIter<T, G> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.slots.len()
    }
}

// SAFETY: who made it vouches for the table (`Control::full_slots`); a full lane is a full slot (I3), and no pair comes
// twice.
unsafe impl<G: Group> Slots for FullSlots<G> {
    #[inline(always)]
    fn ctrl(&self) -> NonNull<u8> {
        self.control().ctrl()
    }
}

/// The slots that a search for a hash would offer, each once: those of the walk whose entries have
/// the hash's tag.
///
/// The probe loop as an iterator, for callers that want every match and the table back in between.
/// Like [`RawIter`] it borrows nothing. Its methods read control bytes and are safe to call, because
/// [`before_first_window`](Self::before_first_window), through which all but the default one are made,
/// has their contract.
#[derive(Clone)]
pub(crate) struct HashSlots<G: Group> {
    control: Control<G>,
    /// Not its tag: what has a size of its own is put together in memory where the iterator is moved.
    hash: u64,
    seq: ProbeSeq,
    /// The lanes of the current window that are still to come.
    lanes: G::Mask,
}

// SAFETY: it reads control bytes only, and who made it vouches for those (I2) on any thread.
unsafe impl<G: Group> Send for HashSlots<G> {}
// SAFETY: as above.
unsafe impl<G: Group> Sync for HashSlots<G> {}

impl<G: Group> HashSlots<G> {
    /// # Safety
    /// As for [`before_first_window`](Self::before_first_window).
    #[inline]
    unsafe fn new(control: Control<G>, hash: u64) -> Self {
        // SAFETY: the caller's contract.
        let mut slots = unsafe { Self::before_first_window(control, hash) };
        slots.match_window();
        slots
    }

    /// A walk that has not looked at the table yet.
    ///
    /// # Safety
    /// As long as the walk and its clones are used, the table's block is there, and whatever window they
    /// come to ([`match_window`](Self::match_window), or [`next`](Self::next)) nobody writes to its
    /// control bytes and its position's overflow word (the whole 64 bits that are read of them) meanwhile, and to the
    /// word of the wear.
    #[inline(always)]
    pub(super) unsafe fn before_first_window(control: Control<G>, hash: u64) -> Self {
        let seq = ProbeSeq::new(hash, control.mask());
        HashSlots { control, hash, seq, lanes: G::Mask::NONE }
    }

    /// The position of the current window.
    #[inline(always)]
    pub(super) fn current(&self) -> usize {
        self.seq.position()
    }

    /// The first slot of the current window.
    #[inline(always)]
    pub(super) fn window(&self) -> usize {
        Control::<G>::SHAPE.window(self.current())
    }

    /// Begins with the lanes of the current window.
    #[inline(always)]
    pub(super) fn match_window(&mut self) {
        // SAFETY: the window of a position (I2); the block is there, as who made the walk promised.
        self.lanes = unsafe { self.control.group(self.window()) }.match_tag(Tag::of(self.hash));
    }

    /// The next slot of the current window that has the hash's tag.
    #[inline(always)]
    pub(super) fn next_in_window(&mut self) -> Option<usize> {
        let window = self.window();
        let (home, shape) = (ctrl::home(self.hash, self.control.mask()), Control::<G>::SHAPE);
        // Not by `find`, which is a call, nor by `for`, which is two where nothing is optimised. Mutable references
        // are made from these, so none may come twice.
        while let Some(lane) = self.lanes.lowest() {
            self.lanes = self.lanes.without_lowest();
            if self.seq.is_first_visit(window + lane, home, shape) {
                return Some(window + lane);
            }
        }
        None
    }

    /// Goes on to the next window without looking at it; `false` when there is none.
    #[inline(always)]
    pub(super) fn advance(&mut self) -> bool {
        // SAFETY: there are several windows, with words (I2); as was promised, the block is there and nobody writes.
        self.control.has_several_windows()
            && unsafe { self.control.advance(self.hash, &mut self.seq) }
    }
}

impl<G: Group> Default for HashSlots<G> {
    /// The iterator over nothing.
    #[inline]
    fn default() -> Self {
        // SAFETY: the control bytes of a table without slots are a constant.
        unsafe { HashSlots::new(Control::unallocated(), 0) }
    }
}

impl<G: Group> Iterator for HashSlots<G> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        loop {
            if let Some(slot) = self.next_in_window() {
                return Some(slot);
            }
            // SAFETY: a position of the walk is at most `mask`; the block is there, as was promised.
            let ended = !unsafe { self.control.overflowed(self.current()) };
            if ended || !self.advance() {
                // For good: a walk that were continued past its end would begin again some time.
                *self = Self::default();
                return None;
            }
            self.match_window();
        }
    }
}

// SAFETY: who made it vouches for the table, and that its shift stays (`before_first_window`); a tag is that of a full
// slot (I3), and a slot that several windows of a walk cover comes with the first of them (`is_first_visit`).
unsafe impl<G: Group> Slots for HashSlots<G> {
    #[inline(always)]
    fn ctrl(&self) -> NonNull<u8> {
        self.control.ctrl()
    }
}

/// Drops the entries in the given lanes of a run that ends at `end`, also if one drop panics.
///
/// # Safety
/// As for [`drop_remaining`].
#[inline(always)]
unsafe fn drop_run(end: NonNull<u8>, lanes: Lanes, drop: unsafe fn(NonNull<u8>, &mut Lanes)) {
    /// The lanes that are left: one is taken out before its entry is dropped.
    struct Rest(NonNull<u8>, Lanes, unsafe fn(NonNull<u8>, &mut Lanes));
    impl Drop for Rest {
        #[inline(always)]
        fn drop(&mut self) {
            // SAFETY: the contract of `drop_run` passes to its guard.
            unsafe { (self.2)(self.0, &mut self.1) }
        }
    }
    let mut rest = Rest(end, lanes, drop);
    // SAFETY: the caller's contract.
    unsafe { drop(end, &mut rest.1) };
    mem::forget(rest);
}

/// Drops the entries in all slots that are still to come, given as runs (the first slot, and lanes from
/// there on), of a table whose control bytes begin at `ctrl`. If one drop panics the others still happen,
/// as they do in std's collections.
///
/// # Safety
/// The slots are full; layout and drop are those of their entries, which the caller owns and forgets.
#[inline(never)]
pub(super) unsafe fn drop_remaining(
    runs: impl Iterator<Item = (usize, Lanes)>,
    ctrl: NonNull<u8>,
    slot: Layout,
    drop: DropLanes,
) {
    /// Drops what is in the runs to come.
    struct Runs<I: Iterator<Item = (usize, Lanes)>> {
        runs: I,
        ctrl: NonNull<u8>,
        size: usize,
        drop: unsafe fn(NonNull<u8>, &mut Lanes),
    }
    impl<I: Iterator<Item = (usize, Lanes)>> Runs<I> {
        /// # Safety
        /// As for [`drop_remaining`].
        #[inline(always)]
        unsafe fn drop_all(&mut self) {
            for (base, lanes) in self.runs.by_ref() {
                // SAFETY: slots grow downwards from `ctrl`, and there are at least `base` of them. Entries
                // in full slots are initialised (I3), and come once.
                unsafe { drop_run(self.ctrl.sub(base * self.size), lanes, self.drop) };
            }
        }
    }
    impl<I: Iterator<Item = (usize, Lanes)>> Drop for Runs<I> {
        #[inline(always)]
        fn drop(&mut self) {
            // SAFETY: as above.
            unsafe { self.drop_all() }
        }
    }
    let Some(drop) = drop else { return };
    let mut runs = Runs { runs, ctrl, size: slot.size(), drop };
    // SAFETY: the caller's contract.
    unsafe { runs.drop_all() };
    mem::forget(runs);
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// An iterator over the entries that borrows nothing.
    ///
    /// # Safety
    /// Until the iterator is used for the last time, the table is there and does not change, except that entries it
    /// has returned may be removed.
    #[inline(always)]
    pub(crate) unsafe fn raw_iter(&self) -> RawIter<T, G> {
        // SAFETY: the caller's contract.
        Entries::of(unsafe { self.full_slots() })
    }

    /// The full slots, in order; borrows nothing.
    ///
    /// # Safety
    /// As for [`raw_iter`](Self::raw_iter).
    #[inline(always)]
    pub(crate) unsafe fn full_slots(&self) -> FullSlots<G> {
        // SAFETY: `items` is the number of full slots (I4); the rest is the caller's contract.
        unsafe { self.control.full_slots(self.items) }
    }

    /// The slots that a search for `hash` would offer; borrows nothing.
    ///
    /// # Safety
    /// Until the iterator is used for the last time, the table is there and does not change.
    #[inline]
    pub(crate) unsafe fn hash_slots(&self, hash: u64) -> HashSlots<G> {
        // SAFETY: the caller's contract.
        unsafe { HashSlots::new(self.control, hash) }
    }

    /// Pointers to the entries that a search for `hash` would offer; borrows nothing.
    ///
    /// # Safety
    /// As for [`hash_slots`](Self::hash_slots).
    #[inline]
    pub(crate) unsafe fn raw_iter_hash(&self, hash: u64) -> RawIterHash<T, G> {
        // SAFETY: the caller's contract.
        Entries::of(unsafe { self.hash_slots(hash) })
    }

    /// Takes all entries out, keeping the block. If the drain is leaked, so are block and entries,
    /// and the table is left without slots.
    #[inline]
    pub(crate) fn drain(&mut self) -> RawDrain<'_, T, G, A> {
        // SAFETY: the drain keeps the block, unchanged, until its iterator has ended.
        let entries = unsafe { self.raw_iter() };
        let (control, size) = (self.control, self.size());
        self.control = Control::unallocated();
        self.items = 0;
        self.capacity = 0;
        RawDrain { entries, control, size, table: NonNull::from(self), marker: PhantomData }
    }

    /// The entries by value.
    #[inline]
    pub(crate) fn into_iter(self) -> RawIntoIter<T, G, A> {
        // SAFETY: the iterator by value keeps the block, unchanged.
        let entries = unsafe { self.raw_iter() };
        let table = ManuallyDrop::new(self);
        // SAFETY: the table is not dropped and not used again, so its allocator moves out.
        let alloc = unsafe { (&raw const table.alloc).read() };
        RawIntoIter { entries, capacity: table.capacity(), alloc: Some(alloc), marker: PhantomData }
    }
}

impl<G: Group> Control<G> {
    /// Drops all entries. O(slots), O(1) if there is nothing to do.
    ///
    /// # Safety
    /// There are so many. Layout and drop are those of the entries, which the caller forgets, also if a drop
    /// panics.
    #[inline]
    pub(super) unsafe fn drop_entries(self, items: usize, slot: Layout, drop: DropLanes) {
        let Some(run) = drop else { return };
        // SAFETY: the caller's contract; the table does not change meanwhile. Every table has a home 0,
        // whose window is initialised (I2); with one window it has all full slots.
        unsafe {
            if self.has_several_windows() {
                drop_remaining(self.full_slots(items).runs(), self.ctrl(), slot, drop);
            } else {
                drop_run(self.ctrl(), BitMask(self.group(0).full_bits()), run);
            }
        }
    }
}

/// Frees the block of a table.
///
/// It is given numbers, not the table, as is [`drop_table`]. A table that is moved into std's `drop` would be
/// copied for a reference to it, and the CPU would wait for the copy.
///
/// # Safety
/// The control bytes, capacity, allocator and layout are those of a table, which nobody uses again.
#[inline(never)]
pub(super) unsafe fn free_table<G: Group, A: Allocator>(
    control: Control<G>,
    capacity: usize,
    alloc: &A,
    slot: Layout,
) {
    // SAFETY: the block was allocated with this allocator, layout and size.
    unsafe { layout::free(alloc, slot, control, control.size(capacity)) }
}

/// Drops all entries of a table and frees its block, whether or not a drop panics.
///
/// # Safety
/// As for [`free_table`] and [`drop_entries`](Control::drop_entries).
#[inline(never)]
pub(super) unsafe fn drop_table<G: Group, A: Allocator>(
    control: Control<G>,
    items: usize,
    capacity: usize,
    alloc: &A,
    slot: Layout,
    drop: DropLanes,
) {
    // SAFETY: the caller's contract.
    unsafe {
        let _block = Block::adopt(alloc, slot, control, control.size(capacity));
        control.drop_entries(items, slot, drop);
    }
}

/// The entries taken out of a table that keeps its block; see [`RawTable::drain`].
pub(crate) struct RawDrain<'a, T, G: Group, A: Allocator> {
    pub(super) entries: RawIter<T, G>,
    /// The block, which the table gets back at the end.
    pub(super) control: Control<G>,
    size: Size,
    table: NonNull<RawTable<T, G, A>>,
    marker: PhantomData<&'a RawTable<T, G, A>>,
}

// SAFETY: a drain is a table's mutable borrow and owns the entries that are still to come.
unsafe impl<T: Send, G: Group, A: Allocator + Send> Send for RawDrain<'_, T, G, A> {}
// SAFETY: through a shared reference, a drain gives out shared references only.
unsafe impl<T: Sync, G: Group, A: Allocator + Sync> Sync for RawDrain<'_, T, G, A> {}

impl<T, G: Group, A: Allocator> Drop for RawDrain<'_, T, G, A> {
    #[inline]
    fn drop(&mut self) {
        // Without slots there is no entry, and no block to give back.
        if self.size.slots == 0 {
            return;
        }
        let (control, size) = (self.control, self.size);
        let table = self.table.cast::<RawTable<Untyped, G, A>>();
        // SAFETY: layout and drop are those of the entries. The drain owns what it has not returned, and
        // borrows the table mutably, whose own block it has.
        unsafe {
            match drop_of::<T>() {
                Some(_) if self.entries.len() != 0 => {
                    // A copy: what a call is given by reference does not stay in registers before.
                    let slots = self.entries.slots.clone();
                    drop_and_give_back(slots, size, table, Layout::new::<T>(), drop_of::<T>());
                }
                _ => give_back(control, size.slots, table),
            }
        }
    }
}

/// Ends a drain none of whose entries has to be dropped: gives the block back.
///
/// # Safety
/// The block is the table's, has so many slots, and nobody else accesses it or the table.
#[inline(never)]
pub(super) unsafe fn give_back<G: Group, A: Allocator>(
    control: Control<G>,
    slots: usize,
    table: NonNull<RawTable<Untyped, G, A>>,
) {
    // SAFETY: the table is ours, all entries are gone or forgotten, and the block has this size. The fields are written
    // one by one, because this may happen on a thread to which a reference to the allocator must not go.
    unsafe {
        let control = control.spread(slots);
        control.forget(slots);
        let table = table.as_ptr();
        (*table).control = control;
        (*table).capacity = Size { homes: control.mask() + 1, slots }.capacity();
    }
}

/// Ends a drain that has entries left: drops them, and gives the block back.
///
/// # Safety
/// As for [`drop_remaining`]. The block is the table's, has this size, and nobody else accesses it or the table.
#[inline(never)]
unsafe fn drop_and_give_back<G: Group, A: Allocator>(
    entries: FullSlots<G>,
    size: Size,
    table: NonNull<RawTable<Untyped, G, A>>,
    slot: Layout,
    drop: DropLanes,
) {
    /// Does so also when an entry's drop panics.
    struct GiveBack<G: Group, A: Allocator>(Control<G>, usize, NonNull<RawTable<Untyped, G, A>>);
    impl<G: Group, A: Allocator> Drop for GiveBack<G, A> {
        fn drop(&mut self) {
            // SAFETY: the caller's contract; all entries are gone.
            unsafe { give_back(self.0, self.1, self.2) }
        }
    }
    let control = entries.control();
    let _guard = GiveBack(control, size.slots, table);
    // SAFETY: the caller's contract.
    unsafe { drop_remaining(entries.runs(), control.ctrl(), slot, drop) };
}

/// The entries of a table by value; see [`RawTable::into_iter`].
pub(crate) struct RawIntoIter<T, G: Group, A: Allocator> {
    pub(super) entries: RawIter<T, G>,
    /// That of the table.
    capacity: usize,
    /// What the block came from; `None` in the iterator over nothing, which has no block.
    alloc: Option<A>,
    marker: PhantomData<T>,
}

default! { [T, G: Group, A: Allocator] RawIntoIter<T, G, A>: entries capacity alloc marker; }

/// Implements what iterators that own the entries in their field `entries` have in common.
macro_rules! by_value {
    ($([$($generics:tt)*] $iter:ty;)*) => {$(
        impl<$($generics)*> $iter {
            /// The entries that are still to come.
            ///
            /// # Safety
            /// This iterator is neither advanced nor dropped while the result is used.
            #[inline]
            pub(crate) unsafe fn rest(&self) -> RawIter<T, G> {
                self.entries.clone()
            }
        }

        impl<$($generics)*> Iterator for $iter {
            type Item = T;

            #[inline(always)]
            fn next(&mut self) -> Option<T> {
                // SAFETY: the entry is initialised (I3) and returned once; the table forgot it, or is no more.
                map!(self.entries.next(), |entry| unsafe { entry.read() })
            }

            #[inline(always)]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.entries.size_hint()
            }

            #[inline(always)]
            fn count(self) -> usize {
                self.entries.len()
            }
        }
    )*};
}

by_value! {
    [T, G: Group, A: Allocator] RawDrain<'_, T, G, A>;
    [T, G: Group, A: Allocator] RawIntoIter<T, G, A>;
}

impl<T, G: Group, A: Allocator> Drop for RawIntoIter<T, G, A> {
    #[inline]
    fn drop(&mut self) {
        // Without capacity there is no entry and no block.
        if self.capacity == 0 {
            return;
        }
        // There is an allocator then.
        if let Some(alloc) = &self.alloc {
            // A copy: what a call is given by reference does not stay in registers before.
            let slots = self.entries.slots.clone();
            let layout = Layout::new::<T>();
            // SAFETY: layout and drop are those of the entries. It owns what it has not returned, and the
            // block, which was a table's of this capacity and allocator.
            unsafe {
                match drop_of::<T>() {
                    Some(_) if slots.len() != 0 => {
                        end_into_iter(slots, self.capacity, alloc, layout, drop_of::<T>());
                    }
                    _ => free_table(slots.control(), self.capacity, alloc, layout),
                }
            }
        }
    }
}

/// Drops the entries in all slots that are still to come, and frees the block, whether or not a drop panics.
///
/// # Safety
/// As for [`drop_remaining`]. The block was a table's of this capacity and allocator; nobody uses it again.
#[inline(never)]
unsafe fn end_into_iter<G: Group, A: Allocator>(
    slots: FullSlots<G>,
    capacity: usize,
    alloc: &A,
    slot: Layout,
    drop: DropLanes,
) {
    let control = slots.control();
    // SAFETY: the caller's contract.
    unsafe {
        let _block = Block::adopt(alloc, slot, control, control.size(capacity));
        drop_remaining(slots.runs(), control.ctrl(), slot, drop);
    }
}
