//! Walks that can be cut in two, for threads that share the work.
//!
//! A walk is a range of groups that has not begun. Cutting it halves the range and touches no memory; walking it
//! looks at control bytes a chunk at a time and at full slots only. How many entries a range holds nobody knows
//! until it has been walked. Its type decides what it gives out: references of one kind or another ([`Split`], by
//! a [`View`]) or the entries themselves ([`Pieces`]), which an owner that has not begun ([`Undivided`]) leaves to
//! it; and from that follows whether it may be sent to another thread. This module knows no threads.

use core::alloc::Layout;
use core::marker::PhantomData;
use core::ops::Range;
use core::ptr::NonNull;
use core::{iter, mem};

use super::control::Control;
use super::full::{CHUNK, Lanes};
use super::iter::drop_remaining;
use super::untyped::drop_of;
use super::{RawDrain, RawIntoIter, RawTable, layout};
use crate::allocator::Allocator;
use crate::group::Group;
use crate::mask::LaneMask;

/// A walk that can be cut in two.
pub(crate) trait Halve: Iterator + Sized {
    /// Keeps the first half and returns the second, unless there is too little left to share.
    fn halve(&mut self) -> Option<Self>;
}

/// The full slots of a range of groups, in order.
struct SlotRange<G: Group> {
    control: Control<G>,
    /// The first slot of the current chunk.
    base: usize,
    /// The full lanes of the current chunk that are still to come.
    lanes: Lanes,
    /// The slots of the groups behind the current chunk. Both ends are multiples of `WIDTH`.
    rest: Range<usize>,
}

// SAFETY: it reads control bytes only, and who made it vouches for those (I2) on any thread.
unsafe impl<G: Group> Send for SlotRange<G> {}
// SAFETY: as above.
unsafe impl<G: Group> Sync for SlotRange<G> {}

clone! { [G: Group] SlotRange<G>: rest; }

impl<G: Group> SlotRange<G> {
    /// All groups of a table.
    ///
    /// # Safety
    /// While the range is used, the table's block is there and its control bytes do not change.
    #[inline]
    unsafe fn of(control: Control<G>) -> Self {
        Self::not_begun(control, 0..Control::<G>::SHAPE.control_bytes(control.mask() + 1))
    }

    #[inline]
    fn not_begun(control: Control<G>, rest: Range<usize>) -> Self {
        SlotRange { control, base: 0, lanes: Lanes::NONE, rest }
    }

    #[inline]
    fn halve(&mut self) -> Option<Self> {
        let groups = self.rest.len() / G::WIDTH;
        if groups < 2 {
            return None;
        }
        let middle = self.rest.start + groups / 2 * G::WIDTH;
        let upper = Self::not_begun(self.control, middle..self.rest.end);
        self.rest.end = middle;
        Some(upper)
    }

    /// The lanes still to come of the current chunk, or else the full ones of the next that is not vacant,
    /// if there is one; with the chunk's first slot.
    #[inline(always)]
    fn next_run(&mut self) -> Option<(usize, Lanes)> {
        let lanes = mem::replace(&mut self.lanes, Lanes::NONE);
        if lanes.any() {
            return Some((self.base, lanes));
        }
        if self.rest.is_empty() {
            return None;
        }
        let Range { start, end } = self.rest;
        // SAFETY: groups of the table (I1, I2).
        let (base, lanes) = unsafe { self.control.chunk_before(start, end) };
        self.rest.start = base + CHUNK; // or beyond the end, if the chunk was short
        Some((base, lanes))
    }
}

impl<G: Group> Iterator for SlotRange<G> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        loop {
            if let Some(lane) = self.lanes.next() {
                return Some(self.base + lane);
            }
            (self.base, self.lanes) = self.next_run()?;
        }
    }
}

/// What is given out for an entry.
///
/// # Safety
/// An implementor is `Send` and `Sync` only if its items are: walks are sent and shared by this.
/// [`of`](Self::of) does with an entry what the item says and nothing else.
pub(crate) unsafe trait View {
    type Entry;
    type Item;

    /// # Safety
    /// The entry is initialised, and borrowed for the item's lifetime in the way that the item
    /// says.
    unsafe fn of(entry: NonNull<Self::Entry>) -> Self::Item;
}

