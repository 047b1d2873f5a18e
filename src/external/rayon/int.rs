//! Parallel iterators of integer maps and sets, and building them in parallel: those of the maps
//! and sets that they are.

#[cfg(feature = "default-hasher")]
use ::rayon::iter::FromParallelIterator;
use ::rayon::iter::{IntoParallelIterator, ParallelExtend};

use super::{map, set};
use crate::allocator::Allocator;
use crate::{IntKey, IntMap, IntSet};

impl<K, V, A: Allocator> IntMap<K, V, A> {
    /// The keys, in parallel and in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let map = rosti::IntMap::from([(1, 'a'), (2, 'b')]);
    /// assert_eq!(map.par_keys().sum::<i32>(), 3);
    /// # }
    /// ```
    #[inline]
    pub fn par_keys(&self) -> map::ParKeys<'_, K, V> {
        self.map.par_keys()
    }

    /// The values, in parallel and in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let map = rosti::IntMap::from([('a', 1), ('b', 2)]);
    /// assert_eq!(map.par_values().sum::<i32>(), 3);
    /// # }
    /// ```
    #[inline]
    pub fn par_values(&self) -> map::ParValues<'_, K, V> {
        self.map.par_values()
    }

    /// The values, to be changed, in parallel and in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let mut map = rosti::IntMap::from([('a', 1), ('b', 2)]);
    /// map.par_values_mut().for_each(|value| *value *= 10);
    /// assert_eq!(map['b'], 20);
    /// # }
    /// ```
    #[inline]
    pub fn par_values_mut(&mut self) -> map::ParValuesMut<'_, K, V> {
        self.map.par_values_mut()
    }

    /// All entries by value, in parallel and in arbitrary order. The map is empty afterwards and
    /// keeps its memory. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let mut map: rosti::IntMap<u32, u32> = (0..100).map(|n| (n, n)).collect();
    /// assert_eq!(map.par_drain().filter(|(_, n)| n % 2 == 0).count(), 50);
    /// assert!(map.is_empty() && map.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    pub fn par_drain(&mut self) -> map::ParDrain<'_, K, V, A> {
        self.map.par_drain()
    }
}

impl<K: Send, V: Send, A: Allocator + Send> IntoParallelIterator for IntMap<K, V, A> {
    type Item = (K, V);
    type Iter = map::IntoParIter<K, V, A>;

    #[inline]
    fn into_par_iter(self) -> map::IntoParIter<K, V, A> {
        self.map.into_par_iter()
    }
}

impl<'a, K: Sync, V: Sync, A: Allocator> IntoParallelIterator for &'a IntMap<K, V, A> {
    type Item = (&'a K, &'a V);
    type Iter = map::ParIter<'a, K, V>;

    #[inline]
    fn into_par_iter(self) -> map::ParIter<'a, K, V> {
        self.map.into_par_iter()
    }
}

impl<'a, K: Sync, V: Send, A: Allocator> IntoParallelIterator for &'a mut IntMap<K, V, A> {
    type Item = (&'a K, &'a mut V);
    type Iter = map::ParIterMut<'a, K, V>;

    #[inline]
    fn into_par_iter(self) -> map::ParIterMut<'a, K, V> {
        (&mut self.map).into_par_iter()
    }
}

#[cfg(feature = "default-hasher")]
impl<K: IntKey + Send, V: Send> FromParallelIterator<(K, V)> for IntMap<K, V> {
    /// The map of these entries, built in parallel; of equal keys the last value counts.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// use rosti::IntMap;
    ///
    /// let squares: IntMap<u64, u64> = (0..100_000).into_par_iter().map(|n| (n, n * n)).collect();
    /// assert_eq!(squares[300], 90_000);
    /// ```
    fn from_par_iter<I: IntoParallelIterator<Item = (K, V)>>(entries: I) -> Self {
        IntMap { map: FromParallelIterator::from_par_iter(entries) }
    }
}

