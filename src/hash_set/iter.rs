//! The iterators of a set: those of its table, with the empty values left out.

use core::fmt::{self, Debug};
use core::iter::FusedIterator;

use super::HashSet;
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{clone, debug_list, default, extract_if, forward_iterator};
use crate::hash_table;
use crate::raw::RawExtractIf;

/// The elements of a set by reference; see [`HashSet::iter`].
///
/// ```
/// let set = rosti::HashSet::<_>::from(['a']);
/// assert_eq!(set.iter().next(), Some(&'a'));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Iter<'a, T> {
    pub(super) entries: hash_table::Iter<'a, (T, ())>,
}

/// The elements of a set by value; see [`HashSet::into_iter`](IntoIterator::into_iter).
///
/// ```
/// let set = rosti::HashSet::<_>::from(['a']);
/// assert_eq!(set.into_iter().next(), Some('a'));
/// ```
pub struct IntoIter<T, A: Allocator = Global> {
    entries: hash_table::IntoIter<(T, ()), A>,
}

/// The elements taken out of a set that keeps its memory; see [`HashSet::drain`].
///
/// ```
/// let mut set = rosti::HashSet::<_>::from(['a']);
/// assert_eq!(set.drain().next(), Some('a'));
/// ```
pub struct Drain<'a, T, A: Allocator = Global> {
    pub(super) entries: hash_table::Drain<'a, (T, ()), A>,
}

/// The elements that a predicate picks, taken out one by one; see [`HashSet::extract_if`].
///
/// ```
/// let mut set = rosti::HashSet::<_>::from(['a', 'b']);
/// assert_eq!(set.extract_if(|&c| c == 'b').next(), Some('b'));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ExtractIf<'a, T, F, A: Allocator = Global> {
    pub(super) entries: RawExtractIf<'a, (T, ()), Native, A>,
    pub(super) pick: F,
}

forward_iterator! {
    ['a, T] Iter<'a, T>, &'a T, |(element, ())| element;
    [T, A: Allocator] IntoIter<T, A>, T, |(element, ())| element;
    [T, A: Allocator] Drain<'_, T, A>, T, |(element, ())| element;
}

extract_if! {
    [T, A: Allocator] FnMut(&T) -> bool, ExtractIf<'_, T, F, A>, T, this
        => this.entries.next(|(element, ())| (this.pick)(element)).map(|(element, ())| element)
}

clone! { [T] Iter<'_, T>; }

default! {
    [T] Iter<'_, T>;
    [T, A: Allocator] IntoIter<T, A>;
}

debug_list! {
    [T: Debug] Iter<'_, T>, self => self.clone();
    [T: Debug, A: Allocator] IntoIter<T, A>, self => Iter { entries: self.entries.iter() };
    [T: Debug, A: Allocator] Drain<'_, T, A>, self => Iter { entries: self.entries.iter() };
}

impl<T, S, A: Allocator> IntoIterator for HashSet<T, S, A> {
    type Item = T;
    type IntoIter = IntoIter<T, A>;

    /// The elements by value, in arbitrary order. O(slots) to visit them all.
    #[inline]
    fn into_iter(self) -> IntoIter<T, A> {
        IntoIter { entries: self.map.table.into_iter() }
    }
}
