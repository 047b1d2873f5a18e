//! Walking over the entries of all tables: by pointer, by reference, by value, and taking some out.

#[cfg(feature = "rayon")]
use alloc::vec::Vec;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::mem;
use core::ptr::NonNull;

use super::directory::{AHEAD, Heads, Table};
#[cfg(feature = "rayon")]
use super::directory::{Directory, Head};
use super::split::Moving;
use super::table::Tables;
use crate::allocator::Allocator;
use crate::group::{Group, Native};
#[cfg(feature = "rayon")]
use crate::raw::split::{KeyedMut, Shared, Split};
use crate::raw::{RawExtractIf, RawIter};

/// Pointers to all entries, table by table.
///
/// Like [`RawIter`] it borrows nothing: whoever makes one answers for the tables' outliving it,
/// unchanged but for entries that it has already returned.
pub(super) struct Pointers<T, A: Allocator> {
    /// Those of the current table.
    current: RawIter<T, Native>,
    /// The tables after it.
    heads: Heads<T, A>,
    /// Number of entries still to come, in all tables.
    items: usize,
}

// SAFETY: pointers are harmless to send; whoever follows one vouches for the entry's type. Of heads it
// looks at control bytes and depths only.
unsafe impl<T: Send, A: Allocator> Send for Pointers<T, A> {}
// SAFETY: as above.
unsafe impl<T: Sync, A: Allocator> Sync for Pointers<T, A> {}

clone! { [T, A: Allocator] Pointers<T, A>: current heads; }

default! { [T, A: Allocator] Pointers<T, A>: current heads items; }

impl<T, A: Allocator> Iterator for Pointers<T, A> {
    type Item = NonNull<T>;

    #[inline(always)]
    fn next(&mut self) -> Option<NonNull<T>> {
        loop {
            if let Some(entry) = self.current.next() {
                self.items -= 1;
                return Some(entry);
            }
            let head = self.heads.next()?;
            self.heads.prefetch();
            // SAFETY: the directory is there (see the type's introduction) and owns the head.
            self.current = unsafe { head.as_ref().table.raw_iter() };
        }
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items, Some(self.items))
    }

    #[inline(always)]
    fn fold<B, F: FnMut(B, NonNull<T>) -> B>(self, init: B, mut f: F) -> B {
        let Pointers { current, mut heads, .. } = self;
        let mut acc = current.fold(init, &mut f);
        while let Some(head) = heads.next() {
            heads.prefetch();
            // SAFETY: as in `next`.
            let entries = unsafe { head.as_ref().table.raw_iter() };
            // The processor sees that slots are read in order only when it is through with a good part of
            // such a short table.
            acc = entries.fold(acc, |acc, entry| {
                Native::prefetch(entry.as_ptr().cast::<u8>().wrapping_sub(AHEAD));
                f(acc, entry)
            });
        }
        acc
    }
}

impl<T, A: Allocator> Pointers<T, A> {
    /// Drops the entries that are still to come. If one drop panics the others still happen.
    ///
    /// # Safety
    /// The entries are owned by the caller, who forgets them.
    unsafe fn drop_rest(&mut self) {
        struct Rest<'a, T, A: Allocator>(&'a mut Pointers<T, A>);
        impl<T, A: Allocator> Drop for Rest<'_, T, A> {
            fn drop(&mut self) {
                // SAFETY: the contract of `drop_rest` passes to its guard.
                unsafe { self.0.drop_rest() }
            }
        }
        if mem::needs_drop::<T>() {
            while let Some(entry) = self.next() {
                let rest = Rest(self);
                // SAFETY: the iterator returns each entry once.
                unsafe { entry.drop_in_place() };
                mem::forget(rest);
            }
        }
    }
}

/// Implements the iterator traits of a type by the pointers in its field `entries`; `fold` too, unless a destructor
/// rules that out.
macro_rules! by_pointer {
    ($([$($generics:tt)*] $iter:ty, $item:ty, $follow:expr $(, $fold:ident)?;)*) => {$(
        impl<$($generics)*> Iterator for $iter {
            type Item = $item;

            #[inline(always)]
            fn next(&mut self) -> Option<$item> {
                self.entries.next().map($follow)
            }

            #[inline(always)]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.entries.size_hint()
            }

            #[inline(always)]
            fn count(self) -> usize {
                self.len()
            }

            $(
                #[inline(always)]
                fn $fold<Acc, F: FnMut(Acc, $item) -> Acc>(self, init: Acc, f: F) -> Acc {
                    self.entries.map($follow).fold(init, f)
                }
            )?
        }

        impl<$($generics)*> ExactSizeIterator for $iter {}
        impl<$($generics)*> FusedIterator for $iter {}
    )*};
}

