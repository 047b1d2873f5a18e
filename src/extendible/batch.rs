//! Looking many keys up at once; the passes are the table's (`raw/batch.rs`).

use core::fmt::{self, Debug};
use core::hash::{BuildHasher, Hash};

use super::map::ExtendibleMap;
use super::set::ExtendibleSet;
use super::table::Tables;
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::hash_map::{Answers, BatchKeys, answers, answers_debug};
use crate::raw::batch::RawBatch;

/// The values of many keys; see [`ExtendibleMap::get_batch`].
///
/// ```
/// let map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("one", 1)]);
/// let mut values = map.get_batch(["one", "two"]);
/// assert_eq!((values.next(), values.next()), (Some(Some(&1)), Some(None)));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct GetBatch<'a, K, V, S, I: Iterator, A: Allocator = Global> {
    entries: Answers<'a, Tables<(K, V), A>, S, I>,
}

/// The stored keys and values of many keys; see [`ExtendibleMap::get_key_value_batch`].
///
/// ```
/// let map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("one", 1)]);
/// assert_eq!(map.get_key_value_batch(["one"]).next(), Some(Some((&"one", &1))));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct GetKeyValueBatch<'a, K, V, S, I: Iterator, A: Allocator = Global> {
    entries: Answers<'a, Tables<(K, V), A>, S, I>,
}

/// Whether many keys are present; see [`ExtendibleMap::contains_batch`].
///
/// ```
/// let map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("one", 1)]);
/// assert_eq!(map.contains_batch(["one", "two"]).collect::<Vec<_>>(), [true, false]);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ContainsBatch<'a, K, V, S, I: Iterator, A: Allocator = Global> {
    entries: Answers<'a, Tables<(K, V), A>, S, I>,
}

/// The stored elements that are equal to many given ones; see [`ExtendibleSet::get_batch`].
///
/// ```
/// let set = rosti::ExtendibleSet::<_>::from(["one"]);
/// assert_eq!(set.get_batch(["one", "two"]).collect::<Vec<_>>(), [Some(&"one"), None]);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
#[derive(Debug)]
pub struct SetGetBatch<'a, T, S, I: Iterator, A: Allocator = Global> {
    entries: GetKeyValueBatch<'a, T, (), S, I, A>,
}

/// Whether many elements are present; see [`ExtendibleSet::contains_batch`].
///
/// ```
/// let set = rosti::ExtendibleSet::<_>::from(["one"]);
/// assert_eq!(set.contains_batch(["one", "two"]).collect::<Vec<_>>(), [true, false]);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
#[derive(Debug)]
pub struct SetContainsBatch<'a, T, S, I: Iterator, A: Allocator = Global> {
    entries: ContainsBatch<'a, T, (), S, I, A>,
}

answers_debug! { GetBatch GetKeyValueBatch ContainsBatch }