/// Entries by shared reference.
#[derive(Clone)]
pub(crate) struct Shared<'a, T>(PhantomData<&'a T>);
/// Entries by mutable reference.
pub(crate) struct Unique<'a, T>(PhantomData<&'a mut T>);
/// Pairs, of which only the second part may be changed. Unlike [`Unique`] covariant in the first,
/// which need not be `Send` either.
pub(crate) struct KeyedMut<'a, K, V>(PhantomData<(&'a K, &'a mut V)>);

// SAFETY: it is a `PhantomData` of the item, which is made of the entry alone.
unsafe impl<'a, T> View for Shared<'a, T> {
    type Entry = T;
    type Item = &'a T;

    #[inline(always)]
    unsafe fn of(entry: NonNull<T>) -> &'a T {
        // SAFETY: the caller's contract.
        unsafe { entry.as_ref() }
    }
}

// SAFETY: it is a `PhantomData` of the item, which is made of the entry alone.
unsafe impl<'a, T> View for Unique<'a, T> {
    type Entry = T;
    type Item = &'a mut T;

    #[inline(always)]
    unsafe fn of(mut entry: NonNull<T>) -> &'a mut T {
        // SAFETY: the caller's contract.
        unsafe { entry.as_mut() }
    }
}

// SAFETY: it is a `PhantomData` of the item, which is made of the entry alone.
unsafe impl<'a, K, V> View for KeyedMut<'a, K, V> {
    type Entry = (K, V);
    type Item = (&'a K, &'a mut V);

    #[inline(always)]
    unsafe fn of(entry: NonNull<(K, V)>) -> Self::Item {
        let entry = entry.as_ptr();
        // SAFETY: the caller's contract, for each part by itself.
        unsafe { (&(*entry).0, &mut (*entry).1) }
    }
}

/// References to the entries of a table, or of a part of it.
pub(crate) struct Split<W, G: Group> {
    slots: SlotRange<G>,
    view: PhantomData<W>,
}

clone! { [T, G: Group] Split<Shared<'_, T>, G>: slots; }

impl<W, G: Group> Split<W, G> {
    /// The same entries, to be looked at while this walk waits.
    #[inline]
    pub(crate) fn shared<T>(&self) -> Split<Shared<'_, T>, G>
    where
        W: View<Entry = T>,
    {
        Split { slots: self.slots.clone(), view: PhantomData }
    }
}

impl<W: View, G: Group> Iterator for Split<W, G> {
    type Item = W::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<W::Item> {
        let ctrl = self.slots.control.ctrl();
        // SAFETY: the slot is full (I3) and comes once; its table is borrowed as the view says.
        self.slots.next().map(|slot| unsafe { W::of(layout::slot(ctrl, slot)) })
    }
}

impl<W: View, G: Group> Halve for Split<W, G> {
    #[inline]
    fn halve(&mut self) -> Option<Self> {
        self.slots.halve().map(|slots| Split { slots, view: PhantomData })
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// The entries, as a walk that can be cut.
    #[inline]
    pub(crate) fn split(&self) -> Split<Shared<'_, T>, G> {
        // SAFETY: the walk borrows the table.
        Split { slots: unsafe { SlotRange::of(self.control) }, view: PhantomData }
    }

    /// The entries, to be changed, as a walk that can be cut.
    #[inline]
    pub(crate) fn split_mut(&mut self) -> Split<Unique<'_, T>, G> {
        // SAFETY: the walk borrows the table.
        Split { slots: unsafe { SlotRange::of(self.control) }, view: PhantomData }
    }
}

impl<K, V, G: Group, A: Allocator> RawTable<(K, V), G, A> {
    /// Pairs with the second part to be changed, as a walk that can be cut.
    #[inline]
    pub(crate) fn split_keyed_mut(&mut self) -> Split<KeyedMut<'_, K, V>, G> {
        // SAFETY: the walk borrows the table.
        Split { slots: unsafe { SlotRange::of(self.control) }, view: PhantomData }
    }
}

/// The entries of a table, or of a part of it, by value. Those that are not taken out are dropped.
pub(crate) struct Pieces<'a, T, G: Group> {
    slots: SlotRange<G>,
    /// A borrow of the block, and the ownership of its entries.
    marker: PhantomData<(&'a (), T)>,
}

impl<T, G: Group> Pieces<'_, T, G> {
    /// Pointers to the entries that are still to come; each is owned by who asked for it.
    #[inline(always)]
    fn pointers(&mut self) -> impl Iterator<Item = NonNull<T>> + '_ {
        let ctrl = self.slots.control.ctrl();
        // SAFETY: a full slot exists.
        self.slots.by_ref().map(move |slot| unsafe { layout::slot(ctrl, slot) })
    }
}