by_pointer! {
    ['a, T, A: Allocator] Iter<'a, T, A>, &'a T, |entry| {
        // SAFETY: the tables are borrowed for 'a.
        unsafe { entry.as_ref() }
    }, fold;
    ['a, T, A: Allocator] IterMut<'a, T, A>, &'a mut T, |mut entry| {
        // SAFETY: the tables are borrowed mutably for 'a, and each entry comes once.
        unsafe { entry.as_mut() }
    }, fold;
    [T, A: Allocator] IntoIter<T, A>, T, |entry| {
        // SAFETY: the entry comes once, and the tables are no more.
        unsafe { entry.read() }
    };
    [T, A: Allocator] Drain<'_, T, A>, T, |entry| entry;
}

/// The entries by reference.
pub(crate) struct Iter<'a, T, A: Allocator> {
    entries: Pointers<T, A>,
    marker: PhantomData<&'a T>,
}

/// The entries by mutable reference.
pub(crate) struct IterMut<'a, T, A: Allocator> {
    entries: Pointers<T, A>,
    marker: PhantomData<&'a mut T>,
}

// SAFETY: it is a bundle of `&T`, and can be sent to where those can; of the directory it reads control
// bytes and depths only, and never the allocator.
unsafe impl<T: Sync, A: Allocator> Send for Iter<'_, T, A> {}

clone! { [T, A: Allocator] Iter<'_, T, A>: entries; }

default! {
    [T, A: Allocator] Iter<'_, T, A>: entries marker;
    [T, A: Allocator] IterMut<'_, T, A>: entries marker;
}

impl<T, A: Allocator> IterMut<'_, T, A> {
    /// What is still to come, by reference.
    #[inline]
    pub(crate) fn iter(&self) -> Iter<'_, T, A> {
        Iter { entries: self.entries.clone(), marker: PhantomData }
    }
}

/// The entries by value. Those that are not taken are dropped at the end, and the tables with them.
pub(crate) struct IntoIter<T, A: Allocator> {
    entries: Pointers<T, A>,
    /// The tables, none of whose entries is theirs any more; `None` in the iterator over nothing.
    tables: Option<Tables<T, A>>,
}

default! { [T, A: Allocator] IntoIter<T, A>: entries tables; }

impl<T, A: Allocator> IntoIter<T, A> {
    /// What is still to come, by reference.
    #[inline]
    pub(crate) fn iter(&self) -> Iter<'_, T, A> {
        Iter { entries: self.entries.clone(), marker: PhantomData }
    }

    /// Drops what is still to come, and calls `after` with the empty tables, whatever happens.
    #[inline]
    fn finish(&mut self, after: impl FnOnce(Tables<T, A>)) {
        /// Makes the tables forget all entries and hands them on.
        struct Forget<'a, T, A: Allocator, F: FnOnce(Tables<T, A>)> {
            iter: &'a mut IntoIter<T, A>,
            after: Option<F>,
        }
        impl<T, A: Allocator, F: FnOnce(Tables<T, A>)> Drop for Forget<'_, T, A, F> {
            fn drop(&mut self) {
                if let (Some(mut tables), Some(after)) =
                    (self.iter.tables.take(), self.after.take())
                {
                    // SAFETY: all entries have been taken or dropped.
                    unsafe { tables.forget_entries() };
                    after(tables);
                }
            }
        }
        let guard = Forget { iter: self, after: Some(after) };
        // SAFETY: it owns what it has not returned.
        unsafe { guard.iter.entries.drop_rest() };
    }
}

impl<T, A: Allocator> Drop for IntoIter<T, A> {
    fn drop(&mut self) {
        self.finish(drop);
    }
}

/// The entries taken out of tables, which get their memory back at the end.
pub(crate) struct Drain<'a, T, A: Allocator> {
    entries: IntoIter<T, A>,
    /// The tables, without memory meanwhile.
    tables: &'a mut Tables<T, A>,
}

