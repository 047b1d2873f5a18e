//! Looking many keys up at once; the passes are the table's (`raw/batch.rs`).

use core::fmt::{self, Debug};
use core::iter::FusedIterator;

use super::{Arena, Cell, Key, Query, Seed, SliceMap, SliceSet};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::raw::RawTable;
use crate::raw::batch::{Lookups, RawBatch};

/// Keys to be looked up in a map.
struct Keys<'a, K: ?Sized, A: Allocator, I> {
    seed: &'a Seed,
    arena: &'a Arena<K, A>,
    keys: I,
}

impl<'q, K: Key + ?Sized + 'q, V, A, I> Lookups<(Cell<K>, V)> for Keys<'_, K, A, I>
where
    A: Allocator,
    I: Iterator<Item = &'q K>,
{
    type Key = Query<'q, K>;

    #[inline(always)]
    fn draw(&mut self) -> Option<(u64, Query<'q, K>)> {
        let query = Query::new(self.keys.next()?, self.seed);
        Some((query.hash, query))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.keys.size_hint()
    }

    #[inline(always)]
    fn is_match(&mut self, query: Query<'q, K>, (cell, _): &(Cell<K>, V)) -> bool {
        query.is_key_of(cell, self.arena)
    }
}

type Answers<'a, 'q, K, V, I, A> =
    RawBatch<'a, RawTable<(Cell<K>, V), Native, A>, Keys<'a, K, A, I>, Query<'q, K>>;

/// The values of many keys; see [`SliceMap::get_batch`].
///
/// ```
/// let map = rosti::StrMap::from([("one", 1)]);
/// assert_eq!(map.get_batch(["one", "two"]).collect::<Vec<_>>(), [Some(&1), None]);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct GetBatch<'a, 'q, K: Key + ?Sized, V, I, A: Allocator = Global> {
    entries: Answers<'a, 'q, K, V, I, A>,
}

/// Whether many keys are present; see [`SliceMap::contains_batch`].
///
/// ```
/// let map = rosti::StrMap::from([("one", 1)]);
/// assert_eq!(map.contains_batch(["one", "two"]).collect::<Vec<_>>(), [true, false]);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ContainsBatch<'a, 'q, K: Key + ?Sized, V, I, A: Allocator = Global> {
    entries: GetBatch<'a, 'q, K, V, I, A>,
}

impl<'a, 'q, K, V, I, A> Iterator for GetBatch<'a, 'q, K, V, I, A>
where
    K: Key + ?Sized + 'q,
    I: Iterator<Item = &'q K>,
    A: Allocator,
{
    type Item = Option<&'a V>;

    #[inline]
    fn next(&mut self) -> Option<Option<&'a V>> {
        Some(self.entries.next()?.map(|(_, value)| value))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, Option<&'a V>) -> B>(self, init: B, f: F) -> B {
        self.entries.map(|entry| entry.map(|(_, value)| value)).fold(init, f)
    }
}

impl<'q, K, V, I, A> Iterator for ContainsBatch<'_, 'q, K, V, I, A>
where
    K: Key + ?Sized + 'q,
    I: Iterator<Item = &'q K>,
    A: Allocator,
{
    type Item = bool;

    #[inline]
    fn next(&mut self) -> Option<bool> {
        Some(self.entries.next()?.is_some())
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, bool) -> B>(self, init: B, f: F) -> B {
        self.entries.map(|value| value.is_some()).fold(init, f)
    }
}

macro_rules! traits {
    ($($iter:ident)*) => {$(
        impl<'q, K, V, I, A> ExactSizeIterator for $iter<'_, 'q, K, V, I, A>
        where
            K: Key + ?Sized + 'q,
            I: ExactSizeIterator<Item = &'q K>,
            A: Allocator,
        {
        }

        impl<'q, K, V, I, A> FusedIterator for $iter<'_, 'q, K, V, I, A>
        where
            K: Key + ?Sized + 'q,
            I: FusedIterator<Item = &'q K>,
            A: Allocator,
        {
        }

        impl<K: Key + ?Sized, V, I, A: Allocator> Debug for $iter<'_, '_, K, V, I, A> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($iter)).finish_non_exhaustive()
            }
        }
    )*};
}
traits! { GetBatch ContainsBatch }

impl<K: Key + ?Sized, V, A: Allocator> SliceMap<K, V, A> {
    /// The values of many keys, in the order of the keys.
    /// [`HashMap::get_batch`](crate::HashMap::get_batch) says when it pays off. O(key length)
    /// expected for each.
    ///
    /// ```
    /// let prices = rosti::StrMap::from([("potatoes", 3), ("butter", 8), ("salt", 1)]);
    /// let basket = ["butter", "potatoes", "onions", "potatoes"];
    /// let total: u32 = prices.get_batch(basket).flatten().sum();
    /// assert_eq!(total, 14);
    /// ```
    #[inline]
    pub fn get_batch<'q, I>(&self, keys: I) -> GetBatch<'_, 'q, K, V, I::IntoIter, A>
    where
        I: IntoIterator<Item = &'q K>,
        K: 'q,
    {
        let keys = Keys { seed: &self.seed, arena: &self.arena, keys: keys.into_iter() };
        GetBatch { entries: RawBatch::new(&self.table.raw, keys) }
    }

    /// Whether many keys are present, in the order of the keys; see [`get_batch`](Self::get_batch).
    ///
    /// ```
    /// let map = rosti::StrMap::from([("one", 1), ("three", 3)]);
    /// let words = "one two three";
    /// assert_eq!(map.contains_batch(words.split(' ')).filter(|&present| present).count(), 2);
    /// ```
    #[inline]
    pub fn contains_batch<'q, I>(&self, keys: I) -> ContainsBatch<'_, 'q, K, V, I::IntoIter, A>
    where
        I: IntoIterator<Item = &'q K>,
        K: 'q,
    {
        ContainsBatch { entries: self.get_batch(keys) }
    }
}

impl<K: Key + ?Sized, A: Allocator> SliceSet<K, A> {
    /// Whether many elements are present, in their order; see
    /// [`HashMap::get_batch`](crate::HashMap::get_batch).
    ///
    /// ```
    /// let set = rosti::StrSet::from(["one", "three"]);
    /// assert_eq!(set.contains_batch(["two", "three"]).collect::<Vec<_>>(), [false, true]);
    /// ```
    #[inline]
    pub fn contains_batch<'q, I>(&self, elements: I) -> ContainsBatch<'_, 'q, K, (), I::IntoIter, A>
    where
        I: IntoIterator<Item = &'q K>,
        K: 'q,
    {
        self.map.contains_batch(elements)
    }
}
