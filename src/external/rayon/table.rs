//! Parallel iterators of tables.

use core::fmt::{self, Debug};

use ::rayon::iter::plumbing::UnindexedConsumer;
use ::rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::{Walk, Whole, forward_parallel, into_parallel};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{clone, debug_list};
use crate::hash_table::HashTable;
use crate::raw::split::{Shared, Split, Unique};
use crate::raw::{RawDrain, RawIntoIter};

/// The entries of a table by reference, in parallel.
///
/// ```
/// use rayon::prelude::*;
/// let mut table = rosti::HashTable::new();
/// table.insert_unique(7, 2, |_| 7);
/// table.insert_unique(9, 3, |_| 9);
/// assert_eq!(table.par_iter().sum::<i32>(), 2 + 3);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ParIter<'a, T> {
    entries: Walk<Split<Shared<'a, T>, Native>>,
}

/// The entries of a table by mutable reference, in parallel.
///
/// ```
/// use rayon::prelude::*;
/// let mut table = rosti::HashTable::new();
/// table.insert_unique(7, 2, |_| 7);
/// table.par_iter_mut().for_each(|entry| *entry += 1);
/// assert_eq!(table.find(7, |_| true), Some(&3));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ParIterMut<'a, T> {
    entries: Walk<Split<Unique<'a, T>, Native>>,
}

/// The entries of a table by value, in parallel.
///
/// ```
/// use rayon::prelude::*;
/// let mut table = rosti::HashTable::new();
/// table.insert_unique(7, 'a', |_| 7);
/// assert_eq!(table.into_par_iter().collect::<Vec<_>>(), ['a']);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoParIter<T, A: Allocator = Global> {
    entries: Whole<RawIntoIter<T, Native, A>>,
}

/// The entries taken out of a table that keeps its memory, in parallel; see
/// [`HashTable::par_drain`].
///
/// ```
/// use rayon::prelude::*;
/// let mut table = rosti::HashTable::new();
/// table.insert_unique(7, 'a', |_| 7);
/// assert_eq!(table.par_drain().collect::<Vec<_>>(), ['a']);
/// ```
#[must_use = "iterators are lazy; this one drops all entries unless consumed"]
pub struct ParDrain<'a, T, A: Allocator = Global> {
    entries: Whole<RawDrain<'a, T, Native, A>>,
}

forward_parallel! {
    ['a, T: Sync] ParIter<'a, T>, &'a T, |entry| entry;
    ['a, T: Send] ParIterMut<'a, T>, &'a mut T, |entry| entry;
    [T: Send, A: Allocator + Send] IntoParIter<T, A>, T, |entry| entry;
    [T: Send, A: Allocator] ParDrain<'_, T, A>, T, |entry| entry;
}

debug_list! {
    [T: Debug] ParIter<'_, T>, self => self.entries.iter();
    [T: Debug] ParIterMut<'_, T>, self => self.entries.iter();
    [T: Debug, A: Allocator] IntoParIter<T, A>, self => self.entries.iter();
    [T: Debug, A: Allocator] ParDrain<'_, T, A>, self => self.entries.iter();
}

clone! {
    [T] ParIter<'_, T>;
}

impl<T, A: Allocator> HashTable<T, A> {
    /// All entries by value, in parallel and in arbitrary order. The table is empty afterwards and
    /// keeps its memory, also if the iterator is dropped before its end: then the rest is dropped
    /// with it. O(slots) to visit them all.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// let mut table = rosti::HashTable::with_capacity(100);
    /// table.insert_unique(7, 2, |_| 7);
    /// assert_eq!(table.par_drain().sum::<i32>(), 2);
    /// assert!(table.is_empty() && table.capacity() >= 100);
    /// ```
    #[inline]
    pub fn par_drain(&mut self) -> ParDrain<'_, T, A> {
        ParDrain { entries: Whole(self.raw.drain_in_pieces()) }
    }
}

into_parallel! {
    [T: Send, A: Allocator + Send] HashTable<T, A> => IntoParIter<T, A>, T, self
        => IntoParIter { entries: Whole(self.raw.into_pieces()) };
    ['a, T: Sync, A: Allocator] &'a HashTable<T, A> => ParIter<'a, T>, &'a T, self
        => ParIter { entries: Walk(self.raw.split()) };
    ['a, T: Send, A: Allocator] &'a mut HashTable<T, A> => ParIterMut<'a, T>, &'a mut T, self
        => ParIterMut { entries: Walk(self.raw.split_mut()) };
}