impl<T, A: Allocator> Drain<'_, T, A> {
    /// What is still to come, by reference.
    #[inline]
    pub(crate) fn iter(&self) -> Iter<'_, T, A> {
        self.entries.iter()
    }
}

impl<T, A: Allocator> Drop for Drain<'_, T, A> {
    fn drop(&mut self) {
        let Drain { entries, tables } = self;
        entries.finish(|emptied| **tables = emptied);
    }
}

/// A walk that takes out the entries a predicate picks.
pub(crate) struct ExtractIf<'a, T, A: Allocator> {
    /// The walk over the current table.
    current: RawExtractIf<'a, T, Native, A>,
    /// The tables after it.
    heads: Heads<T, A>,
    /// The number of entries of all tables.
    items: &'a mut usize,
    /// The most entries that can still be picked.
    remaining: usize,
}

// SAFETY: it is the mutable borrow of tables.
unsafe impl<T: Send, A: Allocator + Send> Send for ExtractIf<'_, T, A> {}
// SAFETY: through a shared reference, it gives out a number only.
unsafe impl<T: Sync, A: Allocator + Sync> Sync for ExtractIf<'_, T, A> {}

impl<T, A: Allocator> ExtractIf<'_, T, A> {
    /// Takes out the next entry for which `pick` is true.
    #[inline]
    pub(crate) fn next(&mut self, mut pick: impl FnMut(&mut T) -> bool) -> Option<T> {
        loop {
            let before = self.current.remaining();
            let entry = self.current.next(&mut pick);
            self.remaining -= before - self.current.remaining();
            if entry.is_some() {
                *self.items -= 1;
                return entry;
            }
            let mut head = self.heads.next()?;
            // SAFETY: the directory owns the head, is borrowed mutably, and comes to each head once.
            self.current = unsafe { &mut head.as_mut().table }.extract_if();
        }
    }

    /// The most entries that can still be picked.
    #[inline]
    pub(crate) fn remaining(&self) -> usize {
        self.remaining
    }
}

impl<T, A: Allocator> Tables<T, A> {
    /// Pointers to all entries; borrow nothing.
    #[inline]
    fn pointers(&self) -> Pointers<T, A> {
        // SAFETY: the tables are there and unchanged as long as the pointers are used, says their maker.
        let current = unsafe { self.root.raw_iter() };
        Pointers { current, heads: self.directory.heads(), items: self.items }
    }

    #[inline]
    pub(crate) fn iter(&self) -> Iter<'_, T, A> {
        Iter { entries: self.pointers(), marker: PhantomData }
    }

    #[inline]
    pub(crate) fn iter_mut(&mut self) -> IterMut<'_, T, A> {
        IterMut { entries: self.pointers(), marker: PhantomData }
    }

    #[inline]
    pub(crate) fn into_iter(self) -> IntoIter<T, A> {
        IntoIter { entries: self.pointers(), tables: Some(self) }
    }

    #[inline]
    pub(crate) fn extract_if(&mut self) -> ExtractIf<'_, T, A> {
        let remaining = self.items;
        let heads = self.directory.heads();
        ExtractIf { current: self.root.extract_if(), heads, items: &mut self.items, remaining }
    }

    /// Takes all entries out, keeping the memory. If the drain is leaked, so are memory and entries, and
    /// the tables are left without.
    #[inline]
    pub(crate) fn drain(&mut self) -> Drain<'_, T, A>
    where
        A: Clone,
    {
        let empty = Tables::new_in(self.allocator().clone());
        Drain { entries: mem::replace(self, empty).into_iter(), tables: self }
    }

    /// Forgets all entries without dropping them, and keeps the memory. O(slots).
    ///
    /// # Safety
    /// The entries belong to somebody else by now, or to nobody.
    unsafe fn forget_entries(&mut self) {
        self.items = 0;
        if self.moving.take().is_some() {
            self.directory.set_detours(self.directory.detours() - 1);
        }
        // SAFETY: the caller's contract; the directory owns its heads, and is borrowed mutably.
        unsafe {
            self.root.forget_entries();
            for mut head in self.directory.heads() {
                head.as_mut().table.forget_entries();
            }
        }
    }
}

