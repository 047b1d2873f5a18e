//! The iterators of a map: those of its tables, with entries taken apart.

use core::fmt::{self, Debug};
use core::iter::FusedIterator;

use super::map::ExtendibleMap;
use super::walk;
use crate::allocator::{Allocator, Global};
use crate::hash_map::{debug_list, default, extract_if, forward_iterator, parts};

/// The entries of a map by reference; see [`ExtendibleMap::iter`].
///
/// ```
/// let map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([(1, 'a')]);
/// assert_eq!(map.iter().next(), Some((&1, &'a')));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Iter<'a, K, V, A: Allocator = Global> {
    pub(super) entries: walk::Iter<'a, (K, V), A>,
}

/// The entries of a map, with mutable references to the values; see [`ExtendibleMap::iter_mut`].
///
/// ```
/// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([(1, 'a')]);
/// assert_eq!(map.iter_mut().next(), Some((&1, &mut 'a')));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IterMut<'a, K, V, A: Allocator = Global> {
    pub(super) entries: walk::IterMut<'a, (K, V), A>,
}

/// The entries of a map by value; see [`ExtendibleMap::into_iter`](IntoIterator::into_iter).
///
/// ```
/// let map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([(1, 'a')]);
/// assert_eq!(map.into_iter().next(), Some((1, 'a')));
/// ```
pub struct IntoIter<K, V, A: Allocator = Global> {
    pub(super) entries: walk::IntoIter<(K, V), A>,
}

/// The entries taken out of a map that keeps its memory; see [`ExtendibleMap::drain`].
///
/// ```
/// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([(1, 'a')]);
/// assert_eq!(map.drain().next(), Some((1, 'a')));
/// ```
pub struct Drain<'a, K, V, A: Allocator = Global> {
    pub(super) entries: walk::Drain<'a, (K, V), A>,
}

/// The entries that a predicate picks, taken out one by one; see [`ExtendibleMap::extract_if`].
///
/// ```
/// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([(1, 'a'), (2, 'b')]);
/// assert_eq!(map.extract_if(|key, _| *key == 2).next(), Some((2, 'b')));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ExtractIf<'a, K, V, F, A: Allocator = Global> {
    pub(super) entries: walk::ExtractIf<'a, (K, V), A>,
    pub(super) pick: F,
}

forward_iterator! {
    ['a, K, V, A: Allocator] Iter<'a, K, V, A>, (&'a K, &'a V), |(key, value)| (key, value);
    ['a, K, V, A: Allocator] IterMut<'a, K, V, A>, (&'a K, &'a mut V), |(key, value)| (&*key, value);
    [K, V, A: Allocator] IntoIter<K, V, A>, (K, V), |entry| entry;
    [K, V, A: Allocator] Drain<'_, K, V, A>, (K, V), |entry| entry;
}

extract_if! {
    [K, V, A: Allocator] FnMut(&K, &mut V) -> bool, ExtractIf<'_, K, V, F, A>, (K, V), this
        => this.entries.next(|(key, value)| (this.pick)(key, value))
}

/// The entries that are still to come, by reference: what `Debug` prints.
macro_rules! rest {
    ($([$($generics:tt)*] $iter:ty;)*) => {$(
        impl<$($generics)*> $iter {
            #[inline]
            pub(super) fn rest(&self) -> Iter<'_, K, V, A> {
                Iter { entries: self.entries.rest() }
            }
        }
    )*};
}

rest! {
    [K, V, A: Allocator] IterMut<'_, K, V, A>;
    [K, V, A: Allocator] IntoIter<K, V, A>;
    [K, V, A: Allocator] Drain<'_, K, V, A>;
}

debug_list! {
    [K: Debug, V: Debug, A: Allocator] Iter<'_, K, V, A>, self => self.clone();
    [K: Debug, V: Debug, A: Allocator] IterMut<'_, K, V, A>, self => self.rest();
    [K: Debug, V: Debug, A: Allocator] IntoIter<K, V, A>, self => self.rest();
    [K: Debug, V: Debug, A: Allocator] Drain<'_, K, V, A>, self => self.rest();
}

default! {
    [K, V, A: Allocator] IterMut<'_, K, V, A>;
}

parts! { ExtendibleMap, [A] }

impl<K, V, S, A: Allocator + Clone> IntoIterator for ExtendibleMap<K, V, S, A> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V, A>;

    #[inline]
    fn into_iter(self) -> IntoIter<K, V, A> {
        IntoIter { entries: self.tables.into_iter() }
    }
}
