//! Parallel iterators of maps, and building maps in parallel.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};

use ::rayon::iter::plumbing::UnindexedConsumer;
use ::rayon::iter::{FromParallelIterator, IntoParallelIterator, ParallelExtend, ParallelIterator};

use super::extend::extend;
use super::{Walk, Whole, extend_parallel, forward_parallel, from_parallel, into_parallel, walks};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{HashMap, debug_list, iterator_types};
use crate::raw::split::{KeyedMut, Shared, Split};
use crate::raw::{RawDrain, RawIntoIter};

walks! {
    HashMap [K, V] [S in hash_builder], "map" of "entries", "rosti::HashMap::<_, _>::from([(1, 'a'), (2, 'b'), (3, 'c')])",
    (K, V), [table.raw], (&'a K, &'a V) => |(key, value)| (key, value), (K, V) => |entry| entry
}

iterator_types! {
    HashMap, "use rayon::prelude::*;\nlet mut map = rosti::HashMap::<_, _>::from([(1, 'a'), (2, 'b')]);";
    lazy {
        "The entries of a map, with mutable references to the values, in parallel":
        do "map.par_iter_mut().filter(|(key, _)| **key == 2).for_each(|(_, letter)| *letter = 'c');"; "map[&2], 'c'"
        => ParIterMut ['a, K, V] { entries: Walk<Split<KeyedMut<'a, K, V>, Native>> }
        "The keys of a map, in parallel" par_keys: "map.par_keys().max(), Some(&2)"
        => ParKeys ['a, K, V] { entries: Walk<Split<Shared<'a, (K, V)>, Native>> }
        "The values of a map, in parallel" par_values: "map.par_values().max(), Some(&'b')"
        => ParValues ['a, K, V] { entries: Walk<Split<Shared<'a, (K, V)>, Native>> }
        "The values of a map, to be changed, in parallel" par_values_mut:
        do "map.par_values_mut().for_each(|letter| *letter = letter.to_ascii_uppercase());"; "map[&2], 'B'"
        => ParValuesMut ['a, K, V] { entries: Walk<Split<KeyedMut<'a, K, V>, Native>> }
    }
}

forward_parallel! {
    ['a, K: Sync, V: Send] ParIterMut<'a, K, V>, (&'a K, &'a mut V), self => self.entries;
    ['a, K: Sync, V: Sync] ParKeys<'a, K, V>, &'a K, self => self.entries.map(|(key, _)| key);
    ['a, K: Sync, V: Sync] ParValues<'a, K, V>, &'a V, self => self.entries.map(|(_, value)| value);
    ['a, K: Sync, V: Send] ParValuesMut<'a, K, V>, &'a mut V, self => self.entries.map(|(_, value)| value);
}

debug_list! {
    [K: Debug, V: Debug] ParIterMut<'_, K, V>, self => self.entries.iter();
    [K: Debug, V] ParKeys<'_, K, V>, self => self.entries.iter().map(|(key, _)| key);
    [K, V: Debug] ParValues<'_, K, V>, self => self.entries.iter().map(|(_, value)| value);
    [K, V: Debug] ParValuesMut<'_, K, V>, self => self.entries.iter().map(|(_, value)| value);
}

clone! {
    [K, V] ParKeys<'_, K, V>: entries;
    [K, V] ParValues<'_, K, V>: entries;
}

impl<K, V, S, A: Allocator> HashMap<K, V, S, A> {
    examples! {
        "use rayon::prelude::*;\n\
            let mut map = rosti::HashMap::<_, _>::from([(1, 10), (2, 20)]);";

        /// The keys, in parallel and in arbitrary order. O(slots) to visit them all.
        #[example("assert_eq!(map.par_keys().sum::<i32>(), 3);")]
        #[inline]
        pub fn par_keys(&self) -> ParKeys<'_, K, V> {
            ParKeys { entries: Walk(self.table.raw.split()) }
        }

        /// The values, in parallel and in arbitrary order. O(slots) to visit them all.
        #[example("assert_eq!(map.par_values().sum::<i32>(), 30);")]
        #[inline]
        pub fn par_values(&self) -> ParValues<'_, K, V> {
            ParValues { entries: Walk(self.table.raw.split()) }
        }

        /// Mutable references to the values, in parallel and in arbitrary order. O(slots) to visit them all.
        #[example("map.par_values_mut().for_each(|value| *value += 1);",
            "assert_eq!(map[&2], 21);")]
        #[inline]
        pub fn par_values_mut(&mut self) -> ParValuesMut<'_, K, V> {
            ParValuesMut { entries: Walk(self.table.raw.split_keyed_mut()) }
        }
    }
}

impl<K, V, S, A> HashMap<K, V, S, A>
where
    K: Eq + Hash + Sync,
    V: PartialEq + Sync,
    S: BuildHasher + Sync,
    A: Allocator + Sync,
{
    /// Whether both maps have the same keys with equal values, found out in parallel. O(slots) with
    /// one lookup per key; ends early when they differ.
    ///
    /// ```
    /// let map = rosti::HashMap::<_, _>::from([(1, 'a'), (2, 'b')]);
    /// assert!(map.par_eq(&rosti::HashMap::from([(2, 'b'), (1, 'a')])));
    /// ```
    pub fn par_eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.into_par_iter().all(|(key, value)| other.get(key).is_some_and(|v| *value == *v))
    }
}

into_parallel! {
    ['a, K: Sync, V: Send, S, A: Allocator] &'a mut HashMap<K, V, S, A> => ParIterMut<'a, K, V>, (&'a K, &'a mut V), self
        => ParIterMut { entries: Walk(self.table.raw.split_keyed_mut()) };
}

from_parallel! {
    /// The map of these entries, built in parallel; for equal keys the last value wins.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// use rosti::HashMap;
    /// let squares: HashMap<u64, u64> = (0..100_000).into_par_iter().map(|n| (n, n * n)).collect();
    /// assert_eq!(squares[&300], 90_000);
    /// ```
    [K: Eq + Hash + Send, V: Send, S: BuildHasher + Default + Sync]
    (K, V) => HashMap<K, V, S>
}

extend_parallel! {
    /// Inserts all entries in parallel, with the result of inserting them one by one in order: of
    /// equal keys the first stays and the last value counts.
    ///
    /// Reserves room for as many entries as there are, equal or not.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 'a')]);
    /// map.par_extend([(2, 'b'), (1, 'c'), (2, 'd')]);
    /// assert_eq!(map, rosti::HashMap::from([(1, 'c'), (2, 'd')]));
    /// ```
    [K: Eq + Hash + Send, V: Send, S: BuildHasher + Sync, A: Allocator]
    (K, V) => HashMap<K, V, S, A>, |self, entries| extend(self, entries.into_par_iter())
}

extend_parallel! {
    /// Inserts copies of all entries in parallel.
    ['a, K: Copy + Eq + Hash + Send + Sync, V: Copy + Send + Sync, S: BuildHasher + Sync, A: Allocator]
    (&'a K, &'a V) => HashMap<K, V, S, A>, |self, entries|
        extend(self, entries.into_par_iter().map(|(&key, &value)| (key, value)))
}