/// Single tables, given by any word whose top bits are their prefix. Two of which one is being split off the
/// other count as one.
impl<T, A: Allocator> Tables<T, A> {
    /// The number of prefix bits that the table's entries share.
    pub(super) fn depth_at(&self, word: u32) -> u32 {
        if self.directory.is_empty() {
            return 0;
        }
        // SAFETY: there is a record for each prefix; the directory owns the head, and is borrowed.
        unsafe {
            let head = self.directory.record(self.directory.position(word)).head;
            let is_half = |moving: &Moving<T, A>| head == moving.lower || head == moving.upper;
            head.as_ref().depth - u32::from(self.moving.as_ref().is_some_and(is_half))
        }
    }

    /// The heads of the table, in a directory.
    fn heads_at(&self, word: u32) -> Heads<T, A> {
        let span = 1 << (self.directory.depth() - self.depth_at(word));
        // SAFETY: tables that share a prefix have a range of records, which begins with a multiple of its
        // length.
        unsafe { self.directory.heads_in(self.directory.position(word) & !(span - 1), span) }
    }

    /// The table's entries.
    pub(super) fn entries_at(&self, word: u32) -> Iter<'_, T, A> {
        if self.directory.is_empty() {
            return self.iter();
        }
        let heads = self.heads_at(word);
        // SAFETY: the directory owns the heads, and is borrowed.
        let items = heads.clone().map(|head| unsafe { head.as_ref() }.table.len()).sum();
        let entries = Pointers { current: RawIter::default(), heads, items };
        Iter { entries, marker: PhantomData }
    }

    /// Drops the table's entries for which `keep` is false; tells it their hashes. If it panics, or a drop,
    /// entries not yet visited stay.
    pub(super) fn retain_at(
        &mut self,
        word: u32,
        hasher: &impl Fn(&T) -> u64,
        mut keep: impl FnMut(u64, &mut T) -> bool,
    ) {
        let mut retain = |items: &mut usize, table: &mut Table<T, A>| {
            // SAFETY: the table stays as it is but for slots that have been returned.
            for slot in unsafe { table.full_slots() } {
                // SAFETY: the slot is full: only slots that were returned before are erased.
                unsafe {
                    let hash = hasher(table.get(slot));
                    if !keep(hash, table.get_mut(slot)) {
                        let entry = table.remove_hashed_at(slot, hash);
                        *items -= 1;
                        drop(entry);
                    }
                }
            }
        };
        if self.directory.is_empty() {
            return retain(&mut self.items, &mut self.root);
        }
        for mut head in self.heads_at(word) {
            // SAFETY: the directory owns the head, and is borrowed mutably.
            retain(&mut self.items, unsafe { &mut head.as_mut().table });
        }
    }
}

#[cfg(feature = "rayon")]
impl<T, A: Allocator> Tables<T, A> {
    /// The entries, as a walk for each table.
    pub(crate) fn walks(&self) -> Vec<Split<Shared<'_, T>, Native>> {
        self.those_in_directory().map(|table| table.split()).chain([self.root.split()]).collect()
    }

    /// All tables by themselves.
    pub(crate) fn into_tables(mut self) -> Vec<Table<T, A>>
    where
        A: Clone,
    {
        let alloc = self.allocator().clone();
        let mut tables = Vec::with_capacity(self.tables + 1);
        tables.push(mem::replace(&mut self.root, Table::new_in(alloc.clone())));
        let directory = mem::replace(&mut self.directory, Directory::new());
        for head in directory.heads() {
            // SAFETY: the directory is going, and comes to each of its heads once.
            let (table, _memory) = unsafe { Head::take(head, &alloc) };
            tables.push(table);
        }
        directory.free_records(&alloc);
        tables
    }
}

#[cfg(feature = "rayon")]
impl<K, V, A: Allocator> Tables<(K, V), A> {
    /// Pairs with the second part to be changed, as a walk for each table.
    pub(crate) fn walks_keyed_mut(&mut self) -> Vec<Split<KeyedMut<'_, K, V>, Native>> {
        let tables = self.directory.heads().map(|mut head| {
            // SAFETY: the directory owns its heads, is borrowed mutably, and comes to each once.
            unsafe { &mut head.as_mut().table }.split_keyed_mut()
        });
        tables.chain([self.root.split_keyed_mut()]).collect()
    }
}