impl<K: IntKey + Send, V: Send, A: Allocator> ParallelExtend<(K, V)> for IntMap<K, V, A> {
    /// Inserts all entries in parallel, with the result of inserting them one by one in order.
    ///
    /// Reserves room for as many entries as there are, equal or not.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let mut map = rosti::IntMap::from([(1, 'a')]);
    /// map.par_extend([(2, 'b'), (1, 'c'), (2, 'd')]);
    /// assert_eq!(map, rosti::IntMap::from([(1, 'c'), (2, 'd')]));
    /// # }
    /// ```
    fn par_extend<I: IntoParallelIterator<Item = (K, V)>>(&mut self, entries: I) {
        self.map.par_extend(entries);
    }
}

impl<'a, K, V, A> ParallelExtend<(&'a K, &'a V)> for IntMap<K, V, A>
where
    K: IntKey + Send + Sync,
    V: Copy + Send + Sync,
    A: Allocator,
{
    /// Inserts copies of all entries in parallel.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let mut map = rosti::IntMap::from([(1, 'a')]);
    /// map.par_extend(&rosti::IntMap::from([(2, 'b')]));
    /// assert_eq!(map, rosti::IntMap::from([(1, 'a'), (2, 'b')]));
    /// # }
    /// ```
    fn par_extend<I: IntoParallelIterator<Item = (&'a K, &'a V)>>(&mut self, entries: I) {
        self.map.par_extend(entries);
    }
}

impl<T, A: Allocator> IntSet<T, A> {
    /// All elements by value, in parallel and in arbitrary order. The set is empty afterwards and
    /// keeps its memory. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let mut set: rosti::IntSet<u32> = (0..100).collect();
    /// assert_eq!(set.par_drain().filter(|n| n % 2 == 0).count(), 50);
    /// assert!(set.is_empty() && set.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    pub fn par_drain(&mut self) -> set::ParDrain<'_, T, A> {
        self.set.par_drain()
    }
}

impl<T: Send, A: Allocator + Send> IntoParallelIterator for IntSet<T, A> {
    type Item = T;
    type Iter = set::IntoParIter<T, A>;

    #[inline]
    fn into_par_iter(self) -> set::IntoParIter<T, A> {
        self.set.into_par_iter()
    }
}

impl<'a, T: Sync, A: Allocator> IntoParallelIterator for &'a IntSet<T, A> {
    type Item = &'a T;
    type Iter = set::ParIter<'a, T>;

    #[inline]
    fn into_par_iter(self) -> set::ParIter<'a, T> {
        self.set.into_par_iter()
    }
}

#[cfg(feature = "default-hasher")]
impl<T: IntKey + Send> FromParallelIterator<T> for IntSet<T> {
    /// The set of these elements, built in parallel.
    ///
    /// ```
    /// use rayon::prelude::*;
    ///
    /// let rests: rosti::IntSet<u32> = (0..100_000).into_par_iter().map(|n| n % 7).collect();
    /// assert_eq!(rests.len(), 7);
    /// ```
    fn from_par_iter<I: IntoParallelIterator<Item = T>>(elements: I) -> Self {
        IntSet { set: FromParallelIterator::from_par_iter(elements) }
    }
}

impl<T: IntKey + Send, A: Allocator> ParallelExtend<T> for IntSet<T, A> {
    /// Inserts all elements that are absent, in parallel.
    ///
    /// Reserves room for as many elements as there are, equal or not.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let mut set = rosti::IntSet::from([1]);
    /// set.par_extend([2, 1, 2]);
    /// assert_eq!(set, rosti::IntSet::from([1, 2]));
    /// # }
    /// ```
    fn par_extend<I: IntoParallelIterator<Item = T>>(&mut self, elements: I) {
        self.set.par_extend(elements);
    }
}

impl<'a, T: IntKey + Send + Sync + 'a, A: Allocator> ParallelExtend<&'a T> for IntSet<T, A> {
    /// Inserts copies of all elements that are absent, in parallel.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rayon::prelude::*;
    ///
    /// let mut set = rosti::IntSet::from([1]);
    /// set.par_extend(&[2, 1, 2]);
    /// assert_eq!(set, rosti::IntSet::from([1, 2]));
    /// # }
    /// ```
    fn par_extend<I: IntoParallelIterator<Item = &'a T>>(&mut self, elements: I) {
        self.set.par_extend(elements);
    }
}