answers! {
    [K, ['a, 'q, K, V, S, Q, I, A], ['a, K, V, S, I, A]]
    GetBatch, Option<&'a V>, |entry| entry.map(|(_, value)| value);
    GetKeyValueBatch, Option<(&'a K, &'a V)>, |entry| entry.map(|(key, value)| (key, value));
    ContainsBatch, bool, |entry| entry.is_some();
}

answers! {
    [T, ['a, 'q, T, S, Q, I, A], ['a, T, S, I, A]]
    SetGetBatch, Option<&'a T>, |entry| entry.map(|(element, ())| element);
    SetContainsBatch, bool, |present| present;
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator + Clone> ExtendibleMap<K, V, S, A> {
    /// The values of many keys, in the order of the keys: the same as calling `get` for each,
    /// except that in a map beyond the cache the lookups do not wait for one another. O(1) expected
    /// for each key; nothing is allocated. [`HashMap::get_batch`](crate::HashMap::get_batch) says
    /// when it pays off and what happens if user code panics.
    ///
    /// ```
    /// let prices: rosti::ExtendibleMap<&str, u32> =
    ///     rosti::ExtendibleMap::from([("potatoes", 3), ("butter", 8), ("salt", 1)]);
    /// let basket = ["butter", "potatoes", "onions", "potatoes"];
    /// let total: u32 = prices.get_batch(basket).flatten().sum();
    /// assert_eq!(total, 14);
    /// ```
    #[inline]
    pub fn get_batch<'q, Q, I>(&self, keys: I) -> GetBatch<'_, K, V, S, I::IntoIter, A>
    where
        Q: Hash + Equivalent<K> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        GetBatch { entries: self.batch(keys) }
    }

    /// The stored keys and values of many keys; see [`get_batch`](Self::get_batch).
    ///
    /// ```
    /// let map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("one", 1)]);
    /// let found: Vec<_> = map.get_key_value_batch(["two", "one"]).collect();
    /// assert_eq!(found, [None, Some((&"one", &1))]);
    /// ```
    #[inline]
    pub fn get_key_value_batch<'q, Q, I>(
        &self,
        keys: I,
    ) -> GetKeyValueBatch<'_, K, V, S, I::IntoIter, A>
    where
        Q: Hash + Equivalent<K> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        GetKeyValueBatch { entries: self.batch(keys) }
    }

    /// Whether many keys are present; see [`get_batch`](Self::get_batch).
    ///
    /// ```
    /// let map: rosti::ExtendibleMap<u32, ()> = (0..1000).map(|n| (n, ())).collect();
    /// let wanted: Vec<u32> = (500..1500).collect();
    /// assert_eq!(map.contains_batch(&wanted).filter(|&present| present).count(), 500);
    /// ```
    #[inline]
    pub fn contains_batch<'q, Q, I>(&self, keys: I) -> ContainsBatch<'_, K, V, S, I::IntoIter, A>
    where
        Q: Hash + Equivalent<K> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        ContainsBatch { entries: self.batch(keys) }
    }

    #[inline]
    fn batch<'q, Q, I>(&self, keys: I) -> Answers<'_, Tables<(K, V), A>, S, I::IntoIter>
    where
        Q: Hash + Equivalent<K> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        let keys = BatchKeys { hash_builder: &self.hash_builder, keys: keys.into_iter() };
        RawBatch::new(&self.tables, keys)
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator + Clone> ExtendibleSet<T, S, A> {
    /// The stored elements that are equal to those given, in the order given: the same as calling
    /// `get` for each, except that in a set beyond the cache the lookups do not wait for one
    /// another. O(1) expected for each element. [`HashMap::get_batch`](crate::HashMap::get_batch)
    /// says when it pays off and what happens if user code panics.
    ///
    /// ```
    /// let words: rosti::ExtendibleSet<String> = ["rosti", "butter"].map(String::from).into();
    /// let found: Vec<_> = words.get_batch(["salt", "rosti"]).collect();
    /// assert_eq!(found, [None, Some(&"rosti".to_owned())]);
    /// ```
    #[inline]
    pub fn get_batch<'q, Q, I>(&self, values: I) -> SetGetBatch<'_, T, S, I::IntoIter, A>
    where
        Q: Hash + Equivalent<T> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        SetGetBatch { entries: self.map.get_key_value_batch(values) }
    }

    /// Whether many elements are present; see [`get_batch`](Self::get_batch).
    ///
    /// ```
    /// let set: rosti::ExtendibleSet<u32> = (0..1000).collect();
    /// let wanted: Vec<u32> = (500..1500).collect();
    /// assert_eq!(set.contains_batch(&wanted).filter(|&present| present).count(), 500);
    /// ```
    #[inline]
    pub fn contains_batch<'q, Q, I>(&self, values: I) -> SetContainsBatch<'_, T, S, I::IntoIter, A>
    where
        Q: Hash + Equivalent<T> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        SetContainsBatch { entries: self.map.contains_batch(values) }
    }
}