impl<T, G: Group> Iterator for Pieces<'_, T, G> {
    type Item = T;

    #[inline(always)]
    fn next(&mut self) -> Option<T> {
        // SAFETY: the entry is initialised (I3) and returned once; its owner gave it up.
        self.pointers().next().map(|entry| unsafe { entry.read() })
    }
}

impl<T, G: Group> Halve for Pieces<'_, T, G> {
    #[inline]
    fn halve(&mut self) -> Option<Self> {
        self.slots.halve().map(|slots| Pieces { slots, marker: PhantomData })
    }
}

impl<T, G: Group> Drop for Pieces<'_, T, G> {
    fn drop(&mut self) {
        let ctrl = self.slots.control.ctrl();
        let runs = iter::from_fn(|| self.slots.next_run());
        // SAFETY: the pieces own what they have not returned.
        unsafe { drop_remaining(runs, ctrl, Layout::new::<T>(), drop_of::<T>()) };
    }
}

/// An iterator by value that has not begun and never will: its entries go to [`Pieces`], its block
/// where the iterator brings it.
pub(crate) struct Undivided<I>(I);

/// An iterator by value, over a block that it will free or give back when it is dropped.
///
/// # Safety
/// As long as it has not begun and was not told to leave its entries, it owns those of all full slots
/// of [`control`](Self::control), of type `Entry` (I3). It keeps the block, and its control bytes as they
/// are, until it is dropped. After [`leave_entries`](Self::leave_entries) it does not touch the entries.
pub(crate) unsafe trait Owner {
    type Entry;
    type Group: Group;

    fn control(&self) -> Control<Self::Group>;

    /// Leaves the entries to the caller. They stay where they are until the iterator is dropped.
    fn leave_entries(&mut self);
}

macro_rules! impl_owner {
    ($([$($generics:tt)*] $iter:ty;)*) => {$(
        // SAFETY: `control` is that of the table it was made from, and `entries` is all that it does
        // with its entries.
        unsafe impl<$($generics)*> Owner for $iter {
            type Entry = T;
            type Group = G;

            #[inline]
            fn control(&self) -> Control<G> {
                self.entries.slots.control()
            }

            #[inline]
            fn leave_entries(&mut self) {
                self.entries.slots.end();
            }
        }
    )*};
}

impl_owner! {
    [T, G: Group, A: Allocator] RawDrain<'_, T, G, A>;
    [T, G: Group, A: Allocator] RawIntoIter<T, G, A>;
}

// SAFETY: it owns entries. Its block goes back by writes to the table's fields, so the allocator,
// which need not be `Send`, is neither called nor referred to on another thread.
unsafe impl<T: Send, G: Group, A: Allocator> Send for Undivided<RawDrain<'_, T, G, A>> {}
// SAFETY: it owns the entries and the allocator.
unsafe impl<T: Send, G: Group, A: Allocator + Send> Send for Undivided<RawIntoIter<T, G, A>> {}

impl<I: Owner> Undivided<I> {
    /// Has `walk` take the entries out; those it does not take are dropped.
    #[inline]
    pub(crate) fn divide<R>(self, walk: impl FnOnce(Pieces<'_, I::Entry, I::Group>) -> R) -> R {
        let Undivided(mut owner) = self;
        owner.leave_entries();
        // SAFETY: the owner had not begun, keeps its block to the end of this function, and has
        // left the entries to the pieces, which cannot outlive it.
        walk(Pieces { slots: unsafe { SlotRange::of(owner.control()) }, marker: PhantomData })
    }

    /// The entries by reference.
    #[inline]
    pub(crate) fn shared(&self) -> Split<Shared<'_, I::Entry>, I::Group> {
        // SAFETY: the owner has not begun and is borrowed.
        Split { slots: unsafe { SlotRange::of(self.0.control()) }, view: PhantomData }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// [`drain`](Self::drain) in pieces.
    #[inline]
    pub(crate) fn drain_in_pieces(&mut self) -> Undivided<RawDrain<'_, T, G, A>> {
        Undivided(self.drain())
    }

    /// [`into_iter`](Self::into_iter) in pieces.
    #[inline]
    pub(crate) fn into_pieces(self) -> Undivided<RawIntoIter<T, G, A>> {
        Undivided(self.into_iter())
    }
}
